//! What the desk said: the rows of a part as a test compares them, and refusals in their words.

use deskbell::domain::{Action, Channel, Reason, Status, TicketId};

use crate::support::bench::Bench;

/// Channel, status and reason of the rows of the newest part with this event.
pub fn rows(bench: &Bench, id: TicketId, event: &str) -> Vec<(Channel, Status, Option<Reason>)> {
    let view = bench.ticket(id);
    let part = view.parts.iter().rev().find(|p| p.event.code() == event).expect(event);
    let of_part = view.deliveries.iter().filter(|d| d.part_id == part.id);
    of_part.map(|d| (d.channel, d.status, d.reason)).collect()
}

pub fn silent(reason: Reason) -> Vec<(Channel, Status, Option<Reason>)> {
    Channel::ALL.map(|c| (c, Status::Suppressed, Some(reason))).to_vec()
}

/// The words in which an action of Mara's is refused.
pub fn sentence(bench: &Bench, id: TicketId, action: &Action) -> String {
    bench.mara().tries(id, action).unwrap_err().to_string()
}
