//! The demo desk: plays the stories of `assets/demo.toml` through the desk's own use cases.
//!
//! Every ticket comes about as it would on a real desk, one use case after the other in the order
//! of time, with the worker turned in between: nothing is written that nobody could reach.

use anyhow::{Context as _, bail};
use chrono::Duration;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use crate::desk::{Desk, linked};
use crate::domain::{
    Action, Actor, Category, Contact, EmailAddress, NewTicket, Notify, TicketId, TicketState, Time,
};
use crate::worker::Worker;

const STORIES: &str = include_str!("../assets/demo.toml");

#[derive(Debug, Deserialize)]
struct Book {
    name: String,
    teammates: Vec<String>,
    contacts: Vec<Person>,
    story: Vec<Story>,
}

#[derive(Debug, Deserialize)]
struct Person {
    name: String,
    email: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    number: i64,
    category: Category,
    title: String,
    body: String,
    contact: Option<String>,
    #[serde(default)]
    pinned: bool,
    /// Submitted by this teammate; else by the contact.
    by: Option<String>,
    ago: f64,
    link: Option<i64>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    after: f64,
    #[serde(rename = "do")]
    what: String,
    by: Option<String>,
    text: Option<String>,
    to: Option<String>,
}

/// Something that happens at a moment.
enum Scene<'a> {
    Submit(&'a Story, Option<Contact>),
    Step(&'a Story, Option<Contact>, &'a Step),
    Link(TicketId, TicketId),
}

/// Fills an empty desk so that its stories lead up to `now`. The same seed and moment make the
/// same tickets. The worker sends what falls due on the way.
///
/// # Errors
/// What the desk says.
pub async fn fill(desk: &Desk, worker: &mut Worker, seed: u64, now: Time) -> anyhow::Result<()> {
    let book: Book = toml::from_str(STORIES).context("The demo's stories cannot be read")?;
    let mut rng = StdRng::seed_from_u64(seed);
    desk.set_messenger_name(&book.name)?;
    for name in &book.teammates {
        desk.teammate(name, now)?;
    }
    let mut scenes: Vec<(Time, Scene<'_>)> = Vec::new();
    for story in &book.story {
        let shift = if story.pinned { 0.0 } else { rng.random_range(-5.0..5.0) };
        let begin = now - minutes(story.ago + shift);
        let contact = cast(&book, story, &mut rng)?;
        scenes.push((begin, Scene::Submit(story, contact.clone())));
        if let Some(other) = story.link {
            let end = (TicketId(story.number), TicketId(other));
            // Both must be there: a report may be older than its tracker.
            let later = book.story.iter().find(|s| s.number == other).map_or(0.0, |s| s.ago);
            let at = now - minutes(story.ago.min(later) - 6.0);
            scenes.push((at, Scene::Link(end.0, end.1)));
        }
        for step in &story.steps {
            let at = begin + minutes(step.after);
            scenes.push((at, Scene::Step(story, contact.clone(), step)));
        }
    }
    scenes.sort_by_key(|(at, _)| *at);
    for (at, scene) in scenes.iter().filter(|(at, _)| *at <= now) {
        deliver_until(desk, worker, *at).await?;
        play(desk, scene, *at)?;
    }
    deliver_until(desk, worker, now).await
}

fn minutes(m: f64) -> Duration {
    // Whole milliseconds of at most a few days: far from the limits of either type.
    #[expect(clippy::cast_possible_truncation)]
    Duration::milliseconds((m * 60_000.0) as i64)
}

/// Turns the worker at each moment that mail falls due.
async fn deliver_until(desk: &Desk, worker: &mut Worker, until: Time) -> anyhow::Result<()> {
    while let Some(due) = desk.next_wake()?.filter(|due| *due <= until) {
        worker.turn(due).await?;
    }
    Ok(())
}

/// Who a story is about: the named contact, or for one that is not pinned any of the book's.
fn cast(book: &Book, story: &Story, rng: &mut StdRng) -> anyhow::Result<Option<Contact>> {
    let person = match (&story.contact, story.category) {
        (_, Category::Tracker) => return Ok(None),
        (Some(name), _) => book.contacts.iter().find(|p| p.name == *name),
        (None, _) => book.contacts.choose(rng),
    };
    let person = person.with_context(|| format!("Nobody is called {:?}", story.contact))?;
    Ok(Some(Contact::unsaved(&person.name, Some(EmailAddress::new(&person.email)?))))
}

fn play(desk: &Desk, scene: &Scene<'_>, at: Time) -> anyhow::Result<()> {
    match scene {
        Scene::Submit(story, contact) => {
            let actor = match (&story.by, contact) {
                (Some(name), _) => Actor::Teammate(desk.teammate(name, at)?.0),
                (None, Some(contact)) => Actor::Customer(contact.clone()),
                (None, None) => bail!("Nobody submits #{}", story.number),
            };
            let new = NewTicket {
                files: Vec::new(),
                category: story.category,
                title: story.title.clone(),
                body: story.body.clone(),
                contact: contact.clone(),
                shared: false,
            };
            let thread_open = matches!(actor, Actor::Customer(_));
            desk.submit_numbered(&actor, &new, Notify::Tell, thread_open, story.number, at)?;
        }
        Scene::Link(ticket, other) => {
            let other = desk.ticket(*other)?.context("A link leads nowhere")?;
            let actor = Actor::Teammate(desk.teammate("Sam Reyes", at)?.0);
            desk.perform(&actor, *ticket, &Action::Link(linked(&other)), at)?;
        }
        Scene::Step(story, contact, step) => step_of(desk, story, contact.as_ref(), step, at)?,
    }
    Ok(())
}

fn step_of(
    desk: &Desk,
    story: &Story,
    contact: Option<&Contact>,
    step: &Step,
    at: Time,
) -> anyhow::Result<()> {
    let id = TicketId(story.number);
    let text = || step.text.clone().context("A step lacks its text");
    let to = || step.to.as_deref().context("A step lacks its aim");
    let customer = || -> anyhow::Result<Contact> {
        let email = contact.and_then(|c| c.email.as_ref()).context("A step lacks its customer")?;
        desk.contact_by_email(email)?.context("A step comes before its customer")
    };
    let action = match step.what.as_str() {
        "reply" => Action::reply(text()?),
        "note" => Action::note(text()?),
        "state" => Action::SetState(TicketState::from_code(to()?).context("No such state")?),
        "close" => Action::Close,
        "share" => Action::Share,
        "tag" => Action::Tag(text()?),
        "priority" => Action::SetPriority(true),
        "assign" => Action::Assign(Some(desk.teammate(to()?, at)?.0)),
        "seen" => return Ok(desk.seen(customer()?.id, id, at)?),
        "customer" => {
            let actor = Actor::Customer(customer()?);
            desk.perform(&actor, id, &Action::customer_reply(text()?), at)?;
            return Ok(());
        }
        other => bail!("The demo knows no step \"{other}\""),
    };
    let by = step.by.as_deref().context("A step lacks its teammate")?;
    let actor = Actor::Teammate(desk.teammate(by, at)?.0);
    desk.perform(&actor, id, &action, at)?;
    Ok(())
}
