//! The server: takes connections, bounds what each may cost, and ends them in good order.
//!
//! A connection that sends no request is idle, whoever has it. When there are as many connections as
//! may be, the idle one that has waited longest makes room: ten thousand of them that say nothing
//! push one another out, and one that asks is answered.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use crate::api::{App, router};

/// How long the head of a request may take, and how long a connection may say nothing.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a reader may let an answer stand.
const WRITE_TIME: Duration = Duration::from_secs(30);
/// How long requests at hand may take when the program is to stop.
const FAREWELL: Duration = Duration::from_secs(10);
/// The rest after an accept that failed: the machine has no file descriptor left.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until `stop` says so, then finishes what is at hand.
///
/// # Errors
/// None today: a connection that fails ends alone.
pub async fn serve(listener: TcpListener, app: App, stop: CancellationToken) -> anyhow::Result<()> {
    let app = app.until(stop.clone());
    let routes = router(app.clone());
    let doors = Arc::new(Doors::new(app.bounds().connections));
    let mut talks = JoinSet::new();
    loop {
        let stream = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = talks.join_next() => continue,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
        };
        // All are at work: this one is let go of, and asks again.
        let Some(door) = doors.open() else { continue };
        let _ = stream.set_nodelay(true);
        talks.spawn(talk(stream, routes.clone(), door, app.clone()));
    }
    drop(listener);
    let rest = async { while talks.join_next().await.is_some() {} };
    // What has not ended by then is cut off when the set is dropped.
    let _ = tokio::time::timeout(FAREWELL, rest).await;
    Ok(())
}

/// One connection, from its first byte to its last.
async fn talk<S>(stream: S, routes: Router, door: Door, app: App)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIME));
    let mut stream = Box::pin(stream);
    let slot = Arc::clone(&door.slot);
    let answer = service_fn(|request: hyper::Request<Incoming>| {
        let work = Work::begin(&slot);
        let mut routes = routes.clone();
        async move {
            let Ok(response) = routes.call(request.map(Body::new) as Request).await;
            Ok::<_, Infallible>(response.map(|body| AtWork { body, _work: work }))
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .serve_connection(TokioIo::new(stream.as_mut()), answer)
    );
    let mut asked_to_stop = false;
    loop {
        tokio::select! {
            // How a connection ends is its own business: nobody is told.
            _ = connection.as_mut() => return,
            () = slot.make_room.notified() => return,
            () = app.stopped(), if !asked_to_stop => {
                if slot.at_work.load(Ordering::SeqCst) == 0 {
                    return;
                }
                asked_to_stop = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// The connections there are, the oldest first.
#[derive(Debug)]
struct Doors {
    most: usize,
    open: Mutex<(u64, BTreeMap<u64, Arc<Slot>>)>,
}

#[derive(Debug, Default)]
struct Slot {
    /// Requests that are not answered wholly.
    at_work: AtomicUsize,
    make_room: Notify,
}

/// A connection's place, given back when it is dropped.
#[derive(Debug)]
struct Door {
    number: u64,
    slot: Arc<Slot>,
    doors: Arc<Doors>,
}

impl Doors {
    fn new(most: usize) -> Self {
        Self { most, open: Mutex::default() }
    }

    /// A place for one more; `None` when there are as many as may be, and all at work.
    fn open(self: &Arc<Self>) -> Option<Door> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, slots) = &mut *open;
        if slots.len() >= self.most {
            let idle = |slot: &Slot| slot.at_work.load(Ordering::SeqCst) == 0;
            let number = slots.iter().find(|(_, slot)| idle(slot)).map(|(number, _)| *number)?;
            if let Some(slot) = slots.remove(&number) {
                slot.make_room.notify_one();
            }
        }
        let (number, slot) = (*next, Arc::new(Slot::default()));
        *next += 1;
        slots.insert(number, Arc::clone(&slot));
        Some(Door { number, slot, doors: Arc::clone(self) })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.doors.open.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&self.number);
    }
}

/// A request at hand: until its answer was handed over to its end.
#[derive(Debug)]
struct Work(Arc<Slot>);

impl Work {
    fn begin(slot: &Arc<Slot>) -> Self {
        slot.at_work.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(slot))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An answer's body, which keeps its connection at work.
struct AtWork {
    body: Body,
    _work: Work,
}

impl HttpBody for AtWork {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
