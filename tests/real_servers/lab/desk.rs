//! A desk in the lab: the built program with a home of its own, as the user of the lab.

use std::cell::RefCell;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::dovecot::Dovecot;
use super::kept::Kept;
use super::postfix::Postfix;
use super::tls::Tls;
use super::user::User;
use super::{Ahead, eventually, free_port};
use crate::program::Ran;

/// How mail comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Postfix runs `deskbell receive` for each mail.
    Pipe,
    /// Postfix talks to `deskbell serve --lmtp`.
    Lmtp,
    /// Postfix hands it to Dovecot, and `deskbell serve` looks into that mailbox.
    Imap,
}

pub struct Desk {
    pub domain: String,
    pub address: String,
    pub way: Way,
    pub home: PathBuf,
    pub program: PathBuf,
    pub user: User,
    ahead: Ahead,
    pub lmtp: u16,
    /// Variables that its programs find beside the usual ones.
    pub variables: RefCell<Vec<(String, String)>>,
    stays: RefCell<Option<Kept>>,
}

impl Desk {
    pub fn new(lab: &Path, domain: &str, way: Way, user: User, ahead: Ahead) -> Self {
        let home = lab.join(domain);
        user.folder(&home);
        Self {
            domain: domain.into(),
            address: format!("support@{domain}"),
            way,
            home,
            program: lab.join("deskbell"),
            user,
            ahead,
            lmtp: free_port(),
            variables: RefCell::default(),
            stays: RefCell::default(),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.home.join("desk/desk.db")
    }

    /// The name of its pipe in `master.cf`.
    fn pipe_name(&self) -> String {
        format!("pipe-{}", self.domain.split('.').next().unwrap())
    }

    /// Its line of `master.cf`. The program is told the desk's time, which is ahead of the world's.
    pub fn pipe(&self) -> String {
        let (name, user) = (self.pipe_name(), self.user.name());
        let then = self.home.join("receive");
        let (program, desk, config) = (self.program.display(), self.path(), self.config_path());
        let script = format!(
            "#!/bin/sh\nahead=$(cat {})\nexec {program} --desk {} --config {} --at \
             \"$(date -u -d \"$ahead seconds\" +%Y-%m-%dT%H:%M:%S.%3NZ)\" receive \"$@\"\n",
            self.program.with_file_name("ahead").display(),
            desk.display(),
            config.display(),
        );
        fs::write(&then, script).unwrap();
        fs::set_permissions(&then, fs::Permissions::from_mode(0o755)).unwrap();
        format!(
            "{name} unix - n n - - pipe flags=DORhu user={user}\n  argv={} --recipient \
             ${{original_recipient}} --sender ${{sender}}\n",
            then.display()
        )
    }

    pub fn pipe_limit(&self) -> String {
        format!("{}_destination_recipient_limit = 1\n", self.pipe_name())
    }

    /// Where Postfix hands its mail to.
    pub fn transport(&self, dovecot: &Dovecot) -> String {
        match self.way {
            Way::Pipe => format!("{}:", self.pipe_name()),
            Way::Lmtp => format!("lmtp:inet:127.0.0.1:{}", self.lmtp),
            Way::Imap => format!("lmtp:inet:127.0.0.1:{}", dovecot.lmtp),
        }
    }

    pub fn config_path(&self) -> PathBuf {
        self.home.join("config.toml")
    }

    /// Writes its configuration: mail leaves by submission with STARTTLS and a password.
    pub fn settle(&self, postfix: &Postfix, dovecot: &Dovecot, tls: &Tls) {
        // Any address of this machine leads to it; but that one does without TLS only for 127.0.0.1
        // and its like, so this one is where STARTTLS is demanded.
        let smtp = format!("smtp://support@0.0.0.0:{}", postfix.submission);
        self.secret("password", "secret\n");
        let mut text = format!(
            "[mail]\nsmtp = \"{smtp}\"\naddress = \"{}\"\npassword_file = \"{}\"\nca_file = \"{}\"\n",
            self.address,
            self.home.join("password").display(),
            tls.authority.display()
        );
        if self.way == Way::Imap {
            text += &format!("imap = \"imaps://support@127.0.0.1:{}\"\n", dovecot.imaps);
        }
        self.configure(&text);
    }

    pub fn configure(&self, text: &str) {
        fs::write(self.config_path(), text).unwrap();
    }

    pub fn config(&self) -> String {
        fs::read_to_string(self.config_path()).unwrap()
    }

    /// A file that only its user can read.
    pub fn secret(&self, name: &str, text: &str) {
        let path = self.home.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        self.user.owns(&path);
    }

    /// The program with this desk and the desk's time.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--desk").arg(self.path()).arg("--config").arg(self.config_path());
        command.args(["--as", "Mara Holt"]);
        command.args(["--at", &self.ahead.now().to_rfc3339()]).args(args);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", &self.home)
            .envs(self.variables.borrow().iter().cloned())
            .current_dir(&self.home)
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let output = self.user.runs(&mut self.command(args)).output().unwrap();
        Ran::of(args, output)
    }

