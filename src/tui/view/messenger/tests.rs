use super::*;
use crate::domain::messenger::{Entry, EntryKind, RecentTicket, Thread};
use crate::domain::{ContactId, Messenger, TicketId};
use crate::tui::keys::macro_keys;
use crate::tui::update::messenger::Act;
use crate::tui::view::picture;
use insta::assert_snapshot;

/// 12 June 2026 at this time.
fn at(hour: u32, minute: u32) -> Time {
    chrono::NaiveDate::from_ymd_opt(2026, 6, 12)
        .and_then(|d| d.and_hms_opt(hour, minute, 0))
        .unwrap()
        .and_utc()
}

fn message(author: &str, words: &str, at: Time, new: bool) -> Entry {
    Entry {
        kind: EntryKind::Message,
        author: Some(author.into()),
        text: words.into(),
        files: Vec::new(),
        at,
        own: author == "Ada",
        new,
    }
}

fn event(words: &str, at: Time) -> Entry {
    Entry { kind: EntryKind::Event, author: None, own: false, ..message("", words, at, false) }
}

fn recent(id: i64, title: &str, state: TicketState, unread: bool, at: Time) -> RecentTicket {
    RecentTicket { id: TicketId(id), title: title.into(), state, unread, at }
}

fn adas(open: Option<TicketId>) -> Messenger {
    let thread = Thread {
        id: TicketId(1042),
        title: "Refund not received".into(),
        pill: TicketState::InProgress,
        thread: vec![
            message("Ada", "I cancelled on 2 June and still have no refund.", at(11, 58), false),
            event("Ticket submitted", at(11, 58)),
            message("Sam", "We are checking with the bank.", at(13, 42), false),
            event("In progress", at(13, 50)),
            message(
                "Mara",
                "The payout bounced. Can you confirm the last 4 digits of the account?",
                at(14, 3),
                true,
            ),
        ],
    };
    Messenger {
        badge: 1,
        recent_tickets: vec![
            recent(1042, "Refund not received", TicketState::InProgress, true, at(14, 3)),
            recent(1036, "Tax form W-8", TicketState::WaitingOnCustomer, false, at(12, 0)),
            recent(
                987,
                "Update card",
                TicketState::Resolved,
                false,
                at(9, 0) - chrono::Duration::days(40),
            ),
        ],
        thread: Some(thread).filter(|t| Some(t.id) == open),
    }
}

/// Ada's Messenger beside #1042.
fn pane() -> MessengerPane {
    let mut pane = MessengerPane::default();
    let _ = pane.turn_to(Some((ContactId(1), "Ada")), Subject::Shared(TicketId(1042)));
    let _ = pane.take(adas(pane.open));
    pane
}

fn acting() -> MessengerPane {
    let mut pane = pane();
    let _ = pane.set_acting(true);
    let _ = pane.take(adas(pane.open));
    pane
}

fn drawn(
    pane: &MessengerPane,
    mode: Mode<'_>,
    width: u16,
    height: u16,
) -> (Buffer, Option<Position>) {
    let theme = Theme::default();
    let now = at(14, 5);
    let view =
        View { pane, mode, desk_name: "Northwind support", focused: true, now, theme: &theme };
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    let caret = view.draw(buf.area, &mut buf);
    (buf, caret)
}

fn shown(pane: &MessengerPane, mode: Mode<'_>, width: u16, height: u16) -> String {
    picture::of(&drawn(pane, mode, width, height).0)
}

#[test]
fn the_mirror_shows_the_thread_with_the_pill_on_top() {
    assert_snapshot!("thread_33", shown(&pane(), Mode::Mirror, 33, 31));
    assert_snapshot!("thread_29", shown(&pane(), Mode::Mirror, 29, 18));
}

#[test]
fn the_mirror_can_look_at_every_face() {
    let mut looking = pane();
    looking.collapse();
    assert_snapshot!("collapsed", shown(&looking, Mode::Mirror, 29, 22));
    let _ = looking.enter();
    assert_snapshot!("home", shown(&looking, Mode::Mirror, 33, 24));
    let _ = looking.enter();
    let _ = looking.take(adas(looking.open));
    let _ = looking.enter();
    assert_snapshot!("detail", shown(&looking, Mode::Mirror, 40, 20));
}

#[test]
fn a_reply_that_is_not_sent_is_previewed_and_a_note_is_not() {
    let reply =
        "Thanks Ada. The refund was sent again today.\n\nIf it has not arrived, just answer.";
    let preview = Mode::Preview { by: "Mara", text: reply };
    assert_snapshot!("preview", shown(&pane(), preview, 33, 30));
    assert_snapshot!("unchanged", shown(&pane(), Mode::Unchanged, 33, 14));
}

