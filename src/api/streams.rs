//! Streams of events that are open, counted per token: each holds a connection for as long as it
//! lasts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many streams one token may have open: some browser windows.
const PER_TOKEN: usize = 8;

#[derive(Debug, Default)]
pub struct Streams {
    open: Mutex<HashMap<i64, usize>>,
}

/// A place among the streams, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    streams: Arc<Streams>,
    token: i64,
}

impl Streams {
    /// One more stream of this token; `None` when it has as many as it may.
    #[must_use]
    pub fn enter(self: &Arc<Self>, token: i64) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(token).or_default();
        if *count >= PER_TOKEN {
            return None;
        }
        *count += 1;
        Some(Place { streams: Arc::clone(self), token })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_few_streams_and_gets_their_places_back() {
        let streams = Arc::new(Streams::default());
        let mut places: Vec<Place> = (0..PER_TOKEN).filter_map(|_| streams.enter(1)).collect();
        assert_eq!(places.len(), PER_TOKEN);
        assert!(streams.enter(1).is_none());
        assert!(streams.enter(2).is_some());
        places.pop();
        assert!(streams.enter(1).is_some());
        drop(places);
        assert!(streams.open.lock().unwrap().is_empty());
    }
}
