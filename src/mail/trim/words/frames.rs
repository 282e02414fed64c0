//! Lines that mail programs put around a history, a forward and the end of a mail.

use super::Table;

pub(crate) const FORWARDS: Table = &[
    (
        "en",
        "forwarded message|begin forwarded message|forwarded by|start forwarded message|forwarded mail",
    ),
    (
        "de",
        "weitergeleitete nachricht|anfang der weitergeleiteten|weitergeleitet von|weitergeleitete mail",
    ),
    ("fr", "message transféré|message transmis|message réexpédié|début du message|transféré par"),
    ("es ca", "mensaje reenviado|reenviado por|inicio del mensaje|missatge reenviat"),
    ("it", "messaggio inoltrato|inizio messaggio inoltrato|inoltrato da"),
    ("pt", "mensagem encaminhada|mensagem reencaminhada|início da mensagem"),
    ("nl", "doorgestuurd bericht|doorgestuurd door"),
    ("sv da no", "vidarebefordrat|vidarebefordrad|videresendt"),
    ("fi", "välitetty viesti|edelleen lähetetty"),
    ("pl", "przekazana wiadomość|wiadomość przekazana|wiadomość przesłana"),
    ("cs sk", "přeposlaná zpráva|předávaná zpráva|preposlaná správa"),
    (
        "ru uk",
        "пересылаемое сообщение|пересланное сообщение|начало переадресованного|переслане повідомлення",
    ),
    ("ja", "転送メッセージ|転送されたメッセージ|fw されたメール"),
    ("zh", "转发邮件|转发的邮件|轉寄郵件|轉寄的郵件"),
    ("ko", "전달된 메시지|전달된 메일"),
    (
        "tr hu ro el",
        "iletilmiş mesaj|yönlendirilen ileti|továbbított üzenet|mesaj redirecționat|προωθημένο μήνυμα",
    ),
    ("he ar vi", "הודעה שהועברה|رسالة معاد توجيهها|tin nhắn đã chuyển tiếp"),
];

pub(crate) const ORIGINALS: Table = &[
    (
        "en",
        "original message|original appointment|reply message|original email|original mail|reply above this line",
    ),
    (
        "de",
        "ursprüngliche nachricht|ursprüngliche mail|originalnachricht|original-nachricht|antwort nachricht|original nachricht",
    ),
    ("fr", "message d'origine|message d’origine|message original|mail original|message initial"),
    ("es ca", "mensaje original|correo original|missatge original"),
    ("it", "messaggio originale"),
    ("pt", "mensagem original"),
    ("nl", "oorspronkelijk bericht|origineel bericht"),
    ("da no", "oprindelig meddelelse|oprindelig besked|opprinnelig melding|original meddelelse"),
    ("sv", "ursprungligt meddelande|originalmeddelande|ursprungsmeddelande"),
    ("fi", "alkuperäinen viesti"),
    ("pl", "oryginalna wiadomość|wiadomość oryginalna"),
    ("cs sk", "původní zpráva|původní e-mail|pôvodná správa"),
    (
        "ru uk",
        "исходное сообщение|оригинальное сообщение|вихідне повідомлення|оригінальне повідомлення",
    ),
    ("ja", "元のメッセージ|オリジナルメッセージ|original message"),
    ("zh", "原始邮件|原始郵件|原文|原邮件"),
    ("ko", "원본 메시지|원본 메일"),
    (
        "tr hu ro el hr",
        "orijinal mesaj|orijinal ileti|özgün ileti|eredeti üzenet|mesaj original|αρχικό μήνυμα|izvorna poruka",
    ),
    ("he ar", "הודעה מקורית|الرسالة الأصلية"),
];

