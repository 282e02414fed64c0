//! deskbell: a help desk in the terminal that knows what the customer knows.
//!
//! A small team works its tickets here; beside every ticket stands the customer's own Messenger
//! view; every mail that leaves, or does not, has a reason anyone can read.
//!
//! Its heart is one rule book (categories and visibility V, states S, what tells the customer N,
//! undo U, the ledger L, mail M), kept by the pure [`domain`]. The floors above it:
//!
//! ```text
//! 4  cli  tui  api  worker  intake  demo   shells: may name anything below
//! 3  desk                       use cases; the only place where domain meets store and mail
//! 2  store  mail  hook          may name domain, never each other
//! 1  domain                     pure: no I/O, no async, no clock, no randomness
//! 0  clock, config              clock is named by floor 4 only; config is read once, passed down
//! ```

pub mod api;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod desk;
pub mod domain;
pub mod hook;
pub mod intake;
pub mod mail;
pub mod store;
pub mod tui;
pub mod webhook_worker;
pub mod worker;
