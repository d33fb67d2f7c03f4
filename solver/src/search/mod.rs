//! The search: construct → improve → bound. It always has an answer; every answer has passed the rules.

mod construct;
mod desk;
mod groups;
mod improve;
mod individuals;
mod neighbourhoods;
mod person;
mod random;
mod rebuild;
mod state;
mod tables;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant as Moment,
};

use serde::Serialize;

use self::{
    improve::{Incumbent, Snapshot},
    random::Chance,
    state::State,
    tables::Tables,
};
use crate::{
    calendar::Calendar,
    instance::{Instance, Placements},
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
}

impl Default for Options {
    fn default() -> Self {
        Options { seconds: Some(30.0), rounds: None, threads: 1, seed: 1, target_gap: 0.0, start: None }
    }
}

/// How far a solve has come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// Since the start of the solve.
    pub seconds: f64,
    /// What the search does: `construct`, `improve`, `bound`, `finished`.
    pub stage: &'static str,
    /// Cost of the best calendar so far.
    pub objective: Option<u64>,
    /// Proven lower bound so far.
    pub bound: u64,
    /// (objective − bound) / max(objective, 1).
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
    _watcher: &dyn Watcher,
    stop: &Stop,
) -> Result<Calendar, SolveError> {
    let begin = Moment::now();
    let broken = contradictions(instance);
    if !broken.is_empty() {
        return Err(SolveError::PinsContradict(broken));
    }
    let places = Placements::new(instance);
    let tables = Tables::new(instance, &places);
    let mut state = State::new(&tables);
    let mut chance = Chance::new(options.seed, 0);
    state.construct(&mut chance, &|| false);
    let incumbent = Incumbent::new(Snapshot::of(&state));
    let clock = Budget { begin, seconds: options.seconds, rounds: options.rounds, stop };
    std::thread::scope(|scope| {
        for k in 1..options.threads.max(1) {
            let (state, incumbent, clock) = (state.clone(), &incumbent, &clock);
            let chance = Chance::new(options.seed, k as u64);
            scope.spawn(move || improve::anneal(state, incumbent, clock, chance));
        }
        improve::anneal(state.clone(), &incumbent, &clock, chance);
    });
    let state = incumbent.get().restore(&tables);
    Calendar::write(instance, &state.bookings(), 0, begin.elapsed().as_secs_f64()).map_err(SolveError::Internal)
}

/// The budget of a solve: a deadline, rounds, or both.
struct Budget<'a> {
    begin: Moment,
    seconds: Option<f64>,
    rounds: Option<u64>,
    stop: &'a Stop,
}

impl improve::Clock for Budget<'_> {
    fn spent(&self, rounds: u64) -> f64 {
        if self.stop.stopped() {
            return 1.0;
        }
        let by_time = self.seconds.map_or(0.0, |s| self.begin.elapsed().as_secs_f64() / s.max(1e-9));
        let by_rounds = self.rounds.map_or(0.0, |n| rounds as f64 / n.max(1) as f64);
        if self.rounds.is_some() && by_time < 1.0 { by_rounds } else { by_time.max(by_rounds) }
    }
}
