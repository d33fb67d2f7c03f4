//! How much of a solve's budget is used up, by time or by rounds.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant as Moment},
};

use super::Stop;

/// What the search asks of time.
pub trait Clock: Sync {
    /// Share of the budget that is used up after so many rounds: 0 to 1, or more.
    fn spent(&self, rounds: u64) -> f64;
    /// Whether to end at once.
    fn over(&self) -> bool;
    /// When it ends, where that is by time.
    fn deadline(&self) -> Option<Moment>;
    /// Whether rounds count, and not time.
    fn by_rounds(&self) -> bool;
}

/// The budget of a solve: a deadline, rounds, or both.
#[derive(Debug)]
pub struct Budget<'a> {
    begin: Moment,
    length: Option<Duration>,
    rounds: Option<u64>,
    stop: &'a Stop,
    done: AtomicBool,
}

impl<'a> Budget<'a> {
    /// A budget that began at `begin`.
    pub fn new(begin: Moment, length: Option<Duration>, rounds: Option<u64>, stop: &'a Stop) -> Self {
        Budget { begin, length, rounds, stop, done: AtomicBool::new(false) }
    }

    /// Nothing better can be found: end.
    pub fn finish(&self) {
        self.done.store(true, Ordering::Relaxed);
    }
}

impl Clock for Budget<'_> {
    fn spent(&self, rounds: u64) -> f64 {
        if let Some(n) = self.rounds {
            return rounds as f64 / n.max(1) as f64;
        }
        let length = self.length.map_or(f64::INFINITY, |l| l.as_secs_f64());
        self.begin.elapsed().as_secs_f64() / length.max(1e-9)
    }

    fn over(&self) -> bool {
        self.stop.stopped()
            || self.done.load(Ordering::Relaxed)
            || self.deadline().is_some_and(|deadline| Moment::now() >= deadline)
    }

    fn deadline(&self) -> Option<Moment> {
        self.length.map(|length| self.begin + length)
    }

    fn by_rounds(&self) -> bool {
        self.rounds.is_some()
    }
}
