//! Who is there: teammates and contacts come to be known by being named.

use crate::desk::{Desk, DeskError};
use crate::domain::text::person_name;
use crate::domain::{Actor, Contact, Refusal, Teammate, Time};
use crate::store::teammates;

impl Desk {
    /// The teammate of this name, made if the desk does not know them. True when it was made.
    ///
    /// # Errors
    /// [`Refusal::EmptyName`], [`Refusal::NameTooLong`], or the store's.
    pub fn teammate(&self, name: &str, now: Time) -> Result<(Teammate, bool), DeskError> {
        let name = person_name(name)?;
        let wanted = name.clone();
        let known = self.store().read(move |tx| teammates::by_name(tx, &wanted))?;
        if let Some(teammate) = known {
            return Ok((teammate, false));
        }
        self.store().write(move |tx| {
            Ok(match teammates::by_name(tx, &name)? {
                Some(teammate) => (teammate, false),
                None => (teammates::insert(tx, &name, now)?, true),
            })
        })
    }

    /// The contact as one who acts, where acting as the customer is allowed.
    ///
    /// # Errors
    /// [`Refusal::ActingIsOff`], or the store's.
    pub fn as_customer(&self, contact: &Contact) -> Result<Actor, DeskError> {
        self.may_act_as_customer()?;
        Ok(Actor::Customer(contact.clone()))
    }

    /// Whether a teammate may act as the customer: always in a demo desk, elsewhere only where the
    /// configuration says so.
    ///
    /// # Errors
    /// [`Refusal::ActingIsOff`], or the store's.
    pub fn may_act_as_customer(&self) -> Result<(), DeskError> {
        if self.policy().allow_acting_as_customer || self.is_demo()? {
            Ok(())
        } else {
            Err(Refusal::ActingIsOff.into())
        }
    }
}
