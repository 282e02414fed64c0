//! Composers, drafts, undo, new tickets.

use deskbell::desk::DraftKey;
use deskbell::domain::TicketId;
use insta::assert_snapshot;

use super::{MIDDLE, NARROW, WIDE, desk, open, seconds};

#[tokio::test(start_paused = true)]
async fn a_reply_and_a_note_cannot_be_mistaken() {
    let mut r = open(WIDE).await;
    r.keys("rThanks Ada.<enter>It is on its way.").await;
    r.shows("REPLY ▸ ADA WILL SEE THIS").shows("in 3:00 to ada@lumen.example");
    assert_snapshot!("reply_120x36", r.picture());
    r.keys("<esc>nBank says no.").await;
    r.shows("NOTE ░ TEAM ONLY, ADA NEVER SEES THIS").shows("no badge, no email");
    assert_snapshot!("note_120x36", r.picture());
    let mut r = open(MIDDLE).await;
    r.keys("rThanks Ada.").await;
    assert_snapshot!("reply_80x24", r.picture());
    r.keys("<esc>nBank says no.").await;
    assert_snapshot!("note_80x24", r.picture());
    let mut r = open(NARROW).await;
    r.keys("<enter>rThanks Ada.").await;
    assert_snapshot!("reply_60x18", r.picture());
}

#[tokio::test(start_paused = true)]
async fn enter_is_a_new_line_and_ctrl_s_sends() {
    let d = desk().await;
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("rOne<enter>two").await.shows("REPLY");
    let before = r.story.desk.ticket(id).unwrap().unwrap().parts.len();
    r.keys("<ctrl+s>").await.hides("REPLY ▸").shows("is sent").shows("u takes it back");
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    assert_eq!(view.parts.len(), before + 1);
    assert_eq!(view.parts.last().unwrap().body.as_deref(), Some("One\ntwo"));
    assert!(r.story.desk.drafts(r.story.me.id).unwrap().is_empty());
    assert_snapshot!("reply_sent_120x36", r.screen());
}

#[tokio::test(start_paused = true)]
async fn u1_a_reply_that_is_taken_back_gives_its_text_back() {
    let d = desk().await;
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("rWrong words<ctrl+s>").await.shows("is sent");
    r.keys("u").await.shows("REPLY ▸ ADA").shows("Wrong words").shows("taken back");
    assert_snapshot!("taken_back_120x36", r.picture());
    r.keys("<ctrl+u>Right words<ctrl+s>").await.shows("is sent");
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    let live: Vec<&str> = view
        .parts
        .iter()
        .filter(|p| p.withdrawn_at.is_none())
        .filter_map(|p| p.body.as_deref())
        .collect();
    assert_eq!(live.last(), Some(&"Right words"));
    assert!(!live.contains(&"Wrong words"));
}

#[tokio::test(start_paused = true)]
async fn the_hint_of_undo_stands_only_where_the_key_takes_that_back() {
    let d = desk().await;
    let id = d.refund;
    let done = format!("{id} is In progress.");
    let mut r = d.story.open(WIDE).await;
    r.keys("s22").await.shows(&done).shows("u takes it back");
    // Here u is a letter of the note, and there another ticket's key.
    r.keys("n").await.shows(&done).hides("takes it back");
    r.keys("<esc>").await.shows("u takes it back");
    r.keys("<esc>j").await.shows(&done).hides("takes it back");
    r.keys("k").await.shows("u takes it back");
    r.keys("u").await.shows(&format!("Taken back on {id}"));
}

