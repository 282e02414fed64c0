//! What a mail holds, read back by another crate's parser.

use std::collections::HashMap;

use mail_parser::{Message, MessageParser, MimeHeaders};
use proptest::prelude::*;

use super::*;
use crate::domain::text::{clean_body, clean_line};
use crate::domain::{Author, Category, ContactId, Event, Part, TeammateId, Ticket, TicketState};
use crate::mail::REPLY_MARKER;

const HEADERS: [&str; 12] = [
    "Content-Type",
    "Date",
    "From",
    "In-Reply-To",
    "MIME-Version",
    "Message-ID",
    "References",
    "Reply-To",
    "Subject",
    "To",
    "X-Auto-Response-Suppress",
    "X-Deskbell-Loop",
];

/// 5 January 2026, 14:00 UTC, and `minutes` more.
fn at(minutes: i64) -> Time {
    Time::from_timestamp(1_767_621_600 + minutes * 60, 0).unwrap()
}

fn part(id: i64, author: Author, event: Event, body: &str) -> Part {
    Part {
        id: PartId(id),
        ticket_id: TicketId(1042),
        at: at(id),
        author,
        visible: !event.is_internal(),
        event,
        body: (!body.is_empty()).then(|| body.to_owned()),
        files: Vec::new(),
        badge: true,
        recent: true,
        withdrawn_at: None,
    }
}

fn teammate(name: &str) -> Author {
    Author::Teammate { id: TeammateId(1), name: name.into() }
}

fn customer() -> Author {
    Author::Customer { name: "Ada Park".into() }
}

fn to(state: TicketState) -> Event {
    Event::StateChanged { from: TicketState::Submitted, to: state, was_open: true }
}

/// What a test varies of a letter.
struct Given {
    title: String,
    parts: Vec<Part>,
    about: Vec<PartId>,
    withheld: Vec<PartId>,
    to: Contact,
    sender: Sender,
    messenger: MessengerSettings,
    message_id: String,
    references: Vec<String>,
    contents: HashMap<String, Vec<u8>>,
}

impl Given {
    fn new(parts: Vec<Part>, about: &[i64]) -> Self {
        Self {
            title: "VPN drops every hour".into(),
            parts,
            about: about.iter().map(|id| PartId(*id)).collect(),
            withheld: Vec::new(),
            to: Contact {
                id: ContactId(1),
                name: "Ada Park".into(),
                email: Some(EmailAddress::new("ada@lumen.example").unwrap()),
                mail_stop: None,
            },
            sender: Sender {
                address: "support@desk.example".into(),
                reply_to: "support+r1.token@desk.example".into(),
                installation: Some("abcdefghijklmnop".into()),
            },
            messenger: MessengerSettings::default(),
            message_id: "d.abcdefghijklmnop@desk.example".into(),
            references: Vec::new(),
            contents: HashMap::new(),
        }
    }

    /// The last that it was set to.
    fn state(&self) -> TicketState {
        let set = |p: &Part| match p.event {
            Event::StateChanged { to, .. } => Some(to),
            _ => None,
        };
        self.parts.iter().rev().find_map(set).unwrap_or(TicketState::InProgress)
    }

    fn ticket(&self) -> Ticket {
        Ticket {
            id: TicketId(1042),
            category: Category::Customer,
            title: self.title.clone(),
            state: self.state(),
            open: true,
            shared: true,
            contact: Some(ContactId(1)),
            assignee: Some(TeammateId(1)),
            priority: true,
            snoozed_until: None,
            tags: vec!["secret-tag".into()],
            created_at: at(0),
            updated_at: at(0),
            revision: 1,
            type_id: crate::domain::TicketTypeId(1),
            deleted_at: None,
        }
    }

    fn compose(&self) -> Result<Vec<u8>, ComposeError> {
        let thread = SharedThread::new(self.ticket(), self.parts.clone(), None).unwrap();
        compose(&Letter {
            fixed_text: false,
            thread: &thread,
            about: &self.about,
            withheld: &self.withheld,
            contents: &self.contents,
            to: &self.to,
            sender: &self.sender,
            messenger: &self.messenger,
            message_id: &self.message_id,
            references: &self.references,
            date: at(3),
        })
    }
}

