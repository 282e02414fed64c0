//! Which ticket a mail is about, and whether it may go there: the table of who may answer. Reads
//! the desk, changes nothing. Never goes by a number in a subject or body, by Reply-To or by Cc.

use chrono::Duration;

use super::{proofs, sender};
use crate::desk::load::load;
use crate::desk::{DeskError, Policy, TicketView};
use crate::domain::{ContactId, EmailAddress, TicketId, Time};
use crate::mail::inbound::{Inbound, Remark};
use crate::mail::reply_address::{BounceToken, Key, ReplyToken, TestToken};
use crate::store::mailbox::{Arrived, MatchedBy, SenderCheck, seen_before};
use crate::store::{Tx, deliveries};

/// How the causes of held mails begin that are nobody's whom a ticket could be for.
pub(in crate::desk) const NO_AUTHOR: &str = "It does not name one author who can be answered";
pub(in crate::desk) const OUR_NAME: &str = "It says it is from this desk's own address";
/// More than this many mails of one sender on one ticket in [`BRAKE`] are held: two machines.
const PING_PONG: i64 = 5;
const BRAKE: Duration = Duration::minutes(10);
/// A mail that came through this many servers goes round.
const RECEIVED: usize = 30;

/// What is to become of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// The customer's reply.
    Reply {
        ticket: TicketId,
        contact: ContactId,
        by: MatchedBy,
    },
    /// Kept in the ticket as what a machine sent (M3).
    Automatic {
        ticket: TicketId,
        by: Option<MatchedBy>,
    },
    /// Kept in the ticket, which the customer cannot see now.
    WhileNotShared {
        ticket: TicketId,
        contact: ContactId,
        by: MatchedBy,
    },
    /// A new Customer ticket (M6); the other ticket it names without proof, if it does.
    New {
        names: Option<TicketId>,
    },
    Bounce {
        delivery: crate::domain::DeliveryId,
        proven: bool,
    },
    /// Quarantine: where it would go, and whose answer it would be.
    Hold {
        cause: String,
        ticket: Option<TicketId>,
        contact: Option<ContactId>,
    },
    Drop {
        cause: String,
    },
}

/// What the mail says of itself, and what our server says of it.
pub(super) struct Known<'a> {
    pub arrived: &'a Arrived,
    pub mail: &'a Inbound,
    pub check: SenderCheck,
    pub now: Time,
}

impl Route {
    /// The ticket a mail is about: a duplicate is about the same.
    pub fn matched(&self) -> Option<TicketId> {
        match self {
            Self::Reply { ticket, .. }
            | Self::Automatic { ticket, .. }
            | Self::WhileNotShared { ticket, .. } => Some(*ticket),
            Self::Hold { ticket, .. } => *ticket,
            Self::New { .. } | Self::Bounce { .. } | Self::Drop { .. } => None,
        }
    }
}

impl Route {
    /// How that ticket was found.
    pub fn matched_by(&self) -> Option<MatchedBy> {
        match self {
            Self::Reply { by, .. } | Self::WhileNotShared { by, .. } => Some(*by),
            Self::Automatic { by, .. } => *by,
            Self::Hold { .. } | Self::New { .. } | Self::Bounce { .. } | Self::Drop { .. } => None,
        }
    }
}

fn hold(cause: &str, ticket: Option<TicketId>, contact: Option<ContactId>) -> Route {
    Route::Hold { cause: cause.into(), ticket, contact }
}

/// Decides.
pub(super) fn route(
    tx: &mut dyn Tx,
    policy: &Policy,
    known: &Known<'_>,
) -> Result<Route, DeskError> {
    let mail = known.mail;
    if let Some(route) = own_mail(tx, policy, mail)? {
        return Ok(route);
    }
    if let Some(route) = bounce(tx, policy, known)? {
        return Ok(route);
    }
    let answered = by_token(tx, policy, known)?;
    if mail.received >= RECEIVED {
        let (ticket, contact) = answered.map(|v| (v.ticket.id, v.ticket.contact)).unzip();
        let cause = "It came through 30 servers or more: it seems to go round.";
        return Ok(hold(cause, ticket, contact.flatten()));
    }
    if let Some(view) = answered {
        return answer(tx, policy, known, &view, MatchedBy::Address);
    }
    let Some((_, author)) = sender::author(policy, mail) else {
        return Ok(hold(&format!("{NO_AUTHOR}."), None, None));
    };
    match by_thread(tx, policy, mail)? {
        Some(view) if is_participant(&view, &author) && proven_by_thread(policy, known) => {
            answer(tx, policy, known, &view, MatchedBy::Thread)
        }
        named => Ok(Route::New { names: named.map(|v| v.ticket.id) }),
    }
}

