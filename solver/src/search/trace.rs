//! A trace of every try, for those who tune the search: which neighbourhood, how large, what it brought.

use std::sync::{Arc, Mutex};

use serde::Serialize;

/// One try.
#[derive(Debug, Clone, Serialize)]
pub struct Try {
    /// Seconds since the start of the solve.
    pub seconds: f64,
    /// Which thread.
    pub thread: usize,
    /// Share of the budget used up.
    pub spent: f64,
    /// Which neighbourhood.
    pub neighbourhood: &'static str,
    /// Changes made.
    pub size: usize,
    /// Cost before.
    pub before: i64,
    /// Cost after.
    pub after: i64,
    /// Whether it was kept.
    pub accepted: bool,
}

/// Where tries are told.
pub type Listener = Arc<Mutex<dyn FnMut(&Try) + Send>>;

/// A thread's end of the trace; silent by default.
#[derive(Clone, Default)]
pub struct Trace {
    to: Option<(Listener, usize, Option<std::time::Instant>)>,
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trace").field("listening", &self.to.is_some()).finish()
    }
}

impl Trace {
    /// The trace of one thread of a solve that began at `begin`.
    pub fn new(listener: Option<Listener>, thread: usize, begin: std::time::Instant) -> Self {
        Trace { to: listener.map(|l| (l, thread, Some(begin))) }
    }

    /// Tells a try.
    pub fn tried(
        &mut self,
        neighbourhood: &'static str,
        size: usize,
        before: i64,
        after: i64,
        accepted: bool,
        spent: f64,
    ) {
        if let Some((listener, thread, begin)) = &self.to {
            let seconds = begin.map_or(0.0, |b| b.elapsed().as_secs_f64());
            let tried = Try { seconds, thread: *thread, spent, neighbourhood, size, before, after, accepted };
            if let Ok(mut tell) = listener.lock() {
                tell(&tried);
            }
        }
    }
}
