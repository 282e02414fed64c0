//! Files both ways: a teammate's go with the mail of their reply, a customer's come with an answer,
//! and those of notes stay with the team.

use base64_of::base64;
use deskbell::desk::receive::Arrival;
use deskbell::domain::{
    Action, Actor, Attachment, Category, NewTicket, Notify, TicketId, TicketState,
};
use deskbell::mail::{Inbound, clean_file_name, parse};

use crate::mail_in::policy;
use crate::support::bench::{ADA, Bench, minutes};
use crate::support::post::DESK;
use crate::support::program::Program;

/// Every byte there is, and lines that a mail server could take for something else.
fn bytes() -> Vec<u8> {
    (0..=255).cycle().take(3_000).chain(*b"\r\n.\r\n\n.\nFrom me\r").collect()
}

fn keep(bench: &Bench, name: &str, bytes: &[u8]) -> Attachment {
    bench.desk.keep_file(name, bytes.to_vec()).unwrap()
}

fn replies_with(bench: &Bench, id: TicketId, words: &str, files: Vec<Attachment>) {
    bench.mara().does(id, &Action::reply(words).with_files(files));
}

fn files_of(raw: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Inbound { attachments, .. } = parse(raw);
    attachments.into_iter().filter(|a| !a.inline).map(|a| (a.name, a.bytes)).collect()
}

#[test]
fn n2_a_reply_takes_its_files_along_and_the_quotation_does_not_repeat_them() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    replies_with(&bench, id, "See the slip.", vec![keep(&bench, "../Beleg März.bin", &bytes())]);
    let entry = bench.ada().thread(id).thread.unwrap().thread.pop().unwrap();
    assert_eq!((entry.files[0].name.as_str(), entry.files[0].size), ("Beleg März.bin", 3_016));
    bench.advance(minutes(4));
    let mail = bench.ada().mails().pop().unwrap();
    assert!(files_of(&mail.raw) == [("Beleg März.bin".to_owned(), bytes())]);
    assert!(mail.text.contains("Attached: Beleg März.bin (3.0 KB)"), "{}", mail.text);
    assert!(mail.html.contains("Attached: Beleg März.bin (3.0 KB)"), "{}", mail.html);

    replies_with(&bench, id, "And now?", Vec::new());
    bench.advance(minutes(4));
    let next = bench.ada().mails().pop().unwrap();
    assert!(next.text.contains("See the slip."), "quoted");
    assert!(files_of(&next.raw).is_empty());
}

#[test]
fn n13_a_burst_carries_the_files_of_all_its_replies() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    for name in ["one.bin", "two.bin"] {
        replies_with(&bench, id, name, vec![keep(&bench, name, name.as_bytes())]);
        bench.advance(minutes(1));
    }
    bench.advance(minutes(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    let names: Vec<String> = files_of(&mails[0].raw).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["one.bin", "two.bin"]);
}