/// Our own mail, come back: by its loop mark, its Message-ID or its author. Where a mail of our
/// address has another to be answered at, somebody wrote it by way of a list or a form, which a
/// teammate is to see.
fn own_mail(tx: &mut dyn Tx, policy: &Policy, mail: &Inbound) -> Result<Option<Route>, DeskError> {
    let drop = |cause: String| Ok(Some(Route::Drop { cause }));
    let installation = policy.signing().map(Key::installation);
    if mail.our_loop_header.is_some() && mail.our_loop_header == installation {
        return drop("A mail of this desk came back (X-Deskbell-Loop).".into());
    }
    if let Some(id) = &mail.message_id
        && deliveries::by_message_id(tx, id)?.is_some()
    {
        return drop("A mail of this desk came back (its Message-ID).".into());
    }
    if !mail.from.iter().any(|f| sender::is_ours(policy, &f.address)) {
        return Ok(None);
    }
    if let Some(token) = test_token(policy, mail) {
        return drop(test_came_back(&token));
    }
    let asker = mail.reply_to.iter().find(|a| a.contains('@') && !sender::is_ours(policy, a));
    match asker {
        Some(asker) => {
            Ok(Some(hold(&format!("{OUR_NAME}, and asks to answer {asker}."), None, None)))
        }
        None => drop(format!("{OUR_NAME}.")),
    }
}

/// What the row of a test mail says when it has come back.
pub(in crate::desk) fn test_came_back(token: &str) -> String {
    format!("A test mail of this desk came back ({token}).")
}

/// The token of `deskbell mail test`: in its Message-ID, or where its way has changed that.
fn test_token(policy: &Policy, mail: &Inbound) -> Option<String> {
    let key = policy.signing()?;
    let mut ids = mail.message_id.iter().chain(&mail.references);
    ids.find_map(|id| TestToken::read(id, key))
}

/// The addresses a mail came to, the surest first: the envelope's, what our server wrote, To, Cc.
fn candidates<'a>(known: &'a Known<'_>) -> impl Iterator<Item = &'a str> {
    std::iter::once(known.arrived.envelope_recipient.as_str())
        .chain(known.mail.delivered_to.iter().map(String::as_str))
        .chain(known.mail.to.iter().map(String::as_str))
        .chain(known.mail.cc.iter().map(String::as_str))
}

/// M3: a bounce belongs to a ledger row by the address it came to, else by the envelope id that
/// it repeats, else by the Message-ID of the mail it returns.
fn bounce(tx: &mut dyn Tx, policy: &Policy, known: &Known<'_>) -> Result<Option<Route>, DeskError> {
    let claims = candidates(known).filter_map(|a| BounceToken::read(a, policy.address()));
    if let Some(delivery) = proofs::bounce(tx, policy, known.arrived.id, claims)?
        && let Some(row) = deliveries::load(tx, delivery)?
    {
        return Ok(Some(match (&known.mail.bounce, known.mail.automatic) {
            (Some(_), _) => Route::Bounce { delivery: row.id, proven: true },
            (None, Some(_)) => Route::Automatic { ticket: row.ticket_id, by: None },
            (None, None) => hold(
                "An answer to a notification's return address that is no bounce.",
                Some(row.ticket_id),
                row.contact_id,
            ),
        }));
    }
    let Some(bounce) = &known.mail.bounce else { return Ok(None) };
    let envelope = bounce.original_envelope_id.as_deref();
    let claims = envelope.and_then(BounceToken::read_envelope_id).into_iter();
    if let Some(delivery) = proofs::bounce(tx, policy, known.arrived.id, claims)?
        && let Some(row) = deliveries::load(tx, delivery)?
    {
        return Ok(Some(Route::Bounce { delivery: row.id, proven: true }));
    }
    if let Some(id) = &bounce.original_message_id
        && let Some(row) = deliveries::by_message_id(tx, id)?
    {
        return Ok(Some(Route::Bounce { delivery: row.id, proven: false }));
    }
    Ok(Some(hold("A bounce that belongs to no mail of this desk.", None, None)))
}

