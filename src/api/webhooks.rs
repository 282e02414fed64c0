//! What webhooks read of a ticket: what the API itself would answer, to those of their ears.

use serde_json::Value;

use crate::api::shapes;
use crate::api::version::Version;
use crate::desk::webhooks::Subject;

/// `data.item` of a webhook's message: nothing for a ping; the ticket as its customer may see it,
/// or as the team does.
#[must_use]
pub fn item(subject: &Subject) -> Value {
    let body = match subject {
        Subject::Ping => None,
        Subject::Shared { thread, contact, external_id } => {
            shapes::thread(thread, contact, external_id.clone())
        }
        Subject::Internal { ticket, external_id } => {
            let ticket = (**ticket).clone();
            Some(shapes::ticket(ticket, external_id.clone(), Version::DEFAULT))
        }
    };
    // A shape of texts and numbers can always be written.
    body.and_then(|b| serde_json::to_value(b).ok()).unwrap_or(Value::Null)
}
