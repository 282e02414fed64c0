//! The command line: the desk's use cases for scripts, and the door to its screens.
//!
//! Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 usage, 3 refused by a rule.

mod args;
mod customer;
mod doctor;
mod files;
mod mail;
mod mail_stop;
mod print;
mod quarantine;
mod receive;
mod serve;
mod settings;
mod shells;
mod tickets;
mod tokens;
mod ways;
mod webhook;

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser;

pub use args::{Args, Command};

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::desk::{Desk, DeskError, Policy};
use crate::domain::text::{BODY_BYTES, clean_line};
use crate::domain::{Actor, EmailAddress, Refusal, Time};
use crate::mail::ascii_address;
use crate::mail::key_file::{key_path, load_or_create};

/// Runs the program with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    // A file that may not grow (`ulimit -f`, as mail servers set for a pipe) is an error of the one
    // write, with a sentence, and not the end of the program.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    if receive::is_asked_for(std::env::args_os()) {
        // A fault of the program keeps the mail where it is, as everything else does.
        let code = std::panic::catch_unwind(program).unwrap_or(receive::TRY_AGAIN);
        return ExitCode::from(if code == 0 { 0 } else { receive::TRY_AGAIN });
    }
    ExitCode::from(program())
}

fn program() -> u8 {
    let args = match Args::try_parse() {
        Ok(args) => args,
        // An argument may be text of others, and is repeated here.
        Err(wrong) if wrong.use_stderr() => {
            print::talk(wrong.render().to_string().trim_end());
            return 2;
        }
        Err(help) => help.exit(),
    };
    match run(args) {
        Ok(()) => 0,
        Err(error) => {
            print::talk(&format!("deskbell: {}", clean_line(&print::chain(&error))));
            let rule = error.downcast_ref::<DeskError>().is_some_and(DeskError::is_rule);
            if rule { 3 } else { 1 }
        }
    }
}

/// What every command has at hand.
pub(crate) struct Setting {
    pub args: Args,
    pub config: Config,
}

fn run(args: Args) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref())?;
    let setting = Setting { args, config };
    match setting.args.command.clone() {
        None => shells::desk(&setting),
        Some(Command::Demo(demo)) => shells::demo(&setting, &demo),
        Some(Command::Work { once }) => shells::work(&setting, once),
        Some(Command::Serve(doors)) => serve::run(&setting, &doors),
        Some(Command::Messenger { email, plain, open }) => {
            if plain || open.is_some() || !std::io::stdout().is_terminal() {
                customer::plain(&setting, &email, open)
            } else {
                shells::messenger(&setting, &email)
            }
        }
        Some(Command::Customer { email, act }) => customer::act(&setting, &email, &act),
        Some(Command::Mail { what }) => mail::run(&setting, &what),
        Some(Command::ReplyAddress { what }) => mail::reply_address(&setting, &what),
        Some(Command::MailStop { what }) => mail_stop::run(&setting, &what),
        Some(Command::Token { what }) => tokens::run(&setting, &what),
        Some(Command::Doctor) => doctor::run(&setting),
        Some(Command::Receive { recipient, sender }) => {
            receive::run(&setting, &recipient, sender.as_deref())
        }
        Some(Command::Quarantine { what }) => quarantine::run(&setting, &what),
        Some(Command::Webhook { what }) => webhook::run(&setting, &what),
        Some(Command::Settings { what }) => settings::run(&setting, &what),
        Some(command) => tickets::run(&setting, &command),
    }
}

impl Setting {
    pub fn desk_path(&self) -> anyhow::Result<PathBuf> {
        match (&self.args.desk, &self.config.desk) {
            (Some(path), _) | (None, Some(path)) => Ok(path.clone()),
            (None, None) => Ok(config::default_desk()?),
        }
    }

    /// Opens the desk; `create` makes one where there is none. The default desk is always made.
    pub fn open(&self, create: bool) -> anyhow::Result<Desk> {
        let path = self.desk_path()?;
        let create = create || self.args.desk.is_none();
        self.open_at(&path, create)
    }

    /// Opens the desk at `path` with the key that lies beside it, made where there is none.
    pub fn open_at(&self, path: &Path, create: bool) -> anyhow::Result<Desk> {
        let desk = Desk::open(path, create, self.policy()?)?;
        let key = load_or_create(&key_path(desk.path()))?;
        Ok(desk.with_key(key))
    }

    pub fn policy(&self) -> anyhow::Result<Policy> {
        let default = Policy::default();
        let address = match &self.config.mail.address {
            Some(address) => {
                let wrong = "The setting mail.address is wrong";
                let address = EmailAddress::new(address).context(wrong)?;
                // Message-IDs end in its domain, and are plain ASCII.
                Some(ascii_address(&address).context(wrong)?)
            }
            None => None,
        };
        let delimiter = self.config.mail.delimiter.unwrap_or(default.delimiter);
        anyhow::ensure!(
            matches!(delimiter, '+' | '-'),
            "The setting mail.delimiter is wrong: it is + or -, as the mail server has it."
        );
        Ok(Policy {
            grace: self
                .config
                .mail
                .grace_seconds
                .map_or(default.grace, |s| chrono::Duration::seconds(i64::from(s))),
            allow_acting_as_customer: self.config.allow_acting_as_customer,
            address,
            delimiter,
            key: None,
            authserv_id: self.config.mail.authserv_id.clone(),
        })
    }

    /// The clock this command goes by: `--at`, else the demo desk's own, else the system's.
    pub fn clock(&self, desk: &Desk) -> anyhow::Result<Clock> {
        if let Some(at) = self.args.at {
            return Ok(Clock::frozen(at));
        }
        let system = Clock::system();
        Ok(match desk.demo_clock()? {
            Some(demo) => Clock::running_from(demo.at(system.now()), demo.speed),
            None => system,
        })
    }

    /// The clock of a program that stays: with `--at` it begins then, and runs on.
    pub fn running_clock(&self, desk: &Desk) -> anyhow::Result<Clock> {
        match self.args.at {
            Some(at) => Ok(Clock::running_from(at, 1.0)),
            None => self.clock(desk),
        }
    }

    pub fn now(&self, desk: &Desk) -> anyhow::Result<Time> {
        Ok(self.clock(desk)?.now())
    }

    /// The name of the teammate who acts.
    pub fn teammate_name(&self) -> String {
        let login = || std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).ok();
        let given = self.args.as_name.clone().or_else(|| self.config.teammate.clone());
        given.or_else(login).filter(|n| !n.trim().is_empty()).unwrap_or_else(|| "Teammate".into())
    }

    pub fn actor(&self, desk: &Desk, now: Time) -> anyhow::Result<Actor> {
        Ok(Actor::Teammate(desk.teammate(&self.teammate_name(), now)?.0))
    }
}

/// A text argument; `-` reads standard input, never more than a body can hold.
pub(crate) fn text(given: &str) -> anyhow::Result<String> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    let limit = BODY_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(limit)
        .read_to_end(&mut bytes)
        .context("Standard input cannot be read")?;
    if bytes.len() > BODY_BYTES {
        return Err(DeskError::from(Refusal::BodyTooLong(bytes.len())).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
