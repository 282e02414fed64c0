//! The quarantine from the command line: look at mail that was not accepted, let it in or drop it.

use std::io::Write as _;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::args::QuarantineOf;
use crate::cli::{Setting, print};
use crate::desk::receive::{Arrived, InboundId, SenderCheck};
use crate::domain::text::clean_line;

pub fn run(setting: &Setting, what: &QuarantineOf) -> anyhow::Result<()> {
    let desk = setting.open(false)?;
    let now = setting.now(&desk)?;
    match what {
        QuarantineOf::List { all } => {
            let mails = if *all { desk.all_arrived()? } else { desk.quarantine()? };
            if setting.args.json {
                return print::json(&mails);
            }
            if mails.is_empty() {
                print::talk(if *all {
                    "No mail ever arrived."
                } else {
                    "The quarantine is empty."
                });
                return Ok(());
            }
            print::data(&mails.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        QuarantineOf::Show { id, raw } => {
            let held = desk.held_mail(InboundId(*id))?;
            if *raw {
                return bytes(&held.raw);
            }
            if setting.args.json {
                return print::json(&json!({ "arrived": held.arrived, "mail": held.mail }));
            }
            let mut out = format!("{}\n", line(&held.arrived));
            match &held.mail {
                Some(mail) => {
                    for author in &mail.from {
                        let (name, address) =
                            (clean_line(&author.name), clean_line(&author.address));
                        out += &format!("From      {name} <{address}>\n");
                    }
                    let check = held.arrived.sender_check.map_or("not checked", |c| match c {
                        SenderCheck::Pass => "passed",
                        SenderCheck::Fail => "failed",
                        SenderCheck::NotChecked => "not checked",
                    });
                    out += &format!("Sender    {check}\nSubject   {}\n", clean_line(&mail.subject));
                    for file in &mail.attachments {
                        let size = file.bytes.len();
                        out += &format!("File      {} ({}, {size} bytes)\n", file.name, file.mime);
                    }
                    for remark in &mail.remarks {
                        out += &format!("Note      {}\n", remark.sentence());
                    }
                    out += &format!("\n{}", mail.text);
                }
                None => out += "\nThis mail cannot be read; --raw prints it as it arrived.",
            }
            print::data(&out)
        }
        QuarantineOf::Accept { id, new } => {
            if setting.args.dry_run {
                let acceptance = desk.acceptance(InboundId(*id), *new, now)?;
                return print::data(&print::promise(&acceptance.decision));
            }
            let actor = setting.actor(&desk, now)?;
            let ticket = desk.accept_mail(&actor, InboundId(*id), *new, now)?;
            if setting.args.json {
                return print::json(&json!({ "id": ticket }));
            }
            print::talk(&format!("Mail {id} is in {ticket}."));
            Ok(())
        }
        QuarantineOf::Drop { id } => {
            if setting.args.dry_run {
                return print::data("Nobody is told. The mail's row and its bytes stay.");
            }
            desk.drop_mail(&setting.actor(&desk, now)?, InboundId(*id), now)?;
            print::talk(&format!("Mail {id} is dropped. Its row and its bytes stay."));
            Ok(())
        }
    }
}

/// A mail in one line: number, when, what became of it, from whom, about what, and why.
fn line(mail: &Arrived) -> String {
    let ticket = mail.ticket.map_or("-".to_owned(), |t| t.to_string());
    let author =
        mail.author.as_deref().or(mail.envelope_sender.as_deref()).filter(|a| !a.is_empty());
    let cause = mail.cause.as_deref().map_or(String::new(), |c| format!(" · {}", clean_line(c)));
    format!(
        "{:<5} {} {:<8} {:<6} {:<28} {}{cause}",
        mail.id,
        print::at(mail.received_at),
        mail.state.code(),
        ticket,
        clean_line(author.unwrap_or("-")),
        clean_line(mail.subject.as_deref().unwrap_or("-")),
    )
}

/// A mail as it arrived, byte by byte. On a terminal it is cleaned, since it may hold sequences.
fn bytes(raw: &[u8]) -> anyhow::Result<()> {
    use std::io::IsTerminal as _;
    if std::io::stdout().is_terminal() {
        return print::data(&String::from_utf8_lossy(raw));
    }
    match std::io::stdout().write_all(raw) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("Standard output cannot be written"),
    }
}
