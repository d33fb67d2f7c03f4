//! Further goals of a solve: fairness, few contacts. They order calendars beside the objective, which stays what it is.
//!
//! [`solve`] solves as always, and then moves to calendars that follow the goals better and cost at most a share more than
//! the best that was found. The goals come in an order: a later one is followed only where it takes nothing from those
//! before.

mod desk;
mod follow;
mod measure;
#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::measure::{Followed, Told};
use self::{desk::Desk, follow::Effort};
use crate::{
    calendar::Calendar,
    instance::{Booked, Instance},
    problem::GivenSession,
    search::{self, Options, Progress, SolveError, Stop, Watcher},
};

/// Something to follow beside the objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// As few people as possible for whom anything differs from `previous`.
    FewContacts,
    /// The largest burden of a participant is as small as possible, then the second largest, and so on.
    LargestBurden,
    /// The sum of the squared burdens of the participants is as small as possible.
    QuadraticBurden,
}

impl Goal {
    /// All of them.
    pub const ALL: [Goal; 3] = [Goal::FewContacts, Goal::LargestBurden, Goal::QuadraticBurden];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Goal::FewContacts => "few_contacts",
            Goal::LargestBurden => "largest_burden",
            Goal::QuadraticBurden => "quadratic_burden",
        }
    }
}

/// What to follow, and what it may cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Goals {
    /// The goals, the most important first; each once.
    pub follow: Vec<Goal>,
    /// By which share the objective may be above the best one found.
    pub within: f64,
}

/// The share by default.
pub const WITHIN: f64 = 0.02;

impl Default for Goals {
    fn default() -> Self {
        Goals { follow: Vec::new(), within: WITHIN }
    }
}

/// Share of the seconds that is left for following goals.
const SHARE: f64 = 0.2;
/// Changes that are weighed for each round of a solve without seconds.
const STEPS: usize = 20;
/// Changes that are weighed at most.
const MOST: usize = 200_000;

/// Solves a week, then follows the goals from the best calendar found. Without goals it is [`search::solve`].
pub fn solve(
    instance: &Arc<Instance>,
    options: &Options,
    goals: &Goals,
    watcher: &dyn Watcher,
    stop: &Stop,
) -> Result<Calendar, SolveError> {
    if goals.follow.is_empty() {
        return search::solve(instance, options, watcher, stop);
    }
    let begin = Moment::now();
    let first = Options { seconds: options.seconds.map(|s| s * (1.0 - SHARE)), ..options.clone() };
    let best = search::solve(instance, &first, &NotTheEnd(watcher), stop)?;
    let effort = Effort {
        deadline: options.seconds.map(|s| begin + Duration::from_secs_f64(s.max(0.0))),
        steps: match (options.rounds, options.seconds) {
            (Some(rounds), None) => usize::try_from(rounds).unwrap_or(MOST).saturating_mul(STEPS).min(MOST),
            _ => MOST,
        },
        stop,
    };
    let mut calendar = follow(instance, &best, goals, &effort);
    calendar.seconds = begin.elapsed().as_secs_f64();
    watcher.improved(Arc::new(calendar.clone()));
    watcher.progress(&Progress {
        seconds: calendar.seconds,
        stage: "finished",
        objective: Some(calendar.objective),
        bound: calendar.bound,
        gap: Some(calendar.gap),
        rounds: options.rounds.unwrap_or(0),
    });
    Ok(calendar)
}

/// A calendar that follows the goals better than one that breaks no rule, within their share of its objective.
fn follow(instance: &Arc<Instance>, best: &Calendar, goals: &Goals, effort: &Effort) -> Calendar {
    let given: Vec<GivenSession> = best.sessions.iter().map(Into::into).collect();
    let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
    let mut desk = Desk::new(instance, sessions, goals);
    let before = desk.measures();
    desk.follow(effort);
    let told = Told::new(goals, best.objective, &before, &desk.measures());
    let written = Calendar::write(instance, desk.sessions(), best.bound, best.seconds);
    // What was weighed part by part has passed; if the whole does not, the best calendar stays.
    let mut calendar = match written {
        Ok(calendar) => Calendar { goals: Some(told), ..calendar },
        Err(_) => Calendar { goals: Some(Told::new(goals, best.objective, &before, &before)), ..best.clone() },
    };
    calendar.warnings.clone_from(&best.warnings);
    calendar
}

/// Passes on what a search says, but not that all is over.
struct NotTheEnd<'a>(&'a dyn Watcher);

impl Watcher for NotTheEnd<'_> {
    fn progress(&self, progress: &Progress) {
        if progress.stage != "finished" {
            self.0.progress(progress);
        }
    }

    fn improved(&self, calendar: Arc<Calendar>) {
        self.0.improved(calendar);
    }
}
