//! Threat 31: somebody has a copy of a desk's database, with all that mail left in it, and without its
//! key. Nothing in there lets them write as a customer, or silence one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deskbell::desk::Policy;
use deskbell::desk::receive::{Arrival, Arrived, InboundId, MailState};
use deskbell::domain::{Actor, EmailAddress, Status, TicketId};
use deskbell::mail::reply_address::kept;
use deskbell::mail::transport::Outcome;
use deskbell::mail::{BounceToken, Key};

use crate::support::bench::{ADA, Bench, Mail, minutes};
use crate::support::post::DESK;

const EVE: &str = "eve@evil.example";

fn key() -> Key {
    Key::from_bytes([7; 32])
}

fn bench() -> Bench {
    Bench::with(Policy {
        address: Some(EmailAddress::new(DESK).unwrap()),
        key: Some(key().into()),
        ..Policy::default()
    })
}

/// The reply address of a mail.
fn address(mail: &Mail) -> String {
    let reply_to = mail.header("Reply-To").unwrap();
    reply_to.rsplit_once('<').unwrap().1.trim_end_matches('>').to_owned()
}

/// The letters that prove an address or an envelope's id.
fn proof(address: &str) -> String {
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    let mac = local.rsplit_once('.').unwrap().1.to_owned();
    assert_eq!(mac.len(), 26);
    mac
}

/// A mail's bytes as they lie in the database.
fn kept(bench: &Bench, id: i64) -> Vec<u8> {
    let raw = "SELECT raw FROM inbound WHERE id = ?1";
    bench.database().query_row(raw, [id], |r| r.get(0)).unwrap()
}

/// All that a thief could read: the files as they lie there while the desk is open, and each value of
/// each row, where no page's end stands between the letters.
fn loot(bench: &Bench) -> Vec<(String, Vec<u8>)> {
    let mut loot = Vec::new();
    for entry in std::fs::read_dir(bench.path().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            loot.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    assert!(loot.iter().any(|(name, held)| name.ends_with("-wal") && !held.is_empty()));
    let desk = bench.database();
    let mut names = desk.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let names: Vec<String> =
        names.query_map([], |r| r.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        let mut rows = desk.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let held = match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Text(held)
                    | rusqlite::types::ValueRef::Blob(held) => held,
                    _ => continue,
                };
                loot.push((format!("{name}, column {column}"), held.to_vec()));
            }
        }
    }
    loot
}

/// Where these letters stand in the loot: as they are, in any case, in quoted-printable or base64.
fn whereabouts(loot: &[(String, Vec<u8>)], proofs: &[String]) -> Vec<String> {
    let mut needles = Vec::new();
    for proof in proofs {
        needles.push(proof.to_lowercase());
        for shift in 0..3 {
            // Whatever stands before and behind, these letters of base64 are the same.
            let all = STANDARD.encode(format!("{}{proof}", "?".repeat(shift)));
            needles.push(all[4..all.len() - 4].to_lowercase());
        }
    }
    let mut places = Vec::new();
    for (name, held) in loot {
        let text: String = held.iter().map(|b| char::from(b.to_ascii_lowercase())).collect();
        let text = text.replace("=\r\n", "").replace(['\r', '\n'], "");
        let hits = needles.iter().filter(|needle| text.contains(needle.as_str())).count();
        let found = kept::find(held).into_iter().filter(|found| match &found.tag {
            kept::Tag::Reply(claim) => claim.holds(0, &key()),
            kept::Tag::Bounce(claim) => claim.holds(&key()),
        });
        if hits + found.count() > 0 {
            places.push(name.clone());
        }
    }
    places
}

fn keeps(bench: &Bench, sender: &str, recipient: &str, raw: &str) -> InboundId {
    let arrival = Arrival {
        mailbox: DESK.into(),
        sender: Some(sender.into()),
        recipient: recipient.into(),
        raw: raw.replace('\n', "\r\n").into_bytes(),
        left_out: 0,
    };
    bench.desk.store_raw(arrival, bench.now()).unwrap()
}

fn lands(bench: &Bench, sender: &str, recipient: &str, raw: &str) -> Arrived {
    let id = keeps(bench, sender, recipient, raw);
    bench.desk.apply_mail(id, bench.now()).unwrap()
}

fn base64(text: &str) -> String {
    let all = STANDARD.encode(text.replace('\n', "\r\n"));
    let lines: Vec<&str> = all.as_bytes().chunks(76).map(|l| str::from_utf8(l).unwrap()).collect();
    lines.join("\n")
}

