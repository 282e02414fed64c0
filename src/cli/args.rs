//! The arguments, as clap reads them. Their help texts are the command line's documentation.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

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
        /// A file to go with it; may be given several times
        #[arg(long, value_name = "FILE")]
        attach: Vec<String>,
    },
    /// Write a note for the team; no customer ever sees it
    Note {
        #[arg(value_parser = ticket)]
        id: TicketId,
        #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
        text: String,
        /// A file to go with it; may be given several times
        #[arg(long, value_name = "FILE")]
        attach: Vec<String>,
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
        recipient: String,
        /// The envelope's sender; empty for a mail system's own mail
        #[arg(long, value_name = "ADDRESS", default_value = "", allow_hyphen_values = true)]
        sender: String,
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
        /// A file to go with it; may be given several times
        #[arg(long, value_name = "FILE")]
        attach: Vec<String>,
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

/// Where to listen, or nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    Off,
    On(SocketAddr),
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

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    After(chrono::Duration),
    At(Time),
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

/// RFC 3339.
pub(super) fn time(given: &str) -> Result<Time, String> {
    chrono::DateTime::parse_from_rfc3339(given)
        .map(|t| t.to_utc())
        .map_err(|_| "not a time; write it as in 2026-06-09T14:05:29Z (RFC 3339)".into())
}

fn listen(given: &str) -> Result<Listen, String> {
    if given == "off" {
        return Ok(Listen::Off);
    }
    given
        .parse()
        .map(Listen::On)
        .map_err(|_| "not an address and port; write it as in 127.0.0.1:8420 or [::1]:8420".into())
}

fn expiry(given: &str) -> Result<Expiry, String> {
    let number = |unit| given.strip_suffix(unit).and_then(|n| n.parse::<i64>().ok());
    let after = match (number('d'), number('h')) {
        (Some(days), _) => chrono::Duration::try_days(days),
        (_, Some(hours)) => chrono::Duration::try_hours(hours),
        (None, None) => return time(given).map(Expiry::At),
    };
    // A century is for good.
    after
        .filter(|t| *t > chrono::Duration::zero() && *t <= chrono::Duration::days(36_525))
        .map(Expiry::After)
        .ok_or_else(|| "not a time that can be waited for".into())
}

fn category(given: &str) -> Result<Category, String> {
    Category::from_code(given).ok_or_else(|| {
        let codes: Vec<&str> = Category::ALL.iter().map(|c| c.code()).collect();
        format!("not a category; there are {}", codes.join(", "))
    })
}

fn state(given: &str) -> Result<TicketState, String> {
    TicketState::from_code(given).ok_or_else(|| {
        let codes: Vec<&str> = TicketState::ALL.iter().map(|s| s.code()).collect();
        format!("not a state; there are {}", codes.join(", "))
    })
}

fn ticket(given: &str) -> Result<TicketId, String> {
    let digits = given.strip_prefix('#').unwrap_or(given);
    match digits.parse::<i64>() {
        Ok(id) if id > 0 => Ok(TicketId(id)),
        Ok(_) | Err(_) => Err("not a ticket's number".into()),
    }
}

fn speed(given: &str) -> Result<f64, String> {
    match given.parse::<f64>() {
        Ok(k) if (0.01..=10_000.0).contains(&k) => Ok(k),
        Ok(_) | Err(_) => Err("not a speed between 0.01 and 10000".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Args::command().debug_assert();
    }
}
