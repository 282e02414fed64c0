//! Mail on its way to a bench: composed as a mail program would, changed as a forger would.

use deskbell::desk::receive::{Arrival, Arrived, InboundId};

use super::bench::{Bench, Mail};
use super::people::Customer;

/// The desk's own address on these benches.
pub const DESK: &str = "help@northwind.example";

/// A mail that is about to be sent.
#[derive(Debug, Clone)]
pub struct Post {
    pub from: String,
    pub to: String,
    /// The envelope's.
    pub sender: String,
    pub recipient: String,
    pub subject: String,
    pub message_id: Option<String>,
    /// More fields, on top.
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Post {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// By somebody else, the envelope too.
    pub fn by(mut self, email: &str) -> Self {
        self.from = format!("<{email}>");
        self.sender = email.into();
        self
    }

    /// To another address, the envelope too.
    pub fn to(mut self, address: &str) -> Self {
        self.to = address.into();
        self.recipient = address.into();
        self
    }

    pub fn raw(&self) -> Vec<u8> {
        let mut raw = String::new();
        for (name, value) in &self.headers {
            raw += &format!("{name}: {value}\r\n");
        }
        raw += &format!("From: {}\r\nTo: {}\r\n", self.from, self.to);
        raw += &format!("Subject: {}\r\n", self.subject);
        if let Some(id) = &self.message_id {
            raw += &format!("Message-ID: <{id}>\r\n");
        }
        raw += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
        raw += &self.text.replace('\n', "\r\n");
        raw.into_bytes()
    }

    /// Keeps it, and leaves it for a worker.
    pub fn arrives(&self, bench: &Bench) -> InboundId {
        let arrival = Arrival {
            mailbox: DESK.into(),
            sender: Some(self.sender.clone()),
            recipient: self.recipient.clone(),
            raw: self.raw(),
            left_out: 0,
        };
        bench.desk.store_raw(arrival, bench.now()).unwrap()
    }

    /// Keeps it and applies it, as `deskbell receive` does.
    pub fn lands(&self, bench: &Bench) -> Arrived {
        bench.desk.apply_mail(self.arrives(bench), bench.now()).unwrap()
    }
}

impl Customer<'_> {
    /// A new mail to the desk.
    pub fn writes(&self, subject: &str, text: &str) -> Post {
        Post {
            from: format!("{} <{}>", self.name, self.email),
            to: DESK.into(),
            sender: self.email.into(),
            recipient: DESK.into(),
            subject: subject.into(),
            message_id: Some(self.bench.new_id(self.email)),
            headers: Vec::new(),
            text: text.into(),
        }
    }

    /// The answer that a mail program makes of a mail in the inbox: to its Reply-To, under its
    /// thread, with the mail quoted below.
    pub fn composes(&self, mail: &Mail, text: &str) -> Post {
        let reply_to = mail.header("Reply-To").unwrap();
        let to = reply_to.rsplit_once('<').map_or(reply_to.as_str(), |(_, a)| a);
        let quoted: Vec<String> = mail.text.lines().map(|l| format!("> {l}")).collect();
        let text = format!("{text}\n\nOn Tue, support wrote:\n{}\n", quoted.join("\n"));
        let id = format!("<{}>", mail.message_id);
        self.writes(&format!("Re: {}", mail.subject), &text)
            .to(to.trim_end_matches('>'))
            .with("In-Reply-To", &id)
            .with("References", &id)
    }

    /// [`Customer::composes`], sent.
    pub fn answers(&self, mail: &Mail, text: &str) -> Arrived {
        self.composes(mail, text).lands(self.bench)
    }
}
