//! Keys in, commands out, without a runtime, a terminal or a desk.

use chrono::Duration;
use crossterm::event::KeyCode;

use super::*;
use crate::desk::view::{DraftKey, Outlook, TicketView};
use crate::domain::inbox::InboxRow;
use crate::domain::{
    Action, Category, Contact, ContactId, EmailAddress, Teammate, TeammateId, Ticket, TicketId,
    TicketState, TicketTypeId, Time,
};
use crate::tui::commands::Keymap;
use crate::tui::keys::macro_keys;
use crate::tui::message::{Done, Loaded};
use crate::tui::model::{Focus, Tab};
use crate::tui::view::theme::Theme;

const ID: TicketId = TicketId(7);

fn now() -> Time {
    Time::from_timestamp(1_780_000_000, 0).unwrap()
}

fn view(category: Category, shared: bool) -> TicketView {
    let contact = Contact {
        id: ContactId(3),
        name: "Ada Park".into(),
        email: EmailAddress::new("ada@lumen.example").ok(),
        mail_stop: None,
    };
    let contact = (category != Category::Tracker).then_some(contact);
    TicketView {
        ticket: Ticket {
            id: ID,
            category,
            title: "Refund not received".into(),
            state: TicketState::InProgress,
            open: true,
            shared,
            contact: contact.as_ref().map(|c| c.id),
            assignee: None,
            priority: false,
            snoozed_until: None,
            tags: Vec::new(),
            created_at: now(),
            updated_at: now(),
            revision: 1,
            type_id: TicketTypeId(1),
            deleted_at: None,
        },
        contact,
        assignee: None,
        parts: Vec::new(),
        deliveries: Vec::new(),
        seen_at: None,
        links: Vec::new(),
        mails: Vec::new(),
        mail_stop: None,
        grace: Duration::seconds(10),
    }
}

fn row(id: i64) -> InboxRow {
    InboxRow {
        id: TicketId(id),
        category: Category::Customer,
        title: format!("Question {id}"),
        state: TicketState::Submitted,
        open: true,
        shared: true,
        contact: None,
        contact_email: None,
        assignee: None,
        priority: false,
        tags: Vec::new(),
        updated_at: now(),
        awaits_reply: false,
        mail_due_at: None,
        reports: 0,
    }
}

/// A screen with this ticket open and the keys on its thread.
fn on(category: Category, shared: bool) -> Model {
    let me = Teammate { id: TeammateId(1), name: "Mara Holt".into() };
    let mut model = Model::new(now(), (120, 36), me, Keymap::default(), Theme::default());
    model.ready = true;
    model.list.complete = true;
    model.thread.wanted = Some(ID);
    model.thread.view = Some(Box::new(view(category, shared)));
    model.focus = Focus::Thread;
    model
}

fn press(model: &mut Model, keys: &str) -> Vec<Command> {
    macro_keys(keys)
        .into_iter()
        .flat_map(|key| update(model, Message::Input(Input::Key(key))))
        .filter(|c| !matches!(c, Command::LoadMessenger { .. } | Command::LoadTeammates))
        .collect()
}

fn performed(commands: &[Command]) -> Vec<&Action> {
    commands
        .iter()
        .filter_map(|c| match c {
            Command::Perform { id: ID, action } => Some(action),
            _ => None,
        })
        .collect()
}

fn said(model: &Model) -> &str {
    model.toast.as_ref().map_or("", |t| t.text.as_str())
}

#[test]
fn a_reply_goes_with_ctrl_s_once_and_never_with_enter() {
    let mut m = on(Category::Customer, true);
    assert!(performed(&press(&mut m, "rHello<enter>Ada<enter>")).is_empty());
    let sent = press(&mut m, "<ctrl+s><ctrl+s>");
    let body = "Hello\nAda\n".to_owned();
    assert_eq!(performed(&sent), [&Action::reply(body)], "twice the key, once the reply");
}

#[test]
fn the_text_is_kept_before_it_is_sent_and_dropped_after() {
    let mut m = on(Category::Customer, true);
    let sent = press(&mut m, "nFor us<ctrl+s>");
    let key = DraftKey::Note(ID);
    assert_eq!(sent.first(), Some(&Command::SaveDraft { key, text: "For us".into() }));
    let action = Action::note("For us");
    let decision = m.would(&action).unwrap().unwrap();
    let after = update(&mut m, Message::Done(Done::Performed { id: ID, action, decision }));
    assert!(after.contains(&Command::DropDraft(key)), "{after:?}");
    assert!(m.composer.is_none());
}

