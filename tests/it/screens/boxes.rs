//! State, share, assign, prompts, palette: each says what it does before the key that does it.

use deskbell::desk::settings::DemoClock;
use deskbell::domain::TicketState;
use insta::assert_snapshot;

use super::{MIDDLE, NARROW, WIDE, desk, open, seconds};
use crate::support::bench::morning;

#[tokio::test(start_paused = true)]
async fn the_state_box_shows_who_is_told_before_it_is_done() {
    let d = desk().await;
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("s4").await.shows("ADA WILL BE TOLD").shows("pill reads \"Resolved\"");
    assert_snapshot!("state_told_120x36", r.picture());
    r.keys("5").await.shows("SILENCE").shows("closed without being resolved sends nothing");
    assert_snapshot!("state_silence_120x36", r.picture());
    let state =
        |r: &crate::support::runner::Runner| r.story.desk.ticket(id).unwrap().unwrap().ticket.state;
    assert_eq!(state(&r), TicketState::Submitted, "looking does nothing");
    r.keys("4").await;
    assert_eq!(state(&r), TicketState::Submitted, "another digit only looks");
    r.keys("4").await.hides("WILL BE TOLD").shows("#5 is Resolved");
    assert_eq!(state(&r), TicketState::Resolved);
    r.keys("s").await.shows("(now)").shows("Reopen");
    r.keys("<enter>").await.shows("is already Resolved");
    r.keys("<esc>u").await.shows("Taken back");
    assert_eq!(state(&r), TicketState::Submitted);
}

#[tokio::test(start_paused = true)]
async fn the_state_box_at_smaller_sizes() {
    let mut r = open(MIDDLE).await;
    r.keys("s4").await;
    assert_snapshot!("state_80x24", r.screen());
    let mut r = open(NARROW).await;
    r.keys("s4").await;
    assert_snapshot!("state_60x18", r.screen());
}

#[tokio::test(start_paused = true)]
async fn sharing_takes_s_twice_and_nothing_else() {
    let d = desk().await;
    let id = d.ledger;
    let mut r = d.story.open(WIDE).await;
    let shared = |r: &crate::support::runner::Runner| {
        r.story.desk.ticket(id).unwrap().unwrap().ticket.shared
    };
    r.keys("2S").await.shows("Share #4 with Ada?").shows("STAYS WITH THE TEAM");
    assert_snapshot!("share_120x36", r.picture());
    r.keys("<down><enter>").await.hides("STAYS WITH THE TEAM");
    assert!(!shared(&r), "Enter keeps it internal");
    r.keys("S<esc>").await;
    assert!(!shared(&r));
    r.keys("Se").await.shows("Rename #4");
    r.keys("<ctrl+u>Your payout<enter>").await.shows("Your payout").shows("Share #4");
    r.keys("S").await.shows("is shared").shows("BACK-OFFICE · SHARED WITH ADA");
    assert!(shared(&r));
    r.keys("S").await.shows("End sharing #4 with Ada?");
    assert_snapshot!("unshare_120x36", r.screen());
    r.keys("S").await.shows("is internal again");
    assert!(!shared(&r));
}

#[tokio::test(start_paused = true)]
async fn the_share_box_at_smaller_sizes() {
    let mut r = open(MIDDLE).await;
    r.keys("2S").await;
    assert_snapshot!("share_80x24", r.screen());
    let mut r = open(NARROW).await;
    r.keys("2S").await;
    assert_snapshot!("share_60x18", r.screen());
}

#[tokio::test(start_paused = true)]
async fn v4_what_cannot_be_shared_says_the_rule() {
    let mut r = open(WIDE).await;
    r.keys("S").await.shows("is a Customer ticket: it is always shared with its customer");
    r.keys("3S").await.shows("so #3 cannot be shared");
}

#[tokio::test(start_paused = true)]
async fn assigning_by_name() {
    let d = desk().await;
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("a").await.shows("Mara Holt (you)").shows("nobody");
    assert_snapshot!("assign_120x36", r.screen());
    r.keys("sam<enter>").await.shows("is assigned to Sam Reyes");
    r.keys("u").await.shows("Taken back");
    r.keys("aLee<enter>").await.shows("is assigned to Lee");
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    assert_eq!(view.assignee.unwrap().name, "Lee");
}

#[tokio::test(start_paused = true)]
async fn one_line_questions_keep_what_was_typed_and_say_what_is_wrong() {
    let mut r = open(WIDE).await;
    r.keys("ttwo words<enter>").await.shows("is no tag");
    assert_snapshot!("prompt_120x36", r.screen());
    r.keys("<ctrl+u>vip<enter>").await.shows("has the tag vip").shows("Tag vip added");
    r.keys("z4h<enter>").await.shows("is snoozed").shows(", snoozed");
    r.keys("p").await.shows("! Ada Park");
    r.keys("+4<enter>").await.shows("Linked (1)").shows("is linked to #4");
    r.keys("<del>4<enter>").await.shows("no longer linked");
    r.keys("C").await.shows("can only be set while it is internal");
    r.keys("2C").await.shows("Whose is #4?");
}

#[tokio::test(start_paused = true)]
async fn the_palette_finds_commands_and_says_why_they_are_off() {
    let mut r = open(WIDE).await;
    r.keys(":shar").await.shows("Share").shows("always shared");
    assert_snapshot!("palette_120x36", r.picture());
    r.keys("<enter>").await.shows("always shared with its customer");
    r.keys("<ctrl+p>note<enter>").await.shows("NOTE ░");
}

#[tokio::test(start_paused = true)]
async fn quitting_with_mail_waiting_says_what_becomes_of_it() {
    let mut r = open(WIDE).await;
    r.keys("q").await.shows("1 email is waiting").shows("y    Quit anyway").shows("y Yes");
    r.shows("\"deskbell work\"").shows("\"deskbell serve\"").shows("Another deskbell");
    assert_snapshot!("quit_120x36", r.screen());
    r.keys("<enter>").await.hides("Quit with mail");
    assert!(r.is_running());
    r.keys("qq").await;
    r.ended().await;
    let mut r = open(WIDE).await;
    r.keys("qy").await;
    r.ended().await;
}

#[tokio::test(start_paused = true)]
async fn quitting_a_demo_says_that_its_desk_is_thrown_away() {
    let d = desk().await;
    let at = morning();
    d.story.desk.set_demo_clock(DemoClock { real: at, desk: at, speed: 1.0 }).unwrap();
    let mut r = d.story.open(WIDE).await;
    r.keys("q").await.shows("1 email is waiting").shows("thrown away").hides("deskbell work");
}

#[tokio::test(start_paused = true)]
async fn toasts_go_away_by_themselves() {
    let mut r = open(WIDE).await;
    r.keys("D").await.shows("There are no drafts.");
    r.advance(seconds(7)).await.hides("There are no drafts.");
}
