//! One solve: what was asked, how far it is, the best calendar so far. Watchers see each change.

use std::{
    sync::{Arc, Mutex},
    time::Instant as Moment,
};

use careweave_solver::{
    calendar::Calendar,
    instance::Instance,
    problem::Problem,
    search::{Options, Progress, Stop, Watcher},
};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;
use uuid::Uuid;

use super::lock;
use crate::failure::Failure;

/// What is to be solved.
pub struct Request {
    /// The week.
    pub instance: Arc<Instance>,
    /// How.
    pub options: Options,
    /// Size of the request as it came in.
    pub bytes: usize,
}

/// Where a solve stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits for a worker.
    Queued,
    /// It is being solved.
    Running,
    /// It ended by itself.
    Finished,
    /// It was stopped; its best calendar, if there was one, is kept.
    Stopped,
    /// It ended without an answer.
    Failed,
}

impl State {
    /// Whether nothing changes any more.
    pub fn ended(self) -> bool {
        !matches!(self, State::Queued | State::Running)
    }
}

/// A solve at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub state: State,
    /// When it began to run.
    pub begun: Option<Moment>,
    /// What the search last said.
    pub progress: Option<Progress>,
    /// The best calendar so far.
    pub calendar: Option<Arc<Calendar>>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// A solve.
pub struct Solve {
    pub id: Uuid,
    pub problem: Arc<Problem>,
    pub bytes: usize,
    pub stop: Stop,
    /// Taken by the worker, so that it does not outlive the search.
    work: Mutex<Option<(Arc<Instance>, Options)>>,
    now: watch::Sender<Snapshot>,
}

impl Solve {
    pub fn new(request: Request) -> Self {
        let queued = Snapshot { state: State::Queued, begun: None, progress: None, calendar: None, failure: None };
        Solve {
            id: Uuid::new_v4(),
            problem: request.instance.problem.clone(),
            bytes: request.bytes,
            stop: Stop::default(),
            work: Mutex::new(Some((request.instance, request.options))),
            now: watch::Sender::new(queued),
        }
    }

    /// The solve as it is now.
    pub fn snapshot(&self) -> Snapshot {
        self.now.borrow().clone()
    }

    /// Sees each change from now on.
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.now.subscribe()
    }

    /// Begins to run: the work, unless it was withdrawn before.
    pub fn begin(&self) -> Option<(Arc<Instance>, Options)> {
        let work = lock(&self.work).take()?;
        let begun = self.now.send_if_modified(|s| {
            let queued = s.state == State::Queued;
            if queued {
                (s.state, s.begun) = (State::Running, Some(Moment::now()));
            }
            queued
        });
        if begun { Some(work) } else { None }
    }

    /// Ends a solve that still waits; false if it does not.
    pub fn withdraw(&self) -> bool {
        lock(&self.work).take();
        self.now.send_if_modified(|s| {
            let queued = s.state == State::Queued;
            if queued {
                s.state = State::Stopped;
            }
            queued
        })
    }

    /// The search has ended.
    pub fn end(&self, result: Result<Calendar, Failure>) {
        self.now.send_modify(|s| match result {
            Ok(calendar) => {
                s.state = if self.stop.stopped() { State::Stopped } else { State::Finished };
                s.calendar = Some(Arc::new(calendar));
            }
            Err(failure) => {
                s.state = State::Failed;
                s.failure = Some(failure);
            }
        });
    }
}

/// Seconds after which a solve is stopped: what has rounds and no deadline shall not hold its worker for ever.
const LONGEST: f64 = 3600.0;

impl Watcher for Solve {
    fn progress(&self, progress: &Progress) {
        if progress.seconds > LONGEST {
            self.stop.stop();
        }
        self.now.send_modify(|s| s.progress = Some(progress.clone()));
    }

    fn improved(&self, calendar: Arc<Calendar>) {
        self.now.send_modify(|s| s.calendar = Some(calendar));
    }
}
