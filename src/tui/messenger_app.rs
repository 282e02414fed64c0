//! `deskbell messenger EMAIL`: one customer's Messenger in a terminal of its own, on the same
//! desk. The pane and the loop are those of the screens; nothing of the team's side is loaded.
//! Where acting as the customer is off it is a mirror that says so, and marks nothing as seen.

mod bars;

use crossterm::event::MouseEventKind;
use futures_util::Stream;
use ratatui::backend::Backend;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::{Frame, Terminal};

use crate::clock::Clock;
use crate::desk::Desk;
use crate::domain::{Contact, Time};
use crate::tui::app::{self, Options, Program};
use crate::tui::commands::{Found, Keymap};
use crate::tui::keys::Key;
use crate::tui::message::{Command, Done, Exit, Input, Loaded, Message};
use crate::tui::update::messenger::{Act, Face, MessengerPane};
use crate::tui::view::messenger::{Mode, View};
use crate::tui::view::theme::{Role, Theme};
use crate::tui::view::{paint, text};

/// Columns and lines of the Messenger; more of a screen stays empty.
const WIDEST: u16 = 64;
const TALLEST: u16 = 44;
/// The smallest screen on which anything is drawn.
const SMALLEST: (u16, u16) = (30, 14);
/// Real seconds a sentence stays.
const NOTICE_SECONDS: f64 = 6.0;

/// Runs the Messenger of `contact` until it is left.
///
/// # Errors
/// When the desk cannot be read at the start, or the terminal cannot be written.
pub async fn run<B>(
    terminal: &mut Terminal<B>,
    inputs: impl Stream<Item = Input>,
    desk: Desk,
    clock: Clock,
    contact: &Contact,
    options: Options,
) -> anyhow::Result<Exit>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let size = terminal.size()?;
    let mut pane = MessengerPane::of(contact.id, &text::name(contact.first_name()));
    let may_act = desk.may_act_as_customer().is_ok();
    if may_act {
        // `start` asks for what there is to see.
        let _ = pane.set_acting(true);
    }
    let mut screen = MessengerApp {
        now: clock.now(),
        speed: clock.speed(),
        size: (size.width, size.height),
        keymap: options.keymap.clone(),
        theme: options.theme,
        whose: contact.display_name().to_owned(),
        desk_name: String::new(),
        pane,
        may_act,
        notice: None,
    };
    app::drive(terminal, inputs, desk, clock, options, &mut screen).await
}

/// The whole state of the screen.
struct MessengerApp {
    now: Time,
    speed: f64,
    size: (u16, u16),
    keymap: Keymap,
    theme: Theme,
    whose: String,
    desk_name: String,
    pane: MessengerPane,
    may_act: bool,
    /// A sentence, and until when it stays.
    notice: Option<(String, Time)>,
}

impl Program for MessengerApp {
    fn start(&mut self) -> Vec<Command> {
        self.look()
    }

    fn set_now(&mut self, now: Time) {
        self.now = now;
    }

    fn update(&mut self, message: Message) -> Vec<Command> {
        match message {
            Message::Input(input) => self.input(input),
            Message::Changed => self.look(),
            Message::Tick => {
                self.notice = self.notice.take().filter(|(_, until)| *until > self.now);
                Vec::new()
            }
            Message::Loaded(Loaded::Messenger { contact, messenger })
                if self.pane.contact == Some(contact) =>
            {
                self.pane.take(messenger)
            }
            Message::Loaded(Loaded::Settings { name, .. }) => {
                self.desk_name = name;
                Vec::new()
            }
            Message::Loaded(_) => Vec::new(),
            Message::Done(Done::Acted { ticket, .. }) => self.pane.acted(ticket),
            Message::Done(Done::CustomerTook { file, .. }) => {
                self.pane.took(file);
                Vec::new()
            }
            Message::Done(Done::Failed { command, sentence })
                if matches!(*command, Command::CustomerTakes { .. }) =>
            {
                self.pane.took_not(sentence);
                Vec::new()
            }
            Message::Done(Done::Failed { command, sentence }) => {
                if matches!(
                    *command,
                    Command::CustomerOpens { .. }
                        | Command::CustomerReplies { .. }
                        | Command::CustomerSubmits { .. }
                ) {
                    self.pane.failed();
                }
                self.say(sentence);
                Vec::new()
            }
            Message::Done(Done::Said(sentence)) => {
                self.say(sentence);
                Vec::new()
            }
            Message::Done(_) => Vec::new(),
        }
    }

