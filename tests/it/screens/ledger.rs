//! The delivery ledger over the real loop: the countdown runs, and what was promised is told.

use insta::assert_snapshot;

use super::{MIDDLE, NARROW, WIDE, desk, open, seconds};

/// Message-IDs are random; all are 16 letters long.
fn masked(screen: &str) -> String {
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
