//! What authors write that looks like something of a mail program's: own mails, one table for each
//! kind. Not one line of them is lost.

use crate::mail::notification::REPLY_MARKER;
use crate::mail::trim::trim;

#[track_caller]
fn all_stay(mails: &[&str]) {
    for mail in mails {
        let trimmed = trim(mail);
        assert_eq!((trimmed.shown.as_str(), trimmed.hidden_lines), (*mail, 0), "{mail}");
    }
}

#[test]
fn a_heading_or_an_item_that_names_an_original_message_stays() {
    all_stay(&[
        "Hi,\n\n- I answered your original message last week\n- nothing came\n\nThanks, Ada",
        "Hi,\n* The original message was fine\n* this one is not",
        "Hi,\n#1 your original message was lost\n#2 so was mine",
        "Hi,\n_original message_ was the subject\nof it",
        "Hi,\n\n# Original message\n\nMy machine smokes.",
        "Hi,\n\n*Original message*\nMy machine smokes.",
        "Hi,\n== Original message ==\nMy machine smokes.",
        "Hi,\n--- Original message ---\nMy machine smokes.",
        "Hi,\n## Original message lost\nWhere is it?",
        "Hallo,\n- die Originalnachricht kam nie an\n- die zweite auch nicht",
        "Bonjour,\n- le message original est perdu\n- et le second",
        "您好,\n- 原文已附上\n- 请看",
        "Hi,\n---- my original message ----\nMy machine smokes.",
    ]);
}

#[test]
fn what_stands_below_a_rule_stays_unless_a_list_or_a_scanner_wrote_it() {
    all_stay(&[
        "Hello\n\nMy problem\n==========\nWhen I click unsubscribe nothing happens.\nOrder 77.",
        "Hello\n________________\nPlease unsubscribe me and delete account 4711.",
        "Hello\n=====\nWindows 11\nAvast antivirus is installed, it blocks your app\nError 0x80070005",
        "Hello\n_____\nFoo mailing list is broken, see\nhttps://lists.x.example/mailman/listinfo/foo",
        "Hello\n---\nPlease add ada@x.example\nlist: https://lists.x.example/mailman/listinfo/foo",
        "Hello\n===\nthe mailing list\nhttps://groups.google.com/g/x",
        "Hello\n---\nBroken: https://lists.x.example/mailman/listinfo/foo",
        "Hello\n---\nUnsubscribe link is broken\nhttps://desk.example/unsubscribe/1",
    ]);
    for footer in [
        "_______________________________________________\nLumen mailing list\n\
         lumen@lists.x.example\nhttps://lists.x.example/mailman/listinfo/lumen",
        "_______________________________________________\nLumen mailing list -- lumen@x.example\n\
         To unsubscribe send an email to lumen-leave@x.example\nhttps://x.example/mailman3/lumen",
        "---\nThis email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
    ] {
        assert_eq!(trim(&format!("Yes.\n\n{footer}")).shown, "Yes.", "{footer}");
    }
}

#[test]
fn a_heading_that_says_what_somebody_said_stays() {
    all_stay(&[
        "Hi\n--- What support said ---\nTry again.\n\nI did.",
        "Hi\n-- Tom said it works --\nIt does not.",
        "Hi\n---- what support wrote ----\nTry again.",
        "Hi\n---- My boss wrote ----\nTry again.",
        "Hi\n--- Tom wrote ---\nTry again.\n--- Ada wrote ---\nNo.",
    ]);
    let phone = "Yes.\n\n---- Ada Park wrote ----\n\nWorks?";
    assert_eq!(trim(phone).shown, "Yes.");
}

#[test]
fn who_speaks_of_our_marker_goes_on_below_it() {
    for mail in [
        format!("Hi,\n\nyour mail says \"{REPLY_MARKER}\" but where?\nMy order 77 is missing."),
        format!("Hi,\n{REPLY_MARKER} is what I read.\nMy order 77 is missing."),
        format!("Hi,\n\nyour mail says:\n{REPLY_MARKER}\nMy order 77 is missing."),
    ] {
        all_stay(&[&mail]);
    }
    for marker in [format!("*{REPLY_MARKER}*"), format!("| {REPLY_MARKER} |")] {
        assert_eq!(trim(&format!("Yes.\n\n{marker}\n\nWorks?")).shown, "Yes.");
    }
}

