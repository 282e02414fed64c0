//! The delivery ledger over the real loop: the countdown runs, and what was promised is told.

use insta::assert_snapshot;

use super::{MIDDLE, NARROW, WIDE, desk, open, seconds};

/// Message-IDs are random; all are 16 letters long.
pub fn masked(screen: &str) -> String {
    let mut parts = screen.split("<d.");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        out.push_str("<d.................");
        out.push_str(part.get(16..).unwrap());
    }
    out
}

#[tokio::test(start_paused = true)]
async fn the_countdown_runs_until_the_mail_goes() {
    let mut d = desk().await;
    d.story.later(1);
    let mut r = d.story.open(WIDE).await;
    r.keys("d").await.shows("EMAIL FALLBACK").shows("1:00 of 3:00");
    assert_snapshot!("ledger_120x36", masked(&r.picture()));
    r.advance(seconds(60)).await.shows("2:00 of 3:00").shows("in 1:00");
    let frames = r.frames();
    r.advance(seconds(10)).await;
    assert!((8..=14).contains(&(r.frames() - frames)), "{}", r.frames() - frames);
    r.keys("<esc>").await.hides("EMAIL FALLBACK");
}

#[tokio::test(start_paused = true)]
async fn each_row_tells_its_own_story() {
    let mut r = open(WIDE).await;
    r.keys("dj").await.shows("Ada opened the thread, 1:00 after it → no email");
    r.keys("j").await.shows("A note is for the team only: no badge, no email, ever.");
    r.keys("f").await.hides("A note is for the team only");
    r.keys("f<end>").await.shows("A ticket that is submitted is confirmed at once");
    r.keys("R").await.shows("Only an email that failed or rests as unknown can be sent again.");
    r.keys("q").await.hides("Deliveries of").shows("#5");
}

#[tokio::test(start_paused = true)]
async fn the_ledger_at_smaller_sizes() {
    let mut r = open(MIDDLE).await;
    r.keys("d").await;
    assert_snapshot!("ledger_80x24", masked(&r.screen()));
    let mut r = open(NARROW).await;
    r.keys("d").await;
    assert_snapshot!("ledger_60x18", masked(&r.screen()));
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_waits_is_read_before_it_goes() {
    let mut d = desk().await;
    d.story.later(1);
    let mut r = d.story.open(WIDE).await;
    r.keys("do").await.shows("Email of #5, as it will look").shows("ada@lumen.example");
    assert_snapshot!("letter_120x36", r.picture());
    // Unbound keys say so, and reading has told nobody anything.
    r.keys("x").await.shows("x does nothing here. ? shows the keys.");
    r.keys("<esc>").await.shows("EMAIL FALLBACK").shows("1:00 of 3:00");
    // What has gone, or never goes, cannot be read here: it says so.
    r.keys("jo").await.shows("Only an email that still waits can be read.");
}

#[tokio::test(start_paused = true)]
async fn a_long_mail_is_scrolled_and_a_burst_is_read_as_one() {
    let mut d = desk().await;
    d.story.later(1);
    let mut r = d.story.open(NARROW).await;
    r.keys("r").await.keys("And the second reply.").await.keys("<ctrl+s>").await;
    r.keys("do").await.shows("↓ more");
    assert_snapshot!("letter_60x18", r.picture());
    r.keys("G").await.shows("↑ more").shows("reply may still join it.");
    r.keys("<home>").await.shows("Subject").hides("And the second reply.");
    r.keys("<pgdn>").await.shows("And the second reply.");
}
