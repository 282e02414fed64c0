//! The screens, driven by keys through the real loop with virtual time. Snapshots hold text and
//! styles; they are also the documentation of how deskbell looks.

mod boxes;
mod compose;
mod files;
mod inbox;
mod ledger;
mod mail;
mod messenger;
mod new_files;
mod quarantine;
mod system;

use std::time::Duration;

use deskbell::desk::Policy;
use deskbell::domain::{Action, TicketId, TicketState};

use crate::support::runner::{Runner, Story};

pub const WIDE: (u16, u16) = (120, 36);
pub const MIDDLE: (u16, u16) = (80, 24);
pub const NARROW: (u16, u16) = (60, 18);

/// A small desk with a history: Ada's refund, others' tickets, a ledger case, a tracker.
pub struct Desk {
    pub story: Story,
    pub refund: TicketId,
    pub ledger: TicketId,
}

pub async fn desk() -> Desk {
    desk_of(Story::new()).await
}

/// The same where teammates may act as the customer.
pub async fn desk_to_act_on() -> Desk {
    let policy = Policy { allow_acting_as_customer: true, ..Policy::default() };
    desk_of(Story::with(policy)).await
}

async fn desk_of(mut story: Story) -> Desk {
    let export = story.of("Bo Lind", "bo@lind.example", "CSV export stops at 10k rows");
    let invoice = story.of("Chen Wu", "chen@wu.example", "Invoice shows the wrong VAT");
    let webhooks = story.tracker("Webhook delays (EU)");
    let ledger = story.back_office("Ledger adjustment");
    let refund = story.customer("Refund not received");
    let me = story.me.clone();
    story.does("Mara Holt", refund, &Action::Assign(Some(me)));
    story.notes("Mara Holt", ledger, "IBAN has a typo: 4410, not 01.");
    story.later(10).notes("Mara Holt", refund, "The payout bounced, see the ledger case.");
    story.post().await;
    story.later(20).replies("Sam Reyes", refund, "We are checking with the bank.");
    story.later(1).seen(refund);
    story.later(90).answers(export, "It still stops.");
    story.later(5).does("Sam Reyes", invoice, &Action::SetState(TicketState::InProgress));
    story.later(1).post().await;
    let view = |id| story.desk.ticket(id).unwrap().unwrap();
    let report = deskbell::desk::linked(&view(export));
    story.does("Sam Reyes", webhooks, &Action::Link(report));
    story.later(52).replies(
        "Mara Holt",
        refund,
        "The payout bounced. Can you confirm the last 4 digits of the account?",
    );
    Desk { story, refund, ledger }
}

pub async fn open(size: (u16, u16)) -> Runner {
    let mut desk = desk().await;
    desk.story.later(1);
    desk.story.open(size).await
}

pub fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}
