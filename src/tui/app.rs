//! The loop: messages are taken until there are none, then one frame is drawn if anything
//! changed. At rest it draws nothing and wakes for nothing.

use std::collections::VecDeque;
use std::mem::discriminant;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::time::Duration;

use futures_util::{FutureExt, Stream, StreamExt};
use ratatui::backend::{Backend, ClearType};
use ratatui::{Frame, Terminal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::desk::Desk;
use crate::domain::{Teammate, Time};
use crate::tui::commands::Keymap;
use crate::tui::exec::Hands;
use crate::tui::message::{Command, Done, Exit, Input, Message};
use crate::tui::model::Model;
use crate::tui::pictures::Way;
use crate::tui::update::{save_all, start, update};
use crate::tui::view;
use crate::tui::view::theme::Theme;

/// How long a frame waits for an answer that is on its way, so that a pane does not flash empty
/// between a key and the desk's answer.
const PATIENCE: Duration = Duration::from_millis(15);
/// How long leaving waits for drafts to be kept when the terminal is gone already.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Inputs taken before a frame is drawn at the latest.
const BURST: usize = 256;

/// What the screens are opened with.
pub struct Options {
    pub me: Teammate,
    pub keymap: Keymap,
    pub theme: Theme,
    /// Only ASCII is drawn.
    pub ascii: bool,
    /// How the terminal shows pictures, where it is to show any.
    pub pictures: Way,
    /// Leaves the terminal, stops the process, and comes back. None where that cannot be.
    pub suspend: Option<Box<dyn FnMut() -> std::io::Result<()> + Send>>,
    /// Around each frame: synchronized output on (true) and off.
    pub around_frame: Option<fn(bool)>,
    /// The key a debug build panics on, for tests.
    pub panic_on: Option<String>,
    /// Opened before a picture is decoded, for tests that ask what happens meanwhile.
    pub picture_gate: Option<watch::Receiver<bool>>,
}

/// What the loop shows and turns messages over to. `update` awaits nothing, `draw` changes nothing.
pub trait Program {
    /// What a fresh screen asks for.
    fn start(&mut self) -> Vec<Command>;
    /// Told before each message and each frame.
    fn set_now(&mut self, now: Time);
    fn update(&mut self, message: Message) -> Vec<Command>;
    /// When it wants to be looked at again although nothing happens; None at rest.
    fn next_wake(&self) -> Option<Time>;
    fn draw(&self, frame: &mut Frame<'_>);
    /// What is to be kept when the program has panicked.
    fn rescue(&mut self) -> Vec<Command> {
        Vec::new()
    }
}

impl Program for Model {
    fn start(&mut self) -> Vec<Command> {
        start(self)
    }

    fn set_now(&mut self, now: Time) {
        self.now = now;
    }

    fn update(&mut self, message: Message) -> Vec<Command> {
        update(self, message)
    }

    fn next_wake(&self) -> Option<Time> {
        Self::next_wake(self)
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        view::draw(self, frame);
    }

    fn rescue(&mut self) -> Vec<Command> {
        save_all(self)
    }
}

/// Runs the screens until they are left.
///
/// # Errors
/// When the desk cannot be read at the start, or the terminal cannot be written.
pub async fn run<B>(
    terminal: &mut Terminal<B>,
    inputs: impl Stream<Item = Input>,
    desk: Desk,
    clock: Clock,
    options: Options,
) -> anyhow::Result<Exit>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let size = terminal.size()?;
    let mut model = Model::new(
        clock.now(),
        (size.width, size.height),
        options.me.clone(),
        options.keymap.clone(),
        options.theme,
    );
    model.pictures = options.pictures.allowed(options.ascii, options.theme);
    model.speed = clock.speed();
    model.grace = desk.policy().grace;
    model.is_demo = desk.is_demo()?;
    model.may_act = desk.may_act_as_customer().is_ok();
    drive(terminal, inputs, desk, clock, options, &mut model).await
}

/// Runs any program on a desk until it is left.
///
/// # Errors
/// When the desk's changes cannot be followed, or the terminal cannot be written.
pub async fn drive<B>(
    terminal: &mut Terminal<B>,
    inputs: impl Stream<Item = Input>,
    desk: Desk,
    clock: Clock,
    mut options: Options,
    program: &mut impl Program,
) -> anyhow::Result<Exit>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let mut inputs = std::pin::pin!(inputs);
    let mut changes = desk.changes()?;
    changes.mark_unchanged();
    let mut work = Work {
        hands: Hands::new(desk, clock.clone(), options.me.clone())?,
        queue: VecDeque::new(),
        job: None,
        picture: None,
        picture_job: None,
        gate: options.picture_gate.clone(),
    };
    program.set_now(clock.now());
    work.ask(program.start());
    let turns = turns(terminal, inputs.as_mut(), &mut changes, program, &mut work, &mut options);
    match AssertUnwindSafe(turns).catch_unwind().await {
        Ok(exit) => exit,
        Err(panic) => {
            // The program may be half changed, but what was typed is in it, and is kept.
            for command in program.rescue() {
                let _ = work.hands.run(command);
            }
            resume_unwind(panic)
        }
    }
}

