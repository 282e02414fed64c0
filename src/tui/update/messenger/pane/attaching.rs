//! Files that go with what the customer writes, by the hands of a teammate. They are read when they
//! are attached and held here; the desk keeps them with what they are sent with.

use super::{Face, Field, MessengerPane, PathBox};
use crate::domain::{Attachment, attachment};
use crate::tui::keys::Key;
use crate::tui::message::{Command, HeldFile};

impl MessengerPane {
    /// What goes with what is being written.
    #[must_use]
    pub fn files(&self) -> &[HeldFile] {
        if self.face == Face::Compose { &self.new_files } else { &self.reply_files }
    }

    fn files_mut(&mut self) -> &mut Vec<HeldFile> {
        if self.face == Face::Compose { &mut self.new_files } else { &mut self.reply_files }
    }

    /// Leaves the field that takes what is typed, and the box over it.
    pub(super) fn leave_field(&mut self) {
        self.field = None;
        self.path = None;
    }

    pub(super) fn begin_path(&mut self) {
        if self.field.is_some() && self.path.is_none() && !self.is_sending() {
            self.path = Some(PathBox::default());
            self.field = Some(Field::Path);
        }
    }

    /// Back to the text that the file was to go with.
    pub(super) fn end_path(&mut self) {
        self.path = None;
        self.field = Some(if self.face == Face::Compose { Field::Body } else { Field::Reply });
    }

    pub(super) fn detach(&mut self) {
        if !self.is_sending() {
            self.files_mut().pop();
        }
    }

    /// Reads the file whose path was typed.
    pub(super) fn take_path(&mut self) -> Vec<Command> {
        let path = self.path.as_mut().filter(|p| !p.waiting);
        let (Some(contact), Some(path)) = (self.contact, path) else {
            return Vec::new();
        };
        path.waiting = true;
        let path = path.edit.text().trim().to_owned();
        vec![Command::CustomerTakes { contact, path }]
    }

    /// A key in the path's field.
    pub(super) fn path_key(&mut self, key: Key) {
        if let Some(path) = self.path.as_mut().filter(|p| !p.waiting)
            && path.edit.key(key)
        {
            path.trouble = None;
        }
    }

    /// True where the path's field took it.
    pub(super) fn path_paste(&mut self, text: &str) -> bool {
        let Some(path) = self.path.as_mut().filter(|p| !p.waiting) else {
            return false;
        };
        path.edit.insert(text);
        path.trouble = None;
        true
    }

    /// A file was read. One too many, or too much together, is told at once.
    pub fn took(&mut self, file: HeldFile) {
        if self.path.as_ref().is_none_or(|p| !p.waiting) {
            return;
        }
        let all = self.files().iter().chain([&file]).map(|f| f.about.clone());
        match attachment::fit(&all.collect::<Vec<Attachment>>()) {
            Ok(_) => {
                self.files_mut().push(file);
                self.end_path();
            }
            Err(refusal) => self.took_not(refusal.to_string()),
        }
    }

    /// It could not be; what was typed stays.
    pub fn took_not(&mut self, sentence: String) {
        if let Some(path) = self.path.as_mut() {
            path.waiting = false;
            path.trouble = Some(sentence);
        }
    }
}
