//! Mail from the command line: one test mail, and reply addresses taken back. Never touches a
//! ticket's own mail.

use std::time::Duration;

use rand::RngExt as _;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::args::{MailOf, ReplyAddressOf};
use crate::cli::{Setting, print, shells, ways};
use crate::desk::receive::InboundId;
use crate::desk::{Desk, DeskError};
use crate::domain::{DeliveryId, EmailAddress};
use crate::mail::transport::{Envelope, Outcome};
use crate::mail::{BounceToken, TestToken, Transport, ascii_address, host_of, test_mail};

/// How long a mail to the desk itself may take, where something is there to bring it.
const ROUND: Duration = Duration::from_secs(60);
/// Where nothing is known that would.
const SHORT_ROUND: Duration = Duration::from_secs(5);
/// How often is looked whether it is there.
const LOOK: Duration = Duration::from_millis(200);

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

/// Sends one mail by the way that all take, waits for it where it goes to the desk itself, and says
/// how that went.
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
    let nonce = rand::rng().random_range(0..i64::MAX);
    let token = policy.signing().map(|key| TestToken::mint(nonce, key));
    let local = token.clone().unwrap_or_else(|| format!("test.{nonce:016x}"));
    let message_id = format!("{local}@{}", host_of(policy.address()));
    let name = desk.messenger_settings()?.name;
    let raw = test_mail::compose(&name, &own, &to, &message_id, now).map_err(anyhow::Error::msg)?;
    // As a ticket's mail goes. There is no row 0, so a bounce of it changes nothing.
    let bounces_to = policy.signing().map(|key| BounceToken::mint(DeliveryId(0), key));
    let signed = bounces_to.and_then(|t| t.address(own.as_str(), policy.delimiter));
    let envelope = Envelope {
        from: signed.unwrap_or_else(|| own.as_str().to_owned()),
        plain_from: Some(own.as_str().to_owned()),
        to: to.as_str().to_owned(),
        message_id,
        envelope_id: None,
    };
    let leaves = matches!(transport, Transport::Smtp(_));
    let round = token.filter(|_| leaves && to.key() == own.key());
    let runtime = shells::runtime()?;
    let last = desk.last_arrived()?;
    let outcome = runtime.block_on(async {
        let sent = transport.send(&envelope, &raw, async || Ok::<(), anyhow::Error>(())).await;
        transport.rest().await;
        sent
    })?;
    let sentence = sentence(&outcome, &to);
    let taken = matches!(outcome, Outcome::Sent { .. });
    if !setting.args.json {
        print::data(&way)?;
        if taken {
            print::data(&sentence)?;
        }
    }
    let back = match round {
        Some(token) if taken => Some(runtime.block_on(round_trip(setting, &desk, &token, last))?),
        Some(_) | None => None,
    };
    if setting.args.json {
        let says = back.as_ref().map(|back| &back.says);
        let came = back.as_ref().map(|back| back.came);
        let said = json!({ "taken": taken, "way": way, "says": sentence, "back": came, "back_says": says });
        print::json(&said)?;
    }
    anyhow::ensure!(taken, sentence);
    if let Some(back) = back {
        anyhow::ensure!(back.came || !back.expected, back.says);
        if !setting.args.json {
            print::data(&back.says)?;
        }
    }
    Ok(())
}

/// Whether a mail to the desk itself has come back.
struct Back {
    came: bool,
    /// Something is there that should have brought it.
    expected: bool,
    says: String,
}

/// Waits for the mail: in the mailbox, which is read here unless another program does, or by
/// whatever else brings mail to the desk.
async fn round_trip(
    setting: &Setting,
    desk: &Desk,
    token: &str,
    last: InboundId,
) -> anyhow::Result<Back> {
    let clock = setting.running_clock(desk)?;
    let mailbox = ways::mailbox(setting, desk, &clock)?;
    let reads = mailbox.is_some();
    let expected = reads || last > InboundId(0);
    let patience = if expected { ROUND } else { SHORT_ROUND };
    let stop = CancellationToken::new();
    let reading = mailbox.map(|mailbox| tokio::spawn(mailbox.run(stop.clone())));
    let mut came = None;
    let mut trouble = None;
    for _ in 0..patience.as_millis() / LOOK.as_millis() {
        desk.apply_waiting_mail(clock.now())?;
        came = desk.test_mail_back(token, last)?;
        if came.is_some() {
            break;
        }
        trouble = desk.outlook()?.incoming_trouble.or(trouble);
        tokio::time::sleep(LOOK).await;
    }
    stop.cancel();
    if let Some(reading) = reading {
        let _ = reading.await;
    }
    let within = patience.as_secs();
    let says = match (came, trouble) {
        (Some(id), _) => format!("It came back, as mail {}. No ticket was opened for it.", id.0),
        (None, Some(trouble)) if reads => {
            format!("It did not come back: mail is not coming in: {trouble}")
        }
        (None, _) if reads => format!("It did not come back to the mailbox within {within} s."),
        (None, _) if expected => {
            format!(
                "It did not come back within {within} s. What brings mail to this desk did before."
            )
        }
        (None, _) => format!(
            "Nothing came back within {within} s: mail.imap is not set, and no mail server has handed it over (deskbell receive, deskbell serve --lmtp)."
        ),
    };
    Ok(Back { came: came.is_some(), expected, says })
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
