//! The customer's side over the real loop: a mirror that changes nothing, a preview, acting as
//! the customer, and their Messenger in a terminal of its own.

use std::time::{Duration, Instant};

use deskbell::desk::Policy;
use deskbell::domain::{Action, Actor, Channel, Event, Status, TicketId};
use deskbell::tui::message::{Exit, Input};
use insta::assert_snapshot;

use super::{MIDDLE, NARROW, WIDE, desk, desk_to_act_on};
use crate::support::runner::Runner;

/// How the mail of the last reply stands.
fn last_reply(r: &Runner, id: TicketId) -> Status {
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    let part = view.parts.iter().rfind(|p| p.event == Event::Reply).unwrap();
    view.delivery(part, Channel::Email).unwrap().status
}

#[tokio::test(start_paused = true)]
async fn looking_at_the_mirror_marks_nothing_as_seen() {
    // N12
    let d = desk_to_act_on().await;
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("m").await.shows("mirror").shows("new 14:0");
    assert_snapshot!("mirror_120x36", r.picture());
    let seen = |r: &Runner| r.story.desk.ticket(id).unwrap().unwrap().seen_at;
    let before = seen(&r);
    r.keys("<enter>").await.shows("Back to conversation").shows("Updates");
    r.keys("<backspace><backspace>").await.shows("Recent tickets").shows("Send us a message");
    r.keys("c").await.shows("Ada sees only the launcher.");
    assert_snapshot!("mirror_collapsed_120x36", r.screen());
    r.keys("<enter><enter><pgup><pgdn><home><end><enter>").await;
    r.mouse(crossterm::event::MouseEventKind::ScrollUp, 100, 10).await;
    assert_eq!(seen(&r), before);
    assert_eq!(last_reply(&r, id), Status::Due);
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_previewed_and_a_note_changes_nothing() {
    let mut r = desk().await.story.open(WIDE).await;
    r.keys("rIt was sent again today.").await.shows("preview").shows("not sent yet");
    assert_snapshot!("preview_120x36", r.screen());
    r.keys("<esc>n").await.shows("unchanged").shows("Nothing changes for Ada.");
    r.hides("not sent yet");
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_cannot_see_the_ticket_is_shown_as_such() {
    // V1
    let mut r = desk().await.story.open(WIDE).await;
    r.keys("2").await.shows("Ada cannot see #4.").hides("Nothing changes");
    r.keys("3").await.hides("Recent tickets");
}

#[tokio::test(start_paused = true)]
async fn without_a_ticket_there_is_nobodys_messenger_to_speak_of() {
    let mut r = crate::support::runner::Story::new().open(WIDE).await;
    r.keys("2").await.hides("throwaway").shows("No tickets here.");
    r.keys("m").await.shows("No ticket is open here.").hides("Nobody's Messenger");
}

#[tokio::test(start_paused = true)]
async fn as_ada_what_is_opened_is_seen_and_not_mailed() {
    // N2, N12
    let d = desk_to_act_on().await;
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("M").await.shows("AS ADA").shows("Your Messenger is collapsed.");
    assert_eq!(last_reply(&r, id), Status::Due, "M alone shows nothing");
    r.keys("<enter>").await.shows("Recent tickets");
    assert_eq!(last_reply(&r, id), Status::Due, "nor does the home");
    r.keys("<enter>").await.shows("Reply…");
    assert_eq!(last_reply(&r, id), Status::Suppressed);
    assert_snapshot!("as_ada_120x36", r.picture());
    r.keys("iIt ends in 4410.").await;
    let line = r.screen().lines().nth(r.cursor().1.into()).unwrap().to_owned();
    assert!(line.contains("It ends in 4410."), "the cursor stands in the reply: {line}");
    r.keys("<ctrl+s>").await;
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    let last = view.parts.iter().rfind(|p| p.event == Event::CustomerReply).unwrap();
    assert_eq!(last.body.as_deref(), Some("It ends in 4410."));
    // What a teammate answers while the conversation is open is seen at once.
    r.keys("<shift+tab>rThank you, Ada.<ctrl+s>").await.shows("Thank you, Ada.");
    assert_eq!(last_reply(&r, id), Status::Suppressed);
    // Collapsed, the next one waits.
    r.keys("<tab>").await;
    r.keys("c").await.shows("Your Messenger is collapsed.");
    r.keys("<shift+tab>rOne more thing.<ctrl+s>").await;
    assert_eq!(last_reply(&r, id), Status::Due);
    r.keys("<tab><esc>").await.shows("mirror");
}

#[tokio::test(start_paused = true)]
async fn where_acting_is_off_m_says_how_to_turn_it_on() {
    let mut r = desk().await.story.open(WIDE).await;
    r.keys("M").await.shows("allow_acting_as_customer").shows("mirror").hides("AS ADA");
}

#[tokio::test(start_paused = true)]
async fn at_80_columns_the_messenger_takes_the_lists_place() {
    let d = desk_to_act_on().await;
    let mut r = d.story.open(MIDDLE).await;
    r.keys("m").await.shows("Messenger (Ada)");
    assert_snapshot!("mirror_80x24", r.screen());
    r.keys("M<enter>n").await.shows("Send us a message");
    assert_snapshot!("as_ada_new_80x24", r.screen());
    r.resize(NARROW.0, NARROW.1).await.shows("Message");
}

#[tokio::test(start_paused = true)]
async fn a_terminal_of_the_customers_own() {
    let d = desk_to_act_on().await;
    let id = d.refund;
    let mut r = d.story.messenger("ada@lumen.example", WIDE).await;
    r.shows("Ada Park's Messenger").shows("Your Messenger is collapsed.");
    assert_snapshot!("own_collapsed_120x36", r.picture());
    r.keys("<enter><enter>").await.shows("The payout bounced.");
    assert_eq!(last_reply(&r, id), Status::Suppressed);
    r.keys("rIt ends in 4410.").await;
    r.paste(" And so\nit was before.").await;
    assert_snapshot!("own_reply_120x36", r.screen());
    r.keys("<ctrl+s>").await.shows("You 14:0");
    r.resize(MIDDLE.0, MIDDLE.1).await;
    assert_snapshot!("own_thread_80x24", r.screen());
    r.keys("<esc><esc>q").await;
    assert_eq!(r.ended().await, Exit::Quit);
}

/// Real time: what another program does on the desk is there within half a second.
#[tokio::test]
async fn another_programs_change_is_shown_within_half_a_second() {
    let d = desk_to_act_on().await;
    let (id, me) = (d.refund, Actor::Teammate(d.story.me.clone()));
    let mut r = d.story.messenger("ada@lumen.example", WIDE).await;
    r.keys("<enter><enter>").await.shows("The payout bounced.");
    // A second opening of the same file stands for another process.
    let other = deskbell::desk::Desk::open(r.story.desk.path(), false, Policy::default()).unwrap();
    let mut waits = Vec::new();
    for n in 0..5 {
        let body = format!("Answer number {n}.");
        other.perform(&me, id, &Action::reply(body.clone()), r.clock.now()).unwrap();
        let begun = Instant::now();
        while !r.screen().contains(&body) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{}", r.screen());
            r.rest().await;
        }
        waits.push(begun.elapsed());
    }
    // A machine that is busy with other tests may be late once.
    waits.sort();
    assert!(waits[2] <= Duration::from_millis(500), "{waits:?}");
    r.input(Input::Closed).await;
    assert_eq!(r.ended().await, Exit::Closed);
}
