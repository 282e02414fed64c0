//! The words of mail programs, language by language: what they write above a quotation, a forward,
//! a history, and below a mail. Tables, and how to look into them.

mod fields;
mod frames;

pub(super) use fields::{FIELDS, Field, OTHER_FIELDS, REPLIES};
pub(super) use frames::{
    ACCOUNTS, AFTERTHOUGHTS, APPS, CARDS, CLOSINGS, DEVICE_ENDS, DEVICE_WORDS, DEVICES, EXCUSES,
    FOOTER_PAGES, FOOTERS, FORWARDS, ORIGINALS, OWN, SLIPS,
};

/// A language and its words, parted by bars, all in lower case.
pub(super) type Table = &'static [(&'static str, &'static str)];

/// All words of a table.
pub(super) fn all(table: Table) -> impl Iterator<Item = &'static str> {
    table.iter().flat_map(|(_, words)| words.split('|'))
}

/// True when one of the table's words is in a text of lower case.
pub(super) fn any(lower: &str, table: Table) -> bool {
    all(table).any(|word| lower.contains(word))
}

/// What an attribution begins with: a word right before a date.
pub(super) const OPENINGS: Table = &[
    ("en", "on|at|in"),
    ("de", "am|vom"),
    ("fr ca", "le|missatge"),
    ("es", "el|en"),
    ("it", "il|in|al|alle"),
    ("pt", "em|a|no|às"),
    ("nl", "op"),
    ("sv da no", "den|på|kl|kl."),
    ("pl", "w|dnia|dn."),
    ("cs sk", "dne|dňa"),
    ("fi et", "kuupäev"),
    ("ro", "pe|în|in"),
    ("hr sl sr", "dana|dne|u|v"),
    ("ru bg uk", "на|в|у"),
    ("el", "στις|την"),
    ("he", "בתאריך|ב"),
    ("ar", "في|بتاريخ"),
    ("vi id th", "vào|pada|ในวันที่|เมื่อ"),
    ("zh", "在|于"),
];

/// Beginnings of the names of weekdays, which open an attribution in languages without a word for
/// it.
pub(super) const WEEKDAYS: Table = &[
    ("en", "mon|tue|wed|thu|fri|sat|sun"),
    ("de", "mo|di|mi|do|fr|sa|so|dienst|mittw|donn|freit|samst|sonna|sonnt"),
    ("fr", "lun|mar|mer|jeu|ven|sam|dim"),
    ("es it pt", "lun|mar|mié|mie|jue|vie|sáb|sab|dom|gio|ven|seg|ter|qua|qui|sex"),
    ("nl", "ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|vrijdag|zater|zondag"),
    ("sv da no", "man|mån|tir|tis|ons|tor|fre|lør|lör|søn|sön"),
    ("fi", "ma|ti|ke|to|pe|la|su|maanan|tiis|kesk|tors|perj|laua"),
    (
        "pl cs sk",
        "pon|wto|śro|czw|pią|sob|nie|po|út|ut|st|čt|št|pá|pi|so|ne|úte|ute|stř|str|čtv|štv|pát|pia|ned",
    ),
    ("ru uk bg", "пн|вт|ср|чт|пт|сб|вс|нд|пон|пят|суб|вос|чет|сре|п'ят|нед|вто|вів|сер|пят"),
    ("hu tr ro", "h.|k.|sze|cs.|p.|szo|paz|pzt|sal|çar|per|cum|cmt|mie|joi|vin|sâm|dum"),
    ("el lt lv", "δευ|τρί|τετ|πέμ|παρ|σάβ|κυρ|pirmd|otrd|trešd|ceturtd|piektd"),
];

