//! The search: construct → improve → bound. It always has an answer; every answer has passed the rules.

pub(crate) mod admit;
mod bookings;
mod chains;
mod clock;
mod construct;
mod desk;
mod driver;
mod exchange;
mod facts;
mod groups;
mod hours;
mod improve;
mod incumbent;
mod individuals;
mod neighbourhoods;
mod openings;
mod own_cost;
mod person;
pub(crate) mod places;
mod planner;
mod priority;
mod prove;
mod random;
mod reach;
mod rearrange;
mod rebuild;
pub(crate) mod repair;
mod rooms;
mod rosters;
mod run;
mod state;
mod submodel;
mod switches;
mod tables;
mod trace;
mod warm;

#[cfg(test)]
mod tests;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde::Serialize;

pub use self::{
    priority::give_way,
    trace::{Listener, Try},
};
use crate::{
    calendar::Calendar,
    instance::Instance,
    problem::GivenSession,
    rules::{self, Violation},
};

/// How to solve.
#[derive(Debug, Clone)]
pub struct Options {
    /// Budget in seconds, from the call on; none only together with `rounds`.
    pub seconds: Option<f64>,
    /// Rounds of improvement; with it nothing depends on the clock unless `seconds` is given too.
    pub rounds: Option<u64>,
    /// Threads to use.
    pub threads: usize,
    /// Seed of every random choice.
    pub seed: u64,
    /// Stop once the gap is at most this.
    pub target_gap: f64,
    /// A calendar to start from; what of it breaks a rule is repaired or left out.
    pub start: Option<Vec<GivenSession>>,
    /// Whether a bound is worked on beside the search.
    pub prove: bool,
    /// Told every try of the search.
    pub trace: TraceTo,
}

/// Where the tries of a search are told; nowhere by default.
#[derive(Clone, Default)]
pub struct TraceTo(pub Option<Listener>);

impl std::fmt::Debug for TraceTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "traced" } else { "untraced" })
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            seconds: Some(30.0),
            rounds: None,
            threads: 1,
            seed: 1,
            target_gap: 0.0,
            start: None,
            prove: true,
            trace: TraceTo(None),
        }
    }
}

/// How far a solve has come.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Progress {
    /// Since the start of the solve.
    pub seconds: f64,
    /// What the search does: `construct`, `improve`, `bound`, `finished`.
    pub stage: &'static str,
    /// Cost of the best calendar so far; null before the first.
    #[schema(required)]
    pub objective: Option<u64>,
    /// Proven lower bound so far.
    pub bound: u64,
    /// (objective − bound) / max(objective, 1); null before the first calendar.
    #[schema(required)]
    pub gap: Option<f64>,
    /// Rounds of improvement done.
    pub rounds: u64,
}

/// Told while a solve runs, from threads of its own. Calls may come late but never block the search for long.
pub trait Watcher: Send + Sync {
    /// Some times a second, and at each change of stage.
    fn progress(&self, _progress: &Progress) {}
    /// A better calendar, at most a few a second.
    fn improved(&self, _calendar: Arc<Calendar>) {}
}

/// A watcher that looks away.
pub struct Unwatched;
impl Watcher for Unwatched {}

/// Stops a solve from outside; clones share the switch.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ask the solve to end with its best calendar.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    pub fn stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why a solve gives no calendar.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SolveError {
    /// Pins or facts of `previous` contradict the hard rules.
    #[error("the pinned sessions contradict the hard rules")]
    PinsContradict(Vec<Violation>),
    /// A calendar that the search made did not pass the rules: a fault of ours.
    #[error("internal fault: the calendar found breaks {0:?}")]
    Internal(Vec<Violation>),
}

/// What pins and facts contradict among the hard rules; empty: nothing.
pub fn contradictions(instance: &Instance) -> Vec<Violation> {
    let kept: Vec<_> = instance.previous.iter().filter(|p| p.kept()).map(|p| p.booked.clone()).collect();
    rules::judge(instance, &kept).violations
}

/// Solves a week: the best calendar found within the budget.
pub fn solve(
    instance: &Arc<Instance>,
    options: &Options,
    watcher: &dyn Watcher,
    stop: &Stop,
) -> Result<Calendar, SolveError> {
    run::run(instance, options, watcher, stop)
}
