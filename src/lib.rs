//! deskbell: a help desk in the terminal that knows what the customer knows.
pub mod clock;
pub mod config;
pub mod desk;
pub mod domain;
pub mod store;
pub mod tui;