#[test]
fn fields_of_a_form_or_a_trip_are_no_mails_head() {
    all_stay(&[
        "New enquiry\n\nName: Ada\nFrom: ada@x.example\nSubject: Broken machine\n\
         Date: 2027-05-03\n\nMessage: My machine smokes.",
        "New enquiry\n\nFrom: ada@x.example\nTo: desk@x.example\nSubject: Broken machine\n\
         Date: 2027-05-03 10:00\nMessage: My machine smokes.",
        "New enquiry\n\nFrom: ada@x.example\nTo: desk@x.example\nSubject: Broken machine\n\
         Date: 2027-05-03 10:00\n\nMessage:\nMy machine smokes.",
        "New enquiry\n\nFrom: Ada <ada@x.example>\nDate: 2027-05-03 10:00\nSubject: Broken\n\nHelp!",
        "Hallo\n\nVon: Berlin\nAn: Kiel\nDatum: 3. Mai 2027, 10:00\nBetreff: Umzug\n\n\
         Bitte ändern Sie die Adresse.",
        "Hi\n\nFrom: Berlin (BER)\nTo: Paris (CDG/ORY)\nDate: 3 May 2027 10:00\n\
         New date: 15 May\n\nThanks",
        "Hi\n\nDate: 3 May 2027\nTo: support@x.example\nFrom: Ada\nSubject: Refund\n\n\
         I want my money back.",
        "Parcel\n\nFrom: Berlin\nSent: 3 May 2027 10:00\nTo: Kiel\nSubject: a lamp\n\nWhere is it?",
        "Hi\n\nFrom: me\nSent: yesterday 10:00\nTo: d@x.example\nSubject: Re: lamp\n\nis mine.",
        "It prints\n$ mail\nFrom: a@x.example\nTo: b@x.example\nDate: 2027-05-03 10:00\nSubject: x\n\nWhy?",
        "Parcel\n\nFrom: Berlin\nSent: Monday, 3 May 2027 10:00\nTo: Kiel\nSubject: a lamp\n\n\
         Where is it?",
        "Trip\n\nFrom: Berlin\nTo: Kiel\nDate: Monday, May 3, 2027 10:00\nSubject: train\n\nCan you?",
        "I got this mail\nFrom: Bob <b@x.example>\nTo: ada@x.example\nDate: 2027-05-03 10:00\n\
         Subject: Re: x\n\nWhy?",
        "I got a mail.\nFrom: Bob <b@x.example>\nTo: ada@x.example\nDate: 2027-05-03 10:00\n\
         Subject: x\n\nWhy?",
        "A mail with\n\nDate: Mon, 3 May 2027 10:00:00 +0200\nTo: ada@x.example\nnever came.",
    ]);
    for head in [
        "From: Desk <d@desk.example>\nSent: 3 May 2027 10:00\nTo: Ada\nSubject: x\nImportance: High",
        "From: Desk\nSent: 3 May 2027 10:00\nTo: Ada\nSubject: RE: x",
        "________________________________\nFrom: Desk\nSent: 3 May 2027 10:00\nTo: Ada\nSubject: x",
    ] {
        assert_eq!(trim(&format!("Yes.\n\n{head}\n\nWorks?")).shown, "Yes.", "{head}");
    }
}

#[test]
fn what_two_dashes_part_is_no_signature_unless_it_looks_like_one() {
    all_stay(&[
        "I can't log in. My details:\n--\nuser: adapark\nplan: Pro",
        "Items:\n\n--\nA-100\nB-200",
        "My login\n\n--\nUser: adapark\nPlan: Pro",
        "Bitte kündigen\n--\nKunde 4711\nAda Park",
        "Problems\n\n--\nlamp hot\nlamp cold",
        "The password is\n--\nhunter2",
        "Yes.\n-- \nAda Park\nLumen\n\nPS: my order is 77",
        "I have two questions.\n-- \n1. Is it hot\n2. Is it cold",
        "Hi,\n-- \nOrder: 77",
        "Signature test\n-- \nThis text is important. Please do read it.",
        "Yes.\n-- \nAda Park\n\nAnd the lamp is hot.",
    ]);
    for signature in ["--\nAda Park\nLumen Ltd\nTel: 555-0101", "-- \nada\nlumen", "-- \nAda\nTo 9"]
    {
        assert_eq!(trim(&format!("Yes.\n\n{signature}")).shown, "Yes.", "{signature}");
    }
}

