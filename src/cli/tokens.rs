//! Tokens of the HTTP API from the command line: made and shown once, listed, revoked.

use serde_json::json;

use crate::cli::args::{Expiry, TokenOf, Whose};
use crate::cli::{Setting, print};
use crate::desk::tokens::{KnownToken, Principal};
use crate::desk::{Desk, DeskError};
use crate::domain::text::clean_line;
use crate::domain::{Contact, EmailAddress, Time};

pub fn run(setting: &Setting, what: &TokenOf) -> anyhow::Result<()> {
    let desk = setting.open(false)?;
    let now = setting.now(&desk)?;
    match what {
        TokenOf::New { whose, expires } => {
            let expires = expires.map(|e| match e {
                Expiry::After(time) => now + time,
                Expiry::At(time) => time,
            });
            let made = desk.new_token(principal(&desk, whose, now)?, expires, now)?;
            if setting.args.json {
                return print::json(&made);
            }
            print::talk(&format!(
                "This is the only time that token {} is shown. `deskbell token revoke {}` ends it.",
                made.id, made.id
            ));
            print::data(&made.token)
        }
        TokenOf::List => {
            let tokens = desk.tokens()?;
            if setting.args.json {
                let rows: Vec<_> = tokens.iter().map(row).collect();
                return print::json(&rows);
            }
            if tokens.is_empty() {
                print::talk("There is no token yet.");
                return Ok(());
            }
            let lines: Vec<String> = tokens.iter().map(|t| line(t, now)).collect();
            print::data(&lines.join("\n"))
        }
        TokenOf::Revoke { id } => {
            let whose = desk.revoke_token(*id, now)?;
            print::talk(&format!("Token {id} ({}) opens nothing any more.", words(&whose)));
            Ok(())
        }
    }
}

fn principal(desk: &Desk, whose: &Whose, now: Time) -> Result<Principal, DeskError> {
    if let Some(name) = &whose.teammate {
        return Ok(Principal::Teammate(desk.teammate(name, now)?.0));
    }
    match &whose.contact {
        Some(email) => {
            Ok(Principal::Contact(Contact::unsaved("", Some(EmailAddress::new(email)?))))
        }
        None => Ok(Principal::Admin),
    }
}

fn words(principal: &Principal) -> String {
    match principal {
        Principal::Admin => "admin".into(),
        Principal::Teammate(t) => clean_line(&format!("teammate {}", t.name)),
        Principal::Contact(c) => {
            let who = c.email.as_ref().map_or_else(|| c.display_name(), EmailAddress::as_str);
            clean_line(&format!("contact {who}"))
        }
    }
}

fn line(token: &KnownToken, now: Time) -> String {
    let day = |t: Time| t.format("%Y-%m-%d %H:%M").to_string();
    let end = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {}", day(at)),
        (None, Some(at)) if at <= now => format!("expired {}", day(at)),
        (None, Some(at)) => format!("until {}", day(at)),
        (None, None) => "for good".into(),
    };
    let used = token.used_at.map_or_else(|| "never used".into(), |t| format!("used {}", day(t)));
    format!("{:<4} {:<40} {end:<26} {used}", token.id, words(&token.principal))
}

fn row(token: &KnownToken) -> serde_json::Value {
    json!({
        "id": token.id,
        "kind": token.principal.kind(),
        "whose": words(&token.principal),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "revoked_at": token.revoked_at,
    })
}