fn talk() -> Vec<Part> {
    vec![
        part(1, customer(), Event::Submitted, "It drops at five past.\n\n> sent <b>now</b>"),
        part(2, teammate("Mara Holt"), Event::Note, "secret-note"),
        part(3, teammate("Mara Holt"), to(TicketState::InProgress), ""),
        part(4, teammate("Mara Holt"), Event::Reply, "Which address do you use?"),
        part(5, teammate("Mara Holt"), Event::Reply, "Try it now, please.\n  1. Quit\n  2. Start"),
    ]
}

fn text(message: &Message<'_>) -> String {
    message.body_text(0).unwrap().replace("\r\n", "\n")
}

#[test]
fn one_whole_mail() {
    // N2, N13: a burst lists all replies; N10: it says that it can be answered.
    let mail = Given::new(talk(), &[4, 5]).compose().unwrap();
    insta::assert_snapshot!(String::from_utf8(mail).unwrap());
}

#[test]
fn what_the_customer_reads() {
    let mail = Given::new(talk(), &[4, 5]).compose().unwrap();
    insta::assert_snapshot!(text(&MessageParser::default().parse(&mail).unwrap()));
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    let given = Given::new(talk(), &[5]);
    assert_eq!(given.compose().unwrap(), given.compose().unwrap());
}

#[test]
fn each_event_has_its_sentence_and_its_sender() {
    for (event, sentence, from) in [
        (Event::Submitted, "Your ticket was submitted.", "Support"),
        (Event::Shared, "Your ticket was submitted.", "Support"),
        (to(TicketState::InProgress), "Your ticket is now \"In progress\".", "Support"),
        (to(TicketState::WaitingOnCustomer), "Your ticket is now \"Waiting on you\".", "Support"),
        (to(TicketState::Resolved), "Your ticket is now \"Resolved\".", "Support"),
        (Event::Reply, "Mara replied:", "Mara (Support)"),
    ] {
        let body = if event == Event::Reply { "Try it now." } else { "" };
        let mail = Given::new(vec![part(9, teammate("Mara Holt"), event, body)], &[9]);
        let mail = mail.compose().unwrap();
        let mail = MessageParser::default().parse(&mail).unwrap();
        let text = text(&mail);
        assert!(text.starts_with(&format!("{REPLY_MARKER}\n\n{sentence}\n")), "{text}");
        let html = mail.body_html(0).unwrap().replace("&#34;", "\"");
        assert!(html.contains(sentence), "{html}");
        assert_eq!(mail.from().unwrap().first().unwrap().name(), Some(from));
        assert_eq!(mail.subject(), Some("Your ticket #1042"));
        // A person's words are no automatic mail.
        let automatic = mail.header("Auto-Submitted").and_then(|v| v.as_text());
        assert_eq!(automatic, (from == "Support").then_some("auto-generated"));
    }
}

#[test]
fn nothing_internal_and_no_last_name_is_in_a_mail() {
    // V7, N9
    let mail = Given::new(talk(), &[5]).compose().unwrap();
    let mail = MessageParser::default().parse(&mail).unwrap();
    for body in [text(&mail), mail.body_html(0).unwrap().into_owned()] {
        for marker in ["secret", "Holt", "priority"] {
            assert!(!body.contains(marker), "{marker} in {body}");
        }
    }
    for hidden in [2, 77] {
        let error = Given::new(talk(), &[hidden]).compose().unwrap_err();
        assert!(matches!(error, ComposeError::NotVisible(PartId(id)) if id == hidden));
    }
    let own = vec![part(1, customer(), Event::CustomerReply, "Mine")];
    assert!(matches!(Given::new(own, &[1]).compose(), Err(ComposeError::OwnReply(_))));
    assert!(matches!(Given::new(talk(), &[]).compose(), Err(ComposeError::NothingToTell)));
}

#[test]
fn what_may_still_be_taken_back_is_not_let_out_by_another_mail() {
    // U1, N15: a reply in its 3 minutes, while the mail of a state change goes.
    let mut given = Given::new(talk(), &[3]);
    given.withheld = vec![PartId(1), PartId(4), PartId(5)];
    let mail = given.compose().unwrap();
    let mail = MessageParser::default().parse(&mail).unwrap();
    for body in [text(&mail), mail.body_html(0).unwrap().into_owned()] {
        assert!(!body.contains("Which address") && !body.contains("Try it now"), "{body}");
        assert!(body.contains("drops at five past"), "the customer's own words: {body}");
    }
    // Its own mail tells it, also when the row still counts as waiting.
    given.about = vec![PartId(5)];
    let mail = given.compose().unwrap();
    let text = text(&MessageParser::default().parse(&mail).unwrap());
    assert!(text.contains("Try it now") && !text.contains("Which address"), "{text}");
}