/// What its verb is.
pub(super) const VERBS: Table = &[
    ("en", "wrote|writes|said|says| sent"),
    ("de", "schrieb|geschrieben|schreibt|schrieben sie"),
    ("fr", "a écrit|a ecrit|écrit|nous a dit"),
    ("es ca gl", "escribió|escribio|escribe|va escriure|escribiu"),
    ("it", "ha scritto|scrisse|scrive"),
    ("pt", "escreveu|escreve"),
    ("nl", "schreef|schrijft|geschreven"),
    ("sv da no", "skrev|skreiv|skriver"),
    ("fi et", "kirjoitti|kirjutas"),
    ("pl", "napisał|pisze|napisała|nadesłał"),
    ("cs sk", "napsal|napísal|napsala|píše"),
    ("ru uk bg", "написал|пишет|написав|пише|написа"),
    ("hr sl sr", "je napisa|je pisa|napisao|napisala"),
    ("ja", "のメール|のメッセージ|書きました|が書いた|wrote"),
    ("zh", "写道|寫道|写到"),
    ("ko", "작성|님이 쓴 글|wrote"),
    ("tr", "yazdı"),
    ("ro", "a scris"),
    ("hu", "írta"),
    ("el", "έγραψε"),
    ("he", "כתב|מאת"),
    ("ar", "كتب|تمت كتابة"),
    ("vi id th", "đã viết|menulis|เขียนว่า"),
    ("lt lv is", "rašė|rakstīja|skrifaði"),
    ("af cy eu sq az", "geskryf|ysgrifennodd|idatzi|shkroi|yazıb"),
    ("hy ka kk mk", "գրել է|წერდა|жазды|напиша"),
    ("fa hi", "نوشت|ने लिखा"),
];

/// "User", as programs call who wrote: whatever letters the name behind it has.
pub(super) const USERS: Table = &[
    ("pl cs sk", "użytkownik|odesílatel|odosielateľ|používateľ"),
    ("ru uk", "пользователь|користувач"),
    ("el hr sl", "χρήστης|korisnik|uporabnik"),
];

/// Who speaks of me, us or you writes a sentence; a mail program does not.
pub(super) const SPEAKERS: Table = &[
    ("en", "i|i'm|i've|my|mine|we|our|ours|us|me|your|yours|he|she|they|it|as|that|what|which|who"),
    ("de", "ich|mein|meine|meinem|meiner|wir|unser|unsere|ihr|ihre|ihrem|ihrer|dein|deine|wie|was"),
    ("fr", "je|j'ai|notre|nos|votre|vos|comme"),
    ("es pt it", "yo|mis|nuestro|nuestra|eu|meu|minha|nosso|io|mio|mia|nostro|como"),
    ("nl sv", "ik|mijn|wij|onze|uw|jag|mitt|vårt|ditt"),
    ("pl cs ru", "mój|moja|nasz|wasz|já|můj|náš|váš|я|мой|моя|мы|наш|ваш"),
];

/// To whom it was written, in small letters: "schrieb mir", "m'a écrit". No program says that.
pub(super) const RECEIVERS: Table = &[
    ("de", "mir|mich|uns|dir|dich|euch|ihm|ihnen|jemand|heute|gestern|auch"),
    ("fr", "m'a|nous|vous|t'a|l'a|lui|leur|m'ont|hier|aussi|qui|qu'il|que|elle|il"),
    ("es pt", "me|nos|te|os|lhe|lhes|le|les|que|ayer|ontem|ele|ela|ella|usted"),
    ("it", "mi|ci|ti|vi|gli|che|anche|ieri"),
    ("nl", "mij|me|ons|jou|jullie|hem|haar|je|ook|gisteren|dat"),
    ("sv da no", "mig|mej|oss|os|dig|dej|meg|deg|mit|att|at|igår"),
    ("fi et", "minulle|meille|sinulle|teille|mulle|meile|sulle|teile|että"),
    ("pl", "mi|mnie|nam|wam|ci|mu|jej|im|że|wczoraj"),
    ("cs sk hr sl", "mně|mne|nám|vám|mu|jí|meni|nama|nam|vama|vam|že|da"),
    ("ru uk bg", "мне|нам|вам|тебе|ему|ей|мені|йому|вчера|что|що"),
    ("ro hu tr", "mi-a|ne-a|nouă|nekem|nekünk|neked|hogy|bana|bize|sana|size"),
    ("el he", "μου|μας|σου|σας|לי|לנו|לך|לכם"),
    ("ar fa hi", "لي|لنا|إلي|إلينا|لك|لكم|मुझे|हमें"),
    ("vi id lt lv", "tôi|saya|kami|mums|mani"),
];

