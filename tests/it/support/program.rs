//! The built program, run as a script would run it: in a home of its own, with a desk of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// A home folder with nothing in it, and what runs there.
pub struct Program {
    home: TempDir,
    at: String,
    teammate: String,
}

impl Program {
    pub fn new() -> Self {
        Self {
            home: TempDir::new().unwrap(),
            at: "2026-06-09T14:00:00Z".into(),
            teammate: "Mara Holt".into(),
        }
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The desk that every command is given; its folder is not there before the first `new`.
    pub fn desk(&self) -> PathBuf {
        self.home().join("northwind/desk.db")
    }

    pub fn outbox(&self) -> PathBuf {
        self.home().join("northwind/outbox")
    }

    /// The mails written so far, each whole.
    pub fn mails(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.outbox()) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == "eml"));
        paths.sort();
        paths.iter().map(|p| fs::read_to_string(p).unwrap()).collect()
    }

    /// Writes the configuration.
    pub fn configure(&self, text: &str) {
        let folder = self.home().join(".config/deskbell");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), text).unwrap();
    }

    /// From here on it is this time of the 9th of June 2026, UTC.
    pub fn at(&mut self, clock: &str) -> &Self {
        self.at = format!("2026-06-09T{clock}Z");
        self
    }

    /// The program, with nothing of this machine's environment but the way to the system's tools.
    pub fn bare(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.home())
            .current_dir(self.home())
            .stdin(Stdio::null());
        command
    }

    /// [`Program::bare`] with the desk, the time and the teammate as arguments.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.bare();
        command.arg("--desk").arg(self.desk()).args(["--at", &self.at, "--as", &self.teammate]);
        command.args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(args, self.command(args).output().unwrap())
    }

    /// Runs with a text on standard input.
    pub fn feed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may have read all it can hold, and closed its end.
        let _ = child.stdin.take().unwrap().write_all(input);
        Ran::of(args, child.wait_with_output().unwrap())
    }

    /// A Customer ticket of Ada Park's; returns its number.
    pub fn adas(&self, title: &str) -> String {
        let contact = ["--contact", "ada@lumen.example", "--name", "Ada Park"];
        let args = [&["new", "customer", title][..], &contact].concat();
        self.run(&args).done().stdout.trim().to_owned()
    }

    /// All that the desk's database holds, table by table.
    pub fn dump(&self) -> Vec<String> {
        let desk = Connection::open(self.desk()).unwrap();
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let mut names = desk.prepare(tables).unwrap();
        let names: Vec<String> =
            names.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
        let mut rows = Vec::new();
        for name in names {
            let mut all = desk.prepare(&format!("SELECT * FROM {name}")).unwrap();
            let columns = all.column_count();
            let mut found = all.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let cells: Vec<String> =
                    (0..columns).map(|i| format!("{:?}", row.get_ref(i).unwrap())).collect();
                rows.push(format!("{name}: {}", cells.join(" | ")));
            }
        }
        rows
    }

    /// The ledger rows of a ticket on one channel: event, status and reason.
    pub fn told(&self, id: &str, channel: &str) -> Vec<(String, String, Option<String>)> {
        let rows = self.run(&["why", id, "--json"]).json();
        let text = |v: &Value| v.as_str().map(ToOwned::to_owned);
        rows.as_array()
            .unwrap()
            .iter()
            .filter(|r| r["channel"] == channel)
            .map(|r| (text(&r["event"]).unwrap(), text(&r["status"]).unwrap(), text(&r["reason"])))
            .collect()
    }
}

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    #[expect(dead_code, reason = "a test that fails shows it")]
    args: String,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(args: &[&str], output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        Self::from_parts(args, code, text(output.stdout), text(output.stderr))
    }

    pub fn from_parts(args: &[&str], code: i32, stdout: String, stderr: String) -> Self {
        Self { args: args.join(" "), code, stdout, stderr }
    }

    /// It did what it was asked for.
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// Its data, as JSON.
    pub fn json(self) -> Value {
        let ran = self.done();
        serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e} in {ran:#?}"))
    }

    /// It ended with this code and this one sentence on stderr, and printed no data.
    pub fn fails(self, code: i32, sentence: &str) -> Self {
        assert_eq!(self.stderr, format!("deskbell: {sentence}\n"), "{self:#?}");
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:#?}");
        self
    }

    /// The sentence it failed with, which is one line and one only.
    pub fn sentence(&self, code: i32) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:#?}");
        let sentence =
            self.stderr.strip_prefix("deskbell: ").unwrap_or_else(|| panic!("{self:#?}"));
        let sentence = sentence.strip_suffix('\n').unwrap_or_else(|| panic!("{self:#?}"));
        assert!(!sentence.contains('\n'), "{self:#?}");
        sentence
    }
}
