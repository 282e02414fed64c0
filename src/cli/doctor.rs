//! `deskbell doctor`: explains the mail settings, each in a sentence. Sends nothing, makes nothing,
//! and never prints a password.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::cli::{Setting, print};
use crate::config::{self, MailConfig};
use crate::desk::{Desk, Policy};
use crate::mail::key_file::{self, key_path};
use crate::mail::smtp_settings::is_on_this_machine;
use crate::mail::{ImapSettings, Secret, Smtp, SmtpSettings};

/// The desk's own name that leaves room for every tag, in letters.
const LETTERS: usize = 24;

/// What was found of one setting.
#[derive(Debug, Serialize)]
struct Finding {
    about: &'static str,
    ok: bool,
    says: String,
}

fn good(about: &'static str, says: impl Into<String>) -> Finding {
    Finding { about, ok: true, says: says.into() }
}

fn bad(about: &'static str, says: impl Into<String>) -> Finding {
    Finding { about, ok: false, says: says.into() }
}

pub fn run(setting: &Setting) -> anyhow::Result<()> {
    let path = setting.desk_path()?;
    let policy = setting.policy();
    let desk = Desk::open(&path, false, policy.as_ref().cloned().unwrap_or_default());
    let demo = desk.as_ref().is_ok_and(|desk| desk.is_demo().unwrap_or(false));
    let mail = &setting.config.mail;
    let mut found = vec![configuration(setting)];
    found.push(way(mail, demo, &path));
    found.extend(password(mail));
    found.push(mailbox(mail, demo));
    found.push(match &policy {
        Ok(policy) => address(policy),
        Err(wrong) => bad("address", print::chain(wrong)),
    });
    found.push(key(&path));
    found.push(match desk {
        Ok(desk) => queue(&desk),
        Err(wrong) => bad("desk", wrong.to_string()),
    });
    if setting.args.json {
        print::json(&found)?;
    } else {
        for Finding { about, ok, says } in &found {
            print::data(&format!("{} {about:<9} {says}", if *ok { "ok" } else { "!!" }))?;
        }
    }
    let wrong = found.iter().filter(|finding| !finding.ok).count();
    anyhow::ensure!(wrong == 0, "{wrong} of {} are not as they should be.", found.len());
    Ok(())
}

fn configuration(setting: &Setting) -> Finding {
    let path = setting.args.config.clone().or_else(|| config::config_file().ok());
    good(
        "settings",
        match path {
            Some(path) if path.exists() => format!("They are read from {}.", path.display()),
            Some(path) => format!("There is no {}, so all are the defaults.", path.display()),
            None => "There is no home for a configuration, so all are the defaults.".to_owned(),
        },
    )
}

/// Where mails go, and how protected.
fn way(mail: &MailConfig, demo: bool, desk: &Path) -> Finding {
    let outbox = desk.with_file_name("outbox");
    let outbox = outbox.display();
    let Some(url) = &mail.smtp else {
        let says = format!("mail.smtp is not set: no mail leaves, each is written into {outbox}.");
        return good("server", says);
    };
    if demo && !is_on_this_machine(url) {
        let says = format!("This is a demo: no mail leaves, each is written into {outbox}.");
        return good("server", says);
    }
    let ca_pem = match mail.ca_file.as_ref().map(fs::read).transpose() {
        Ok(pem) => pem,
        Err(e) => return bad("server", format!("mail.ca_file cannot be read: {e}.")),
    };
    // Whether there is a password at all is a finding of its own.
    let stand_in = || Some(Secret::new("-".to_owned()));
    let read = SmtpSettings::parse(url, None, ca_pem.clone())
        .or_else(|_| SmtpSettings::parse(url, stand_in(), ca_pem));
    match read {
        Ok(settings) if mail.address.is_none() && !is_on_this_machine(url) => bad(
            "server",
            format!(
                "Mail would leave by {}, but mail.address is not set, so none does.",
                Smtp::new(settings).describe()
            ),
        ),
        Ok(settings) => {
            good("server", format!("Mail leaves by {}.", Smtp::new(settings).describe()))
        }
        Err(wrong) => bad("server", wrong.to_string()),
    }
}

