//! Tags as things with numbers, for programs that name them so.

use crate::desk::{Desk, DeskError};
use crate::domain::text::tag;
use crate::store::tags;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub id: i64,
    pub name: String,
}

impl Desk {
    /// All tags, by name. Those that tickets have had before tags had numbers get theirs now.
    ///
    /// # Errors
    /// The store's.
    pub fn tags(&self) -> Result<Vec<Tag>, DeskError> {
        let listed = self.store().read(|tx| {
            let known = tags::all(tx)?;
            let lacking =
                tags::in_use(tx)?.into_iter().any(|n| !known.iter().any(|(_, k)| *k == n));
            Ok::<_, DeskError>((!lacking).then_some(known))
        })?;
        let all = match listed {
            Some(all) => all,
            None => self.store().write(|tx| {
                for name in tags::in_use(tx)? {
                    tags::number(tx, &name)?;
                }
                Ok::<_, DeskError>(tags::all(tx)?)
            })?,
        };
        Ok(all.into_iter().map(|(id, name)| Tag { id, name }).collect())
    }

    /// # Errors
    /// The store's.
    pub fn tag(&self, id: i64) -> Result<Option<Tag>, DeskError> {
        self.store().read(move |tx| Ok(tags::name(tx, id)?.map(|name| Tag { id, name })))
    }

    /// The tag of this name, made if there is none.
    ///
    /// # Errors
    /// [`Refusal::NotATag`](crate::domain::Refusal::NotATag), or the store's.
    pub fn tag_named(&self, name: &str) -> Result<Tag, DeskError> {
        let name = tag(name)?;
        self.store().write(move |tx| Ok(Tag { id: tags::number(tx, &name)?, name }))
    }
}
