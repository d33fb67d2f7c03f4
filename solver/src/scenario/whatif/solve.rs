//! One solve of a comparison: within its budget, and never the end of the others.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use super::WhatIf;
use crate::{
    calendar::Calendar,
    instance::Instance,
    problem::{Fault, GivenSession},
    scenario::paired::PAIRS,
    search::{self, Options, SolveError, Stop, Watcher},
};

/// Share of a long solve that a paired one gets.
const SHORT: f64 = 0.1;
/// The least that any solve gets, in seconds.
const LEAST: f64 = 0.2;

/// The budget of each solve.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    seconds: Option<f64>,
    rounds: Option<u64>,
    until: Option<Moment>,
}

impl Budget {
    /// The budget of a long solve: what is asked, or less where the whole would take too long. `solves` are the long ones,
    /// the first of which has all threads for itself.
    pub fn of(options: &WhatIf, solves: usize) -> Self {
        let threads = options.threads.max(1) as f64;
        // One turn of the threads after the other, two solves each where the base's calendar does not stay one, each with
        // its paired solves, and those of the base.
        let turns = (solves as f64 / threads).ceil();
        let shares = 1.0 + 2.0 * turns + (turns + 1.0) * SHORT * PAIRS as f64;
        let seconds = match (options.seconds, options.total_seconds) {
            (Some(each), Some(total)) => Some(each.min(total / shares)),
            (None, Some(total)) if options.rounds.is_none() => Some(total / shares),
            (each, _) => each,
        };
        let until = options.total_seconds.map(|total| Moment::now() + Duration::from_secs_f64(total.max(0.0)));
        Budget { seconds, rounds: options.rounds, until }
    }

    /// The budget of each of so many solves that are done one after the other.
    pub fn shared(options: &WhatIf, solves: usize) -> Self {
        let share = options.total_seconds.map(|total| total / solves.max(1) as f64);
        let seconds = match (options.seconds, share) {
            (Some(each), Some(share)) => Some(each.min(share)),
            (None, Some(share)) if options.rounds.is_none() => Some(share),
            (each, _) => each,
        };
        Budget { seconds, ..Budget::of(options, 1) }
    }

    /// The budget of a paired solve.
    pub fn short(self) -> Self {
        let rounds = self.rounds.map(|rounds| ((rounds as f64 * SHORT) as u64).max(1));
        Budget { seconds: self.seconds.map(|s| s * SHORT), rounds, ..self }
    }

    /// Whether nothing depends on the clock.
    pub fn by_rounds(self) -> bool {
        self.rounds.is_some() && self.seconds.is_none() && self.until.is_none()
    }

    /// Seconds that the next solve may take.
    fn next(self) -> Option<f64> {
        let left = self.until.map(|until| until.saturating_duration_since(Moment::now()).as_secs_f64());
        match (self.seconds, left) {
            (Some(seconds), Some(left)) => Some(seconds.min(left).max(LEAST)),
            (Some(seconds), None) => Some(seconds.max(LEAST)),
            (None, Some(left)) => Some(left.max(LEAST)),
            (None, None) => None,
        }
    }
}

/// How one solve goes.
#[derive(Clone, Copy)]
pub struct How<'a> {
    /// Its budget.
    pub budget: Budget,
    /// Its threads.
    pub threads: usize,
    /// Its seed.
    pub seed: u64,
    /// Whether a bound is worked on.
    pub prove: bool,
    /// The calendar that it starts from.
    pub start: Option<&'a [GivenSession]>,
}

/// Solves an instance; a panic is a fault like any other.
pub fn solve(instance: &Arc<Instance>, how: &How, watcher: &dyn Watcher, stop: &Stop) -> Result<Calendar, SolveError> {
    let options = Options {
        seconds: how.budget.next(),
        rounds: how.budget.rounds,
        threads: how.threads,
        seed: how.seed,
        start: how.start.map(<[GivenSession]>::to_vec),
        prove: how.prove,
        ..Options::default()
    };
    let solved = catch_unwind(AssertUnwindSafe(|| search::solve(instance, &options, watcher, stop)));
    solved.unwrap_or_else(|_| Err(SolveError::Internal(Vec::new())))
}

/// Why a solve gave nothing, as a fault at a place of the scenarios.
pub fn fault(at: &str, error: &SolveError) -> Fault {
    let (code, detail, hint) = match error {
        SolveError::PinsContradict(broken) => {
            let first = broken.first().map_or(String::new(), |v| format!(" {}: {}", v.rule, v.detail));
            ("pins-contradict", format!("Its pinned sessions contradict the hard rules.{first}"), None)
        }
        SolveError::Internal(_) => {
            let hint = "Another seed may help; the other scenarios are not concerned.".to_owned();
            ("internal", "The search ended unexpectedly.".to_owned(), Some(hint))
        }
    };
    Fault { pointer: at.to_owned(), path: at.to_owned(), code, detail, hint }
}
