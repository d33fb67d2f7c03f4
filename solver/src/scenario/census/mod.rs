//! How many more people can be taken with a level of service held, and what stops the next one.
//!
//! People are copies of participants. Each number of them is solved from the best calendar with fewer; the largest that holds
//! is found by doubling and halving, and the next one is tried again with other seeds before it is given up.

mod bottleneck;
mod given;
mod mix;

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use self::mix::Mix;
pub use self::{
    bottleneck::{AtSite, Bottleneck},
    given::{Profile, Profiles, read, schema},
};
use super::{
    edits::{self, Edit},
    kpis,
    level::{Reached, ServiceLevel},
    whatif::{
        Observer, Stage, Step, WhatIf,
        solve::{Budget, How, solve},
    },
};
use crate::{
    calendar::Calendar,
    instance::{Booked, Instance},
    problem::{GivenSession, Problem},
    search::{SolveError, Stop, Unwatched},
};

/// Solves of a census that the whole budget is shared by.
const SOLVES: usize = 16;
/// How often the number after the largest is tried before it is given up.
const TRIES: u64 = 3;

/// One number of people, tried.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CensusTried)]
pub struct Tried {
    /// How many more.
    pub additional: u64,
    /// What was reached.
    pub reached: Reached,
}

/// What stops the next one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CensusNext)]
pub struct Next {
    /// Whose copy it would be.
    pub like: String,
    /// How many more there are in the week that is looked at; 0 where the level does not even hold today.
    pub additional: u64,
    /// What is reached in it.
    pub reached: Reached,
    /// What stands in the way.
    pub bottleneck: Bottleneck,
}

/// How many more can be taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Census {
    /// How many.
    pub additional: u64,
    /// What must hold.
    pub service_level: ServiceLevel,
    /// What is reached with nobody more.
    pub today: Reached,
    /// What is reached with all of them.
    pub reached: Reached,
    /// The edits that add them.
    pub edits: Vec<Edit>,
    /// The calendar with all of them.
    pub calendar: Calendar,
    /// What stops the next one; null where the most that was asked for can be taken, or where it was stopped.
    pub next: Option<Next>,
    /// Every number that was tried, in turn.
    pub tried: Vec<Tried>,
}

/// A week with so many more, solved.
struct Taken {
    instance: Arc<Instance>,
    calendar: Calendar,
    reached: Reached,
}

/// The work of a census.
struct Counting<'a> {
    problem: &'a Arc<Problem>,
    level: ServiceLevel,
    mix: Mix,
    options: &'a WhatIf,
    budget: Budget,
    observer: &'a dyn Observer,
    stop: &'a Stop,
    tried: Vec<Tried>,
}

/// How many more can be taken. The profiles must have no [`Profiles::faults`].
pub fn census(
    problem: &Arc<Problem>,
    asked: &Profiles,
    options: &WhatIf,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Census, SolveError> {
    let mix = Mix::new(problem, asked, options.seed);
    let budget = Budget::shared(options, SOLVES);
    let counting = Counting { problem, level: asked.level, mix, options, budget, observer, stop, tried: Vec::new() };
    counting.count(asked.most)
}

impl Counting<'_> {
    fn count(mut self, most: u64) -> Result<Census, SolveError> {
        let today = self.take(0, None, 0)?;
        let at_present = today.reached;
        let (mut held, mut best) = (0, today);
        let mut failed: Option<(u64, Taken)> = None;
        let most = if self.mix.is_empty() { 0 } else { most };
        if !best.reached.holds {
            // Not even today: what stops the next one is what is missing now.
            let now = Taken { instance: best.instance.clone(), calendar: best.calendar.clone(), reached: at_present };
            return Ok(self.told(0, at_present, best, Some((0, now))));
        }
        let mut step = 1;
        while !self.stop.stopped() && held < most {
            let (next, again) = match &failed {
                None => ((held + step).min(most), false),
                Some((n, _)) if *n > held + 1 => (held + (n - held) / 2, false),
                Some((n, _)) => (*n, true),
            };
            let mut taken = self.take(next, Some(&best), u64::from(again))?;
            let mut turn = 2;
            while again && !taken.reached.holds && turn < TRIES && !self.stop.stopped() {
                taken = self.take(next, Some(&best), turn)?;
                turn += 1;
            }
            if taken.reached.holds {
                (held, best) = (next, taken);
                failed = failed.filter(|(n, _)| *n > held);
                step *= 2;
            } else {
                failed = Some((next, taken));
                if again {
                    break;
                }
            }
        }
        Ok(self.told(held, at_present, best, failed))
    }

    /// Solves the week with so many more.
    fn take(&mut self, additional: u64, from: Option<&Taken>, turn: u64) -> Result<Taken, SolveError> {
        let instance = self.with(&self.mix.edits(additional));
        let taken = self.solve(instance, from.map(|f| &f.calendar), turn)?;
        self.tried.push(Tried { additional, reached: taken.reached });
        self.observer.step(&Step {
            id: format!("+{additional}"),
            stage: Stage::Solved,
            objective: Some(taken.calendar.objective),
            bound: Some(taken.calendar.bound),
            done: self.tried.len(),
            of: self.tried.len(),
        });
        Ok(taken)
    }

    /// The problem with some edits, compiled; copies of what is there can always be made.
    fn with(&self, edits: &[Edit]) -> Arc<Instance> {
        let problem = edits::apply(self.problem, edits).map_or_else(|_| self.problem.clone(), Arc::new);
        Arc::new(Instance::new(problem))
    }

    fn solve(&self, instance: Arc<Instance>, start: Option<&Calendar>, turn: u64) -> Result<Taken, SolveError> {
        let start: Option<Vec<GivenSession>> = start.map(|c| c.sessions.iter().map(GivenSession::from).collect());
        let how = How {
            budget: self.budget,
            threads: if self.budget.by_rounds() { 1 } else { self.options.threads },
            seed: self.options.seed.wrapping_add(turn),
            prove: false,
            start: start.as_deref(),
        };
        let calendar = solve(&instance, &how, &Unwatched, self.stop)?;
        let reached = self.level.of(&dose(&instance, &calendar));
        Ok(Taken { instance, calendar, reached })
    }

    fn told(self, additional: u64, today: Reached, best: Taken, failed: Option<(u64, Taken)>) -> Census {
        let next = failed.map(|(number, failed)| Next {
            like: self.mix.at(additional),
            additional: number,
            reached: failed.reached,
            bottleneck: bottleneck::find(&self, &self.mix.edits(number), &failed),
        });
        Census {
            additional,
            service_level: self.level,
            today,
            reached: best.reached,
            edits: self.mix.edits(additional),
            calendar: best.calendar,
            next,
            tried: self.tried,
        }
    }
}

/// How much of the care a calendar of this instance gives.
pub(super) fn dose(instance: &Instance, calendar: &Calendar) -> kpis::DoseMet {
    let sessions: Vec<Booked> = calendar.sessions.iter().map(|s| instance.book(&s.into())).collect();
    kpis::dose_met(instance, &sessions, calendar)
}