/// M1: the ticket of a reply address that holds. One that does not matches nothing, and is counted.
fn by_token(
    tx: &mut dyn Tx,
    policy: &Policy,
    known: &Known<'_>,
) -> Result<Option<TicketView>, DeskError> {
    let Some(key) = policy.signing() else { return Ok(None) };
    let mut forged = false;
    for address in candidates(known) {
        let Some(claim) = ReplyToken::read(address, policy.address()) else { continue };
        if proofs::reply(tx, key, known.arrived.id, &claim)? {
            match load(tx, policy, claim.ticket) {
                Ok(view) if view.ticket.contact == Some(claim.contact) => return Ok(Some(view)),
                // The ticket is another customer's by now.
                Ok(_) | Err(DeskError::NoTicket(_)) => {}
                Err(e) => return Err(e),
            }
        } else {
            forged = true;
        }
    }
    if forged {
        let who = known.mail.author().map_or("", |a| a.address.as_str()).to_lowercase();
        let n = crate::store::strangers::count(tx, "bad_token", &who, known.now)?;
        if n == 20 {
            tracing::warn!(n, "reply addresses that do not hold: someone may be guessing");
        }
    }
    Ok(None)
}

/// The ticket of the mail that this one answers, by a Message-ID that only its readers know.
fn by_thread(
    tx: &mut dyn Tx,
    policy: &Policy,
    mail: &Inbound,
) -> Result<Option<TicketView>, DeskError> {
    for id in mail.in_reply_to.iter().chain(mail.references.iter().rev()) {
        if let Some(row) = deliveries::by_message_id(tx, id)? {
            match load(tx, policy, row.ticket_id) {
                Ok(view) => return Ok(Some(view)),
                // It was deleted; what is said now is a new matter.
                Err(DeskError::NoTicket(_)) => {}
                Err(e) => return Err(e),
            }
        }
    }
    Ok(None)
}

/// A thread's header is no permission by itself: our server must vouch for the author. Only where
/// the desk signs no addresses is its word enough that it has nothing to say, for the header is all
/// that an answer has then (M1).
fn proven_by_thread(policy: &Policy, known: &Known<'_>) -> bool {
    match known.check {
        SenderCheck::Pass => true,
        SenderCheck::Fail => false,
        // What a machine sent moves nothing, wherever it is kept (M3).
        SenderCheck::NotChecked => policy.signing().is_none() || known.mail.automatic.is_some(),
    }
}

fn is_participant(view: &TicketView, author: &EmailAddress) -> bool {
    let contact = view.contact.as_ref().and_then(|c| c.email.as_ref());
    contact.is_some_and(|email| email.key() == author.key())
}

/// A mail that was matched to a ticket, with the ticket's contact as the one who may answer.
fn answer(
    tx: &mut dyn Tx,
    policy: &Policy,
    known: &Known<'_>,
    view: &TicketView,
    by: MatchedBy,
) -> Result<Route, DeskError> {
    let ticket = view.ticket.id;
    let Some(contact) = &view.contact else {
        return Ok(Route::New { names: Some(ticket) });
    };
    let to_hold =
        |cause: String| Route::Hold { cause, ticket: Some(ticket), contact: Some(contact.id) };
    let author = sender::author(policy, known.mail).map(|(_, a)| a);
    let Some(author) = author.filter(|a| is_participant(view, a)) else {
        let who = known.mail.author().map_or("Somebody", |a| a.address.as_str());
        let whose = contact.email.as_ref().map_or("the customer", EmailAddress::as_str);
        return Ok(to_hold(format!("{who} answered with the link of {whose}.")));
    };
    if known.check == SenderCheck::Fail {
        let domain = author.as_str().rsplit_once('@').map_or("", |(_, d)| d);
        return Ok(to_hold(format!("The mail does not come from {domain} (DMARC failed).")));
    }
    let since = known.now - BRAKE;
    let landed = seen_before::landed_since(tx, &author.key(), ticket, since)?;
    if landed >= PING_PONG {
        if landed == PING_PONG {
            tracing::warn!(
                ticket = ticket.0,
                "mails of one sender are held: two machines may be talking"
            );
        }
        return Ok(to_hold(format!("More than {PING_PONG} mails of {author} in 10 minutes.")));
    }
    if known.mail.automatic.is_some() {
        return Ok(Route::Automatic { ticket, by: Some(by) });
    }
    if view.ticket.as_shared().is_none() {
        return Ok(Route::WhileNotShared { ticket, contact: contact.id, by });
    }
    Ok(Route::Reply { ticket, contact: contact.id, by })
}

/// True when no confirmation may go because of this mail, whoever sent it.
pub(super) fn wants_no_answer(mail: &Inbound) -> bool {
    mail.automatic.is_some()
        || mail.do_not_acknowledge
        || mail.remarks.contains(&Remark::LooksLikeOutOfOffice)
}
