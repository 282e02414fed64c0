//! A mail's whole way: kept, applied, drawn for the team and for the customer, and answered.

use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

use deskbell::desk::deliver::Parcel;
use deskbell::desk::receive::{Arrival, MailState};
use deskbell::desk::{Desk, Policy};
use deskbell::domain::inbox::InboxFilter;
use deskbell::domain::{
    Action, Actor, Category, Channel, Contact, EmailAddress, NewTicket, Notify, TicketId, Time,
};
use deskbell::mail::reply_address::kept;
use deskbell::mail::{Outcome, Readable};
use deskbell::tui::commands::Keymap;
use deskbell::tui::model::{Focus, Model};
use deskbell::tui::update::messenger::{Face, MessengerPane};
use deskbell::tui::view::{self, theme::Theme};
use mail_parser::MessageParser;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{DESK, clean, key};

/// Stands in every note of the team.
const INTERNAL: &str = "XINTERNALX";
/// The fields of every mail that carries a reply, in order of their names.
const FIELDS: [&str; 12] = [
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

/// A desk on which things have happened, as a file, and what a mail to it can name.
struct Begun {
    desk: Vec<u8>,
    names: Vec<(&'static str, String)>,
}

fn policy() -> Policy {
    Policy {
        address: EmailAddress::new(DESK).ok(),
        key: Some(key().into()),
        authserv_id: Some("mx.northwind.example".into()),
        ..Policy::default()
    }
}

fn morning() -> Time {
    Time::from_timestamp(1_780_300_800, 0).expect("a time")
}

fn mara(desk: &Desk) -> Actor {
    Actor::Teammate(desk.teammate("Mara Holt", morning()).expect("a teammate").0)
}

/// Sends what a ticket has due, into nowhere; gives the last.
fn post(desk: &Desk, id: TicketId, now: Time) -> Parcel {
    let parcels = desk.claim("worker", id, now).expect("a claim").parcels;
    for parcel in &parcels {
        desk.hand_over("worker", parcel, now).expect("a desk").expect("it is wanted");
        let sent = Outcome::Sent { words: "250 Ok".into() };
        desk.record("worker", parcel, &sent, now).expect("a record");
    }
    parcels.into_iter().next_back().expect("a mail")
}

/// A ticket of Ada's (1) and one that is not shared with her any more (2); their mails were sent.
fn begin() -> Begun {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk.db");
    let mut names = Vec::new();
    {
        let desk = Desk::open(&path, true, policy()).expect("a desk");
        let mara = mara(&desk);
        let mut now = morning();
        for (category, reply, id_name) in [
            (Category::Customer, "{{reply}}", "{{id}}"),
            (Category::BackOffice, "{{unshared}}", "{{unshared-id}}"),
        ] {
            let email = EmailAddress::new("ada@lumen.example").ok();
            let new = NewTicket {
                files: Vec::new(),
                category,
                title: "Refund".into(),
                body: "Where is it?".into(),
                contact: Some(Contact::unsaved("Ada Park", email)),
                shared: true,
            };
            let id = desk.submit(&mara, &new, Notify::Tell, false, now).expect("a ticket").id;
            let note = Action::note(format!("{INTERNAL} of the team"));
            desk.perform(&mara, id, &note, now).expect("a note");
            let say = Action::reply("Please try again.");
            desk.perform(&mara, id, &say, now).expect("a reply");
            now += Duration::from_secs(60);
            post(&desk, id, now);
            now += Duration::from_secs(180);
            let parcel = post(&desk, id, now);
            let mail = MessageParser::default().parse(&parcel.raw).expect("our own mail");
            let to = mail.reply_to().and_then(|a| a.first()).and_then(|a| a.address());
            names.push((reply, to.expect("Reply-To").to_owned()));
            names.push((id_name, parcel.message_id));
            if category == Category::BackOffice {
                desk.perform(&mara, id, &Action::Unshare, now).expect("unshared");
            } else {
                names.push(("{{bounce}}", parcel.from));
            }
        }
    }
    assert!(!folder.path().join("desk.db-wal").exists(), "the file holds all");
    Begun { desk: fs::read(&path).expect("the desk"), names }
}

/// The mail with the names of this desk's addresses and ids put in.
fn named(data: &[u8], names: &[(&str, String)]) -> Vec<u8> {
    let mut mail = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((first, after)) = rest.split_first() {
        match names.iter().find(|(name, _)| rest.starts_with(name.as_bytes())) {
            Some((name, value)) => {
                mail.extend_from_slice(value.as_bytes());
                rest = &rest[name.len()..];
            }
            None => {
                mail.push(*first);
                rest = after;
            }
        }
    }
    mail
}

/// Takes in a mail as a desk does whose server tells it no envelope.
pub fn intake(data: &[u8]) {
    static BEGUN: OnceLock<Begun> = OnceLock::new();
    let begun = BEGUN.get_or_init(begin);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk.db");
    fs::write(&path, &begun.desk).expect("a desk");
    let desk = Desk::open(&path, false, policy()).expect("a desk");
    let now = morning() + Duration::from_secs(3_600);

    let raw = named(data, &begun.names);
    let arrival = Arrival { mailbox: DESK.into(), raw: raw.clone(), ..Arrival::default() };
    let id = desk.store_raw(arrival, now).expect("kept");
    // Unless it says itself what stands in the place of a signature.
    if !kept::find(&raw).iter().any(kept::Found::is_taken) {
        assert!(desk.raw_mail(id).expect("a desk") == raw, "it is kept as it came");
    }
    let arrived = desk.apply_mail(id, now).expect("applied");
    let settled = [MailState::Applied, MailState::Held, MailState::Dropped];
    assert!(settled.contains(&arrived.state), "{arrived:?}");
    let told = [&arrived.cause, &arrived.author, &arrived.subject];
    for words in told.into_iter().flatten() {
        clean("the mail's row", words);
    }
    let again = desk.apply_mail(id, now).expect("a desk");
    assert_eq!(again, arrived, "a mail is applied once");

    // The customer's own words may hold anything.
    let theirs = String::from_utf8_lossy(&raw).contains(INTERNAL);
    let mara = mara(&desk);
    let Some(id) = arrived.ticket else { return };
    draw(&desk, &mara, id, theirs, now);
    answer(&desk, &mara, id, theirs, now);
}

/// The screen with this ticket and its Messenger, as cells.
fn draw(desk: &Desk, mara: &Actor, id: TicketId, theirs: bool, now: Time) {
    let Actor::Teammate(me) = mara else { return };
    let mut model = Model::new(now, (120, 36), me.clone(), Keymap::default(), Theme::default());
    let shown = desk.ticket(id).expect("a desk").expect("a ticket");
    model.list.rows = desk.inbox(&InboxFilter::default(), None, 50).expect("rows");
    model.list.selected = Some(id);
    model.thread.wanted = Some(id);
    model.focus = Focus::Thread;
    model.ready = true;
    if let Some(contact) = shown.contact.as_ref() {
        let messenger = desk.customer(contact.id).messenger(Some(id)).expect("a Messenger");
        assert!(theirs || !format!("{messenger:?}").contains(INTERNAL));
        let open = messenger.thread.is_some();
        model.messenger = MessengerPane::of(contact.id, contact.first_name());
        model.messenger.open = open.then_some(id);
        model.messenger.face = if open { Face::Thread } else { Face::Home };
        model.messenger.shown = Some(messenger);
    }
    model.thread.view = Some(Box::new(shown));
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).expect("a terminal");
    terminal.draw(|frame| view::draw(&model, frame)).expect("a frame");
    for cell in &terminal.backend().buffer().content {
        clean("a cell", cell.symbol());
        assert!(!cell.symbol().contains(['\n', '\t']), "{:?}", cell.symbol());
        assert!(cell.symbol().len() <= 128, "a flood of marks: {:?}", cell.symbol());
    }
}

/// A teammate replies, and the mail that quotes the customer is looked at byte by byte.
fn answer(desk: &Desk, mara: &Actor, id: TicketId, theirs: bool, now: Time) {
    let say = Action::reply("Thank you.");
    // One that is not shared takes no reply.
    if desk.perform(mara, id, &say, now).is_err() {
        return;
    }
    let shown = desk.ticket(id).expect("a desk").expect("a ticket");
    let row = shown.deliveries.iter().rev().find(|d| d.channel == Channel::Email).expect("a row");
    let Some(mail) = desk.preview_mail(id, row.id).expect("a desk") else { return };
    let mail = String::from_utf8(mail).expect("in ASCII");
    assert!(mail.is_ascii());
    for line in mail.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0', '\u{1b}']), "{line:?}");
    }
    let parsed = MessageParser::default().parse(mail.as_bytes()).expect("our own mail");
    let mut fields: Vec<&str> = parsed.headers().iter().map(|h| h.name()).collect();
    fields.sort_unstable();
    assert_eq!(fields, FIELDS);
    let read = Readable::of(mail.as_bytes()).expect("our own mail");
    clean("the mail's text", &read.text);
    assert!(read.text.contains("Thank you."));
    let html = parsed.body_html(0).unwrap_or_default();
    assert!(theirs || !(read.text.contains(INTERNAL) || html.contains(INTERNAL)));
}