#[test]
fn u1_a_reply_that_is_taken_back_gives_its_files_back_and_mails_none() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let slip = keep(&bench, "slip.bin", &bytes());
    replies_with(&bench, id, "See the slip.", vec![slip.clone()]);
    let part = bench.ticket(id).parts.last().unwrap().id;
    let ada = bench.desk.customer(bench.ada().contact().id);
    assert_eq!(ada.attachment(part, 0).unwrap(), Some((slip.clone(), bytes())));
    assert_eq!(bench.mara().undoes(id).files, [slip]);
    assert_eq!(ada.attachment(part, 0).unwrap(), None, "it is not theirs to see any more");
    bench.advance(minutes(30));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn v7_files_of_notes_and_of_unshared_tickets_are_nobodys_but_the_teams() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let hidden = bench.shared_back_office("Ledger adjustment");
    let secret = keep(&bench, "fraud.txt", b"fraud?");
    bench.mara().does(id, &Action::note("Hush.").with_files(vec![secret.clone()]));
    let note = bench.ticket(id).parts.last().unwrap().id;
    replies_with(&bench, hidden, "Here.", vec![keep(&bench, "open.txt", b"open")]);
    let reply = bench.ticket(hidden).parts.last().unwrap().id;
    let (ada, bob) = (bench.ada().contact(), bench.bob());
    bob.submits("Mine", "");
    let theirs = |contact| bench.desk.customer(contact);
    assert!(theirs(ada.id).attachment(reply, 0).unwrap().is_some());
    assert_eq!(theirs(ada.id).attachment(reply, 1).unwrap(), None);
    assert_eq!(theirs(ada.id).attachment(note, 0).unwrap(), None);
    assert_eq!(theirs(bob.contact().id).attachment(reply, 0).unwrap(), None);
    bench.mara().unshares(hidden);
    assert_eq!(theirs(ada.id).attachment(reply, 0).unwrap(), None);
    // The team sees both.
    assert_eq!(bench.desk.attachment(id, note, 0).unwrap().unwrap().1, b"fraud?");
    assert!(bench.desk.attachment(hidden, reply, 0).unwrap().is_some());
    assert_eq!(bench.desk.attachment(id, reply, 0).unwrap(), None, "of another ticket");
    bench.advance(minutes(30));
    for mail in bench.all_mails() {
        assert!(files_of(&mail.raw).is_empty() && !mail.text.contains("fraud"));
    }
}

#[test]
fn a_file_that_a_customer_mails_back_is_listed_and_saved_as_it_was() {
    let bench = Bench::with(policy());
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "Send it, please.");
    bench.advance(minutes(4));
    let mail = bench.ada().mails().pop().unwrap();
    let answer = bench.ada().composes(&mail, "Here it is.");
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"../../slip.pdf\"\r\n\r\n{}\r\n\
         --b\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\n\
         Content-Disposition: inline; filename=\"logo.png\"\r\n\r\nnot much\r\n--b--\r\n",
        base64(&bytes())
    );
    let raw = String::from_utf8(answer.raw()).unwrap();
    let (head, _) = raw.split_once("Content-Type:").unwrap();
    let raw = format!("{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n{body}");
    let arrival = Arrival {
        mailbox: DESK.into(),
        sender: Some(ADA.into()),
        recipient: answer.recipient.clone(),
        raw: raw.into_bytes(),
        left_out: 0,
    };
    let kept = bench.desk.store_raw(arrival, bench.now()).unwrap();
    bench.desk.apply_mail(kept, bench.now()).unwrap();
    let view = bench.ticket(id);
    let part = view.parts.iter().find(|p| !p.files.is_empty()).unwrap();
    let names: Vec<(&str, bool)> = part.files.iter().map(|f| (f.name.as_str(), f.inline)).collect();
    assert_eq!(names, [("slip.pdf", false), ("logo.png", true)]);
    let (file, read) = bench.desk.attachment(id, part.id, 0).unwrap().unwrap();
    assert!(file.size == 3_016 && read == bytes());
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let saved = deskbell::desk::files::save(to, &file.name, &bytes()).unwrap();
    assert_eq!(std::fs::read(saved).unwrap(), bytes());
}

fn submission(bench: &Bench, category: Category, files: Vec<Attachment>) -> NewTicket {
    NewTicket {
        category,
        title: "A slip for you".into(),
        body: "Please look.".into(),
        contact: Some(bench.ada().contact()),
        shared: false,
        files,
    }
}

fn submits(bench: &Bench, actor: &Actor, new: &NewTicket) -> TicketId {
    bench.desk.submit(actor, new, Notify::Tell, false, bench.now()).unwrap().id
}

