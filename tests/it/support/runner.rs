//! Keys in, screen out: the real loop over a test terminal and a real desk in a temporary folder,
//! with virtual time. Whatever a teammate can do by keys, a test can.

use std::fmt::Write as _;
use std::time::Duration;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use deskbell::clock::Clock;
use deskbell::desk::{Desk, Policy};
use deskbell::domain::{
    Action, Actor, Category, Contact, ContactId, EmailAddress, NewTicket, Notify, Teammate,
    TicketId, Time,
};
use deskbell::mail::transport::Transport;
use deskbell::tui::app::{self, Options};
use deskbell::tui::commands::Keymap;
use deskbell::tui::keys::macro_keys;
use deskbell::tui::message::{Exit, Input};
use deskbell::tui::messenger_app;
use deskbell::tui::pictures::Way;
use deskbell::tui::view::theme::Theme;
use deskbell::worker::Worker;
use futures_util::StreamExt as _;
use ratatui::Terminal;
use ratatui::backend::{Backend as _, ClearType, TestBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// The moment the stories begin: a Tuesday, 14:05:29.
pub fn story() -> Time {
    "2026-06-09T14:05:29Z".parse().unwrap()
}

/// A desk in a folder of its own, with words to fill it.
pub struct Story {
    pub desk: Desk,
    pub me: Teammate,
    now: Time,
    folder: tempfile::TempDir,
    /// Pictures wait here, where there is one.
    pub picture_gate: Option<tokio::sync::watch::Receiver<bool>>,
}

impl Story {
    pub fn new() -> Self {
        Self::with(Policy::default())
    }

    pub fn with(policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
        let now = story() - chrono::Duration::hours(3);
        let (me, _) = desk.teammate("Mara Holt", now).unwrap();
        desk.teammate("Sam Reyes", now).unwrap();
        desk.set_messenger_name("Northwind support").unwrap();
        Self { desk, me, now, folder, picture_gate: None }
    }

    /// The moment the story has come to.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Minutes pass before what comes next.
    pub fn later(&mut self, minutes: i64) -> &mut Self {
        self.now += chrono::Duration::minutes(minutes);
        self
    }

    pub fn contact(name: &str, email: &str) -> Contact {
        let email = EmailAddress::new(email).unwrap();
        Contact { id: ContactId(0), name: name.into(), email: Some(email), mail_stop: None }
    }

    fn submit(
        &mut self,
        category: Category,
        title: &str,
        contact: Option<Contact>,
        shared: bool,
    ) -> TicketId {
        let new = NewTicket {
            files: Vec::new(),
            category,
            title: title.into(),
            body: format!("About: {title}."),
            contact,
            shared,
        };
        let actor = Actor::Teammate(self.me.clone());
        self.desk.submit(&actor, &new, Notify::Tell, false, self.now).unwrap().id
    }

    /// The worker sends what is due by now, into a folder.
    pub async fn post(&mut self) -> &mut Self {
        let outbox = Transport::Outbox(self.folder.path().join("outbox"));
        let mut worker = Worker::new(self.desk.clone(), outbox).unwrap();
        worker.turn(self.now).await.unwrap();
        self
    }

    /// A Customer ticket of Ada's.
    pub fn customer(&mut self, title: &str) -> TicketId {
        let ada = Self::contact("Ada Park", "ada@lumen.example");
        self.submit(Category::Customer, title, Some(ada), false)
    }

    pub fn of(&mut self, name: &str, email: &str, title: &str) -> TicketId {
        self.submit(Category::Customer, title, Some(Self::contact(name, email)), false)
    }

    /// An internal Back-office ticket about Ada.
    pub fn back_office(&mut self, title: &str) -> TicketId {
        let ada = Self::contact("Ada Park", "ada@lumen.example");
        self.submit(Category::BackOffice, title, Some(ada), false)
    }

    pub fn tracker(&mut self, title: &str) -> TicketId {
        self.submit(Category::Tracker, title, None, false)
    }

    /// A teammate does something.
    pub fn does(&mut self, name: &str, id: TicketId, action: &Action) -> &mut Self {
        let (who, _) = self.desk.teammate(name, self.now).unwrap();
        self.desk.perform(&Actor::Teammate(who), id, action, self.now).unwrap();
        self
    }

    pub fn replies(&mut self, name: &str, id: TicketId, body: &str) -> &mut Self {
        self.does(name, id, &Action::reply(body))
    }

    pub fn notes(&mut self, name: &str, id: TicketId, body: &str) -> &mut Self {
        self.does(name, id, &Action::note(body))
    }

    /// The customer opens the thread.
    pub fn seen(&mut self, id: TicketId) -> &mut Self {
        let contact = self.desk.ticket(id).unwrap().unwrap().ticket.contact.unwrap();
        self.desk.seen(contact, id, self.now).unwrap();
        self
    }

    /// The customer answers in the Messenger.
    pub fn answers(&mut self, id: TicketId, body: &str) -> &mut Self {
        let contact = self.desk.ticket(id).unwrap().unwrap().contact.unwrap();
        let action = Action::customer_reply(body);
        self.desk.perform(&Actor::Customer(contact), id, &action, self.now).unwrap();
        self
    }

    /// Opens the screens at the moment the story has come to.
    pub async fn open(self, size: (u16, u16)) -> Runner {
        self.open_with(size, Theme::default(), 1.0).await
    }

    pub async fn open_with(self, size: (u16, u16), theme: Theme, speed: f64) -> Runner {
        self.start(size, theme, speed, None).await
    }

    /// Opens a customer's Messenger full screen.
    pub async fn messenger(self, email: &str, size: (u16, u16)) -> Runner {
        let email = EmailAddress::new(email).unwrap();
        let contact = self.desk.contact_by_email(&email).unwrap().unwrap();
        self.start(size, Theme::default(), 1.0, Some(contact)).await
    }

    async fn start(
        self,
        size: (u16, u16),
        theme: Theme,
        speed: f64,
        customer: Option<Contact>,
    ) -> Runner {
        let clock = Clock::running_from(self.now, speed);
        let (send, mut receive) = mpsc::unbounded_channel();
        let canvas = Canvas::new(size);
        let backend = canvas.clone();
        let (desk, hands) = (self.desk.clone(), clock.clone());
        let options = Options {
            me: self.me.clone(),
            keymap: Keymap::default(),
            theme,
            ascii: false,
            pictures: Way::HalfBlocks,
            suspend: None,
            around_frame: None,
            panic_on: None,
            picture_gate: self.picture_gate.clone(),
        };
        let task = tokio::task::LocalSet::new();
        let handle = task.spawn_local(async move {
            let mut terminal = Terminal::new(backend).unwrap();
            let inputs =
                futures_util::stream::poll_fn(move |cx| receive.poll_recv(cx)).boxed_local();
            match customer {
                None => app::run(&mut terminal, inputs, desk, hands, options).await.unwrap(),
                Some(customer) => {
                    messenger_app::run(&mut terminal, inputs, desk, hands, &customer, options)
                        .await
                        .unwrap()
                }
            }
        });
        let mut runner = Runner { story: self, clock, send, canvas, task, handle: Some(handle) };
        runner.rest().await;
        runner
    }
}

/// A terminal that two can look at: the loop draws, the test reads.
#[derive(Clone)]
pub struct Canvas {
    inner: Arc<Mutex<TestBackend>>,
    /// Frames drawn: each ends with one flush.
    frames: Arc<Mutex<usize>>,
}

impl Canvas {
    fn new((columns, rows): (u16, u16)) -> Self {
        Self {
            inner: Arc::new(Mutex::new(TestBackend::new(columns, rows))),
            frames: Arc::default(),
        }
    }

    fn with<R>(&self, f: impl FnOnce(&mut TestBackend) -> R) -> R {
        f(&mut self.inner.lock().unwrap())
    }
}

impl ratatui::backend::Backend for Canvas {
    type Error = std::convert::Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Self::Error>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.with(|b| b.draw(content))
    }
    fn hide_cursor(&mut self) -> Result<(), Self::Error> {
        self.with(|b| b.hide_cursor())
    }
    fn show_cursor(&mut self) -> Result<(), Self::Error> {
        self.with(|b| b.show_cursor())
    }
    fn get_cursor_position(&mut self) -> Result<Position, Self::Error> {
        self.with(|b| b.get_cursor_position())
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, at: P) -> Result<(), Self::Error> {
        self.with(|b| b.set_cursor_position(at))
    }
    fn clear(&mut self) -> Result<(), Self::Error> {
        self.with(|b| b.clear())
    }
    fn clear_region(&mut self, what: ClearType) -> Result<(), Self::Error> {
        self.with(|b| b.clear_region(what))
    }
    fn size(&self) -> Result<Size, Self::Error> {
        self.with(|b| b.size())
    }
    fn window_size(&mut self) -> Result<WindowSize, Self::Error> {
        self.with(|b| b.window_size())
    }
    fn flush(&mut self) -> Result<(), Self::Error> {
        *self.frames.lock().unwrap() += 1;
        Ok(())
    }
}

