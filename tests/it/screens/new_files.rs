//! Files that begin a ticket: in the form of a teammate, and with what the customer writes.

use deskbell::desk::DraftKey;
use deskbell::domain::{Channel, Status, TicketId};
use insta::assert_snapshot;

use super::{MIDDLE, WIDE, desk, desk_to_act_on, seconds};
use crate::support::runner::Runner;

/// A folder with a slip in it: the folder, and the slip's path.
fn slip() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slip.pdf");
    std::fs::write(&path, b"%PDF-1.7 and the rest").unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

/// The newest ticket of the desk.
fn newest(r: &Runner) -> TicketId {
    let filter = deskbell::domain::inbox::InboxFilter::default();
    r.story.desk.inbox(&filter, None, 50).unwrap().iter().map(|row| row.id).max().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_new_tickets_files_are_kept_with_its_draft_and_go_with_it() {
    let (folder, path) = slip();
    let mut r = desk().await.story.open(WIDE).await;
    r.keys("N").await.shows("New ticket");
    r.keys("<alt+x>").await.shows("No file is attached here.");
    r.keys("<alt+a>").await.shows("Attach a file");
    r.keys(&format!("{}/none<enter>", folder.path().display())).await;
    r.shows("cannot be read: there is no such file.");
    r.keys("<ctrl+u>").await.paste(&path).await.keys("<enter>").await;
    r.hides("Attach a file").shows("1 slip.pdf 21 B").shows("New ticket");
    // It is kept from here on, without a word and without the file on the disk.
    std::fs::remove_file(&path).unwrap();
    r.keys("<esc>").await.shows("The draft of the new ticket is kept.");
    let me = r.story.me.id;
    let drafts = r.story.desk.drafts(me).unwrap();
    assert_eq!((drafts[0].key, drafts[0].files.len()), (DraftKey::NewTicket, 1));
    r.keys("D").await.shows("1 file");
    r.keys("<enter>").await.shows("1 slip.pdf 21 B");
    r.keys("ada@lumen.example<tab><tab>A slip for you<tab>Please look.").await;
    r.advance(seconds(2)).await;
    assert_snapshot!("new_ticket_file_120x36", r.picture());
    r.keys("<ctrl+s>").await.shows("is submitted.").shows("+ slip.pdf (21 B) · f lists files");
    assert!(r.story.desk.drafts(me).unwrap().is_empty());
    let id = newest(&r);
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    let kept = r.story.desk.attachment(id, view.parts[0].id, 0).unwrap().unwrap();
    assert_eq!(kept.1, b"%PDF-1.7 and the rest");
}

#[tokio::test(start_paused = true)]
async fn of_a_new_tickets_files_one_is_taken_away_again() {
    let (_folder, path) = slip();
    let mut r = desk().await.story.open(MIDDLE).await;
    r.keys("N").await;
    for _ in 0..2 {
        r.keys(&format!("<alt+a>{path}<enter>")).await;
    }
    r.shows("1 slip.pdf 21 B · 2 slip.pdf 21 B");
    assert_snapshot!("new_ticket_files_80x24", r.screen());
    r.keys("<alt+x>").await.shows("Take a file away");
    r.keys("2<enter>").await.hides("2 slip.pdf").shows("1 slip.pdf");
    r.keys("<alt+x>").await.hides("1 slip.pdf");
    r.keys("<esc>").await;
    assert!(r.story.desk.drafts(r.story.me.id).unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn as_the_customer_a_file_goes_with_a_reply_and_with_a_new_ticket() {
    let (_folder, path) = slip();
    let mut d = desk_to_act_on().await;
    d.story.later(1);
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("M<enter><enter>").await.keys("rHere is my slip.").await.hides("Next field");
    r.keys("<alt+a>").await.shows("Attach a file").shows("Enter Attach").hides("Next field");
    r.keys("/no/such<enter>").await.shows("there is no such");
    assert_snapshot!("acting_attach_120x36", r.picture());
    r.keys("<ctrl+s>").await.shows("A file's path is being typed").shows("Attach a file");
    r.keys(&format!("<ctrl+u>{path}<enter>")).await.hides("Attach a file").shows("+ slip.pdf 21 B");
    assert_snapshot!("acting_file_120x36", r.picture());
    r.keys("<alt+x>").await.hides("+ slip.pdf 21 B");
    r.keys("<alt+a>").await.keys("<esc>").await.hides("Attach a file").shows("Here is my slip.");
    r.keys("<alt+a>").await.paste(&path).await.keys("<enter>").await.shows("+ slip.pdf 21 B");
    // It was read when it was attached.
    std::fs::remove_file(&path).unwrap();
    r.keys("<ctrl+s>").await.shows("+ slip.pdf (21 B) · f lists files");
    let part = |r: &Runner, id| r.story.desk.ticket(id).unwrap().unwrap().parts.into_iter();
    let reply = part(&r, id).find(|p| !p.files.is_empty()).unwrap();
    assert_eq!(reply.body.as_deref(), Some("Here is my slip."));
    let (_, bytes) = r.story.desk.attachment(id, reply.id, 0).unwrap().unwrap();
    assert_eq!(bytes, b"%PDF-1.7 and the rest");
    // The next message has none, and a new ticket its own.
    std::fs::write(&path, b"another").unwrap();
    r.keys("<esc>").await;
    r.keys("nAnother matter").await.shows("Tab Next field");
    r.keys("<tab>See here.<alt+a>").await;
    r.keys(&format!("{path}<enter>")).await.shows("+ slip.pdf 7 B");
    r.keys("<ctrl+s>").await;
    let new = newest(&r);
    let submitted = part(&r, new).next().unwrap();
    assert_eq!((submitted.files.len(), submitted.files[0].size), (1, 7));
}

#[tokio::test(start_paused = true)]
async fn in_a_messenger_of_its_own_a_file_is_attached_as_well() {
    let (_folder, path) = slip();
    let mut d = desk_to_act_on().await;
    d.story.later(1);
    let id = d.refund;
    let mut r = d.story.messenger("ada@lumen.example", MIDDLE).await;
    r.keys("<enter><enter>r").await.shows("Attach file");
    r.keys("Mine.<alt+a>/no/such<enter>").await.shows("there is no such file");
    assert_snapshot!("messenger_attach_80x24", r.screen());
    r.keys(&format!("<ctrl+u>{path}<enter>")).await.shows("+ slip.pdf 21 B");
    r.keys("<ctrl+s>").await.shows("+ slip.pdf 21 B");
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    let part = view.parts.iter().find(|p| !p.files.is_empty()).unwrap();
    let email = view.delivery(part, Channel::Email).unwrap();
    assert_eq!(email.status, Status::Suppressed, "not mailed back to them");
}
