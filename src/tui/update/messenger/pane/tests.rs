use super::*;
use crate::domain::TicketState;
use crate::domain::messenger::EntryKind;
use crate::tui::keys::{Key, macro_keys};
use proptest::prelude::*;

const ADA: ContactId = ContactId(1);
const REFUND: TicketId = TicketId(1042);

fn at(s: i64) -> Time {
    Time::from_timestamp(1_781_273_021 + s, 0).unwrap()
}

/// Two tickets of Ada's; the first with `messages` of which the last `new` are unseen.
fn messenger(messages: usize, new: usize, open: Option<TicketId>) -> Messenger {
    let entry = |n: usize| Entry {
        kind: EntryKind::Message,
        author: Some("Mara".into()),
        text: format!("Message {n}"),
        files: Vec::new(),
        at: at(i64::try_from(n).unwrap()),
        own: false,
        new: n + new >= messages,
    };
    let recent = |id: TicketId| RecentTicket {
        id,
        title: "Refund not received".into(),
        state: TicketState::InProgress,
        unread: id == REFUND && new > 0,
        at: at(0),
    };
    Messenger {
        badge: usize::from(new > 0),
        recent_tickets: vec![recent(REFUND), recent(TicketId(1036))],
        thread: open.filter(|id| *id == REFUND || *id == TicketId(1036)).map(|id| Thread {
            id,
            title: "Refund not received".into(),
            pill: TicketState::InProgress,
            thread: (0..messages).map(entry).collect(),
        }),
    }
}

fn mirror() -> MessengerPane {
    let mut pane = MessengerPane::default();
    let asked = pane.turn_to(Some((ADA, "Ada")), Subject::Shared(REFUND));
    assert_eq!(asked, [Command::LoadMessenger { contact: ADA, open: Some(REFUND) }]);
    assert_eq!(pane.take(messenger(2, 1, pane.open)), []);
    pane
}

/// Acts as Ada with the thread of #1042 open.
fn reading() -> MessengerPane {
    let mut pane = mirror();
    let _ = pane.set_acting(true);
    assert_eq!(pane.take(messenger(2, 1, pane.open)), [], "collapsed, nothing is seen");
    let _ = pane.act(Act::Open);
    assert_eq!(pane.take(messenger(2, 1, pane.open)), [], "Recent tickets alone show nothing");
    let _ = pane.act(Act::Open);
    let seen = pane.take(messenger(2, 1, pane.open));
    assert_eq!(seen, [Command::CustomerOpens { contact: ADA, ticket: REFUND }]);
    pane
}

/// All that a hand can do to a pane, in one step.
fn press(pane: &mut MessengerPane, step: u8) -> Vec<Command> {
    let mut commands = match step {
        0 => pane.enter(),
        1 => {
            pane.back();
            pane.load()
        }
        2 => {
            pane.collapse();
            pane.load()
        }
        3 => {
            pane.move_by(1, 10);
            Vec::new()
        }
        4 => {
            pane.move_by(-1, 10);
            Vec::new()
        }
        5 => {
            let _ = pane.type_key(Key::parse("ctrl+s").unwrap());
            Vec::new()
        }
        6 => {
            pane.paste("pasted");
            Vec::new()
        }
        7 => pane.acted(Some(REFUND)),
        8..16 => pane.act(
            [
                Act::Open,
                Act::Back,
                Act::Collapse,
                Act::Reply,
                Act::New,
                Act::Send,
                Act::NextField,
                Act::LeaveField,
            ][usize::from(step - 8)],
        ),
        c => {
            let _ = pane.type_key(Key::char(char::from(c)));
            Vec::new()
        }
    };
    commands.extend(pane.take(messenger(3, 2, pane.open)));
    commands
}

proptest! {
    /// N12: looking marks nothing as seen, writes nothing and submits nothing, whatever is pressed.
    #[test]
    fn a_mirror_only_ever_reads(steps in proptest::collection::vec(0u8..127, 0..40)) {
        let mut pane = mirror();
        for step in steps {
            for command in press(&mut pane, step) {
                prop_assert!(matches!(command, Command::LoadMessenger { contact: ADA, .. }), "{command:?}");
            }
        }
    }

    /// Acting, only what is on screen as the open thread is ever said to be seen.
    #[test]
    fn only_the_open_thread_is_seen(steps in proptest::collection::vec(0u8..40, 0..60)) {
        let mut pane = mirror();
        let _ = pane.set_acting(true);
        for step in steps {
            for command in press(&mut pane, step) {
                if let Command::CustomerOpens { ticket, .. } = command {
                    prop_assert_eq!(pane.open, Some(ticket));
                    prop_assert!(matches!(pane.face, Face::Thread | Face::Detail));
                }
            }
        }
    }
}

