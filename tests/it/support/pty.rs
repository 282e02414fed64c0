//! The real program in a real pseudo-terminal, as a person has it: keys in, screen out.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long a screen may take to show something, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What has come out so far.
struct Output {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

/// A program in a terminal of its own.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Arc<(Mutex<Output>, Condvar)>,
}

impl Terminal {
    /// Starts `program` with HOME in `home` and nothing of this process's environment that could
    /// change how it draws.
    pub fn start(
        program: &str,
        args: &[&str],
        home: &Path,
        (columns, rows): (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("HOME", home);
        // A demo that is killed leaves its desk where the test cleans up.
        command.env("TMPDIR", home);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (key, value) in env {
            command.env(key, value);
        }
        command.cwd(home);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        let output = Arc::new((
            Mutex::new(Output { parser, raw: Vec::new(), ended: false }),
            Condvar::new(),
        ));
        let shared = Arc::clone(&output);
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let (lock, changed) = &*shared;
                let mut output = lock.lock().unwrap();
                if read == 0 {
                    output.ended = true;
                } else {
                    output.raw.extend_from_slice(&buffer[..read]);
                    output.parser.process(&buffer[..read]);
                }
                changed.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Self { master: pair.master, writer, child, output }
    }

    /// deskbell itself.
    pub fn deskbell(args: &[&str], home: &Path, size: (u16, u16)) -> Self {
        Self::start(env!("CARGO_BIN_EXE_deskbell"), args, home, size, &[])
    }

    /// Types, byte for byte.
    pub fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.output.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).unwrap();
    }

    /// Waits until the screen holds `text`, and returns the screen. Fails with the screen as it is.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait(&format!("\"{text}\""), |output| output.parser.screen().contents().contains(text))
    }

    fn wait(&self, what: &str, mut holds: impl FnMut(&Output) -> bool) -> String {
        let (lock, changed) = &*self.output;
        let begun = Instant::now();
        let mut output = lock.lock().unwrap();
        loop {
            if holds(&output) {
                return output.parser.screen().contents();
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let screen = output.parser.screen().contents();
            assert!(!left.is_zero(), "waited in vain for {what}; the screen is:\n{screen}");
            assert!(!output.ended, "the program ended before {what}; the screen was:\n{screen}");
            output = changed.wait_timeout(output, left).unwrap().0;
        }
    }

    pub fn screen(&self) -> String {
        self.output.0.lock().unwrap().parser.screen().contents()
    }

    /// All bytes that came out so far.
    pub fn raw(&self) -> Vec<u8> {
        self.output.0.lock().unwrap().raw.clone()
    }

    /// Waits until nothing has come out for `quiet`, and returns how many bytes there are by then.
    pub fn settle(&self, quiet: Duration) -> usize {
        let begun = Instant::now();
        let (lock, changed) = &*self.output;
        let mut output = lock.lock().unwrap();
        loop {
            let before = output.raw.len();
            let (next, waited) = changed.wait_timeout(output, quiet).unwrap();
            output = next;
            if waited.timed_out() && output.raw.len() == before {
                return before;
            }
            assert!(begun.elapsed() < PATIENCE, "the screen never comes to rest");
        }
    }

    pub fn process_id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn signal(&self, signal: &str) {
        signal_process(self.process_id(), signal);
    }

    /// Waits for the program's end.
    pub fn exit(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // All that it wrote is read before the screen is looked at.
                let (lock, changed) = &*self.output;
                let output = lock.lock().unwrap();
                drop(changed.wait_timeout_while(output, PATIENCE, |o| !o.ended).unwrap());
                return status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "it does not end; the screen is:\n{}",
                self.screen()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether the terminal was left as it was found: alternate screen off, cursor on, mouse,
    /// bracketed paste and focus events off. The last switch of each counts.
    pub fn assert_restored(&self) {
        let raw = String::from_utf8_lossy(&self.raw()).into_owned();
        for mode in ["1049", "2004", "1004", "1002", "1003", "1006", "1000"] {
            let on = raw.rfind(&format!("\x1b[?{mode}h"));
            let off = raw.rfind(&format!("\x1b[?{mode}l"));
            assert!(on.is_none() || off > on, "mode {mode} was left on");
        }
        let (shown, hidden) = (raw.rfind("\x1b[?25h"), raw.rfind("\x1b[?25l"));
        assert!(hidden.is_none() || shown > hidden, "the cursor was left hidden");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

/// `kill -SIGNAL pid`.
pub fn signal_process(pid: u32, signal: &str) {
    let status = std::process::Command::new("kill")
        .args([&format!("-{signal}"), &pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}
