//! The ways in that the program keeps open itself: mail is stored and committed before anyone is
//! told that it has arrived, and applied at once after that. Never decides what a mail does.

pub mod imap;
pub mod lmtp;

use anyhow::Context as _;
use tokio::task::spawn_blocking;

use crate::clock::Clock;
use crate::desk::receive::{Arrival, InboundId};
use crate::desk::{Desk, DeskError};

async fn blocking<R: Send + 'static>(
    f: impl FnOnce() -> Result<R, DeskError> + Send + 'static,
) -> anyhow::Result<R> {
    Ok(spawn_blocking(f).await.context("A task of the intake ended early")??)
}

/// Keeps a mail. When this gives its number, it is on the disk.
async fn keep(desk: &Desk, clock: &Clock, arrival: Arrival) -> anyhow::Result<InboundId> {
    let (desk, now) = (desk.clone(), clock.now());
    blocking(move || desk.store_raw(arrival, now)).await
}

/// Applies a mail that is kept. What fails here is taken up by a worker: the mail is ours.
async fn apply(desk: &Desk, clock: &Clock, id: InboundId) {
    let (desk, now) = (desk.clone(), clock.now());
    if let Err(e) = blocking(move || desk.apply_mail(id, now)).await {
        tracing::warn!(mail = id.0, "kept, and waits: {e:#}");
    }
}
