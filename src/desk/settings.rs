//! Settings that belong to the desk: whether it is a demo, and its clock then.

use serde::{Deserialize, Serialize};

use crate::desk::{Desk, DeskError};
use crate::domain::Time;
use crate::store::{StoreError, settings};

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
