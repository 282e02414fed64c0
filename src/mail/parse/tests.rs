mod kinds;

use std::time::{Duration, Instant};

use super::*;
use crate::mail::inbound::Automatic;

fn with(header: &str, body: &str) -> Inbound {
    parse(format!("{header}\r\n\r\n{body}").as_bytes())
}

#[test]
fn a_plain_mail_is_understood() {
    let mail = with(
        "Return-Path: <ada@lumen.example>\r\nX-Original-To: desk+r1.t@desk.example\r\nDelivered-To: desk@desk.example\r\nDelivered-To: old@x.example\r\n\
         Received: a\r\nReceived: b\r\nAuthentication-Results: mx.desk.example; dmarc=pass header.from=lumen.example\r\n\
         From: =?utf-8?q?Ada_P=C3=A4rk?= <ada@lumen.example>\r\nTo: Desk <desk@desk.example>, b@x.example\r\nCc: c@x.example\r\n\
         Subject: =?utf-8?q?K=C3=BCche?=\r\nDate: Mon, 3 May 2027 10:00:00 +0200\r\nMessage-ID: <1@lumen.example>\r\n\
         In-Reply-To: <d.7@desk.example>\r\nReferences: <ticket.1@desk.example> <d.7@desk.example>\r\nContent-Type: text/plain; charset=utf-8",
        "Yes.\r\n\r\nOn Mon, 3 May 2027 at 9:00, Desk <d@desk.example> wrote:\r\n> Works?\r\n",
    );
    assert_eq!(mail.author().unwrap().name, "Ada Pärk");
    assert_eq!(mail.author().unwrap().address, "ada@lumen.example");
    assert_eq!(mail.to, ["desk@desk.example", "b@x.example"]);
    assert_eq!(mail.delivered_to, ["desk+r1.t@desk.example", "desk@desk.example"]);
    assert_eq!(mail.return_path.as_deref(), Some("ada@lumen.example"));
    assert_eq!((mail.subject.as_str(), mail.received, mail.message_ids), ("Küche", 2, 1));
    assert_eq!(mail.references, ["ticket.1@desk.example", "d.7@desk.example"]);
    assert_eq!(mail.in_reply_to, ["d.7@desk.example"]);
    assert_eq!(mail.date.unwrap().to_rfc3339(), "2027-05-03T08:00:00+00:00");
    assert_eq!(mail.authentication_results[0].0, "mx.desk.example");
    assert_eq!((mail.shown.as_str(), mail.hidden_lines), ("Yes.", 2));
    assert_eq!((mail.automatic, mail.do_not_acknowledge), (None, false));
    assert!(mail.remarks.is_empty(), "{:?}", mail.remarks);
}

#[test]
fn who_wrote_it_is_believed_of_one_from_with_one_address_only() {
    // Threat 8
    let two = with("From: ada@lumen.example\r\nFrom: eve@evil.example\r\nSubject: x", "hi");
    assert_eq!((two.from_fields, two.from.len(), two.author()), (2, 2, None));
    assert!(two.remarks.contains(&Remark::SeveralFrom));
    let list = with("From: ada@lumen.example, eve@evil.example", "hi");
    assert_eq!(list.author(), None);
    let folded = with("From: ada@lumen.example\r\nfrom : eve@evil.example", "hi");
    assert_eq!(folded.author(), None);
    for trick in [
        "=?utf-8?q?ada=40lumen.example?= <eve@evil.example>",
        "\"ada@lumen.example\" <eve@evil.example>",
        "=?utf-8?b?YWRhQGx1bWVuLmV4YW1wbGUA?= <eve@evil.example>",
        "=?utf-8?q?=3Cada=40lumen.example=3E=2C?= <eve@evil.example>",
    ] {
        let mail = with(&format!("From: {trick}"), "hi");
        assert!(mail.author().is_none_or(|a| a.address == "eve@evil.example"), "{trick}: {mail:?}");
        assert!(
            mail.remarks.contains(&Remark::NameLooksLikeAddress) || mail.author().is_none(),
            "{trick}"
        );
    }
    assert!(with("Subject: x", "hi").remarks.contains(&Remark::NoFrom));
    let hidden = with("From: =?utf-8?q?A=E2=80=AEda=1B[31m?= <ada@lumen.example>", "hi");
    assert_eq!(hidden.from[0].name, "Ada");
    assert!(hidden.remarks.contains(&Remark::DirectionControls));
}

