//! What a worker is given, what it does with it, and what it gives back: a runner on a thread of its own, at lower
//! priority than serving.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
pub type Runner = dyn Fn(&Work, &dyn Audience, &Stop) -> Result<Answer, Failure> + Send + Sync;

/// What a solve gives.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A week.
    Calendar(Box<Calendar>),
    /// Anything else that was asked for.
    Report(Report),
}

/// An answer that is no calendar, such as the plans of a replan.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What it says: a JSON object.
    pub json: Vec<u8>,
    /// Cost of the best calendar in it.
    pub objective: Option<u64>,
}

impl From<Calendar> for Answer {
    fn from(calendar: Calendar) -> Self {
        Answer::Calendar(Box::new(calendar))
    }
}

/// Told while a solve runs: what the search says, and what of a report is there already.
pub trait Audience: Watcher {
    /// The report as it is so far.
    fn report(&self, report: Report);
}

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
    /// The span of the request that it came in with.
    pub trace: Option<String>,
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
    latest: Mutex<News>,
    pub news: Notify,
}

/// The latest of each kind.
#[derive(Default)]
pub struct News {
    pub progress: Option<Progress>,
    pub calendar: Option<Arc<Calendar>>,
    pub report: Option<Report>,
}

impl Desk {
    /// Takes what is there.
    pub fn take(&self) -> News {
        std::mem::take(&mut *self.latest())
    }

    fn latest(&self) -> MutexGuard<'_, News> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher for Desk {
    fn progress(&self, progress: &Progress) {
        self.latest().progress = Some(progress.clone());
    }

    fn improved(&self, calendar: Arc<Calendar>) {
        self.latest().calendar = Some(calendar);
        self.news.notify_one();
    }
}

impl Audience for Desk {
    fn report(&self, report: Report) {
        self.latest().report = Some(report);
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
) -> oneshot::Receiver<Result<Answer, Failure>> {
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
