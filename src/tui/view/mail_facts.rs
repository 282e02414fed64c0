//! What is known of the mail a part came by, and of mail that has stopped, in a line each. For
//! teammates only: no customer's surface is in reach here.

use crate::desk::receive::MatchedBy;
use crate::desk::receive::{PartMail, SenderCheck};
use crate::desk::view::TicketView;
use crate::domain::{Event, KeptMail, Part};
use crate::tui::model::Model;
use crate::tui::view::text;
use crate::tui::view::theme::Role;

/// "by mail · unverified sender · matched by thread", then what of it is not shown (M1, M3, M5).
#[must_use]
pub fn of_part(model: &Model, view: &TicketView, part: &Part) -> Vec<(String, Role)> {
    let told = match &part.event {
        Event::CustomerReply | Event::Submitted => true,
        Event::MailKept { why, .. } => {
            matches!(why, KeptMail::Automatic | KeptMail::WhileNotShared)
        }
        _ => false,
    };
    let Some(mail) = view.mail_of(part).filter(|_| told) else { return Vec::new() };
    let mut facts = vec!["by mail".to_owned()];
    let theirs = view.contact.as_ref().and_then(|c| c.email.as_ref());
    if let Some(author) = &mail.author
        && theirs.is_none_or(|email| !email.is(author))
    {
        facts.push(format!("from {author}"));
    }
    let PartMail { sender_check, matched_by, automatic, hidden_lines, .. } = mail;
    let role = match sender_check {
        SenderCheck::Pass => Role::Dim,
        SenderCheck::NotChecked => Role::Warn,
        SenderCheck::Fail => Role::Danger,
    };
    match sender_check {
        SenderCheck::Pass => {}
        SenderCheck::NotChecked => facts.push("unverified sender".into()),
        SenderCheck::Fail => facts.push("not from that sender (DMARC failed)".into()),
    }
    if *matched_by == Some(MatchedBy::Thread) {
        facts.push("matched by thread".into());
    }
    if *automatic {
        facts.push("automatic".into());
    }
    let mut lines = vec![(facts.join(" · "), role)];
    if *hidden_lines > 0 {
        let hidden = text::count(usize::try_from(*hidden_lines).unwrap_or(0), "quoted line");
        let key = model.keymap.key("ticket.mail").unwrap_or_default();
        lines.push((format!("… {hidden} hidden ({key} shows the mail)"), Role::Accent));
    }
    lines
}

/// "mail to ada@lumen.example stopped: 550 5.1.1 no such user (14:04) · L lifts it".
#[must_use]
pub fn stopped(model: &Model, view: &TicketView) -> Option<String> {
    let to = view.contact.as_ref().and_then(|c| c.email.as_ref());
    let to = to.map_or(String::new(), |email| format!(" to {email}"));
    Some(format!("mail{to} stopped: {} · {}", why(model, view)?, lifts(model)))
}

/// "mail stopped, L lifts it: 550 5.1.1 no such user (14:04)", for a line that names the customer.
#[must_use]
pub fn stopped_in_short(model: &Model, view: &TicketView) -> Option<String> {
    Some(format!("mail stopped, {}: {}", lifts(model), why(model, view)?))
}

fn why(model: &Model, view: &TicketView) -> Option<String> {
    let stop = view.mail_stop.as_ref()?;
    let at =
        stop.at.map_or(String::new(), |at| format!(" ({})", text::moment(model.now, at).trim()));
    Some(format!("{}{at}", stop.why().trim_end_matches('.')))
}

fn lifts(model: &Model) -> String {
    format!("{} lifts it", model.keymap.key("contact.lift_mail_stop").unwrap_or_default())
}
