//! The real program in a real terminal: start, resize, paste, suspend, panic, signals, and the
//! silence of an idle screen. Few tests, since each is a process.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::support::pty::{Terminal, signal_process};

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn run(home: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_deskbell"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A desk with one customer ticket, and no mail waiting.
fn desk_with_a_ticket(home: &Path) {
    let new = ["new", "customer", "Refund not received", "--contact", "ada@lumen.example"];
    run(home, &[&new[..], &["--name", "Ada Park", "--as", "Mara Holt"]].concat());
    let later =
        (deskbell::clock::Clock::system().now() + chrono::Duration::minutes(1)).to_rfc3339();
    run(home, &["work", "--once", "--at", &later]);
}

const DEMO: [&str; 5] = ["demo", "--clock", "14:05:29", "--as", "Mara Holt"];

#[test]
fn it_starts_quits_and_leaves_the_terminal_as_it_was() {
    let home = home();
    let mut terminal = Terminal::deskbell(&DEMO, home.path(), (120, 36));
    let screen = terminal.wait_for("#1042 Refund not received");
    assert!(screen.contains("Customer"), "{screen}");
    terminal.settle(Duration::from_millis(300));
    terminal.keys("q");
    // Mail waits in the demo: it says so first.
    terminal.wait_for("Quit anyway");
    terminal.keys("y");
    assert!(terminal.exit().success());
    terminal.assert_restored();
}

#[test]
fn a_theme_that_is_none_is_refused_with_those_there_are() {
    let home = home();
    let config = home.path().join("own.toml");
    std::fs::write(&config, "theme = \"drak\"\n").unwrap();
    let args = ["--config", config.to_str().unwrap()];
    let mut terminal = Terminal::deskbell(&args, home.path(), (160, 24));
    let screen = terminal.wait_for("There is no theme \"drak\".");
    assert!(screen.contains("auto, dark, light, high-contrast"), "{screen}");
    assert_eq!(terminal.exit().exit_code(), 1);
}

#[test]
fn it_follows_the_terminal_down_to_too_small_and_back() {
    let home = home();
    let mut terminal = Terminal::deskbell(&DEMO, home.path(), (120, 36));
    terminal.wait_for("#1042 Refund not received");
    for (columns, rows) in [(80, 24), (60, 18), (200, 60), (120, 36)] {
        terminal.resize(columns, rows);
        terminal.wait_for("#1042");
        terminal.settle(Duration::from_millis(200));
    }
    terminal.resize(40, 10);
    terminal.wait_for("60x18");
    terminal.keys("q");
    terminal.exit();
    terminal.assert_restored();
}

#[test]
fn pasted_text_presses_no_keys_and_goes_into_text_fields_only() {
    let home = home();
    desk_with_a_ticket(home.path());
    let mut terminal = Terminal::deskbell(&["--as", "Mara Holt"], home.path(), (120, 36));
    terminal.wait_for("#1 Refund not received");
    terminal.keys("\x1b[200~q\rs44q\x1b[201~");
    terminal.wait_for("text field");
    terminal.keys("r");
    terminal.wait_for("REPLY");
    terminal.keys("\x1b[200~first line\r\nsecond q line\x1b[201~");
    let screen = terminal.wait_for("second q line");
    assert!(screen.contains("first line"), "{screen}");
    assert!(!run(home.path(), &["show", "1"]).contains("second q line"), "nothing is sent");
}

#[test]
fn ctrl_z_suspends_and_fg_brings_the_screen_back() {
    let home = home();
    desk_with_a_ticket(home.path());
    // A shell with job control, as a stop needs somebody who can continue.
    let inputrc = home.path().join("inputrc");
    std::fs::write(&inputrc, "set enable-bracketed-paste off\n").unwrap();
    let mut shell = Terminal::start(
        "bash",
        &["--norc", "--noprofile", "-i"],
        home.path(),
        (100, 30),
        &[("PS1", "shell> "), ("INPUTRC", inputrc.to_str().unwrap())],
    );
    shell.wait_for("shell>");
    shell.keys(&format!("{} --as 'Mara Holt'\n", env!("CARGO_BIN_EXE_deskbell")));
    shell.wait_for("#1 Refund not received");
    shell.settle(Duration::from_millis(300));
    shell.keys("\x1a");
    shell.wait_for("Stopped");
    shell.assert_restored();
    shell.keys("echo in-the-shell\n");
    shell.wait_for("in-the-shell");
    shell.keys("fg\n");
    shell.wait_for("#1 Refund not received");
    shell.settle(Duration::from_millis(300));
    shell.keys("q");
    shell.wait_for("in-the-shell");
    shell.settle(Duration::from_millis(300));
    shell.keys("echo back again\n");
    shell.wait_for("back again");
    shell.assert_restored();
}

#[test]
fn a_panic_restores_the_terminal_and_keeps_the_draft() {
    let home = home();
    desk_with_a_ticket(home.path());
    let mut terminal = Terminal::start(
        env!("CARGO_BIN_EXE_deskbell"),
        &["--as", "Mara Holt"],
        home.path(),
        (100, 30),
        &[("DESKBELL_TEST_PANIC_ON", "§")],
    );
    terminal.wait_for("#1 Refund not received");
    terminal.keys("rThe cat jumped on the keys");
    terminal.wait_for("jumped on the keys");
    terminal.keys("§");
    assert!(!terminal.exit().success());
    terminal.assert_restored();
    let end = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let after = &end[end.rfind("\x1b[?1049l").unwrap()..];
    assert!(after.contains("deskbell"), "it says what happened: {after:?}");
    draft_is_kept(home.path(), "The cat jumped on the keys");
}

fn draft_is_kept(home: &Path, text: &str) {
    let mut terminal = Terminal::deskbell(&["--as", "Mara Holt"], home, (100, 30));
    terminal.wait_for("#1 Refund not received");
    terminal.keys("r");
    terminal.wait_for(text);
}

#[test]
fn sigterm_and_sighup_restore_the_terminal_and_keep_the_draft() {
    for signal in ["TERM", "HUP"] {
        let home = home();
        desk_with_a_ticket(home.path());
        let mut terminal = Terminal::deskbell(&["--as", "Mara Holt"], home.path(), (100, 30));
        terminal.wait_for("#1 Refund not received");
        terminal.keys("rHalf a sentence");
        terminal.wait_for("Half a sentence");
        terminal.signal(signal);
        terminal.exit();
        terminal.assert_restored();
        draft_is_kept(home.path(), "Half a sentence");
    }
}

#[test]
fn a_kill_loses_at_most_the_last_second_of_a_draft() {
    let home = home();
    desk_with_a_ticket(home.path());
    let mut terminal = Terminal::deskbell(&["--as", "Mara Holt"], home.path(), (100, 30));
    terminal.wait_for("#1 Refund not received");
    terminal.keys("rWritten before the power went");
    terminal.wait_for("draft saved");
    signal_process(terminal.process_id(), "KILL");
    terminal.exit();
    draft_is_kept(home.path(), "Written before the power went");
}

#[test]
fn an_idle_screen_writes_no_bytes() {
    let home = home();
    desk_with_a_ticket(home.path());
    let terminal = Terminal::deskbell(&["--as", "Mara Holt"], home.path(), (120, 36));
    terminal.wait_for("#1 Refund not received");
    let before = terminal.settle(Duration::from_secs(2));
    std::thread::sleep(Duration::from_secs(5));
    let written = terminal.raw().split_off(before);
    assert_eq!(String::from_utf8_lossy(&written), "", "an idle screen wrote");
}

#[test]
fn no_color_means_no_colour_and_hostile_text_controls_nothing() {
    let home = home();
    let hostile = "Hi\u{1b}]52;c;aGk=\u{7}\u{1b}[31mred\u{9b}2J\u{202e}txt";
    let new = ["new", "customer", hostile, "--contact", "ada@lumen.example", "--body", hostile];
    run(home.path(), &new);
    let mut terminal = Terminal::start(
        env!("CARGO_BIN_EXE_deskbell"),
        &["--as", "Mara Holt"],
        home.path(),
        (120, 36),
        &[("NO_COLOR", "1")],
    );
    terminal.wait_for("#1 Hi");
    terminal.settle(Duration::from_millis(300));
    terminal.keys("\x03");
    terminal.exit();
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    assert!(!raw.contains("\x1b]"), "no operating system command ever");
    assert!(!raw.contains('\u{202e}') && !raw.contains('\u{9b}'));
    for sequence in raw.split("\x1b[").skip(1) {
        let Some(end) = sequence.find(|c: char| c.is_ascii_alphabetic()) else { continue };
        if sequence[end..].starts_with('m') {
            for code in sequence[..end].split(';').filter_map(|c| c.parse::<u32>().ok()) {
                let colour = matches!(code, 30..=38 | 40..=48 | 90..=97 | 100..=107);
                assert!(!colour, "NO_COLOR, and yet \\e[{}m", &sequence[..end]);
            }
        }
    }
}

#[test]
fn two_terminals_on_one_desk_see_each_other() {
    let home = home();
    let desk = home.path().join("demo.db");
    let desk = desk.to_str().unwrap();
    let mut team =
        Terminal::deskbell(&[&DEMO[..], &["--desk", desk]].concat(), home.path(), (120, 36));
    team.wait_for("#1042 Refund not received");
    let customer = ["messenger", "ada@lumen.example", "--desk", desk];
    let mut ada = Terminal::deskbell(&customer, home.path(), (60, 30));
    ada.wait_for("1 ticket with something new");
    ada.keys("\r");
    ada.wait_for("Refund not received");
    ada.keys("\r");
    ada.wait_for("confirm the last 4 digits");
    // She has it open by now: that is seen, and its mail is off (N2, N12).
    team.wait_for("no mail waiting");
    team.keys("rIt is on its way, Ada.");
    team.wait_for("on its way, Ada.");
    team.keys("\x13");
    let before = std::time::Instant::now();
    ada.wait_for("It is on its way, Ada.");
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
    ada.keys("iThank you!");
    ada.wait_for("Thank you!");
    ada.keys("\x13");
    team.wait_for("Thank you!");
    let plain = ["messenger", "ada@lumen.example", "--plain", "--json", "--desk", desk];
    assert!(run(home.path(), &plain).contains("\"badge\": 0"));
}
