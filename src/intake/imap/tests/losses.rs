//! Mails that a server does not give, or that are not to be taken: none is lost, and none taken twice.

use super::*;

impl Bench {
    fn subjects(&self) -> Vec<String> {
        self.mails().into_iter().filter_map(|m| m.subject).collect()
    }

    fn asked_for(&self, uid: u32) -> usize {
        let asked = format!("UID FETCH {uid} ");
        self.server.state().heard.iter().filter(|c| c.starts_with(&asked)).count()
    }
}

#[tokio::test(start_paused = true)]
async fn m2_a_mail_that_is_refused_once_is_asked_for_again_and_those_behind_it_do_not_wait() {
    let bench = Bench::new();
    for n in 1..=4 {
        bench.server.receives(&mail(n));
    }
    bench.server.state().refuses.insert(102, (1, "[UNAVAILABLE] try again later"));
    let running = bench.start();
    pass(2).await;
    assert_eq!(bench.subjects(), ["Refund 1", "Refund 3", "Refund 4"]);
    assert_eq!(
        bench.says().as_deref(),
        Some("mail UID 102 is refused: [UNAVAILABLE] try again later")
    );
    assert_eq!(bench.server.state().inbox.keys().collect::<Vec<_>>(), [&102], "it stays");
    // Not at once: a server that is busy is left alone for a while.
    bench.server.receives(&mail(5));
    pass(2).await;
    assert_eq!(bench.asked_for(102), 1);
    pass(6 * 60).await;
    assert_eq!(bench.subjects()[3..], ["Refund 5", "Refund 2"]);
    assert_eq!((bench.says(), bench.states()), (None, vec![MailState::Applied; 5]));
    assert!(bench.server.state().inbox.is_empty(), "and is moved as the others");
    pass(24 * 3600).await;
    assert_eq!(bench.asked_for(102), 2);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn m2_a_mail_that_is_never_given_is_said_to_be_there_in_quarantine() {
    let bench = Bench::new();
    for n in 1..=2 {
        bench.server.receives(&mail(n));
    }
    bench.server.state().refuses.insert(101, (usize::MAX, "[SERVERBUG] a \u{7}broken index"));
    bench.server.state().refuses.insert(102, (usize::MAX, ""));
    let mut tries = 0;
    // Whoever reads counts on: each start is another connection, and another program.
    for _ in 0..12 {
        let running = bench.start();
        pass(10 * 60).await;
        assert!(bench.asked_for(101) >= tries);
        tries = bench.asked_for(101);
        let held = bench.desk.quarantine().unwrap().len();
        assert_eq!(held, if tries < 5 { 0 } else { 2 }, "after {tries} tries");
        assert_eq!(bench.says().is_some(), tries < 5, "after {tries} tries");
        running.stops().await;
    }
    assert_eq!((bench.asked_for(101), bench.asked_for(102)), (5, 5));
    let held = bench.desk.quarantine().unwrap();
    assert!(held.iter().all(crate::desk::quarantine::opens_none));
    let causes: Vec<_> = held.iter().filter_map(|m| m.cause.as_deref()).collect();
    assert_eq!(
        causes,
        [
            "The server does not give mail UID 101 of me@127.0.0.1:1143/INBOX ([SERVERBUG] a broken index); \
             look at it there.",
            "The server does not give mail UID 102 of me@127.0.0.1:1143/INBOX; look at it there."
        ]
    );
    assert_eq!(bench.server.state().inbox.len(), 2, "nothing is moved that was not kept");
    // A teammate who has looked at it there lays it aside; nobody can let it in.
    let (id, now) = (crate::desk::receive::InboundId(held[0].id), bench.clock.now());
    assert_eq!(bench.desk.held_mail(id).unwrap().raw, b"");
    let actor = crate::domain::Actor::Desk;
    assert!(bench.desk.accept_mail(&actor, id, false, now).is_err());
    bench.desk.drop_mail(&actor, id, now).unwrap();
    assert_eq!(bench.desk.quarantine().unwrap().len(), 1);
    // The server is well again after days: what stood for the mail gives way to it.
    bench.server.state().refuses.clear();
    let running = bench.start();
    pass(7 * 3600).await;
    assert_eq!(bench.desk.quarantine().unwrap().len(), 0);
    let applied = bench.states().into_iter().filter(|s| *s == MailState::Applied).count();
    assert_eq!(applied, 2);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_mail_that_somebody_deletes_meanwhile_is_no_trouble_any_more() {
    let bench = Bench::new();
    bench.server.receives(&mail(1));
    bench.server.state().refuses.insert(101, (1, "[EXPUNGEISSUED] some are gone"));
    let running = bench.start();
    pass(2).await;
    assert_eq!(
        bench.says().as_deref(),
        Some("mail UID 101 is refused: [EXPUNGEISSUED] some are gone")
    );
    bench.server.state().inbox.clear();
    pass(6 * 60).await;
    assert_eq!((bench.says(), bench.mails().len(), bench.asked_for(101)), (None, 0, 2));
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_mail_with_another_number_is_asked_for_by_that_one() {
    let bench = Bench::new();
    bench.server.receives(&mail(1));
    bench.server.state().refuses.insert(101, (usize::MAX, "not now"));
    let running = bench.start();
    pass(2).await;
    running.stops().await;
    bench.server.renumbers();
    let running = bench.start();
    pass(2).await;
    assert_eq!((bench.says(), bench.states()), (None, vec![MailState::Applied]));
    pass(3600).await;
    assert_eq!(bench.asked_for(101), 1);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_first_look_that_is_broken_off_still_leaves_what_is_old_where_it_is() {
    let bench = Bench::new();
    for n in 1..=5 {
        bench.server.receives_quietly(&mail(n), n % 2 == 1);
    }
    bench.server.set(Some(Fault::ClosesAtFetch(104)));
    let running = bench.start();
    while bench.server.state().fault.is_some() {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(bench.subjects(), ["Refund 2"]);
    pass(10).await;
    assert_eq!(bench.subjects(), ["Refund 2", "Refund 4"]);
    // Once it has ended, all that comes is new, however old it says that it is.
    bench.server.receives_quietly(&mail(6), true);
    bench.server.receives(&mail(7));
    pass(2).await;
    running.stops().await;
    let running = bench.start();
    pass(5).await;
    assert_eq!(bench.subjects(), ["Refund 2", "Refund 4", "Refund 6", "Refund 7"]);
    assert_eq!(bench.server.state().inbox.keys().collect::<Vec<_>>(), [&101, &103, &105]);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn m2_a_mail_at_which_each_connection_breaks_holds_up_no_other() {
    let bench = Bench::new();
    for n in 1..=3 {
        bench.server.receives(&mail(n));
    }
    bench.server.set(Some(Fault::AlwaysClosesAtFetch(102)));
    let running = bench.start();
    pass(2 * 60).await;
    assert_eq!(bench.subjects(), ["Refund 1", "Refund 3"]);
    assert!(bench.says().is_some());
    // The server is well again: it comes in when it is asked for once more.
    bench.server.set(None);
    pass(30 * 60).await;
    assert_eq!(bench.subjects(), ["Refund 1", "Refund 3", "Refund 2"]);
    assert_eq!(bench.says(), None);

    bench.server.set(Some(Fault::AlwaysClosesAtFetch(104)));
    bench.server.receives(&mail(4));
    bench.server.receives(&mail(5));
    pass(24 * 3600).await;
    assert_eq!(bench.subjects()[3], "Refund 5");
    let held = bench.desk.quarantine().unwrap();
    assert_eq!(held.len(), 1);
    assert!(held[0].cause.as_deref().unwrap().contains("mail UID 104"), "{held:?}");
    assert_eq!(bench.says(), None);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_password_that_was_corrected_is_read_anew() {
    let bench = Bench::new();
    bench.server.receives(&mail(1));
    let url = "imap://me@127.0.0.1:1143";
    let settings = ImapSettings::parse(url, Some(Secret::new("old".into())), None, None).unwrap();
    let (desk, clock) = (bench.desk.clone(), bench.clock.clone());
    let mailbox = Mailbox::dialled(desk, clock, Arc::new(settings), bench.server.dial()).unwrap();
    let mailbox = mailbox.asking(Arc::new(|| Some(Secret::new("hunter2".into()))));
    let stop = CancellationToken::new();
    let running = Running(stop.clone(), tokio::spawn(mailbox.run(stop)));
    pass(3 * 60).await;
    assert_eq!(bench.subjects(), ["Refund 1"]);
    assert_eq!(bench.says(), None);
    running.stops().await;
}
