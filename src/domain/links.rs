//! V3: which tickets can be linked, and how many of each.

use crate::domain::{Category, LinkedTicket, Refusal, Ticket, TicketId};

/// Links a tracker can have.
pub const TRACKER_LINKS: usize = 2_500;

/// Whether a ticket can be linked to another one, by what both are linked to already.
///
/// # Errors
/// The [`Refusal`] that says what stands against it.
pub fn may_link(
    ticket: &Ticket,
    links: &[LinkedTicket],
    other: &LinkedTicket,
    other_links: &[LinkedTicket],
) -> Result<(), Refusal> {
    if ticket.id == other.id {
        return Err(Refusal::LinkToItself);
    }
    if links.iter().any(|l| l.id == other.id) {
        return Err(Refusal::AlreadyLinked(ticket.id, other.id));
    }
    end_takes(ticket.id, ticket.category, links, other.id, other.category)?;
    end_takes(other.id, other.category, other_links, ticket.id, ticket.category)
}

fn end_takes(
    id: TicketId,
    category: Category,
    links: &[LinkedTicket],
    other_id: TicketId,
    other: Category,
) -> Result<(), Refusal> {
    let has = |c: Category| links.iter().filter(|l| l.category == c).count();
    match (category, other) {
        (Category::Tracker, Category::Tracker)
        | (Category::Customer, Category::Customer)
        | (Category::BackOffice, Category::BackOffice) => Err(Refusal::NoSuchLink(id, other_id)),
        (Category::Tracker, Category::Customer | Category::BackOffice) => {
            if links.len() >= TRACKER_LINKS { Err(Refusal::TrackerFull(id)) } else { Ok(()) }
        }
        (Category::Customer | Category::BackOffice, Category::Tracker) => {
            if has(Category::Tracker) > 0 { Err(Refusal::OneTracker(id)) } else { Ok(()) }
        }
        (Category::BackOffice, Category::Customer) => {
            if has(Category::Customer) > 0 {
                Err(Refusal::OneOrigin(id))
            } else {
                Ok(())
            }
        }
        (Category::Customer, Category::BackOffice) => Ok(()),
    }
}
