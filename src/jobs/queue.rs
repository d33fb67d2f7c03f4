//! Where solves wait for a worker: behind one small trait, so that a durable queue can take its place.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use uuid::Uuid;

use super::{lock, solve::Solve};

/// The queue takes no more for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// First in, first out.
pub trait Queue: Send + Sync {
    /// Appends a solve.
    fn push(&self, solve: Arc<Solve>) -> Result<(), Full>;

    /// Takes the first, waiting for one; none once the queue is closed.
    fn take(&self) -> Option<Arc<Solve>>;

    /// Takes this one out; false if it does not wait.
    fn withdraw(&self, id: Uuid) -> bool;

    /// Takes no more, gives no more.
    fn close(&self);
}

/// A bounded queue in memory.
pub struct MemoryQueue {
    most: usize,
    most_bytes: usize,
    line: Mutex<Line>,
    changed: Condvar,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Arc<Solve>>,
    bytes: usize,
    closed: bool,
}

impl MemoryQueue {
    /// Holds at most so many solves of so many bytes; a single one may be larger.
    pub fn new(most: usize, most_bytes: usize) -> Self {
        MemoryQueue { most, most_bytes, line: Mutex::default(), changed: Condvar::new() }
    }
}

impl Queue for MemoryQueue {
    fn push(&self, solve: Arc<Solve>) -> Result<(), Full> {
        let mut line = lock(&self.line);
        let too_many = line.waiting.len() >= self.most;
        let too_large = line.bytes > 0 && line.bytes + solve.bytes > self.most_bytes;
        if line.closed || too_many || too_large {
            return Err(Full);
        }
        line.bytes += solve.bytes;
        line.waiting.push_back(solve);
        self.changed.notify_one();
        Ok(())
    }

    fn take(&self) -> Option<Arc<Solve>> {
        let mut line = lock(&self.line);
        loop {
            if line.closed {
                return None;
            }
            if let Some(solve) = line.waiting.pop_front() {
                line.bytes -= solve.bytes;
                return Some(solve);
            }
            line = self.changed.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn withdraw(&self, id: Uuid) -> bool {
        let mut line = lock(&self.line);
        let Some(solve) = line.waiting.iter().position(|s| s.id == id).and_then(|k| line.waiting.remove(k)) else {
            return false;
        };
        line.bytes -= solve.bytes;
        true
    }

    fn close(&self) {
        lock(&self.line).closed = true;
        self.changed.notify_all();
    }
}