#[test]
fn two_authors_are_both_named_and_neither_signs() {
    let mut parts = talk();
    parts.push(part(6, teammate("Noor Aziz"), Event::Reply, "And tell us."));
    let mail = Given::new(parts, &[5, 6]).compose().unwrap();
    let mail = MessageParser::default().parse(&mail).unwrap();
    assert_eq!(mail.from().unwrap().first().unwrap().name(), Some("Support"));
    assert!(text(&mail).contains("Noor replied:\n\nAnd tell us.\n"));
}

#[test]
fn the_logo_is_the_messengers_and_the_html_shows_it() {
    // N11
    let mut given = Given::new(talk(), &[5]);
    let mut gif = b"GIF89a".to_vec();
    gif.extend([0x40, 0x01, 0x60, 0, 0, 0, 0]);
    given.messenger.name = "Lumen & Co".into();
    given.messenger.logo = Some(crate::mail::Logo::new(gif.clone()).unwrap());
    let mail = given.compose().unwrap();
    let mail = MessageParser::default().parse(&mail).unwrap();
    let image = mail.parts.iter().find(|p| p.is_content_type("image", "gif")).unwrap();
    assert_eq!(image.contents(), gif);
    let html = mail.body_html(0).unwrap();
    let tag =
        format!("<img src=\"cid:{}\" width=\"160\" height=\"48\"", image.content_id().unwrap());
    assert!(html.contains(&tag), "{html}");
    assert_eq!(mail.from().unwrap().first().unwrap().name(), Some("Mara (Lumen & Co)"));
}

#[test]
fn a_thread_keeps_its_first_and_last_references() {
    let mut given = Given::new(talk(), &[5]);
    let ids = |mail: &[u8]| -> (Vec<String>, String) {
        let mail = MessageParser::default().parse(mail).unwrap();
        let list = mail.references().as_text_list().unwrap();
        let list = list.iter().map(ToString::to_string).collect();
        (list, mail.in_reply_to().as_text().unwrap().to_owned())
    };
    let mail = given.compose().unwrap();
    let mail = MessageParser::default().parse(&mail).unwrap();
    assert_eq!(mail.references().as_text(), Some("ticket.1042@desk.example"));

    given.references = (0..20).map(|n| format!("d.{n}@desk.example")).collect();
    given.references.push("not an id>\r\nBcc: eve@x.example".into());
    given.references.push(given.message_id.clone());
    let (references, answered) = ids(&given.compose().unwrap());
    assert_eq!(references.len(), 10);
    let kept = [0, 1, 2, 14, 15, 16, 17, 18, 19].map(|n| format!("d.{n}@desk.example"));
    assert_eq!(references[0], "ticket.1042@desk.example");
    assert_eq!(references[1..], kept);
    assert_eq!(answered, "d.19@desk.example");

    given.references.truncate(4);
    assert_eq!(ids(&given.compose().unwrap()).0.len(), 5);
}

#[test]
fn a_long_thread_is_quoted_in_part() {
    let long = "x".repeat(20 * 1024);
    let parts = (1..=30)
        .map(|id| part(id, customer(), Event::CustomerReply, if id == 20 { &long } else { "Hm" }))
        .chain([part(31, teammate("Mara"), Event::Reply, "Here I am")]);
    let mail = Given::new(parts.collect(), &[31]).compose().unwrap();
    let text = text(&MessageParser::default().parse(&mail).unwrap());
    assert_eq!(text.matches("> You wrote").count(), 20);
    assert!(text.ends_with("> 10 earlier entries are not quoted here.\n"), "{text}");

    let parts = vec![
        part(1, customer(), Event::Submitted, &"x".repeat(40 * 1024)),
        part(2, teammate("Mara"), Event::Reply, "Here I am"),
    ];
    let mail = Given::new(parts, &[2]).compose().unwrap();
    let mail = MessageParser::default().parse(&mail).unwrap();
    assert!(mail.body_text(0).unwrap().ends_with("> One earlier entry is not quoted here.\r\n"));
}

