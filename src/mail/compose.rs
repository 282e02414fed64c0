use crate::domain::*;
pub struct Sender {
    pub address: String,
    pub reply_to: String,
}
#[derive(Debug, Clone)]
pub struct MessengerSettings {
    pub name: String,
    pub logo: Option<super::logo::Logo>,
}
pub struct Letter<'a> {
    pub thread: &'a SharedThread,
    pub about: &'a [PartId],
    pub to: &'a Contact,
    pub sender: &'a Sender,
    pub messenger: &'a MessengerSettings,
    pub message_id: &'a str,
    pub references: &'a [String],
    pub date: Time,
}
pub fn compose(l: &Letter<'_>) -> Result<Vec<u8>, String> {
    let mut s = format!(
        "Message-ID: <{}>\r\nFrom: {}\r\nTo: {}\r\nSubject: Your ticket {}\r\n\r\n",
        l.message_id,
        l.sender.address,
        l.to.email.as_ref().map_or("", |e| e.as_str()),
        l.thread.ticket().map_or(TicketId(0), |t| t.id())
    );
    for p in l.thread.visible() {
        s += p.text();
        s += "\r\n";
    }
    Ok(s.into_bytes())
}

impl Default for MessengerSettings {
    fn default() -> Self {
        Self { name: "Support".into(), logo: None }
    }
}