#[test]
fn the_signs_of_automatic_mail_and_what_is_none() {
    use Automatic::*;
    // M3
    for (header, sign) in [
        ("Auto-Submitted: auto-replied", Some(AutoSubmitted)),
        ("Auto-Submitted: auto-generated (x)", Some(AutoSubmitted)),
        ("Auto-Submitted: no", None),
        ("Auto-Submitted: No; x=y", None),
        ("Auto-Submitted: auto-replied; owner-email=\"a@b.c\"", Some(OutOfOffice)),
        ("Auto-Submitted: auto-replied (vacation)", Some(OutOfOffice)),
        ("X-MS-Exchange-Inbox-Rules-Loop: a@b.c", Some(OutOfOffice)),
        ("Return-Path: <>", Some(NullSender)),
        ("Return-Path: <MAILER-DAEMON>", Some(NullSender)),
        ("Precedence: bulk", Some(Precedence)),
        ("Precedence: AUTO_REPLY", Some(Precedence)),
        ("X-Precedence: junk", Some(Precedence)),
        ("Precedence: normal", None),
        ("List-Id: <a.b>", Some(MailingList)),
        ("List-Unsubscribe: <mailto:x@y.z>", Some(MailingList)),
        ("X-Autoreply: yes", Some(AutoReplyHeader)),
        ("X-Autorespond: x", Some(AutoReplyHeader)),
        ("X-Autoresponder: x", Some(AutoReplyHeader)),
        ("X-Autoresponse: x", Some(AutoReplyHeader)),
        ("X-AutoReply-From: x", Some(AutoReplyHeader)),
        ("X-Mail-Autoreply: x", Some(AutoReplyHeader)),
        ("X-FC-Machinegenerated: true", Some(MachineGenerated)),
        ("X-FC-Machinegenerated: false", None),
        ("X-Loop: yes", Some(Loop)),
        ("X-Loop: somebody", None),
        ("X-Failed-Recipients: a@b.example", Some(FailedRecipients)),
        ("X-No-Ack: 1", Some(NoAnswerWanted)),
        ("X-Ack: no", Some(NoAnswerWanted)),
        (
            "Content-Type: multipart/report;\r\n report-type=\"Disposition-Notification\"; boundary=b",
            Some(ReadReceipt),
        ),
        ("Content-Type: multipart/report; report-type=x; boundary=b", None),
        ("Content-Type: multipart/mixed; report-type=disposition-notification; boundary=b", None),
        ("X-Auto-Response-Suppress: All", None),
        ("Subject: Out of Office: back on Monday", None),
        ("Subject: hello", None),
    ] {
        let mail = with(&format!("From: ada@lumen.example\r\n{header}"), "hi");
        assert_eq!(mail.automatic, sign, "{header}");
        let quiet = sign.is_some() || header.contains("Suppress") || header.contains("Office");
        assert_eq!(mail.do_not_acknowledge, quiet, "{header}");
    }
    for (from, sign) in [
        ("MAILER-DAEMON@x.example", Some(MailSystem)),
        ("postmaster@x.example", Some(MailSystem)),
        ("no-reply@x.example", Some(NoReplyAddress)),
        ("noreply-billing@x.example", Some(NoReplyAddress)),
        ("do.not.reply@x.example", Some(NoReplyAddress)),
        ("noreen@x.example", None),
    ] {
        assert_eq!(with(&format!("From: {from}"), "hi").automatic, sign, "{from}");
    }
    let away = parse_enveloped(b"From: a@x.example\r\n\r\nhi", Some("<>"));
    assert_eq!(away.automatic, Some(NullSender));
}

