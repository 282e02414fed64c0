//! Searches for tickets and contacts, page by page. A page begins after a number, and numbers never
//! change: nothing is skipped and nothing comes twice, whatever happens between two pages.

use std::collections::HashMap;

use serde_json::Value;

use crate::desk::ticket_types::{TypedTicket, typed};
use crate::desk::{Desk, DeskError};
use crate::domain::contact::ContactCard;
use crate::domain::search::{Datum, Filter};
use crate::domain::ticket_type::{DESCRIPTION, shown};
use crate::domain::{ContactId, Ticket, TicketId};
use crate::store::{Tx, contact_cards, search, ticket_types};

/// Rows looked at in one go.
const PAGE: usize = 500;

/// What tickets can be searched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketField {
    Id,
    CreatedAt,
    UpdatedAt,
    Title,
    Description,
    Category,
    TicketType,
    Contact,
    /// Who did something on it, or has it.
    Teammate,
    Assignee,
    Team,
    Open,
    State,
    SnoozedUntil,
    Tag,
    /// One of the type's own, by name.
    Attribute(String),
}

/// What contacts can be searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactField {
    Id,
    Email,
    EmailDomain,
    Name,
    ExternalId,
    Role,
    CreatedAt,
    UpdatedAt,
    HasHardBounced,
    Unsubscribed,
}

/// A page of what was found, and how much there is in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    pub items: Vec<T>,
    pub total: usize,
    /// Whether there is more after this page.
    pub more: bool,
}

impl Desk {
    /// Up to `limit` tickets that the filter keeps, the highest number first, below `before`.
    ///
    /// # Errors
    /// The store's.
    pub fn search_tickets(
        &self,
        filter: Filter<TicketField>,
        before: Option<TicketId>,
        limit: usize,
    ) -> Result<Found<TypedTicket>, DeskError> {
        let policy = self.policy().clone();
        self.store().read(move |tx| {
            let mut kept = Kept::new(limit);
            let mut next = None;
            loop {
                let page = search::page(tx, next, PAGE)?;
                let Some(last) = page.last() else { break };
                next = Some(last.id);
                let extra = Extra::of(tx, &filter, &page)?;
                for ticket in page.iter().filter(|t| filter.keeps(&|f| extra.datum(t, f))) {
                    kept.take(ticket.id, before.is_none_or(|b| ticket.id < b));
                }
            }
            let items: Result<Vec<TypedTicket>, DeskError> =
                kept.items.iter().map(|id| typed(tx, &policy, *id)).collect();
            Ok(Found { items: items?, total: kept.total, more: kept.more })
        })
    }

    /// Up to `limit` contacts that the filter keeps, the newest first, below `before`.
    ///
    /// # Errors
    /// The store's.
    pub fn search_contacts(
        &self,
        filter: Filter<ContactField>,
        before: Option<ContactId>,
        limit: usize,
    ) -> Result<Found<ContactCard>, DeskError> {
        self.store().read(move |tx| {
            let mut kept = Kept::new(limit);
            let mut next = None;
            loop {
                let page = contact_cards::page(tx, next, PAGE)?;
                let Some(last) = page.last() else { break };
                next = Some(last.contact.id);
                for card in page.into_iter().filter(|c| filter.keeps(&|f| contact_datum(c, *f))) {
                    let here = before.is_none_or(|b| card.contact.id < b);
                    kept.take(card, here);
                }
            }
            Ok(Found { items: kept.items, total: kept.total, more: kept.more })
        })
    }
}

/// Counts all, keeps a page.
struct Kept<T> {
    items: Vec<T>,
    limit: usize,
    total: usize,
    more: bool,
}

impl<T> Kept<T> {
    fn new(limit: usize) -> Self {
        Self { items: Vec::new(), limit, total: 0, more: false }
    }

    fn take(&mut self, item: T, here: bool) {
        self.total += 1;
        if here && self.items.len() < self.limit {
            self.items.push(item);
        } else {
            self.more |= here;
        }
    }
}

/// What the tickets of one page have beside their rows, as far as it is asked for.
#[derive(Default)]
struct Extra {
    descriptions: HashMap<TicketId, String>,
    teammates: HashMap<TicketId, Vec<String>>,
    attributes: HashMap<(TicketId, String), Value>,
}

