//! The Messenger settings that a mail takes its look from (N11). They never touch the template.

use crate::mail::logo::Logo;

/// Name and logo of the Messenger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessengerSettings {
    /// Who the customer writes with, such as "Northwind Support"; one line.
    pub name: String,
    /// `None`: the bell that comes with deskbell.
    pub logo: Option<Logo>,
}

impl MessengerSettings {
    /// The logo to show: the one that was set, else the bell.
    #[must_use]
    pub fn logo(&self) -> Logo {
        self.logo.clone().unwrap_or_default()
    }
}

impl Default for MessengerSettings {
    fn default() -> Self {
        Self { name: "Support".into(), logo: None }
    }
}
