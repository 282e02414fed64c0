//! Questions before what cannot be taken back, or what reaches customers: what would come of it, then
//! the safe row, then the other.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::desk::DraftKey;
use crate::desk::quarantine::{Acceptance, Lands};
use crate::desk::receive::SenderCheck;
use crate::desk::view::TicketView;
use crate::domain::{Delivery, DeliveryId};
use crate::tui::consequence;
use crate::tui::model::Model;
use crate::tui::update::confirm::Question;
use crate::tui::update::quarantine::{self, Asked};
use crate::tui::view::overlay::{boxes, consequence_lines};
use crate::tui::view::theme::Role;
use crate::tui::view::{delivery, frame, layout, paint, text};

type Caret = Option<(u16, u16)>;

/// A question as it is drawn.
struct Words {
    title: String,
    lines: Vec<Line<'static>>,
    keep: &'static str,
    act: String,
}

pub(super) fn draw(model: &Model, question: Question, screen: Rect, buf: &mut Buffer) -> Caret {
    let theme = &model.theme;
    let columns = usize::from(screen.width.min(64).saturating_sub(4));
    let Words { title, mut lines, keep, act } = words(model, question, columns);
    let most = usize::from(layout::areas(model).strip.y.saturating_sub(4));
    if lines.len() > most {
        // Air goes first, what would happen stays.
        lines.retain(|line| paint::width(line) > 0);
    }
    lines.truncate(most);
    let height = u16::try_from(lines.len()).unwrap_or(4) + 6;
    let area = super::boxed(model, screen, 64, height, buf);
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, "");
    let first = u16::from(usize::from(inner.height) > lines.len() + 2);
    let body = Rect::new(inner.x + 1, inner.y + first, inner.width.saturating_sub(2), inner.height);
    for (y, line) in (body.y..).zip(&lines) {
        paint::put(buf, inner, y, &Line::from([&[Span::raw(" ")], &line.spans[..]].concat()));
    }
    let y = inner.bottom().saturating_sub(2);
    let list = Rect::new(body.x, y, body.width, 2);
    let choice = |key: &str, words: &str| {
        Line::from(vec![
            Span::styled(text::pad(key, 5), theme.style(Role::Key)),
            paint::span(theme, Role::Text, words),
        ])
    };
    let yes = model.keymap.key("confirm.yes").unwrap_or_default();
    boxes::rows(model, vec![choice("Esc", keep), choice(&yes, &act)], 0, list, buf)
}

fn words(model: &Model, question: Question, columns: usize) -> Words {
    let name = &model.customer();
    let plain = |words: Vec<String>| {
        let style = model.theme.style(Role::Text);
        words
            .iter()
            .flat_map(|w| match w.is_empty() {
                true => vec![Line::default()],
                false => {
                    text::wrap(w, columns).into_iter().map(|l| Line::styled(l, style)).collect()
                }
            })
            .collect()
    };
    match question {
        Question::ToReply => Words {
            title: format!("Send this note to {name} instead?"),
            lines: plain(note_warning(model, name)),
            keep: "Keep it a note",
            act: "Turn it into a reply (nothing is sent yet)".into(),
        },
        Question::Discard(key) => Words {
            title: match key {
                DraftKey::Reply(id) => format!("Throw the reply to {id} away?"),
                DraftKey::Note(id) => format!("Throw the note on {id} away?"),
                DraftKey::NewTicket => "Throw the new ticket away?".into(),
            },
            lines: plain(vec!["It cannot be brought back.".into()]),
            keep: "Keep it",
            act: "Throw it away".into(),
        },
        Question::Quit => Words {
            title: "Quit with mail waiting?".into(),
            lines: plain(waiting(model)),
            keep: "Stay",
            act: "Quit anyway (a second q does, too)".into(),
        },
        Question::AcceptMail => accept(model, columns, plain),
        Question::DropMail(mail) => Words {
            title: format!("Drop mail {mail}?"),
            lines: plain(vec![
                "It leaves the quarantine for good and lands in no ticket. Nobody is told, also not \
                 who sent it. Its row and its bytes stay."
                    .into(),
            ]),
            keep: "Keep it in quarantine",
            act: "Drop it".into(),
        },
        Question::Resend(id) => Words {
            title: "Send this email again?".into(),
            lines: plain(resend(model, id, name)),
            keep: "Leave it as it is",
            act: "Send it again".into(),
        },
        Question::DropUnknown(_) => Words {
            title: "Lay this email to rest?".into(),
            lines: plain(vec![format!(
                "Both answers were lost: {name} may have it, or not. It does not go again by itself, \
                 and nobody is told."
            )]),
            keep: "Leave it as it is",
            act: "Lay it to rest".into(),
        },
        Question::LiftMailStop => Words {
            title: format!("Let mail to {name} go again?"),
            lines: plain(lift(model, name)),
            keep: "Leave it stopped",
            act: "Mail goes again from now on".into(),
        },
    }
}

