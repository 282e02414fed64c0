//! Mail from the command line: one test mail, and reply addresses taken back. Never touches a
//! ticket's own mail.

use rand::RngExt as _;
use serde_json::json;

use crate::cli::args::{MailOf, ReplyAddressOf};
use crate::cli::{Setting, print, shells, ways};
use crate::desk::DeskError;
use crate::domain::{DeliveryId, EmailAddress};
use crate::mail::transport::{Envelope, Outcome};
use crate::mail::{BounceToken, Transport, ascii_address, host_of, test_mail};

pub fn run(setting: &Setting, what: &MailOf) -> anyhow::Result<()> {
    let MailOf::Test { address } = what;
    test(setting, address.as_deref())
}

pub fn reply_address(setting: &Setting, what: &ReplyAddressOf) -> anyhow::Result<()> {
    let ReplyAddressOf::Revoke { id } = what;
    let count = setting.open(false)?.revoke_reply_addresses(*id)?;
    if setting.args.json {
        return print::json(&json!({ "ticket": id, "contacts": count }));
    }
    print::talk(&match count {
        0 => format!("{id} has no customer, so no address of it was ever given out."),
        _ => format!(
            "The reply addresses of {id} given out so far are revoked. The next mail carries a new one."
        ),
    });
    Ok(())
}

/// Sends one mail by the way that all take, and says how that went.
fn test(setting: &Setting, address: Option<&str>) -> anyhow::Result<()> {
    let desk = setting.open(true)?;
    let policy = desk.policy().clone();
    let own = EmailAddress::new(policy.address()).map_err(DeskError::from)?;
    let to = match (address, &policy.address) {
        (Some(given), _) => ascii_address(&EmailAddress::new(given).map_err(DeskError::from)?)?,
        (None, Some(own)) => own.clone(),
        (None, None) => anyhow::bail!(
            "mail.address is not set, so there is nobody to write to. Name one: deskbell mail test you@example.org"
        ),
    };
    let now = setting.now(&desk)?;
    let mut transport = ways::transport(setting, &desk)?;
    let way = way(&transport);
    let message_id =
        format!("test.{:016x}@{}", rand::rng().random::<u64>(), host_of(policy.address()));
    let name = desk.messenger_settings()?.name;
    let raw = test_mail::compose(&name, &own, &to, &message_id, now).map_err(anyhow::Error::msg)?;
    // As a ticket's mail goes. There is no row 0, so a bounce of it changes nothing.
    let token = policy.signing().map(|key| BounceToken::mint(DeliveryId(0), key));
    let signed = token.and_then(|t| t.address(own.as_str(), policy.delimiter));
    let envelope = Envelope {
        from: signed.unwrap_or_else(|| own.as_str().to_owned()),
        plain_from: Some(own.as_str().to_owned()),
        to: to.as_str().to_owned(),
        message_id,
        envelope_id: None,
    };
    let outcome = shells::runtime()?.block_on(async {
        let sent = transport.send(&envelope, &raw, async || Ok::<(), anyhow::Error>(())).await;
        transport.rest().await;
        sent
    })?;
    let sentence = sentence(&outcome, &to);
    let taken = matches!(outcome, Outcome::Sent { .. });
    if setting.args.json {
        print::json(&json!({ "taken": taken, "way": way, "says": sentence }))?;
    } else {
        print::data(&way)?;
        if taken {
            print::data(&sentence)?;
        }
    }
    anyhow::ensure!(taken, sentence);
    Ok(())
}

/// By which way mail leaves, in a sentence.
pub(super) fn way(transport: &Transport) -> String {
    match transport {
        Transport::Outbox(folder) => format!(
            "No mail leaves: each is written into {}. Set mail.smtp to send them.",
            folder.display()
        ),
        Transport::Smtp(smtp) => format!("Mail leaves by {}.", smtp.describe()),
    }
}

fn sentence(outcome: &Outcome, to: &EmailAddress) -> String {
    match outcome {
        Outcome::Sent { words } => format!("The mail to {to} was taken ({words})."),
        Outcome::Temporary { words, .. } => {
            format!("The mail to {to} was put off; later it may be taken. {words}")
        }
        Outcome::Permanent { words } => format!("The mail to {to} was refused. {words}"),
        Outcome::Pause { words } => format!("No mail can leave at all. {words}"),
        Outcome::Ambiguous { words } => {
            format!("The mail to {to} was handed over and the answer lost; it may arrive. {words}")
        }
    }
}
