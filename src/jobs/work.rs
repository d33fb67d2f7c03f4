//! What a worker is given, and what it does with it: a runner on a thread of its own, at lower priority than serving.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use careweave_solver::{
    calendar::Calendar,
    search::{Progress, Stop, Watcher},
};
use tokio::sync::{Notify, oneshot};

use super::{Before, Figures};
use crate::failure::Failure;

/// What solves: reads the request of the work and searches.
pub type Runner = dyn Fn(&Work, &dyn Watcher, &Stop) -> Result<Calendar, Failure> + Send + Sync;

/// A claimed solve.
#[derive(Debug, Default)]
pub struct Work {
    pub kind: String,
    pub body: Vec<u8>,
    /// The best calendar of the attempts before, as JSON.
    pub best: Option<Vec<u8>>,
    /// Its objective.
    pub best_objective: Option<u64>,
    pub before: Before,
}

impl Work {
    pub fn new(kind: String, body: Vec<u8>, progress: Option<&str>, spent: i64) -> Self {
        let figures: Figures = progress.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let before = Before { seconds: spent as f64 / 1000.0, rounds: figures.rounds, bound: figures.bound };
        Work { kind, body, before, ..Work::default() }
    }

    /// Begins from the best of the attempts before.
    pub fn resume_from(&mut self, calendar: Vec<u8>, objective: i64, bound: i64) {
        self.best = Some(calendar);
        self.best_objective = u64::try_from(objective).ok();
        self.before.bound = self.before.bound.max(u64::try_from(bound).unwrap_or(0));
    }

    /// A calendar with what the attempts before have spent, and the best bound that was proved.
    pub fn complete(&self, calendar: &Calendar, bound: u64) -> Calendar {
        let mut calendar = calendar.clone();
        calendar.seconds += self.before.seconds;
        calendar.set_bound(calendar.bound.max(self.before.bound).max(bound));
        calendar
    }
}

/// What the search has said and nobody has written down yet.
#[derive(Default)]
pub struct Desk {
    latest: Mutex<(Option<Progress>, Option<Arc<Calendar>>)>,
    pub news: Notify,
}

impl Desk {
    /// Takes what is there.
    pub fn take(&self) -> (Option<Progress>, Option<Arc<Calendar>>) {
        std::mem::take(&mut *self.latest.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watcher for Desk {
    fn progress(&self, progress: &Progress) {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).0 = Some(progress.clone());
    }

    fn improved(&self, calendar: Arc<Calendar>) {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(calendar);
        self.news.notify_one();
    }
}

/// How far solves stand behind the threads that serve; see [`careweave_solver::search::give_way`].
const BEHIND: u8 = 10;

/// Runs the work; the answer comes when the search has ended.
pub fn run(
    work: Arc<Work>,
    runner: Arc<Runner>,
    desk: Arc<Desk>,
    stop: Stop,
) -> oneshot::Receiver<Result<Calendar, Failure>> {
    let (tell, told) = oneshot::channel();
    let spawned = thread::Builder::new().name("solver".into()).spawn(move || {
        careweave_solver::search::give_way(BEHIND);
        let result = catch_unwind(AssertUnwindSafe(|| runner(&work, &*desk, &stop)));
        let unexpected = || Failure::Internal("The search ended unexpectedly; another seed may help.".into());
        // Whoever asked may be gone with the process.
        let _ = tell.send(result.unwrap_or_else(|_| Err(unexpected())));
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread for a solve");
    }
    told
}
