//! V1, V6, V7: nothing internal ever reaches a customer. Random stories in which everything
//! internal carries a marker word, and then every surface of every customer is searched for it: the
//! Messenger as data and as drawn, each mail as it was sent and as it is read, and the program's
//! own `messenger --plain`; over HTTP, and what webhooks are told.

mod http;
mod mail;
mod webhooks;

use std::process::Command;

use chrono::Duration;
use deskbell::desk::Policy;
use deskbell::domain::{Action, ContactId, TicketId};
use deskbell::mail::Key;
use deskbell::tui::update::messenger::{Face, MessengerPane};
use deskbell::tui::view::messenger::{Mode, View};
use deskbell::tui::view::theme::Theme;
use mail_parser::MessageParser;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::support::bench::Bench;
use crate::support::steps::{Step, steps};
use crate::support::story::{self, Act, MARKER, Story};

proptest! {
    #![proptest_config(story::config(40))]

    #[test]
    fn v7_no_messenger_and_no_mail_ever_holds_what_is_internal(steps in steps()) {
        let bench = Bench::new();
        let mut story = Story::begin(&bench);
        play(&mut story, &steps);
        bench.advance(Duration::days(1));
        messengers(&story)?;
        mails(&story)?;
    }
}

proptest! {
    #![proptest_config(story::config(20))]

    #[test]
    fn v7_no_message_of_a_webhook_ever_holds_what_is_internal(steps in steps()) {
        let policy = Policy { key: Some(Key::from_bytes([5; 32]).into()), ..Policy::default() };
        let bench = Bench::with(policy);
        let mut story = Story::begin(&bench);
        webhooks::register(&story);
        play(&mut story, &steps);
        bench.advance(Duration::days(1));
        webhooks::messages(&story)?;
    }
}

proptest! {
    // Hundreds of requests each, and streams that take their looks in real time: a few stories are
    // enough, the projection is the same.
    #![proptest_config(story::config(5))]

    #[test]
    fn v7_no_answer_over_http_ever_holds_what_is_internal(steps in steps()) {
        let bench = Bench::new();
        let mut story = Story::begin(&bench);
        play(&mut story, &steps);
        bench.advance(Duration::days(1));
        http::answers(&story)?;
    }

    #[test]
    fn v7_no_stream_of_events_ever_holds_what_is_internal(steps in steps()) {
        let bench = Bench::new();
        let mut story = Story::begin(&bench);
        let streams = http::Streams::open(&story);
        play(&mut story, &steps);
        streams.held_against(&story)?;
    }
}

proptest! {
    // Each look is a process: a few stories are enough, the projection is the same.
    #![proptest_config(story::config(3))]

    #[test]
    fn v7_the_programs_own_messenger_holds_nothing_internal(steps in steps()) {
        let bench = Bench::new();
        let mut story = Story::begin(&bench);
        play(&mut story, &steps);
        bench.advance(Duration::days(1));
        program(&story)?;
    }
}

/// Plays a story, whatever is refused of it.
fn play(story: &mut Story<'_>, steps: &[Step]) {
    for step in steps {
        play_one(story, step);
    }
}

fn play_one(story: &mut Story<'_>, step: &Step) {
    match story.act(step) {
        Act::Wait(time) => story.bench.advance(time),
        Act::Perform { actor, id, action } => {
            if action == Action::Share {
                // The title is what the customer sees from then on: the one it has then.
                story.retitle(&actor, id);
            }
            let _ = story.perform(&actor, id, &action);
        }
        Act::Submit { actor, new } => drop(story.submit(&actor, &new)),
        Act::Undo(id) => {
            if let Ok(undo) = story.bench.desk.undo(id, story.bench.now())
                && let Some(text) = undo.text
            {
                story.taken_back(&text);
            }
        }
        Act::Open { contact, id } => drop(story.bench.desk.seen(contact, id, story.bench.now())),
    }
    story.bench.advance(Duration::milliseconds(1));
}

/// What a customer must not find on this surface.
struct Forbidden {
    words: Vec<String>,
}

impl Forbidden {
    /// On any surface: markers, what was taken back, other customers, what they wrote and were told.
    fn to(story: &Story<'_>, reader: ContactId) -> Self {
        let mut words = vec![MARKER.to_owned(), MARKER.to_lowercase()];
        words.extend(story.secrets.iter().cloned());
        let others = story.told.iter().filter(|t| t.contact != reader);
        words.extend(others.map(|t| t.text.clone()));
        for other in story.customers.iter().filter(|c| c.id != reader) {
            words.push(other.name.split(' ').next_back().unwrap().to_owned());
            words.extend(other.email.iter().map(|e| e.as_str().to_owned()));
        }
        Self { words }
    }

    /// In the Messenger also what stands on tickets that are not shared now (V6, N6).
    fn now(story: &Story<'_>, reader: ContactId) -> Self {
        let mut forbidden = Self::to(story, reader);
        let shared = |id: TicketId| story.bench.ticket(id).ticket.shared;
        let gone = story.told.iter().filter(|t| !shared(t.ticket));
        forbidden.words.extend(gone.map(|t| t.text.clone()));
        forbidden
    }