/// "Sent from my", with what follows it looked up in [`APPS`].
pub(crate) const DEVICES: Table = &[
    ("en", "sent from|sent via|sent with|sent using|get outlook|composed on|typed on"),
    (
        "de",
        "von meinem|von meiner|gesendet von|gesendet mit|gesendet über|gesendet aus|diese nachricht wurde von mein|outlook für|laden sie outlook",
    ),
    (
        "fr",
        "envoyé de|envoyé depuis|envoyé à partir|envoyé avec|envoyé par|obtenir outlook|télécharger outlook|provenance",
    ),
    ("es", "enviado desde|enviado de|enviado con|enviado vía|obtener outlook|obtenga outlook"),
    ("pt", "enviado do|enviado pelo|enviado a partir|enviado através|obter o outlook|enviado da"),
    ("it", "inviato da|inviato con|inviato dal|scarica outlook|ottieni outlook"),
    (
        "nl",
        "verzonden vanaf|verzonden met|verzonden via|verstuurd vanaf|verstuurd met|outlook voor|download outlook",
    ),
    (
        "sv da no",
        "skickat från|skickades från|hämta outlook|sendt fra|sendt med|hent outlook|få outlook",
    ),
    ("fi", "lähetetty|hanki outlook"),
    ("pl", "wysłane z|wysłano z|pobierz outlook|wysłane przez"),
    ("cs sk", "odesláno z|odoslané z|odesláno|získejte outlook"),
    ("ru uk", "отправлено с|отправлено из|надіслано з|скачать outlook"),
    ("zh", "发自我的|發自我的|从我的|從我的|發自|发自|來自我的"),
    ("ko", "나의 iphone에서|내 iphone에서"),
    ("tr hu ro el", "gönderildi|küldve|trimis de pe|στάλθηκε από"),
    ("he ar", "נשלח מ|مرسل من|تم الإرسال من"),
];

/// What such lines end with, where that is no device.
pub(crate) const DEVICE_ENDS: Table = &[
    ("en", "email|mail|app|network|device|free|cell|service"),
    ("de", "gesendet|verschickt|geschickt|versendet"),
    ("fr es it", "email|mail|app|courriel|correo"),
];

/// What a mail is closed with.
pub(crate) const CLOSINGS: Table = &[
    ("en", "thanks|thank you|thx|cheers|regards|kind regards|best|yours|bye|sincerely"),
    ("de", "danke|vielen dank|besten dank|gruß|gruss|grüße|viele grüße|liebe grüße|lg|vg|mfg"),
    (
        "fr es it pt",
        "merci|cordialement|bien à|gracias|saludos|un saludo|grazie|saluti|obrigado|obrigada",
    ),
    ("nl sv da no fi", "bedankt|groet|groeten|tack|tak|takk|hilsen|mvh|kiitos|terveisin"),
    ("pl cs ru", "dziękuję|pozdrawiam|děkuji|díky|спасибо|с уважением"),
];

/// Small words between "Sent from" and the name of a device.
pub(crate) const DEVICE_WORDS: Table = &[
    ("en", "my|for|on|a|mobile"),
    ("de", "meinem|meiner|für|einem"),
    ("fr es pt it", "mon|ma|mi|meu|minha|mio|pour|para|per|de|do"),
    ("nl sv da no", "mijn|min|mit|voor|för|til"),
];

/// "Sent from my": whatever follows in up to three words is a device.
pub(crate) const OWN: Table = &[
    ("en", "sent from my |sent via my "),
    ("de", "gesendet von meinem |gesendet von meiner "),
    ("fr", "envoyé de mon |envoyé depuis mon |envoyé de ma |envoyé à partir de mon "),
    ("es pt", "enviado desde mi |enviado do meu |enviado da minha |enviado a partir do meu "),
    ("it", "inviato dal mio |inviata dal mio "),
    ("nl", "verzonden vanaf mijn |verstuurd vanaf mijn |verzonden met mijn "),
    ("sv da no", "skickat från min |skickades från min |sendt fra min |sendt fra mit "),
    ("pl cs sk", "wysłane z mojego |wysłano z mojego |odesláno z mého |odoslané z môjho "),
    ("ru uk", "отправлено с моего |надіслано з мого "),
];

/// What such lines go on with: an excuse for being brief.
pub(crate) const EXCUSES: Table = &[
    ("en", "please excuse|please pardon|please forgive|excuse my|excuse any|pardon my|sorry for"),
    ("en more", "apologies for|forgive my|forgive any"),
    ("de", "bitte entschuldig|entschuldigen sie|entschuldige die|bitte verzeih"),
    ("fr", "veuillez excuser|merci d'excuser|désolé pour"),
    ("es pt it", "disculpe|disculpa|perdón por|desculpe|scusa|scusate"),
    ("nl sv da no", "excuseer|excuses voor|ursäkta|undskyld|unnskyld|beklager"),
];