#[test]
fn texts_are_decoded_and_lines_that_were_broken_are_one_again() {
    let flowed = with(
        "Content-Type: text/plain; format=flowed",
        "One long \r\nline.\r\n> quoted \r\n> too.\r\n>> deep\r\n -- \r\nx\r\n-- \r\nAda",
    );
    assert_eq!(flowed.text, "One long line.\n> quoted too.\n>> deep\n-- \nx\n-- \nAda");
    let delsp = with("Content-Type: text/plain; format=flowed; delsp=yes", "日本 \r\n語\r\n");
    assert_eq!(delsp.text.trim(), "日本語");
    let latin = parse(b"From: a@x.example\r\n\r\nna\xefve \x80");
    assert_eq!(latin.text, "naïve €");
    assert!(latin.remarks.contains(&Remark::GuessedCharset));
    let utf8 = parse("From: a@x.example\r\n\r\nnaïve".as_bytes());
    assert_eq!((utf8.text.as_str(), utf8.remarks.len()), ("naïve", 0));
    let seven = with("Content-Type: text/plain; charset=utf-7", "+ADw-script+AD4- +ABs-[31m");
    assert!(!seven.text.contains('\u{1b}'));
    let evil = with("Subject: =?utf-8?q?a=0D=0ABcc=3A_x=1B]0;t=07?=", "a\u{1b}]52;c;aGk=\u{7}b");
    assert_eq!((evil.subject.as_str(), evil.text.as_str()), ("a Bcc: x", "ab"));
}

#[test]
fn html_shows_where_links_lead_and_what_programs_quote() {
    let html =
        |body: &str| with("From: a@x.example\r\nContent-Type: text/html; charset=utf-8", body);
    // Threat 21
    assert_eq!(
        html("<a href='https://evil.test/'>https://bank.test/</a>").text,
        "https://bank.test/ <https://evil.test/>"
    );
    assert_eq!(html("<a href=\"https://bank.test/\"><b>bank.test</b></a>").text, "bank.test");
    assert_eq!(html("<script>x</script><p style='display:none'>seen</p><!-- c -->").text, "seen");
    let gmail = html(
        "<div>Yes.</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">whoever, whenever</div><blockquote class=\"gmail_quote\">Works?</blockquote></div>",
    );
    assert_eq!(gmail.shown, "Yes.", "{gmail:?}");
    assert!(gmail.text.contains("> Works?"));
    let between = html(
        "<div class=\"gmail_quote\"><blockquote>One?</blockquote><div>First.</div><blockquote>Two?</blockquote><div>Second.</div></div>",
    );
    assert!(between.shown.contains("First.") && between.shown.contains("Second."), "{between:?}");
    let outlook = html(
        "<p>Yes.</p><div id=appendonsend></div><hr tabindex=-1><div id=\"divRplyFwdMsg\"><b>De:</b> Desk<br><b>Cuando:</b> x</div><p>Works?</p>",
    );
    assert_eq!(outlook.shown, "Yes.", "{outlook:?}");
    let passed_on = with(
        "Subject: WG: x\r\nContent-Type: text/html",
        "<p>See this.</p><div id=divRplyFwdMsg>Von: Eve</div><p>Buy!</p>",
    );
    assert!(passed_on.shown.contains("Buy!"));
    let yahoo = html(
        "<div>Yes.</div><div class='yahoo_quoted' id='yahoo_quoted_1'><div>On x Desk wrote:</div><div>Works?</div></div>",
    );
    assert_eq!(yahoo.shown, "Yes.");
    let thunderbird = html(
        "<p>Yes.</p><div class=\"moz-cite-prefix\">Desk szerint ekkor:</div><blockquote type=cite>Works?</blockquote>",
    );
    assert_eq!(thunderbird.shown, "Yes.");
    // In a language that no table has.
    let desk = html(
        "<div class=WordSection1><p>Yes.</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>Kutoka:</b> Desk &lt;d@desk.example&gt;<br><b>Imetumwa:</b> 3 Mei 2027 10:00<br><b>Kwa:</b> Ada<br><b>Mada:</b> x</p></div></div><p>Works?</p></div>",
    );
    assert_eq!(desk.shown, "Yes.");
    let windows = html(
        "<div>Yes.</div><div style='padding-top: 5px; border-top-color: gray; border-top-width: 1px; border-top-style: solid;'><div><b>From:</b>&nbsp;<a href='mailto:d@desk.example'>Desk</a><br><b>Sent:</b>&nbsp;Monday, 3 May 2027 10:00<br><b>To:</b>&nbsp;<a href='mailto:a@x.example'>Ada</a></div></div><div>Works?</div>",
    );
    assert_eq!(windows.shown, "Yes.", "{windows:?}");
    let gmx = html(
        "<div>Ja.<div name=\"quote\" style=\"margin:10px 5px; border-left:2px solid gray\"><div><b>Gesendet:</b> 3. Mai 2027 um 10:00 Uhr<br><b>Von:</b> Desk &lt;d@desk.example&gt;<br><b>An:</b> a@x.example<br><b>Betreff:</b> Lampe</div><div name=\"quoted-content\">Geht es?</div></div></div>",
    );
    assert_eq!(gmx.shown, "Ja.", "{gmx:?}");
}

