//! Tokens of the HTTP API: made and shown once, kept as a hash, recognised, revoked.
//!
//! A token is `dbell_KIND_`, 30 random characters of base 62 (178 bits) and the CRC-32 of all that
//! in 6 more: a leaked one can be told from other texts, and a mistyped one without the database.

use rand::RngExt;
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::desk::perform::known_contact;
use crate::desk::{Desk, DeskError};
use crate::domain::{Contact, Teammate, Time};
use crate::store::tokens::TokenRow;
use crate::store::{StoreError, Tx, contacts, teammates, tokens};

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM: usize = 30;
const CHECK: usize = 6;
/// A use is noted when the last one that was noted is older than this.
const NOTED_EVERY: chrono::Duration = chrono::Duration::minutes(1);

/// Whose a token is, and so what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// All that a teammate may, in the name of any teammate.
    Admin,
    /// What this teammate may.
    Teammate(Teammate),
    /// What this customer may in their Messenger: their shared tickets and nothing else.
    Contact(Contact),
}

impl Principal {
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Teammate(_) => "teammate",
            Self::Contact(_) => "contact",
        }
    }
}

/// A token that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub token: i64,
    pub principal: Principal,
    pub expires_at: Option<Time>,
}

/// A token that was made. Its text is here and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewToken {
    pub id: i64,
    pub token: String,
    pub expires_at: Option<Time>,
}

/// What is known of a token later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownToken {
    pub id: i64,
    pub principal: Principal,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    /// To the minute.
    pub used_at: Option<Time>,
    pub revoked_at: Option<Time>,
}

impl Desk {
    /// Makes a token. A contact that the desk does not know yet comes to be known by it.
    ///
    /// # Errors
    /// A sentence when it would expire at once, or the store's.
    pub fn new_token(
        &self,
        principal: Principal,
        expires_at: Option<Time>,
        now: Time,
    ) -> Result<NewToken, DeskError> {
        if expires_at.is_some_and(|at| at <= now) {
            return Err(DeskError::Other("A token must expire in the future.".into()));
        }
        let token = make(principal.kind());
        let hash = hash(&token);
        let id = self.store().write(move |tx| {
            let kind = principal.kind();
            let (teammate, contact) = match principal {
                Principal::Admin => (None, None),
                Principal::Teammate(t) => (Some(t.id), None),
                Principal::Contact(c) => (None, Some(known_contact(tx, c, now)?.id)),
            };
            Ok::<_, DeskError>(tokens::insert(tx, &hash, kind, teammate, contact, expires_at, now)?)
        })?;
        Ok(NewToken { id, token, expires_at })
    }

    /// Whose the presented token is; `None` for one that is forged, cut, revoked or expired.
    ///
    /// # Errors
    /// The store's.
    pub fn bearer(&self, presented: &str, now: Time) -> Result<Option<Bearer>, DeskError> {
        if !is_well_formed(presented) {
            return Ok(None);
        }
        let hash = hash(presented);
        self.store().read(move |tx| {
            let Some(row) = tokens::by_hash(tx, &hash)? else { return Ok(None) };
            let same: bool = row.sha256.as_bytes().ct_eq(hash.as_bytes()).into();
            if !same || !is_good(&row, now) {
                return Ok(None);
            }
            let principal = principal(tx, &row)?;
            Ok(Some(Bearer { token: row.id, principal, expires_at: row.expires_at }))
        })
    }

    /// True while a token is neither revoked nor expired.
    ///
    /// # Errors
    /// The store's.
    pub fn is_token_good(&self, id: i64, now: Time) -> Result<bool, DeskError> {
        self.store().read(move |tx| Ok(tokens::load(tx, id)?.is_some_and(|row| is_good(&row, now))))
    }

    /// Notes that a token is used, unless that was noted within the last minute.
    ///
    /// # Errors
    /// The store's.
    pub fn note_token_use(&self, id: i64, now: Time) -> Result<(), DeskError> {
        let old = |row: &TokenRow| row.used_at.is_none_or(|at| now - at >= NOTED_EVERY);
        let row = self.store().read(move |tx| tokens::load(tx, id))?;
        if row.as_ref().is_some_and(old) {
            self.store().write(move |tx| tokens::set_used(tx, id, now))?;
        }
        Ok(())
    }