/// Whether the password can be had where it is said to be.
fn password(mail: &MailConfig) -> Option<Finding> {
    let place = match (&mail.password_env, &mail.password_file, &mail.password_command) {
        (Some(name), ..) => format!("the environment variable {name}"),
        (None, Some(path), _) => format!("the file {}", path.display()),
        (None, None, Some(_)) => "the command of mail.password_command".to_owned(),
        (None, None, None) => String::new(),
    };
    let user = mail.smtp.as_ref().is_some_and(|url| url.contains('@'));
    Some(match mail.password() {
        Ok(Some(_)) if user => good("password", format!("It can be read from {place}.")),
        // The mailbox has its own finding.
        Ok(Some(_)) if mail.imap.is_some() => return None,
        Ok(Some(_)) => bad("password", "There is one, but mail.smtp names no user."),
        Ok(None) if user => bad(
            "password",
            "mail.smtp names a user, but there is no password. Set mail.password_env, password_file or password_command.",
        ),
        Ok(None) => return None,
        Err(wrong) => bad("password", wrong.to_string()),
    })
}

/// Which mailbox is read, and whether its password can be had.
fn mailbox(mail: &MailConfig, demo: bool) -> Finding {
    let Some(url) = &mail.imap else {
        return good(
            "mailbox",
            "mail.imap is not set: no mailbox is read. A mail server can hand mail over (deskbell receive, deskbell serve --lmtp).",
        );
    };
    if demo {
        return good("mailbox", "This is a demo: no mailbox is read.");
    }
    let ca_pem = match mail.ca_file.as_ref().map(fs::read).transpose() {
        Ok(pem) => pem,
        Err(e) => return bad("mailbox", format!("mail.ca_file cannot be read: {e}.")),
    };
    let password = match mail.imap_password() {
        Ok(password) => password.map(Secret::new),
        Err(wrong) => return bad("mailbox", wrong.to_string()),
    };
    match ImapSettings::parse(url, password, ca_pem, mail.imap_processed.as_deref()) {
        Ok(settings) if mail.address.is_none() => bad(
            "mailbox",
            format!(
                "Mail would be read from {}, but mail.address is not set.",
                settings.describe()
            ),
        ),
        Ok(settings) => good(
            "mailbox",
            match &settings.processed {
                Some(folder) => format!(
                    "Mail is read from {}, and moved to {folder} once it is kept.",
                    settings.describe()
                ),
                None => format!("Mail is read from {}, and stays there.", settings.describe()),
            },
        ),
        Err(wrong) => bad("mailbox", wrong.to_string()),
    }
}

/// From whom mails are, and where answers go.
fn address(policy: &Policy) -> Finding {
    let Some(address) = &policy.address else {
        return bad(
            "address",
            "mail.address is not set: mails say they are from support@deskbell.localhost, and no answer reaches the desk.",
        );
    };
    // With a million tickets and contacts a tag takes 40 of the 64 letters before the @.
    let room = address.as_str().find('@').is_some_and(|at| at <= LETTERS);
    if room {
        good(
            "address",
            format!(
                "Mails are from {address}; answers come to its {}r1. addresses.",
                policy.delimiter
            ),
        )
    } else {
        bad(
            "address",
            format!(
                "{address} is too long to be signed (18 letters before the @ are): answers are found by their References alone."
            ),
        )
    }
}

fn key(desk: &Path) -> Finding {
    let path = key_path(desk);
    match key_file::load(&path) {
        Ok(Some(_)) => good("key", format!("{} is there, for its owner alone.", path.display())),
        Ok(None) => {
            good("key", format!("{} will be made when the desk is opened.", path.display()))
        }
        Err(wrong) => bad("key", wrong.to_string()),
    }
}

/// What waits, and whether it leaves.
fn queue(desk: &Desk) -> Finding {
    match desk.outlook() {
        Ok(outlook) => match (outlook.trouble, outlook.incoming_trouble) {
            (Some(trouble), None) => bad("queue", format!("Mail is not leaving: {trouble}")),
            (None, Some(trouble)) => bad("queue", format!("Mail is not coming in: {trouble}")),
            (Some(out), Some(into)) => {
                bad("queue", format!("Mail is not leaving: {out}. Nor is it coming in: {into}"))
            }
            (None, None) => good(
                "queue",
                match outlook.waiting {
                    0 => "No mail waits.".to_owned(),
                    1 => "One mail waits.".to_owned(),
                    n => format!("{n} mails wait."),
                },
            ),
        },
        Err(wrong) => bad("queue", wrong.to_string()),
    }
}
