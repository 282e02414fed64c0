use super::*;
use crate::desk::view::TicketView;
use crate::domain::{
    Author, Category, Contact, ContactId, DeliveryId, EmailAddress, Event, Part, PartId, Reason,
    Teammate, TeammateId, Ticket, TicketState, TicketTypeId,
};
use crate::tui::commands::Keymap;
use crate::tui::keys::Key;
use crate::tui::message::{Command, Input, Message};
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{ledger, update};
use crate::tui::view::picture;
use crossterm::event::KeyCode;
use insta::assert_snapshot;

const REFUND: TicketId = TicketId(1042);

/// 12 June 2026.
fn at(hour: u32, minute: u32, second: u32) -> Time {
    chrono::NaiveDate::from_ymd_opt(2026, 6, 12)
        .and_then(|d| d.and_hms_opt(hour, minute, second))
        .unwrap()
        .and_utc()
}

/// A part with its three rows; `email` is the status and reason of the mail.
fn record(
    view: &mut TicketView,
    by: &str,
    event: Event,
    at: Time,
    email: (Status, Option<Reason>),
) {
    let id = i64::try_from(view.parts.len()).unwrap() + 1;
    let internal = event.is_internal();
    view.parts.push(Part {
        id: PartId(id),
        ticket_id: REFUND,
        at,
        author: match by {
            "Ada" => Author::Customer { name: "Ada Park".into() },
            name => Author::Teammate { id: TeammateId(1), name: format!("{name} Holt") },
        },
        event,
        body: None,
        files: Vec::new(),
        visible: !internal,
        badge: !internal,
        recent: !internal,
        withdrawn_at: None,
    });
    for channel in Channel::ALL {
        let mail = channel == Channel::Email;
        let (status, reason) = match (mail, internal) {
            (true, _) => email,
            (false, true) => (Status::Suppressed, Some(Reason::Internal)),
            (false, false) => (Status::Sent, None),
        };
        view.deliveries.push(Delivery {
            id: DeliveryId(i64::try_from(view.deliveries.len()).unwrap() + 1),
            ticket_id: REFUND,
            part_id: PartId(id),
            contact_id: Some(ContactId(1)),
            channel,
            status,
            reason,
            at,
            due_at: mail.then(|| at + chrono::Duration::minutes(3)),
            sent_at: (status == Status::Sent).then(|| at + chrono::Duration::seconds(1)),
            message_id: (mail && reason.is_none()).then(|| "d.abc@northwind.example".into()),
            attempts: 0,
            lost_answers: 0,
            carried_by: None,
            last_error: None,
        });
    }
}

fn refund() -> TicketView {
    let ada = Contact {
        id: ContactId(1),
        name: "Ada Park".into(),
        email: Some(EmailAddress::new("ada@lumen.example").unwrap()),
        mail_stop: None,
    };
    let mut view = TicketView {
        ticket: Ticket {
            id: REFUND,
            category: Category::Customer,
            title: "Refund not received".into(),
            state: TicketState::InProgress,
            open: true,
            shared: true,
            contact: Some(ada.id),
            assignee: None,
            priority: false,
            snoozed_until: None,
            tags: Vec::new(),
            created_at: at(11, 58, 7),
            updated_at: at(14, 3, 41),
            revision: 5,
            type_id: TicketTypeId(1),
            deleted_at: None,
        },
        contact: Some(ada),
        assignee: None,
        parts: Vec::new(),
        deliveries: Vec::new(),
        seen_at: Some(at(13, 43, 55)),
        links: Vec::new(),
        mails: Vec::new(),
        mail_stop: None,
        grace: chrono::Duration::seconds(10),
    };
    let in_progress = Event::StateChanged {
        from: TicketState::Submitted,
        to: TicketState::InProgress,
        was_open: true,
    };
    let seen = Some(Reason::SeenInMessenger(at(13, 43, 55)));
    record(&mut view, "Ada", Event::Submitted, at(11, 58, 7), (Status::Sent, None));
    let internal = Some(Reason::Internal);
    record(&mut view, "Mara", Event::Note, at(12, 10, 26), (Status::Suppressed, internal));
    record(&mut view, "Sam", Event::Reply, at(13, 42, 10), (Status::Suppressed, seen));
    record(&mut view, "Mara", in_progress, at(13, 50, 2), (Status::Sent, None));
    record(&mut view, "Mara", Event::Reply, at(14, 3, 41), (Status::Due, None));
    view
}

fn model(view: TicketView, size: (u16, u16)) -> Model {
    let me = Teammate { id: TeammateId(1), name: "Mara Holt".into() };
    let mut model = Model::new(
        at(14, 5, 29),
        size,
        me,
        Keymap::default(),
        crate::tui::view::theme::Theme::default(),
    );
    model.thread.wanted = Some(view.ticket.id);
    model.thread.view = Some(Box::new(view));
    model.overlays.push(Overlay::Ledger(LedgerPane::default()));
    model
}