#[test]
fn a_sentence_about_who_wrote_to_whom_is_no_attribution() {
    for sentence in [
        "On 3 May 2027 at 10:00 Tom Maier <t@x.example> wrote to the whole team:",
        "On 3 May 2027 at 10:00 Tom Maier <t@x.example> also wrote:",
        "On 3 May 2027 Tom wrote:",
        "Tom wrote on 3 May 2027 10:00:",
        "Tom Maier (t@x.example) wrote:",
        "3 May 2027 10:00 call with Tom Maier <t@x.example>:",
        "3 May 2027 10:00 Tom Maier <t@x.example>:",
        "Am 3.5.2027 Anruf von Tom Maier <t@x.example>:",
        "At 10:00 on 3 May 2027 Bob <b@x.example> sent:",
        "Am 3.5.2027 um 10:00 schrieb mir Herr Tom Maier <t@x.example>:",
        "Am 3.5.2027 um 10:00 schrieb uns Tom Maier <t@x.example>:",
        "Le 3 mai 2027 à 10:00, Tom Maier <t@x.example> m'a écrit :",
        "Le 3 mai 2027 à 10:00, Tom Maier <t@x.example> nous a écrit :",
        "Le 3 mai 2027 à 10:00, Tom Maier <t@x.example> m’a écrit :",
        "El 3/5/2027 a las 10:00 Tom Maier <t@x.example> me escribió:",
        "Em 3 de maio de 2027 às 10:00, Tom Maier <t@x.example> escreveu-me:",
        "Il 3 maggio 2027 alle 10:00 Tom Maier <t@x.example> mi ha scritto:",
        "Op 3 mei 2027 om 10:00 schreef Tom Maier <t@x.example> mij:",
        "Den 3 maj 2027 kl 10:00 skrev Tom Maier <t@x.example> till mig:",
        "Den 3. maj 2027 kl. 10.00 skrev Tom Maier <t@x.example> til os:",
        "3. toukokuuta 2027 klo 10.00 Tom Maier <t@x.example> kirjoitti minulle:",
        "3 maja 2027 o 10:00 Tom Maier <t@x.example> napisał mi:",
        "Dne 3. 5. 2027 v 10:00 mi Tom Maier <t@x.example> napsal:",
        "3 мая 2027 г. в 10:00 Tom Maier <t@x.example> написал мне:",
        "2027年5月3日 10:00 Tom <t@x.example> 给我写道:",
    ] {
        let mail = format!("Hi,\n\n{sentence}\n\nx\n\nIt fails.");
        all_stay(&[&mail]);
    }
    // Somebody's name is no pronoun, and a Wednesday not us.
    for attribution in [
        "On 3 May 2027 at 10:00, Mir Khan <m@x.example> wrote:",
        "Den ons 5 maj 2027 kl 10:00 skrev Desk <d@desk.example>:",
    ] {
        assert_eq!(trim(&format!("Yes.\n\n{attribution}\n\nWorks?")).shown, "Yes.");
    }
}