#[test]
fn html_that_the_author_indents_is_no_quotation() {
    let html = |body: &str| with("From: a@x.example\r\nContent-Type: text/html", body).shown;
    let gmail = "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On 3 May 2027 Desk wrote:</div><blockquote class=\"gmail_quote\">Works?</blockquote></div>";
    for own in [
        "<blockquote>error 1</blockquote>",
        "<blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid\">error 1</blockquote>",
        "<blockquote style=\"margin: 0 0 0 40px; border: none; padding: 0px;\"><div>error 1</div></blockquote>",
    ] {
        let shown = html(&format!("<div>It says</div>{own}{gmail}"));
        assert!(shown.contains("error 1") && !shown.contains("Works?"), "{own}: {shown}");
        assert!(html(&format!("<div>It says</div>{own}")).contains("error 1"), "{own}");
    }
    for quoted in [
        "<blockquote type=cite>Works?</blockquote>",
        "<blockquote class=\"protonmail_quote\">Works?</blockquote>",
        "<blockquote style=\"border-left:2px solid rgb(16,16,255)\">Works?</blockquote>",
        "<div>Desk a écrit ceci :</div><blockquote>Works?</blockquote>",
        "<div>2027/5/3 Desk &lt;d@desk.example&gt;</div><blockquote>Works?</blockquote>",
        "<blockquote><div>On 3 May 2027 10:00, Desk wrote:</div>Works?</blockquote>",
        "<div class=\"gmail_quote\">whoever<blockquote>Works?</blockquote></div>",
    ] {
        assert!(!html(&format!("<div>Yes.</div>{quoted}")).contains("Works?"), "{quoted}");
    }
}

