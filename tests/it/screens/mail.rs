//! Mail on the thread's screens: how an answer came (M1, M3, M5), and mail that stopped (N14).

use deskbell::domain::{MailStop, TicketState};
use insta::assert_snapshot;

use super::quarantine::{arrives, desk, link};
use super::{MIDDLE, NARROW, WIDE};

const ANSWER: &str = "Content-Type: text/plain\r\n\r\nThe last digits are 4410.\r\n\r\n\
    On Tue, 9 Jun 2026 at 14:02, Northwind support <help@northwind.example> wrote:\r\n\
    > The payout bounced.\r\n> Can you confirm the last 4 digits?\r\n";

#[tokio::test(start_paused = true)]
async fn m5_an_answer_by_mail_says_how_it_came_and_shows_its_original() {
    let mut d = desk().await;
    let to = link(&d.story, d.refund);
    arrives(&d.story, "Ada <ada@lumen.example>", &to, "Re: Refund not received", ANSWER);
    let away = "Auto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\nI am away.\r\n";
    arrives(&d.story, "Ada <ada@lumen.example>", &to, "Away", away);
    d.story.later(1);
    let mut r = d.story.open(WIDE).await;
    r.shows("by mail · unverified sender").shows("… 3 quoted lines hidden (o shows the mail)");
    r.shows("by mail · unverified sender · automatic").hides("> The payout");
    assert_snapshot!("mail_thread_120x36", r.picture());
    r.keys("o").await.shows("I am away.").shows("(2 of 2)").shows("it says so itself");
    r.keys("p").await.shows("(1 of 2)").shows("> The payout bounced.").shows("e hides 3 quoted");
    r.keys("e").await.hides("> The payout bounced.");
    r.keys("R").await.shows("Message-ID: <");
    r.keys("<esc>").await.shows("o shows the mail");
}

#[tokio::test(start_paused = true)]
async fn a_ticket_without_mail_says_that_there_is_none() {
    let mut r = super::open(MIDDLE).await;
    r.keys("o").await.shows("Nothing on this ticket came by mail.");
    r.keys("L").await.shows("Mail to ada@lumen.example is not stopped.");
}

#[tokio::test(start_paused = true)]
async fn n14_a_stop_is_seen_and_lifted_after_asking() {
    for (size, name) in [(WIDE, "120x36"), (MIDDLE, "80x24"), (NARROW, "60x18")] {
        let mut d = desk().await;
        let ada = d.story.desk.ticket(d.refund).unwrap().unwrap().contact.unwrap();
        let words = Some("550 5.1.1 no such user");
        d.story.desk.stop_mail(ada.id, MailStop::HardBounce, words, d.story.now()).unwrap();
        d.story.later(1);
        let id = d.refund;
        let mut r = d.story.open(size).await;
        r.shows("mail stopped, L lifts it: 550 5.1.1");
        r.keys("d").await.shows("mail to ada@lumen.example stopped: 550 5.1.1 no such");
        assert_snapshot!(format!("mail_stop_ledger_{name}"), masked(&r.screen()));
        r.keys("L").await.shows("Let mail to Ada go again?").shows("stays held back");
        assert_snapshot!(format!("mail_stop_{name}"), masked(&r.screen()));
        let stopped = |r: &crate::support::runner::Runner| {
            r.story.desk.ticket(id).unwrap().unwrap().mail_stop
        };
        r.keys("<enter>").await;
        assert!(stopped(&r).is_some(), "the marked row is the safe one");
        r.keys("Ly").await.shows("Mail goes again from now on.");
        assert_eq!(stopped(&r), None);
        r.keys("<esc>").await.hides("stopped: 550");
    }
}

#[tokio::test(start_paused = true)]
async fn n14_while_mail_is_stopped_the_state_box_says_so() {
    let d = desk().await;
    let ada = d.story.desk.ticket(d.refund).unwrap().unwrap().contact.unwrap();
    d.story.desk.stop_mail(ada.id, MailStop::HardBounce, None, d.story.now()).unwrap();
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("s2").await.shows("no: hard bounce");
    r.keys("2").await.shows("no email: hard bounce");
    r.keys("Ly").await;
    r.keys("s3").await.shows("in 10 s, to ada@lumen.example");
    r.keys("3").await;
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    assert_eq!(view.ticket.state, TicketState::WaitingOnCustomer);
}