#[test]
fn a_ticket_that_is_not_shared_is_said_to_be_invisible() {
    let mut pane = pane();
    let _ = pane.turn_to(Some((ContactId(1), "Ada")), Subject::Hidden(TicketId(1044)));
    let _ = pane.take(adas(pane.open));
    assert_snapshot!("hidden", shown(&pane, Mode::Mirror, 33, 22));
    let mut nobody = MessengerPane::default();
    let _ = nobody.turn_to(None, Subject::Tracker(TicketId(17)));
    assert_snapshot!("tracker", shown(&nobody, Mode::Mirror, 33, 10));
}

#[test]
fn as_the_customer_a_reply_is_typed_where_the_caret_stands() {
    let mut pane = acting();
    assert_snapshot!("as_ada_collapsed", shown(&pane, Mode::Acting, 33, 14));
    let _ = pane.act(Act::Open);
    let _ = pane.act(Act::Open);
    let _ = pane.take(adas(pane.open));
    let _ = pane.act(Act::Reply);
    for key in macro_keys("It ends in 4410, the account is the same as before.") {
        let _ = pane.type_key(key);
    }
    let (buf, caret) = drawn(&pane, Mode::Acting, 33, 24);
    assert_snapshot!("as_ada_reply", picture::of(&buf));
    let caret = caret.unwrap();
    assert_eq!(buf[(caret.x - 1, caret.y)].symbol(), ".");
}

#[test]
fn as_the_customer_a_new_ticket_is_written() {
    let mut pane = acting();
    let _ = pane.act(Act::New);
    for key in macro_keys("Where is my invoice for the month of May<enter>It did not come.") {
        let _ = pane.type_key(key);
    }
    assert_snapshot!("as_ada_new", shown(&pane, Mode::Acting, 33, 16));
}

#[test]
fn long_threads_end_in_sight_and_can_be_scrolled() {
    let mut pane = pane();
    let mut messenger = adas(pane.open);
    for n in 0..20 {
        let thread = messenger.thread.as_mut().unwrap();
        thread.thread.push(message("Mara", &format!("Message {n}"), at(14, 4), false));
    }
    let _ = pane.take(messenger);
    assert_snapshot!("scrolled_0", shown(&pane, Mode::Mirror, 29, 18));
    pane.move_by(-5, 1_000);
    assert_snapshot!("scrolled_5", shown(&pane, Mode::Mirror, 29, 18));
    pane.move_by(isize::MIN, 1_000);
    let (top, _) = drawn(&pane, Mode::Mirror, 29, 18);
    assert!(picture::of(&top).contains("You 11:58"), "{}", picture::of(&top));
}

#[test]
fn nothing_is_drawn_outside_of_any_size_and_no_text_moves_the_cursor() {
    let mut messenger = adas(Some(TicketId(1042)));
    let evil = "a\u{1b}[2J\u{202e}\u{7}\tb 日本語 👩‍👩‍👧 e\u{301}";
    messenger.recent_tickets[0].title = evil.into();
    messenger.thread.as_mut().unwrap().title = evil.into();
    messenger.thread.as_mut().unwrap().thread.push(message("Mara", evil, at(14, 4), true));
    for face in 0..5 {
        let mut pane = acting();
        for _ in 0..face.min(3) {
            let _ = pane.act(Act::Open);
            let _ = pane.take(messenger.clone());
        }
        if face == 4 {
            let _ = pane.act(Act::New);
        }
        for mode in [Mode::Mirror, Mode::Preview { by: "Mara", text: evil }, Mode::Acting] {
            for (width, height) in (0..50).flat_map(|w| [(w, 3), (w, 9), (w, 30)]) {
                let (buf, caret) = drawn(&pane, mode, width, height);
                assert!(caret.is_none_or(|c| buf.area.contains(c)));
                let text: String = buf.content.iter().map(|c| c.symbol()).collect();
                assert!(!text.chars().any(crate::domain::text::is_unsafe), "{text:?}");
            }
        }
    }
}

/// V7: the pane can name nothing of the team's side, so it cannot show it.
#[test]
fn nothing_of_the_teams_side_is_in_reach_of_the_view() {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/view/messenger");
    let mut files = vec![std::path::PathBuf::from(format!("{room}.rs"))];
    files.extend(std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path()));
    files.retain(|f| f.extension().is_some_and(|e| e == "rs") && !f.ends_with("tests.rs"));
    assert!(files.len() > 4, "{files:?}");
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for word in ["TicketView", ".ticket()", "desk::", "part::", "Delivery", "domain::Ticket,"] {
            assert!(!source.contains(word), "{word} in {}", file.display());
        }
    }
}
