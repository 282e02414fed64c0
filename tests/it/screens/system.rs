//! Other themes and clocks.

use deskbell::tui::view::theme::{Preset, Theme};
use insta::assert_snapshot;

use super::{WIDE, desk};

#[tokio::test(start_paused = true)]
async fn no_color_leaves_no_colour() {
    let r = desk().await.story.open_with(WIDE, Theme::new(Preset::Mono), 1.0).await;
    let picture = r.picture();
    for colour in ["Red", "Green", "Yellow", "Blue", "Magenta", "Cyan"] {
        assert!(!picture.contains(colour), "{colour}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fast_clock_says_so() {
    let r = desk().await.story.open_with(WIDE, Theme::default(), 30.0).await;
    r.shows("demo clock x30");
}

#[tokio::test(start_paused = true)]
async fn changes_of_others_appear_by_themselves() {
    let d = desk().await;
    let mut r = d.story.open(WIDE).await;
    let id = d.refund;
    let (sam, _) = r.story.desk.teammate("Sam Reyes", r.clock.now()).unwrap();
    let action = deskbell::domain::Action::note("I have it.");
    let actor = deskbell::domain::Actor::Teammate(sam);
    r.story.desk.perform(&actor, id, &action, r.clock.now()).unwrap();
    r.rest().await.shows("I have it.");
    assert_snapshot!("others_120x36", r.screen());
}
