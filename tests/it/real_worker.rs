//! N2 through the real worker: its own loop, awake when mail falls due or the desk has changed, in
//! virtual time. Nothing here turns it by hand.

use std::path::PathBuf;
use std::time::Duration;

use deskbell::clock::Clock;
use deskbell::desk::{Desk, Policy, TicketView};
use deskbell::domain::{
    Action, Actor, Category, Channel, Contact, ContactId, EmailAddress, NewTicket, Notify, Reason,
    Status, TicketId, Time,
};
use deskbell::mail::transport::Transport;
use deskbell::worker::Worker;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::bench::{Mail, folder, morning};

/// A desk whose worker runs by itself, with Ada's ticket on it.
struct Running {
    desk: Desk,
    clock: Clock,
    stop: oneshot::Sender<()>,
    worker: JoinHandle<anyhow::Result<()>>,
    id: TicketId,
    mara: Actor,
    ada: ContactId,
    folder: TempDir,
}

impl Running {
    async fn start() -> Self {
        let folder = folder();
        let desk = Desk::open(&folder.path().join("desk.db"), true, Policy::default()).unwrap();
        let clock = Clock::running_from(morning(), 1.0);
        let outbox = Transport::Outbox(folder.path().join("outbox"));
        let worker = Worker::new(desk.clone(), outbox).unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.unwrap_or(()) };
        let worker = tokio::spawn(worker.run(clock.clone(), stopped));
        let mara = Actor::Teammate(desk.teammate("Mara Holt", clock.now()).unwrap().0);
        let new = NewTicket {
            files: Vec::new(),
            category: Category::Customer,
            title: "Refund not received".into(),
            body: String::new(),
            contact: Some(Contact::unsaved(
                "Ada Park",
                Some(EmailAddress::new("ada@lumen.example").unwrap()),
            )),
            shared: true,
        };
        let id = desk.submit(&mara, &new, Notify::Tell, false, clock.now()).unwrap().id;
        let ada = desk.ticket(id).unwrap().unwrap().contact.unwrap().id;
        let running = Self { desk, clock, stop, worker, id, mara, ada, folder };
        running.pass(60).await;
        assert_eq!(running.mails().len(), 1, "the submission's, after its grace");
        running
    }

    async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    fn reply(&self, body: &str) -> Time {
        let now = self.clock.now();
        let action = Action::reply(body);
        self.desk.perform(&self.mara, self.id, &action, now).unwrap();
        now
    }

    fn view(&self) -> TicketView {
        self.desk.ticket(self.id).unwrap().unwrap()
    }

    fn mails(&self) -> Vec<Mail> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("outbox")) else {
            return Vec::new();
        };
        let paths = entries.map(|e| e.unwrap().path());
        let mails: Vec<PathBuf> =
            paths.filter(|p| p.extension().is_some_and(|e| e == "eml")).collect();
        mails.iter().map(|p| Mail::parse(std::fs::read(p).unwrap(), self.clock.now())).collect()
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.worker.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn n2_through_the_real_worker_seen_at_2_59_sends_no_mail() {
    let desk = Running::start().await;
    let written = desk.reply("It is on its way.");
    desk.pass(179).await;
    let seen = desk.clock.now();
    assert_eq!((seen - written).num_seconds(), 179);
    desk.desk.seen(desk.ada, desk.id, seen).unwrap();
    desk.pass(24 * 3600).await;
    assert_eq!(desk.mails().len(), 1, "the submission's alone");
    let view = desk.view();
    let row = view.delivery(view.parts.last().unwrap(), Channel::Email).unwrap();
    assert_eq!(row.reason, Some(Reason::SeenInMessenger(seen)));
    desk.end().await;
}

#[tokio::test(start_paused = true)]
async fn n2_through_the_real_worker_unseen_at_3_00_one_mail() {
    let desk = Running::start().await;
    let written = desk.reply("It is on its way.");
    desk.pass(179).await;
    assert_eq!(desk.mails().len(), 1);
    desk.pass(2).await;
    let mails = desk.mails();
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().any(|m| m.text.contains("It is on its way.")));
    let view = desk.view();
    let row = view.delivery(view.parts.last().unwrap(), Channel::Email).unwrap();
    assert_eq!(row.status, Status::Sent);
    let late = row.sent_at.unwrap() - written - chrono::Duration::minutes(3);
    assert!((0..100).contains(&late.num_milliseconds()), "{late} after its 3 minutes");
    desk.pass(24 * 3600).await;
    assert_eq!(desk.mails().len(), 2);
    desk.end().await;
}

#[tokio::test(start_paused = true)]
async fn n13_through_the_real_worker_a_burst_is_one_mail_with_all() {
    let desk = Running::start().await;
    for text in ["Words one.", "Words two.", "Words three."] {
        desk.reply(text);
        desk.pass(150).await;
    }
    assert_eq!(desk.mails().len(), 1);
    desk.pass(31).await;
    let mails = desk.mails();
    assert_eq!(mails.len(), 2);
    let burst = mails.iter().find(|m| m.text.contains("Words one.")).unwrap();
    assert!(burst.text.contains("Words two.") && burst.text.contains("Words three."));
    desk.pass(24 * 3600).await;
    assert_eq!(desk.mails().len(), 2);
    desk.end().await;
}
