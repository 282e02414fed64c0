//! The real terminal: entered, left, and put right again whatever happens. Never writes what a
//! customer wrote into the window's title.

use std::io::{self, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

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
use tokio::sync::mpsc;

use crate::desk::receive::READER;
use crate::domain::text::clean_body;
use crate::tui::message::Input;
use crate::tui::pictures::PAINTER;

/// Inputs that can wait to be taken: a large paste or a held key never piles up beyond this.
const INPUTS: usize = 256;

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

/// Whether the terminal is ours at present: it is given back once, or a second leaving would
/// overwrite what was said after the first.
static OURS: AtomicBool = AtomicBool::new(false);

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
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
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
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
        std::panic::set_hook(Box::new(|info| {
            // A foreign mail or picture that cannot be read ends its reader only, and the screen stays.
            let here = std::thread::current();
            let reader = here.name().filter(|name| [READER, PAINTER].contains(name));
            if let Some(reader) = reader {
                let fault = clean_body(&info.to_string());
                tracing::error!(fault, reader, "what came from outside could not be read");
                return;
            }
            leave();
            // What panics may have had a customer's words in hand.
            let fault = clean_body(&info.to_string());
            tracing::error!(fault, "panic");
            let _ = writeln!(
                io::stderr(),
                "deskbell has stopped on a fault of its own. Drafts are kept. The fault: {fault}"
            );
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

/// Pixels of a cell, wide and high, as the kernel tells of the window; None where it does not, or
/// where that can be no letter's size. The terminal itself is not asked.
#[must_use]
pub fn cell_size() -> Option<(u16, u16)> {
    let window = crossterm::terminal::window_size().ok()?;
    let wide = window.width.checked_div(window.columns)?;
    let high = window.height.checked_div(window.rows)?;
    let letter = |pixels| (4..=64).contains(&pixels);
    (letter(wide) && letter(high)).then_some((wide, high))
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
    // Carried through a channel: crossterm's stream keeps the first waker it is polled with, so a
    // poll in passing, as the loop does after each key, would make it deaf.
    let (put, mut take) = mpsc::channel(INPUTS);
    tokio::spawn(async move {
        let mut inputs = std::pin::pin!(stream::select(signals, events));
        while let Some(input) = inputs.next().await {
            if put.send(input).await.is_err() {
                return;
            }
        }
    });
    Ok(stream::poll_fn(move |cx| take.poll_recv(cx)))
}