    fn search(&self, surface: &str, text: &str) -> TestCaseResult {
        for word in self.words.iter().filter(|w| !w.is_empty()) {
            prop_assert!(!text.contains(word.as_str()), "{} holds {}:\n{}", surface, word, text);
        }
        Ok(())
    }
}

fn messengers(story: &Story<'_>) -> TestCaseResult {
    for customer in &story.customers {
        let forbidden = Forbidden::now(story, customer.id);
        let mut read = String::new();
        // Every ticket there is, theirs or not, and none.
        let opened = story.tickets.iter().copied().map(Some).chain([None]);
        for open in opened {
            let messenger = story.bench.desk.customer(customer.id).messenger(open).unwrap();
            let json = serde_json::to_string(&messenger).unwrap();
            forbidden.search("the Messenger's JSON", &json)?;
            forbidden.search("the Messenger's Debug", &format!("{messenger:?}"))?;
            read += &json;
            let mut pane = MessengerPane::of(customer.id, customer.first_name());
            pane.open = open.filter(|_| messenger.thread.is_some());
            pane.shown = Some(messenger);
            for face in [Face::Collapsed, Face::Home, Face::Thread, Face::Detail, Face::Compose] {
                pane.face = face;
                forbidden.search("the drawn Messenger", &drawn(&pane, story.bench.now()))?;
            }
        }
        // Every file there is, asked for as this customer: what is given is theirs to read.
        for part in story.tickets.iter().flat_map(|id| story.bench.ticket(*id).parts) {
            let given = story.bench.desk.customer(customer.id).attachment(part.id, 0).unwrap();
            if let Some((file, bytes)) = given {
                forbidden.search("a file's name", &file.name)?;
                forbidden.search("a file", &String::from_utf8(bytes).unwrap())?;
                prop_assert!(read.contains(&file.name), "{} is given and not shown", file.name);
            }
        }
        // What they were told and may still see is there: the search would find it.
        for told in story.told.iter().filter(|t| t.contact == customer.id && !t.title) {
            let shared = story.bench.ticket(told.ticket).ticket.shared;
            prop_assert_eq!(read.contains(&told.text), shared, "{:?}", told);
        }
    }
    Ok(())
}

fn drawn(pane: &MessengerPane, now: deskbell::domain::Time) -> String {
    let theme = Theme::default();
    let view =
        View { pane, mode: Mode::Mirror, desk_name: "Support", focused: true, now, theme: &theme };
    let mut buffer = Buffer::empty(Rect::new(0, 0, 70, 60));
    view.draw(buffer.area, &mut buffer);
    let symbols: Vec<&str> = buffer.content.iter().map(|cell| cell.symbol()).collect();
    symbols.chunks(70).map(|row| row.concat() + "\n").collect()
}

fn mails(story: &Story<'_>) -> TestCaseResult {
    for mail in story.bench.all_mails() {
        let address = |c: &&deskbell::domain::Contact| {
            c.email.as_ref().is_some_and(|e| e.as_str() == mail.to)
        };
        let reader = story.customers.iter().find(address);
        prop_assert!(reader.is_some(), "a mail to {}", mail.to);
        let forbidden = Forbidden::to(story, reader.unwrap().id);
        forbidden.search("a mail as sent", &String::from_utf8_lossy(&mail.raw))?;
        forbidden.search("a mail's subject", &mail.subject)?;
        forbidden.search("a mail's text", &mail.text)?;
        forbidden.search("a mail's HTML", &mail.html)?;
        let parsed = MessageParser::default().parse(&mail.raw).unwrap();
        for part in &parsed.parts {
            forbidden.search("a mail's part", &String::from_utf8_lossy(part.contents()))?;
            forbidden.search("a mail's headers", &format!("{:?}", part.headers))?;
        }
    }
    Ok(())
}

fn program(story: &Story<'_>) -> TestCaseResult {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "allow_acting_as_customer = true\n").unwrap();
    let at = story.bench.now().to_rfc3339();
    for customer in &story.customers {
        let Some(email) = &customer.email else { continue };
        let forbidden = Forbidden::now(story, customer.id);
        let seen = story.bench.desk.customer(customer.id);
        let run = |more: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
            command.env_clear().env("HOME", home.path()).arg("--desk").arg(story.bench.path());
            command.arg("--config").arg(&config).args(["--at", &at]);
            command.args(["messenger", email.as_str(), "--plain"]).args(more);
            let output = command.output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            (output.status.code(), said + &String::from_utf8(output.stderr).unwrap())
        };
        for id in &story.tickets {
            let theirs = seen.messenger(Some(*id)).unwrap().thread.is_some();
            let number = id.0.to_string();
            for form in [&["--open", number.as_str()][..], &["--open", &number, "--json"]] {
                let (code, said) = run(form);
                prop_assert_eq!(code, Some(if theirs { 0 } else { 3 }), "{}", said);
                forbidden.search("messenger --plain --open", &said)?;
                for told in story.told.iter().filter(|t| t.ticket == *id && theirs && !t.title) {
                    prop_assert!(said.contains(&told.text), "{:?} is not in {}", told, said);
                }
            }
        }
        for form in [&[][..], &["--json"]] {
            let (code, said) = run(form);
            prop_assert_eq!(code, Some(0), "{}", said);
            forbidden.search("messenger --plain", &said)?;
        }
    }
    Ok(())
}
