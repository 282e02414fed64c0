//! Settings that belong to the desk: the Messenger's name and logo, whether mail is leaving, and
//! whether this is a demo, with its clock then.

use serde::{Deserialize, Serialize};

use crate::desk::{Desk, DeskError};
use crate::domain::Time;
use crate::domain::text::person_name;
use crate::mail::logo::Logo;
use crate::mail::messenger_settings::MessengerSettings;
use crate::store::{StoreError, Tx, settings};

/// A demo desk's clock, shared by every program that has the desk open: at the moment `real` of
/// the system's clock it was `desk` here, and it runs `speed` times as fast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DemoClock {
    pub real: Time,
    pub desk: Time,
    pub speed: f64,
}

impl DemoClock {
    /// The desk's time when the system's is `real`.
    #[must_use]
    pub fn at(&self, real: Time) -> Time {
        let passed = (real - self.real).num_milliseconds();
        // Demo clocks run for hours at most: far from where f64 loses whole milliseconds.
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let passed = (passed as f64 * self.speed) as i64;
        self.desk + chrono::Duration::milliseconds(passed)
    }
}

/// Reads the Messenger settings in the transaction of a mail that carries them.
pub(super) fn messenger(tx: &mut dyn Tx) -> Result<MessengerSettings, DeskError> {
    let mut messenger = MessengerSettings::default();
    if let Some(name) = settings::get(tx, "messenger_name")? {
        messenger.name = name;
    }
    if let Some(bytes) = settings::logo(tx)? {
        messenger.logo =
            Some(Logo::new(bytes).map_err(|_| StoreError::Corrupt("the logo cannot be read"))?);
    }
    Ok(messenger)
}

impl Desk {
    /// True for a desk that `deskbell demo` made.
    ///
    /// # Errors
    /// The store's.
    pub fn is_demo(&self) -> Result<bool, DeskError> {
        Ok(self.demo_clock()?.is_some())
    }

    /// # Errors
    /// The store's.
    pub fn demo_clock(&self) -> Result<Option<DemoClock>, DeskError> {
        let stored = self.store().read(|tx| settings::get(tx, "demo_clock"))?;
        stored
            .map(|json| {
                serde_json::from_str(&json)
                    .map_err(|_| StoreError::Corrupt("the demo clock cannot be read").into())
            })
            .transpose()
    }

    /// Makes this a demo desk, or moves its clock.
    ///
    /// # Errors
    /// The store's.
    pub fn set_demo_clock(&self, clock: DemoClock) -> Result<(), DeskError> {
        let json = serde_json::to_string(&clock)
            .map_err(|_| DeskError::Other("The demo clock cannot be written.".into()))?;
        self.store().write(move |tx| Ok(settings::set(tx, "demo_clock", &json)?))
    }

    /// The Messenger's name and logo; its mails carry both (N11).
    ///
    /// # Errors
    /// The store's.
    pub fn messenger_settings(&self) -> Result<MessengerSettings, DeskError> {
        self.store().read(messenger)
    }

    /// # Errors
    /// [`Refusal::EmptyName`](crate::domain::Refusal::EmptyName) or
    /// [`Refusal::NameTooLong`](crate::domain::Refusal::NameTooLong), or the store's.
    pub fn set_messenger_name(&self, name: &str) -> Result<(), DeskError> {
        let name = person_name(name)?;
        self.store().write(move |tx| Ok(settings::set(tx, "messenger_name", &name)?))
    }

    /// Sets the logo: a PNG, JPEG or GIF of up to 512 KB (N11).
    ///
    /// # Errors
    /// [`DeskError::Logo`] with what is wrong with the image, or the store's.
    pub fn set_messenger_logo(&self, bytes: Vec<u8>) -> Result<(), DeskError> {
        let logo = Logo::new(bytes).map_err(|e| DeskError::Logo(e.to_string()))?;
        self.store().write(move |tx| Ok(settings::set_logo(tx, logo.bytes().to_vec())?))
    }

    /// Says why mail is not leaving, or that it is again.
    ///
    /// # Errors
    /// The store's.
    pub fn set_mail_trouble(&self, trouble: Option<&str>) -> Result<(), DeskError> {
        let trouble = trouble.map(str::to_owned);
        let stored = self.store().read(|tx| settings::get(tx, "mail_trouble"))?;
        if stored == trouble {
            return Ok(());
        }
        self.store().write(move |tx| {
            match &trouble {
                Some(words) => settings::set(tx, "mail_trouble", words)?,
                None => settings::remove(tx, "mail_trouble")?,
            }
            Ok(())
        })
    }
}