/// Ada's answer as programs write it: the address in its header, in a text in quoted-printable, in
/// HTML in base64, and in the whole mail that she attached.
fn answer(n: usize, to: &str, words: &str) -> String {
    let (local, host) = to.split_once('@').unwrap();
    let (front, rest) = local.split_at(local.len().saturating_sub(11));
    let quoted =
        format!("On Tue, Northwind <{front}=\n{rest}@{host}> wrote:\n> Please try again.\n");
    let html = format!("<p>{words}</p><p>Northwind &lt;<a href=\"mailto:{to}\">{to}</a>&gt;:</p>");
    let attached =
        format!("From: N <{DESK}>\nReply-To: N <{to}>\nSubject: Yours\n\nTry again, {to}.\n");
    format!(
        "From: Ada Park <{ADA}>\nTo: \"Northwind\" <{to}>\nSubject: Re: Yours\n\
         Message-ID: <answer{n}@lumen.example>\nDelivered-To: {to}\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=outer\n\n\
         --outer\nContent-Type: multipart/alternative; boundary=inner\n\n\
         --inner\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: quoted-printable\n\n{words}\nWrite to {to} please.\n\n{quoted}\n\
         --inner\nContent-Type: text/html; charset=utf-8\n\
         Content-Transfer-Encoding: base64\n\n{}\n--inner--\n\
         --outer\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n{attached}\n\
         --outer\nContent-Type: text/plain; name=old.txt\n\
         Content-Disposition: attachment; filename=old.txt\n\
         Content-Transfer-Encoding: base64\n\n{}\n--outer--\n",
        base64(&html),
        base64(&attached),
    )
}

/// What a mail system sends back: to the envelope's sender, with the whole mail in it.
fn bounced(to: &str, envelope_id: &str, mail: &Mail) -> String {
    let returned = String::from_utf8(mail.raw.clone()).unwrap().replace("\r\n", "\n");
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: Undelivered\n\
         Message-ID: <bounce@mx.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nThe mail from {to} did not arrive.\n\
         --b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example\nOriginal-Envelope-Id: {envelope_id}\n\n\
         Final-Recipient: rfc822; {ADA}\nAction: failed\nStatus: 5.2.2\n\
         Diagnostic-Code: smtp; 552 5.2.2 mailbox full ({to})\n\n\
         --b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
    )
}

fn mailed(bench: &Bench, title: &str) -> (TicketId, Mail) {
    let id = bench.customer_ticket(title);
    bench.mara().replies(id, "Please try again.");
    bench.advance(minutes(3));
    (id, bench.ada().mails().pop().unwrap())
}

#[test]
fn t31_no_copy_of_a_desk_that_was_lived_in_holds_an_address_that_is_valid() {
    let bench = bench();
    let (id, mail) = mailed(&bench, "Refund");
    let to = address(&mail);
    let mut proofs = vec![proof(&to)];
    // Applied, held, a copy of the first, and one that no worker has looked at yet.
    let applied = lands(&bench, ADA, &to, &answer(1, &to, "It works."));
    assert_eq!((applied.state, applied.ticket), (MailState::Applied, Some(id)));
    let held = lands(&bench, EVE, &to, &answer(2, &to, "I am Eve.").replace(ADA, EVE));
    assert_eq!((held.state, held.ticket), (MailState::Held, Some(id)));
    let again = lands(&bench, ADA, &to, &answer(1, &to, "It works."));
    assert!(again.cause.unwrap().starts_with("The same mail arrived before"));
    let waiting = keeps(&bench, ADA, &to, &answer(3, &to, "One thing more."));
    // One that bounced, which proves itself by its address or by what the report repeats.
    for (n, title) in ["Invoice", "Address"].into_iter().enumerate() {
        let (bounced_id, lost) = mailed(&bench, title);
        let row = bench.email_row(bounced_id, "reply");
        let token = BounceToken::mint(row.id, &key());
        let from = token.address(DESK, '+').unwrap();
        proofs.extend([proof(&address(&lost)), proof(&from)]);
        let to = if n == 0 { from.as_str() } else { DESK };
        let raw = bounced(to, token.as_str(), &lost).replace("<bounce@", &format!("<bounce{n}@"));
        let landed = lands(&bench, "", to, &raw);
        assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(bounced_id)));
        assert_eq!(bench.email_row(bounced_id, "reply").status, Status::Failed);
    }
    // One whose answer was lost, and that goes again as it went.
    let lost = bench.customer_ticket("Lost answer");
    bench.mara().replies(lost, "Once, or twice.");
    bench.skip(minutes(3));
    let first = bench.desk.claim("one", lost, bench.now()).unwrap().parcels.remove(0);
    proofs.push(proof(&address(&Mail::parse(first.raw.clone(), bench.now()))));
    proofs.push(proof(&first.from));
    bench.desk.hand_over("one", &first, bench.now()).unwrap().unwrap();
    assert_eq!(whereabouts(&loot(&bench), &proofs), Vec::<String>::new(), "in a worker's hands");
    let broke_off = Outcome::Ambiguous { words: "dot: connection lost".into() };
    bench.desk.record("one", &first, &broke_off, bench.now()).unwrap();

    assert_eq!(proofs.len(), 7);
    assert_eq!(whereabouts(&loot(&bench), &proofs), Vec::<String>::new());

    // And nothing of that has cost anything.
    bench.skip(minutes(20));
    let second = bench.desk.claim("one", lost, bench.now()).unwrap().parcels.remove(0);
    assert_eq!(second.delivery, first.delivery);
    assert_eq!(second.raw, first.raw, "byte for byte");
    let mara = Actor::Teammate(bench.mara().teammate());
    let let_in = bench.desk.accept_mail(&mara, InboundId(held.id), false, bench.now()).unwrap();
    assert_eq!(let_in, id);
    let then = bench.desk.apply_mail(waiting, bench.now()).unwrap();
    assert_eq!((then.state, then.ticket), (MailState::Applied, Some(id)));
    let raw = String::from_utf8(kept(&bench, applied.id)).unwrap();
    assert!(raw.contains(&to.replace(&proof(&to), &"x".repeat(26))), "else as it came: {raw}");
    let view = bench.ticket(id);
    let part = view.parts.iter().find(|p| Some(p.id) == applied.part).unwrap();
    assert!(part.body.as_ref().unwrap().starts_with("It works.\nWrite to help+r1."));
    assert_eq!(part.files.len(), 2);
    assert_eq!(whereabouts(&loot(&bench), &proofs), Vec::<String>::new());

    // What is looked for would be found: in a row, and in the pages.
    bench.database().execute("UPDATE tickets SET title = ?1 WHERE id = ?2", (&to, id.0)).unwrap();
    assert!(whereabouts(&loot(&bench), &proofs).len() >= 2);
}

