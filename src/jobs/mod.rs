//! Solves that run beside the service: submitted, waiting in a queue, solved by threads of their own, kept for a while.

mod limits;
mod queue;
mod solve;
mod workers;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant as Moment},
};

use uuid::Uuid;

use self::queue::{MemoryQueue, Queue};
pub use self::{
    limits::Limits,
    queue::Full,
    solve::{Request, Snapshot, Solve, State},
    workers::Solver,
};

/// All solves of this process.
pub struct Jobs {
    queue: Arc<dyn Queue>,
    kept: Arc<Kept>,
    workers: Mutex<Vec<JoinHandle<()>>>,
}

impl Jobs {
    /// Starts the worker threads.
    pub fn start(limits: Limits, solver: Arc<Solver>) -> std::io::Result<Self> {
        let queue: Arc<dyn Queue> = Arc::new(MemoryQueue::new(limits.waiting, limits.waiting_bytes));
        let kept = Arc::new(Kept { limits, solves: Mutex::default() });
        let workers = (0..limits.workers)
            .map(|n| workers::start(n, queue.clone(), kept.clone(), solver.clone()))
            .collect::<Result<_, _>>()?;
        Ok(Jobs { queue, kept, workers: Mutex::new(workers) })
    }

    /// Queues a solve.
    pub fn submit(&self, request: Request) -> Result<Arc<Solve>, Full> {
        let solve = Arc::new(Solve::new(request));
        self.kept.add(&solve);
        if let Err(full) = self.queue.push(solve.clone()) {
            self.kept.remove(solve.id);
            return Err(full);
        }
        Ok(solve)
    }

    /// The solve with this id, while it is kept.
    pub fn get(&self, id: Uuid) -> Option<Arc<Solve>> {
        lock(&self.kept.solves).by_id.get(&id).cloned()
    }

    /// Asks a solve to end with its best; one that waits ends at once, without a calendar.
    pub fn stop(&self, solve: &Solve) {
        solve.stop.stop();
        if self.queue.withdraw(solve.id) && solve.withdraw() {
            self.kept.retire(solve.id);
        }
    }

    /// Stops a solve and forgets all of it.
    pub fn erase(&self, solve: &Solve) {
        self.stop(solve);
        self.kept.remove(solve.id);
    }

    /// Takes no more solves, stops all, and waits until they have ended or the time is over.
    pub fn close(&self, patience: Duration) {
        self.queue.close();
        let all: Vec<Arc<Solve>> = lock(&self.kept.solves).by_id.values().cloned().collect();
        all.iter().for_each(|solve| self.stop(solve));
        let deadline = Moment::now() + patience;
        for worker in lock(&self.workers).drain(..) {
            while !worker.is_finished() && Moment::now() < deadline {
                std::thread::sleep(Duration::from_millis(10));
            }
            if worker.is_finished() {
                // A worker survives its solves' panics; were it otherwise, there is nothing left to save.
                let _ = worker.join();
            }
        }
    }
}

/// Solves by id, and in which order they ended.
#[derive(Default)]
struct Table {
    by_id: HashMap<Uuid, Arc<Solve>>,
    ended: VecDeque<Uuid>,
    ended_bytes: usize,
}

/// What is kept: everything unfinished, and of what has ended as much as the limits allow, the oldest going first.
struct Kept {
    limits: Limits,
    solves: Mutex<Table>,
}

impl Kept {
    fn add(&self, solve: &Arc<Solve>) {
        lock(&self.solves).by_id.insert(solve.id, solve.clone());
    }

    fn remove(&self, id: Uuid) {
        let mut table = lock(&self.solves);
        let gone = table.by_id.remove(&id);
        if let Some(place) = table.ended.iter().position(|e| *e == id) {
            table.ended.remove(place);
            table.ended_bytes -= gone.map_or(0, |s| s.bytes);
        }
    }

    /// A solve has ended: from now on it may be evicted.
    fn retire(&self, id: Uuid) {
        let mut table = lock(&self.solves);
        let Some(bytes) = table.by_id.get(&id).map(|s| s.bytes) else { return };
        table.ended.push_back(id);
        table.ended_bytes += bytes;
        while table.ended.len() > self.limits.kept
            || (table.ended_bytes > self.limits.kept_bytes && table.ended.len() > 1)
        {
            let Some(oldest) = table.ended.pop_front() else { break };
            table.ended_bytes -= table.by_id.remove(&oldest).map_or(0, |s| s.bytes);
        }
    }
}

/// The data behind our locks is consistent after each statement, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
