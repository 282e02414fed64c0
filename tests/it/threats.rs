//! The threat table: what strangers, accidents and broken servers do to a desk that is open to mail,
//! and which tests show what comes of it. A threat without a test fails here, and so does a test
//! that is named here and gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The threats that mail and webhooks bring: number, what is tried, and the tests. A test whose name begins
/// with `t` and the number, as in `t07_`, belongs to its threat without being named.
const TABLE: &[(u32, &str, &[&str])] = &[
    (
        1,
        "internal text reaches a customer",
        &[
            "v7_no_messenger_and_no_mail_ever_holds_what_is_internal",
            "v7_the_programs_own_messenger_holds_nothing_internal",
        ],
    ),
    (
        2,
        "a forged From without a token",
        &["row_7_no_hit_opens_a_ticket_and_numbers_in_a_subject_match_nothing"],
    ),
    (
        3,
        "a forged From with guessed References",
        &["row_6_a_thread_alone_opens_a_new_ticket_with_a_hint"],
    ),
    (
        4,
        "a leaked address, another sender",
        &[
            "row_3_another_sender_is_held_and_a_teammate_decides",
            "row_4_a_forged_cut_or_revoked_address_matches_nothing",
            "m2_revoking_closes_all_addresses_given_out_and_opens_new_ones",
        ],
    ),
    (
        5,
        "guessing addresses",
        &[
            "a_million_guesses_open_nothing",
            "two_macs_are_compared_in_one_way_whose_time_tells_nothing",
        ],
    ),
    (6, "addresses mangled on their way", &["what_happens_to_addresses_on_their_way_does_no_harm"]),
    (7, "a stranger in Cc gains the history", &[]),
    (
        8,
        "several authors, or a name that looks like one",
        &[
            "who_wrote_it_is_believed_of_one_from_with_one_address_only",
            "nobody_and_everybody_are_no_author",
        ],
    ),
    (
        9,
        "forged Authentication-Results",
        &[
            "a_report_under_another_servers_name_is_nobodys_word",
            "only_a_result_about_the_authors_domain_counts",
        ],
    ),
    (
        10,
        "the confirmation as a relay",
        &[
            "n17_a_stranger_is_confirmed_in_fixed_words_and_a_thousand_submissions_once",
            "n17_sixty_an_hour_for_all_strangers_and_none_for_a_disowned_mail",
        ],
    ),
    (11, "loops", &["loops_are_stopped_and_ping_pong_is_braked"]),
    (
        12,
        "a forged bounce",
        &["m3_a_proven_bounce_of_an_address_that_is_none_stops_mail_and_says_so"],
    ),
    (
        13,
        "a Message-ID taken by another",
        &["m4_the_same_mail_twice_is_one_reply_and_another_text_is_another"],
    ),
    (
        14,
        "mail is lost",
        &[
            "receive_ends_with_0_when_the_mail_is_kept_and_with_75_otherwise",
            "a_mail_that_is_kept_is_applied_by_the_next_worker",
            "a_mail_the_program_falls_over_is_laid_aside_after_three_times",
        ],
    ),
    (
        15,
        "a notification is lost or doubled",
        &[
            "l5_three_hundred_kills_lose_no_mail_and_double_only_what_was_handed_over",
            "l5_two_worker_processes_never_send_one_row_twice",
        ],
    ),
    (
        16,
        "a mail server hangs, floods or hangs up",
        &[
            "each_of_seven_tarpits_ends_as_the_failure_table_says",
            "a_flood_is_cut_off_at_every_step",
            "a_talk_that_breaks_off_is_ambiguous_only_after_the_dot",
            "a_mail_over_the_servers_limit_ends_before_it_begins",
            "nobody_at_the_port_and_no_usable_address",
        ],
    ),
    (
        17,
        "a wrong password kills the queue",
        &[
            "each_of_seven_tarpits_ends_as_the_failure_table_says",
            "each_refusal_means_what_its_step_says",
        ],
    ),
    (
        18,
        "the password goes to whoever strips TLS",
        &[
            "without_starttls_nothing_is_sent",
            "words_behind_the_starttls_answer_are_not_taken_for_protected_ones",
            "a_certificate_that_cannot_be_verified_gets_no_password_and_no_mail",
        ],
    ),
    (23, "header injection", &["hostile_text_stays_text"]),
    (24, "SMTP smuggling", &["hostile_text_stays_text"]),
    (25, "MIME and HTML bombs", &["hostile_mails_end_soon"]),
    (26, "texts that take a trimmer for ever", &["no_text_takes_long"]),
    (27, "names of files", &["names_are_harmless_wherever_they_are_written"]),
    (28, "charset tricks", &["texts_are_decoded_and_lines_that_were_broken_are_one_again"]),
    (31, "a stolen database", &["threat_31_a_copy_of_the_database_holds_no_key"]),
    (
        32,
        "another user of the machine",
        &[
            "files_are_the_owners_alone_whatever_the_umask",
            "passwords_come_from_a_private_file_or_a_command_and_never_show",
            "one_that_others_can_read_or_that_is_none_is_refused_and_kept",
        ],
    ),
    (33, "secrets in logs", &["a_password_is_not_printed"]),
    (
        34,
        "a webhook's address that leads into our own network",
        &["private_addresses_in_every_form_are_refused"],
    ),
    (37, "clocks that jump", &["l5_a_slow_worker_that_lives_is_left_alone_until_it_dies"]),
    (
        38,
        "a mailbox that is renumbered, a connection that is silently dead",
        &[
            "threat_38_a_line_that_went_dead_in_idle_is_found_within_minutes",
            "threat_38_mails_with_new_numbers_are_looked_at_again_and_are_duplicates",
            "mails_that_are_numbered_anew_are_not_taken_twice",
        ],
    ),
];