#[test]
fn n1_a_submissions_files_go_with_its_mail_where_a_teammate_wrote_it() {
    let bench = Bench::new();
    bench.ada().submits("Hello", "");
    bench.advance(minutes(1));
    bench.ada().mails();
    let files = vec![keep(&bench, "slip.bin", &bytes())];
    let new = submission(&bench, Category::Customer, files);
    let id = submits(&bench, &bench.mara().actor(), &new);
    let entry = bench.ada().thread(id).thread.unwrap().thread.remove(0);
    assert_eq!((entry.text.as_str(), entry.files.len()), ("Please look.", 1));
    bench.advance(minutes(1));
    let mail = bench.ada().mails().pop().unwrap();
    assert!(files_of(&mail.raw) == [("slip.bin".to_owned(), bytes())]);
    for words in [&mail.text, &mail.html] {
        assert!(words.contains("Attached: slip.bin (3.0 KB)"), "{words}");
    }
    // Their own are not mailed back to them, and the next mail repeats nobody's.
    let own = submits(&bench, &Actor::Customer(bench.ada().contact()), &new);
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(minutes(1));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert!(files_of(&mail.raw).is_empty() && !mail.text.contains("slip.bin"), "{}", mail.text);
    }
    let part = bench.ticket(own).parts.remove(0);
    assert!(
        bench.desk.customer(bench.ada().contact().id).attachment(part.id, 0).unwrap().is_some()
    );
}

#[test]
fn v1_a_submissions_files_stay_with_the_team_where_it_is_not_shared() {
    let bench = Bench::new();
    bench.ada().submits("Hello", "");
    let files = vec![keep(&bench, "fraud.txt", b"fraud?")];
    let new = submission(&bench, Category::BackOffice, files.clone());
    let id = submits(&bench, &bench.mara().actor(), &new);
    let part = bench.ticket(id).parts.remove(0);
    let ada = bench.desk.customer(bench.ada().contact().id);
    assert_eq!(ada.attachment(part.id, 0).unwrap(), None);
    // What was recorded before it is shared stays so (V6).
    bench.mara().shares(id);
    assert_eq!(ada.attachment(part.id, 0).unwrap(), None);
    let tracker = NewTicket { contact: None, ..submission(&bench, Category::Tracker, files) };
    submits(&bench, &bench.mara().actor(), &tracker);
    bench.advance(minutes(30));
    for mail in bench.all_mails() {
        assert!(files_of(&mail.raw).is_empty() && !mail.text.contains("fraud"));
    }
    // As many and as much as with a reply.
    let many = vec![keep(&bench, "a", b"a"); 11];
    let refused = bench.desk.would_submit(
        &bench.mara().actor(),
        &submission(&bench, Category::Customer, many),
        bench.now(),
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        "There are 11 files; at most 10 go with one message."
    );
}

#[test]
fn new_tickets_take_files_on_the_command_line() {
    let program = Program::new();
    program.configure("allow_acting_as_customer = true\n");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("slip.bin"), bytes()).unwrap();
    let slip = path("slip.bin");
    let new = ["new", "customer", "A slip", "--contact", ADA, "--attach", &slip];
    program.run(&[&["--dry-run"], &new[..]].concat()).done();
    assert!(
        program.dump().iter().all(|row| !row.starts_with("tickets:")),
        "a dry run does nothing"
    );
    assert!(program.dump().iter().all(|row| !row.starts_with("attachments:")));
    let id = program.run(&new).done().stdout.trim().to_owned();
    let own = program.run(&["customer", ADA, "new", "Mine", "--attach", &slip]).done().stdout;
    for id in [id.as_str(), own.trim()] {
        let listed = program.run(&["attachments", id]).done().stdout;
        let line = "  1  slip.bin (3.0 KB, application/octet-stream) · customer sees it";
        assert_eq!(listed.trim_end(), line);
    }
    let hidden = ["new", "back-office", "Ours", "--contact", ADA, "--attach", &slip];
    let hidden = program.run(&hidden).done().stdout;
    assert!(program.run(&["attachments", hidden.trim()]).done().stdout.contains("team only"));
    // What is refused keeps no file.
    std::fs::write(path("other.bin"), "other").unwrap();
    let kept = || program.dump().iter().filter(|row| row.starts_with("attachments:")).count();
    let before = kept();
    let refused = ["new", "customer", "Nobody's", "--attach", &path("other.bin")];
    assert_ne!(program.run(&refused).code, 0);
    program
        .run(&["new", "tracker", "x", "--attach", &path("none")])
        .fails(1, &format!("{} cannot be read: there is no such file.", path("none")));
    assert_eq!(kept(), before);
}

