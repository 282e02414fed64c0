//! The steps of a random story, as proptest draws them.

use proptest::prelude::*;

/// What happens next. Numbers pick among what is there, modulo how much that is.
#[derive(Debug, Clone)]
pub enum Step {
    Wait(i64),
    Reply(usize),
    Note(usize),
    State(usize, usize),
    Close(usize),
    Reopen(usize),
    Share(usize),
    Unshare(usize),
    Assign(usize, usize),
    Rename(usize),
    Tag(usize),
    Untag(usize),
    Priority(usize, bool),
    Snooze(usize, bool),
    Link(usize, usize),
    Unlink(usize, usize),
    SetContact(usize, usize),
    Undo(usize),
    /// The customer opens the thread in the Messenger: mostly one of theirs.
    Open(usize, bool),
    Answer(usize, bool),
    Submit {
        category: usize,
        contact: usize,
        shared: bool,
        by_customer: bool,
    },
}

/// Single steps, and runs of steps that a random walk would seldom find: bursts that reach their
/// ten minutes, states that follow one another within their grace, a switch turned off and on.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let short = prop::sample::select(vec![1, 4, 9, 30, 120, 170, 179]);
    let again =
        (ticket(), prop::collection::vec((0_usize..9, short), 2..8)).prop_map(|(t, turns)| {
            let one = |(kind, wait): (usize, i64)| {
                let step = match kind {
                    0..5 => Step::Reply(t),
                    5 => Step::State(t, usize::try_from(wait).unwrap_or(0) % 4),
                    6 => Step::Undo(t),
                    7 => Step::Unshare(t),
                    _ => Step::Share(t),
                };
                [step, Step::Wait(wait)]
            };
            turns.into_iter().flat_map(one).collect()
        });
    let run = prop_oneof![5 => step().prop_map(|s| vec![s]), 1 => again];
    prop::collection::vec(run, 1..30).prop_map(|runs| runs.concat())
}

/// Of the first dozen tickets, mostly one of four.
fn ticket() -> impl Strategy<Value = usize> {
    prop_oneof![1 => 0_usize..12, 2 => prop::sample::select(vec![0_usize, 1, 3, 4])]
}

fn step() -> impl Strategy<Value = Step> {
    let t = ticket;
    let waits = prop::sample::select(vec![1, 4, 9, 10, 11, 60, 120, 179, 180, 181, 601]);
    prop_oneof![
        5 => waits.prop_map(Step::Wait),
        6 => t().prop_map(Step::Reply),
        2 => t().prop_map(Step::Note),
        5 => (t(), 0_usize..4).prop_map(|(t, s)| Step::State(t, s)),
        2 => t().prop_map(Step::Close),
        1 => t().prop_map(Step::Reopen),
        4 => t().prop_map(Step::Share),
        3 => t().prop_map(Step::Unshare),
        1 => (t(), 0_usize..4).prop_map(|(t, m)| Step::Assign(t, m)),
        2 => t().prop_map(Step::Rename),
        1 => t().prop_map(Step::Tag),
        1 => t().prop_map(Step::Untag),
        1 => (t(), any::<bool>()).prop_map(|(t, on)| Step::Priority(t, on)),
        1 => (t(), any::<bool>()).prop_map(|(t, on)| Step::Snooze(t, on)),
        2 => (t(), t()).prop_map(|(t, o)| Step::Link(t, o)),
        1 => (t(), t()).prop_map(|(t, o)| Step::Unlink(t, o)),
        1 => (t(), 0_usize..3).prop_map(|(t, c)| Step::SetContact(t, c)),
        4 => t().prop_map(Step::Undo),
        3 => (t(), prop::bool::weighted(0.2)).prop_map(|(t, s)| Step::Open(t, s)),
        3 => (t(), prop::bool::weighted(0.2)).prop_map(|(t, s)| Step::Answer(t, s)),
        1 => (0_usize..3, 0_usize..4, any::<bool>(), any::<bool>()).prop_map(
            |(category, contact, shared, by_customer)| {
                Step::Submit { category, contact, shared, by_customer }
            }
        ),
    ]
}
