//! A question of one line: rename, tag, snooze, link, unlink, contact, go to a number. What is
//! wrong is said in the box, and what was typed stays.

use chrono::Duration;

use crate::domain::{Action, PartId, TicketId};
use crate::tui::commands;
use crate::tui::keys::Key;
use crate::tui::line_edit::LineEdit;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{composer, go};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Rename,
    Tag,
    Snooze,
    Link,
    Unlink,
    Contact,
    GoTo,
    /// A path of a file for the composer.
    Attach,
    /// Which of the composer's files is taken away.
    Detach,
    /// Where a file of a part is written to.
    Save {
        part: PartId,
        n: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptBox {
    pub kind: Kind,
    pub edit: LineEdit,
    /// Why what was typed will not do.
    pub trouble: Option<String>,
    /// The desk was asked; the box stays until it answers.
    pub waiting: bool,
}

pub fn open(model: &mut Model, kind: Kind) -> Vec<Command> {
    let text = match kind {
        Kind::Rename => model.ticket().map_or("", |v| v.ticket.title.as_str()),
        _ => "",
    };
    model.overlays.push(Overlay::Prompt(PromptBox {
        kind,
        edit: LineEdit::new(text),
        trouble: None,
        waiting: false,
    }));
    Vec::new()
}

/// True while the top box waits for the desk's answer.
#[must_use]
pub fn waits(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Prompt(b)) if b.waiting)
}

/// The desk did what the box asked.
pub fn answered(model: &mut Model) {
    if waits(model) {
        model.overlays.pop();
    }
}

/// The desk did not; what was typed stays.
pub fn failed(model: &mut Model, sentence: String) -> Vec<Command> {
    if let Some(Overlay::Prompt(b)) = model.overlays.last_mut() {
        b.waiting = false;
        b.trouble = Some(sentence);
    }
    Vec::new()
}

/// Only an internal Back-office ticket takes another contact.
#[must_use]
pub fn contact_why_not(model: &Model) -> Option<String> {
    let someone = crate::domain::Contact {
        id: crate::domain::ContactId(0),
        name: String::new(),
        email: None,
        mail_stop: None,
    };
    commands::refused(model, &Action::SetContact(someone))
}

pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    if let Some(Overlay::Prompt(b)) = model.overlays.last_mut()
        && !b.waiting
        && b.edit.key(key)
    {
        b.trouble = None;
    }
    Vec::new()
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    if let Some(Overlay::Prompt(b)) = model.overlays.last_mut() {
        b.edit.insert(text);
        b.trouble = None;
    }
    Vec::new()
}

pub fn confirm(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::Prompt(b)) = model.overlays.last() else {
        return Vec::new();
    };
    if b.waiting {
        return Vec::new();
    }
    let (kind, typed) = (b.kind, b.edit.text().trim().to_owned());
    match answer(model, kind, &typed) {
        Ok(Answer::Go(id)) => {
            model.overlays.pop();
            go::to(model, id)
        }
        Ok(Answer::Ask(command)) => {
            if let Some(Overlay::Prompt(b)) = model.overlays.last_mut() {
                b.waiting = true;
            }
            vec![command]
        }
        Ok(Answer::Detach(n)) => {
            model.overlays.pop();
            composer::detach_nth(model, n)
        }
        Ok(Answer::Do(command)) => {
            model.overlays.pop();
            vec![command]
        }
        Err(sentence) => {
            if let Some(Overlay::Prompt(b)) = model.overlays.last_mut() {
                b.trouble = Some(sentence);
            }
            Vec::new()
        }
    }
}

enum Answer {
    Do(Command),
    /// As `Do`, and the box stays until it is known how it went.
    Ask(Command),
    Detach(usize),
    Go(TicketId),
}

fn answer(model: &Model, kind: Kind, typed: &str) -> Result<Answer, String> {
    if kind == Kind::GoTo {
        return Ok(Answer::Go(number(typed)?));
    }
    const NOTHING: &str = "Nothing is being written here.";
    // Of a draft, which may be of a ticket that is not there yet.
    match kind {
        Kind::Attach => {
            let key = composer::taking_files(model).ok_or(NOTHING)?;
            return Ok(Answer::Ask(Command::AttachFile { key, path: typed.to_owned() }));
        }
        Kind::Detach => {
            let count = model.files_of(composer::taking_files(model).ok_or(NOTHING)?).len();
            let n = typed.parse::<usize>().ok().filter(|n| (1..=count).contains(n));
            let n = n.ok_or_else(|| format!("Write the file's number, 1 to {count}."))?;
            return Ok(Answer::Detach(n - 1));
        }
        _ => {}
    }
    let view = model.ticket().ok_or("No ticket is open here.")?;
    let id = view.ticket.id;
    let action = match kind {
        Kind::Rename => Action::Rename(typed.to_owned()),
        Kind::Tag => match typed.strip_prefix('-') {
            Some(tag) => Action::Untag(tag.to_owned()),
            None => Action::Tag(typed.to_owned()),
        },
        Kind::Snooze if typed.is_empty() => Action::Snooze(None),
        Kind::Snooze => Action::Snooze(Some(model.now + duration(typed)?)),
        Kind::Unlink => Action::Unlink(number(typed)?),
        Kind::Link => {
            let other = number(typed)?;
            return Ok(Answer::Do(Command::Link { id, other }));
        }
        Kind::Contact => {
            let (email, name) = typed.split_once(' ').unwrap_or((typed, ""));
            crate::domain::EmailAddress::new(email).map_err(|e| e.to_string())?;
            return Ok(Answer::Do(Command::SetContact {
                id,
                email: email.to_owned(),
                name: name.trim().to_owned(),
            }));
        }
        Kind::GoTo | Kind::Attach | Kind::Detach => return Err(NOTHING.into()),
        Kind::Save { part, n } => {
            let to = typed.to_owned();
            return Ok(Answer::Ask(Command::SaveFile { ticket: id, part, n, to }));
        }
    };
    view.decide(&action, &model.actor(), model.now).map_err(|refusal| refusal.to_string())?;
    Ok(Answer::Do(Command::Perform { id, action }))
}

fn number(typed: &str) -> Result<TicketId, String> {
    typed
        .trim_start_matches('#')
        .parse()
        .ok()
        .filter(|n| *n > 0)
        .map(TicketId)
        .ok_or_else(|| format!("\"{typed}\" is no ticket number. Write it like 1042."))
}

/// `30m`, `4h`, `3d`, `2w`; at most a year.
fn duration(typed: &str) -> Result<Duration, String> {
    let wrong = || format!("\"{typed}\" is no time. Write 30m, 4h, 3d or 2w, at most a year.");
    let unit = typed.chars().next_back().ok_or_else(wrong)?;
    let count: i64 = typed
        .strip_suffix(unit)
        .and_then(|n| n.trim().parse().ok())
        .filter(|n| (1..=10_000).contains(n))
        .ok_or_else(wrong)?;
    let length = match unit {
        'm' => Duration::minutes(count),
        'h' => Duration::hours(count),
        'd' => Duration::days(count),
        'w' => Duration::weeks(count),
        _ => return Err(wrong()),
    };
    (length <= Duration::days(366)).then_some(length).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snoozes_are_short_words() {
        assert_eq!(duration("4h"), Ok(Duration::hours(4)));
        assert_eq!(duration("30 m"), Ok(Duration::minutes(30)));
        for bad in ["", "4", "h", "4y", "0h", "-3d", "900w", "99999999999999d"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
