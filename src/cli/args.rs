//! The arguments, as clap reads them. Their help texts are the command line's documentation.

mod of;
mod value;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use of::{
    CustomerAct, Demo, MailOf, MailStopOf, QuarantineOf, ReplyAddressOf, Serve, SettingsOf,
    TokenOf, TypeOf, WebhookOf, Whose,
};
pub(in crate::cli) use value::time;
pub use value::{Attach, Expiry, Listen};
use value::{category, state, ticket};

use crate::domain::{Category, TicketId, TicketState, Time};

/// A help desk in the terminal that knows what the customer knows.
#[derive(Debug, Clone, Parser)]
#[command(name = "deskbell", version, about, propagate_version = true)]
#[command(after_help = "Without a command, deskbell opens the desk's screens.\n\
    Exit codes: 0 done, 1 failed, 2 usage, 3 refused by a rule.")]
pub struct Args {
    /// The desk's database; made where there is none by `new`, `work` and the screens
    #[arg(long, global = true, value_name = "PATH")]
    pub desk: Option<PathBuf>,
    /// Print data as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Act as though it were this time (RFC 3339, as in 2026-06-09T14:05:29Z); `work` and `serve` begin then
    #[arg(long, global = true, value_name = "TIME", value_parser = time)]
    pub at: Option<Time>,
    /// The teammate who acts; else the configured one, else the login name
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub as_name: Option<String>,
    /// Another configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say what the customer would be told, and do nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Only ASCII on the screen
    #[arg(long, global = true)]
    pub ascii: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Submit a ticket and print its number
    New {
        #[arg(value_parser = category)]
        category: Category,
        title: String,
        /// The customer's address
        #[arg(long, value_name = "EMAIL")]
        contact: Option<String>,
        /// The customer's name
        #[arg(long)]
        name: Option<String>,
        /// What it is about; - reads standard input
        #[arg(long, value_name = "TEXT|-", allow_hyphen_values = true)]
        body: Option<String>,
        /// Share a back-office ticket from the start
        #[arg(long)]
        shared: bool,
        #[command(flatten)]
        attach: Attach,
    },
    /// List tickets, the last changed first
    List {
        #[arg(long, value_parser = category)]
        category: Option<Category>,
        #[arg(long, value_parser = state)]
        state: Option<TicketState>,
    },
    /// Show a ticket as the team sees it
    Show {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Tell the story of a ticket's notifications from the ledger
    Why {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Reply to the customer
    Reply {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
        text: String,
        #[command(flatten)]
        attach: Attach,
    },
    /// Write a note for the team; no customer ever sees it
    Note {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
        text: String,
        #[command(flatten)]
        attach: Attach,
    },
    /// The files of a ticket, numbered
    Attachments {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Save a file of a ticket; never over another one, and never opened
    Save {
        #[arg(value_parser = ticket)]
        id: TicketId,
        /// Its number in the list that `attachments` prints
        n: usize,
        /// A folder, or a path with a name; else ~/Downloads where there is one, or here
        #[arg(long, value_name = "PATH")]
        to: Option<String>,
    },
    /// Change the state: submitted, in-progress, waiting or resolved
    State {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_parser = state)]
        state: TicketState,
    },
    /// Close without resolving; the customer is told nothing
    Close {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Open a closed ticket again; the customer is told nothing
    Reopen {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Share a back-office ticket with its customer
    Share {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Take a back-office ticket from its customer's sight
    Unshare {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Assign to a teammate; "nobody" takes it from everybody
    Assign {
        #[arg(value_parser = ticket)]
        id: TicketId,
        name: String,
    },
    /// Take back the newest reply, state change or sharing the customer does not know of yet
    Undo {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// Change the title
    Rename {
        #[arg(value_parser = ticket)]
        id: TicketId,
        title: String,
    },
    /// Say whom an internal back-office ticket is for
    Contact {
        #[arg(value_parser = ticket)]
        id: TicketId,
        email: String,
        #[arg(long)]
        name: Option<String>,
    },
    /// Add a tag
    Tag {
        #[arg(value_parser = ticket)]
        id: TicketId,
        tag: String,
    },
    /// Remove a tag
    Untag {
        #[arg(value_parser = ticket)]
        id: TicketId,
        tag: String,
    },
    /// Mark as priority, or not: on or off
    Priority {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_parser = ["on", "off"])]
        switch: String,
    },
    /// Snooze until a time, or wake with "off"
    Snooze {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_name = "TIME|off")]
        until: String,
    },
    /// Link two tickets: a tracker and a report, or a back-office ticket and where it came from
    Link {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_parser = ticket)]
        other: TicketId,
    },
    /// Unlink two tickets
    Unlink {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_parser = ticket)]
        other: TicketId,
    },
    /// Delete a ticket: it leaves every surface; its parts and its ledger stay in the database
    Delete {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// The types of tickets: one for each category from the start, and more
    Type {
        #[command(subcommand)]
        what: TypeOf,
    },
    /// Send the mails of a ticket again that rest as unknown or failed
    Resend {
        #[arg(value_parser = ticket)]
        id: TicketId,
    },
    /// The customer's Messenger, full screen; with --plain what that customer sees now
    Messenger {
        email: String,
        /// Print instead of drawing
        #[arg(long)]
        plain: bool,
        /// Open this ticket: it counts as seen, so it needs what acting as the customer needs
        #[arg(long, value_name = "ID", value_parser = ticket)]
        open: Option<TicketId>,
    },
    /// Act as the customer, in a demo desk or where the configuration allows it
    Customer {
        email: String,
        #[command(subcommand)]
        act: CustomerAct,
    },
    /// Send what is due; runs until stopped
    Work {
        /// One turn only
        #[arg(long)]
        once: bool,
    },
    /// Stay without a screen: send what is due and open the doors named; runs until stopped
    Serve(Serve),
    /// Take in one mail from standard input, as a mail server's pipe does: exit code 0 once it is
    /// kept on the disk, else 75, so that the server keeps it and tries again
    Receive {
        /// The envelope's recipient
        #[arg(long, value_name = "ADDRESS")]
        recipient: OsString,
        /// The envelope's sender, empty for a mail system's own mail; else as Return-Path says
        #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
        sender: Option<OsString>,
    },
    /// Mail that was not accepted, each with its cause
    Quarantine {
        #[command(subcommand)]
        what: QuarantineOf,
    },
    /// Look at or change the desk's settings
    Settings {
        #[command(subcommand)]
        what: SettingsOf,
    },
    /// Try out whether mail works
    Mail {
        #[command(subcommand)]
        what: MailOf,
    },
    /// Mail that stopped because an address bounced or was unsubscribed
    MailStop {
        #[command(subcommand)]
        what: MailStopOf,
    },
    /// The signed addresses that customers answer to
    ReplyAddress {
        #[command(subcommand)]
        what: ReplyAddressOf,
    },
    /// Tokens for the HTTP API
    Token {
        #[command(subcommand)]
        what: TokenOf,
    },
    /// Other programs that are told of what happens, by HTTP
    Webhook {
        #[command(subcommand)]
        what: WebhookOf,
    },
    /// Explain the mail settings, and what is wrong with them; sends nothing
    Doctor,
    /// A throwaway desk with lively tickets, to look around
    Demo(Demo),
    /// The keys of the screens
    Keys {
        /// As a Markdown table
        #[arg(long)]
        markdown: bool,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Args::command().debug_assert();
    }
}
