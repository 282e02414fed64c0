//! The forms of many mail programs, in the languages they speak: own mails in the shapes that are
//! met. Above all what must stay.

use crate::mail::notification::REPLY_MARKER;
use crate::mail::trim::trim;

const ATTRIBUTIONS: &[&str] = &[
    "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:",
    "On Mon, May 3, 2027 at 10:00 AM Desk <d@desk.example> wrote:",
    "On 3 May 2027, at 10:00, Desk <d@desk.example> wrote:",
    "On May 3, 2027, 10:00 +0200, Desk <d@desk.example>, wrote:",
    "On Monday, May 3rd, 2027 at 10:00 AM, Desk <d@desk.example> wrote:",
    "On 03/05/2027 10:00, Desk wrote:",
    "On 03.05.27 10:00, ada_desk wrote:",
    "On May 3, 2027, at 10:00 AM, desk wrote:",
    "On Thursday, June 27, 2027, knwang via Acme Desk wrote:",
    "On Wed, 2027-12-02 at 13:58 +0000, Tom Newsom wrote:",
    "At 6/16/2027 08:32 PM, you wrote:",
    "On Tue, support wrote:",
    "On Monday Mara Holt wrote:",
    "---- On Tue, 22 Dec 2027 14:17:36 +0530 Desk <d@desk.example> wrote ----",
    "Am 3. Mai 2027 um 10:00 schrieb Desk <d@desk.example>:",
    "Am Mo., 3. Mai 2027 um 10:00 Uhr schrieb Desk <d@desk.example>:",
    "Am 03.05.27 um 10:00 schrieb Desk:",
    "Desk <d@desk.example> schrieb am Mo., 3. Mai 2027, 10:00:",
    "Le lun. 3 mai 2027 à 10:00, Desk <d@desk.example> a écrit :",
    "Le 03/05/2027 à 10:00, Desk a écrit :",
    "El lun, 3 may 2027 a las 10:00, Desk (<d@desk.example>) escribió:",
    "El 3/5/27 a las 10:00, Desk escribió:",
    "Il giorno lun 3 mag 2027 alle ore 10:00 Desk <d@desk.example> ha scritto:",
    "Il 03/05/2027 10:00, Desk ha scritto:",
    "Op ma 3 mei 2027 om 10:00 schreef Desk <d@desk.example>:",
    "Op 3 mei 2027, om 10:00 heeft Desk <d@desk.example> het volgende geschreven:",
    "Op 03-05-2027 om 10:00 schreef Desk:",
    "Em seg., 3 de mai. de 2027 às 10:00, Desk <d@desk.example> escreveu:",
    "Em 03/05/2027 10:00, Desk escreveu:",
    "pon., 3 maj 2027 o 10:00 Desk <d@desk.example> napisał(a):",
    "W dniu 3.05.2027 o 10:00, Desk pisze:",
    "Dnia 3 maja 2027 10:00 Desk <d@desk.example> napisał(a):",
    "Den mån 3 maj 2027 kl 10:00 skrev Desk <d@desk.example>:",
    "3 maj 2027 kl. 10:00 skrev Desk <d@desk.example>:",
    "Den man. 3. maj 2027 kl. 10.00 skrev Desk <d@desk.example>:",
    "man. 3. mai 2027 kl. 10:00 skrev Desk <d@desk.example>:",
    "ma 3. toukok. 2027 klo 10.00 Desk (d@desk.example) kirjoitti:",
    "po 3. 5. 2027 v 10:00 odesílatel Desk <d@desk.example> napsal:",
    "Dne 3. 5. 2027 v 10:00 Desk napsal(a):",
    "пн, 3 мая 2027 г. в 10:00, Desk <d@desk.example>:",
    "Понедельник, 3 мая 2027, 10:00 +03:00 от Desk <d@desk.example>:",
    "03.05.2027 10:00, Desk пишет:",
    "2027年5月3日(月) 10:00 Desk <d@desk.example>:",
    "Desk <d@desk.example> 于2027年5月3日周一 10:00写道：",
    "在 2027年5月3日，10:00，Desk <d@desk.example> 写道：",
    "2027년 5월 3일 (월) 오전 10:00, Desk <d@desk.example>님이 작성:",
    "בתאריך יום ב׳, 3 במאי 2027 ב-10:00 מאת Desk <d@desk.example>:",
    "في الاثنين، 3 مايو 2027 في 10:00 ص تمت كتابة ما يلي بواسطة Desk <d@desk.example>:",
    "Desk <d@desk.example> ezt írta (időpont: 2027. máj. 3., H, 10:00):",
    "Desk <d@desk.example>, 3 May 2027 Pzt, 10:00 tarihinde şunu yazdı:",
    "Pe lun., 3 mai 2027 la 10:00, Desk <d@desk.example> a scris:",
    "Στις Δευ, 3 Μαΐ 2027 στις 10:00 π.μ., ο χρήστης Desk <d@desk.example> έγραψε:",
    "Vào Th 2, 3 thg 5, 2027 vào lúc 10:00 Desk <d@desk.example> đã viết:",
    "Pada tanggal Sen, 3 Mei 2027 pukul 10.00 Desk <d@desk.example> menulis:",
    "2027-05-03 10:00 GMT+02:00 Desk <d@desk.example>:",
    "Desk <d@desk.example> wrote on Mon, 3 May 2027 10:00:",
    "Desk <d@desk.example> schrieb am So., 3.\nMai 2027, 10:00:",
    "2027. máj. 3., h 10:00 időpontban Desk <d@desk.example> ezt írta:",
    "2027. 05. 03. 10:00 keltezéssel, Desk a következőt írta:",
    "2027/05/03 10:00、Desk <d@desk.example> のメッセージ:",
    "понедельник, 3 мая 2027 г. пользователь desk написал:",
    "3 трав. 2027 р. о 10:00 <d@desk.example> написав:",
    "ma 3. toukokuuta 2027 klo 10.00 Desk\n<d.e.s.k@desk.example> kirjoitti:",
    "On Mon, May 3, Desk\n<d@desk.example>\nwrote:",
    "Desk <d@desk.example> 在 2027年5月3日 周一 10:00 写道：",
];

