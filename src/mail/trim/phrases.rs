//! The words by which mail programs announce a quotation, a forward or a signature, in the
//! languages they speak. Hand-written matchers; none looks at a line twice as often as it is long.

/// Words an attribution begins with, lower case.
const OPENINGS: &[&str] = &[
    "on ",
    "am ",
    "den ",
    "le ",
    "el ",
    "il ",
    "em ",
    "op ",
    "på ",
    "pe ",
    "w dniu ",
    "dne ",
    "dňa ",
    "at ",
    "a ",
    "in ",
    "no dia ",
    "em ",
    "dana ",
    "på ",
    "vào ",
    "pada ",
    "kl",
    "on.",
    "el.",
    "ven",
    "lun",
    "mar",
    "mer",
    "jeu",
    "gio",
    "sab",
    "dom",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "mo.",
    "di.",
    "mi.",
    "do.",
    "fr.",
    "sa.",
    "so.",
    "ma ",
    "na ",
    "no ",
    "il giorno ",
    "-- on ",
];

/// What one of its last words is, lower case.
const VERBS: &[&str] = &[
    "wrote",
    "writes",
    "schrieb",
    "geschrieben",
    "a écrit",
    "escribió",
    "ha scritto",
    "scrisse",
    "escreveu",
    "schreef",
    "skrev",
    "skreiv",
    "kirjoitti",
    "napisał",
    "pisze",
    "napsal",
    "napísal",
    "написал",
    "пишет",
    "написав",
    "пише",
    "написа",
    "のメール",
    "書きました",
    "写道",
    "寫道",
    "작성",
    "yazdı",
    "şunu yazdı",
    "a scris",
    "írta",
    "έγραψε",
    "כתב",
    "מאת",
    "كتب",
    "đã viết",
    "menulis",
    "เขียนว่า",
    "je napisa",
    "rašė",
    "rakstīja",
    "kirjutas",
    "va escriure",
    "escribiu",
    "je pisa",
    "said",
    "schrijft",
    "schreibt",
    "scrive",
    "escribe",
    "escreve",
    "sent:",
    "skriver",
];

const FORWARDS: &[&str] = &[
    "forwarded message",
    "begin forwarded message",
    "forwarded by",
    "start forwarded message",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten",
    "message transféré",
    "message réexpédié",
    "début du message réexpédié",
    "début du message transféré",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "vidarebefordrat",
    "videresendt",
    "välitetty viesti",
    "przekazana wiadomość",
    "wiadomość przekazana",
    "přeposlaná zpráva",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "начало переадресованного",
    "переслане повідомлення",
    "転送メッセージ",
    "转发邮件",
    "转发的邮件",
    "전달된 메시지",
    "iletilmiş mesaj",
    "yönlendirilen ileti",
    "továbbított üzenet",
    "mesaj redirecționat",
    "προωθημένο μήνυμα",
    "הודעה שהועברה",
    "رسالة معاد توجيهها",
    "tin nhắn đã chuyển tiếp",
];

const ORIGINALS: &[&str] = &[
    "original message",
    "original appointment",
    "reply message",
    "reply above this line",
    "ursprüngliche nachricht",
    "originalnachricht",
    "original-nachricht",
    "message d'origine",
    "message d’origine",
    "message original",
    "mensaje original",
    "messaggio originale",
    "mensagem original",
    "oorspronkelijk bericht",
    "oprindelig meddelelse",
    "ursprungligt meddelande",
    "originalmeddelande",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "oryginalna wiadomość",
    "wiadomość oryginalna",
    "původní zpráva",
    "pôvodná správa",
    "исходное сообщение",
    "оригинальное сообщение",
    "вихідне повідомлення",
    "原始邮件",
    "原始郵件",
    "元のメッセージ",
    "原文",
    "원본 메시지",
    "orijinal mesaj",
    "orijinal ileti",
    "özgün ileti",
    "eredeti üzenet",
    "mesaj original",
    "αρχικό μήνυμα",
    "הודעה מקורית",
    "الرسالة الأصلية",
    "missatge original",
    "izvorna poruka",
    "original email",
    "original mail",
];

const DEVICES: &[&str] = &[
    "sent from my",
    "sent from mail for",
    "sent from outlook",
    "sent from yahoo",
    "sent from samsung",
    "sent from the",
    "sent from a",
    "sent from i",
    "sent from proton",
    "sent via",
    "sent with",
    "sent using",
    "sent by",
    "get outlook for",
    "von meinem",
    "von meiner",
    "gesendet von",
    "gesendet mit",
    "gesendet über",
    "diese nachricht wurde von mein",
    "envoyé de",
    "envoyé depuis",
    "envoyé à partir",
    "enviado desde",
    "enviado de",
    "enviado do",
    "enviado pelo",
    "enviado vía",
    "enviado con",
    "inviato da",
    "inviato con",
    "verzonden vanaf",
    "verzonden met",
    "verstuurd vanaf",
    "verstuurd met",
    "skickat från",
    "skickades från",
    "sendt fra",
    "lähetetty",
    "wysłane z",
    "wysłano z",
    "odesláno z",
    "odoslané z",
    "отправлено с",
    "отправлено из",
    "надіслано з",
    "发自我的",
    "發自我的",
    "从我的",
    "iphoneから送信",
    "나의 iphone에서",
    "내 iphone에서",
    "gönderildi",
    "trimis de pe",
    "küldve",
    "στάλθηκε από",
    "נשלח מ",
    "مرسل من",
    "obtenir outlook",
    "outlook für",
    "obtener outlook",
    "scarica outlook",
    "download outlook",
];

