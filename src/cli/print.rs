//! What the command line prints. Text of others is cleaned again on its way to a terminal.

use std::io::{IsTerminal, Write};

use anyhow::Context as _;
use serde::Serialize;

use crate::desk::TicketView;
use crate::domain::attachment::size_in_words;
use crate::domain::explain::{explain, stories};
use crate::domain::inbox::InboxRow;
use crate::domain::text::{clean_body, clean_line, is_unsafe};
use crate::domain::{Channel, Decision, Messenger, Time, Verdict};

/// A line of talk on stderr; nothing on a closed one.
pub fn talk(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", clean_body(line));
}

/// Data on stdout. A reader that went away (`| head`) is no error.
pub fn data(text: &str) -> anyhow::Result<()> {
    let cleaned;
    let text = if std::io::stdout().is_terminal() {
        cleaned = clean_body(text);
        &cleaned
    } else {
        text
    };
    match writeln!(std::io::stdout(), "{text}") {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("Standard output cannot be written"),
    }
}

/// Data as JSON. What could change a terminal is escaped: the format does so for some of it only.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut escaped = String::new();
    for c in serde_json::to_string_pretty(value)?.chars() {
        // Between its texts the format has line breaks and spaces only.
        if is_unsafe(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped += &format!("\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    data(&escaped)
}

/// An error and its causes in one sentence.
pub fn chain(error: &anyhow::Error) -> String {
    let mut sentence = String::new();
    for cause in error.chain() {
        let words = cause.to_string();
        if sentence.is_empty() {
            sentence = words;
        } else if !sentence.contains(&words) {
            sentence = format!("{}: {words}", sentence.trim_end_matches('.'));
        }
    }
    sentence
}

pub fn at(time: Time) -> String {
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

pub fn list(rows: &[InboxRow]) -> String {
    let lines: Vec<String> = rows
        .iter()
        .map(|r| {
            let who = r.contact.as_deref().unwrap_or("-");
            let open = if r.open { r.state.code() } else { "closed" };
            let shared = if r.shared { "shared" } else { "internal" };
            format!(
                "{:<7} {:<11} {:<11} {:<8} {:<20} {}",
                r.id.to_string(),
                r.category.code(),
                open,
                shared,
                clean_line(who),
                clean_line(&r.title)
            )
        })
        .collect();
    lines.join("\n")
}

pub fn ticket(view: &TicketView) -> String {
    let t = &view.ticket;
    let mut out = format!("{} {}\n", t.id, clean_line(&t.title));
    let shared = match (t.as_shared().is_some(), t.category) {
        (_, crate::domain::Category::Tracker) => "never shared",
        (true, _) => "shared",
        (false, _) => "internal",
    };
    let open = if t.open { "open" } else { "closed" };
    out += &format!("{} · {shared} · {} · {open}\n", t.category.label(), t.state.label());
    if let Some(contact) = &view.contact {
        let address = contact.email.as_ref().map_or(String::new(), |e| format!(" <{e}>"));
        out += &format!("Contact   {}{address}\n", clean_line(contact.display_name()));
    }
    if let Some(stop) = &view.mail_stop {
        let at = stop.at.map_or(String::new(), |t| format!(" ({})", at(t)));
        out += &format!("Mail      stopped: {}{at}\n", clean_line(stop.why()));
    }
    if let Some(assignee) = &view.assignee {
        out += &format!("Assignee  {}\n", clean_line(&assignee.name));
    }
    if !t.tags.is_empty() {
        out += &format!("Tags      {}\n", t.tags.join(", "));
    }
    for link in &view.links {
        out += &format!(
            "Link      {} {} ({})\n",
            link.id,
            clean_line(&link.title),
            link.category.code()
        );
    }
    for part in &view.parts {
        let seen_by = match (part.withdrawn_at, part.visible && t.shared) {
            (Some(_), _) => "taken back",
            (None, true) => "customer sees it",
            (None, false) => "team only",
        };
        out += &format!(
            "\n{}  {} · {} · {seen_by}\n",
            at(part.at),
            clean_line(part.author.name()),
            part.event.label()
        );
        for line in part.body.as_deref().unwrap_or("").lines() {
            out += &format!("    {}\n", clean_body(line));
        }
        for file in &part.files {
            out += &format!("    + {}\n", clean_line(&file.describe()));
        }
    }
    out.trim_end().to_owned()
}

/// A row of `why --json`.
#[derive(Debug, Serialize)]
pub struct WhyRow {
    event: &'static str,
    at: Time,
    channel: Channel,
    contact: Option<String>,
    status: &'static str,
    reason: Option<String>,
    due_at: Option<Time>,
    sent_at: Option<Time>,
    id: i64,
    part: i64,
    message_id: Option<String>,
    attempts: u32,
}

pub fn why(view: &TicketView) -> Vec<WhyRow> {
    let contact = view.contact.as_ref().map(|c| {
        c.email.as_ref().map_or_else(|| c.display_name().to_owned(), |e| e.as_str().to_owned())
    });
    view.deliveries
        .iter()
        .filter_map(|d| {
            Some(WhyRow {
                event: view.part(d)?.event.code(),
                at: d.at,
                channel: d.channel,
                contact: d.contact_id.and(contact.clone()),
                status: d.status.code(),
                reason: d
                    .reason
                    .or_else(|| view.held_back(d))
                    .map(|r| r.to_string())
                    .or_else(|| d.last_error.clone()),
                due_at: d.due_at.filter(|_| d.status.is_pending() && view.held_back(d).is_none()),
                sent_at: d.sent_at,
                id: d.id.0,
                part: d.part_id.0,
                message_id: d.message_id.clone(),
                attempts: d.attempts,
            })
        })
        .collect()
}

/// What an action tells the customer, in three words (SCREENS 1.1).
pub fn promise(decision: &Decision) -> String {
    let lines: Vec<String> = decision
        .parts
        .iter()
        .map(|part| {
            let said = |v: Verdict| match v {
                Verdict::Due(_) => "yes".to_owned(),
                Verdict::Suppressed(reason) => format!("no ({reason})"),
            };
            let email = match part.plan.email {
                Verdict::Due(due) => format!("at {}", at(due)),
                Verdict::Suppressed(reason) => format!("no ({reason})"),
            };
            let unseen = if part.event == crate::domain::Event::Reply && part.plan.email.is_due() {
                " unless seen in the Messenger by then"
            } else {
                ""
            };
            format!(
                "{}: Badge {}, Recent {}, Email {email}{unseen}",
                part.event.label(),
                said(part.plan.badge),
                said(part.plan.recent)
            )
        })
        .collect();
    lines.join("\n")
}

pub fn messenger(m: &Messenger) -> String {
    let mut out = format!("Badge: {}\n\nRecent tickets\n", m.badge);
    if m.recent_tickets.is_empty() {
        out += "  none\n";
    }
    for t in &m.recent_tickets {
        let mark = if t.unread { "●" } else { " " };
        out +=
            &format!("{mark} {} {} · {}\n", t.id, clean_line(&t.title), t.state.customer_label());
    }
    if let Some(thread) = &m.thread {
        let title = clean_line(&thread.title);
        out += &format!("\n{} {title}\n[{}]\n", thread.id, thread.pill.customer_label());
        for entry in &thread.thread {
            let text = clean_body(&entry.text);
            match &entry.author {
                Some(author) => {
                    out += &format!("\n{}  {}\n", clean_line(author), at(entry.at));
                    for line in text.lines() {
                        out += &format!("    {line}\n");
                    }
                    for file in &entry.files {
                        let name = clean_line(&file.name);
                        out += &format!("    + {name} ({})\n", size_in_words(file.size));
                    }
                }
                None => out += &format!("\n-- {text} {}\n", at(entry.at)),
            }
        }
    }
    out.trim_end().to_owned()
}

/// The story of a ticket's notifications (L4), oldest first: the ledger screen's own words, and
/// the server's where a mail did not go.
pub fn story(view: &TicketView, now: Time) -> String {
    let mut out = format!("{} {}\n", view.ticket.id, clean_line(&view.ticket.title));
    let held_back = |d: &_| view.held_back(d);
    for story in
        stories(&view.parts, &view.deliveries, view.contact.as_ref(), held_back).iter().rev()
    {
        out += &format!("{}\n", explain(story, now));
    }
    out.trim_end().to_owned()
}
