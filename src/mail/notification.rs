//! The words of a notification: the fixed template and what is filled into it (N11).
//!
//! Everything comes from [`VisiblePart`]s, so no state, name or note of the team's can be among
//! it (V7). No setting chooses words or markup here.

use std::fmt::Write as _;

use askama::Template;

use crate::domain::attachment::size_in_words;
use crate::domain::part::{CustomerEvent, VisiblePart};
use crate::domain::text::{clean_body, clean_line};
use crate::domain::{Attachment, SharedTicket, Time};

/// The first line of every mail. What an answer holds below it is quotation.
pub const REPLY_MARKER: &str = "-- Please answer above this line --";

/// The most entries of the thread that are quoted below, and the most bytes of their text.
const QUOTED_ENTRIES: usize = 20;
const QUOTED_BYTES: usize = 32 * 1024;

/// What happened, as the customer reads it.
pub(in crate::mail) enum Told {
    /// A sentence, and the files of what it tells.
    Sentence {
        text: String,
        files: Vec<String>,
    },
    Reply {
        author: String,
        text: String,
        files: Vec<String>,
    },
}

/// An earlier entry of the thread.
pub(in crate::mail) struct Quoted {
    heading: String,
    text: String,
}

impl Quoted {
    fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n').filter(|_| !self.text.is_empty())
    }
}

/// The text version.
#[derive(Template)]
#[template(path = "notification.txt")]
pub(in crate::mail) struct Notification {
    marker: &'static str,
    told: Vec<Told>,
    number: i64,
    /// None where nothing of what was submitted may be said (N17).
    title: Option<String>,
    quoted: Vec<Quoted>,
    /// How many earlier messages are not quoted.
    left_out: usize,
}

/// The HTML version: the same words, with the logo. askama escapes every value.
#[derive(Template)]
#[template(path = "notification.html")]
struct Html<'a> {
    marker: &'static str,
    told: &'a [Told],
    number: i64,
    title: Option<&'a str>,
    quoted: &'a [Quoted],
    left_out: usize,
    messenger: &'a str,
    logo_cid: &'a str,
    logo_width: u32,
    logo_height: u32,
}

impl Notification {
    /// `about` is what this mail tells, `carried` are the files that go with it, `thread` is what
    /// may be quoted, oldest first. Of several states the last is told (N15), and where the
    /// customer's own doing has moved the ticket on since (S3), its present one. One that a teammate
    /// set is told by its own mail, or by none (N14), and may still be taken back (U1).
    pub(in crate::mail) fn new<'a>(
        ticket: SharedTicket<'_>,
        about: &[VisiblePart<'_>],
        carried: &[&Attachment],
        thread: impl DoubleEndedIterator<Item = VisiblePart<'a>>,
    ) -> Self {
        let is_state = |p: &&VisiblePart<'_>| matches!(p.event(), CustomerEvent::State(_));
        let last_state = about.iter().rfind(is_state).map(|p| p.id());
        let is_last = |p: &&VisiblePart<'_>| !is_state(p) || Some(p.id()) == last_state;
        let thread: Vec<VisiblePart<'_>> = thread.collect();
        let newest = thread.iter().rfind(is_state).filter(|p| !p.is_by_team());
        let moved_on = newest.is_some_and(|p| Some(p.id()) != last_state);
        let mut earlier = thread.into_iter().rev().filter(|p| !is_told(about, *p));
        let mut quoted = Vec::new();
        let mut room = QUOTED_BYTES;
        let mut left_out = 0;
        for part in earlier.by_ref().take(QUOTED_ENTRIES) {
            let text = clean_body(part.text());
            if text.len() > room {
                left_out = 1;
                break;
            }
            room -= text.len();
            quoted.push(Quoted { heading: heading(part), text });
        }
        left_out += earlier.count();
        Self {
            marker: REPLY_MARKER,
            told: about
                .iter()
                .filter(|p| is_last(p))
                .map(|p| told(*p, ticket, moved_on, carried))
                .collect(),
            number: ticket.id().0,
            title: Some(clean_line(ticket.title())),
            quoted,
            left_out,
        }
    }

