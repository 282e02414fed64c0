//! The real terminal: entered, left, and put right again whatever happens. Never writes what a
//! customer wrote into the window's title.

use std::io::{self, Write, stdout};
use std::sync::Once;

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture, EventStream,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use futures_util::{Stream, StreamExt, stream};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::signal::unix::{SignalKind, signal};

use crate::tui::message::Input;

/// The terminal while the screens have it. Dropping it gives it back.
pub struct Screen {
    pub terminal: Terminal<CrosstermBackend<io::Stdout>>,
}

impl Screen {
    /// Takes the terminal over. A panic from here on gives it back first, then speaks.
    ///
    /// # Errors
    /// When standard output is no terminal that can be written.
    pub fn enter() -> io::Result<Self> {
        restore_on_panic();
        enter()?;
        let terminal = Terminal::new(CrosstermBackend::new(stdout())).inspect_err(|_| leave())?;
        Ok(Self { terminal })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    let entered = execute!(
        stdout(),
        EnterAlternateScreen,
        EnableMouseCapture,
        EnableBracketedPaste,
        EnableFocusChange
    );
    entered.inspect_err(|_| leave())
}

/// Gives the terminal back. Does all of it, whatever fails: this is the way out.
pub fn leave() {
    let _ = execute!(
        stdout(),
        EndSynchronizedUpdate,
        DisableFocusChange,
        DisableBracketedPaste,
        DisableMouseCapture,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
    let _ = stdout().flush();
}

/// A panic's words are for the shell's screen, not for ours.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            leave();
            before(info);
        }));
    });
}

/// Ctrl+Z: the terminal is given back, the process stops, and on `fg` it is taken again.
///
/// # Errors
/// When the terminal cannot be taken again.
pub fn suspend() -> io::Result<()> {
    leave();
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
    enter()
}

/// Synchronized output: the terminal shows a frame whole or not at all.
pub fn around_frame(begins: bool) {
    let _ = if begins {
        execute!(stdout(), BeginSynchronizedUpdate)
    } else {
        execute!(stdout(), EndSynchronizedUpdate)
    };
}

/// All that comes in: keys, mouse, paste, focus, size; and signals, which ask to leave.
///
/// # Errors
/// When signals cannot be listened to.
pub fn inputs() -> io::Result<impl Stream<Item = Input>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let signals = stream::once(async move {
        tokio::select! {
            _ = terminate.recv() => Input::Closed,
            _ = hangup.recv() => Input::Closed,
        }
    });
    // A terminal that can no longer be read is gone.
    let events = EventStream::new()
        .map(|event| match event {
            Ok(event) => Input::from_event(event),
            Err(_) => Some(Input::Closed),
        })
        .filter_map(std::future::ready)
        .chain(stream::once(std::future::ready(Input::Closed)));
    Ok(stream::select(signals, events))
}