/// One turn after the other, until the program is left.
async fn turns<B>(
    terminal: &mut Terminal<B>,
    mut inputs: Pin<&mut impl Stream<Item = Input>>,
    changes: &mut watch::Receiver<u64>,
    program: &mut impl Program,
    work: &mut Work,
    options: &mut Options,
) -> anyhow::Result<Exit>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let clock = work.hands.clock.clone();
    let mut dirty = true;
    let mut patient = true;
    loop {
        match work.next() {
            Next::Quit(exit) => return Ok(exit),
            Next::Suspend => {
                if let Some(suspend) = options.suspend.as_mut() {
                    suspend()?;
                    wipe(terminal)?;
                    dirty = true;
                }
                continue;
            }
            Next::Redraw => {
                wipe(terminal)?;
                dirty = true;
                continue;
            }
            Next::Wait => {}
        }
        if dirty && !(patient && work.job.is_some()) {
            program.set_now(clock.now());
            draw(terminal, program, options)?;
            dirty = false;
        }
        patient = true;
        let wake = program.next_wake().map(|at| clock.until(at));
        let message = tokio::select! {
            biased;
            input = inputs.next() => Message::Input(input.unwrap_or(Input::Closed)),
            done = work.done() => done,
            changed = changes.changed() => match changed {
                Ok(()) => Message::Changed,
                Err(_) => Message::Input(Input::Closed),
            },
            () = tokio::time::sleep(PATIENCE), if dirty => {
                patient = false;
                continue;
            }
            () = tokio::time::sleep(wake.unwrap_or_default()), if wake.is_some() => Message::Tick,
        };
        program.set_now(clock.now());
        let closed = message == Message::Input(Input::Closed);
        panic_if_asked(&message, options);
        work.take(&message);
        work.ask(program.update(message));
        dirty = true;
        if closed {
            // The terminal may be gone: keep the drafts, then leave whatever comes.
            return Ok(tokio::time::timeout(LAST_WORDS, work.finish())
                .await
                .unwrap_or(Exit::Closed));
        }
        // What was typed or pasted meanwhile is taken before the next frame.
        for _ in 0..BURST {
            let Some(Some(input)) = inputs.next().now_or_never() else { break };
            if input == Input::Closed {
                work.ask(program.update(Message::Input(input)));
                let last = tokio::time::timeout(LAST_WORDS, work.finish()).await;
                return Ok(last.unwrap_or(Exit::Closed));
            }
            work.ask(program.update(Message::Input(input)));
        }
    }
}

/// Forgets what is on the screen, so that the next frame draws all of it. Unlike the terminal's own
/// `clear` it asks nothing of the terminal: the answer would be read by the input stream.
fn wipe<B>(terminal: &mut Terminal<B>) -> anyhow::Result<()>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    terminal.backend_mut().clear_region(ClearType::All)?;
    // The buffer drawn next is compared with the empty one that takes its place.
    terminal.swap_buffers();
    Ok(())
}

/// A debug build can be asked to panic on a key, so that a test can see what becomes of the
/// terminal and the drafts.
#[expect(clippy::panic, reason = "asked for by a test")]
fn panic_if_asked(message: &Message, options: &Options) {
    if let (Message::Input(Input::Key(key)), Some(on)) = (message, &options.panic_on)
        && cfg!(debug_assertions)
        && key.to_string() == *on
    {
        panic!("asked to panic on {on}");
    }
}