/// What makes "Sent from my desk, …" a sentence: a device is a short line without a verb.
const DEVICE_BYTES: usize = 90;

/// The kinds of fields in a block of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    From,
    Sent,
    To,
    Subject,
}

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::From,
        &[
            "from",
            "von",
            "de",
            "da",
            "van",
            "från",
            "fra",
            "lähettäjä",
            "od",
            "от",
            "от кого",
            "від",
            "差出人",
            "送信者",
            "发件人",
            "寄件者",
            "寄件人",
            "보낸 사람",
            "보낸사람",
            "kimden",
            "gönderen",
            "feladó",
            "de la",
            "από",
            "מאת",
            "من",
            "dari",
            "expéditeur",
            "mittente",
            "afzender",
            "absender",
            "remitente",
            "remetente",
        ],
    ),
    (
        Field::Sent,
        &[
            "sent",
            "date",
            "gesendet",
            "datum",
            "envoyé",
            "date d'envoi",
            "envoyé le",
            "enviado",
            "enviado el",
            "enviada",
            "enviada em",
            "fecha",
            "data",
            "inviato",
            "verzonden",
            "skickat",
            "sendt",
            "dato",
            "lähetetty",
            "päivämäärä",
            "wysłano",
            "wysłane",
            "data wysłania",
            "odesláno",
            "odoslané",
            "дата",
            "отправлено",
            "надіслано",
            "日時",
            "送信日時",
            "日期",
            "发送时间",
            "发送日期",
            "傳送時間",
            "寄件日期",
            "날짜",
            "보낸 날짜",
            "tarih",
            "gönderme tarihi",
            "gönderildi",
            "elküldve",
            "dátum",
            "trimis",
            "ημερομηνία",
            "στάλθηκε",
            "נשלח",
            "תאריך",
            "التاريخ",
            "تاريخ الإرسال",
            "tanggal",
        ],
    ),
    (
        Field::To,
        &[
            "to",
            "an",
            "à",
            "para",
            "a",
            "aan",
            "till",
            "til",
            "vastaanottaja",
            "do",
            "komu",
            "pre",
            "кому",
            "宛先",
            "收件人",
            "收件者",
            "받는 사람",
            "받는사람",
            "kime",
            "alıcı",
            "címzett",
            "către",
            "προς",
            "אל",
            "إلى",
            "kepada",
            "cc",
            "kopie",
            "copia",
            "kopia",
            "kopi",
            "копия",
            "抄送",
            "副本",
            "reply-to",
            "antwort an",
            "répondre à",
            "destinatario",
        ],
    ),
    (
        Field::Subject,
        &[
            "subject",
            "betreff",
            "objet",
            "asunto",
            "oggetto",
            "assunto",
            "onderwerp",
            "ämne",
            "emne",
            "aihe",
            "temat",
            "předmět",
            "predmet",
            "тема",
            "件名",
            "主题",
            "主旨",
            "제목",
            "konu",
            "tárgy",
            "subiect",
            "θέμα",
            "נושא",
            "الموضوع",
            "perihal",
        ],
    ),
];

const BELOW: &[&str] = &[
    "below",
    "inline",
    "in-line",
    "in line",
    "in red",
    "in blue",
    "in green",
    "unten",
    "in rot",
    "in blau",
    "ci-dessous",
    "plus bas",
    "en rouge",
    "abajo",
    "más abajo",
    "en rojo",
    "abaixo",
    "em vermelho",
    "in rosso",
    "hieronder",
    "in het rood",
    "nedan",
    "nedenfor",
    "poniżej",
    "níže",
    "ниже",
    "下記",
    "以下",
    "下面",
    "아래",
];

fn any(line: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|p| line.contains(p))
}

/// The line in lower case, without the marks of bold and italics.
fn plain(line: &str) -> String {
    line.trim().trim_matches(['*', '_']).trim().to_lowercase()
}

/// At least two of the characters that lines are drawn with, and no other.
pub(super) fn is_rule(line: &str) -> bool {
    let drawn = |c: char| "-_=+~#*ᐧ—–─━•·. ".contains(c);
    line.chars().filter(|c| !c.is_whitespace() && *c != '.').nth(1).is_some()
        && line.chars().all(drawn)
}