#[test]
fn the_lines_of_an_authors_log_stay() {
    all_stay(&[
        "My log\n\n2027-05-03 10:00:00 worker wrote: 5 rows\n2027-05-03 10:00:01 Disk says:\n> full\nOdd.",
        "Log\n2027-05-03 10:00:00 Worker wrote: 5 rows\n> 5 rows\nWhat now?",
        "Log\nSat 4 May 2027 10:00 Server <root@x.example> wrote:\ndisk empty",
        "Chat\n[10:00] Ada wrote:\n> hello\n[10:01] Bob wrote:\n> hi\nThat is all.",
        "Die Anzeige schreibt:\n> Fehler 5\nWas nun?",
        "Le manuel écrit :\n> Erreur 5\nQue faire ?",
        "Log\n2027/5/3 signed via Tom <t@x.example>:\n> clause 5\nWhy?",
        "3.5.2027 10:00 Fehler von server@x.example:\n> panic\nWarum?",
        "May 3 10:00:00 host postfix[123]: to=<a@x.example>, status=sent:\n> 250\nWhere is it?",
        "In Windows 11 (Version 23H2) sent:\n> error\nWhat now?",
        "Version 2027.5.3 10:00 wrote\n> error\nWhat now?",
        "Le contrat du 3 mai 2027 signé par Tom <t@x.example>:\n> clause 5\nPourquoi ?",
        "Hi\n\nWindows says:\n> error 5\nWhat now?",
        "Logins\n\n2027-05-03 10:00 ada@x.example: failed\n\n2027-05-03 10:05 ada@x.example: ok",
    ]);
}

#[test]
fn what_is_quoted_at_the_end_stays_where_nobody_is_named() {
    all_stay(&[
        "The log says\n\n> panic at line 5",
        "The log says\n> panic at line 5\n> stopped",
        "It prints\n\n>>> import x\n>>> x.y",
        "The display shows\n----",
    ]);
    let nested = "Yes.\n\n> Works?\n>> It does.";
    assert_eq!(trim(nested).shown, "Yes.");
    let long = format!("Yes.\n\n{}", "> Works?\n".repeat(40));
    assert_eq!(trim(&long).shown, "Yes.");
    let display = "The display shows\n----";
    let history = "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n> Works?";
    assert_eq!(trim(&format!("{display}\n\n{history}")).shown, display);
}

#[test]
fn answers_within_what_is_not_marked_line_by_line_stay() {
    for says in [
        "My answers are in your text.",
        "I replied in CAPS",
        "Answers between the lines",
        "Comments in [brackets]. Ada",
        "Antworten zwischen den Zeilen",
        "Mes réponses sont dans votre message.",
        "Mis respuestas, gracias",
        "As respostas estão em maiúsculas",
        "Ho risposto nel testo",
        "Mijn antwoorden staan in hoofdletters",
        "Mina svar är i texten",
        "Odpowiedzi w tekście",
        "Ответы в тексте",
        "回答は文中です",
        "回复在正文中",
    ] {
        let history = "On 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n\nWorks? YES";
        all_stay(&[&format!("{says}\n\n{history}")]);
    }
}

#[test]
fn who_speaks_of_a_device_is_no_device() {
    all_stay(&[
        "What is this at the end of my mails:\n\nSent from my iPhone",
        "How do I get rid of\nSent from my iPhone",
        "Nichts kam an.\n\nGesendet von meinem iPhone kam nichts an",
        "It was\n\nSent from my phone yesterday",
        "Here it is.\n\nSent from my office",
        "Es ist da.\n\nGesendet von meinem Nachbarn",
        "Here it is.\n\nSent from my iStock account",
        "Nothing arrives.\nSent from Gmail to Outlook",
        "All good.\nGet Outlook working",
        "It says\nSent from my iPhone",
        "At the end it says,\nSent from my iPhone",
        "你怎么看：\n发自我的iPhone",
        "Why does it write this?\nSent from my iPhone",
        "The parcel came back.\nSent from Kiel by Mail",
        "It is done.\nSent with my own mail yesterday",
        "It works.\nSent from my iPhone\nand from my desk, too.",
        "It works.\nSent from my TI-85",
    ]);
}

#[test]
fn a_log_with_an_address_a_trip_below_a_line_and_a_sentence_about_a_phrase_stay() {
    all_stay(&[
        "It fails:\n\n2027-05-03 10:00 error for <ada@x.example>:\nNo such user.\n\nPlease help.",
        "It says\n\n2027-05-03 10:00 ada@x.example (desk):\nNo such user.\n\nPlease help.",
        "Please book\n____________\nFrom: Berlin\nTo: Paris\nDate: 3 May 2027 10:00\n\
         Subject: trip\nTwo seats.",
        "Original Message processed by me at noon was wrong.\nSee you.",
    ]);
}