#[test]
fn what_fails_keeps_the_text_and_can_be_sent_again() {
    let mut m = on(Category::Customer, true);
    let sent = press(&mut m, "rHello<ctrl+s>");
    let command = sent.into_iter().find(|c| matches!(c, Command::Perform { .. })).unwrap();
    let failed = Done::Failed { command: Box::new(command), sentence: "The disk is full.".into() };
    assert!(performed(&update(&mut m, Message::Done(failed))).is_empty());
    assert_eq!(said(&m), "The disk is full.");
    assert_eq!(m.composer.as_ref().unwrap().text(), "Hello");
    assert_eq!(performed(&press(&mut m, "<ctrl+s>")).len(), 1);
}

#[test]
fn v3_v4_the_rules_sentence_answers_a_key_that_is_off() {
    let mut m = on(Category::Tracker, false);
    assert!(press(&mut m, "r").is_empty() && m.composer.is_none());
    assert_eq!(said(&m), "Tracker tickets are never shown to customers. Reply on a linked report.");
    let mut m = on(Category::BackOffice, false);
    press(&mut m, "r");
    assert!(said(&m).contains("is internal: its customer cannot see it"));
    let mut m = on(Category::Customer, true);
    press(&mut m, "S");
    assert!(said(&m).contains("always shared"));
}

#[test]
fn a_digit_looks_and_the_same_digit_does() {
    let mut m = on(Category::Customer, true);
    assert!(performed(&press(&mut m, "s4")).is_empty());
    assert!(performed(&press(&mut m, "3")).is_empty(), "another digit only looks");
    let done = press(&mut m, "3");
    assert_eq!(performed(&done), [&Action::SetState(TicketState::WaitingOnCustomer)]);
    assert!(m.overlays.is_empty());
    assert_eq!(performed(&press(&mut m, "s5<enter>")), [&Action::Close]);
    // An arrow marks a row; its digit then looks first, as any digit does.
    assert!(performed(&press(&mut m, "s<down>3")).is_empty());
}

#[test]
fn sharing_takes_a_second_s_and_nothing_else() {
    for keys in ["S<enter>", "S<down><enter>", "S<esc>", "Sq", "Sy", "S<right><enter>"] {
        let mut m = on(Category::BackOffice, false);
        assert!(performed(&press(&mut m, keys)).is_empty(), "{keys}");
    }
    let mut m = on(Category::BackOffice, false);
    assert_eq!(performed(&press(&mut m, "SS")), [&Action::Share]);
    let mut m = on(Category::BackOffice, true);
    assert_eq!(performed(&press(&mut m, "SS")), [&Action::Unshare]);
}

#[test]
fn nothing_is_done_to_a_ticket_by_a_paste_or_a_click() {
    let mut m = on(Category::BackOffice, false);
    let commands = update(&mut m, Message::Input(Input::Paste("SS\ns44\n".into())));
    assert!(performed(&commands).is_empty());
    assert_eq!(said(&m), "Pasted text is only taken in a text field.");
    for x in 0..120 {
        for y in 0..36 {
            let click = crossterm::event::MouseEvent {
                kind: crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left),
                column: x,
                row: y,
                modifiers: crossterm::event::KeyModifiers::NONE,
            };
            let commands = update(&mut m, Message::Input(Input::Mouse(click)));
            assert!(performed(&commands).is_empty(), "{x},{y}");
        }
    }
}

#[test]
fn no_key_in_a_pane_changes_a_ticket_by_itself_but_undo_and_priority() {
    // Each printable key alone, in each pane: what writes asks or shows first.
    for focus in [Focus::List, Focus::Thread, Focus::Messenger] {
        for c in ' '..='~' {
            let mut m = on(Category::BackOffice, true);
            m.focus = focus;
            let commands = press(&mut m, &c.to_string().replace('<', "<lt>"));
            let writes = performed(&commands).len();
            assert!(writes == 0 || c == 'p', "{c:?} in {focus:?}: {commands:?}");
        }
    }
}

#[test]
fn a_slow_read_is_asked_for_once_and_stale_answers_are_thrown_away() {
    let mut m = on(Category::Customer, true);
    m.focus = Focus::List;
    m.list.rows = (0..50).map(row).collect();
    m.list.generation = 5;
    m.list.selected = Some(TicketId(0));
    let commands = press(&mut m, "jjjjjjjj");
    let reads = commands.iter().filter(|c| matches!(c, Command::LoadTicket(_))).count();
    assert_eq!(reads, 1, "a held key floods nothing");
    let late = Loaded::Ticket { id: TicketId(1), view: None };
    let next = update(&mut m, Message::Loaded(late));
    assert!(next.contains(&Command::LoadTicket(TicketId(8))), "{next:?}");
    assert_eq!(said(&m), "", "an answer to an older question says nothing");

    let rows = vec![row(99)];
    let stale =
        Loaded::Inbox { generation: m.list.generation - 1, rows, more: false, complete: true };
    let _ = update(&mut m, Message::Loaded(stale));
    assert_eq!(m.list.rows.len(), 50);
}

