mod authors;
mod programs;

use std::time::{Duration, Instant};

use super::*;

#[test]
fn what_was_written_is_told_from_what_was_quoted() {
    // M5: (mail, shown)
    let marker = crate::mail::notification::REPLY_MARKER;
    for (mail, shown) in [
        ("Yes.\n\nOn Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n\n> Works?\n", "Yes."),
        (
            "Yes.\n\nOn Mon, 3 May 2027 at 10:00, Desk <\nd@desk.example> wrote:\n\n> Works?\n",
            "Yes.",
        ),
        ("Ja.\n\nAm 3. Mai 2027 um 10:00 schrieb Desk <d@desk.example>:\n> Geht es?", "Ja."),
        (
            "Oui.\n\nLe lun. 3 mai 2027 à 10:00, Desk <d@desk.example> a écrit :\n> Ça marche ?",
            "Oui.",
        ),
        ("Sí.\n\nEl lun, 3 may 2027 a las 10:00, Desk (<d@desk.example>) escribió:\n> ¿Va?", "Sí."),
        ("はい。\n\n2027年5月3日(月) 10:00 Desk <d@desk.example>:\n> 動きますか", "はい。"),
        ("Да.\n\nпн, 3 мая 2027 г. в 10:00, Desk <d@desk.example> написал(а):\n> Работает?", "Да."),
        (
            "Ja.\n\nVon: Desk <d@desk.example>\nGesendet: Montag, 3. Mai 2027 10:00\nAn: Ada\nBetreff: x\n\nGeht es?",
            "Ja.",
        ),
        (
            "Yes.\n\n-----Original Message-----\nFrom: Desk\nSent: today\nSubject: x\n\nWorks?",
            "Yes.",
        ),
        (
            "Yes.\n________________________________\nFrom: Desk <d@desk.example>\nSent: Monday\nTo: Ada\nSubject: x\n\nWorks?",
            "Yes.",
        ),
        ("Yes.\n-- \nAda Park\nLumen Ltd", "Yes."),
        ("Yes.\n\nSent from my iPhone", "Yes."),
        ("Ja.\n\nVon meinem iPhone gesendet", "Ja."),
        ("Yes.\n\nOn 3 May 2027 10:00, Desk wrote:\n\nWorks?\nMara", "Yes."),
        // Below the quotation, and between its lines.
        ("On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n> Works?\n\nYes.", "Yes."),
        (
            "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n> Works?\nYes.\n> Sure?\nVery.",
            "> Works?\nYes.\n> Sure?\nVery.",
        ),
        (
            "Hi,\nOn Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n> Works?\nYes.",
            "Hi,\n> Works?\nYes.",
        ),
        // Nothing is hidden that may be the author's.
        (
            "Forward:\n\n---------- Forwarded message ---------\nFrom: Eve\nDate: x\nSubject: y\n\nBuy!",
            "Forward:\n\n---------- Forwarded message ---------\nFrom: Eve\nDate: x\nSubject: y\n\nBuy!",
        ),
        ("> only a quotation", "> only a quotation"),
        (
            "First\n-----\nSecond, which matters.\nThird.",
            "First\n-----\nSecond, which matters.\nThird.",
        ),
        (
            "On Monday I wrote:\nplease call.\nNobody did.",
            "On Monday I wrote:\nplease call.\nNobody did.",
        ),
        (
            "See my answers below.\n\n-----Original Message-----\nFrom: Desk\n\nWorks? YES IT DOES",
            "See my answers below.\n\n-----Original Message-----\nFrom: Desk\n\nWorks? YES IT DOES",
        ),
        ("Options:\n--\nWould you call me?", "Options:\n--\nWould you call me?"),
        (
            "From: what I see, it fails.\nTo: be honest, often.",
            "From: what I see, it fails.\nTo: be honest, often.",
        ),
    ] {
        assert_eq!(trim(mail).shown, shown, "{mail}");
    }
    let ours = format!("Yes.\n\nDesk wrote this:\n> {marker}\n> \n> Mara replied:\n> Works?");
    assert_eq!(trim(&ours).shown, "Yes.");
    let unquoted = format!("Yes.\n\n{marker}\n\nMara replied:\n\nWorks?");
    assert_eq!(trim(&unquoted), Trimmed { shown: "Yes.".to_owned(), hidden_lines: 3 });
}

#[test]
fn what_the_markup_calls_a_quotation_goes() {
    let text = "Yes.\n\nMara, lundi, quelque part\n> Works?";
    assert_eq!(
        trim_marked(
            text,
            &[Markup::Nothing, Markup::Nothing, Markup::Quotation, Markup::Quotation]
        )
        .shown,
        "Yes."
    );
    assert_eq!(trim_marked("a\nb", &[Markup::Quotation; 2]).shown, "a\nb");
}

#[test]
fn a_mail_of_nothing_but_history_is_shown_whole() {
    let attribution = "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:";
    let head = "From: Desk <d@desk.example>\nSent: 3 May 2027 10:00\nTo: Ada\nSubject: x";
    for mail in [
        &format!("{attribution}\n> Works?"),
        &format!("{head}\n\nWorks?"),
        &format!("-----Original Message-----\n{head}\n\nWorks?"),
        &format!("{}\n> Works?", crate::mail::notification::REPLY_MARKER),
        "> Works?\n\n> Sure?",
        "-- \nAda Park\nLumen Ltd",
        "Sent from my iPhone",
        "_____________\n-- \n",
    ] {
        let trimmed = trim(mail);
        assert_eq!((trimmed.shown.as_str(), trimmed.hidden_lines), (mail.trim_end(), 0));
    }
    assert_eq!(trim("  \n\n"), Trimmed::default());
}

