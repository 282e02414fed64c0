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
mod attachments;
mod bad_input;
mod bursts;
mod cli;
mod documents;
mod fallback;
mod full_disk;
mod fuzzed;
mod http_frame;
mod http_tickets;
mod kill;
mod leak;
mod ledger;
mod mail_detours;
mod mail_forms;
mod mail_in;
mod mail_put_off;
mod mail_stop;
mod mail_threats;
mod mails;
mod messenger_http;
mod notifications;
mod page;
mod promises;
mod quarantine;
mod real_worker;
mod receive_kill;
mod refusals;
mod reply_address;
mod rules;
mod screens;
mod serve;
mod serve_http;
mod star_rules;
mod states;
mod stolen_desk;
mod store;
mod support;
mod tarpit;
mod terminal;
mod threats;
mod three_ways;
mod ticket_types;
mod two_workers;
mod undo;
mod visibility;
mod webhooks;
