//! `deskbell serve`: stays until a signal, and does meanwhile what a worker does.

use crate::support::program::Program;
use crate::support::served::{Served, within};

/// A ticket of Ada's, submitted by the real clock.
fn adas_now(p: &Program) {
    let new = ["new", "customer", "Refund", "--contact", "ada@lumen.example"];
    assert!(p.bare().arg("--desk").arg(p.desk()).args(new).status().unwrap().success());
}

#[test]
fn it_sends_what_is_due_until_a_signal_says_stop() {
    for signal in ["TERM", "INT", "HUP"] {
        let p = Program::new();
        adas_now(&p);
        let mut served = Served::start(&p, &[]);
        within("the confirmation", || p.mails().len() == 1);
        assert!(served.is_running());
        served.signal(signal);
        let ran = served.ends().done();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "Serving until stopped.\n"));
    }
}

#[test]
fn a_desk_that_cannot_be_opened_is_one_sentence() {
    let p = Program::new();
    std::fs::create_dir_all(p.desk().parent().unwrap()).unwrap();
    std::fs::write(p.desk(), "This is no database at all, but a text of some length.").unwrap();
    let ran = Served::spawn(&p, &[]).ends();
    assert!(
        ran.sentence(1)
            .ends_with("is no database. Name a desk with --desk, or move this file away.")
    );
}