/// Dashes, words, dashes; or the words alone in Apple's manner, with a colon.
pub(super) fn is_forward(line: &str) -> bool {
    line.len() <= 200 && {
        let framed = line.starts_with(['-', '_', '=', '*', '<']) || line.ends_with(':');
        framed && any(&line.to_lowercase(), FORWARDS)
    }
}

pub(super) fn is_original(line: &str) -> bool {
    line.len() <= 200
        && line.starts_with(['-', '_', '=', '*', '<', '>', '#'])
        && any(&line.to_lowercase(), ORIGINALS)
}

pub(super) fn is_device(line: &str) -> bool {
    let line = line.trim_matches(['*', '_', '<', '>', '(', ')', '[', ']', ' ']);
    if line.len() > DEVICE_BYTES || line.contains(',') || line.ends_with('?') {
        return false;
    }
    let lower = line.to_lowercase();
    DEVICES.iter().any(|d| lower.starts_with(d))
        || lower.ends_with(" gesendet") && lower.contains("von mein")
        || lower.ends_with("から送信")
}

/// The kind of field the line begins with, as "*From:* Ada".
pub(super) fn field(line: &str) -> Option<Field> {
    let head = line.trim().trim_start_matches(['*', '_', ' ']);
    let (name, value) = head.split_once([':', '：'])?;
    if name.len() > 40 || value.trim_matches(['*', '_', ' ', '\u{a0}']).is_empty() {
        return None;
    }
    let name = plain(name);
    FIELDS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(field, _)| *field)
}

/// Cheap, and true for too many lines: only such are looked at with those that follow.
pub(super) fn may_begin_attribution(line: &str) -> bool {
    let lower: String = line.chars().take(16).collect::<String>().to_lowercase();
    let lower = lower.trim_start_matches(['*', '_', '-', ' ']);
    OPENINGS.iter().any(|o| lower.starts_with(o))
        || line.chars().take(12).any(|c| c.is_ascii_digit() || c == '@')
        || line.contains('@')
        || any(&line.to_lowercase(), VERBS)
}

/// A second "On " below the first one: the first was a sentence.
pub(super) fn begins_attribution_anew(line: &str) -> bool {
    line.starts_with("On ") && line.chars().any(|c| c.is_ascii_digit())
}

/// True for a whole "On DATE, NAME wrote:", in any order of its parts. `quoted_below` is the
/// strongest sign there is, so less is asked for above it.
pub(super) fn is_attribution(joined: &str, quoted_below: bool) -> bool {
    let end = joined.trim_end_matches(['*', '_', ' ', '\u{a0}']);
    let ends = end.ends_with([':', '：']);
    if !ends && !quoted_below {
        return false;
    }
    let lower = end.to_lowercase();
    let digits = lower.chars().filter(char::is_ascii_digit).count();
    let dated = digits >= 3 && (has_time(&lower) || digits >= 5);
    let addressed = lower.contains('@') && lower.contains('.');
    // A long sentence about mail is still a sentence; the verb stands near one of the ends.
    let verb = any(&lower, VERBS);
    match (verb, quoted_below) {
        (true, true) => dated || addressed || ends && lower.len() <= 120,
        (true, false) => (dated || addressed) && ends,
        (false, true) => ends && addressed && dated,
        (false, false) => false,
    }
}

/// A time of day such as 14:02, or a year of these decades.
fn has_time(line: &str) -> bool {
    let bytes = line.as_bytes();
    let digit = |b: &u8| b.is_ascii_digit();
    bytes
        .windows(4)
        .any(|w| matches!(w, [a, b':' | b'.', c, d] if digit(a) && digit(c) && digit(d)))
        || bytes
            .windows(4)
            .any(|w| matches!(w, [b'1' | b'2', b'9' | b'0', c, d] if digit(c) && digit(d)))
}

/// A visiting card: short lines, one of them a number, an address or a place on the web, and no
/// sentences.
pub(super) fn is_card(lines: &[&str]) -> bool {
    let sentences = lines.iter().filter(|l| l.trim_end().ends_with(['.', '!', '?', ';'])).count();
    let contact = lines.iter().any(|l| {
        let lower = l.to_lowercase();
        lower.contains("://")
            || lower.contains("www.")
            || lower.contains('@') && lower.contains('.')
            || lower.chars().filter(char::is_ascii_digit).count() >= 7
    });
    contact && sentences <= 1
}

pub(super) fn points_below(line: &str) -> bool {
    let lower = line.to_lowercase();
    BELOW.iter().any(|w| {
        let ascii = w.is_ascii();
        lower.match_indices(w).any(|(at, _)| {
            let before = lower.get(..at).and_then(|s| s.chars().next_back());
            let after = lower.get(at + w.len()..).and_then(|s| s.chars().next());
            !ascii
                || !before.is_some_and(char::is_alphanumeric)
                    && !after.is_some_and(char::is_alphanumeric)
        })
    })
}