/// Too little to hide what is not marked line by line, but enough above what is.
const BRIEF: &[&str] = &[
    "desk via Acme Help wrote:",
    "Desk <d@desk.example> schrieb:",
    "Desk user <d@desk.example> wrote:",
    "Desk (d@desk.example) wrote:",
    "In message <17.3@desk.example>, Desk writes:",
    "2027-05-03 10:00 GMT+02:00 Desk",
    "सोम, 3 मई 2027 को 10:00 बजे को Desk <d@desk.example> ने लिखा:",
];

/// From, sent, to, subject.
const HEADS: &[[&str; 4]] = &[
    ["From", "Sent", "To", "Subject"],
    ["Von", "Gesendet", "An", "Betreff"],
    ["De", "Envoyé", "À", "Objet"],
    ["De", "Enviado el", "Para", "Asunto"],
    ["Da", "Inviato", "A", "Oggetto"],
    ["Van", "Verzonden", "Aan", "Onderwerp"],
    ["De", "Enviada em", "Para", "Assunto"],
    ["Från", "Skickat", "Till", "Ämne"],
    ["Fra", "Sendt", "Til", "Emne"],
    ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"],
    ["Od", "Wysłane", "Do", "Temat"],
    ["Od", "Odesláno", "Komu", "Předmět"],
    ["От", "Отправлено", "Кому", "Тема"],
    ["差出人", "送信日時", "宛先", "件名"],
    ["发件人", "发送时间", "收件人", "主题"],
    ["보낸 사람", "보낸 날짜", "받는 사람", "제목"],
    ["Kimden", "Gönderildi", "Kime", "Konu"],
    ["Feladó", "Elküldve", "Címzett", "Tárgy"],
    ["De la", "Trimis", "Către", "Subiect"],
    ["Από", "Στάλθηκε", "Προς", "Θέμα"],
    ["מאת", "נשלח", "אל", "נושא"],
    ["من", "تاريخ الإرسال", "إلى", "الموضوع"],
];

const ORIGINALS: &[&str] = &[
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "----- Mail original -----",
    "-------- Message original --------",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Oorspronkelijk bericht-----",
    "-----Mensagem original-----",
    "-----Ursprungligt meddelande-----",
    "-----Oprindelig meddelelse-----",
    "-----Opprinnelig melding-----",
    "-----Alkuperäinen viesti-----",
    "-----Oryginalna wiadomość-----",
    "-----Původní zpráva-----",
    "-----Исходное сообщение-----",
    "------------------ 原始邮件 ------------------",
    "-----元のメッセージ-----",
    "-----원본 메시지-----",
    "-----הודעה מקורית-----",
    "-------- Original message --------",
];

