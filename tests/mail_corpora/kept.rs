//! Which lines of each mail are shown at first, by their numbers: no mail is copied here. Each was
//! read. What an author wrote stays, a signature without its "-- " too; what a mail program or a
//! mailing list wrote around it goes.

use std::path::Path;

use deskbell::mail::{parse, trim::trim};

use super::{files, flufl, package, python, skipped};

/// A mail, how many lines its text has, and which of them are shown: "1-7 9".
type Kept = (&'static str, usize, &'static str);

const REPLIES: &[Kept] = &[
    ("correct_sig", 4, "1"),
    ("email_1_1", 13, "1-7"),
    ("email_1_2", 51, "1 3-34"),
    ("email_1_3", 55, "1-5"),
    ("email_1_4", 8, "1"),
    ("email_1_5", 15, "1-15"),
    ("email_1_6", 15, "1-3"),
    ("email_1_7", 12, "1"),
    ("email_1_8", 37, "3-19"),
    ("email_2_1", 24, "1"),
    ("email_2_2", 10, "1"),
    ("email_2_3", 20, "1"),
    ("email_BlackBerry", 3, "1"),
    ("email_bullets", 22, "1-9"),
    ("email_gmail", 14, "1"),
    ("email_headers_no_delimiter", 15, "1"),
    ("email_iPhone", 3, "1"),
    ("email_multi_word_sent_from_my_mobile_device", 3, "1"),
    ("email_one_is_not_on", 10, "1-5"),
    ("email_partial_quote_header", 13, "1-6"),
    ("email_sent_from_my_not_signature", 3, "1-3"),
    ("email_sig_delimiter_in_middle_of_line", 7, "1-7"),
    ("greedy_on", 16, "1-6"),
    ("pathological", 20, "1-2"),
];

/// Of the mails that are not named here every line is shown.
const OF_A_PARSER: &[Kept] = &[("thirdparty/015.eml", 41, "1-34")];
/// A mailing list's foot goes.
const OF_PYTHON: &[Kept] = &[("msg_02.txt", 26, "1-21"), ("msg_19.txt", 39, "1-32")];
/// A report is shown whole; this is a person's answer.
const OF_A_DETECTOR: &[Kept] = &[("groupwise_03.txt", 26, "1-3")];

/// How many mails were trimmed exactly, and what is wrong with the others.
#[derive(Default)]
struct Judge {
    mails: usize,
    lost: Vec<String>,
    left: Vec<String>,
}

impl Judge {
    /// Compares what is shown, line by line; empty lines do not count.
    fn mail(&mut self, name: &str, text: &str, shown: &str, kept: Option<&Kept>) {
        self.mails += 1;
        let lines: Vec<&str> = text.trim_end().split('\n').collect();
        let is_kept = |number: usize| {
            kept.is_none_or(|(_, _, ranges)| {
                ranges.split(' ').any(|range| {
                    let (first, last) = range.split_once('-').unwrap_or((range, range));
                    (first.parse().unwrap()..=last.parse().unwrap()).contains(&number)
                })
            })
        };
        if let Some((_, count, _)) = kept {
            assert_eq!(lines.len(), *count, "{name} is another mail");
        }
        let mut shown = shown.split('\n').map(str::trim_end).filter(|l| !l.is_empty()).peekable();
        for (line, number) in lines.iter().map(|l| l.trim_end()).zip(1..) {
            let is_shown = !line.is_empty() && shown.next_if_eq(&line).is_some();
            match (is_kept(number), is_shown || line.is_empty()) {
                (true, false) => self.lost.push(format!("{name}:{number}: {line}")),
                (false, true) if is_shown => self.left.push(format!("{name}:{number}: {line}")),
                _ => {}
            }
        }
        if let Some(line) = shown.next() {
            self.left.push(format!("{name}: not in this order: {line}"));
        }
    }

    /// No line is lost, and all are trimmed exactly.
    fn sentence(&self, set: &str) {
        let mut wrong: Vec<&str> = self.lost.iter().chain(&self.left).map(String::as_str).collect();
        wrong = wrong.iter().map(|w| w.split(':').next().unwrap()).collect();
        wrong.dedup();
        let exact = self.mails - wrong.len();
        println!("{set}: {exact} of {} mails trimmed exactly", self.mails);
        assert!(self.lost.is_empty(), "{set}, lost:\n{}", self.lost.join("\n"));
        assert!(self.left.is_empty(), "{set}, left standing:\n{}", self.left.join("\n"));
    }
}

/// Judges the mails of a folder as they come in.
fn incoming(set: &str, folder: &Path, ending: &str, kept: &[Kept]) -> usize {
    let mut judge = Judge::default();
    let mut named = 0;
    for path in files(folder, ending) {
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let mail = parse(&std::fs::read(&path).unwrap());
        let kept = kept.iter().find(|(known, _, _)| *known == name);
        named += usize::from(kept.is_some());
        judge.mail(&name, &mail.text, &mail.shown, kept);
    }
    assert_eq!(named, kept.len(), "each mail named here is there");
    judge.sentence(set);
    judge.mails
}

#[test]
fn a_line_too_many_and_a_line_too_few_are_seen() {
    let judged = |shown: &str| {
        let mut judge = Judge::default();
        judge.mail("x", "a\n\nb\nc\n", shown, Some(&("x", 4, "1-3")));
        (judge.lost.len(), judge.left.len())
    };
    assert_eq!(judged("a\nb"), (0, 0));
    assert_eq!(judged("a\nb\nc"), (0, 1));
    assert_eq!(judged("a"), (1, 0));
    assert_eq!(judged("a\nc"), (1, 1));
    assert_eq!(judged("b\na"), (1, 1));
    let mut judge = Judge::default();
    judge.mail("x", "a\nb", "a", None);
    assert_eq!((judge.lost.len(), judge.left.len()), (1, 0));
}

#[test]
fn replies_of_a_parsers_fixtures_are_trimmed_line_by_line() {
    let Some(package) = package("email_reply_parser-0.1.2") else {
        skipped("email_reply_parser 0.1.2", "cargo fetch");
        return;
    };
    let mails = files(&package.join("tests/emails"), ".txt");
    assert_eq!(mails.len(), REPLIES.len());
    let mut judge = Judge::default();
    for path in mails {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let kept = REPLIES.iter().find(|(known, _, _)| *known == name);
        assert!(kept.is_some(), "{name}");
        judge.mail(&name, &text, &trim(&text).shown, kept);
    }
    judge.sentence("email_reply_parser 0.1.2");
}

#[test]
fn a_parsers_own_mails_are_trimmed_line_by_line() {
    let Some(package) = package("mail-parser-0.11") else {
        skipped("mail-parser 0.11", "cargo fetch");
        return;
    };
    let eml = package.join("resources/eml");
    assert!(incoming("mail-parser 0.11", &eml, ".eml", OF_A_PARSER) >= 100);
}

#[test]
fn the_mails_of_pythons_own_tests_are_trimmed_line_by_line() {
    let Some(data) = python() else { return };
    assert!(incoming("Python's test mails", &data, ".txt", OF_PYTHON) >= 40);
}

#[test]
fn a_detectors_bounces_are_trimmed_line_by_line() {
    let Some(sdist) = flufl() else { return };
    let data = sdist.join("tests/data");
    assert!(incoming("flufl.bounce 6.0.0", &data, ".txt", OF_A_DETECTOR) >= 100);
}
