//! `deskbell serve`: the program that stays without a screen, for a machine that is always on.
//!
//! What can fail to start fails before anything runs, with one sentence. Then each task is a future
//! with the same signal to stop; the first that ends by itself ends them all, and each finishes what
//! it has in hand.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::api::{self, App, Bounds, Hosts};
use crate::cli::args::{Listen, Serve};
use crate::cli::{Setting, print, shells, ways};
use crate::config::ApiConfig;
use crate::intake::lmtp::{Door, Lmtp};
use crate::worker::Worker;

/// How long the tasks may take to finish what they have in hand. A mail that is not done by then
/// is left to the next start, as after a crash (L5).
const IN_HAND: Duration = Duration::from_secs(20);

/// Connections that may wait to be taken.
const QUEUE: u32 = 4096;

/// Runs the worker, the reader of the mailbox and the doors that were asked for, until a signal says
/// stop.
pub fn run(setting: &Setting, doors: &Serve) -> anyhow::Result<()> {
    stay(setting, doors, "Serving until stopped.")
}

/// [`run`], with what it says once everything runs.
pub(super) fn stay(setting: &Setting, doors: &Serve, says: &str) -> anyhow::Result<()> {
    shells::log();
    let desk = setting.open(true)?;
    let clock = setting.running_clock(&desk)?;
    let transport = ways::transport(setting, &desk)?;
    shells::runtime()?.block_on(async {
        let signalled = signalled()?;
        let mut tasks = Tasks::default();
        let mailbox = ways::mailbox(setting, &desk, &clock)?;
        let lmtp = match &doors.lmtp {
            Some(address) => {
                let lmtp = Lmtp::new(desk.clone(), clock.clone())?;
                Some((lmtp, Door::open(address).await?))
            }
            None => None,
        };
        let http = match doors.listen {
            Listen::On(address) => Some(listen(address)?),
            Listen::Off => None,
        };
        let worker = Worker::new(desk.clone(), transport)?;
        if let Some(webhooks) = ways::webhooks(setting, &desk)? {
            tasks.start(webhooks.run(clock.clone(), tasks.stop.clone().cancelled_owned()));
        }
        if let Some((listener, address)) = http {
            let hosts = Hosts::new(address.ip().is_loopback(), &setting.config.api.hosts);
            let app = App::new(desk, clock.clone(), hosts).within(bounds(&setting.config.api));
            print::talk(&format!("HTTP on http://{address}"));
            tasks.start(api::server::serve(listener, app, tasks.stop.clone()));
        }
        tasks.start(worker.run(clock, tasks.stop.clone().cancelled_owned()));
        if let Some(mailbox) = mailbox {
            tasks.start(mailbox.run(tasks.stop.clone()));
        }
        if let Some((lmtp, door)) = lmtp {
            print::talk(&format!("Taking mail by LMTP at {door}"));
            tasks.start(lmtp.run(door, tasks.stop.clone()));
        }
        print::talk(says);
        tasks.run_until(signalled).await
    })
}

/// What the configuration says, else what is usual.
fn bounds(config: &ApiConfig) -> Bounds {
    let usual = Bounds::default();
    let connections = config.connections.map(|n| usize::try_from(n.get()).unwrap_or(usize::MAX));
    Bounds {
        connections: connections.unwrap_or(usual.connections),
        requests: config.requests.map_or(usual.requests, NonZeroU32::get),
    }
}

/// Listens, and says where: the system has chosen the port if it was 0.
fn listen(address: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let socket = || -> std::io::Result<(TcpListener, SocketAddr)> {
        let v4 = address.is_ipv4();
        let socket = if v4 { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A server that was stopped a moment ago may start again.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(QUEUE)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    socket().with_context(|| {
        format!("Nothing can listen at {address}: name another address with --listen")
    })
}

/// Ends when the program is told to stop: SIGTERM, SIGINT or SIGHUP. Signals are heard from the
/// call on, not only while it is awaited.
///
/// # Errors
/// When the system lets nobody listen.
fn signalled() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let listen = |kind| signal(kind).context("The program cannot listen for signals");
    let mut term = listen(SignalKind::terminate())?;
    let mut int = listen(SignalKind::interrupt())?;
    let mut hup = listen(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            _ = hup.recv() => {}
        }
    })
}

/// Tasks beside one another that stop together.
#[derive(Default)]
struct Tasks {
    /// What each task is given, and ends at.
    stop: CancellationToken,
    running: JoinSet<anyhow::Result<()>>,
}

impl Tasks {
    fn start(&mut self, task: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        self.running.spawn(task);
    }

    /// Waits for the signal, or for the first task that ends by itself; then all stop.
    ///
    /// # Errors
    /// What the first task that failed says.
    async fn run_until(mut self, signalled: impl Future<Output = ()>) -> anyhow::Result<()> {
        let first = tokio::select! {
            biased;
            () = signalled => Ok(()),
            Some(ended) = self.running.join_next() => outcome(ended),
        };
        self.stop.cancel();
        let others = async {
            let mut others = Ok(());
            while let Some(ended) = self.running.join_next().await {
                others = others.and(outcome(ended));
            }
            others
        };
        match tokio::time::timeout(IN_HAND, others).await {
            Ok(others) => first.and(others),
            Err(_) => {
                tracing::warn!("stopped with work in hand; the next start takes it up");
                first
            }
        }
    }
}

fn outcome(ended: Result<anyhow::Result<()>, tokio::task::JoinError>) -> anyhow::Result<()> {
    ended.context("A task of the program ended in a fault; nothing that was kept is lost")?
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_in_hand_is_finished_after_the_signal() {
        let mut tasks = Tasks::default();
        let (stop, done) = (tasks.stop.clone(), Arc::new(AtomicBool::new(false)));
        let noted = Arc::clone(&done);
        tasks.start(async move {
            stop.cancelled().await;
            tokio::time::sleep(Duration::from_secs(15)).await;
            noted.store(true, Ordering::SeqCst);
            Ok(())
        });
        tasks.run_until(tokio::time::sleep(Duration::from_secs(1))).await.unwrap();
        assert!(done.load(Ordering::SeqCst));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_never_ends_is_left_behind() {
        let mut tasks = Tasks::default();
        tasks.start(std::future::pending());
        let signalled = tokio::time::sleep(Duration::from_secs(1));
        let ended = tokio::time::timeout(Duration::from_secs(22), tasks.run_until(signalled));
        ended.await.expect("in time").unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_that_fails_stops_the_others_and_says_why() {
        let mut tasks = Tasks::default();
        let stop = tasks.stop.clone();
        tasks.start(async move {
            stop.cancelled().await;
            Ok(())
        });
        tasks.start(async { anyhow::bail!("The door fell shut.") });
        let failed = tasks.run_until(std::future::pending()).await.unwrap_err();
        assert_eq!(failed.to_string(), "The door fell shut.");
        let mut tasks = Tasks::default();
        tasks.start(async { panic!("a fault") });
        let failed = tasks.run_until(std::future::pending()).await.unwrap_err();
        assert!(failed.to_string().contains("ended in a fault"));
    }
}