/// M5: the original is kept, for those who have the key beside the copy.
#[test]
fn t31_who_has_the_key_reads_each_mail_as_it_came() {
    let bench = bench();
    let (ticket, mail) = mailed(&bench, "Refund");
    let to = address(&mail);
    let quoted = answer(1, &to.to_uppercase(), &format!("It works. You wrote from {to}."));
    let came = [(ADA, quoted), (EVE, answer(2, &to, "I am Ada."))].map(|(sender, written)| {
        let id = keeps(&bench, sender, &to, &written);
        (id, written.replace('\n', "\r\n").into_bytes())
    });
    // Also when the address is worth nothing any more.
    for revoked in [false, true] {
        for (id, written) in &came {
            assert_ne!(&kept(&bench, id.0), written);
            assert_eq!(&bench.desk.raw_mail(*id).unwrap(), written);
        }
        if !revoked {
            bench.desk.revoke_reply_addresses(ticket).unwrap();
        }
    }
}

#[test]
fn t31_the_addresses_in_a_copy_open_nothing() {
    let bench = bench();
    let (id, mail) = mailed(&bench, "Refund");
    let to = address(&mail);
    let answered = lands(&bench, ADA, &to, &answer(1, &to, "It works."));
    let parts = bench.ticket(id).parts.len();
    // The thief writes as Ada, to what the copy says she wrote to.
    let copied = bench.desk.arrived(InboundId(answered.id)).unwrap().envelope_recipient;
    assert_eq!(copied, to.replace(&proof(&to), &"x".repeat(26)));
    let forged = lands(&bench, ADA, &copied, &answer(2, &copied, "I am Ada."));
    assert_ne!(forged.ticket, Some(id));
    let raw = String::from_utf8(kept(&bench, answered.id)).unwrap();
    let forged = lands(&bench, ADA, DESK, &raw.replace("answer1", "answer3").replace('\r', ""));
    assert_ne!(forged.ticket, Some(id));
    assert_eq!(bench.ticket(id).parts.len(), parts);
    // A proof is of its mail alone, and of its epoch: revoked before it is applied, it opens nothing.
    let waiting = keeps(&bench, ADA, &to, &answer(4, &to, "Too late."));
    bench.desk.revoke_reply_addresses(id).unwrap();
    assert_ne!(bench.desk.apply_mail(waiting, bench.now()).unwrap().ticket, Some(id));
}

#[test]
fn t31_a_mail_that_an_older_deskbell_kept_is_applied() {
    let bench = bench();
    let (id, mail) = mailed(&bench, "Refund");
    let to = address(&mail);
    let kept = keeps(&bench, ADA, DESK, &answer(1, DESK, "It works."));
    // It kept the address as it came.
    let raw = answer(1, &to, "It works.").replace('\n', "\r\n").into_bytes();
    let sql = "UPDATE inbound SET raw = ?1, envelope_recipient = ?2 WHERE id = ?3";
    bench.database().execute(sql, (raw, &to, kept.0)).unwrap();
    let landed = bench.desk.apply_mail(kept, bench.now()).unwrap();
    assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)));
}