/// The running screens.
pub struct Runner {
    pub story: Story,
    pub clock: Clock,
    send: mpsc::UnboundedSender<Input>,
    canvas: Canvas,
    task: tokio::task::LocalSet,
    handle: Option<tokio::task::JoinHandle<Exit>>,
}

impl Runner {
    /// Types a macro: `jj<enter>S`.
    pub async fn keys(&mut self, keys: &str) -> &mut Self {
        for key in macro_keys(keys) {
            let _ = self.send.send(Input::Key(key));
            self.rest().await;
        }
        self
    }

    pub async fn input(&mut self, input: Input) -> &mut Self {
        let _ = self.send.send(input);
        self.rest().await;
        self
    }

    pub async fn paste(&mut self, text: &str) -> &mut Self {
        self.input(Input::Paste(text.into())).await
    }

    pub async fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.canvas.with(|b| b.resize(columns, rows));
        self.input(Input::Resize(columns, rows)).await
    }

    pub async fn click(&mut self, column: u16, row: u16) -> &mut Self {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row).await
    }

    pub async fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> &mut Self {
        let modifiers = KeyModifiers::NONE;
        self.input(Input::Mouse(MouseEvent { kind, column, row, modifiers })).await
    }

    /// Virtual time passes; the loop keeps its appointments.
    pub async fn advance(&mut self, time: Duration) -> &mut Self {
        self.task.run_until(tokio::time::sleep(time)).await;
        self.rest().await
    }

    /// Lets the loop finish what it has at hand: 40 ms of virtual time, in which a frame that
    /// waits for the desk's answer gets it. Time stands still while the desk works.
    pub async fn rest(&mut self) -> &mut Self {
        self.task.run_until(tokio::time::sleep(Duration::from_millis(40))).await;
        self
    }

    /// Waits for the loop's end and says how it was left.
    pub async fn ended(&mut self) -> Exit {
        let handle = self.handle.take().unwrap();
        let wait = tokio::time::timeout(Duration::from_secs(60), handle);
        self.task.run_until(wait).await.expect("the loop should have ended").unwrap()
    }

    pub fn is_running(&self) -> bool {
        self.handle.as_ref().is_some_and(|h| !h.is_finished())
    }

    pub fn frames(&self) -> usize {
        *self.canvas.frames.lock().unwrap()
    }

    /// The screen's text.
    pub fn screen(&self) -> String {
        self.canvas.with(|b| text(b.buffer()))
    }

    /// The text and, below it, every style that is not the default: `row,from..to style`.
    pub fn picture(&self) -> String {
        self.canvas.with(|b| format!("{}\n{}", text(b.buffer()), styles(b.buffer())))
    }

    /// Where the cursor stands: column, row.
    pub fn cursor(&self) -> (u16, u16) {
        let at = self.canvas.with(|b| b.get_cursor_position().unwrap());
        (at.x, at.y)
    }

    /// Fails, with the screen, unless it shows the words.
    #[track_caller]
    pub fn shows(&self, words: &str) -> &Self {
        let screen = self.screen();
        assert!(screen.contains(words), "not on the screen: {words:?}\n{screen}");
        self
    }

    #[track_caller]
    pub fn hides(&self, words: &str) -> &Self {
        let screen = self.screen();
        assert!(!screen.contains(words), "on the screen: {words:?}\n{screen}");
        self
    }
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buffer.content.chunks(usize::from(buffer.area.width).max(1))
}

fn text(buffer: &Buffer) -> String {
    rows(buffer)
        .map(|row| {
            let mut line = String::new();
            let mut skip = 0;
            for cell in row {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                line.push_str(cell.symbol());
                skip = deskbell::tui::view::text::width(cell.symbol()).saturating_sub(1);
            }
            line.trim_end().to_owned()
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn styles(buffer: &Buffer) -> String {
    let mut out = String::new();
    for (y, row) in rows(buffer).enumerate() {
        let mut from = 0;
        while from < row.len() {
            let style = row[from].style();
            let to = (from..row.len()).find(|x| row[*x].style() != style).unwrap_or(row.len());
            let cell = &row[from];
            let mut words = Vec::new();
            if cell.fg != ratatui::style::Color::Reset {
                words.push(cell.fg.to_string());
            }
            if cell.bg != ratatui::style::Color::Reset {
                words.push(format!("on {}", cell.bg));
            }
            if !cell.modifier.is_empty() {
                words.push(format!("{:?}", cell.modifier));
            }
            if !words.is_empty() {
                let _ = writeln!(out, "{y},{from}..{to} {}", words.join(" "));
            }
            from = to;
        }
    }
    out
}
