//! A program that runs beside the test and ends with it, however the test ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::user::User;

/// Ends when it is dropped, with all that it has started.
pub struct Kept {
    pub pid: u32,
    pub log: PathBuf,
    keeper: Child,
}

impl Kept {
    /// Starts a program as `user`; what it says goes into `log`.
    pub fn start(user: User, log: &Path, command: &Command) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_servers/keeper.sh");
        // The folder of the sources may be closed to that user.
        let script = fs::read_to_string(script).unwrap();
        let mut keeper = Command::new("/bin/sh");
        keeper.args(["-c", &script, "keeper"]).arg(log).arg(command.get_program());
        keeper.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        keeper.current_dir(command.get_current_dir().unwrap_or(Path::new("/")));
        // Out of the reach of what a test runner sends to the group of a test.
        keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = user.runs(&mut keeper).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let pid = said.trim().parse().unwrap_or_else(|_| panic!("no process id: {said:?}"));
        Self { pid, log: log.to_owned(), keeper }
    }

    /// SIGKILL, at this moment.
    pub fn kill(&self) {
        Command::new("kill").args(["-s", "KILL", &self.pid.to_string()]).status().unwrap();
    }

    pub fn says(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn is_running(&self) -> bool {
        let state = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        state.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
    }

    /// Waits until the server listens; `None` when it has ended instead, as where another program
    /// was faster to take the port.
    pub fn listens(&self, port: u16) -> Option<()> {
        let patience = Instant::now();
        while patience.elapsed() < Duration::from_secs(30) {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(());
            }
            if !self.is_running() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("nothing listens on port {port}: {}", self.says());
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