const DEVICES: &[&str] = &[
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for Android",
    "Sent from Outlook for iOS",
    "Sent from Mail for Windows",
    "Sent from Yahoo Mail on Android",
    "Sent from Proton Mail for iOS",
    "Sent with Proton Mail secure email.",
    "Sent via Superhuman",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "iPhoneから送信",
    "发自我的iPhone",
    "나의 iPhone에서 보냄",
    "נשלח מה-iPhone שלי",
    "Sent from my BlackBerry 10 smartphone on the Telstra network.",
    "Gesendet von Outlook für Android",
    "Télécharger Outlook pour Android",
    "Envoyé à partir de Outlook pour iOS",
    "Sent from my TI-85",
    "Sent from my iPhone. Please excuse my brevity.",
    "Sent from my cell, please excuse any typos.",
    "Sent from Mailbox",
    "Sent from TypeApp<http://www.typeapp.com/r?b=2621>",
    "<<sent by galaxy>>",
    "(sent from a phone)",
    "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.",
    "Von meinem iPhone gesendet. Bitte entschuldigen Sie die Kürze.",
    "從我的 iPhone 傳送",
];

/// What an author may write that looks like something of a program's.
const AUTHORS: &[&str] = &[
    "Options:\n--\nWould you call me?",
    "First\n-----\nCall me at +49 30 1234567",
    "My details\n=====\nName: Ada\nPhone: 0301234567\nOrder: 12345678",
    "Hi, I want to change my trip.\n\nFrom: Berlin\nTo: Hamburg\nDate: 3 May 2027\n\nCan you do it?",
    "These are the headers:\n\nFrom: a@x.example\nTo: b@x.example\nSubject: test\nDate: Mon, 3 May 2027 10:00:00 +0200\n\nWhy does it bounce?",
    "It left the house.\nSent by courier on Monday",
    "The form was sent from my desk by post",
    "Parcel:\nSent via DHL",
    "Sent from the warehouse in Kiel",
    "On 3 May 2027 at 10:00 your colleague Bob wrote:\nplease reinstall.\nI did, and it fails.",
    "On Monday I wrote:\nplease call.\nNobody did.",
    "On 3 May 2027 I wrote to support@desk.example:\nplease call.\nNobody did.",
    "As you wrote on 3 May 2027:\n> Works?\n\nNo, it does not.",
    "I told bob@x.example on 3 May 2027 what he wrote:\n> Works?\nNo.",
    "reply On Wed, Apr 4, 2027 at 3:59 PM, bob@example.com wrote:\n> Hi\nmore",
    "bla-bla - bla--- On Wed, Apr 4, 2027 at 3:59 PM, me@domain.com wrote:\n> Hi\nmore",
    "Bob said it works, but\nsee my mail from 3 May 2027 10:00 to support@x.example:\n> quote\n\nstill not",
    "It came like this.\n\nReceived: from mx.x.example (mx.x.example [192.0.2.1])\n\tby y.example; Mon, 3 May 2027\nFrom: a@x.example\nTo: b@x.example\nSubject: test\n\nWhy?",
    "This is about a mail with these fields:\n\n  Message-id: <1@x.example>\n  Date: Mon, 3 May 2027 10:00:00 +0200\n  From: a@x.example\n  To: b@x.example\n\nIt never came.",
    "From the sea we came,\nFrom the sand we go.\n\nTo you: a poem.",
    "Run this:\n> ls\n> cd /tmp\nThen tell me.",
    "```\n> select 1;\n```\nfails.",
    "- one\n- two\n--\n- three, please.",
    "Line one\n___\nLine two",
    "> only a quotation",
    "Please see inline.\n\n-----Original Message-----\nFrom: Desk\n\nWorks? YES\nMara",
    "a\n\n---------- Forwarded message ---------\nFrom: Eve <e@x>\nDate: 3 May 2027\nSubject: y\nTo: z\n\nBuy!",
    "Begin forwarded message:\n\n> From: Eve\n\nlook!",
    "Ich habe das am 3. Mai 2027 um 10:00 geschrieben:\nBitte anrufen.\nNiemand kam.",
    "Le 3 mai 2027 j'ai écrit :\nappelez-moi.\nPersonne.",
    "El 3 de mayo de 2027 a las 10:00 el técnico escribió:\nreinicie.\nNo funciona.",
    "On Monday the technician wrote:\n> restart\nIt fails.",
    "On 3 May 2027 at 10:00 the technician wrote:\nrestart.\nIt fails.",
    "Sent: yes, on 3 May 2027\nTo: the office\nFrom: me\n\nDid you get it?",
    "Date: 3 May 2027\nFrom: Kiel\nTo: Bonn\nPlease.",
    // What an author shows by hand, above a history or below a colon.
    "Great!\nThis is the log:\n\n> error 1\n> error 2",
    "Two options\n--\nA: cheap\n--\nB: good",
    "I wrote:\n> one\nYou wrote:\n> two\nSo which?",
    "Ordered on 3 May 2027 10:00, paid by ada@x.example:\n\n1 chair\n\nWhere is it?",
    "Call log\n\n3 May 2027, 10:00, Bob:\nno answer\n\n4 May 2027, 10:00, Bob:\nno answer",
    "Trip 12:\n\nFrom: Berlin\nTo: Hamburg\nDate: 3 May 2027 10:00\nSubject: train\n\nCan you?",
    "The reply was:\n\n-----Original Message-----\n\nis missing in your template.",
    "The server said:\n\n> error 1\n> error 2",
    "I get error 404:\n> trace",
    "It is paid.\n\nVon meinem Konto abgebucht",
    "Here it is.\nSent from my new flat",
    "Here it is.\n\nSent from a friend",
    "Here it is.\n\nSent from my phone, sorry for the delay.",
    "Works now.\n\n—\nAda Park\nLumen",
    "It works.\n\nSent from a magnificent torch of pixels",
    "It is done.\nSent from my side of the fence, and with care",
    "Date: Mon, 3 May\nTo: the office\n\nIs that right?",
    "I need mails that come from: ada@x.example and from: bob@x.example\nfrom: our base",
    "The following was sent on 3 May 2027 10:00 by bob@x.example:\n> Works?\nNo.",
    "Mit freundlichen Grüßen\n\n--\nBitte rufen Sie mich vor Montag zurück.",
];

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn shows(mail: &str, shown: &str) {
    assert_eq!(without_blanks(&trim(mail).shown), without_blanks(shown), "{mail}");
}

