//! The form for a new ticket. What the customer would be told stands at its foot while it is
//! filled in, from the function that decides it (L3). Enter never submits.

use crossterm::event::KeyCode;
use serde::{Deserialize, Serialize};
use tui_textarea::TextArea;

use crate::desk::view::DraftKey;
use crate::domain::action::Context;
use crate::domain::notify::Facts;
use crate::domain::{
    Category, Contact, ContactId, Decision, EmailAddress, NewTicket, Notify, Refusal, TicketId,
    Time, submit as decide,
};
use crate::tui::keys::Key;
use crate::tui::line_edit::LineEdit;
use crate::tui::message::{Command, NewContact};
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::composer::{self, AUTOSAVE_MS};
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;

/// The fields, in the order Tab goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Category,
    Email,
    Name,
    Shared,
    Title,
    Body,
}

#[derive(Debug)]
pub struct NewTicketForm {
    pub field: Field,
    pub category: Category,
    pub email: LineEdit,
    pub name: LineEdit,
    pub title: LineEdit,
    pub body: TextArea<'static>,
    /// For Back-office: shared from the start.
    pub shared: bool,
    /// Contacts that fit what was typed.
    pub suggestions: Vec<Contact>,
    /// The suggestion that is marked, if one is.
    pub suggestion: Option<usize>,
    pub save_at: Option<Time>,
    pub sending: bool,
}

/// The form as its draft keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    category: Category,
    email: String,
    name: String,
    title: String,
    body: String,
    shared: bool,
}

impl NewTicketForm {
    fn empty(category: Category) -> Self {
        Self {
            field: Field::Email,
            category,
            email: LineEdit::default(),
            name: LineEdit::default(),
            title: LineEdit::default(),
            body: composer::editor(""),
            shared: false,
            suggestions: Vec::new(),
            suggestion: None,
            save_at: None,
            sending: false,
        }
    }

    fn from_draft(text: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        Some(Self {
            email: LineEdit::new(&kept.email),
            name: LineEdit::new(&kept.name),
            title: LineEdit::new(&kept.title),
            body: composer::editor(&kept.body),
            shared: kept.shared,
            ..Self::empty(kept.category)
        })
    }

    fn draft(&self) -> String {
        let kept = Kept {
            category: self.category,
            email: self.email.text().to_owned(),
            name: self.name.text().to_owned(),
            title: self.title.text().to_owned(),
            body: self.body_text(),
            shared: self.shared,
        };
        let empty =
            [&kept.email, &kept.name, &kept.title, &kept.body].iter().all(|t| t.trim().is_empty());
        if empty {
            return String::new();
        }
        serde_json::to_string(&kept).unwrap_or_default()
    }

    #[must_use]
    pub fn body_text(&self) -> String {
        self.body.lines().join("\n")
    }

    /// The fields this category has.
    #[must_use]
    pub const fn fields(&self) -> &'static [Field] {
        match self.category {
            Category::Customer => {
                &[Field::Category, Field::Email, Field::Name, Field::Title, Field::Body]
            }
            Category::BackOffice => &[
                Field::Category,
                Field::Email,
                Field::Name,
                Field::Shared,
                Field::Title,
                Field::Body,
            ],
            Category::Tracker => &[Field::Category, Field::Title, Field::Body],
        }
    }

    /// The contact typed: known ones as the desk knows them, so that stopped mail is foreseen.
    ///
    /// # Errors
    /// When what was typed is no address.
    pub fn contact(&self) -> Result<Option<Contact>, Refusal> {
        if self.category == Category::Tracker {
            return Ok(None);
        }
        let email = self.email.text().trim();
        let name = crate::domain::text::clean_line(self.name.text());
        if email.is_empty() {
            return Ok((!name.is_empty()).then_some(Contact {
                id: ContactId(0),
                name,
                email: None,
                mail_stop: None,
            }));
        }
        let email = EmailAddress::new(email)?;
        let same = |c: &&Contact| c.email.as_ref().is_some_and(|e| e.key() == email.key());
        if let Some(known) = self.suggestions.iter().find(same) {
            return Ok(Some(known.clone()));
        }
        Ok(Some(Contact { id: ContactId(0), name, email: Some(email), mail_stop: None }))
    }

    /// The ticket as it would be submitted, without its files: those are with the draft.
    ///
    /// # Errors
    /// When what was typed as address is none.
    pub fn ticket(&self) -> Result<NewTicket, Refusal> {
        Ok(NewTicket {
            category: self.category,
            title: self.title.text().to_owned(),
            body: self.body_text(),
            contact: self.contact()?,
            shared: self.shared && self.category == Category::BackOffice,
            files: Vec::new(),
        })
    }

    fn line(&mut self) -> Option<&mut LineEdit> {
        match self.field {
            Field::Email => Some(&mut self.email),
            Field::Name => Some(&mut self.name),
            Field::Title => Some(&mut self.title),
            Field::Category | Field::Shared | Field::Body => None,
        }
    }
}