/// What they ask to be excused.
pub(crate) const SLIPS: Table = &[
    ("en", "brevi|brief|terse|short|typo|spelling|error|mistake|autocorrect|auto-correct"),
    ("de", "kürze|tippfehler|rechtschreib|schreibfehler"),
    ("fr", "faute|brièveté|concis|coquille|erreur"),
    ("es pt it", "breved|erro|brevità"),
    ("nl sv da no", "beknopt|spelfout|typefout|stavfel|slåfejl|skrivefeil|kortfatta"),
];

/// A device, or a program.
pub(crate) const APPS: Table = &[
    (
        "devices",
        "phon|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|oneplus|google pixel|nokia|lumia|htc|motorola|sony|tablet|handy|mobil|móvil|device|gerät|handheld|treo|watch|macbook|celular|smartphone|wireless|telefon|téléphone|teléfono|cellulare|kännyk|puhelim|компьютер|телефон|手机|手機|טלפון|هاتفي|turvapostista|tabl",
    ),
    (
        "programs",
        "gmail|hotmail|webmail|mailbox|typeapp|edison mail|newton mail|shift.com|fastmail|freemail|bluemail|mymail|mailspring|mailbird|mail for|mail app|mail on|mail.ru|mail secure|yandex|outlook|yahoo|proton|tuta|spark|superhuman|hey.com|airmail|thunderbird|k-9|aqua|polymail|sparrow|windows|web.de|gmx|aol|icloud|zoho|facebook|acompli|boxer|missive|canary|telstra|t-online|orange|libero|почт|邮箱",
    ),
];

/// How lines begin that mailing lists and scanners write below a rule.
pub(crate) const FOOTERS: Table = &[
    (
        "en",
        "virus-free|this email has been checked for viruses|this email has been scanned by|this message has been scanned by|to unsubscribe|you received this message because|to post to this group|to view this discussion|for more options|list-unsubscribe:|unsubscribe:",
    ),
    ("de", "virenfrei|diese e-mail wurde von avast|um sich abzumelden|um sich auszutragen"),
    (
        "fr es",
        "pour se désabonner|pour vous désinscrire|sans virus|para darse de baja|libre de virus",
    ),
    ("pt it", "para cancelar a inscrição|livre de vírus|mail priva di virus|per cancellarsi"),
];

/// What only the pages and addresses of mailing lists and scanners have.
pub(crate) const FOOTER_PAGES: Table = &[
    ("lists", "listinfo|/mailman|groups.google|googlegroups|/postorius|listserv"),
    ("scanners", "avast.com|symanteccloud.com|messagelabs.com|mailscanner"),
];

/// What an author adds at the end, below the signature that a program set.
pub(crate) const AFTERTHOUGHTS: Table = &[
    ("all", "ps|p.s|p. s|pps|p.p.s|nb|n.b|edit|update|addendum|postscript|one more thing"),
    ("de fr es", "nachtrag|nachsatz|p.-s|post-scriptum|post scriptum|posdata|pd|p.d"),
    ("pl cs ru", "dopisek|dodatek|з.и|з.ы|p.s|постскриптум|追伸|追記|又及|附言"),
];

/// Names of fields on visiting cards: ways to reach somebody, and what companies must say.
pub(crate) const CARDS: Table = &[
    (
        "ways",
        "tel|phone|mobil|cell|fax|mail|web|http|www|skype|url|site|direct|office|twitter|linkedin",
    ),
    ("en", "address|reg|vat|director|ceo|chair|located|support|hotline|landline|follow"),
    (
        "de",
        "handy|fon|funk|sitz|geschäftsführ|amtsgericht|hrb|ust|vorstand|aufsichtsrat|anschrift|büro",
    ),
    ("fr es it", "tél|port|adresse|siège|móvil|dirección|cell|sede|siret|tva"),
    ("others", "тел|факс|почта|сайт|電話|电话|邮箱|手机|전화|puh|gsm|kom"),
];

/// Names of fields that have an address in a question, and none on a visiting card.
pub(crate) const ACCOUNTS: Table = &[
    ("en", "user|login|account|username|customer|order|from|to|sender|recipient"),
    ("de fr es it", "benutzer|konto|kunde|compte|client|usuario|cuenta|utente|cliente"),
];
