//! The fields of the mail that is quoted, as mail programs write them above it.

use super::Table;

/// The kinds of fields in a block of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    From,
    Sent,
    To,
    Subject,
}

/// Each kind's names, parted by bars, all in lower case.
pub(crate) const FIELDS: &[(Field, &str)] = &[
    (
        Field::From,
        "from|von|de|da|van|från|fra|lähettäjä|od|от|от кого|від|差出人|送信者|发件人|寄件者|寄件人\
         |보낸 사람|보낸사람|kimden|gönderen|feladó|de la|από|מאת|من|dari|expéditeur|mittente\
         |afzender|absender|remitente|remetente|afsender|avsender|pengirim|desde|発信者",
    ),
    (
        Field::Sent,
        "sent|date|gesendet|datum|envoyé|date d'envoi|envoyé le|enviado|enviado el\
         |enviada|enviada em|fecha|data|inviato|verzonden|skickat|sendt|dato|lähetetty\
         |päivämäärä|wysłano|wysłane|data wysłania|odesláno|odoslané|дата|отправлено\
         |надіслано|日時|送信日時|日期|发送时间|发送日期|傳送時間|寄件日期|날짜|보낸 날짜|tarih|gönderme tarihi\
         |gönderildi|elküldve|dátum|trimis|ημερομηνία|στάλθηκε|נשלח|תאריך|التاريخ\
         |تاريخ الإرسال|tanggal|sent on|sendt den|enviado em|fecha de envío|gesendet am\
         |送信日|발신 일시|보낸날짜|päiväys|odesláno dne|στις",
    ),
    (
        Field::To,
        "to|an|à|para|a|aan|till|til|vastaanottaja|do|komu|pre|кому|宛先|收件人|收件者|받는 사람\
         |받는사람|kime|alıcı|címzett|către|προς|אל|إلى|kepada|cc|kopie|copia|kopia|kopi\
         |копия|抄送|副本|reply-to|antwort an|répondre à|destinatario|modtager|mottaker\
         |destinataire|destinatário|empfänger|copie à|bcc|kopi til",
    ),
    (
        Field::Subject,
        "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat\
         |předmět|predmet|тема|件名|主题|主旨|제목|konu|tárgy|subiect|θέμα|נושא|الموضوع|perihal\
         |betr|subjekt|otsikko|тақырып|主題",
    ),
];

/// Further fields that mail programs write among them, and no author does.
pub(crate) const OTHER_FIELDS: Table = &[
    ("en", "importance|priority|sensitivity|attachments|attachment|organization|organisation"),
    (
        "headers",
        "message-id|in-reply-to|references|user-agent|mailed-by|signed-by|security|list-id",
    ),
    ("de", "wichtigkeit|priorität|vertraulichkeit|anlagen|anlage|anhänge|anhang|organisation"),
    ("fr es", "pièces jointes|pièce jointe|priorité|datos adjuntos|adjuntos|importancia|prioridad"),
    ("it pt", "allegati|allegato|priorità|importanza|anexos|anexo|importância|prioridade"),
    ("nl sv da no fi", "bijlagen|bijlage|urgentie|prioriteit|bifogade filer|vedhæftede filer"),
    ("no fi", "vedlegg|prioritet|viktighet|liitteet|tärkeys"),
    ("pl cs ru", "załączniki|ważność|přílohy|důležitost|вложения|важность"),
    ("ja zh ko", "添付ファイル|重要度|附件|重要性|첨부|첨부 파일"),
];

/// What a subject begins with that answers another.
pub(crate) const REPLIES: Table = &[
    ("en", "re|fw|fwd"),
    ("de nl sv da", "aw|wg|antw|antwort|sv|vs"),
    ("fr es it pt", "tr|rv|rif|res|enc|r"),
    ("pl cs hu tr", "odp|pd|vá|ynt|rép"),
    ("ru zh ko", "ha|на|отв|回复|答复|回覆|회신"),
];