#[test]
fn who_wrote_is_known_above_between_and_below_a_quotation() {
    for attribution in ATTRIBUTIONS {
        for quote in ["\n> Works?\n> Mara", "\n\n> Works?\n> Mara"] {
            shows(&format!("Yes.\n\n{attribution}{quote}"), "Yes.");
            shows(&format!("{attribution}{quote}\n\nYes."), "Yes.");
            let between = format!("{quote}\nYes.\n> Sure?\nVery.");
            shows(&format!("{attribution}{between}"), &between);
        }
        if attribution.contains('@') {
            // No line above is taken for its beginning.
            shows(&format!("Yes\n{attribution}\n> Works?"), "Yes");
            shows(&format!("Yes.\n\n{attribution}\n\nWorks?\nMara"), "Yes.");
            let wrapped = attribution.replace("<d@", "<\nd@");
            shows(&format!("Yes.\n\n{wrapped}\n> Works?"), "Yes.");
        }
    }
}

#[test]
fn who_wrote_is_known_around_an_address_that_became_a_link() {
    let attribution =
        "On Mon, May 3, 2027 at 10:00 Desk\n\n<\nmailto:Desk <d@desk.example>\n> wrote:";
    shows(&format!("Yes.\n\n{attribution}\nWorks?"), "Yes.");
    shows(&format!("Yes.\n\n{attribution}\n\n> Works?"), "Yes.");
}

#[test]
fn who_wrote_is_known_by_little_where_each_line_is_quoted() {
    for attribution in BRIEF {
        shows(&format!("Yes.\n\n{attribution}\n> Works?"), "Yes.");
        shows(&format!("Yes.\n{attribution}\n\n> Works?"), "Yes.");
        let unmarked = format!("Yes.\n\n{attribution}\n\nWorks?\nMara");
        shows(&unmarked, &unmarked);
    }
}

#[test]
fn a_head_of_fields_begins_what_is_history() {
    for [from, sent, to, subject] in HEADS {
        for sep in [": ", " : ", ":\t"] {
            let head = format!(
                "{from}{sep}Desk <d@desk.example>\n{sent}{sep}3. 5. 2027 10:00\n{to}{sep}Ada Park\n\
                 {subject}{sep}Re: x\n\nWorks?\nMara"
            );
            shows(&format!("Yes.\n\n{head}"), "Yes.");
            shows(&format!("Yes.\n\n________________________________\n{head}"), "Yes.");
        }
        let bold =
            format!("*{from}:* Desk\n*{sent}:* 3. 5. 2027 10:00\n*{subject}:* Re: x\n\nWorks?");
        shows(&format!("Yes.\n\n{bold}"), "Yes.");
    }
    for head in [
        "From: Desk <d@desk.example> Date: 3 May 2027 10:00 To: Ada Park Subject: x",
        "From: d@desk.example Date: Mon, 3 May 2027 10:00:00 +0200",
        "Date: Mon, 3 May 2027 10:00:00 +0200\nTo: ada@lumen.example",
        "Original Message processed by david®\nRe: x 3. Mai 2027, 10:00 Uhr\nVon Desk\nAn Ada Park",
    ] {
        shows(&format!("Yes.\n\n{head}\n\nWorks?"), "Yes.");
    }
    for original in ORIGINALS {
        shows(&format!("Yes.\n\n{original}\nFrom: Desk\n\nWorks?"), "Yes.");
    }
}