#[test]
fn the_command_line_attaches_lists_and_saves() {
    let program = Program::new();
    program.configure("allow_acting_as_customer = true\n");
    let id = program.adas("Refund not received");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("slip.bin"), bytes()).unwrap();
    std::fs::write(path("note.txt"), "for us").unwrap();
    let (slip, note) = (path("slip.bin"), path("note.txt"));
    program.run(&["reply", &id, "See the slip.", "--attach", &slip, "--attach", &note]).done();
    program.run(&["note", &id, "Hush.", "--attach", &note]).done();
    program.run(&["customer", ADA, "reply", &id, "Mine.", "--attach", &slip]).done();
    let listed = program.run(&["attachments", &id]).done().stdout;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 4, "{listed}");
    assert_eq!(lines[0], "  1  slip.bin (3.0 KB, application/octet-stream) · customer sees it");
    assert_eq!(lines[2], "  3  note.txt (6 B, text/plain) · team only");
    let to = path("saved");
    let went = program.run(&["save", &id, "1", "--to", &to]).done().stdout;
    assert_eq!(std::fs::read(went.trim()).unwrap(), bytes());
    let again = program.run(&["save", &id, "4", "--to", &to]).done().stdout;
    assert!(again.trim().ends_with("saved (2)"), "{again}");
    let seen = program.run(&["messenger", ADA, "--plain", "--open", &id]).done().stdout;
    assert_eq!(seen.matches("+ note.txt (6 B)").count(), 1, "the reply's alone: {seen}");
    let json = program.run(&["messenger", ADA, "--json", "--open", &id]).json();
    let file = &json["ticket"]["thread"].as_array().unwrap().iter().find(|e| e["files"].is_array());
    let part = file.unwrap()["files"][0]["part"].to_string();
    program.run(&["customer", ADA, "save", &part, "0", "--to", &path("theirs")]).done();
    assert_eq!(std::fs::read(path("theirs")).unwrap(), bytes());
    program
        .run(&["customer", ADA, "save", "999", "0"])
        .fails(3, "There is no such file that this customer can see.");
    program
        .run(&["save", &id, "9"])
        .fails(1, &format!("#{id} has no file 9. `deskbell attachments {id}` lists them."));
    program
        .run(&["reply", &id, "x", "--attach", &path("none")])
        .fails(1, &format!("{} cannot be read: there is no such file.", path("none")));
    let many: Vec<String> = (0..11).flat_map(|_| ["--attach".to_owned(), note.clone()]).collect();
    let many: Vec<&str> =
        ["reply", &id, "x"].into_iter().chain(many.iter().map(|s| &**s)).collect();
    program.run(&many).fails(1, "There are 11 files; at most 10 go with one message.");
}

/// Threat 27: names are cleaned the same whichever way they come.
#[test]
fn names_from_anywhere_are_harmless_when_they_are_kept() {
    let bench = Bench::new();
    for (raw, clean) in [
        ("../../x\0.png", "x.png"),
        ("CON", "_CON"),
        ("-rf", "rf"),
        ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
        ("", "attachment"),
    ] {
        assert_eq!(keep(&bench, raw, b"x").name, clean, "{raw:?}");
        assert_eq!(clean_file_name(raw), clean);
    }
    assert_eq!(keep(&bench, &"x".repeat(300), b"x").name.chars().count(), 120);
}

mod base64_of {
    /// Base64 in lines of 76, as mail programs write it.
    pub fn base64(bytes: &[u8]) -> String {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for (at, three) in bytes.chunks(3).enumerate() {
            let n =
                three.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
            for i in 0..4 {
                let letter = LETTERS[(n >> (18 - 6 * i) & 63) as usize];
                out.push(if i <= three.len() { char::from(letter) } else { '=' });
            }
            if at % 19 == 18 {
                out.push_str("\r\n");
            }
        }
        out
    }
}