/// The same in languages without blanks between their words.
pub(super) const RECEIVERS_UNSPACED: Table = &[
    ("ja", "私に|私たちに|弊社に|当社に|僕に"),
    ("zh", "给我|給我|告诉我|跟我"),
    ("ko", "저에게|나에게|우리에게|저희에게"),
];

/// What may stand in a name, or between a date and a verb, and is in small letters there.
pub(super) const SMALL: Table = &[
    ("en", "via|from|of|and|at|am|pm|a.m.|p.m.|gmt|utc|you"),
    (
        "de nl",
        "von|van|der|den|de|dem|zu|und|bei|aus|uhr|um|sie|om|heeft|het|volgende|ter|ten|te|u",
    ),
    ("fr it es pt", "du|des|la|le|les|et|di|da|del|della|dos|das|e|y|a|à|às|las|ore|ha|il|alle"),
    ("sv da no fi", "av|kl|kl.|klo|och|og|har"),
    ("pl cs hr", "o|godz.|godz|użytkownik|v|odesílatel|používateľ|je|ob|oseba|u|korisnik"),
    ("ru uk bg el", "в|г.|р.|о|от|від|пользователь|користувач|ч.|ο|η|χρήστης|στις"),
    ("hu tr", "ezt|időpontban|időpont|keltezéssel|következőt|az|tarihinde|şunu|yazan"),
];

/// "See below": then what looks like history may hold the author's words.
pub(super) const BELOW: Table = &[
    ("en", "below|inline|in-line|in line|in red|in blue|in green|in bold|within your|marked with"),
    ("en text", "in your text|in the text|in your mail|in your email|in your message|in the body"),
    ("en marks", "in caps|in capitals|in capital letters|in italics|in yellow|in brackets"),
    ("en between", "between the lines|between your|interspersed|after each|under each|beneath"),
    ("en mine", "my answers|my comments|my replies|comments in|answers in|highlighted|underneath"),
    ("de", "unten|in rot|in blau|rot markiert|im text|in grün|in gelb|kursiv|fett|in klammern"),
    (
        "de text",
        "zwischen den zeilen|in großbuchstaben|meine antworten|darunter|dazwischen|im zitat",
    ),
    ("fr", "ci-dessous|plus bas|en rouge|en bleu|dans le texte|en vert|en gras|en majuscules"),
    ("fr text", "mes réponses|entre les lignes|dans votre|ci-après|en italique"),
    ("es", "abajo|más abajo|en rojo|en azul|en verde|debajo|en mayúsculas|mis respuestas"),
    ("es text", "entre líneas|en el texto|en negrita"),
    ("pt", "abaixo|em vermelho|em azul|em verde|em maiúsculas|minhas respostas|no texto"),
    ("it", "in rosso|qui sotto|di seguito|in blu|in verde|in maiuscolo|nel testo|tra le righe"),
    ("it text", "le mie risposte|in calce|in grassetto"),
    ("nl", "hieronder|in het rood|onderstaand|in het blauw|in hoofdletters|in de tekst"),
    ("nl text", "mijn antwoorden|tussen de regels"),
    ("sv da no", "nedan|nedenfor|med rött|i rött|herunder|med rødt|i rødt|med blått|med blåt"),
    ("sv da no text", "mina svar|mine svar|i texten|i teksten|mellan raderna|mellem linjerne"),
    ("fi", "alla|punaisella|sinisellä|tekstissä|vastaukseni"),
    ("pl", "poniżej|na czerwono|na niebiesko|w tekście|moje odpowiedzi|wielkimi literami"),
    ("cs sk", "níže|nižšie|červeně|modře|v textu|mé odpovědi|moje odpovede"),
    ("ru uk", "ниже|красным|нижче|синим|в тексте|мои ответы|у тексті|между строк"),
    ("ja zh ko", "下記|以下|下面|赤字|红色|아래|文中|青字|蓝色|正文|본문"),
    ("he ar tr", "למטה|أدناه|aşağıda|בגוף|في النص|metin içinde"),
];