/// What submitting the form would do now (L3).
///
/// # Errors
/// The refusal, as submitting would give.
pub fn would(model: &Model, new: &NewTicket) -> Result<Decision, Refusal> {
    let facts = Facts {
        contact: new.contact.as_ref(),
        grace: model.grace,
        waiting_replies: &[],
        waiting_states: &[],
        notify: Notify::Tell,
    };
    let ctx = Context { facts, links: &[], other_links: &[] };
    decide(TicketId(0), new, &model.actor(), &ctx, model.now)
}

pub fn open(model: &mut Model) -> Vec<Command> {
    let category = model.tab.category().unwrap_or(Category::Customer);
    let mut form = model
        .drafts
        .get(&DraftKey::NewTicket)
        .and_then(|d| NewTicketForm::from_draft(&d.text))
        .unwrap_or_else(|| NewTicketForm::empty(category));
    if form.category == Category::Tracker {
        form.field = Field::Title;
    }
    let typed = form.email.text().to_owned();
    model.overlays.push(Overlay::NewTicket(Box::new(form)));
    vec![Command::FindContacts(typed)]
}

fn form(model: &mut Model) -> Option<&mut NewTicketForm> {
    model.overlays.iter_mut().find_map(|o| match o {
        Overlay::NewTicket(form) => Some(form.as_mut()),
        _ => None,
    })
}

/// To the next field, or the one before.
pub fn field(model: &mut Model, by: isize) -> Vec<Command> {
    if let Some(form) = form(model) {
        let fields = form.fields();
        let at = fields.iter().position(|f| *f == form.field).unwrap_or(0);
        let count = isize::try_from(fields.len()).unwrap_or(1);
        let next = (isize::try_from(at).unwrap_or(0) + by).rem_euclid(count);
        if let Some(field) = fields.get(next.unsigned_abs()) {
            form.field = *field;
        }
        form.suggestion = None;
    }
    Vec::new()
}

pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    let save_at = model.now + model.real_ms(AUTOSAVE_MS);
    let Some(form) = form(model).filter(|f| !f.sending) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let changed = match (form.field, key.code) {
        (Field::Email, KeyCode::Down | KeyCode::Up) if !form.suggestions.is_empty() => {
            mark(form, key.code == KeyCode::Down);
            false
        }
        (Field::Email, KeyCode::Enter) => {
            let taken = take_suggestion(form);
            out.extend(field(model, 1));
            if taken {
                out.extend(field(model, 1));
            }
            return out;
        }
        (Field::Body, _) => composer::edit(&mut form.body, key),
        (_, KeyCode::Enter | KeyCode::Down) => return field(model, 1),
        (_, KeyCode::Up) => return field(model, -1),
        (Field::Category, KeyCode::Char('1')) => choose(form, Category::Customer),
        (Field::Category, KeyCode::Char('2')) => choose(form, Category::BackOffice),
        (Field::Category, KeyCode::Char('3')) => choose(form, Category::Tracker),
        (Field::Category, KeyCode::Right | KeyCode::Char(' ')) => turn(form, 1),
        (Field::Category, KeyCode::Left) => turn(form, 2),
        (Field::Shared, KeyCode::Char(' ')) => {
            form.shared = !form.shared;
            true
        }
        (Field::Shared | Field::Category, _) => false,
        (Field::Email | Field::Name | Field::Title, _) => {
            form.line().is_some_and(|edit| edit.key(key))
        }
    };
    if changed {
        form.save_at.get_or_insert(save_at);
        if form.field == Field::Email {
            form.suggestion = None;
            out.push(Command::FindContacts(form.email.text().to_owned()));
        }
    }
    out
}

