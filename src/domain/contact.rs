//! People: contacts (the customers) and teammates.

use serde::{Deserialize, Serialize};

use crate::domain::refusal::Refusal;
use crate::domain::text::{clean_line, first_name};
use crate::domain::{ContactId, TeammateId, Time};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    pub id: ContactId,
    /// Cleaned, one line; may be empty.
    pub name: String,
    /// None: no mail can go (N14), the Messenger still works.
    pub email: Option<EmailAddress>,
    /// Why mail to this contact has stopped, if it has.
    pub mail_stop: Option<MailStop>,
}

impl Contact {
    /// A contact the store may not know yet (id 0): for previews, and for whoever submits a ticket;
    /// the desk finds them by their address or makes them.
    #[must_use]
    pub fn unsaved(name: &str, email: Option<EmailAddress>) -> Self {
        Self { id: ContactId(0), name: clean_line(name), email, mail_stop: None }
    }

    /// What teammates call them on screen: the first name, else the address's local part.
    #[must_use]
    pub fn first_name(&self) -> &str {
        if self.name.is_empty() {
            self.email.as_ref().map_or("Customer", |e| first_name(e.as_str()))
        } else {
            first_name(&self.name)
        }
    }

    /// The full name, else the address.
    #[must_use]
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() {
            self.email.as_ref().map_or("Customer", EmailAddress::as_str)
        } else {
            &self.name
        }
    }
}

/// A contact as other programs know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactCard {
    pub contact: Contact,
    /// Their id in a system of the team's own; unique.
    pub external_id: Option<String>,
    pub role: Role,
    pub created_at: Time,
    pub updated_at: Time,
}

/// How well the team knows a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    User,
    Lead,
}

impl Role {
    /// The word in the database and in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Lead => "lead",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::User, Self::Lead].into_iter().find(|r| r.code() == code)
    }
}

/// Why no mail goes to a contact although there is an address (N14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailStop {
    Unsubscribed,
    HardBounce,
}

impl MailStop {
    /// The word in the database and in `--json`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::HardBounce => "hard_bounce",
        }
    }

    /// In words: "hard bounce".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::HardBounce => "hard bounce",
        }
    }
}

/// A member of the team. Customers learn the first name and nothing else (V7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Teammate {
    pub id: TeammateId,
    pub name: String,
}

impl Teammate {
    #[must_use]
    pub fn first_name(&self) -> &str {
        first_name(&self.name)
    }
}

/// An address mail can be sent to: `local@domain`, checked in shape, lower-cased in the domain.
///
/// RFC 5321 §4.5.3.1: local part at most 64 octets, whole path at most 254. Quoted local parts
/// and address literals are legal mail but no customer's address; they are refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// # Errors
    /// [`Refusal::NotAnAddress`] with what was given, cleaned.
    pub fn new(raw: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::NotAnAddress(clean_line(raw).chars().take(80).collect());
        // Only what programs put there: a blank of another kind is a letter of another address.
        let given = raw.trim_matches(|c: char| c.is_ascii_whitespace());
        if given.len() > 254 {
            return Err(refused());
        }
        let (local, domain) = given.rsplit_once('@').ok_or_else(refused)?;
        let atom =
            |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || is_word(c);
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(atom)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || is_word(c))
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        if local_ok && (domain_ok || domain.eq_ignore_ascii_case("localhost")) {
            Ok(Self(format!("{local}@{}", domain.to_lowercase())))
        } else {
            Err(refused())
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form two spellings of one mailbox share: wholly lower-case, and its domain in letters
    /// where it is written in their ASCII form (RFC 5890).
    #[must_use]
    pub fn key(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        format!("{}@{}", local.to_lowercase(), domain_key(domain))
    }

    /// True when `other` names this mailbox, however it is spelt.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        Self::new(other).is_ok_and(|other| other.key() == self.key())
    }

    /// The keys that an older desk may have filed the mailbox under: its domain as it was written.
    #[must_use]
    pub fn former_keys(&self) -> [String; 2] {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        let ascii = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase());
        [self.0.to_lowercase(), format!("{}@{ascii}", local.to_lowercase())]
    }
}

/// The form two spellings of one domain share. The ASCII form is read, and that is all: letters that
/// look like others, as ｌ does, make another domain.
#[must_use]
pub fn domain_key(domain: &str) -> String {
    let lower = domain.to_lowercase();
    match idna::domain_to_unicode(&lower) {
        (unicode, Ok(())) if lower.is_ascii() => unicode,
        _ => lower,
    }
}

fn is_word(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric()
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_a_mailbox_share_a_key_and_lookalikes_do_not() {
        let key = |raw: &str| EmailAddress::new(raw).unwrap().key();
        assert_eq!(key("Ada@Lumen.Example"), "ada@lumen.example");
        assert_eq!(key("ada@XN--mnchen-3ya.example"), key("ADA@München.example"));
        for other in ["ada@ｌumen.example", "ada@𝓵umen.example", "ada@lumen。example.test"] {
            if let Ok(other) = EmailAddress::new(other) {
                assert_ne!(other.key(), "ada@lumen.example", "{other}");
            }
        }
    }

    #[test]
    fn addresses_are_checked_in_shape() {
        for good in
            ["ada@lumen.example", "Ada.Park+x@Lumen.Example", "a@localhost", "ö@münchen.test"]
        {
            assert!(EmailAddress::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ada",
            "@x.example",
            "a@",
            "a@b",
            "a b@x.example",
            "a@x..example",
            ".a@x.example",
            "a@-x.example",
            "a@x.example\r\nBcc: b@y.example",
            "Ada <a@x.example>",
            "a@b@c d.example",
            "a,b@x.example",
        ] {
            assert!(EmailAddress::new(bad).is_err(), "{bad}");
        }
        assert_eq!(EmailAddress::new("Ada@LUMEN.example").unwrap().as_str(), "Ada@lumen.example");
    }
}