/// What accepting comes to, in the words of the plan the ledger will record (L3).
fn accept(
    model: &Model,
    columns: usize,
    plain: impl Fn(Vec<String>) -> Vec<Line<'static>>,
) -> Words {
    let asked = quarantine::pane(model).and_then(|pane| pane.asked.as_ref());
    let number = asked.map_or(0, |a| a.mail);
    let keep = "Keep it in quarantine";
    let unanswered = |words: &str, act: &str| Words {
        title: format!("Accept mail {number}?"),
        lines: plain(vec![words.to_owned()]),
        keep,
        act: act.to_owned(),
    };
    let Some(Asked { answer: Some(answer), mail, .. }) = asked else {
        return unanswered("Asking what it would tell…", "…");
    };
    let Acceptance { lands, contact, decision } = match answer {
        Ok(acceptance) => acceptance.as_ref(),
        Err(why) => return unanswered(why, "It cannot be accepted"),
    };
    let row = quarantine::subject(model).filter(|row| row.id == *mail);
    let sender = row.and_then(|row| row.author.clone()).unwrap_or_else(|| "nobody".into());
    // What our server disowns was not written by whom it names.
    let forged = row.filter(|row| row.sender_check == Some(SenderCheck::Fail));
    let wrote = match forged {
        Some(_) => format!("What came in the name of {sender}"),
        None => format!("What {sender} wrote"),
    };
    let name = contact.as_ref().map_or("the customer".into(), |c| text::name(c.first_name()));
    let (title, first, act) = match lands {
        Lands::Reply(id) => (
            format!("Let mail {mail} into {id}?"),
            format!(
                "{wrote} becomes {name}'s own reply: {name} reads it under their own name. The team \
                 sees who let it in."
            ),
            format!("Accept it as {name}'s reply"),
        ),
        Lands::Kept(id) => (
            format!("Keep mail {mail} in {id}?"),
            format!("{name} cannot see {id} now, so the mail stays in it for the team only."),
            "Keep it in the ticket".to_owned(),
        ),
        Lands::New => (
            format!("Open a ticket for mail {mail}?"),
            match forged {
                Some(_) => {
                    format!("{wrote} opens a Customer ticket, with {sender} as its customer.")
                }
                None => format!("A new Customer ticket, with {sender} as its customer."),
            },
            "Accept it as a new ticket".to_owned(),
        ),
    };
    let mut lines = Vec::new();
    if let Some(cause) = forged.and_then(|row| row.cause.as_deref()) {
        let style = model.theme.style(Role::Danger);
        lines.extend(text::wrap(cause, columns).into_iter().map(|l| Line::styled(l, style)));
        lines.push(Line::default());
    }
    lines.extend(plain(vec![first, String::new()]));
    let told = consequence::of(decision, contact.as_ref(), model.mail_leaves(), model.now);
    lines.extend(consequence_lines(&model.theme, &told, columns));
    Words { title, lines, keep, act }
}

fn lift(model: &Model, name: &str) -> Vec<String> {
    let stop = model.ticket().and_then(|v| v.mail_stop.as_ref());
    let why = stop.map_or(String::new(), |stop| {
        let at = stop
            .at
            .map_or(String::new(), |at| format!(" ({})", text::moment(model.now, at).trim()));
        format!("It stopped: {}{at}.", stop.why().trim_end_matches('.'))
    });
    let key = |name: &str| model.keymap.key(name).unwrap_or_default();
    // What has not fallen due is not held back yet.
    let waits = |view: &TicketView| view.deliveries.iter().any(|d| view.held_back(d).is_some());
    let with = if model.ticket().is_some_and(waits) { ", and so is what waits now" } else { "" };
    vec![
        why,
        String::new(),
        format!(
            "What comes from now on is mailed to {name} again{with}. What was held back stays held back; \
             a mail that bounced can be sent again ({} among the deliveries, {}).",
            key("ledger.resend"),
            key("ticket.deliveries")
        ),
        format!("{name} is told nothing of it. The ticket says who lifted it."),
    ]
}

/// What sending a mail again may come to (L5).
fn resend(model: &Model, id: DeliveryId, name: &str) -> Vec<String> {
    let row = model.ticket().and_then(|v| v.deliveries.iter().find(|d| d.id == id));
    let why = match row {
        Some(row) if row.lost_answers > 0 => format!(
            "The server's answer to it was lost, so {name} may have it already and get it twice."
        ),
        Some(Delivery { last_error: Some(words), .. }) => {
            format!("It was not taken: {}.", words.trim_end_matches('.'))
        }
        _ => "It was not taken.".to_owned(),
    };
    let when = if model.mail_leaves() { "at once" } else { consequence::ONCE_IT_LEAVES };
    vec![why, String::new(), format!("It is queued anew and goes {when}.")]
}

fn note_warning(model: &Model, name: &str) -> Vec<String> {
    let text = model.composer.as_ref().map(|c| c.text()).unwrap_or_default();
    let mut out = vec![
        format!("This was written as a team note. As a reply, {name} will read all of it:"),
        String::new(),
    ];
    let key = model.composer.as_ref().map(|c| c.key());
    let files = key.map(|key| model.files_of(key)).unwrap_or_default();
    if !files.is_empty() {
        out.push(format!("  with {}", boxes::attached(model)));
    }
    let all: Vec<&str> = text.lines().collect();
    out.extend(all.iter().take(6).map(|l| format!("  {}", text::truncate(l, 56))));
    if all.len() > 6 {
        out.push(format!("  … and {} more lines", all.len() - 6));
    }
    out
}

/// Rule 17: what becomes of mail that has not left.
fn waiting(model: &Model) -> Vec<String> {
    let n = usize::try_from(model.outlook.waiting).unwrap_or(0);
    let next = match (&model.outlook.trouble, model.outlook.next_due) {
        (Some(trouble), _) => format!(", and mail is not leaving: {trouble}"),
        (None, Some(due)) => format!(", the next {}", delivery::in_words(due, model.now)),
        (None, None) => String::new(),
    };
    let are = if n == 1 { "is" } else { "are" };
    if model.is_demo {
        return vec![
            format!("{} {are} waiting{next}.", text::count(n, "email")),
            "A demo's desk is thrown away when it is left, with all that is on it.".to_owned(),
        ];
    }
    vec![
        format!("{} {are} waiting{next}.", text::count(n, "email")),
        "Another deskbell that is open on this desk sends what waits, and so do \"deskbell work\" and \
         \"deskbell serve\". Without any of them it goes when deskbell starts again."
            .to_owned(),
        "Drafts are kept.".to_owned(),
    ]
}
