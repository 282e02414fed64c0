//! The talk with a server that refuses, stalls or hangs up at each step.

use std::convert::Infallible;

use super::server::{CA, Does, Server};
use super::*;
use crate::mail::server_url::Secret;
use crate::mail::smtp_settings::Timeouts;

const RAW: &[u8] = b"Subject: Hi\r\n\r\n.dot\r\n..\r\nend\r\n";

fn smtp(server: &Server) -> Smtp {
    let url = format!("smtp://me@127.0.0.1:{}", server.port);
    Smtp::new(SmtpSettings::parse(&url, Some(Secret::new("secret".into())), None).unwrap())
}

/// For steps that stall on purpose. The others' limits are far away.
fn hasty(server: &Server) -> Smtp {
    let short = Duration::from_millis(100);
    let mut smtp = smtp(server);
    smtp.settings.timeouts = Timeouts {
        connect: short,
        command: short,
        data: short,
        answer: short,
        ..Timeouts::default()
    };
    smtp
}

fn envelope() -> Envelope {
    Envelope {
        from: "support@desk.example".into(),
        to: "ada@lumen.example".into(),
        message_id: "d.abc@desk.example".into(),
        plain_from: None,
        envelope_id: None,
    }
}

async fn send(smtp: &mut Smtp, server: &Server) -> Outcome {
    let noted = async || {
        server.note("hook");
        Ok::<(), Infallible>(())
    };
    smtp.send(&envelope(), RAW, noted).await.unwrap()
}

fn hooks(server: &Server) -> usize {
    server.log().iter().filter(|step| *step == "hook").count()
}

/// Name and words of an outcome.
fn parts(outcome: Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Sent { words } => ("sent", words),
        Outcome::Temporary { words, .. } => ("temporary", words),
        Outcome::Permanent { words } => ("permanent", words),
        Outcome::Pause { words } => ("pause", words),
        Outcome::Ambiguous { words } => ("ambiguous", words),
    }
}

#[tokio::test]
async fn the_hook_comes_after_go_ahead_and_before_the_first_byte() {
    let server = Server::start(&[]).await;
    let outcome = send(&mut smtp(&server), &server).await;
    assert_eq!(outcome, Outcome::Sent { words: "250 2.0.0 Ok: queued as 4F".into() });
    let log = server.log();
    let talk =
        ["GREETING", "EHLO", "AUTH", "EHLO", "MAIL", "RCPT", "DATA", "hook", "first byte", "."];
    assert_eq!(log, talk);
    assert_eq!(server.messages(), [RAW.to_vec()]);
}

#[tokio::test]
async fn each_refusal_means_what_its_step_says() {
    for (step, say, means, words) in [
        ("GREETING", "554 5.3.2 Closed", "pause", "turned away: 554 5.3.2 Closed"),
        ("GREETING", "421 4.3.2 Later", "pause", "turned away: 421 4.3.2 Later"),
        ("EHLO", "550 No", "pause", "turned away: 550 No"),
        ("AUTH", "535 5.7.8 Bad", "pause", "password refused: 535 5.7.8 Bad"),
        ("AUTH", "454 4.7.0 Later", "pause", "login refused: 454 4.7.0 Later"),
        ("MAIL", "550 5.7.1 Not you", "pause", "our address refused: 550 5.7.1 Not you"),
        ("MAIL", "451 4.3.0 Later", "pause", "our address refused: 451 4.3.0 Later"),
        ("RCPT", "550 5.1.1 Nobody", "permanent", "recipient: 550 5.1.1 Nobody"),
        ("RCPT", "451 4.7.1 Greylisted", "temporary", "recipient: 451 4.7.1 Greylisted"),
        ("RCPT", "530 5.7.0 Log in first", "pause", "login wanted: 530 5.7.0 Log in first"),
        ("RCPT", "421 4.3.2 Later", "temporary", "recipient: 421 4.3.2 Later"),
        ("DATA", "554 5.5.1 No", "permanent", "DATA: 554 5.5.1 No"),
        ("DATA", "452 4.3.1 Full", "temporary", "DATA: 452 4.3.1 Full"),
        ("DATA", "250 Ok", "temporary", "DATA: 250 Ok"),
        (".", "554-5.7.1 Spam\r\n554 Really", "permanent", "after the message: 554 5.7.1 Spam"),
        (".", "451 4.3.0 Later", "temporary", "after the message: 451 4.3.0 Later"),
        (".", "nonsense", "ambiguous", "after the message: "),
        (".", "354 Go on", "ambiguous", "after the message: 354 Go on"),
    ] {
        let server = Server::start(&[(step, Does::Say(say))]).await;
        let (name, said) = parts(send(&mut smtp(&server), &server).await);
        assert_eq!(name, means, "{step}: {say}: {said}");
        assert!(said.starts_with(words), "{step}: {say}: {said}");
        assert_eq!(hooks(&server), usize::from(step == "."), "{step}: {say}");
    }
}

