//! The composer: a reply that the customer will see, or a note that they never will. Nothing is
//! lost by closing it, and nothing is sent by Enter.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::desk::view::{Draft, DraftKey};
use crate::domain::{Action, Attachment, TicketId, Time, text};
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::{Focus, Model, ToastKind};
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{go, prompt, thread};

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
    pub fn action(&self, body: String, files: Vec<Attachment>) -> Action {
        match self.kind {
            Kind::Reply => Action::reply(body),
            Kind::Note => Action::note(body),
        }
        .with_files(files)
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

/// A draft as it is now, or none when nothing is left of it. Its files stay with it.
pub fn keep(model: &mut Model, key: DraftKey, text: String) -> Vec<Command> {
    let files = model.files_of(key).to_vec();
    let text = if text.trim().is_empty() { String::new() } else { text };
    if text.is_empty() && files.is_empty() {
        model.drafts.remove(&key);
    } else {
        let draft = Draft { key, text: text.clone(), files, saved_at: model.now };
        model.drafts.insert(key, draft);
    }
    // One that is empty here may have a file by now that is still on its way.
    vec![Command::SaveDraft { key, text }]
}

/// A draft that was sent or thrown away, files and all.
pub fn forget(model: &mut Model, key: DraftKey) -> Vec<Command> {
    model.drafts.remove(&key);
    vec![Command::DropDraft(key)]
}

/// Adds files to those a draft has already.
pub fn give_files(model: &mut Model, key: DraftKey, files: Vec<Attachment>) -> Vec<Command> {
    if files.is_empty() {
        return Vec::new();
    }
    let mut all = model.files_of(key).to_vec();
    all.extend(files);
    take_files(model, key, all.clone());
    vec![Command::SetDraftFiles { key, files: all }]
}

/// The files of a draft, as the desk has them now.
pub fn take_files(model: &mut Model, key: DraftKey, files: Vec<Attachment>) {
    let now = model.now;
    let draft = model.drafts.entry(key).or_insert_with(|| Draft {
        key,
        text: String::new(),
        files: Vec::new(),
        saved_at: now,
    });
    draft.files = files;
    if draft.files.is_empty() && draft.text.is_empty() {
        model.drafts.remove(&key);
    }
}

/// The draft that takes files now: of the form for a new ticket where that is open, else of what is
/// written to a ticket. None while it is being sent.
#[must_use]
pub fn taking_files(model: &Model) -> Option<DraftKey> {
    let form = model.overlays.iter().find_map(|o| match o {
        Overlay::NewTicket(form) => Some((DraftKey::NewTicket, form.sending)),
        _ => None,
    });
    let (key, sending) = form.or_else(|| model.composer.as_ref().map(|c| (c.key(), c.sending)))?;
    (!sending).then_some(key)
}

/// Why no file can be taken away.
pub fn detach_why_not(model: &Model) -> Option<String> {
    let none = taking_files(model).is_none_or(|key| model.files_of(key).is_empty());
    none.then(|| "No file is attached here.".into())
}

/// Takes a file away: the only one at once, of several the one whose number is asked for.
pub fn detach(model: &mut Model) -> Vec<Command> {
    match taking_files(model).map(|key| model.files_of(key).len()) {
        Some(0) | None => Vec::new(),
        Some(1) => detach_nth(model, 0),
        Some(_) => prompt::open(model, prompt::Kind::Detach),
    }
}

/// Takes the `n`th file away, from 0.
pub fn detach_nth(model: &mut Model, n: usize) -> Vec<Command> {
    let Some(key) = taking_files(model) else {
        return Vec::new();
    };
    let mut files = model.files_of(key).to_vec();
    if n >= files.len() {
        return Vec::new();
    }
    let gone = files.remove(n);
    take_files(model, key, files.clone());
    model.toast(ToastKind::Info, format!("{} is not attached any more.", gone.name));
    vec![Command::SetDraftFiles { key, files }]
}

/// Esc: the draft is kept.
pub fn close(model: &mut Model) -> Vec<Command> {
    let commands = save(model);
    if let Some(composer) = model.composer.take()
        && (!composer.text().trim().is_empty() || !model.files_of(composer.key()).is_empty())
    {
        model.toast(ToastKind::Info, format!("The draft for {} is kept.", composer.ticket));
    }
    commands
}

pub fn send(model: &mut Model) -> Vec<Command> {
    let Some(composer) = model.composer.as_ref().filter(|c| !c.sending) else {
        return Vec::new();
    };
    let files = model.files_of(composer.key()).to_vec();
    let (id, action) = (composer.ticket, composer.action(composer.text(), files));
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
            let key = model.composer.as_ref().map(Composer::key);
            if text.trim().is_empty() && key.is_none_or(|k| model.files_of(k).is_empty()) {
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
    let files = model.files_of(old.key()).to_vec();
    let new = Composer::new(old.ticket, kind, "").key();
    // Given to the other one first: a file that nobody has is forgotten.
    let mut commands = give_files(model, new, files);
    commands.extend(forget(model, old.key()));
    open_with(model, old.ticket, kind, Some(text.as_str()));
    commands.extend(save(model));
    commands
}

pub fn discard(model: &mut Model) -> Vec<Command> {
    let something =
        |c: &&Composer| !c.text().trim().is_empty() || !model.files_of(c.key()).is_empty();
    match model.composer.as_ref().filter(something).map(Composer::key) {
        Some(key) => {
            model.overlays.push(Overlay::Confirm(Question::Discard(key)));
            Vec::new()
        }
        None => close(model),
    }
}
