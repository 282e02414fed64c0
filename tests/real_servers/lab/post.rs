//! Mail on the customers' side: what they have got, and what they send.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use mail_parser::MessageParser;

use crate::sink::Taken;

/// A mail that somebody got.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The envelope's: where a bounce goes.
    pub sender: String,
    pub to: String,
    pub text: String,
    pub html: String,
    pub raw: Vec<u8>,
}

impl Letter {
    pub fn new(taken: Taken) -> Self {
        let mail = MessageParser::default().parse(&taken.raw).expect("a mail that can be parsed");
        Self {
            text: mail.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
            sender: taken.from,
            to: taken.to,
            raw: taken.raw.clone(),
        }
    }

    /// All fields of that name as they stand in the mail, unfolded.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let raw = String::from_utf8_lossy(&self.raw);
        let (head, _) = raw.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n\t", " ").replace("\r\n ", " ");
        let of = |line: &str| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        head.split("\r\n").filter_map(of).collect()
    }

    /// The one field of that name.
    pub fn header(&self, name: &str) -> String {
        match <[String; 1]>::try_from(self.headers(name)) {
            Ok([only]) => only,
            Err(other) => panic!("{name}: {other:?} in {}", String::from_utf8_lossy(&self.raw)),
        }
    }

    /// The address in Reply-To.
    pub fn reply_to(&self) -> String {
        let field = self.header("Reply-To");
        let address = field.rsplit_once('<').map_or(field.as_str(), |(_, a)| a);
        address.trim_end_matches('>').to_owned()
    }

    /// The answer that a mail program makes of it.
    pub fn answer(&self, text: &str) -> Post {
        let quoted: Vec<String> = self.text.lines().map(|l| format!("> {l}")).collect();
        let mut post = Post::new(
            &self.to,
            &self.reply_to(),
            &format!("Re: {}", self.header("Subject")),
            &format!("{text}\n\nOn Tue, 9 Jun 2026, support wrote:\n{}\n", quoted.join("\n")),
        );
        let id = self.header("Message-ID");
        let earlier = self.headers("References").join(" ");
        post.headers.push(format!("In-Reply-To: {id}"));
        post.headers.push(format!("References: {earlier} {id}"));
        post
    }
}

/// A mail that a customer sends.
#[derive(Debug, Clone)]
pub struct Post {
    /// The envelope's, and From.
    pub from: String,
    pub to: String,
    pub subject: String,
    pub headers: Vec<String>,
    pub text: String,
}

impl Post {
    pub fn new(from: &str, to: &str, subject: &str, text: &str) -> Self {
        let id = rand::random::<u64>();
        let domain = from.rsplit_once('@').map_or("example", |(_, domain)| domain);
        let headers = vec![
            format!("Message-ID: <{id:016x}@{domain}>"),
            format!("Date: {}", chrono::Utc::now().to_rfc2822()),
        ];
        let [from, to, subject, text] = [from, to, subject, text].map(ToOwned::to_owned);
        Self { from, to, subject, headers, text }
    }

    pub fn with(mut self, header: &str) -> Self {
        self.headers.push(header.into());
        self
    }

    pub fn raw(&self) -> String {
        let Self { from, to, subject, headers, text } = self;
        let headers = headers.join("\r\n");
        let text = text.replace('\n', "\r\n");
        format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\n{headers}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        )
    }

    /// Hands it to a server.
    ///
    /// # Errors
    /// The first answer that is no yes.
    pub fn send(&self, port: u16) -> Result<(), String> {
        let mut talk = Talk::new(port)?;
        talk.says("EHLO lumen.example")?;
        talk.says(&format!("MAIL FROM:<{}>", self.from))?;
        talk.says(&format!("RCPT TO:<{}>", self.to))?;
        talk.says("DATA")?;
        let stuffed = self.raw().replace("\r\n.", "\r\n..");
        talk.says(&format!("{stuffed}.")).map(drop)
    }
}

struct Talk(BufReader<TcpStream>);

impl Talk {
    fn new(port: u16) -> Result<Self, String> {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut talk = Self(BufReader::new(stream));
        talk.hears()?;
        Ok(talk)
    }

    fn says(&mut self, line: &str) -> Result<String, String> {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.hears()
    }

    fn hears(&mut self) -> Result<String, String> {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).map_err(|e| e.to_string())?;
            match (line.as_bytes().first(), line.as_bytes().get(3)) {
                (Some(b'2' | b'3'), Some(b'-')) => {}
                (Some(b'2' | b'3'), _) => return Ok(line),
                _ => return Err(line),
            }
        }
    }
}
