//! Files on the screens: attached, kept with drafts, listed and saved.

use deskbell::desk::DraftKey;
use deskbell::domain::Action;
use deskbell::tui::view::theme::{Preset, Theme};
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
    r.shows("+ fraud-check.txt (6 B) · f lists files").shows("48 KB");
    assert_snapshot!("thread_files_120x36", r.picture());
    r.keys("f").await.shows("Files of").shows("team only").shows("customer sees it");
    assert_snapshot!("files_120x36", r.picture());
    r.keys("G").await.shows("▶ fraud-check.txt").hides("v Look at");
    r.keys("v").await.shows("fraud-check.txt is no picture that is shown here; s saves it.");
    r.keys("gg").await.hides("▶ fraud-check.txt");
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
    r.shows("Alt+x Remove file").shows("F1 Help");
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

#[tokio::test(start_paused = true)]
async fn however_many_files_a_reply_has_its_email_stands_in_its_foot() {
    let mut d = desk().await;
    let address = "accounts-payable-and-receivable@northern-office.wholesale.example";
    let id = d.story.of("Ingrid Berg", address, "Which of these are paid?");
    d.story.later(1);
    let folder = tempfile::tempdir().unwrap();
    let mut r = d.story.open(MIDDLE).await;
    r.keys(&format!("g{}<enter>rHere they are.", id.0)).await;
    r.shows("in 3:00 to accounts-payable-and-r…,").shows("only if still unseen");
    for n in 1..=6 {
        let path = folder.path().join(format!("statement-of-the-bank-{n}.pdf"));
        std::fs::write(&path, vec![0; if n == 1 { 9_000_000 } else { 9 }]).unwrap();
        r.keys(&format!("<alt+a>{}<enter>", path.display())).await.hides("Attach a file");
    }
    r.shows("only if still unseen").shows("The email will have").shows("6 files, 9.0 MB");
    r.resize(80, 30).await.shows("1 statement-of-the-bank-1.pdf").shows("and 5 more");
    r.resize(80, 24).await;
    r.shows("Alt+x Remove file");
    assert_snapshot!("reply_with_many_files_80x24", r.screen());
}

/// A PNG of four colours, with a transparent corner.
fn png() -> Vec<u8> {
    let mut image = image::RgbaImage::from_pixel(12, 8, image::Rgba([30, 60, 200, 255]));
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        pixel.0 = match (x < 6, y < 3) {
            (true, true) => [200, 30, 30, 255],
            (false, true) => [30, 160, 60, 255],
            (true, false) => [30, 60, 200, 255],
            (false, false) => [0, 0, 0, 0],
        };
    }
    let mut out = std::io::Cursor::new(Vec::new());
    image.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// A ticket whose newest note has these files; its list of files is open.
async fn with_pictures(size: (u16, u16), theme: Theme, files: &[(&str, Vec<u8>)]) -> Runner {
    let mut d = desk().await;
    let kept = files.iter().map(|(name, bytes)| d.story.desk.keep_file(name, bytes.clone()));
    let kept = kept.collect::<Result<_, _>>().unwrap();
    let note = Action::note("The screen, as she sent it.").with_files(kept);
    d.story.later(1).does("Mara Holt", d.refund, &note);
    d.story.later(1);
    let mut r = d.story.open_with(size, theme, 1.0).await;
    r.keys("<enter>f").await.shows("Files of");
    r
}

#[tokio::test(start_paused = true)]
async fn a_picture_is_looked_at_by_a_key() {
    let files = [("screen.png", png())];
    for (size, name) in
        [(WIDE, "picture_120x36"), (MIDDLE, "picture_80x24"), (NARROW, "picture_60x18")]
    {
        let mut r = with_pictures(size, Theme::default(), &files).await;
        r.keys("v").await.shows("screen.png").shows("12 x 8 pixels");
        assert_snapshot!(name, r.picture());
        r.keys("x").await.shows("x does nothing here.").shows("12 x 8 pixels");
        r.keys("<esc>").await.shows("Files of").hides("12 x 8 pixels");
        r.keys("v").await.shows("12 x 8 pixels");
        r.keys("q").await.hides("12 x 8 pixels").shows("Files of");
    }
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_takes_long_holds_up_nothing_else() {
    let mut d = desk().await;
    let (open, gate) = tokio::sync::watch::channel(false);
    d.story.picture_gate = Some(gate);
    let kept = d.story.desk.keep_file("screen.png", png()).unwrap();
    d.story.later(1).does("Mara Holt", d.refund, &Action::note("Look.").with_files(vec![kept]));
    d.story.later(1);
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("<enter>fv").await.shows("screen.png").hides("12 x 8 pixels");
    // The decoder is at it. Meanwhile the list is there, a reply is written, and it is on the desk.
    r.keys("<esc>").await.shows("Files of");
    r.keys("<esc>rSent meanwhile.").await;
    r.advance(seconds(2)).await;
    let me = r.story.me.id;
    assert_eq!(r.story.desk.drafts(me).unwrap()[0].text, "Sent meanwhile.");
    r.keys("<ctrl+s>").await.shows("is sent").shows("Sent meanwhile.");
    let parts = r.story.desk.ticket(id).unwrap().unwrap().parts;
    assert_eq!(parts.last().unwrap().body.as_deref(), Some("Sent meanwhile."));
    // Its answer is for a box that is not there any more.
    open.send(true).unwrap();
    r.advance(seconds(1)).await.hides("12 x 8 pixels");
    // Of those that were asked for while it was made the last one counts.
    open.send(false).unwrap();
    r.keys("fv").await.hides("12 x 8 pixels");
    r.resize(110, 36).await.resize(100, 30).await;
    open.send(true).unwrap();
    r.advance(seconds(1)).await.shows("12 x 8 pixels");
    // Nothing waits for one when deskbell is left.
    open.send(false).unwrap();
    r.keys("<esc>v<ctrl+c>").await;
    r.ended().await;
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_cannot_be_shown_is_told_of_and_the_list_stays() {
    let mut torn = png();
    torn.truncate(60);
    // The header tells of more pixels than are decoded.
    let mut large = png();
    large[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    let sum = crc32fast::hash(&large[12..29]);
    large[29..33].copy_from_slice(&sum.to_be_bytes());
    let files =
        [("torn.png", torn), ("large.png", large), ("no-picture.png", b"<svg></svg>".to_vec())];
    let mut r = with_pictures(WIDE, Theme::default(), &files).await;
    r.keys("v").await.shows("torn.png is damaged and cannot be shown").shows("Files of");
    r.keys("jv").await.shows("large.png is too large to be shown (20000 x 8 pixels)");
    r.keys("jv").await.shows("no-picture.png is no picture that is shown here").shows("Files of");
}

#[tokio::test(start_paused = true)]
async fn without_colours_no_picture_is_shown_and_saving_is_pointed_to() {
    let mono = Theme::new(Preset::Mono);
    let mut r = with_pictures(WIDE, mono, &[("screen.png", png())]).await;
    r.hides("Look at");
    r.keys("v")
        .await
        .shows("No pictures are shown in plain ASCII or without colours; s saves the file.");
    r.hides("12 x 8 pixels");
}