#[test]
fn what_an_author_drew_in_html_is_no_history() {
    let html = |body: &str| with("From: a@x.example\r\nContent-Type: text/html", body);
    for body in [
        "<p>Hi,</p><ul><li>I answered your original message</li><li>no answer</li></ul><p>Ada</p>",
        "<p>Hi,</p><h2>Original message lost</h2><p>Where is it?</p>",
        "<p>Hello</p><hr><p>Please unsubscribe me and delete account 4711.</p>",
        "<p>Hello</p><div style='border:none;border-top:solid windowtext 1.0pt;padding:3.0pt 0 0 0'><p>My lamp is hot.</p></div><p>Ada</p>",
        "<p>Hello</p><div style='padding-top: 5px; border-top-style: solid'><p>My lamp is hot.</p></div><p>Ada</p>",
        "<p>Hello</p><div name='quote'><p>My lamp is hot.</p></div><p>Ada</p>",
        "<p>Hello</p><div style='border:none;border-top:solid windowtext 1.0pt;padding:3.0pt 0 0 0'><p><b>Name:</b> Ada<br><b>Mail:</b> a@x.example<br><b>Order:</b> 77<br><b>Since:</b> 3 May 2027 10:00</p></div><p>Ada</p>",
        "<p>Hello</p><div id=appendonsend></div><p>My lamp is hot.</p>",
        "<p>The log says</p><p>&gt; panic at line 5</p>",
    ] {
        let mail = html(body);
        assert_eq!((mail.shown.trim(), mail.hidden_lines), (mail.text.trim(), 0), "{body}");
    }
    // The head of an older mail is within what is quoted, and the answer below it.
    let old = "<div id=x_divRplyFwdMsg><b>From:</b> Eve</div><p>Old.</p>";
    let below = html(&format!(
        "<div class=gmail_quote><div class=gmail_attr>On 3 May 2027 Desk wrote:</div><blockquote class=gmail_quote>Works?{old}</blockquote></div><div>It works.</div><div>Ada</div>"
    ));
    assert_eq!(below.shown, "It works.\nAda");
    let telephone = html(
        "<div>It works.</div><div id=ms-outlook-mobile-reference-message><p>Works?</p></div><div>Ada</div>",
    );
    assert!(telephone.shown.contains("Ada") && telephone.shown.contains("It works."));
}

#[test]
fn every_part_is_a_text_or_a_file() {
    let mail = with(
        "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b",
        "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nhello\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--c--\r\n\
         --b\r\nContent-Type: image/png; name=\"../../x.png\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\nAAEC\r\n\
         --b\r\nContent-Type: text/csv; charset=iso-8859-1\r\nContent-Disposition: attachment; filename=a.csv\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nna=EFve\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody\r\n--b--\r\n",
    );
    assert_eq!(mail.text, "hello");
    let files: Vec<(&str, &str, &[u8])> = mail
        .attachments
        .iter()
        .map(|a| (a.name.as_str(), a.mime.as_str(), a.bytes.as_slice()))
        .collect();
    assert_eq!(files[0], ("x.png", "image/png", &[0, 1, 2][..]));
    assert_eq!(files[1], ("a.csv", "text/csv", &b"na\xefve"[..]));
    assert_eq!((files[2].0, files[2].1), ("inner.eml", "message/rfc822"));
    assert!(String::from_utf8_lossy(files[2].2).contains("Subject: inner"));
    assert_eq!(
        mail.attachments[0].sha256,
        "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc"
    );
}

#[test]
fn duplicates_are_known_by_what_does_not_change_on_the_way() {
    // M4
    let a = parse(b"Received: one\r\n\tfolded\r\nFrom: a@x.example\r\n\r\nhi");
    let b = parse(
        b"Return-Path: <x@y>\r\nDelivered-To: d\r\nReceived: two\r\nFrom: a@x.example\r\n\r\nhi",
    );
    let other = parse(b"Received: one\r\nFrom: a@x.example\r\n\r\nho");
    assert_eq!(a.identity(), b.identity());
    assert_ne!(a.identity(), other.identity());
    assert_ne!(a.dedupe_text_hash, other.dedupe_text_hash);
    let id = with("Message-ID:\r\n <1.2@\r\n x.example>\r\nMessage-ID: <other>", "hi");
    assert_eq!(
        (id.identity(), id.message_ids, id.synthetic_id.as_ref()),
        ("1.2@x.example", 2, None)
    );
    let many = (0..500).map(|i| format!("<{i}@x>")).collect::<Vec<_>>().join(" ");
    let refs = with(&format!("References: {many}"), "hi").references;
    assert_eq!((refs.len(), refs[0].as_str(), refs[49].as_str()), (50, "0@x", "499@x"));
}