    /// The confirmation for an address that has not shown it reads what comes to it (N17): fixed
    /// text, without a word of what was submitted.
    pub(in crate::mail) fn fixed(ticket: SharedTicket<'_>) -> Self {
        Self {
            marker: REPLY_MARKER,
            told: vec![sentence("We have received a mail from this address.", Vec::new())],
            number: ticket.id().0,
            title: None,
            quoted: Vec::new(),
            left_out: 0,
        }
    }

    /// The text version, lines ended by `\n`.
    pub(in crate::mail) fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }

    /// The HTML version. The logo is shown at `size` (width, height) in pixels.
    pub(in crate::mail) fn html(
        &self,
        messenger: &str,
        logo_cid: &str,
        size: (u32, u32),
    ) -> Result<String, askama::Error> {
        Html {
            marker: self.marker,
            told: &self.told,
            number: self.number,
            title: self.title.as_deref(),
            quoted: &self.quoted,
            left_out: self.left_out,
            messenger,
            logo_cid,
            logo_width: size.0,
            logo_height: size.1,
        }
        .render()
    }

    fn has_quotation(&self) -> bool {
        !self.quoted.is_empty() || self.left_out > 0
    }

    fn left_out(&self) -> Option<String> {
        left_out(self.left_out)
    }
}

impl Html<'_> {
    fn has_quotation(&self) -> bool {
        !self.quoted.is_empty() || self.left_out > 0
    }

    fn left_out(&self) -> Option<String> {
        left_out(self.left_out)
    }
}

fn left_out(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("One earlier entry is not quoted here.".into()),
        n => Some(format!("{n} earlier entries are not quoted here.")),
    }
}

/// A submission is told by its sentence; what was submitted belongs to the quotation.
fn is_told(about: &[VisiblePart<'_>], part: VisiblePart<'_>) -> bool {
    about.iter().any(|p| p.id() == part.id())
        && (part.event() != CustomerEvent::Submitted || part.text().is_empty())
}

fn told(
    part: VisiblePart<'_>,
    ticket: SharedTicket<'_>,
    moved_on: bool,
    carried: &[&Attachment],
) -> Told {
    let files = || part.files().iter().map(|f| file(f, carried)).collect();
    match part.event() {
        // What they attached themselves is not mailed back.
        CustomerEvent::Submitted if part.is_own() => {
            sentence("Your ticket was submitted.", Vec::new())
        }
        CustomerEvent::Submitted => sentence("Your ticket was submitted.", files()),
        CustomerEvent::State(state) => {
            let (then, now) = (state.customer_label(), ticket.state().customer_label());
            let text = if then == now {
                format!("Your ticket is now \"{now}\".")
            } else if moved_on {
                format!("Your ticket was set to \"{then}\". It is now \"{now}\".")
            } else {
                format!("Your ticket was set to \"{then}\".")
            };
            sentence(&text, Vec::new())
        }
        CustomerEvent::TeammateReply | CustomerEvent::OwnReply => {
            let files = files();
            Told::Reply { author: author(part), text: clean_body(part.text()), files }
        }
    }
}

fn sentence(text: &str, files: Vec<String>) -> Told {
    Told::Sentence { text: text.to_owned(), files }
}

/// A line that names a file.
fn file(file: &Attachment, carried: &[&Attachment]) -> String {
    let words = format!("{} ({})", clean_line(&file.name), size_in_words(file.size));
    if carried.iter().any(|c| std::ptr::eq(*c, file)) {
        format!("Attached: {words}")
    } else {
        format!("Too large to go with this mail: {words}. Answer to ask for it.")
    }
}

fn heading(part: VisiblePart<'_>) -> String {
    let at = date(part.at());
    match part.event() {
        CustomerEvent::Submitted if part.text().is_empty() => format!("Ticket submitted, {at}"),
        CustomerEvent::State(state) => format!("{}, {at}", state.customer_label()),
        CustomerEvent::Submitted | CustomerEvent::TeammateReply | CustomerEvent::OwnReply => {
            let mut heading = if part.is_own() { "You".to_owned() } else { author(part) };
            // Writing into a String does not fail.
            let _ = write!(heading, " wrote, {at}:");
            heading
        }
    }
}

/// A first name (V7).
fn author(part: VisiblePart<'_>) -> String {
    let name = clean_line(part.author());
    if name.is_empty() { "The team".into() } else { name }
}

fn date(at: Time) -> String {
    at.format("%-d %B %Y at %H:%M UTC").to_string()
}