    /// Runs with a text on standard input.
    pub fn feed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.user.runs(&mut command).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::of(args, child.wait_with_output().unwrap())
    }

    /// The program that takes mail in and sends it, for as long as the test lasts.
    pub fn serve(&self) {
        let lmtp = format!("127.0.0.1:{}", self.lmtp);
        let args = match self.way {
            Way::Pipe => vec!["work"],
            Way::Lmtp => vec!["serve", "--listen", "off", "--lmtp", &lmtp],
            Way::Imap => vec!["serve", "--listen", "off"],
        };
        let kept = Kept::start(self.user, &self.home.join("log"), &self.command(&args));
        if self.way == Way::Lmtp {
            kept.listens(self.lmtp).unwrap_or_else(|| panic!("no LMTP: {}", self.state()));
        }
        *self.stays.borrow_mut() = Some(kept);
    }

    /// Ends what [`Desk::serve`] has started.
    pub fn stop(&self) {
        self.stays.borrow_mut().take();
    }

    /// SIGKILL, at this moment.
    pub fn kill(&self) {
        if let Some(kept) = self.stays.borrow_mut().take() {
            kept.kill();
        }
    }

    /// With the desk's time as it is now.
    pub(super) fn restart(&self) {
        let before = self.stays.borrow_mut().take();
        if before.is_some() {
            drop(before);
            self.serve();
        }
    }

    /// Sends what is due now, and no more.
    pub fn work(&self) {
        self.run(&["work", "--once"]).done();
    }

    pub fn ticket(&self, id: &str) -> Value {
        self.run(&["show", id, "--json"]).json()
    }

    /// Event and text of each part of a ticket, the oldest first.
    pub fn parts(&self, id: &str) -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let view = self.ticket(id);
        let parts = view["parts"].as_array().unwrap();
        parts.iter().map(|p| (text(&p["event"]["kind"]), text(&p["body"]))).collect()
    }

    /// The numbers of its tickets.
    pub fn tickets(&self) -> Vec<i64> {
        let list = self.run(&["list", "--json"]).json();
        let mut ids: Vec<i64> =
            list.as_array().unwrap().iter().map(|t| t["id"].as_i64().unwrap()).collect();
        ids.sort_unstable();
        ids
    }

    /// The last row of a ticket's ledger for an event's email.
    pub fn email(&self, id: &str, event: &str) -> Value {
        let rows = self.run(&["why", id, "--json"]).json();
        let of = |r: &&Value| r["channel"] == "email" && r["event"] == event;
        rows.as_array().unwrap().iter().rfind(of).unwrap_or(&Value::Null).clone()
    }

    /// Waits until a ticket has a part with this text; returns its event.
    pub fn has(&self, id: &str, text: &str) -> String {
        let look = || {
            let parts = self.parts(id);
            parts.into_iter().find(|(_, body)| body.contains(text)).map(|(event, _)| event)
        };
        eventually(&format!("{text} in ticket {id}"), look, || self.state())
    }

    /// Waits for a ticket with this title; returns its number.
    pub fn titled(&self, title: &str) -> String {
        let look = || {
            let list = self.run(&["list", "--json"]).json();
            let ticket = list.as_array().unwrap().iter().find(|t| t["title"] == title)?.clone();
            Some(ticket["id"].to_string())
        };
        eventually(&format!("a ticket {title}"), look, || self.state())
    }

    /// For a test that fails.
    pub fn state(&self) -> String {
        let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
        let own = self.home.join(".local/state/deskbell/deskbell.log");
        let own = fs::read_to_string(own).unwrap_or_default();
        let held = self.run(&["quarantine", "list", "--all"]).stdout;
        format!("{}: {log}\n{own}\nquarantine: {held}", self.domain)
    }
}