#[tokio::test]
async fn a_talk_that_breaks_off_is_ambiguous_only_after_the_dot() {
    for (step, means) in [
        ("GREETING", "pause"),
        ("EHLO", "pause"),
        ("AUTH", "pause"),
        ("MAIL", "pause"),
        ("RCPT", "temporary"),
        ("DATA", "temporary"),
        (".", "ambiguous"),
    ] {
        for does in [Does::Close, Does::Stall] {
            let server = Server::start(&[(step, does.clone())]).await;
            let mut smtp = match does {
                Does::Stall => hasty(&server),
                Does::Close | Does::Flood | Does::Once(_) | Does::Say(_) | Does::Tls => {
                    smtp(&server)
                }
            };
            let (name, words) = parts(send(&mut smtp, &server).await);
            assert_eq!(name, means, "{step}, {does:?}: {words}");
            assert_eq!(words.contains("no answer within"), matches!(does, Does::Stall), "{words}");
            assert_eq!(hooks(&server), usize::from(step == "."), "{step}, {does:?}");
            assert!(smtp.connection.is_none());
        }
    }
}

#[tokio::test]
async fn many_slow_steps_have_one_limit_together() {
    let server = Server::start(&[("RCPT", Does::Stall)]).await;
    let mut smtp = smtp(&server);
    smtp.settings.timeouts.before_message = Duration::from_millis(100);
    let (name, words) = parts(send(&mut smtp, &server).await);
    assert_eq!((name, words.as_str()), ("temporary", "recipient: no answer within 0.1 s"));
}

/// Says go ahead and then takes no byte, for ever or until it hangs up. Returns its port.
async fn deaf(hangs_up: bool) -> u16 {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut stream = BufReader::new(listener.accept().await.unwrap().0);
        for answer in
            ["220 x", "250-x\r\n250 AUTH PLAIN", "235 x", "250 x", "250 x", "250 x", "354 x"]
        {
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            if answer != "354 x" {
                stream.read_line(&mut String::new()).await.unwrap();
            }
        }
        if !hangs_up {
            std::future::pending::<()>().await;
        }
    });
    port
}

#[tokio::test]
async fn a_message_that_cannot_be_written_out_was_certainly_not_taken() {
    // Larger than any buffer on the way.
    let raw = vec![b'x'; 64 * 1024 * 1024];
    let server = Server::start(&[]).await;
    for hangs_up in [false, true] {
        let mut smtp = smtp(&server);
        smtp.settings.port = deaf(hangs_up).await;
        smtp.settings.timeouts.message = Duration::from_millis(500);
        let sent = smtp.send(&envelope(), &raw, async || Ok::<(), Infallible>(())).await.unwrap();
        let (name, words) = parts(sent);
        assert_eq!(name, "temporary", "{words}");
        assert_eq!(words == "message: no answer within 0.5 s", !hangs_up, "{words}");
    }
}

#[tokio::test]
async fn a_hook_that_refuses_ends_the_talk_without_a_message() {
    let server = Server::start(&[]).await;
    let mut smtp = smtp(&server);
    let refused = smtp.send(&envelope(), RAW, async || Err("not wanted any more")).await;
    assert_eq!(refused, Err("not wanted any more"));
    assert!(smtp.connection.is_none());
    // The next mail gets a talk of its own, and the first one was never taken.
    assert_eq!(parts(send(&mut smtp, &server).await).0, "sent");
    assert_eq!(server.messages(), [RAW.to_vec()]);
}