#[test]
fn what_cannot_be_addressed_is_a_sentence() {
    let mut given = Given::new(talk(), &[5]);
    given.to.email = Some(EmailAddress::new("ö@lumen.example").unwrap());
    assert!(given.compose().unwrap_err().to_string().contains("before the @"));
    given.to.email = None;
    assert!(matches!(given.compose(), Err(ComposeError::NoAddress(_))));
    let mut given = Given::new(talk(), &[5]);
    given.message_id = "a@b>\r\nBcc: eve@x.example".into();
    assert!(matches!(given.compose(), Err(ComposeError::MessageId(_))));
}

/// Texts that break headers, MIME, SMTP, HTML and terminals.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\nBcc: eve@x.example\r\n\r\n".to_owned()),
        Just("\n.\n".to_owned()),
        Just("\r\n.\r\n".to_owned()),
        Just("\r.\r".to_owned()),
        Just("=?utf-8?q?Eve?=".to_owned()),
        Just("\u{1b}]0;x\u{7}".to_owned()),
        Just("\u{202e}\u{2066}".to_owned()),
        Just("</div><script>alert(1)</script>&amp;\"'".to_owned()),
        Just("--=_alternative_dabcdefghijklmnopdeskexample\r\n".to_owned()),
        Just("From me \n> -- \n".to_owned()),
        Just("\\\" <eve@x.example>, (x)".to_owned()),
        Just("ü🦀e\u{301}".repeat(60)),
        Just("y".repeat(1200)),
        Just(" \t ".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// What From must say of these names.
struct VisibleName<'a> {
    teammate: &'a str,
    messenger: &'a str,
}

impl VisibleName<'_> {
    fn expected(&self) -> String {
        let messenger = match safe(self.messenger) {
            empty if empty.is_empty() => "Support".into(),
            name => name,
        };
        match safe(crate::domain::text::first_name(self.teammate)) {
            nobody if nobody.is_empty() => messenger,
            name => safe(&format!("{name} ({messenger})")),
        }
    }
}

fn lines_are_sound(mail: &[u8]) -> bool {
    let whole = String::from_utf8(mail.to_vec()).unwrap();
    whole.is_ascii()
        && whole
            .split("\r\n")
            .all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0', '\u{1b}']))
}

proptest! {
    #[test]
    fn hostile_text_stays_text(
        title in hostile(), name in hostile(), messenger in hostile(),
        teammate_name in hostile(), asked in hostile(), answered in hostile(),
    ) {
        let mut given = Given::new(
            vec![
                part(1, Author::Customer { name: name.clone() }, Event::Submitted, &asked),
                part(2, teammate(&teammate_name), Event::Reply, &answered),
            ],
            &[2],
        );
        given.title.clone_from(&title);
        given.to.name.clone_from(&name);
        given.messenger.name.clone_from(&messenger);
        let mail = given.compose().unwrap();
        prop_assert!(lines_are_sound(&mail), "{}", String::from_utf8_lossy(&mail));

        let parsed = MessageParser::default().parse(&mail).unwrap();
        let mut names: Vec<&str> = parsed.headers().iter().map(|h| h.name()).collect();
        names.sort_unstable();
        prop_assert_eq!(names, HEADERS.to_vec());
        // Root, text, related, HTML, logo.
        prop_assert_eq!(parsed.parts.len(), 5);

        let text = text(&parsed);
        prop_assert!(text.contains(&format!("Ticket #1042: {}\n", clean_line(&title))), "{}", text);
        let told = format!(" replied:\n\n{}\n\nTicket #1042:", clean_body(&answered));
        prop_assert!(text.contains(&told), "{}", text);
        let quoted: String =
            clean_body(&asked).split('\n').map(|line| if line.is_empty() { ">\n".into() } else { format!("> {line}\n") }).collect();
        prop_assert!(clean_body(&asked).is_empty() || text.ends_with(&quoted), "{}", text);

        let html = parsed.body_html(0).unwrap();
        prop_assert!(!html.contains("<script"), "{}", html);
        prop_assert_eq!(html.matches("<div").count(), html.matches("</div").count());

        let to = parsed.to().unwrap().first().unwrap();
        prop_assert_eq!(to.address(), Some("ada@lumen.example"));
        prop_assert_eq!(parsed.to().unwrap().iter().count(), 1);
        prop_assert_eq!(to.name().unwrap_or_default(), safe(&name));
        let from = parsed.from().unwrap().first().unwrap();
        prop_assert_eq!(from.address(), Some("support@desk.example"));
        prop_assert_eq!(parsed.from().unwrap().iter().count(), 1);
        let about = VisibleName { teammate: &teammate_name, messenger: &messenger };
        prop_assert_eq!(from.name().unwrap_or_default(), about.expected());
    }
}