fn draw<B>(
    terminal: &mut Terminal<B>,
    program: &impl Program,
    options: &Options,
) -> anyhow::Result<()>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    if let Some(around) = options.around_frame {
        around(true);
    }
    let drawn = terminal.draw(|frame| {
        program.draw(frame);
        if options.ascii {
            view::text::to_ascii(frame.buffer_mut());
        }
    });
    if let Some(around) = options.around_frame {
        around(false);
    }
    drawn?;
    Ok(())
}

/// Commands, one after the other; beside them one picture at a time, which may take long, and which
/// nothing that is written waits for.
struct Work {
    hands: Hands,
    queue: VecDeque<Command>,
    job: Option<Job>,
    /// The picture wanted last, while another one is being made.
    picture: Option<Command>,
    picture_job: Option<Job>,
    gate: Option<watch::Receiver<bool>>,
}

type Job = JoinHandle<Message>;

/// What the loop itself has to do next.
enum Next {
    Wait,
    Quit(Exit),
    Suspend,
    Redraw,
}

impl Work {
    /// Takes commands in. Of reads that wait, only the last of a kind is worth doing.
    fn ask(&mut self, commands: Vec<Command>) {
        for command in commands {
            if matches!(command, Command::LoadPicture { .. }) {
                self.picture = Some(command);
                continue;
            }
            if is_view(&command) {
                self.queue.retain(|c| discriminant(c) != discriminant(&command));
            }
            self.queue.push_back(command);
        }
    }

    /// Starts the next command, when nothing is on its way.
    fn next(&mut self) -> Next {
        if self.picture_job.is_none()
            && let Some(command) = self.picture.take()
        {
            let (hands, gate) = (self.hands.clone(), self.gate.clone());
            self.picture_job = Some(tokio::spawn(async move {
                if let Some(mut gate) = gate {
                    let _ = gate.wait_for(|open| *open).await;
                }
                let made = tokio::task::spawn_blocking(move || hands.run(command)).await;
                made.unwrap_or_else(|_| went_wrong())
            }));
        }
        if self.job.is_some() {
            return Next::Wait;
        }
        match self.queue.pop_front() {
            None => Next::Wait,
            Some(Command::Quit(exit)) => Next::Quit(exit),
            Some(Command::Suspend) => Next::Suspend,
            Some(Command::Redraw) => Next::Redraw,
            Some(command) => {
                let hands = self.hands.clone();
                self.job = Some(tokio::task::spawn_blocking(move || hands.run(command)));
                Next::Wait
            }
        }
    }

    /// The answer to the command on its way, or a picture; never, when there is none.
    async fn done(&mut self) -> Message {
        let Self { job, picture_job, .. } = self;
        tokio::select! {
            biased;
            answer = answer(job) => answer,
            picture = answer(picture_job) => picture,
        }
    }

    /// A draft that could not be kept holds back leaving: nothing typed is lost silently.
    fn take(&mut self, message: &Message) {
        if let Message::Done(Done::Failed { command, .. }) = message
            && matches!(**command, Command::SaveDraft { .. })
        {
            self.queue.retain(|c| !matches!(c, Command::Quit(_)));
        }
    }

    /// Does what is queued, up to leaving.
    async fn finish(&mut self) -> Exit {
        self.picture = None;
        loop {
            match self.next() {
                Next::Quit(exit) => return exit,
                Next::Suspend | Next::Redraw => {}
                Next::Wait if self.job.is_none() => return Exit::Closed,
                Next::Wait => {
                    self.done().await;
                }
            }
        }
    }
}

/// What a job comes to; it is over then. Never, when there is none.
async fn answer(job: &mut Option<Job>) -> Message {
    let Some(running) = job.as_mut() else {
        return std::future::pending().await;
    };
    let answer = running.await;
    *job = None;
    answer.unwrap_or_else(|_| went_wrong())
}

fn went_wrong() -> Message {
    Message::Done(Done::Said("Something went wrong inside deskbell; the log has it.".into()))
}

/// Reads whose answer replaces what is on the screen.
const fn is_view(command: &Command) -> bool {
    matches!(
        command,
        Command::LoadInbox { after: None, .. }
            | Command::LoadOverview
            | Command::LoadMessenger { .. }
            | Command::LoadTeammates
            | Command::LoadQuarantine { .. }
            | Command::LoadArrived(_)
            | Command::WouldAccept { .. }
            | Command::FindContacts(_)
    )
}
