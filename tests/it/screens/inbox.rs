//! Inbox, thread, tabs, filter, layouts.

use crossterm::event::MouseEventKind;
use deskbell::desk::imap::Reader;
use deskbell::tui::view::theme::Theme;
use insta::assert_snapshot;

use super::{MIDDLE, NARROW, WIDE, desk, open, seconds};
use crate::support::runner::story;

#[tokio::test(start_paused = true)]
async fn the_inbox_at_three_sizes() {
    assert_snapshot!("inbox_120x36", open(WIDE).await.picture());
    assert_snapshot!("inbox_80x24", open(MIDDLE).await.picture());
    assert_snapshot!("inbox_60x18", open(NARROW).await.picture());
}

#[tokio::test(start_paused = true)]
async fn the_title_bar_says_why_mail_is_not_leaving() {
    let words = "password refused: 535 5.7.8 Authentication failed for support@mail.example";
    for (size, says) in [
        (WIDE, "× mail is not leaving: password refused   "),
        (MIDDLE, "× mail out "),
        (NARROW, " ×\n"),
    ] {
        let mut desk = desk().await;
        desk.story.desk.set_mail_trouble(Some(words)).unwrap();
        desk.story.later(1);
        let r = desk.story.open(size).await;
        r.shows(says).hides("535");
        // Its ledger row says the rest; when a mail leaves, the words go.
        let mut r = r;
        r.story.desk.set_mail_trouble(None).unwrap();
        r.keys("j").await.hides("not leaving").hides(says.trim_end());
    }
}

#[tokio::test(start_paused = true)]
async fn the_title_bar_says_why_mail_is_not_coming_in() {
    let words = "password refused: [AUTHENTICATIONFAILED] Wrong name or password";
    for (size, says) in [
        (WIDE, "× mail is not coming in: password refused   "),
        (MIDDLE, "× mail in "),
        (NARROW, " ×\n"),
    ] {
        let mut desk = desk().await;
        let reader = Reader { mailbox: "m".into(), holder: "h".into() };
        let now = story();
        assert!(desk.story.desk.hold_mailbox(&reader, now).unwrap());
        desk.story.desk.set_mailbox_trouble(&reader, Some(words)).unwrap();
        desk.story.later(1);
        let mut r = desk.story.open(size).await;
        r.shows(says).hides("AUTHENTICATIONFAILED");
        r.story.desk.set_mailbox_trouble(&reader, None).unwrap();
        r.keys("j").await.hides("not coming in").hides(says.trim_end());
    }
}