    /// All tokens that were ever made, the first made first.
    ///
    /// # Errors
    /// The store's.
    pub fn tokens(&self) -> Result<Vec<KnownToken>, DeskError> {
        self.store().read(|tx| {
            let rows = tokens::all(tx)?;
            rows.into_iter()
                .map(|row| {
                    Ok(KnownToken {
                        principal: principal(tx, &row)?,
                        id: row.id,
                        created_at: row.created_at,
                        expires_at: row.expires_at,
                        used_at: row.used_at,
                        revoked_at: row.revoked_at,
                    })
                })
                .collect()
        })
    }

    /// [`Desk::revoke_token`], for those who may revoke customers' tokens only.
    ///
    /// # Errors
    /// As [`Desk::revoke_token`]; a token of the team's is none.
    pub fn revoke_contact_token(&self, id: i64, now: Time) -> Result<(), DeskError> {
        self.store().write(move |tx| {
            let row = tokens::load(tx, id)?.filter(|row| row.contact.is_some());
            row.ok_or(DeskError::NoToken(id))?;
            Ok(tokens::revoke(tx, id, now)?)
        })
    }

    /// Makes a token open nothing any more; its row stays. Returns whose it was.
    ///
    /// # Errors
    /// A sentence when there is no such token, or the store's.
    pub fn revoke_token(&self, id: i64, now: Time) -> Result<Principal, DeskError> {
        self.store().write(move |tx| {
            let row = tokens::load(tx, id)?.ok_or(DeskError::NoToken(id))?;
            tokens::revoke(tx, id, now)?;
            principal(tx, &row)
        })
    }
}

fn is_good(row: &TokenRow, now: Time) -> bool {
    row.revoked_at.is_none() && row.expires_at.is_none_or(|at| now < at)
}

fn principal(tx: &mut dyn Tx, row: &TokenRow) -> Result<Principal, DeskError> {
    let gone = || DeskError::from(StoreError::Corrupt("a token is nobody's"));
    match (row.kind.as_str(), row.teammate, row.contact) {
        ("admin", None, None) => Ok(Principal::Admin),
        ("teammate", Some(id), None) => {
            Ok(Principal::Teammate(teammates::load(tx, id)?.ok_or_else(gone)?))
        }
        ("contact", None, Some(id)) => {
            Ok(Principal::Contact(contacts::load(tx, id)?.ok_or_else(gone)?))
        }
        _ => Err(gone()),
    }
}

fn make(kind: &str) -> String {
    let mut rng = rand::rng();
    let random: String = (0..RANDOM)
        .filter_map(|_| LETTERS.get(rng.random_range(0..LETTERS.len())).map(|b| char::from(*b)))
        .collect();
    let body = format!("dbell_{kind}_{random}");
    let check = check(&body);
    body + &check
}

/// The CRC-32 in base 62, the highest digit first.
fn check(body: &str) -> String {
    let mut left = crc32fast::hash(body.as_bytes()) as usize;
    let mut digits: Vec<char> = (0..CHECK)
        .filter_map(|_| {
            let digit = left % LETTERS.len();
            left /= LETTERS.len();
            LETTERS.get(digit).map(|b| char::from(*b))
        })
        .collect();
    digits.reverse();
    digits.into_iter().collect()
}

/// True for a text that has a token's shape and its check. Says nothing of whether there is one.
fn is_well_formed(presented: &str) -> bool {
    let Some((head, tail)) = presented.rsplit_once('_') else { return false };
    matches!(head, "dbell_admin" | "dbell_teammate" | "dbell_contact")
        && tail.len() == RANDOM + CHECK
        && tail.bytes().all(|b| b.is_ascii_alphanumeric())
        && presented
            .split_at_checked(presented.len() - CHECK)
            .is_some_and(|(body, end)| check(body) == end)
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_shape_and_a_mistyped_one_is_none() {
        let token = make("contact");
        assert!(token.starts_with("dbell_contact_") && token.len() == 14 + 36, "{token}");
        assert!(is_well_formed(&token));
        assert_ne!(token, make("contact"));
        let mut typo = token.clone().into_bytes();
        typo[20] = if typo[20] == b'a' { b'b' } else { b'a' };
        assert!(!is_well_formed(std::str::from_utf8(&typo).unwrap()));
        let swapped = token.replace("contact", "admin");
        for bad in ["", "_", "dbell_admin_", &token[..49], &format!("{token}0"), &swapped, "ö_ä"]
        {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