impl Extra {
    fn of(
        tx: &mut dyn Tx,
        filter: &Filter<TicketField>,
        page: &[Ticket],
    ) -> Result<Self, DeskError> {
        let mut extra = Self::default();
        let (Some(last), Some(first)) = (page.first(), page.last()) else { return Ok(extra) };
        let (first, last) = (first.id, last.id);
        let about = filter.asks(&|f| matches!(f, TicketField::Description));
        if about {
            extra.descriptions = search::descriptions(tx, first, last)?;
        }
        if filter.asks(&|f| matches!(f, TicketField::Teammate)) {
            extra.teammates = search::teammates(tx, first, last)?;
        }
        if about || filter.asks(&|f| matches!(f, TicketField::Attribute(_))) {
            for (id, name, value) in ticket_types::values_between(tx, first, last)? {
                extra.attributes.insert((id, name), value);
            }
        }
        Ok(extra)
    }

    fn datum(&self, ticket: &Ticket, field: &TicketField) -> Datum {
        let one = |word: Option<String>| Datum::Words(word.into_iter().collect());
        let attribute = |name: &str| self.attributes.get(&(ticket.id, name.to_owned()));
        match field {
            TicketField::Id => one(Some(ticket.id.0.to_string())),
            TicketField::CreatedAt => Datum::Moment(Some(ticket.created_at)),
            TicketField::UpdatedAt => Datum::Moment(Some(ticket.updated_at)),
            TicketField::SnoozedUntil => Datum::Moment(ticket.snoozed_until),
            TicketField::Title => Datum::Text(ticket.title.clone()),
            TicketField::Description => Datum::Text(match attribute(DESCRIPTION) {
                Some(changed) => shown(changed),
                None => self.descriptions.get(&ticket.id).cloned().unwrap_or_default(),
            }),
            TicketField::Category => one(Some(ticket.category.code().to_owned())),
            TicketField::TicketType => one(Some(ticket.type_id.0.to_string())),
            TicketField::Contact => one(ticket.contact.map(|c| c.0.to_string())),
            TicketField::Teammate => {
                let mut all = self.teammates.get(&ticket.id).cloned().unwrap_or_default();
                all.extend(ticket.assignee.map(|a| a.0.to_string()));
                Datum::Words(all)
            }
            // Nobody is 0, as it is in a ticket.
            TicketField::Assignee => {
                one(Some(ticket.assignee.map_or_else(|| "0".into(), |a| a.0.to_string())))
            }
            TicketField::Team => one(Some("0".into())),
            TicketField::Open => Datum::Flag(ticket.open),
            TicketField::State => one(Some(ticket.state.code().to_owned())),
            TicketField::Tag => Datum::Words(ticket.tags.clone()),
            TicketField::Attribute(name) => one(attribute(name).map(shown)),
        }
    }
}

fn contact_datum(card: &ContactCard, field: ContactField) -> Datum {
    let contact = &card.contact;
    let email = contact.email.as_ref().map(|e| e.as_str().to_owned()).unwrap_or_default();
    let stopped = |stop| Datum::Flag(contact.mail_stop == Some(stop));
    match field {
        ContactField::Id => Datum::Words(vec![contact.id.0.to_string()]),
        ContactField::EmailDomain => {
            Datum::Text(email.rsplit_once('@').map_or_else(String::new, |(_, d)| d.to_owned()))
        }
        ContactField::Email => Datum::Text(email),
        ContactField::Name => Datum::Text(contact.name.clone()),
        ContactField::ExternalId => Datum::Text(card.external_id.clone().unwrap_or_default()),
        ContactField::Role => Datum::Words(vec![card.role.code().to_owned()]),
        ContactField::CreatedAt => Datum::Moment(Some(card.created_at)),
        ContactField::UpdatedAt => Datum::Moment(Some(card.updated_at)),
        ContactField::HasHardBounced => stopped(crate::domain::MailStop::HardBounce),
        ContactField::Unsubscribed => stopped(crate::domain::MailStop::Unsubscribed),
    }
}
