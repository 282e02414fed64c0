//! The composer: a reply that the customer will see, or a note that they never will. Nothing is
//! lost by closing it, and nothing is sent by Enter.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::desk::view::{Draft, DraftKey};
use crate::domain::{Action, TicketId, Time, text};
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::{Focus, Model, ToastKind};
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{go, thread};

/// Real milliseconds from typing to keeping.
pub const AUTOSAVE_MS: i64 = 1_000;

/// Who will read what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Reply,
    Note,
}

/// The text being written to one ticket.
#[derive(Debug)]
pub struct Composer {
    pub ticket: TicketId,
    pub kind: Kind,
    pub area: TextArea<'static>,
    /// When what was typed is to be kept; None when all of it is.
    save_at: Option<Time>,
    pub saved_at: Option<Time>,
    /// Handed to the desk; the answer is on its way.
    pub sending: bool,
}

impl Composer {
    #[must_use]
    pub fn new(ticket: TicketId, kind: Kind, text: &str) -> Self {
        Self { ticket, kind, area: editor(text), save_at: None, saved_at: None, sending: false }
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    #[must_use]
    pub fn is_reply(&self) -> bool {
        self.kind == Kind::Reply
    }

    #[must_use]
    pub fn key(&self) -> DraftKey {
        match self.kind {
            Kind::Reply => DraftKey::Reply(self.ticket),
            Kind::Note => DraftKey::Note(self.ticket),
        }
    }

    #[must_use]
    pub const fn autosave_at(&self) -> Option<Time> {
        self.save_at
    }

    /// What sending would do.
    #[must_use]
    pub fn action(&self, body: String) -> Action {
        match self.kind {
            Kind::Reply => Action::reply(body),
            Kind::Note => Action::note(body),
        }
    }
}

/// An editor with soft wrap that holds `text`, the caret at its end.
#[must_use]
pub fn editor(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(text::clean_body(text).split('\n').map(str::to_owned).collect());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(ratatui::style::Style::default());
    // The terminal's own cursor stands at the caret.
    area.set_cursor_style(ratatui::style::Style::default());
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

/// Gives a key to an editor, as a shell reads them; true when the text changed.
pub fn edit(area: &mut TextArea<'static>, key: Key) -> bool {
    match (key.code, key.ctrl, key.alt) {
        (KeyCode::Char('u'), true, false) => return area.delete_line_by_head(),
        // Without a meaning here; the editor's own would surprise.
        (KeyCode::Char('j' | 'm' | 'v' | 'x' | 'c'), true, _) => return false,
        (KeyCode::Char(c), false, false) if text::is_unsafe(c) => return false,
        _ => {}
    }
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::CONTROL, key.ctrl);
    modifiers.set(KeyModifiers::ALT, key.alt);
    modifiers.set(KeyModifiers::SHIFT, key.shift);
    area.input(KeyEvent::new(key.code, modifiers))
}

/// Opens the composer on the ticket in the thread, with its draft if there is one.
pub fn open(model: &mut Model, kind: Kind) -> Vec<Command> {
    let Some(id) = model.ticket().map(|v| v.ticket.id) else {
        return Vec::new();
    };
    open_with(model, id, kind, None);
    Vec::new()
}

/// Opens the composer with a text put before the draft, such as a reply that was taken back.
pub fn open_with(model: &mut Model, id: TicketId, kind: Kind, before: Option<&str>) {
    go::visit(model, id);
    let key = Composer::new(id, kind, "").key();
    let draft = model.drafts.get(&key);
    let kept = draft.map_or("", |d| d.text.as_str());
    let text = match before {
        Some(before) if kept.is_empty() || kept == before => before.to_owned(),
        Some(before) => format!("{before}\n\n{kept}"),
        None => kept.to_owned(),
    };
    let mut composer = Composer::new(id, kind, &text);
    composer.saved_at = draft.filter(|_| before.is_none()).map(|d| d.saved_at);
    composer.save_at = before.map(|_| model.now);
    model.composer = Some(composer);
    model.focus = Focus::Thread;
    model.thread.scroll = 0;
    go::keep_focus_visible(model);
}

pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    // Paging looks at the thread above; the text keeps its place.
    match key.code {
        KeyCode::PageUp => return thread::pages(model, -1, 2),
        KeyCode::PageDown => return thread::pages(model, 1, 2),
        _ => {}
    }
    typed(model, |area| edit(area, key))
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    let clean = text::clean_body(text);
    typed(model, |area| area.insert_str(&clean))
}