#[test]
fn what_is_passed_on_is_shown_whole_in_every_language() {
    let head = "From: Eve <e@x.example>\nDate: 3 May 2027 10:00\nSubject: y\nTo: z@x.example";
    for words in words::all(words::FORWARDS) {
        for mark in [format!("---------- {words} ---------"), format!("{words}:")] {
            for body in [format!("{head}\n\nBuy!\n-- \nEve"), "> From: Eve\n> Buy!".to_owned()] {
                let mail = format!("See this.\n\n{mark}\n{body}");
                assert_eq!(trim(&mail), Trimmed { shown: mail.clone(), hidden_lines: 0 });
            }
        }
    }
}

#[test]
fn beyond_two_thousand_lines_nothing_is_looked_at_but_the_first_character() {
    // MAIL 2.10. What is not looked at is text, and stays.
    let text = |lines: usize, end: &str| format!("{}{end}", "a line\n".repeat(lines));
    for end in [
        "-----Original Message-----\nWorks?",
        "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\nWorks?",
        "-- \nAda Park",
    ] {
        assert_eq!(trim(&text(1_999, end)).shown.lines().count(), 1_999, "{end}");
        assert_eq!(trim(&text(2_000, end)).hidden_lines, 0, "{end}");
    }
    let attributed = "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n> Sure?\n";
    assert_eq!(trim(&format!("{attributed}{}", text(2_000, "> Works?"))).hidden_lines, 2 + 1);
    let heads = "On 3 May 2027 10:00, A <a@x.example> wrote:\n".repeat(3_000);
    let lines: Vec<&str> = heads.split('\n').collect();
    let letters = letters::letters(&lines, &[]);
    assert_eq!(letters.iter().filter(|l| **l == Letter::Attribution).count(), 2_000);
    let long = format!("On 3 May 2027 10:00, {} <a@x.example> wrote:\n> Works?", "A ".repeat(500));
    assert!(trim(&format!("Yes.\n\n{long}")).shown.starts_with("Yes.\n\nOn 3 May"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is measured is the time it takes")]
fn no_text_takes_long() {
    // Threat 26: 1 MB of what matchers stumble over. The build of the tests is not optimised, and
    // its machine is shared: eight times the text may take no more than sixteen times as long, and
    // what is over at once is over soon enough.
    for line in [
        "> ",
        "On ",
        "_",
        "> \n",
        "On 2027 \n",
        "_\n",
        "On 2027 wrote\n",
        "From: a\n",
        "-- \n",
        "a@\n",
        "\n",
        "*",
        "On 3 May 2027 at 10:00 a b c d e f g h i j k l m n o p q r s t u v w x y z @ . \n",
        "Sent from my phone, and it is a long one, which has no end that anybody could see here\n",
        "---- a wrote ----\n",
        "---- a wrote ----\n> \n",
        "On 3 May 2027 10:00 A A A A wrote\n",
        "Desk <d@desk.example> wrote ",
        "Desk <d@desk.example> wrote\n",
        "From: a@b.example\n\n\n\n",
        "_____\n-- \n",
        "wrote:",
        "wrote:\n",
        "________\nFrom: a@b.example\n",
        "From: a@b.example\nSent: 3 May 2027\n",
        "Hi,\n-- \nA\n",
        "<\n",
        "On 3 May 2027 A <\n",
        "On 3 May 2027 at 10:00, A <a@b.example> wrote:\n> a\nb\n",
        "> a\n\nOn 3 May 2027 at 10:00, A <a@b.example> wrote:\n\n",
        "From: a@b.example Date: ",
        "Message-ID: a\n",
        "From: a@b.example\nSent: 3 May 2027 10:00\nName: a\n",
        "-----Original Message----- From:",
        "----Original Message ",
        "---- A wrote ----\n",
        "--\n\n",
    ] {
        let trimmed_in = |bytes: usize| {
            let text = line.repeat(bytes / line.len());
            let start = Instant::now();
            let trimmed = trim(&text);
            assert!(trimmed.shown.len() <= text.len());
            start.elapsed()
        };
        let (short, long) = (trimmed_in(125_000), trimmed_in(1_000_000));
        let limit = (short * 16).max(Duration::from_secs(2));
        assert!(long < limit, "{line:?}: {short:?} for an eighth, {long:?} for the whole");
    }
}

fn mail() -> impl proptest::strategy::Strategy<Value = String> {
    let line = proptest::sample::select(vec![
        "",
        "Yes.",
        "> quoted",
        "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:",
        "-- ",
        "----",
        "Ada Park",
        "From: Desk <d@desk.example>",
        "Sent: Monday, 3 May 2027",
        "Subject: x",
        "To: Ada",
        "Sent from my iPhone",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "-- Please answer above this line --",
        "see below",
        "+1 555 0100 200",
        "On 3 May",
        "wrote:",
    ]);
    use proptest::strategy::Strategy as _;
    proptest::collection::vec(line, 0..16).prop_map(|lines| lines.join("\n"))
}

proptest::proptest! {
    #[test]
    fn shown_lines_are_lines_of_the_mail_in_their_order(text in mail()) {
        let trimmed = trim(&text);
        let mut lines = text.split('\n').map(str::trim_end);
        for shown in trimmed.shown.split('\n') {
            proptest::prop_assert!(shown.is_empty() || lines.any(|l| l == shown.trim_end()), "{:?}", shown);
        }
        let filled = |t: &str| t.split('\n').filter(|l| !l.trim().is_empty()).count();
        proptest::prop_assert_eq!(filled(&text) - filled(&trimmed.shown), trimmed.hidden_lines);
        proptest::prop_assert!(!trimmed.shown.is_empty() || text.trim().is_empty());
    }

    #[test]
    fn any_text_is_taken(text in proptest::prelude::any::<String>()) {
        let _ = trim(&text);
    }
}
