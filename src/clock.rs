//! The clock: the only place that reads the time. Never named by the domain or the store.
//!
//! A [`Clock`] is a base time and a speed over tokio's monotonic clock, so a demo can run it
//! faster, a command can begin at another time (`--at`), and a test with paused time turns it by
//! hand. The default one follows the system's wall clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::Time;

/// Tells the desk's time. Clones share it: what turns one turns all.
#[derive(Debug, Clone)]
pub struct Clock {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Clone, Copy)]
enum Inner {
    System,
    From { base: Time, origin: Instant, speed: f64 },
    Frozen(Time),
}

impl Clock {
    /// The system's wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Inner::System)
    }

    /// Begins at `base` now and runs `speed` times as fast as the system's.
    #[must_use]
    pub fn running_from(base: Time, speed: f64) -> Self {
        Self::new(Inner::From { base, origin: Instant::now(), speed: speed.max(0.0) })
    }

    /// Stands still, as one command with `--at` sees it.
    #[must_use]
    pub fn frozen(at: Time) -> Self {
        Self::new(Inner::Frozen(at))
    }

    fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    fn get(&self) -> Inner {
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The desk's time, in whole milliseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now(&self) -> Time {
        let now = match self.get() {
            Inner::System => chrono::Utc::now(),
            Inner::From { base, origin, speed } => {
                let passed = Instant::now().saturating_duration_since(origin).mul_f64(speed);
                base + chrono::Duration::from_std(passed).unwrap_or(chrono::Duration::zero())
            }
            Inner::Frozen(at) => at,
        };
        Time::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// Desk seconds per real second: 1 but in a demo, 0 for a frozen one.
    #[must_use]
    pub fn speed(&self) -> f64 {
        match self.get() {
            Inner::System => 1.0,
            Inner::From { speed, .. } => speed,
            Inner::Frozen(_) => 0.0,
        }
    }

    /// Moves the clock to `to` at the same speed. The system's clock cannot be moved: nothing
    /// happens then. Never goes back.
    pub fn advance_to(&self, to: Time) {
        let now = self.now();
        if to <= now {
            return;
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        *inner = match *inner {
            Inner::System => Inner::System,
            Inner::From { speed, .. } => Inner::From { base: to, origin: Instant::now(), speed },
            Inner::Frozen(_) => Inner::Frozen(to),
        };
    }

    /// How long really to wait until the desk's time is `at`; at least a millisecond when it lies
    /// ahead, zero when it has come, and a day for a clock that stands still.
    #[must_use]
    pub fn until(&self, at: Time) -> Duration {
        let ahead = (at - self.now()).to_std().unwrap_or(Duration::ZERO);
        if ahead.is_zero() {
            return Duration::ZERO;
        }
        let speed = self.speed();
        if speed <= 0.0 {
            return Duration::from_secs(86_400);
        }
        ahead.div_f64(speed).max(Duration::from_millis(1))
    }

    /// Sleeps until the desk's time is `at`.
    pub async fn sleep_until(&self, at: Time) {
        tokio::time::sleep(self.until(at)).await;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_demo_clock_runs_faster_and_moves_forward_only() {
        let base = Time::from_timestamp(1_000_000, 0).unwrap();
        let clock = Clock::running_from(base, 30.0);
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!((clock.now() - base).num_seconds(), 180);
        assert_eq!(clock.until(base + chrono::Duration::seconds(210)), Duration::from_secs(1));
        clock.advance_to(base);
        assert_eq!((clock.now() - base).num_seconds(), 180);
        clock.advance_to(base + chrono::Duration::hours(1));
        assert_eq!((clock.now() - base).num_hours(), 1);
    }
}
