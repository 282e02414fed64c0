//! Mail both ways through servers that everybody knows: Postfix and Dovecot as Debian packs them, on
//! loopback, with throwaway certificates, and the built program between them.
//!
//! On a machine without them these tests say that they skip, and why. With `DESKBELL_LAB=required`
//! in the environment, as in `.ci/run`, that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that fails should fail loudly, and may read the real clock"
)]

#[path = "../it/support/sink.rs"]
mod sink;

#[path = "../it/support/program.rs"]
#[allow(dead_code, reason = "the other test binary uses all of it")]
mod program;

mod headers;
mod hostile;
mod imap;
mod lab;
mod life;
mod mail_test;
mod setups;