#[test]
fn an_open_thread_is_seen_once_for_each_thing_that_comes() {
    // N12
    let mut pane = reading();
    assert_eq!(pane.take(messenger(2, 0, pane.open)), [], "the same thread again");
    assert!(pane.is_new(&messenger(2, 0, pane.open).thread.unwrap().thread[1]), "still marked");
    let seen = pane.take(messenger(3, 1, pane.open));
    assert_eq!(seen, [Command::CustomerOpens { contact: ADA, ticket: REFUND }]);
    assert_eq!(pane.take(messenger(3, 1, pane.open)), [], "a desk that is slow is not pressed");
    let _ = pane.act(Act::Collapse);
    assert_eq!(pane.take(messenger(4, 1, pane.open)), [], "collapsed, nothing is seen");
}

#[test]
fn a_reply_keeps_its_text_until_the_desk_has_it() {
    let mut pane = reading();
    let _ = pane.acted(Some(REFUND));
    let _ = pane.act(Act::Reply);
    for key in macro_keys("It ends in 4410") {
        let _ = pane.type_key(key);
    }
    let sent = pane.act(Act::Send);
    let reply = Command::CustomerReplies {
        contact: ADA,
        ticket: REFUND,
        text: "It ends in 4410".into(),
        files: Vec::new(),
    };
    assert_eq!(sent, [reply]);
    assert_eq!(pane.act(Act::Send), [], "not twice");
    pane.failed();
    assert_eq!(pane.reply.lines(), ["It ends in 4410"]);
    assert_eq!(pane.act(Act::Send).len(), 1);
    let _ = pane.acted(Some(REFUND));
    assert!(pane.reply.is_empty());
    assert_eq!(pane.field, None);
}

#[test]
fn a_new_ticket_leaves_its_thread_open() {
    // N1
    let mut pane = reading();
    let _ = pane.acted(Some(REFUND));
    let _ = pane.act(Act::New);
    for key in macro_keys("Invoice<enter>Where is it?") {
        let _ = pane.type_key(key);
    }
    let sent = pane.act(Act::Send);
    let title = "Invoice".to_owned();
    let body = "Where is it?".to_owned();
    assert_eq!(sent, [Command::CustomerSubmits { contact: ADA, title, body, files: Vec::new() }]);
    let read = pane.acted(Some(TicketId(1050)));
    assert_eq!(read, [Command::LoadMessenger { contact: ADA, open: Some(TicketId(1050)) }]);
    assert_eq!(pane.face, Face::Thread);
}

#[test]
fn what_is_unshared_leaves_the_pane() {
    // N6
    let mut pane = reading();
    let mut gone = messenger(2, 0, None);
    gone.recent_tickets.remove(0);
    let _ = pane.take(gone);
    assert_eq!((pane.face, pane.open), (Face::Home, None));
    assert!(pane.thread().is_none());
}

#[test]
fn the_mirror_follows_the_ticket_and_acting_stays_where_it_is() {
    let mut pane = mirror();
    let other = Subject::Shared(TicketId(1036));
    let asked = pane.turn_to(Some((ADA, "Ada")), other);
    assert_eq!(asked, [Command::LoadMessenger { contact: ADA, open: Some(TicketId(1036)) }]);
    assert_eq!(pane.turn_to(Some((ADA, "Ada")), other), []);
    let mut pane = reading();
    assert_eq!(pane.turn_to(Some((ADA, "Ada")), other), []);
    assert_eq!((pane.acting, pane.open), (true, Some(REFUND)));
    let _ = pane.turn_to(Some((ContactId(2), "Bo")), other);
    assert_eq!((pane.acting, pane.open), (false, Some(TicketId(1036))));
    assert!(pane.shown.is_none(), "never another customer's");
}