#[tokio::test]
async fn one_connection_carries_many_mails_and_survives_a_refusal() {
    let server = Server::start(&[]).await;
    let mut smtp = smtp(&server);
    send(&mut smtp, &server).await;
    server.set("RCPT", Does::Say("550 5.1.1 Nobody"));
    assert_eq!(parts(send(&mut smtp, &server).await).0, "permanent");
    server.set("RCPT", Does::Say("250 Ok"));
    assert_eq!(parts(send(&mut smtp, &server).await).0, "sent");
    smtp.quit().await;
    let log = server.log();
    assert_eq!(log.iter().filter(|step| *step == "GREETING").count(), 1);
    assert!(log.contains(&"RSET".to_owned()));
    assert_eq!(log.last().unwrap(), "QUIT");
    assert_eq!(server.messages().len(), 2);
}

#[tokio::test]
async fn a_server_that_hung_up_between_mails_is_called_again() {
    for does in [Does::Close, Does::Say("421 4.4.2 Idle")] {
        let server = Server::start(&[]).await;
        let mut smtp = smtp(&server);
        send(&mut smtp, &server).await;
        server.set("MAIL", does);
        // Refused on the kept connection and on the new one: twice, and no more.
        assert_eq!(parts(send(&mut smtp, &server).await).0, "pause");
        server.set("MAIL", Does::Say("250 Ok"));
        assert_eq!(parts(send(&mut smtp, &server).await).0, "sent");
        let greeted = server.log().iter().filter(|step| *step == "GREETING").count();
        assert_eq!(greeted, 3);
        assert_eq!(hooks(&server), 2);
    }
}

/// An EHLO that offers reports and names a limit.
const OFFERS: (&str, Does) =
    ("EHLO", Does::Say("250-test\r\n250-AUTH PLAIN LOGIN\r\n250-DSN\r\n250 SIZE 100"));

#[tokio::test]
async fn reports_are_asked_for_where_they_are_offered() {
    let to = "ada+x=y@lumen.example";
    let envelope = Envelope { to: to.into(), envelope_id: Some("b1.a.b".into()), ..envelope() };
    let hook = async || Ok::<(), Infallible>(());
    let server = Server::start(&[OFFERS]).await;
    let mut smtp = smtp(&server);
    for _ in 0..2 {
        assert_eq!(parts(smtp.send(&envelope, RAW, hook).await.unwrap()).0, "sent");
    }
    let asked = |verb: &str| -> Vec<String> {
        server.lines().into_iter().filter(|line| line.starts_with(verb)).collect()
    };
    let mail = "MAIL FROM:<support@desk.example> RET=HDRS ENVID=b1.a.b";
    // RFC 3461 §4: what is no plain letter is written in hexadecimal.
    let rcpt = "RCPT TO:<ada+x=y@lumen.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada+2Bx+3Dy@lumen.example";
    assert_eq!(asked("MAIL"), [mail, mail]);
    assert_eq!(asked("RCPT"), [rcpt, rcpt]);

    let plain = Server::start(&[]).await;
    send(&mut self::smtp(&plain), &plain).await;
    assert!(plain.lines().contains(&"MAIL FROM:<support@desk.example>".to_owned()));
    assert!(plain.lines().contains(&"RCPT TO:<ada@lumen.example>".to_owned()));
}