#[tokio::test(start_paused = true)]
async fn n14_while_mail_is_stopped_no_countdown_promises_one() {
    for (size, name) in [(WIDE, "120x36"), (MIDDLE, "80x24")] {
        let mut d = desk().await;
        let ada = d.story.desk.ticket(d.refund).unwrap().unwrap().contact.unwrap();
        d.story.replies("Mara Holt", d.refund, "It is on its way.");
        d.story.desk.stop_mail(ada.id, MailStop::HardBounce, None, d.story.now()).unwrap();
        let mut r = d.story.open(size).await;
        if size == MIDDLE {
            r.keys("<enter>").await;
        }
        let words = "no email: mail to ada@lumen.example is stopped (hard bounce)";
        // The thread's columns break the line.
        r.shows("no email: mail to").shows("ada@lumen.example is stopped (hard bounce)");
        r.hides("if unseen").hides("email in");
        assert_snapshot!(format!("mail_stop_thread_{name}"), r.screen());
        r.keys("d").await.hides("EMAIL FALLBACK").shows("will not go").shows(words);
        assert_snapshot!(format!("mail_stop_waiting_{name}"), masked(&r.screen()));
        r.keys("L").await.shows("what waits now.");
        r.keys("y").await.hides("will not go");
        r.keys("j").await.shows("EMAIL FALLBACK");
        r.keys("<esc>").await.shows("if unseen").hides("no email: mail to");
    }
}

#[tokio::test(start_paused = true)]
async fn while_no_mail_leaves_a_countdown_says_what_it_hangs_on() {
    let mut d = desk().await;
    d.story.replies("Mara Holt", d.refund, "It is on its way.");
    d.story.desk.set_mail_trouble(Some("password refused: 535 5.7.8")).unwrap();
    let mut r = d.story.open(WIDE).await;
    r.shows("email in 3:00 if unseen,").shows("once mail leaves again");
    r.keys("d").await.shows("mail is not leaving: password refused: 535 5.7.8");
    r.story.desk.set_mail_trouble(None).unwrap();
    r.advance(super::seconds(1)).await.hides("mail is not leaving");
    r.keys("<esc>").await.shows("if unseen").hides("once mail leaves");
}

#[tokio::test(start_paused = true)]
async fn while_no_mail_leaves_no_surface_promises_a_time() {
    for (size, name) in [(WIDE, "120x36"), (MIDDLE, "80x24"), (NARROW, "60x18")] {
        let mut d = desk().await;
        d.story.desk.set_mail_trouble(Some("password refused: 535 5.7.8")).unwrap();
        d.story.later(1);
        let mut r = d.story.open(size).await;
        r.shows("· email once mail leaves again");
        // The lowest screens have one line for a ticket.
        if size != NARROW {
            r.shows("email waits");
        }
        assert_snapshot!(format!("mail_is_out_{name}"), r.picture());
        r.keys("rIt was sent again.").await.shows("once mail leaves again to").hides("in 3:00");
        assert_snapshot!(format!("mail_is_out_reply_{name}"), r.screen());
        r.keys("<ctrl+s>").await.shows("is sent.").hides("email in 3:00 if unseen ");
        r.keys("<esc>s2").await.shows("again, to").hides(" in 10 s");
        assert_snapshot!(format!("mail_is_out_state_{name}"), r.screen());
        r.keys("<esc>q").await;
        if size == NARROW {
            r.keys("q").await;
        }
        r.shows("and mail is not leaving").hides("the next");
    }
}

#[tokio::test(start_paused = true)]
async fn the_way_out_is_never_crowded_out_of_the_footer() {
    for size in [MIDDLE, NARROW] {
        let mut d = desk().await;
        let to = link(&d.story, d.refund);
        arrives(&d.story, "Bo <bo@quarry.example>", &to, "Re: Refund not received", ANSWER);
        d.story.later(1);
        let mut r = d.story.open(size).await;
        r.keys("gq").await.shows("1 held").shows("Esc Back").shows("? Help");
        r.keys("<enter>").await.shows("Because").shows("Esc Back").shows("? Help");
        // As the customer, while a mail is due that F turns the clock to.
        let mut r = super::desk_to_act_on().await.story.open(size).await;
        r.keys("M<enter>").await.shows("AS ADA").shows("Esc Back").shows("? Help");
    }
}

/// Message-IDs are random; all are 16 letters long.
fn masked(screen: &str) -> String {
    super::ledger::masked(screen)
}
