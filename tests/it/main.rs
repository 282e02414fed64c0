//! The one integration test binary: a list of its rooms.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that fails should fail loudly, and may read the real clock"
)]

mod architecture;
mod bad_input;
mod bursts;
mod cli;
mod documents;
mod kill;
mod leak;
mod notifications;
mod promises;
mod rules;
mod screens;
mod store;
mod support;
mod terminal;
mod undo;
mod visibility;
