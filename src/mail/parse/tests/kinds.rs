//! Kinds of mails that are met, the letters they are written in, and the limits of MIME.

use super::*;
use crate::mail::inbound::{ATTACHMENTS, FILE_NAME_CHARS, HTML_BYTES, PARTS};

/// A mail whose text is these bytes, by this label.
fn written(label: &str, bytes: &[u8]) -> Inbound {
    let mut raw =
        format!("From: a@x.example\r\nContent-Type: text/plain{label}\r\n\r\n").into_bytes();
    raw.extend_from_slice(bytes);
    parse(&raw)
}

#[test]
fn letters_are_read_by_their_label_and_without_one() {
    let utf16: Vec<u8> = "Grüße".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bom = [&[0xff, 0xfe], utf16.as_slice()].concat();
    for (label, bytes, text) in [
        ("; charset=utf-7", &b"Hi Mom +Jjo-"[..], "Hi Mom ☺"),
        ("; charset=utf-16le", &utf16, "Grüße"),
        ("; charset=utf-16", &bom, "Grüße"),
        ("; charset=gb18030", b"\xc4\xe3\xba\xc3", "你好"),
        ("; charset=GBK", b"\xc4\xe3\xba\xc3", "你好"),
        ("; charset=big5", b"\xa7A\xa6n", "你好"),
        ("; charset=iso-2022-jp", b"\x1b$B$3$s\x1b(B", "こん"),
        ("; charset=shift_jis", b"\x82\xb1\x82\xf1", "こん"),
        ("; charset=euc-kr", b"\xbe\xc8\xb3\xe7", "안녕"),
        ("; charset=koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("; charset=windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("; charset=iso-8859-8-i", b"\xf9\xec\xe5\xed", "שלום"),
        ("; charset=\"ISO-8859-15\"", b"\xa4 5", "€ 5"),
        ("; charset=iso-8859-1", b"na\xefve", "naïve"),
        // No label, one that is wrong, and one that nobody knows.
        ("", b"na\xefve \x80", "naïve €"),
        ("; charset=us-ascii", b"na\xefve", "naïve"),
        ("; charset=us-ascii", "naïve".as_bytes(), "naïve"),
        ("; charset=x-unknown", b"na\xefve", "naïve"),
        ("; charset=", b"na\xefve", "naïve"),
        ("", b"\x1b$B$3$s\x1b(B", "こん"),
        ("; charset=us-ascii", b"\x1b$B$3$s\x1b(B", "こん"),
        ("; charset=utf-8", b"\x1b$@$3$s\x1b(J", "こん"),
        ("", b"\x1b[31m$B", "$B"),
    ] {
        assert_eq!(written(label, bytes).text.trim(), text, "{label}");
    }
    let wrong = written("; charset=utf-8", b"caf\xe9 ol\xe9");
    assert!(wrong.text.starts_with("caf") && wrong.text.contains(" ol"), "{:?}", wrong.text);
}

#[test]
fn a_page_without_a_label_is_read_by_what_it_says_of_itself() {
    let page = |label: &str, meta: &str, bytes: &[u8]| {
        let head = format!("From: a@x.example\r\nContent-Type: text/html{label}\r\n\r\n<html>");
        parse(&[head.as_bytes(), meta.as_bytes(), b"<p>", bytes, b"</p>"].concat())
    };
    let koi8 = b"\xf0\xd2\xc9\xd7\xc5\xd4";
    for (label, meta, bytes, text) in [
        ("", "<meta charset=koi8-r>", &koi8[..], "Привет"),
        ("; charset=x-unknown", "<META name=x><META CharSet = 'KOI8-R' />", koi8, "Привет"),
        (
            "",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
            b"\xcf\xf0\xe8\xe2\xe5\xf2",
            "Привет",
        ),
        // A label, and letters that are plainly UTF-8, are worth more.
        ("; charset=windows-1251", "<meta charset=koi8-r>", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("", "<meta charset=koi8-r>", "Привет".as_bytes(), "Привет"),
        ("", "<meta charset=utf-16>", b"na\xefve", "naïve"),
        ("", "<meta charset=utf-7>", b"+ADw-na\xefve", "+ADw-naïve"),
        ("", "<meta charset=><meta charset", b"na\xefve", "naïve"),
    ] {
        let mail = page(label, meta, bytes);
        assert_eq!(mail.text.trim(), text, "{label} {meta}");
        let guessed = mail.remarks.contains(&Remark::GuessedCharset);
        assert_eq!(guessed, text.contains("naïve"), "{label} {meta}");
    }
}

#[test]
fn the_letters_of_a_header_are_read_as_those_of_a_text() {
    let raw = parse(
        b"From: J\xf6rg Gr\xfcn <a@x.example>\r\nTo: \xdcber <b@x.example>\r\nSubject: Gr\xfc\xdfe\r\n \
          =?utf-8?q?_=E2=82=AC?=\r\n\r\nhi",
    );
    assert_eq!((raw.subject.as_str(), raw.from[0].name.as_str()), ("Grüße €", "Jörg Grün"));
    assert_eq!((raw.author().unwrap().address.as_str(), raw.to.len()), ("a@x.example", 1));
    assert!(raw.remarks.contains(&Remark::GuessedCharset));
    let utf8 = parse("From: Jörg <a@x.example>\r\nSubject: Grüße\r\n\r\nhi".as_bytes());
    assert_eq!((utf8.subject.as_str(), utf8.from[0].name.as_str()), ("Grüße", "Jörg"));
    assert!(utf8.remarks.is_empty());
    // A letter that was cut in two between two encoded words.
    for split in [
        "=?utf-8?q?Gr=C3?=\r\n =?utf-8?q?=BC=C3=9Fe?=",
        "=?utf-8?B?R3LDvMOf?= =?UTF-8?b?ZQ==?=",
        "=?utf-8?b?R3LD?= =?utf-8?b?vMOfZQ==?=",
        "=?utf-8?b?R3I=?= =?utf-8?b?w7zDnw==?= =?utf-8?b?ZQ==?=",
    ] {
        let mail = with(&format!("From: {split} <a@x.example>\r\nSubject: {split}"), "hi");
        assert_eq!((mail.subject.as_str(), mail.from[0].name.as_str()), ("Grüße", "Grüße"));
        assert_eq!(mail.author().unwrap().address, "a@x.example", "{split}");
    }
}

#[test]
fn an_empty_text_stands_back_for_the_page_beside_it() {
    let mail = with(
        "From: a@x.example\r\nContent-Type: multipart/alternative; boundary=b",
        "--b\r\nContent-Type: text/plain\r\n\r\n \r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--b--\r\n",
    );
    assert_eq!(mail.shown, "hello");
}

#[test]
fn a_text_in_a_broken_or_rare_form_is_shown_and_is_no_file() {
    let base64 = "Content-Transfer-Encoding: base64\r\n\r\nPHA+R3LDvMOfZTwvcD4=\r\n";
    let quoted =
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable";
    for (what, kind, body, text) in [
        (
            "one text, no closing boundary",
            "multipart/mixed; boundary=b",
            "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n",
            "hello",
        ),
        (
            "the same, encoded",
            "multipart/mixed; boundary=b",
            &format!("--b\r\n{quoted}\r\n\r\nGr=C3=BC=\r\n=C3=9Fe\r\n"),
            "Grüße",
        ),
        (
            "a page alone, no closing boundary",
            "multipart/alternative; boundary=b",
            "--b\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n",
            "hello",
        ),
        (
            "the same, encoded",
            "multipart/alternative; boundary=b",
            &format!("--b\r\nContent-Type: text/html; charset=utf-8\r\n{base64}"),
            "Grüße",
        ),
        ("no boundary", "multipart/mixed", "hello\r\n", "hello"),
        ("only a preamble", "multipart/mixed; boundary=b", "hello\r\n--b--\r\n", "hello"),
        ("half a kind", "text", "hello\r\n", "hello"),
        ("a rare kind", "text/enriched", "hello\r\n", "hello"),
        (
            "the picture first",
            "multipart/related; boundary=b",
            "--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n\
             --b\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--b--\r\n",
            "hello",
        ),
    ] {
        let mail = with(&format!("From: a@x.example\r\nContent-Type: {kind}"), body);
        assert!(mail.text.contains(text), "{what}: {mail:?}");
        assert!(mail.attachments.iter().all(|a| a.name == "a.png"), "{what}: {mail:?}");
    }
    let wrong = with(
        "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=other",
        "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n",
    );
    assert!(wrong.text.contains("\nhello\n") && wrong.attachments.is_empty(), "{wrong:?}");
    // What has a name, or is for a program, stays a file.
    for part in [
        "text/calendar",
        "text/plain; name=a.txt",
        "text/plain\r\nContent-Disposition: attachment",
        "image/png",
    ] {
        let mail = with(
            "From: a@x.example\r\nContent-Type: multipart/related; boundary=b",
            &format!(
                "--b\r\nContent-Type: image/gif\r\n\r\nx\r\n\
                 --b\r\nContent-Type: {part}\r\n\r\nhello\r\n--b--\r\n"
            ),
        );
        assert_eq!((mail.text.as_str(), mail.attachments.len()), ("", 2), "{part}");
    }
}

#[test]
fn what_outlook_calendars_and_seals_add_is_a_file_beside_the_text() {
    for (kind, part, name, mime) in [
        (
            "multipart/mixed",
            "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+Ig==",
            "winmail.dat",
            "application/ms-tnef",
        ),
        (
            "multipart/mixed",
            "Content-Type: text/calendar; method=REQUEST; name=invite.ics\r\n\r\nBEGIN:VCALENDAR",
            "invite.ics",
            "text/calendar",
        ),
        (
            "multipart/signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha256",
            "Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----",
            "signature.asc",
            "application/pgp-signature",
        ),
        (
            "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256",
            "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB",
            "smime.p7s",
            "application/pkcs7-signature",
        ),
    ] {
        let raw =
            format!("--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n{part}\r\n--b--\r\n");
        let mail = with(&format!("From: a@x.example\r\nContent-Type: {kind}; boundary=b"), &raw);
        assert_eq!(mail.shown, "hello", "{kind}");
        let files: Vec<(&str, &str)> =
            mail.attachments.iter().map(|a| (a.name.as_str(), a.mime.as_str())).collect();
        assert_eq!(files, [(name, mime)]);
    }
    let sealed = with(
        "From: a@x.example\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b",
        "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\
         --b\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n",
    );
    assert!(sealed.remarks.contains(&Remark::Encrypted), "{sealed:?}");
    assert!(sealed.attachments.iter().any(|a| a.name == "encrypted.asc"));
    for (kind, is_sealed) in [
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", true),
        ("application/x-pkcs7-mime; name=smime.p7m", true),
        ("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", true),
        ("application/pkcs7-mime; smime-type=certs-only; name=smime.p7c", false),
    ] {
        let head = format!(
            "From: a@x.example\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64"
        );
        let mail = with(&head, "MIIB\r\n");
        assert_eq!(mail.remarks.contains(&Remark::Encrypted), is_sealed, "{kind}: {mail:?}");
        assert_eq!((mail.text.as_str(), mail.attachments.len()), ("", 1), "{kind}");
    }
}

#[test]
fn what_is_beyond_a_limit_is_remarked_and_not_refused() {
    let part =
        |i: usize| format!("--b\r\nContent-Type: application/pdf; name={i}.pdf\r\n\r\nx\r\n");
    let of = |count: usize| {
        let parts: String = (0..count).map(part).collect();
        with("From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b", &parts)
    };
    assert_eq!(of(ATTACHMENTS).attachments.len(), ATTACHMENTS);
    assert!(of(ATTACHMENTS).remarks.is_empty());
    let many = of(ATTACHMENTS + 1);
    assert_eq!(many.attachments.len(), ATTACHMENTS);
    assert!(many.remarks.contains(&Remark::LeftOutAttachments));
    assert!(of(PARTS + 1).remarks.contains(&Remark::LeftOutParts));

    let people = |count: usize| (0..count).map(|i| format!("a{i}@x.example")).collect::<Vec<_>>();
    let to = |count: usize| with(&format!("To: {}", people(count).join(",\r\n ")), "hi");
    assert_eq!(
        (to(ADDRESSES).to.len(), to(ADDRESSES).remarks.contains(&Remark::LeftOutAddresses)),
        (ADDRESSES, false)
    );
    assert_eq!(
        (to(ADDRESSES + 1).to.len(), to(ADDRESSES + 1).remarks.contains(&Remark::LeftOutAddresses)),
        (ADDRESSES, true)
    );

    let long = with("From: a@x.example", &"word ".repeat(TEXT_BYTES / 5 + 10));
    assert!(long.text.len() <= TEXT_BYTES && long.remarks.contains(&Remark::TextCut));
    let page = with(
        "From: a@x.example\r\nContent-Type: text/html",
        &format!("<p>{}</p>", "word ".repeat(HTML_BYTES / 5 + 10)),
    );
    assert!(page.text.starts_with("word") && page.text.len() <= TEXT_BYTES);
    assert!(page.remarks.contains(&Remark::HtmlAsPlainText), "{:?}", page.remarks);

    let name = format!("{}.pdf", "n".repeat(300));
    let named = with(
        "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b",
        &format!("--b\r\nContent-Type: application/pdf; name=\"{name}\"\r\n\r\nx\r\n--b--\r\n"),
    );
    let name = &named.attachments[0].name;
    assert!(name.chars().count() == FILE_NAME_CHARS && name.ends_with(".pdf"), "{name}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is measured is the time it takes")]
fn a_large_mail_is_read_soon() {
    let line = "On 3 May 2027 <b>a</b> wrote: > _ = &amp; \r\n";
    for kind in ["text/plain", "text/html", "application/pdf"] {
        let head = format!("From: a@x.example\r\nContent-Type: {kind}");
        let body = line.repeat(4 * 1024 * 1024 / line.len());
        let start = Instant::now();
        let mail = with(&head, &body);
        assert!(start.elapsed() < Duration::from_secs(20), "{kind}: {:?}", start.elapsed());
        assert!(!mail.text.is_empty() || !mail.attachments.is_empty());
    }
}