#[test]
fn what_a_device_says_of_itself_goes() {
    for device in DEVICES {
        shows(&format!("Yes.\n\n{device}"), "Yes.");
        let quoted = "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n\n> Works?";
        shows(&format!("Yes.\n\n{device}\n\n{quoted}"), "Yes.");
    }
}

#[test]
fn what_a_device_says_right_below_the_end_of_a_text_goes() {
    for text in [
        "Yes.",
        "It works!",
        "thanks a lot",
        "Thanks,",
        "Ja 😊",
        "Yes.\n\nAda Park",
        "Yes.\nTel. +49 30 5550100",
    ] {
        for device in [
            "Sent from my iPhone",
            "Sent from Outlook for iOS",
            "Get Outlook for iOS<https://aka.ms/o0ukef>",
            "Sent from Yahoo Mail on Android",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Verstuurd vanaf mijn iPhone",
            "Sent from my iPhone. Please excuse my brevity.",
        ] {
            shows(&format!("{text}\n{device}"), text);
        }
    }
    shows("Yes.\n\nSent from my iDesk", "Yes.");
}

#[test]
fn a_full_head_of_an_answer_right_below_a_sentence_begins_what_is_history() {
    for [from, sent, to, subject] in HEADS {
        let head = format!(
            "{from}: Desk <d@desk.example>\n{sent}: 3. 5. 2027 10:00\n{to}: Ada Park\n\
             {subject}: Re: x\n\nWorks?\nMara"
        );
        shows(&format!("Yes, it does!\n{head}"), "Yes, it does!");
    }
}

#[test]
fn a_head_of_outlooks_without_addresses_is_known_by_the_day_of_the_week() {
    for head in [
        "From: Ada Park\nSent: Monday, May 3, 2027 10:00 AM\nTo: Desk\nSubject: lamp",
        "From: Ada Park\nSent: Monday, May 3, 2027 10:00 AM\nTo: Desk\nCc: Eve\nSubject: lamp",
        "Von: Ada Park\nGesendet: Montag, 3. Mai 2027 10:00\nAn: Desk\nBetreff: Lampe",
        "De : Ada Park\nEnvoyé : lundi 3 mai 2027 10:00\nÀ : Desk\nObjet : Lampe",
    ] {
        shows(&format!("Yes.\n\n{head}\n\nWorks?"), "Yes.");
    }
}

#[test]
fn who_wrote_is_known_where_a_desk_passed_it_on_without_a_verb() {
    shows("Yes.\n\n2027/5/3 desk via Acme Help <d@desk.example>\n\n> Works?", "Yes.");
}

#[test]
fn what_an_author_wrote_stays() {
    for mail in AUTHORS {
        shows(mail, mail);
    }
}

#[test]
fn what_the_author_quotes_stays_above_what_the_program_does() {
    let own = "Great!\n\n> error 1\n> error 2";
    for history in [
        "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n> Works?",
        "-----Original Message-----\nFrom: Desk\n\nWorks?",
        "________________________________\nFrom: Desk <d@desk.example>\nSent: 3 May 2027 10:00\n\
         To: Ada\nSubject: x\n\nWorks?",
    ] {
        shows(&format!("{own}\n\n{history}"), own);
    }
    // What is left of a quotation below the last answer is nobody's.
    let answered = "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:\n> Works?\nYes.";
    shows(&format!("{answered}\n> Sure?\n> Mara"), "Yes.");
}

#[test]
fn an_answer_below_our_own_marker_is_not_lost_where_it_is_quoted() {
    let attribution = "On Mon, 3 May 2027 at 10:00, Desk <d@desk.example> wrote:";
    let quoted = format!("> {REPLY_MARKER}\n> Works?");
    shows(
        &format!("Hi,\n\n{attribution}\n{quoted}\n\nYes, it does.\n> Sure?\nVery."),
        &format!("Hi,\n\n{quoted}\n\nYes, it does.\n> Sure?\nVery."),
    );
    shows(&format!("{attribution}\n{quoted}\n\nYes."), "Yes.");
    shows(&format!("Yes.\n\n{attribution}\n{quoted}"), "Yes.");
}
