//! The talk of LMTP, without a socket.

use proptest::prelude::*;

use super::*;

fn session() -> Session {
    Session::new(EmailAddress::new("help@northwind.example").unwrap(), '+')
}

/// The codes of the answers to these lines, said one after the other.
fn codes(session: &mut Session, lines: &[&str]) -> Vec<String> {
    let said = lines.iter().map(|line| match session.line(line.as_bytes()) {
        Step::Answer(words) | Step::Message(words) | Step::Close(words) => words,
    });
    said.map(|words| {
        assert!(words.ends_with("\r\n") && words.is_ascii(), "{words:?}");
        words.lines().last().unwrap()[..9].trim_end().to_owned()
    })
    .collect()
}

#[test]
fn a_mail_is_given_line_by_line() {
    let mut session = session();
    assert_eq!(session.greeting(), "220 northwind.example LMTP deskbell\r\n");
    let Step::Answer(offers) = session.line(b"LHLO mx") else { panic!() };
    assert_eq!(
        offers,
        "250-northwind.example\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n\
         250-SMTPUTF8\r\n250 SIZE 26214400\r\n"
    );
    let lines = [
        "mail from:<ada@lumen.example> size=1000 BODY=8BITMIME",
        "RCPT TO:<help@northwind.example>",
        "rcpt to: <HELP+r1.bas.r.anything@Northwind.Example>",
    ];
    assert_eq!(codes(&mut session, &lines), ["250 2.1.0", "250 2.1.5", "250 2.1.5"]);
    assert!(matches!(session.line(b"DATA"), Step::Message(words) if words.starts_with("354 ")));
    let letter = session.letter();
    assert_eq!(letter.sender, "ada@lumen.example");
    assert_eq!(
        letter.recipients,
        ["help@northwind.example", "HELP+r1.bas.r.anything@Northwind.Example"]
    );
    assert_eq!(
        answers([Kept::As(7), Kept::NotNow, Kept::TooLarge]),
        "250 2.0.0 Kept as mail 7\r\n451 4.3.0 It cannot be kept now; try again\r\n\
         552 5.3.4 A mail has at most 26214400 bytes\r\n"
    );
    // The next one begins anew.
    assert_eq!(codes(&mut session, &["DATA", "MAIL FROM:<>"]), ["503 5.5.1", "250 2.1.0"]);
    assert!(matches!(session.line(b"QUIT"), Step::Close(words) if words.starts_with("221 ")));
}