#[tokio::test(start_paused = true)]
async fn when_several_things_are_wrong_the_top_says_each_or_leaves_it_out_whole() {
    let words = "password refused: 535 5.7.8 Bad";
    for (size, name) in [(WIDE, "120x36"), (MIDDLE, "80x24"), (NARROW, "60x18")] {
        let mut d = super::quarantine::desk().await;
        let text = "Content-Type: text/plain\r\n\r\nHello?\r\n";
        for subject in ["A", "Bb", "Ccc"] {
            let from = "a@x.example, b@x.example";
            super::quarantine::arrives(&d.story, from, super::quarantine::DESK, subject, text);
        }
        let reader = Reader { mailbox: "m".into(), holder: "h".into() };
        assert!(d.story.desk.hold_mailbox(&reader, story()).unwrap());
        d.story.desk.set_mailbox_trouble(&reader, Some(words)).unwrap();
        d.story.desk.set_mail_trouble(Some(words)).unwrap();
        d.story.later(1);
        let r = d.story.open_with(size, Theme::default(), 30.0).await;
        r.shows("3 held");
        let top: Vec<String> = r.screen().lines().take(2).map(str::to_owned).collect();
        assert_snapshot!(format!("all_is_wrong_{name}"), top.join("\n"));
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_tickets_head_the_address_goes_first_where_there_is_no_room() {
    let mut d = desk().await;
    let ada = d.story.desk.ticket(d.refund).unwrap().unwrap().contact.unwrap();
    let why = deskbell::domain::MailStop::HardBounce;
    d.story.desk.stop_mail(ada.id, why, None, d.story.now()).unwrap();
    d.story.does("Mara Holt", d.refund, &deskbell::domain::Action::Tag("vip".into()));
    let mut r = d.story.open(MIDDLE).await;
    r.shows("│Ada Park mail stopped #vip").hides("<ada@");
    r.resize(160, 36).await.shows("Ada Park <ada@lumen.example> mail stopped #vip");
}

#[tokio::test(start_paused = true)]
async fn one_pane_goes_round_with_tab() {
    let mut r = open(NARROW).await;
    r.shows("Refund not received").hides("SHARED WITH ADA");
    r.keys("<tab>").await.shows("SHARED WITH ADA");
    assert_snapshot!("thread_60x18", r.picture());
    r.keys("<tab>").await.shows("Messenger").hides("SHARED WITH ADA");
    r.keys("<tab>").await.shows("1 of 3");
}

#[tokio::test(start_paused = true)]
async fn m_swaps_list_and_messenger_where_two_panes_fit() {
    let mut r = open(MIDDLE).await;
    r.hides("Messenger (");
    r.keys("m").await.hides("1 of 3");
    r.keys("m").await.shows("1 of 3");
}

#[tokio::test(start_paused = true)]
async fn too_small_says_so_and_q_still_leaves() {
    let mut r = open((50, 15)).await;
    r.shows("deskbell needs 60x18, this is 50x15");
    r.keys("q").await;
    r.ended().await;
    let mut r = open(WIDE).await;
    r.resize(59, 20).await.shows("needs 60x18, this is 59x20");
    r.resize(80, 24).await.shows("Refund not received");
}

#[tokio::test(start_paused = true)]
async fn tabs_show_their_categories_and_say_who_sees_them() {
    let mut r = open(WIDE).await;
    r.keys("2").await.shows("BACK-OFFICE · INTERNAL, ADA CANNOT SEE IT").shows("INTERNAL");
    assert_snapshot!("back_office_120x36", r.picture());
    r.keys("3").await.shows("TRACKER · NEVER SHARED").shows("Linked reports (1), 1 customer");
    assert_snapshot!("tracker_120x36", r.picture());
    r.keys("4").await.shows("of 5");
    r.keys("[").await.shows("TRACKER");
    r.keys("]").await.shows("of 5");
}

#[tokio::test(start_paused = true)]
async fn rows_vanish_while_the_filter_is_typed() {
    let mut r = open(WIDE).await;
    r.keys("/chen").await.shows("Invoice shows").hides("CSV export");
    assert_snapshot!("filter_120x36", r.screen());
    r.keys("<enter>").await.shows("/ chen").hides("CSV export");
    r.keys("<esc>").await.shows("CSV export");
    r.keys("/nothing like it").await.shows("No ticket fits the filter.");
    r.keys("<esc>").await.shows("CSV export");
    r.keys("/is:urgent").await.shows("There is no is:urgent. is: takes").shows("priority");
    r.keys("<ctrl+u>state:done").await.shows("There is no state:done.").shows("resolved");
    r.keys("<ctrl+u>state:inp").await.shows("There is no state:inp.");
    r.keys("<ctrl+u>state:in-").await.hides("There is no").shows("Invoice shows");
    r.keys("<esc>").await.shows("CSV export");
}

#[tokio::test(start_paused = true)]
async fn a_number_that_no_ticket_has_changes_nothing() {
    let mut r = open(WIDE).await;
    r.keys("jg999<enter>").await.shows("There is no ticket #999.").shows("2 of 3");
    r.shows("▶ #2 Invoice").shows("Invoice shows the wrong VAT ──");
    r.keys("j").await.shows("3 of 3");
    r.keys("-").await.hides("There is no ticket #999.");
}

#[tokio::test(start_paused = true)]
async fn the_tab_changes_only_for_a_ticket_that_is_not_in_it() {
    let d = desk().await;
    let (ledger, refund) = (d.ledger, d.refund);
    let mut r = d.story.open(WIDE).await;
    r.keys(&format!("g{}<enter>", ledger.0)).await.shows("of 5").shows("Ledger adjustment ━");
    // Of its own tab a ticket that the filter leaves out is shown beside it.
    r.keys(&format!("1/chen<enter>g{}<enter>", refund.0)).await.shows("/ chen");
    r.shows("─ Customer ─").shows("Refund not received ━").hides("of 5");
    // So it is with one that is submitted, which is marked once the list has it.
    r.keys("<esc><esc>").await.shows("of 3");
    r.keys("Nada@lumen.example<tab><tab>Second card declined<ctrl+s>").await;
    r.shows("is submitted.").shows("1 of 4").shows("▶ #6 Second card");
}

#[tokio::test(start_paused = true)]
async fn linked_tickets_open_with_enter_and_minus_comes_back() {
    let mut r = open(WIDE).await;
    r.keys("3<enter>").await.shows("Webhook delays");
    r.keys("<enter>").await.shows("CUSTOMER TICKET · SHARED WITH BO");
    r.keys("-").await.shows("TRACKER · NEVER SHARED");
}

#[tokio::test(start_paused = true)]
async fn g_and_a_number_goes_there() {
    let d = desk().await;
    let (id, none) = (d.ledger, 999);
    let mut r = d.story.open(WIDE).await;
    r.keys(&format!("g{}", id.0)).await.shows("Go to ticket");
    r.keys("<enter>").await.shows("Ledger adjustment").shows("BACK-OFFICE");
    r.keys(&format!("g{none}<enter>")).await.shows("There is no ticket #999.");
    r.keys("g").await.advance(seconds(1)).await.shows("g then").shows("Drafts");
}

#[tokio::test(start_paused = true)]
async fn the_countdown_runs_down_once_a_second() {
    let mut r = open(WIDE).await;
    r.shows("email in 2:00");
    let before = r.frames();
    r.advance(seconds(30)).await.shows("email in 1:30");
    let frames = r.frames() - before;
    assert!((29..=33).contains(&frames), "{frames} frames in 30 s");
}

#[tokio::test(start_paused = true)]
async fn an_idle_screen_draws_nothing() {
    let mut story = crate::support::runner::Story::new();
    story.of("Bo Lind", "bo@lind.example", "CSV export stops");
    story.later(1).post().await;
    let mut r = story.open(WIDE).await;
    r.shows("CSV export");
    let before = r.frames();
    r.advance(seconds(5)).await.advance(seconds(3600)).await;
    assert_eq!(r.frames(), before);
}

#[tokio::test(start_paused = true)]
async fn the_mouse_selects_focuses_and_presses_tabs() {
    let mut r = open(WIDE).await;
    r.click(5, 9).await.shows("SHARED WITH BO");
    r.click(60, 10).await.keys("r").await.shows("REPLY");
    r.keys("<esc>").await;
    r.mouse(MouseEventKind::ScrollUp, 5, 8).await.shows("SHARED WITH CHEN");
    r.click(27, 1).await.shows("BACK-OFFICE");
}

#[tokio::test(start_paused = true)]
async fn a_long_list_is_read_page_by_page() {
    let mut story = crate::support::runner::Story::new();
    for n in 0..250 {
        story.of("Bo Lind", "bo@lind.example", &format!("Question {n}"));
    }
    let mut r = story.open(WIDE).await;
    r.shows("1 of 250");
    assert_eq!(r.cursor(), (1, 3), "the cursor stands on the marked row");
    r.keys("G").await.keys("G").await.keys("G").await.shows("250 of 250").shows("Question 0");
    r.keys("gg").await.shows("1 of 250").shows("Question 249");
}

#[tokio::test(start_paused = true)]
async fn a_long_thread_scrolls_to_its_first_word_and_back() {
    let mut story = crate::support::runner::Story::new();
    let id = story.customer("Refund not received");
    for n in 0..40 {
        story.notes("Sam Reyes", id, &format!("Step {n} is done."));
    }
    let mut r = story.open(WIDE).await;
    r.keys("<enter>").await.shows("Step 39").shows("older").hides("Mara Holt for Ada");
    r.keys("gg").await.shows("Mara Holt for Ada").shows("newer").hides("older").hides("Step 39");
    r.keys("<ctrl+d>").await.shows("older").shows("newer");
    r.keys("G").await.shows("Step 39").hides("newer");
    r.keys("k").await.shows("newer");
    r.keys("j").await.hides("newer");
}