    fn next_wake(&self) -> Option<Time> {
        self.notice.as_ref().map(|(_, until)| *until)
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let screen = frame.area();
        if self.too_small() {
            let words = format!("deskbell messenger needs {}x{}.", SMALLEST.0, SMALLEST.1);
            let line = Line::from(paint::span(&self.theme, Role::Text, &words));
            paint::put(frame.buffer_mut(), screen, screen.y, &line);
            return;
        }
        self.bar(frame, screen);
        let (width, height) = (screen.width.min(WIDEST), (screen.height - 2).min(TALLEST));
        let left = screen.x + (screen.width - width) / 2;
        let area = Rect::new(left, screen.y + 1, width, height);
        let view = View {
            pane: &self.pane,
            mode: self.mode(),
            desk_name: &self.desk_name,
            focused: true,
            now: self.now,
            theme: &self.theme,
        };
        if let Some(caret) = view.draw(area, frame.buffer_mut()) {
            frame.set_cursor_position(caret);
        }
        self.foot(frame, Rect::new(screen.x, screen.bottom() - 1, screen.width, 1));
    }
}

impl MessengerApp {
    fn look(&self) -> Vec<Command> {
        let mut commands = self.pane.load();
        commands.push(Command::LoadSettings);
        commands
    }

    fn say(&mut self, sentence: String) {
        #[expect(clippy::cast_possible_truncation, reason = "a few seconds times a small speed")]
        let ms = (NOTICE_SECONDS * 1_000.0 * self.speed.max(0.001)) as i64;
        self.notice = Some((sentence, self.now + chrono::Duration::milliseconds(ms)));
    }

    const fn too_small(&self) -> bool {
        self.size.0 < SMALLEST.0 || self.size.1 < SMALLEST.1
    }

    const fn mode(&self) -> Mode<'static> {
        if self.may_act { Mode::Acting } else { Mode::Mirror }
    }

    fn input(&mut self, input: Input) -> Vec<Command> {
        match input {
            Input::Key(key) => self.key(key),
            Input::Paste(words) => {
                if !self.pane.paste(&words) {
                    self.say("Pasted text is only taken in a text field.".into());
                }
                Vec::new()
            }
            Input::Mouse(mouse) => {
                match mouse.kind {
                    MouseEventKind::ScrollDown => self.move_by(3),
                    MouseEventKind::ScrollUp => self.move_by(-3),
                    _ => {}
                }
                Vec::new()
            }
            Input::Resize(width, height) => {
                self.size = (width, height);
                Vec::new()
            }
            Input::FocusGained | Input::FocusLost => Vec::new(),
            Input::Closed => vec![Command::Quit(Exit::Closed)],
        }
    }

    fn key(&mut self, key: Key) -> Vec<Command> {
        let scope = self.pane.scope();
        if scope.takes_text() && key.typed().is_some() {
            return self.pane.type_key(key);
        }
        // From where there is no step back, q leaves; Esc never does.
        let outside = self.pane.face == Face::Collapsed && !scope.takes_text();
        if key == Key::char('q') && (outside || self.too_small()) {
            return vec![Command::Quit(Exit::Quit)];
        }
        let Found::Command(spec) = self.keymap.find(scope, None, key) else {
            return self.pane.type_key(key);
        };
        match spec.name {
            "quit.now" => vec![Command::Quit(Exit::Quit)],
            "redraw" => vec![Command::Redraw],
            "suspend" => vec![Command::Suspend],
            "acting.down" | "move.down" => self.moved(1),
            "acting.up" | "move.up" => self.moved(-1),
            "acting.page_down" | "move.page_down" | "move.half_down" => self.moved(10),
            "acting.page_up" | "move.page_up" | "move.half_up" => self.moved(-10),
            "move.first" => self.moved(isize::MIN),
            "move.last" => self.moved(isize::MAX),
            "open" => self.pane.enter(),
            "messenger.out" | "back" | "quit" => {
                self.pane.back();
                self.pane.load()
            }
            "messenger.collapse" => {
                self.pane.collapse();
                self.pane.load()
            }
            "acting.back" if outside => Vec::new(),
            name => act(name).map_or_else(Vec::new, |act| self.pane.act(act)),
        }
    }

    fn moved(&mut self, by: isize) -> Vec<Command> {
        self.move_by(by);
        Vec::new()
    }

    fn move_by(&mut self, by: isize) {
        let height = self.size.1.saturating_sub(2).min(TALLEST);
        let area = Rect::new(0, 0, self.size.0.min(WIDEST), height);
        let view = View {
            pane: &self.pane,
            mode: self.mode(),
            desk_name: &self.desk_name,
            focused: true,
            now: self.now,
            theme: &self.theme,
        };
        let most = view.scroll_at_most(area);
        self.pane.move_by(by, most);
    }
}

/// What a command of the acting scopes does in the Messenger.
fn act(name: &str) -> Option<Act> {
    Some(match name {
        "acting.open" => Act::Open,
        "acting.back" => Act::Back,
        "acting.collapse" => Act::Collapse,
        "acting.reply" => Act::Reply,
        "acting.new" => Act::New,
        "acting.send" => Act::Send,
        "acting.next_field" => Act::NextField,
        "acting.leave" => Act::LeaveField,
        "acting.take" => Act::Take,
        "acting.attach" => Act::Attach,
        "acting.detach" => Act::Detach,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