/// The rows of the table of who may answer, by the beginnings of their tests' names.
const WHO_MAY_ANSWER: [&str; 7] =
    ["row_1_", "row_2_", "row_3_", "row_4_", "row_5_", "row_6_", "row_7_"];

/// The names of all test functions below a folder.
fn tests(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            // Names of tests are sentences; what stands within `proptest!` has no attribute of its own.
            let functions = source
                .lines()
                .map(str::trim)
                .filter_map(|l| l.strip_prefix("async fn ").or_else(|| l.strip_prefix("fn ")));
            names.extend(functions.filter_map(|f| f.split('(').next()).map(str::to_owned));
        }
    }
}

/// What is wrong with the table, given the names of all tests.
fn wrong(names: &BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, threat, named) in TABLE {
        let gone = named.iter().filter(|n| !names.contains(**n));
        wrong.extend(gone.map(|n| format!("{number}: there is no test {n}")));
        let prefix = format!("t{number:02}_");
        let any = !named.is_empty() || names.iter().any(|n| n.starts_with(&prefix));
        if !any {
            wrong.push(format!("{number}, {threat}: no test"));
        }
    }
    for row in WHO_MAY_ANSWER {
        if !names.iter().any(|n| n.starts_with(row)) {
            wrong.push(format!("{row}: no test"));
        }
    }
    wrong
}

#[test]
fn every_threat_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    tests(&root.join("tests"), &mut names);
    tests(&root.join("src"), &mut names);
    assert_eq!(wrong(&names), Vec::<String>::new());
    let numbers: BTreeSet<u32> = TABLE.iter().map(|(n, ..)| *n).collect();
    let asked = (1..=18).chain(23..=28).chain(31..=34).chain(37..=38);
    assert_eq!(numbers, asked.collect());
    // It would see one missing, and one gone.
    names.retain(|n| !n.starts_with("t07_") && !n.starts_with("row_5_"));
    names.remove("no_text_takes_long");
    assert_eq!(wrong(&names).len(), 3);
}
