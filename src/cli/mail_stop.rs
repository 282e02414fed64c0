//! Mail stops from the command line: whom no mail goes to and why, and letting it go again (N14).

use serde_json::json;

use crate::cli::args::MailStopOf;
use crate::cli::{Setting, print};
use crate::desk::DeskError;
use crate::domain::text::clean_line;
use crate::domain::{EmailAddress, Refusal};

pub fn run(setting: &Setting, what: &MailStopOf) -> anyhow::Result<()> {
    let desk = setting.open(false)?;
    match what {
        MailStopOf::List => {
            let stopped = desk.mail_stops()?;
            if setting.args.json {
                let rows = stopped
                    .iter()
                    .map(|(contact, stop)| json!({ "contact": contact, "stop": stop }));
                return print::json(&rows.collect::<Vec<_>>());
            }
            if stopped.is_empty() {
                print::talk("Mail is stopped to nobody.");
                return Ok(());
            }
            let lines = stopped.iter().map(|(contact, stop)| {
                let to =
                    contact.email.as_ref().map_or(contact.display_name(), EmailAddress::as_str);
                let at = stop.at.map_or("-".to_owned(), print::at);
                format!(
                    "{:<32} {at:<19} {:<12} {}",
                    clean_line(to),
                    stop.reason.label(),
                    clean_line(stop.why())
                )
            });
            print::data(&lines.collect::<Vec<_>>().join("\n"))
        }
        MailStopOf::Lift { email } => {
            let now = setting.now(&desk)?;
            let address = EmailAddress::new(email).map_err(DeskError::from)?;
            let contact = desk
                .contact_by_email(&address)?
                .ok_or_else(|| DeskError::NoContact(address.to_string()))?;
            if contact.mail_stop.is_none() {
                return Err(DeskError::from(Refusal::MailNotStopped(address.to_string())).into());
            }
            if setting.args.dry_run {
                return print::data(&format!(
                    "The customer is told nothing. Mail to {address} goes again from then on."
                ));
            }
            let done = desk.lift_mail_stop(&setting.actor(&desk, now)?, contact.id, now)?;
            let ticket = done.map(|done| done.id);
            if setting.args.json {
                return print::json(&json!({ "contact": contact.id, "ticket": ticket }));
            }
            let noted =
                ticket.map_or(String::new(), |id| format!(" {id} says who lifted the stop."));
            print::talk(&format!(
                "Mail to {address} goes again from now on. What was held back stays held back.{noted}"
            ));
            Ok(())
        }
    }
}
