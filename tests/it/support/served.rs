//! `deskbell serve` as a machine runs it: a process of its own, by the real clock, until a signal.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::program::{Program, Ran};

/// How long anything may take here before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Served {
    child: Child,
    lines: Receiver<String>,
    heard: String,
}

impl Served {
    /// Starts on the program's desk, made by now, and waits until it says that it serves.
    pub fn start(program: &Program, doors: &[&str]) -> Self {
        let mut served = Self::spawn(program, doors);
        served.says("Serving");
        served
    }

    /// Starts, and waits for nothing.
    pub fn spawn(program: &Program, doors: &[&str]) -> Self {
        let mut command = program.bare();
        command.arg("--desk").arg(program.desk()).arg("serve").args(doors);
        if !doors.contains(&"--listen") {
            command.args(["--listen", "off"]);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (said, lines) = channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, heard: String::new() }
    }

    /// Waits for a line on stderr that begins so, and gives the rest of it.
    pub fn says(&mut self, begin: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|e| panic!("{begin}: {e} after {:?}", self.heard));
            self.heard += &format!("{line}\n");
            if let Some(rest) = line.strip_prefix(begin) {
                return rest.trim().to_owned();
            }
        }
    }

    /// The rest of a line that begins so and was heard before it served.
    pub fn said(&self, begin: &str) -> String {
        let line = self.heard.lines().find_map(|l| l.strip_prefix(begin));
        line.unwrap_or_else(|| panic!("{begin} is not in {:?}", self.heard)).trim().to_owned()
    }

    /// Sends a signal by its name, as in `TERM`.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    pub fn ends(mut self) -> Ran {
        within("the end of serve", || !self.is_running());
        let stderr = std::mem::take(&mut self.heard) + &lines_of(&self.lines);
        let stdout = std::io::read_to_string(self.child.stdout.take().unwrap()).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        Ran::from_parts(&["serve"], code, stdout, stderr)
    }
}

fn lines_of(lines: &Receiver<String>) -> String {
    std::iter::from_fn(|| lines.recv_timeout(PATIENCE).ok()).map(|l| l + "\n").collect()
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for what another process does.
pub fn within(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        thread::sleep(Duration::from_millis(20));
    }
}