#[test]
fn a_header_that_is_cut_ends_where_it_ended() {
    let long = "X-Padding: 0123456789012345678901234567890123456789\r\n".repeat(6_000);
    for (from, to) in [("\r\n", "\r\n"), ("\r\n", "\n")] {
        let head = format!("From: a@x.example\r\nContent-Type: text/plain\r\n{long}");
        let whole = format!("{head}\r\nfirst\r\n\r\nsecond\r\n").replace(from, to);
        let mail = parse(format!("{whole}\n\nthird").as_bytes());
        assert!(mail.remarks.contains(&Remark::TooLarge));
        assert!(mail.text.starts_with("first"), "{:?}", mail.text);
        assert!(mail.text.contains("second") && mail.text.contains("third"), "{:?}", mail.text);
        assert_eq!(mail.author().unwrap().address, "a@x.example");
        let none = parse(head.replace(from, to).as_bytes());
        assert_eq!((none.text.as_str(), none.from.len()), ("", 1));
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is measured is the time it takes")]
fn hostile_mails_end_soon() {
    // Threat 25; the build of the tests is not optimised.
    let mut nest =
        String::from("From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n");
    for i in 0..20_000 {
        nest.push_str(&format!(
            "--b{i}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n",
            i + 1
        ));
    }
    let divs = format!(
        "From: a@x.example\r\nContent-Type: text/html\r\n\r\n{}deep",
        "<div>".repeat(100_000)
    );
    let quotes = format!("Content-Type: text/html\r\n\r\n{}deep", "<blockquote>".repeat(250));
    let open = format!("Content-Type: text/html\r\n\r\n{}", "<a href='".repeat(50_000));
    let comments = format!("Content-Type: text/html\r\n\r\n{}", "<!--".repeat(100_000));
    let rules = format!("Content-Type: text/html\r\n\r\n{}", "<hr>".repeat(30_000));
    let headers = format!("From: a@x.example\r\n{}\r\nhi", "X: y\r\n".repeat(1_000_000));
    let words = format!("Subject: {}\r\n\r\nhi", "=?x?q?".repeat(40_000));
    let joined = format!("Subject: {}\r\n\r\nhi", "=?x?q?a?= ".repeat(25_000));
    let references = format!("References: {}\r\n\r\nhi", "<a@b> ".repeat(200_000));
    for (name, raw) in [
        ("nest", nest),
        ("divs", divs),
        ("quotes", quotes),
        ("open", open),
        ("comments", comments),
        ("rules", rules),
        ("headers", headers),
        ("words", words),
        ("joined", joined),
        ("references", references),
    ] {
        let start = Instant::now();
        let mail = parse(raw.as_bytes());
        assert!(start.elapsed() < Duration::from_secs(10), "{name}: {:?}", start.elapsed());
        println!("{name}: {:?} {:?}", start.elapsed(), mail.remarks);
        match name {
            "divs" => assert!(
                mail.text.contains("deep") && mail.remarks.contains(&Remark::HtmlAsPlainText)
            ),
            "quotes" => assert!(mail.text.contains("deep")),
            "headers" => {
                assert!(mail.text.contains("hi") && mail.remarks.contains(&Remark::TooLarge))
            }
            "nest" => assert!(mail.remarks.contains(&Remark::LeftOutParts)),
            _ => {}
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_a_mail(raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600)) {
        let mail = parse(&raw);
        proptest::prop_assert!(!mail.identity().is_empty());
    }

    #[test]
    fn nothing_unseen_within_an_address_leaves_one_that_somebody_has(
        at in 1_usize..16,
        unseen in "[ \\t\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\u{80}-\u{a0}\u{ad}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}\u{feff}]{1,4}",
    ) {
        let (front, back) = "ada@lumen.example".split_at(at);
        let mail = parse(format!("From: Ada <{front}{unseen}{back}>\r\n\r\nhi").as_bytes());
        let author = mail.author().map(|a| crate::domain::EmailAddress::new(&a.address));
        proptest::prop_assert!(!matches!(author, Some(Ok(_))), "{:?}", mail.from);
    }
}