#[tokio::test]
async fn a_server_that_wants_the_plain_address_gets_it_from_then_on() {
    let signed = "support+b1.a.b@desk.example";
    let plain = "support@desk.example";
    let not_owned = "553 5.7.1 <x>: Sender address rejected: not owned by user me";
    for (step, say) in [("MAIL", "550 5.7.1 Not you"), ("RCPT", not_owned)] {
        // Refused once, then friendly: as though for the signed address alone.
        let server = Server::start(&[(step, Does::Once(say))]).await;
        let mut smtp = smtp(&server);
        let envelope =
            Envelope { from: signed.into(), plain_from: Some(plain.into()), ..envelope() };
        let hook = async || Ok::<(), Infallible>(());
        for _ in 0..2 {
            assert_eq!(parts(smtp.send(&envelope, RAW, hook).await.unwrap()).0, "sent", "{step}");
        }
        let from: Vec<String> =
            server.lines().into_iter().filter(|line| line.starts_with("MAIL")).collect();
        let of = |address: &str| format!("MAIL FROM:<{address}>");
        assert_eq!(from, [of(signed), of(plain), of(plain)], "{step}");
        assert_eq!(server.log().iter().filter(|step| *step == "GREETING").count(), 1);
    }
    // One that takes neither stops all mail, and harms no row (threat 17).
    for (step, say) in [
        ("MAIL", "550 5.7.1 Not you"),
        ("RCPT", not_owned),
        (".", "554 5.2.252 SendAsDenied; me not allowed to send as support"),
    ] {
        let server = Server::start(&[(step, Does::Say(say))]).await;
        let (name, words) = parts(send(&mut smtp(&server), &server).await);
        assert_eq!(name, "pause", "{step}: {words}");
        assert!(words.starts_with("our address refused: 55"), "{words}");
    }
    // What a recipient's server says of senders ends one mail alone.
    let server = Server::start(&[("RCPT", Does::Say("550 5.7.1 Sender address rejected"))]).await;
    assert_eq!(parts(send(&mut smtp(&server), &server).await).0, "permanent");
}

#[tokio::test]
async fn an_international_domain_goes_out_in_punycode() {
    let server = Server::start(&[OFFERS]).await;
    let envelope = Envelope { to: "ada@münchen.test".into(), ..envelope() };
    let hook = async || Ok::<(), Infallible>(());
    assert_eq!(parts(smtp(&server).send(&envelope, RAW, hook).await.unwrap()).0, "sent");
    let to = "RCPT TO:<ada@xn--mnchen-3ya.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada@xn--mnchen-3ya.test";
    assert!(server.lines().contains(&to.to_owned()), "{:?}", server.lines());
}

#[tokio::test]
async fn a_mail_over_the_servers_limit_ends_before_it_begins() {
    let server = Server::start(&[OFFERS]).await;
    let mut smtp = smtp(&server);
    let hook = async || Ok::<(), Infallible>(());
    let words = "too large: the mail has 101 bytes, the server takes 100";
    for _ in 0..2 {
        let sent = smtp.send(&envelope(), &[b'x'; 101], hook).await.unwrap();
        assert_eq!(sent, Outcome::Permanent { words: words.into() });
        assert!(!server.log().contains(&"MAIL".to_owned()));
    }
    // The next mail goes, on the same connection.
    assert_eq!(parts(smtp.send(&envelope(), &[b'x'; 100], hook).await.unwrap()).0, "sent");
    assert_eq!(server.log().iter().filter(|step| *step == "GREETING").count(), 1);
}

#[tokio::test]
async fn only_a_recipient_who_is_put_off_counts_as_greylisted() {
    for (step, expected) in [("RCPT", true), ("DATA", false), (".", false)] {
        let server = Server::start(&[(step, Does::Say("451 4.7.1 Later"))]).await;
        let sent = send(&mut smtp(&server), &server).await;
        assert!(
            matches!(sent, Outcome::Temporary { greylisted, .. } if greylisted == expected),
            "{step}: {sent:?}"
        );
    }
}

