//! What stands behind a command that has several: `token new`, `mail test`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::value::{Attach, Expiry, Listen, category, expiry, listen, speed, ticket};
use crate::domain::{Category, TicketId};

#[derive(Debug, Clone, Subcommand)]
pub enum CustomerAct {
    /// Open a ticket's thread: what is in it counts as seen
    Open {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Write into a ticket's thread
    Reply {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
        text: String,
        #[command(flatten)]
        attach: Attach,
    },
    /// Save a file of a message they can see
    Save {
        /// The number of the message, as `messenger --open ID --json` says
        part: i64,
        /// Which of its files it is, from 0
        n: usize,
        #[arg(long, value_name = "PATH")]
        to: Option<String>,
    },
    /// Submit a ticket in the Messenger
    New {
        title: String,
        #[arg(long, value_name = "TEXT|-", allow_hyphen_values = true)]
        body: Option<String>,
        #[command(flatten)]
        attach: Attach,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum MailOf {
    /// Send one mail, and say what works; to the desk's own address, wait until it is back
    Test {
        /// Who gets it; else the desk's own address
        address: Option<String>,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum ReplyAddressOf {
    /// Make every address of a ticket that was given out so far open nothing
    Revoke {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum MailStopOf {
    /// Whom no mail goes to, and why
    List,
    /// Let mail go again from now on; what was held back stays held back
    Lift {
        /// The customer's address
        email: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum QuarantineOf {
    /// What waits for a teammate
    List {
        /// Every mail that ever arrived, with what became of it
        #[arg(long)]
        all: bool,
    },
    /// Look at a mail
    Show {
        id: i64,
        /// As it arrived, byte by byte
        #[arg(long)]
        raw: bool,
    },
    /// Let a mail in: as the reply it would have been, else as a new ticket
    Accept {
        id: i64,
        /// As a new ticket in any case
        #[arg(long)]
        new: bool,
    },
    /// Lay a mail aside for good; its row stays
    Drop { id: i64 },
}

#[derive(Debug, Clone, Subcommand)]
pub enum TypeOf {
    /// All types, with their numbers
    List,
    /// Add a type to a category and print its number
    Add {
        #[arg(value_parser = category)]
        category: Category,
        name: String,
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
        /// An emoji
        #[arg(long, value_name = "EMOJI", default_value = "")]
        icon: String,
    },
    /// Move a ticket to another type, of its category or another one
    Set {
        #[arg(value_parser = ticket)]
        id: TicketId,
        /// The type's number
        r#type: i64,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum WebhookOf {
    /// Tell an address of what customers may see; print the secret that it checks signatures with
    Add {
        url: String,
        /// Some topics only, as in ticket.created,ticket.state.updated
        #[arg(long, value_name = "TOPICS", value_delimiter = ',')]
        topics: Vec<String>,
        /// It is the team's own, and may hear what no customer sees
        #[arg(long)]
        internal: bool,
    },
    /// All webhooks, and how they are
    List,
    /// The secret of a webhook
    Secret { id: i64 },
    /// What a webhook was told, and why not, newest first
    Log { id: i64 },
    /// Send a message that says nothing but that the webhook is registered
    Ping { id: i64 },
    /// Try again at once what failed
    Resend { id: i64 },
    /// Tell a webhook nothing more
    Remove { id: i64 },
}

#[derive(Debug, Clone, Subcommand)]
pub enum SettingsOf {
    /// The Messenger's name and logo; its mails carry both
    Messenger {
        #[arg(long)]
        name: Option<String>,
        /// PNG, JPEG or GIF, up to 512 KB
        #[arg(long, value_name = "FILE")]
        logo: Option<PathBuf>,
    },
}

/// The doors of `serve`.
#[derive(Debug, Clone, ClapArgs)]
pub struct Serve {
    /// Take in mail by LMTP, on this machine only: 127.0.0.1:24, or unix:/path
    #[arg(long, value_name = "ADDRESS")]
    pub lmtp: Option<String>,
    /// Where the HTTP API and the Messenger's page are; port 0 takes any that is free, "off" none
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420", value_parser = listen)]
    pub listen: Listen,
}

#[derive(Debug, Clone, Subcommand)]
pub enum TokenOf {
    /// Make a token and print it, this once
    New {
        #[command(flatten)]
        whose: Whose,
        /// Until when it is good: 30d, 12h, or a time as in 2026-06-09T14:05:29Z; else for good
        #[arg(long, value_name = "WHEN", value_parser = expiry)]
        expires: Option<Expiry>,
    },
    /// All tokens, with whose they are and when they were last used
    List,
    /// Make a token open nothing any more
    Revoke { id: i64 },
}

/// Whose a token is.
#[derive(Debug, Clone, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// May act in the name of any teammate
    #[arg(long)]
    pub admin: bool,
    /// May do what this teammate may
    #[arg(long, value_name = "NAME")]
    pub teammate: Option<String>,
    /// May do what this customer may in their Messenger
    #[arg(long, value_name = "EMAIL")]
    pub contact: Option<String>,
}

#[derive(Debug, Clone, ClapArgs)]
pub struct Demo {
    /// The same number makes the same tickets
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub seed: u64,
    /// When the demo begins: RFC 3339, or HH:MM:SS today
    #[arg(long, value_name = "TIME")]
    pub clock: Option<String>,
    /// How many times as fast as real time the desk's clock runs
    #[arg(long, value_name = "K", default_value_t = 1.0, value_parser = speed)]
    pub clock_speed: f64,
}