#[test]
fn the_selection_stays_on_its_ticket_when_the_list_changes() {
    let mut m = on(Category::Customer, true);
    m.focus = Focus::List;
    m.list.rows = (0..20).map(row).collect();
    m.list.selected = Some(TicketId(5));
    m.thread.wanted = Some(TicketId(5));
    let mut rows: Vec<_> = (0..20).map(row).collect();
    rows.rotate_left(7);
    let generation = m.list.generation;
    let moved = Loaded::Inbox { generation, rows, more: false, complete: true };
    let _ = update(&mut m, Message::Loaded(moved));
    assert_eq!(m.list.selected, Some(TicketId(5)));
    assert_eq!(m.list.position(), Some(18));
}

#[test]
fn leaving_keeps_drafts_first_and_asks_while_mail_waits() {
    let mut m = on(Category::Customer, true);
    m.outlook = Outlook { waiting: 2, ..Outlook::default() };
    let left = press(&mut m, "rHalf<ctrl+c>");
    let key = DraftKey::Reply(ID);
    assert_eq!(left, [Command::SaveDraft { key, text: "Half".into() }, Command::Quit(Exit::Quit)]);
    let mut m = on(Category::Customer, true);
    m.outlook.waiting = 2;
    m.focus = Focus::List;
    assert_eq!(press(&mut m, "q"), []);
    assert_eq!(press(&mut m, "<enter>"), [], "Enter stays");
    assert_eq!(press(&mut m, "qq"), [Command::Quit(Exit::Quit)]);
}

#[test]
fn at_rest_nothing_wakes() {
    let mut m = on(Category::Customer, true);
    assert_eq!(m.next_wake(), None);
    m.outlook.next_due = Some(now() + Duration::milliseconds(2_500));
    assert_eq!(m.next_wake(), Some(now() + Duration::seconds(1)), "once a second");
    m.now = now() + Duration::milliseconds(2_100);
    assert_eq!(m.next_wake(), Some(now() + Duration::milliseconds(2_500)), "and when it is due");
    m.now = now() + Duration::seconds(3);
    assert_eq!(m.next_wake(), None);
    press(&mut m, "rx");
    assert_eq!(m.next_wake(), Some(m.now + Duration::seconds(1)), "the draft, a second later");
}

#[test]
fn a_fast_clock_draws_at_most_ten_frames_a_real_second() {
    let mut m = on(Category::Customer, true);
    m.speed = 30.0;
    m.outlook.next_due = Some(now() + Duration::minutes(3));
    assert_eq!(m.next_wake(), Some(now() + Duration::seconds(3)));
}

#[test]
fn tabs_and_too_small_screens_change_nothing() {
    let mut m = on(Category::Customer, true);
    press(&mut m, "3");
    assert_eq!(m.tab, Tab::Of(Category::Tracker));
    let _ = update(&mut m, Message::Input(Input::Resize(40, 10)));
    assert_eq!(press(&mut m, "rs44SSu"), []);
    let key = Key::of(KeyCode::Char('q'));
    let left = update(&mut m, Message::Input(Input::Key(key)));
    assert_eq!(left, [Command::Quit(Exit::Quit)]);
}

#[test]
fn what_is_typed_before_the_ticket_is_read_waits_for_it() {
    let mut m = on(Category::Customer, true);
    let view = m.thread.view.take();
    m.thread.loading = Some(ID);
    assert_eq!(press(&mut m, "rHi"), []);
    assert!(m.composer.is_none() && m.toast.is_none(), "neither refused nor run as commands");
    let _ = update(&mut m, Message::Loaded(Loaded::Ticket { id: ID, view }));
    assert_eq!(m.composer.as_ref().map(|c| c.text()).as_deref(), Some("Hi"));
    assert!(m.early.is_empty());
    // One that never comes lets them go, each with its answer.
    let mut m = on(Category::Customer, true);
    m.thread.view = None;
    m.thread.loading = Some(ID);
    let _ = press(&mut m, "r");
    let _ = update(&mut m, Message::Loaded(Loaded::Ticket { id: ID, view: None }));
    assert!(m.toast.is_some() && m.composer.is_none() && m.early.is_empty());
    // Leaving waits for nothing.
    let mut m = on(Category::Customer, true);
    m.thread.view = None;
    m.thread.loading = Some(ID);
    let _ = press(&mut m, "r");
    assert!(press(&mut m, "<ctrl+c>").iter().any(|c| matches!(c, Command::Quit(_))));
}