#[tokio::test]
async fn a_flood_is_cut_off_at_every_step() {
    for (step, means) in [
        ("GREETING", "pause"),
        ("EHLO", "pause"),
        ("AUTH", "pause"),
        ("MAIL", "pause"),
        ("RCPT", "temporary"),
        ("DATA", "temporary"),
        (".", "ambiguous"),
    ] {
        let server = Server::start(&[(step, Does::Flood)]).await;
        // With limits in time that are far away: it is the length that ends it.
        let (name, words) = parts(send(&mut smtp(&server), &server).await);
        assert_eq!(name, means, "{step}: {words}");
        assert!(words.ends_with("the server's answer has no end"), "{step}: {words}");
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let server = Server::start(&[]).await;
    let mut smtp = smtp(&server);
    smtp.settings.security = Security::StartTls;
    let (name, words) = parts(send(&mut smtp, &server).await);
    assert_eq!(name, "pause");
    assert!(words.starts_with("no protection: the server offers no STARTTLS"), "{words}");
    assert_eq!(server.log(), ["GREETING", "EHLO"]);
}

const OFFERS_STARTTLS: (&str, Does) =
    ("EHLO", Does::Say("250-test\r\n250-AUTH PLAIN\r\n250 STARTTLS"));

/// A client that trusts the test's authority and calls the server by the name in its certificate.
fn protected(server: &Server, security: Security) -> Smtp {
    let mut smtp = smtp(server);
    smtp.settings.host = "localhost".into();
    smtp.settings.security = security;
    smtp.settings.ca_pem = Some(CA.to_vec());
    smtp
}

#[tokio::test]
async fn both_forms_of_tls_carry_a_mail() {
    let server = Server::start(&[("GREETING", Does::Tls)]).await;
    let mut smtp = protected(&server, Security::Implicit);
    assert_eq!(parts(send(&mut smtp, &server).await).0, "sent");

    let server = Server::start(&[OFFERS_STARTTLS]).await;
    let mut smtp = protected(&server, Security::StartTls);
    assert_eq!(parts(send(&mut smtp, &server).await).0, "sent");
    let log = server.log();
    assert_eq!(log[..6], ["GREETING", "EHLO", "STARTTLS", "protected", "EHLO", "AUTH"]);
    assert_eq!(server.messages(), [RAW.to_vec()]);
}

#[tokio::test]
async fn a_flood_under_tls_is_cut_off_too() {
    for (security, steps) in [
        (Security::Implicit, [("GREETING", Does::Tls), ("MAIL", Does::Flood)]),
        (Security::StartTls, [OFFERS_STARTTLS, ("MAIL", Does::Flood)]),
    ] {
        let server = Server::start(&steps).await;
        let (name, words) = parts(send(&mut protected(&server, security), &server).await);
        assert_eq!(name, "pause", "{words}");
        assert!(words.ends_with("the server's answer has no end"), "{words}");
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_verified_gets_no_password_and_no_mail() {
    for security in [Security::Implicit, Security::StartTls] {
        for (host, ca_pem) in [("localhost", None), ("127.0.0.1", Some(CA.to_vec()))] {
            let script = match security {
                Security::Implicit => ("GREETING", Does::Tls),
                Security::StartTls | Security::PlainLoopback => OFFERS_STARTTLS,
            };
            let server = Server::start(&[script]).await;
            let mut smtp = protected(&server, security);
            smtp.settings.host = host.into();
            smtp.settings.ca_pem = ca_pem;
            let (name, words) = parts(send(&mut smtp, &server).await);
            assert_eq!(name, "pause");
            assert!(words.contains("certificate"), "{words}");
            assert!(!server.log().contains(&"AUTH".to_owned()));
        }
    }
}

#[tokio::test]
async fn words_behind_the_starttls_answer_are_not_taken_for_protected_ones() {
    // Sent by someone between, before the protection begins.
    let injected = "220 Go ahead\r\n250-evil\r\n250 AUTH PLAIN";
    let server = Server::start(&[OFFERS_STARTTLS, ("STARTTLS", Does::Say(injected))]).await;
    let mut smtp = protected(&server, Security::StartTls);
    let (name, words) = parts(send(&mut smtp, &server).await);
    assert_eq!(name, "pause");
    assert!(words.starts_with("no protection: "), "{words}");
    assert!(!server.log().contains(&"AUTH".to_owned()));
}

#[tokio::test]
async fn an_implicit_tls_server_must_speak_tls() {
    let server = Server::start(&[]).await;
    let mut smtp = hasty(&server);
    smtp.settings.security = Security::Implicit;
    let (name, words) = parts(send(&mut smtp, &server).await);
    assert_eq!(name, "pause");
    assert!(words.starts_with("no connection: "), "{words}");
    assert_eq!(hooks(&server), 0);
}

#[tokio::test]
async fn nobody_at_the_port_and_no_usable_address() {
    let server = Server::start(&[]).await;
    let mut smtp = smtp(&server);
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    smtp.settings.port = free.local_addr().unwrap().port();
    drop(free);
    let (name, words) = parts(send(&mut smtp, &server).await);
    assert_eq!(name, "pause");
    assert!(words.starts_with("no connection: "), "{words}");

    let hook = async || Ok::<(), Infallible>(());
    let wrong = Envelope { to: "ö@lumen.example".into(), ..envelope() };
    assert_eq!(parts(smtp.send(&wrong, RAW, hook).await.unwrap()).0, "permanent");
    let wrong = Envelope { from: "desk".into(), ..envelope() };
    assert_eq!(parts(smtp.send(&wrong, RAW, hook).await.unwrap()).0, "pause");
    assert!(server.log().is_empty());
}

#[tokio::test]
async fn a_servers_words_are_cleaned_and_cut() {
    let long: &'static str = Box::leak(format!("550 \u{1b}[31mred {}", "x".repeat(500)).into());
    let server = Server::start(&[("RCPT", Does::Say(long))]).await;
    let (_, words) = parts(send(&mut smtp(&server), &server).await);
    assert_eq!(words.chars().count(), 200);
    assert!(words.starts_with("recipient: 550 red xxx"), "{words}");
}

#[tokio::test]
async fn an_answer_without_text_is_an_answer() {
    // RFC 5321 §4.2: the text may be left out.
    for security in [Security::PlainLoopback, Security::Implicit, Security::StartTls] {
        let first = || match security {
            Security::PlainLoopback => ("GREETING", Does::Say("220")),
            Security::Implicit => ("GREETING", Does::Tls),
            Security::StartTls => OFFERS_STARTTLS,
        };
        for (step, answer, means) in [
            (".", "250", "sent"),
            (".", "550", "permanent"),
            (".", "451", "temporary"),
            ("RCPT", "250", "sent"),
            ("RCPT", "550", "permanent"),
            ("MAIL", "250", "sent"),
        ] {
            let server = Server::start(&[first(), (step, Does::Say(answer))]).await;
            let (name, words) = parts(send(&mut protected(&server, security), &server).await);
            assert_eq!(name, means, "{security:?} {step} {answer}: {words}");
        }
    }
}

#[tokio::test]
async fn a_password_that_was_corrected_is_read_anew() {
    let server = Server::start(&[("AUTH", Does::Once("535 wrong"))]).await;
    let asked = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&asked);
    let ask = move || {
        noted.store(true, Ordering::Relaxed);
        Some(Secret::new("corrected".into()))
    };
    let mut smtp = smtp(&server).asking(Arc::new(ask));
    assert_eq!(parts(send(&mut smtp, &server).await).0, "pause");
    assert!(!asked.load(Ordering::Relaxed), "as long as nothing speaks against it");
    assert_eq!(parts(send(&mut smtp, &server).await).0, "sent");
    assert!(asked.load(Ordering::Relaxed));
    assert_eq!(smtp.settings.login.unwrap().1.reveal(), "corrected");
}

#[tokio::test]
async fn a_server_that_lists_reports_and_takes_no_parameters_gets_the_mail_without() {
    for step in ["MAIL", "RCPT"] {
        let offers = ("EHLO", Does::Say("250-test\r\n250-AUTH PLAIN\r\n250 DSN"));
        let server = Server::start(&[offers, (step, Does::Once("555 5.5.4 what is that"))]).await;
        let mut smtp = smtp(&server);
        assert_eq!(parts(send(&mut smtp, &server).await).0, "sent", "{step}");
        // And the next is not tried with them.
        assert_eq!(parts(send(&mut smtp, &server).await).0, "sent", "{step}");
        let tries = server.log().iter().filter(|s| *s == step).count();
        assert_eq!(tries, 3, "{step}");
    }
    let server = Server::start(&[("RCPT", Does::Say("555 no"))]).await;
    assert_eq!(parts(send(&mut smtp(&server), &server).await).0, "permanent");
}