/// The box alone, as large as the screen gives it.
fn shown(model: &Model) -> String {
    let Some(Overlay::Ledger(pane)) = model.overlays.last() else { panic!("no ledger") };
    let screen = Rect::new(0, 0, model.size.0, model.size.1);
    let mut buf = Buffer::empty(screen);
    let caret = draw(model, pane, screen, &mut buf).unwrap();
    assert!(screen.contains(caret.into()));
    let area = place(model, screen);
    let mut cut = Buffer::empty(Rect::new(0, 0, area.width, area.height));
    for (x, y) in (0..area.width).flat_map(|x| (0..area.height).map(move |y| (x, y))) {
        cut[(x, y)] = buf[(area.x + x, area.y + y)].clone();
    }
    picture::of(&cut)
}

#[test]
fn a_waiting_reply_counts_down_and_tells_both_its_ends() {
    assert_snapshot!("waiting_120", shown(&model(refund(), (120, 36))));
    assert_snapshot!("waiting_80", shown(&model(refund(), (80, 24))));
    assert_snapshot!("waiting_60", shown(&model(refund(), (60, 18))));
}

#[test]
fn the_marked_row_tells_its_story() {
    let mut model = model(refund(), (80, 24));
    let _ = ledger::choose(&mut model, 2);
    assert_snapshot!("seen", shown(&model));
    let _ = ledger::choose(&mut model, 1);
    assert_snapshot!("note", shown(&model));
}

#[test]
fn a_mail_that_rests_can_be_sent_again_or_laid_to_rest() {
    let mut view = refund();
    let email = view.deliveries.last_mut().unwrap();
    email.status = Status::Unknown;
    (email.attempts, email.lost_answers) = (2, 2);
    email.last_error = Some("connection lost after DATA".into());
    let id = email.id;
    let mut model = model(view, (80, 24));
    assert_snapshot!("unknown", shown(&model));
    // Each is asked first, and the key that is pressed without looking does nothing.
    for (key, question, does) in [
        ('R', Question::Resend(id), Command::Resend(id)),
        ('X', Question::DropUnknown(id), Command::DropUnknown(id)),
    ] {
        assert_eq!(press(&mut model, Key::char(key)), []);
        assert!(matches!(model.overlays.last(), Some(Overlay::Confirm(q)) if *q == question));
        assert_eq!(press(&mut model, Key::of(KeyCode::Enter)), []);
        assert_eq!(model.overlays.len(), 1);
        press(&mut model, Key::char(key));
        assert_eq!(press(&mut model, Key::char('y')), [does]);
    }
    let _ = ledger::choose(&mut model, 1);
    assert!(ledger::resend_why_not(&model).is_some());
    assert_eq!(ledger::resend(&mut model), []);
    assert_eq!(ledger::drop_unknown(&mut model), []);
    assert_eq!(model.overlays.len(), 1);
}

#[test]
fn a_mail_that_was_laid_to_rest_says_so_and_may_still_come_twice() {
    let mut view = refund();
    let email = view.deliveries.last_mut().unwrap();
    email.status = Status::Failed;
    (email.attempts, email.lost_answers) = (2, 2);
    email.last_error = Some(crate::domain::delivery::DROPPED.into());
    assert_snapshot!("dropped", shown(&model(view, (80, 24))));
}

fn press(model: &mut Model, key: Key) -> Vec<Command> {
    let commands = update(model, Message::Input(Input::Key(key)));
    commands.into_iter().filter(|c| !matches!(c, Command::LoadMessenger { .. })).collect()
}

#[test]
fn the_mark_stays_on_its_part_when_another_comes_in() {
    let mut model = model(refund(), (80, 24));
    let _ = ledger::choose(&mut model, 1);
    let before = marked(&model);
    let mut view = refund();
    record(&mut view, "Sam", Event::Reply, at(14, 5, 0), (Status::Due, None));
    model.thread.view = Some(Box::new(view));
    assert_eq!(marked(&model), before);
    let _ = ledger::choose(&mut model, -9);
    assert_eq!(marked(&model), "Reply by Sam");
    let _ = ledger::choose(&mut model, 99);
    assert_eq!(marked(&model), "Ticket submitted");
    let _ = ledger::told_only(&mut model);
    let _ = ledger::choose(&mut model, -1);
    assert_eq!(marked(&model), "Reply by Sam", "the note is left out");
}

fn marked(model: &Model) -> String {
    let Some(Overlay::Ledger(pane)) = model.overlays.last() else { panic!("no ledger") };
    let rows = rows(model, pane);
    rows[position(&rows, pane)].what()
}

#[test]
fn the_bar_is_empty_at_the_start_and_full_at_the_end() {
    let theme = Theme::default();
    let wait = Wait { kind: WaitKind::Fallback, from: at(14, 0, 0), due: at(14, 3, 0) };
    let bar = |now: Time| -> String {
        countdown(&theme, wait, now, 78).spans.iter().map(|s| s.content.to_string()).collect()
    };
    assert!(
        bar(at(14, 0, 0)).contains(&format!("  {}  0:00 of 3:00  goes 14:03:00", "░".repeat(30)))
    );
    assert!(bar(at(14, 1, 30)).contains(&format!(
        "{}{}  1:30 of 3:00",
        "█".repeat(15),
        "░".repeat(15)
    )));
    assert!(bar(at(14, 9, 0)).contains(&format!("{}  3:00 of 3:00  goes now", "█".repeat(30))));
}
