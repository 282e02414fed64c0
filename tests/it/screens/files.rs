//! Files on the screens: attached, kept with drafts, listed and saved.

use deskbell::desk::DraftKey;
use deskbell::domain::Action;
use insta::assert_snapshot;

use super::{MIDDLE, NARROW, WIDE, desk, seconds};
use crate::support::runner::Runner;

/// The small desk, its refund ticket with files on both sides, and a folder with a file to attach.
async fn with_files(size: (u16, u16)) -> (Runner, tempfile::TempDir) {
    let mut d = desk().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("slip.pdf"), b"%PDF-1.7 and the rest").unwrap();
    let keep = |d: &super::Desk, name: &str, bytes: &[u8]| {
        d.story.desk.keep_file(name, bytes.to_vec()).unwrap()
    };
    let secret = keep(&d, "fraud-check.txt", b"for us");
    let statement = keep(&d, "statement-of-the-bank-for-may-and-june-2026.pdf", &[0; 48_213]);
    d.story.later(1).does(
        "Mara Holt",
        d.refund,
        &Action::note("See the check.").with_files(vec![secret]),
    );
    let contact = d.story.desk.ticket(d.refund).unwrap().unwrap().contact.unwrap();
    let theirs = Action::customer_reply("Here is my statement.").with_files(vec![statement]);
    let now = d.story.now();
    let ada = deskbell::domain::Actor::Customer(contact);
    d.story.desk.perform(&ada, d.refund, &theirs, now).unwrap();
    d.story.later(1);
    (d.story.open(size).await, folder)
}

#[tokio::test(start_paused = true)]
async fn a_threads_files_are_listed_and_saved_by_a_key() {
    let (mut r, folder) = with_files(WIDE).await;
    r.shows("+ fraud-check.txt (6 B, text/plain)").shows("48 KB");
    assert_snapshot!("thread_files_120x36", r.picture());
    r.keys("f").await.shows("Files of").shows("team only").shows("customer sees it");
    assert_snapshot!("files_120x36", r.picture());
    r.keys("js").await.shows("Save fraud-check.txt to");
    r.keys(&format!("{}/none/x<enter>", folder.path().display())).await;
    r.shows("cannot be saved: there is no folder");
    r.keys("<ctrl+u>").await.keys(&format!("{}<enter>", folder.path().display())).await;
    r.hides("Save fraud-check.txt to").shows("Saved as").shows("Files of");
    assert_eq!(std::fs::read(folder.path().join("fraud-check.txt")).unwrap(), b"for us");
    let (mut r, _folder) = with_files(MIDDLE).await;
    assert_snapshot!("thread_files_80x24", r.screen());
    r.keys("f").await;
    assert_snapshot!("files_80x24", r.screen());
    let (mut r, _folder) = with_files(NARROW).await;
    r.keys("<enter>").await;
    assert_snapshot!("thread_files_60x18", r.screen());
    r.keys("f").await;
    assert_snapshot!("files_60x18", r.screen());
}

#[tokio::test(start_paused = true)]
async fn a_file_is_attached_kept_with_the_draft_sent_and_given_back() {
    let (mut r, folder) = with_files(WIDE).await;
    let path = folder.path().join("slip.pdf");
    r.keys("rSee the slip.<alt+a>").await.shows("Attach a file");
    r.keys(&format!("{}/none<enter>", folder.path().display())).await;
    r.shows("cannot be read: there is no such file.");
    r.keys("<ctrl+u>").await.paste(&format!("'{}'", path.display())).await.keys("<enter>").await;
    r.hides("Attach a file").shows("1 slip.pdf 21 B").shows("REPLY ▸ ADA WILL SEE THIS");
    assert_snapshot!("reply_with_file_120x36", r.picture());
    // It is kept from here on, also without a word and without the file on the disk.
    std::fs::remove_file(&path).unwrap();
    r.keys("<ctrl+u><esc>").await.shows("is kept");
    let me = r.story.me.id;
    let drafts = r.story.desk.drafts(me).unwrap();
    let DraftKey::Reply(id) = drafts[0].key else { panic!("{drafts:?}") };
    assert_eq!((drafts[0].files.len(), drafts[0].text.as_str()), (1, ""));
    r.keys("D").await.shows("1 file");
    r.keys("<enter>").await.shows("1 slip.pdf 21 B");
    r.keys("See the slip.<ctrl+s>").await.shows("is sent").shows("+ slip.pdf");
    assert!(r.story.desk.drafts(me).unwrap().is_empty());
    let part = r.story.desk.ticket(id).unwrap().unwrap().parts.pop().unwrap();
    let kept = r.story.desk.attachment(id, part.id, 0).unwrap().unwrap();
    assert_eq!(kept.1, b"%PDF-1.7 and the rest");
    // U1: with the text the file comes back, and goes again.
    r.keys("u").await.shows("See the slip.").shows("1 slip.pdf 21 B");
    r.advance(seconds(2)).await;
    assert_eq!(r.story.desk.drafts(me).unwrap()[0].files.len(), 1);
    r.keys("<alt+x>").await.shows("slip.pdf is not attached any more.").hides("1 slip.pdf");
    assert!(r.story.desk.drafts(me).unwrap()[0].files.is_empty());
}

#[tokio::test(start_paused = true)]
async fn v7_a_notes_files_are_named_before_it_becomes_a_reply() {
    let (mut r, folder) = with_files(MIDDLE).await;
    let path = folder.path().join("slip.pdf");
    r.keys(&format!("nHush.<alt+a>{}<enter>", path.display())).await.shows("1 slip.pdf 21 B");
    assert_snapshot!("note_with_file_80x24", r.screen());
    r.keys("<ctrl+t>").await.shows("Ada will read").shows("with 1 slip.pdf");
    r.keys("y").await.shows("REPLY ▸").shows("1 slip.pdf 21 B");
    let drafts = r.story.desk.drafts(r.story.me.id).unwrap();
    assert!(matches!(drafts.as_slice(), [d] if matches!(d.key, DraftKey::Reply(_))), "{drafts:?}");
    r.keys("<alt+a>").await.keys(&format!("{}<enter>", path.display())).await;
    r.shows("2 slip.pdf 21 B");
    r.keys("<alt+x>").await.shows("Take a file away");
    r.keys("7<enter>").await.shows("1 to 2");
    r.keys("<ctrl+u>2<enter>").await.hides("2 slip.pdf").shows("1 slip.pdf");
    r.keys("<alt+d>y").await.hides("REPLY ▸");
    assert!(r.story.desk.drafts(r.story.me.id).unwrap().is_empty());
}