#[test]
fn what_is_out_of_order_or_not_understood_is_refused() {
    let mut session = session();
    let lines = ["MAIL FROM:<a@b.c>", "HELO mx", "EHLO mx", "LHLO", "RCPT TO:<a@b.c>", "AUTH X"];
    let early = ["503 5.5.1", "500 5.5.1", "500 5.5.1", "501 5.5.4", "503 5.5.1", "500 5.5.1"];
    assert_eq!(codes(&mut session, &lines), early);
    session.line(b"LHLO mx");
    for (line, code) in [
        ("MAIL FROM:a@b.c", "501 5.1.3"),
        ("MAIL <a@b.c>", "501 5.5.4"),
        ("MAIL FROM:<a@b.c", "501 5.1.3"),
        ("MAIL FROM:<a@b.c>SIZE=1", "501 5.1.3"),
        ("MAIL FROM:<a@b.c> RET=HDRS", "555 5.5.4"),
        ("MAIL FROM:<a@b.c> BODY=BINARYMIME", "555 5.5.4"),
        ("MAIL FROM:<a@b.c> SIZE=x", "501 5.5.4"),
        ("MAIL FROM:<a@b.c> SIZE=26214401", "552 5.3.4"),
        ("MAIL FROM:<\"a>b\"@b.c> SMTPUTF8", "250 2.1.0"),
        ("MAIL FROM:<a@b.c>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("RCPT TO:<>", "501 5.1.3"),
        ("RCPT TO:<help@northwind.example> NOTIFY=NEVER", "555 5.5.4"),
        ("RSET now", "501 5.5.4"),
        ("RSET", "250 2.0.0"),
        ("RCPT TO:<help@northwind.example>", "503 5.5.1"),
        ("MAIL FROM:<@hop.example,@mx.example:a@b.c>", "250 2.1.0"),
        ("NOOP whatever", "250 2.0.0"),
        ("VRFY help", "252 2.1.5"),
        ("RC\u{1b}PT", "500 5.5.1"),
    ] {
        assert_eq!(codes(&mut session, &[line]), [code], "{line}");
    }
    assert_eq!(session.letter().sender, "a@b.c", "without its route");
    assert!(matches!(session.line(b"NOOP \xff"), Step::Answer(words) if words.starts_with("501 ")));
    assert!(matches!(session.no_line(), Step::Answer(words) if words.starts_with("500 5.5.2")));
}

#[test]
fn only_the_desks_own_addresses_are_taken() {
    let mut session = session();
    session.line(b"LHLO mx");
    session.line(b"MAIL FROM:<>");
    for (address, code) in [
        ("help@northwind.example", "250 2.1.5"),
        ("help+anything@northwind.example", "250 2.1.5"),
        // Signed before the setting was changed.
        ("help-r1.b.c.aaaaaaaaaaaaaaaaaaaaaaaaaa@northwind.example", "250 2.1.5"),
        ("help-desk@northwind.example", "550 5.1.1"),
        ("helper@northwind.example", "550 5.1.1"),
        ("help@northwind.example.evil.example", "550 5.1.1"),
        ("help+r1.b.c.aaaaaaaaaaaaaaaaaaaaaaaaaa@evil.example", "550 5.1.1"),
        ("ada@lumen.example", "550 5.1.1"),
        ("help", "550 5.1.1"),
    ] {
        assert_eq!(codes(&mut session, &[&format!("RCPT TO:<{address}>")]), [code], "{address}");
    }
    assert_eq!(session.letter().recipients.len(), 3);
}

#[test]
fn nobody_talks_for_ever_and_no_letter_has_recipients_without_end() {
    let mut session = session();
    session.line(b"LHLO mx");
    session.line(b"MAIL FROM:<>");
    let lines = ["RCPT TO:<help@northwind.example>"; 21];
    let answers = codes(&mut session, &lines);
    assert_eq!((answers[19].as_str(), answers[20].as_str()), ("250 2.1.5", "452 4.5.3"));
    session.letter();
    let closed = (0..200).position(|_| matches!(session.line(b"NOOP"), Step::Close(_)));
    assert_eq!(closed, Some(100));
}

/// The message that these bytes are, given in pieces of this size, and what follows it.
fn received(wire: &[u8], piece: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut message = Message::default();
    let mut taken = 0;
    for bytes in wire.chunks(piece) {
        let (used, ended) = message.take(bytes);
        taken += used;
        if ended {
            return Some((message.into_bytes(), wire[taken..].to_vec()));
        }
        assert_eq!(used, bytes.len());
    }
    None
}

#[test]
fn threat_24_a_message_ends_at_crlf_dot_crlf_and_nowhere_else() {
    for never in [
        "a\n.\n",
        "a\n.\r\n",
        "a\r.\r",
        "a\r\n.\n",
        "a\r\n.\r",
        "a\r.\r\n",
        "a\n\n.\r\n",
        ".\n",
        "\n.\r\n",
        "a\r\n..\r\n",
        "a\r\n.\r\r\n",
        "a\r\n.\0\r\n",
    ] {
        for piece in [1, 2, 100] {
            assert_eq!(received(never.as_bytes(), piece), None, "{never:?}");
        }
    }
    let smuggled = b"a\n.\nMAIL FROM:<ceo@x>\r\n.\r\nQUIT\r\n";
    let (message, after) = received(smuggled, 100).unwrap();
    assert_eq!(message, b"a\n.\nMAIL FROM:<ceo@x>\r\n");
    assert_eq!(after, b"QUIT\r\n");
    assert_eq!(received(b".\r\n", 1).unwrap().0, b"");
}

#[test]
fn dots_that_were_put_before_lines_are_taken_off() {
    let (message, _) = received(b"..a\r\n..\r\n.b\r\n.\r\n", 1).unwrap();
    assert_eq!(message, b".a\r\n.\r\nb\r\n");
}

#[test]
fn what_is_beyond_the_limit_is_counted_and_not_kept() {
    let mut message = Message::default();
    message.take(&vec![b'x'; RAW_BYTES]);
    assert_eq!(message.left_out(), 0);
    message.take(b"yz\r\n");
    assert_eq!(message.left_out(), 4);
    assert_eq!(message.take(b".\r\nQUIT"), (3, true));
    assert_eq!(message.into_bytes().len(), RAW_BYTES);
}

proptest! {
    /// What a client that keeps to the rules sends is what is kept, however it is cut up.
    #[test]
    fn a_stuffed_message_comes_out_as_it_went_in(
        lines in prop::collection::vec("[.a\r]{0,4}|[\\PC]{0,9}", 0..12),
        piece in 1_usize..7,
    ) {
        let mut wire = Vec::new();
        let mut whole = Vec::new();
        for line in &lines {
            // A bare CR at the end of a line would make its end another one.
            let line = line.trim_end_matches('\r');
            if line.starts_with('.') {
                wire.push(b'.');
            }
            wire.extend_from_slice(line.as_bytes());
            wire.extend_from_slice(b"\r\n");
            whole.extend_from_slice(line.as_bytes());
            whole.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b".\r\nNOOP\r\n");
        let (message, after) = received(&wire, piece).unwrap();
        prop_assert_eq!(message, whole);
        prop_assert_eq!(after, b"NOOP\r\n");
    }
}
