use super::*;
use crate::desk::Policy;
use crate::domain::{
    Action, Actor, Category, ContactId, EmailAddress, NewTicket, Notify, Status, TicketId,
};
use crate::tui::keys::macro_keys;
use ratatui::backend::TestBackend;

/// Ada with one ticket on a desk of her own, and a terminal on it.
struct Two {
    _folder: tempfile::TempDir,
    desk: Desk,
    clock: Clock,
    ada: Contact,
    mara: Actor,
    ticket: TicketId,
}

fn two(may_act: bool) -> Two {
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy { allow_acting_as_customer: may_act, ..Policy::default() };
    let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
    let now = Time::from_timestamp(1_781_273_021, 0).unwrap();
    let clock = Clock::running_from(now, 1.0);
    let (mara, _) = desk.teammate("Mara Holt", now).unwrap();
    let mara = Actor::Teammate(mara);
    let ada = Contact {
        id: ContactId(0),
        name: "Ada Park".into(),
        email: Some(EmailAddress::new("ada@lumen.example").unwrap()),
        mail_stop: None,
    };
    let new = NewTicket {
        files: Vec::new(),
        category: Category::Customer,
        title: "Refund not received".into(),
        body: "Where is it?".into(),
        contact: Some(ada.clone()),
        shared: true,
    };
    let ticket = desk.submit(&mara, &new, Notify::Tell, false, now).unwrap().id;
    let ada = desk.contact_by_email(ada.email.as_ref().unwrap()).unwrap().unwrap();
    Two { _folder: folder, desk, clock, ada, mara, ticket }
}

impl Two {
    fn screen(&self) -> MessengerApp {
        let mut pane = MessengerPane::of(self.ada.id, self.ada.first_name());
        let may_act = self.desk.may_act_as_customer().is_ok();
        if may_act {
            let _ = pane.set_acting(true);
        }
        MessengerApp {
            now: self.clock.now(),
            speed: 1.0,
            size: (60, 24),
            keymap: Keymap::default(),
            theme: Theme::default(),
            whose: "Ada Park".into(),
            desk_name: String::new(),
            pane,
            may_act,
            notice: None,
        }
    }

    fn reply(&self, words: &str) {
        let action = Action::reply(words);
        self.desk.perform(&self.mara, self.ticket, &action, self.clock.now()).unwrap();
    }

    /// How the mails of replies stand.
    fn fallbacks(&self) -> Vec<Status> {
        let view = self.desk.ticket(self.ticket).unwrap().unwrap();
        let replies = view.deliveries.iter().filter(|d| {
            d.channel == crate::domain::Channel::Email
                && view.part(d).is_some_and(|p| p.event == crate::domain::Event::Reply)
        });
        replies.map(|d| d.status).collect()
    }
}

/// Runs the commands of a screen on the desk until there are none left.
fn settle(two: &Two, screen: &mut MessengerApp, mut commands: Vec<Command>) -> Vec<Command> {
    let me = crate::domain::Teammate { id: crate::domain::TeammateId(0), name: String::new() };
    let hands = crate::tui::exec::Hands::new(two.desk.clone(), two.clock.clone(), me).unwrap();
    let mut ran = Vec::new();
    while !commands.is_empty() {
        assert!(ran.len() < 100, "the screen asks without end: {ran:?}");
        let command = commands.remove(0);
        ran.push(command.clone());
        screen.set_now(two.clock.now());
        commands.extend(screen.update(hands.run(command)));
    }
    ran
}

fn press(two: &Two, screen: &mut MessengerApp, keys: &str) -> Vec<Command> {
    let mut ran = Vec::new();
    for key in macro_keys(keys) {
        let commands = screen.update(Message::Input(Input::Key(key)));
        ran.extend(settle(two, screen, commands));
    }
    ran
}

fn drawn(screen: &MessengerApp) -> String {
    let mut terminal = Terminal::new(TestBackend::new(screen.size.0, screen.size.1)).unwrap();
    terminal.draw(|frame| screen.draw(frame)).unwrap();
    terminal.backend().to_string()
}

fn pictured(screen: &MessengerApp) -> String {
    let mut terminal = Terminal::new(TestBackend::new(screen.size.0, screen.size.1)).unwrap();
    terminal.draw(|frame| screen.draw(frame)).unwrap();
    crate::tui::view::picture::of(terminal.backend().buffer())
}