#[tokio::test(start_paused = true)]
async fn of_a_very_long_first_name_the_end_is_cut_and_not_the_sentences() {
    let mut d = desk().await;
    let name = "Maximilianakonstantinopoulou Papadopoulou";
    let id = d.story.of(name, "max@one.example", "Which plan is ours?");
    d.story.later(1);
    let mut r = d.story.open(MIDDLE).await;
    r.keys(&format!("g{}<enter>", id.0)).await.shows("Maximilianakons… now: ");
    r.keys("r").await.shows("REPLY ▸ MAXIMILIANAKONS… WILL SEE THIS");
    r.shows("Maximilianakons… after sending: ");
    r.keys("<esc>n").await.shows("NEVER SEES THIS");
    r.keys("Hush.<ctrl+t>").await.shows("Send this note to Maximilianakons… instead?");
    r.keys("<esc><esc>s2")
        .await
        .shows("MAXIMILIANAKONS… WILL BE TOLD")
        .shows("…   Esc Leave as it");
}

#[tokio::test(start_paused = true)]
async fn a_note_becomes_a_reply_only_after_its_text_was_shown() {
    let mut r = open(WIDE).await;
    r.keys("nIBAN typo, @Sam<ctrl+t>").await.shows("Send this note to Ada instead?");
    assert_snapshot!("note_to_reply_120x36", r.picture());
    r.keys("<enter>").await.shows("NOTE ░");
    r.keys("<ctrl+t>y").await.shows("REPLY ▸").shows("IBAN typo");
    r.keys("<ctrl+t>").await.shows("NOTE ░");
}

#[tokio::test(start_paused = true)]
async fn drafts_survive_esc_and_sudden_ends() {
    let d = desk().await;
    let id = d.refund;
    let mut r = d.story.open(WIDE).await;
    r.keys("rHalf a thought").await;
    assert!(r.story.desk.drafts(r.story.me.id).unwrap().is_empty(), "kept after a second");
    r.advance(seconds(2)).await.shows("saved");
    let kept = |r: &crate::support::runner::Runner| r.story.desk.drafts(r.story.me.id).unwrap();
    assert_eq!(kept(&r)[0].text, "Half a thought");
    r.keys(", and more<esc>").await.hides("REPLY ▸").shows("is kept");
    assert_eq!(kept(&r)[0].text, "Half a thought, and more");
    assert_eq!(kept(&r)[0].key, DraftKey::Reply(id));
    r.keys("r").await.shows("Half a thought, and more");
    r.keys("!").await.input(deskbell::tui::message::Input::Closed).await;
    r.ended().await;
    assert_eq!(kept(&r)[0].text, "Half a thought, and more!");
}