fn mark(form: &mut NewTicketForm, down: bool) {
    let last = form.suggestions.len().saturating_sub(1);
    form.suggestion = match (form.suggestion, down) {
        (None, true) => Some(0),
        (None, false) | (Some(0), false) => None,
        (Some(at), true) => Some((at + 1).min(last)),
        (Some(at), false) => Some(at - 1),
    };
}

/// True when a marked suggestion filled the fields.
fn take_suggestion(form: &mut NewTicketForm) -> bool {
    let contact = form.suggestion.take().and_then(|at| form.suggestions.get(at));
    let Some(contact) = contact.cloned() else {
        return false;
    };
    let email = contact.email.as_ref().map_or("", EmailAddress::as_str);
    form.email = LineEdit::new(email);
    form.name = LineEdit::new(&contact.name);
    true
}

fn choose(form: &mut NewTicketForm, category: Category) -> bool {
    form.category = category;
    true
}

fn turn(form: &mut NewTicketForm, by: usize) -> bool {
    let at = Category::ALL.iter().position(|c| *c == form.category).unwrap_or(0);
    if let Some(next) = Category::ALL.get((at + by) % Category::ALL.len()) {
        form.category = *next;
    }
    true
}

/// The next category, from any field. A field the new one lacks is left for the title.
pub fn next_category(model: &mut Model) -> Vec<Command> {
    let save_at = model.now + model.real_ms(AUTOSAVE_MS);
    if let Some(form) = form(model).filter(|f| !f.sending) {
        turn(form, 1);
        if !form.fields().contains(&form.field) {
            form.field = Field::Title;
        }
        form.suggestion = None;
        form.save_at.get_or_insert(save_at);
    }
    Vec::new()
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    let save_at = model.now + model.real_ms(AUTOSAVE_MS);
    let Some(form) = form(model) else {
        return Vec::new();
    };
    if form.field == Field::Body {
        form.body.insert_str(crate::domain::text::clean_body(text));
    } else if let Some(edit) = form.line() {
        edit.insert(text);
    } else {
        return super::paste_refused(model);
    }
    form.save_at.get_or_insert(save_at);
    match form.field {
        Field::Email => vec![Command::FindContacts(form.email.text().to_owned())],
        _ => Vec::new(),
    }
}

/// Keeps what was typed since it was last kept.
pub fn save(model: &mut Model) -> Vec<Command> {
    let Some(form) = form(model) else {
        return Vec::new();
    };
    if form.save_at.take().is_none() || form.sending {
        return Vec::new();
    }
    let text = form.draft();
    composer::keep(model, DraftKey::NewTicket, text)
}

pub fn close(model: &mut Model) -> Vec<Command> {
    let commands = save(model);
    model.overlays.pop();
    if model.drafts.contains_key(&DraftKey::NewTicket) {
        model.toast(ToastKind::Info, "The draft of the new ticket is kept.");
    }
    commands
}

/// Asks before what was typed is thrown away.
pub fn discard(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::NewTicket(form)) = model.overlays.last() else {
        return Vec::new();
    };
    if form.draft().is_empty() && model.files_of(DraftKey::NewTicket).is_empty() {
        return close(model);
    }
    if !form.sending {
        model.overlays.push(Overlay::Confirm(Question::Discard(DraftKey::NewTicket)));
    }
    Vec::new()
}

pub fn submit(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::NewTicket(form)) = model.overlays.last() else {
        return Vec::new();
    };
    if form.sending {
        return Vec::new();
    }
    let files = model.files_of(DraftKey::NewTicket).to_vec();
    let decided = form
        .ticket()
        .map(|new| NewTicket { files, ..new })
        .and_then(|new| would(model, &new).map(|_| new));
    let mut new = match decided {
        Ok(new) => new,
        Err(refusal) => {
            model.toast(ToastKind::Trouble, refusal.to_string());
            return Vec::new();
        }
    };
    let mut commands = save(model);
    if let Some(form) = self::form(model) {
        form.sending = true;
    }
    // Found or made by the desk in one transaction, so that two forms make one contact.
    let contact = new.contact.take().map(|c| NewContact {
        email: c.email.map_or_else(String::new, |e| e.as_str().to_owned()),
        name: c.name,
    });
    commands.push(Command::Submit { new, contact });
    commands
}
