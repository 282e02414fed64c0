//! Webhooks from the command line: other programs that are told of what happens.

use serde_json::json;

use crate::cli::args::WebhookOf;
use crate::cli::{Setting, print};
use crate::domain::{Topic, Webhook, WebhookDelivery, WebhookId};
use crate::hook::{Target, sign};

/// Rows of a log.
const ROWS: usize = 50;

pub fn run(setting: &Setting, what: &WebhookOf) -> anyhow::Result<()> {
    let desk = setting.open(false)?;
    let now = setting.now(&desk)?;
    match what {
        WebhookOf::Add { url, topics, internal } => {
            let hosts = &setting.config.webhooks.private_hosts;
            let target = Target::parse(url, hosts).map_err(anyhow::Error::msg)?;
            let topics = wanted(topics, *internal)?;
            let (hook, secret) =
                desk.add_webhook(target.url().as_str(), &topics, *internal, now)?;
            let secret = sign::shown(&secret);
            if setting.args.json {
                return print::json(&json!({ "webhook": hook, "secret": secret }));
            }
            print::talk(&format!(
                "Webhook {} is told of {}. It checks signatures with this secret:",
                hook.id.0,
                words(&hook.topics)
            ));
            print::data(&secret)
        }
        WebhookOf::List => {
            let hooks = desk.webhooks()?;
            if setting.args.json {
                return print::json(&hooks);
            }
            let lines: Vec<String> = hooks.iter().map(line).collect();
            print::data(&lines.join("\n"))
        }
        WebhookOf::Secret { id } => {
            let hooks = desk.webhooks()?;
            anyhow::ensure!(hooks.iter().any(|h| h.id.0 == *id), "There is no webhook {id}.");
            print::data(&sign::shown(&desk.webhook_secret(WebhookId(*id))?))
        }
        WebhookOf::Log { id } => {
            let rows = desk.webhook_deliveries(WebhookId(*id), ROWS)?;
            if setting.args.json {
                return print::json(&rows);
            }
            let lines: Vec<String> = rows.iter().map(row).collect();
            print::data(&lines.join("\n"))
        }
        WebhookOf::Ping { id } => {
            desk.ping_webhook(WebhookId(*id), now)?;
            print::talk(&format!("A ping waits for webhook {id}. It goes while a worker runs."));
            Ok(())
        }
        WebhookOf::Resend { id } => {
            let queued = desk.resend_webhook(WebhookId(*id), now)?;
            print::talk(&format!("{queued} that had failed wait for webhook {id} again."));
            Ok(())
        }
        WebhookOf::Remove { id } => {
            desk.remove_webhook(WebhookId(*id), now)?;
            print::talk(&format!("Webhook {id} is told nothing more. Its log stays."));
            Ok(())
        }
    }
}

/// The topics asked for; without any, all that this kind of webhook may hear.
fn wanted(given: &[String], internal: bool) -> anyhow::Result<Vec<Topic>> {
    if given.is_empty() {
        return Ok(Topic::ALL.into_iter().filter(|t| internal || !t.is_internal()).collect());
    }
    given
        .iter()
        .map(|word| {
            Topic::from_code(word).ok_or_else(|| {
                let all: Vec<&str> = Topic::ALL.iter().map(|t| t.code()).collect();
                anyhow::anyhow!("There is no topic \"{word}\"; there are {}.", all.join(", "))
            })
        })
        .collect()
}

fn words(topics: &[Topic]) -> String {
    let codes: Vec<&str> = topics.iter().map(|t| t.code()).collect();
    codes.join(" ")
}

/// A webhook in one line: number, whose ears, how it is, where, and what it hears.
fn line(hook: &Webhook) -> String {
    let ears = if hook.internal { "internal" } else { "as customers" };
    let health = match (hook.removed_at, hook.failing_since) {
        (Some(at), _) => format!("removed {}", print::at(at)),
        (None, Some(at)) => format!("failing since {}", print::at(at)),
        (None, None) => "well".into(),
    };
    format!("{:<4} {ears:<12} {health:<34} {}  {}", hook.id.0, hook.url, words(&hook.topics))
}

fn row(row: &WebhookDelivery) -> String {
    let topic = row.topic.map_or(crate::domain::webhook::PING, Topic::code);
    let ticket = row.ticket_id.map_or("-".to_owned(), |t| t.to_string());
    let why = match (&row.withheld, &row.last_error) {
        (Some(why), _) => format!(" · {why}"),
        (None, Some(words)) => format!(" · {words}"),
        (None, None) => String::new(),
    };
    format!("{} {:<26} {ticket:<6} {}{why}", print::at(row.at), topic, row.status.code())
}