#[tokio::test(start_paused = true)]
async fn drafts_are_listed_and_opened() {
    let mut r = open(WIDE).await;
    r.keys("D").await.shows("There are no drafts.");
    r.keys("rHalf a thought<esc>jnFor us<esc>D").await.shows("Drafts");
    assert_snapshot!("drafts_120x36", r.screen());
    r.keys("<enter>").await.shows("REPLY ▸ ADA").shows("Half a thought");
    // And thrown away, each after asking.
    r.keys("<esc>Nada<esc>D<alt+d>").await.shows("Throw the reply to #5 away?");
    r.keys("<enter>").await.shows("3 drafts");
    r.keys("<alt+d>y").await.shows("2 drafts").hides("Half a thought");
    r.keys("<down><alt+d>").await.shows("Throw the new ticket away?");
    r.keys("y").await.shows("1 draft ");
    r.keys("<alt+d>y").await.hides("Drafts");
    assert!(r.story.desk.drafts(r.story.me.id).unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_new_ticket_that_was_begun_is_thrown_away_after_asking() {
    let mut r = open(WIDE).await;
    r.keys("N<alt+d>").await.hides("New ticket");
    r.keys("Nada<esc>").await.shows("is kept");
    r.keys("N").await.shows("Alt+d Discard draft");
    r.keys("<alt+d>").await.shows("Throw the new ticket away?");
    r.keys("<enter>").await.shows("New ticket").hides("Throw");
    r.keys("<alt+d>y").await.hides("New ticket");
    assert!(r.story.desk.drafts(r.story.me.id).unwrap().is_empty());
    r.keys("N").await.shows("say whose it is");
}

#[tokio::test(start_paused = true)]
async fn pasted_text_is_never_read_as_keys() {
    let mut r = open(WIDE).await;
    r.paste("s4s4q\n").await.shows("only taken in a text field").shows("1 of 3");
    r.keys("r").await.paste("two\r\nlines\u{1b}[31m red\u{202e}").await;
    r.shows("two").shows("lines red");
    assert!(r.is_running());
}

#[tokio::test(start_paused = true)]
async fn a_new_ticket_says_what_its_customer_is_told() {
    let mut r = open(WIDE).await;
    r.keys("N").await.shows("New ticket").shows("say whose it is");
    r.keys("ada").await.shows("ada@lumen.example");
    r.keys("<down><enter>Second card declined<enter>Since Monday.").await;
    r.shows("ADA WILL BE TOLD").shows("in 10 s, to ada@lumen.example");
    assert_snapshot!("new_ticket_120x36", r.picture());
    // U1: there is no way back from a submission, so none is promised.
    r.keys("<ctrl+s>").await.shows("is submitted").hides("takes it back");
    r.shows("Second card declined");
    r.keys("d").await.shows("EMAIL GRACE").shows("email to ada@lumen.example").hides("unless");
    r.keys("<esc>u").await.shows("that can be taken back.");
}

#[tokio::test(start_paused = true)]
async fn an_internal_or_wrong_new_ticket_says_so() {
    let mut r = open(MIDDLE).await;
    r.keys("N").await.keys("nobody at all").await.shows("is not an email address");
    assert_snapshot!("new_ticket_80x24", r.screen());
    r.keys("<esc>").await.shows("is kept");
    r.keys("3N").await.shows("is not an email address");
    r.keys("<shift+tab>3").await.shows("SILENCE").shows("Tracker, never shared");
    r.keys("<tab>Mail is late<ctrl+s>").await.shows("NEVER SHARED").shows("Mail is late");
    let mut r = open(NARROW).await;
    r.keys("N").await;
    assert_snapshot!("new_ticket_60x18", r.screen());
}

#[tokio::test(start_paused = true)]
async fn a_new_ticket_without_a_title_says_at_every_size_why_it_is_not_submitted() {
    for size in [WIDE, MIDDLE, NARROW] {
        let mut r = open(size).await;
        r.keys("Nada@lumen.example").await.shows("needs a title").shows("ADA WILL BE TOLD");
        r.keys("<ctrl+s>").await.shows("The title is empty.").shows("^S Submit");
        if size == MIDDLE {
            assert_snapshot!("new_ticket_no_title_80x24", r.screen());
        }
        r.keys("<tab><tab>Late").await.hides("needs a title");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_to_an_internal_ticket_is_refused_with_the_rule() {
    let d = desk().await;
    let TicketId(id) = d.ledger;
    let mut r = d.story.open(WIDE).await;
    r.keys(&format!("g{id}<enter>r")).await.hides("REPLY ▸");
    r.shows("is internal: its customer cannot see it");
    r.keys("3r")
        .await
        .shows("Tracker tickets are never shown to customers. Reply on a linked report.");
}

#[tokio::test(start_paused = true)]
async fn the_category_of_a_new_ticket_is_changed_from_any_field() {
    let mut r = open(WIDE).await;
    r.keys("N")
        .await
        .shows("1 Customer, always shared")
        .shows("^T changes it")
        .shows("^T Category");
    r.keys("new@one.example<ctrl+t>").await.shows("2 Back-office, internal").shows("SILENCE");
    // A tracker has no contact: the caret goes on to the title, and the address comes back.
    r.keys("<ctrl+t>Payouts fail").await.shows("3 Tracker, never shared").hides("new@one.example");
    r.keys("<ctrl+t>").await.shows("new@one.example").shows("Payouts fail");
    assert_snapshot!("new_ticket_category_120x36", r.picture());
}