pub fn undo_typing(model: &mut Model) -> Vec<Command> {
    typed(model, TextArea::undo)
}

pub fn redo_typing(model: &mut Model) -> Vec<Command> {
    typed(model, TextArea::redo)
}

fn typed(model: &mut Model, edit: impl FnOnce(&mut TextArea<'static>) -> bool) -> Vec<Command> {
    let save_at = model.now + model.real_ms(AUTOSAVE_MS);
    if let Some(composer) = model.composer.as_mut().filter(|c| !c.sending)
        && edit(&mut composer.area)
    {
        composer.save_at.get_or_insert(save_at);
    }
    Vec::new()
}

/// Keeps what was typed since it was last kept.
pub fn save(model: &mut Model) -> Vec<Command> {
    let Some(composer) = model.composer.as_mut() else {
        return Vec::new();
    };
    if composer.save_at.take().is_none() || composer.sending {
        return Vec::new();
    }
    let (key, text) = (composer.key(), composer.text());
    keep(model, key, text)
}

/// A draft as it is now, or none when nothing is left of it.
pub fn keep(model: &mut Model, key: DraftKey, text: String) -> Vec<Command> {
    if text.trim().is_empty() {
        model.drafts.remove(&key);
        return vec![Command::DropDraft(key)];
    }
    let draft = Draft { key, text: text.clone(), saved_at: model.now };
    model.drafts.insert(key, draft);
    vec![Command::SaveDraft { key, text }]
}

/// Esc: the draft is kept.
pub fn close(model: &mut Model) -> Vec<Command> {
    let commands = save(model);
    if let Some(composer) = model.composer.take()
        && !composer.text().trim().is_empty()
    {
        model.toast(ToastKind::Info, format!("The draft for {} is kept.", composer.ticket));
    }
    commands
}

pub fn send(model: &mut Model) -> Vec<Command> {
    let Some(composer) = model.composer.as_ref().filter(|c| !c.sending) else {
        return Vec::new();
    };
    let (id, action) = (composer.ticket, composer.action(composer.text()));
    if let Some(Err(refusal)) = model.would(&action) {
        model.toast(ToastKind::Trouble, refusal.to_string());
        return Vec::new();
    }
    // Kept first: a crash between the two costs nothing.
    let mut commands = save(model);
    if let Some(composer) = model.composer.as_mut() {
        composer.sending = true;
    }
    commands.push(Command::Perform { id, action });
    commands
}

/// A reply becomes a note at once; a note becomes a reply only after its text was shown.
pub fn switch(model: &mut Model) -> Vec<Command> {
    match model.composer.as_ref().map(|c| (c.kind, c.text())) {
        Some((Kind::Reply, _)) => turn(model, Kind::Note),
        Some((Kind::Note, text)) => {
            let reply = Action::reply("…");
            if let Some(Err(refusal)) = model.would(&reply) {
                model.toast(ToastKind::Trouble, refusal.to_string());
                return Vec::new();
            }
            if text.trim().is_empty() {
                return turn(model, Kind::Reply);
            }
            model.overlays.push(Overlay::Confirm(Question::ToReply));
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The text moves to the other kind, behind what was begun there.
pub fn turn(model: &mut Model, kind: Kind) -> Vec<Command> {
    let Some(old) = model.composer.take() else {
        return Vec::new();
    };
    let text = old.text();
    model.drafts.remove(&old.key());
    open_with(model, old.ticket, kind, Some(text.as_str()));
    let mut commands = vec![Command::DropDraft(old.key())];
    commands.extend(save(model));
    commands
}

pub fn discard(model: &mut Model) -> Vec<Command> {
    let empty = model.composer.as_ref().is_none_or(|c| c.text().trim().is_empty());
    if empty {
        return close(model);
    }
    model.overlays.push(Overlay::Confirm(Question::Discard));
    Vec::new()
}