#[test]
fn ada_reads_in_time_and_answers() {
    // N2, N12: what is open is seen, also what comes while it is open.
    let two = two(true);
    two.reply("The payout bounced.");
    let mut screen = two.screen();
    let commands = screen.start();
    settle(&two, &mut screen, commands);
    assert_eq!(two.fallbacks(), [Status::Due], "collapsed, nothing is seen");
    press(&two, &mut screen, "<enter>");
    assert_eq!(two.fallbacks(), [Status::Due], "Recent tickets alone show nothing");
    press(&two, &mut screen, "<enter>");
    assert_eq!(two.fallbacks(), [Status::Suppressed]);
    assert!(drawn(&screen).contains("The payout bounced."));
    two.reply("It is sent again.");
    let commands = screen.update(Message::Changed);
    settle(&two, &mut screen, commands);
    assert_eq!(two.fallbacks(), [Status::Suppressed, Status::Suppressed]);
    press(&two, &mut screen, "rThank you.<ctrl+s>");
    let view = two.desk.ticket(two.ticket).unwrap().unwrap();
    assert_eq!(view.parts.iter().filter(|p| p.body.as_deref() == Some("Thank you.")).count(), 1);
    // Collapsed again, a reply waits for its three minutes.
    press(&two, &mut screen, "c");
    two.reply("One more thing.");
    let commands = screen.update(Message::Changed);
    settle(&two, &mut screen, commands);
    assert_eq!(two.fallbacks().last(), Some(&Status::Due));
    insta::assert_snapshot!("collapsed", pictured(&screen));
}

#[test]
fn a_new_message_becomes_a_ticket_whose_thread_is_open() {
    // N1
    let two = two(true);
    let mut screen = two.screen();
    let commands = screen.start();
    settle(&two, &mut screen, commands);
    press(&two, &mut screen, "<enter>nInvoice for May<tab>It did not come.<ctrl+s>");
    assert_eq!(screen.pane.face, Face::Thread);
    assert!(drawn(&screen).contains("It did not come."), "{}", drawn(&screen));
    assert_eq!(two.desk.customer(two.ada.id).messenger(None).unwrap().recent_tickets.len(), 2);
    press(&two, &mut screen, "<esc>n<ctrl+s>");
    assert!(drawn(&screen).contains("The title is empty."), "{}", drawn(&screen));
}

#[test]
fn where_acting_is_off_it_only_looks_and_says_so() {
    // N12
    let two = two(false);
    two.reply("The payout bounced.");
    let mut screen = two.screen();
    let commands = screen.start();
    let mut ran = settle(&two, &mut screen, commands);
    let printable: String = (' '..='~').filter(|c| !"<q".contains(*c)).collect();
    for keys in ["<enter><enter>", "r", "i", "n", "M", "<ctrl+s>", "<alt+enter>", &printable] {
        ran.extend(press(&two, &mut screen, keys));
        ran.extend(press(&two, &mut screen, "<backspace><tab><esc><enter><enter><f1><space>"));
    }
    for command in &ran {
        let reads = matches!(
            command,
            Command::LoadMessenger { .. }
                | Command::LoadSettings
                | Command::Suspend
                | Command::Redraw
        );
        assert!(reads, "{command:?}");
    }
    assert_eq!(two.fallbacks(), [Status::Due]);
    press(&two, &mut screen, "c");
    if screen.pane.face != Face::Collapsed {
        press(&two, &mut screen, "c");
    }
    insta::assert_snapshot!("looking_only", pictured(&screen));
}

#[test]
fn it_leaves_by_q_from_outside_and_by_ctrl_c_from_everywhere() {
    let two = two(true);
    let mut screen = two.screen();
    let leaves = |screen: &mut MessengerApp, keys: &str| -> bool {
        macro_keys(keys).into_iter().any(|key| {
            let commands = screen.update(Message::Input(Input::Key(key)));
            commands.contains(&Command::Quit(Exit::Quit))
        })
    };
    assert!(!leaves(&mut screen, "<esc><esc>"));
    assert!(leaves(&mut screen, "q"));
    assert!(!leaves(&mut screen, "<enter>nquiet"));
    assert!(leaves(&mut screen, "<ctrl+c>"));
    let closed = screen.update(Message::Input(Input::Closed));
    assert_eq!(closed, [Command::Quit(Exit::Closed)]);
}

#[test]
fn the_keys_of_a_field_say_how_a_file_is_taken_out_once_there_is_one() {
    let two = two(true);
    let path = two._folder.path().join("slip.txt");
    std::fs::write(&path, "a slip").unwrap();
    let mut screen = two.screen();
    let commands = screen.start();
    settle(&two, &mut screen, commands);
    press(&two, &mut screen, "<enter><enter>r");
    assert!(!drawn(&screen).contains("Remove file"));
    press(&two, &mut screen, "<alt+a>");
    press(&two, &mut screen, &format!("{}<enter>", path.display()));
    assert!(drawn(&screen).contains("Remove file"), "{}", drawn(&screen));
    press(&two, &mut screen, "<alt+x>");
    assert!(!drawn(&screen).contains("Remove file"));
}