fn file(name: &str, bytes: &[u8], mime: &str) -> Attachment {
    Attachment {
        name: name.into(),
        mime: mime.into(),
        sha256: format!("hash of {name}"),
        size: bytes.len() as u64,
        inline: false,
    }
}

#[test]
fn files_of_the_replies_it_tells_go_with_a_mail_and_no_others() {
    let every: Vec<u8> = (0..=255).cycle().take(1_000).collect();
    let texts: [&[u8]; 2] = ["grüße\r\n.\r\nbare \n and \r\n".as_bytes(), b"--=_mixed_d\n"];
    let mut given = Given::new(talk(), &[4, 5]);
    // Of the customer's own, of a note, and of the two replies.
    for (at, name, bytes, mime) in [
        (0, "theirs.txt", texts[0], "text/plain"),
        (1, "secret.bin", every.as_slice(), "application/octet-stream"),
        (3, "Übersicht März.csv", texts[0], "text/csv"),
        (
            4,
            "\u{202e}=?utf-8?q?x?=\r\nBcc: a@b.c.bin",
            every.as_slice(),
            "application/octet-stream",
        ),
        (4, "lines", texts[1], "no type\r\nX: y"),
    ] {
        let file = file(name, bytes, mime);
        given.contents.insert(file.sha256.clone(), bytes.to_vec());
        given.parts[at].files.push(file);
    }
    let mail = given.compose().unwrap();
    assert_eq!(mail, given.compose().unwrap(), "the same bytes again (L5)");
    assert!(mail.is_ascii() && mail.split(|b| *b == b'\n').all(|line| line.len() <= 998));
    let parsed = MessageParser::default().parse(&mail).unwrap();
    let raw_headers = String::from_utf8_lossy(&mail);
    assert!(!raw_headers.contains("\nBcc:") && !raw_headers.contains("\nX: y"));
    let inbound = crate::mail::parse(&mail);
    let read: Vec<(&str, &[u8])> = inbound
        .attachments
        .iter()
        .filter(|a| !a.inline)
        .map(|a| (a.name.as_str(), a.bytes.as_slice()))
        .collect();
    assert_eq!(read[0], ("Übersicht März.csv", texts[0]));
    assert_eq!(read[1].1, every);
    assert_eq!(read[2], ("lines", texts[1]));
    assert_eq!(read.len(), 3, "{read:?}");
    let words = text(&parsed);
    assert!(words.contains("Attached: Übersicht März.csv (25 B)"), "{words}");
    for secret in ["secret.bin", "theirs.txt"] {
        assert!(!words.contains(secret) && !parsed.body_html(0).unwrap().contains(secret));
    }
    given.contents.clear();
    assert!(matches!(given.compose(), Err(ComposeError::NoContent(_))));
}

#[test]
fn a_burst_of_more_than_one_mail_holds_says_what_it_leaves_out() {
    let mut given = Given::new(talk(), &[4, 5]);
    for (at, name) in [(3, "first.bin"), (4, "second.bin")] {
        let mut file = file(name, b"x", "application/octet-stream");
        file.size = FILE_BYTES / 2 + 1;
        given.contents.insert(file.sha256.clone(), b"x".to_vec());
        given.parts[at].files.push(file);
    }
    let mail = given.compose().unwrap();
    let parsed = MessageParser::default().parse(&mail).unwrap();
    let words = text(&parsed);
    assert!(words.contains("Attached: first.bin (10 MB)"), "{words}");
    assert!(words.contains("Too large to go with this mail: second.bin (10 MB)."), "{words}");
    assert_eq!(parsed.attachments().filter(|a| a.attachment_name().is_some()).count(), 1);
}
