//! What a mail's signed addresses prove, asked when it arrives and not again: what is kept of the mail
//! and of the proof is worth nothing to who has a copy of the database (threat 31).

use std::collections::HashMap;

use crate::desk::{DeskError, Policy};
use crate::domain::{ContactId, DeliveryId, TicketId};
use crate::mail::reply_address::kept::{Found, Tag, find};
use crate::mail::reply_address::{BounceClaim, Claim, Key};
use crate::store::mailbox::NewArrival;
use crate::store::proofs::{self, Proof};
use crate::store::{Tx, mailbox, reply_epochs};

/// A mail that is to be kept, and the tags in it that may be ours.
pub(in crate::desk) struct Looked {
    new: NewArrival,
    sender: Vec<Found>,
    recipient: Vec<Found>,
    raw: Vec<Found>,
}

impl Looked {
    /// Looks through a mail. Takes a while with a large one, so nothing is locked meanwhile.
    pub(in crate::desk) fn at(new: NewArrival, policy: &Policy) -> Self {
        // What no key can prove stays as it is.
        let look = |bytes: &[u8]| policy.signing().map_or_else(Vec::new, |_| find(bytes));
        let sender = look(new.envelope_sender.as_deref().unwrap_or_default().as_bytes());
        let recipient = look(new.envelope_recipient.as_bytes());
        let raw = look(&new.raw);
        Self { new, sender, recipient, raw }
    }

    /// Keeps it without the signatures that hold, and what they prove beside it.
    pub(in crate::desk) fn keep(self, tx: &mut dyn Tx, policy: &Policy) -> Result<i64, DeskError> {
        let Self { mut new, sender, recipient, raw } = self;
        let mut prover = Prover { policy, epochs: HashMap::new(), proven: Vec::new() };
        if let Some(text) = &mut new.envelope_sender {
            *text = prover.without(tx, text, &sender)?;
        }
        new.envelope_recipient = prover.without(tx, &new.envelope_recipient, &recipient)?;
        for found in &raw {
            if prover.proves(tx, &found.tag)? {
                found.take_out(&mut new.raw);
            }
        }
        let id = mailbox::insert(tx, new)?;
        for proof in prover.proven {
            proofs::add(tx, id, proof)?;
        }
        Ok(id)
    }
}

/// A mail's bytes as they came: what they proved says which signature stood where.
pub(super) fn as_it_came(
    tx: &mut dyn Tx,
    policy: &Policy,
    mail: i64,
    mut raw: Vec<u8>,
) -> Result<Vec<u8>, DeskError> {
    let proven = proofs::of(tx, mail)?;
    let Some(key) = policy.signing().filter(|_| !proven.is_empty()) else { return Ok(raw) };
    for found in find(&raw).iter().filter(|found| found.is_taken()) {
        let epoch = proven.iter().find_map(|proof| match (proof, &found.tag) {
            (Proof::Reply { ticket, contact, epoch }, Tag::Reply(claim)) => {
                (claim.ticket == *ticket && claim.contact == *contact).then_some(*epoch)
            }
            (Proof::Bounce(delivery), Tag::Bounce(claim)) => {
                (claim.delivery == *delivery).then_some(0)
            }
            (Proof::Reply { .. }, Tag::Bounce(_)) | (Proof::Bounce(_), Tag::Reply(_)) => None,
        });
        if let Some(epoch) = epoch {
            found.put_back(&mut raw, key, epoch);
        }
    }
    Ok(raw)
}

struct Prover<'a> {
    policy: &'a Policy,
    epochs: HashMap<(TicketId, ContactId), u32>,
    proven: Vec<Proof>,
}

impl Prover<'_> {
    /// True when a tag holds; it is noted then.
    fn proves(&mut self, tx: &mut dyn Tx, tag: &Tag) -> Result<bool, DeskError> {
        let Some(key) = self.policy.signing() else { return Ok(false) };
        let proof = match tag {
            Tag::Reply(claim) => {
                let (ticket, contact) = (claim.ticket, claim.contact);
                let epoch = match self.epochs.get(&(ticket, contact)) {
                    Some(epoch) => *epoch,
                    None => reply_epochs::get(tx, ticket, contact)?,
                };
                self.epochs.insert((ticket, contact), epoch);
                claim.holds(epoch, key).then_some(Proof::Reply { ticket, contact, epoch })
            }
            Tag::Bounce(claim) => claim.holds(key).then_some(Proof::Bounce(claim.delivery)),
        };
        self.proven.extend(proof.filter(|proof| !self.proven.contains(proof)));
        Ok(proof.is_some())
    }

    fn without(
        &mut self,
        tx: &mut dyn Tx,
        text: &str,
        found: &[Found],
    ) -> Result<String, DeskError> {
        let mut bytes = text.as_bytes().to_vec();
        for found in found {
            if self.proves(tx, &found.tag)? {
                found.take_out(&mut bytes);
            }
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned()))
    }
}

/// True when the mail carried this reply address and that holds still: its epoch is the one of now.
/// A mail of an older deskbell carries it to this day.
pub(super) fn reply(
    tx: &mut dyn Tx,
    key: &Key,
    mail: i64,
    claim: &Claim,
) -> Result<bool, DeskError> {
    let epoch = reply_epochs::get(tx, claim.ticket, claim.contact)?;
    let proof = Proof::Reply { ticket: claim.ticket, contact: claim.contact, epoch };
    Ok(proofs::has(tx, mail, proof)? | claim.holds(epoch, key))
}

/// The ledger row of the first of these bounce addresses that the mail carried and that holds.
pub(super) fn bounce(
    tx: &mut dyn Tx,
    policy: &Policy,
    mail: i64,
    claims: impl Iterator<Item = BounceClaim>,
) -> Result<Option<DeliveryId>, DeskError> {
    let Some(key) = policy.signing() else { return Ok(None) };
    for claim in claims {
        if proofs::has(tx, mail, Proof::Bounce(claim.delivery))? | claim.holds(key) {
            return Ok(Some(claim.delivery));
        }
    }
    Ok(None)
}
