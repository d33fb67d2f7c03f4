//! Scenarios solved beside the base: the base first, then each scenario from the base's calendar, as many at once as there
//! are threads; then what the calendars say of each other, and paired solves where that is not enough.
//!
//! What the scenarios get, the base gets too: it is solved once more from its first calendar, with the same seed and budget.
//! So a scenario that changes nothing differs in nothing, and no scenario is better only because it was solved longer.
//! A scenario of which the base's calendar breaks a rule goes the base's way: from nothing, and then once more.

mod compare;
mod crew;
pub(super) mod solve;

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use utoipa::ToSchema;

use self::crew::Crew;
use super::{
    Scenario,
    kpis::Kpis,
    uncertainty::{Rates, Uncertain},
    verdict::Verdict,
};
use crate::{
    calendar::Calendar,
    instance::Instance,
    problem::{Fault, GivenSession, Problem},
    search::{self, SolveError, Stop},
};

/// How to solve a comparison.
#[derive(Debug, Clone)]
pub struct WhatIf {
    /// Budget of each solve in seconds; none only together with `rounds`.
    pub seconds: Option<f64>,
    /// Budget of the whole in seconds; where it is short, each solve gets less.
    pub total_seconds: Option<f64>,
    /// Rounds of each solve; with them, and without seconds, nothing depends on the clock or on the threads.
    pub rounds: Option<u64>,
    /// Solves at once.
    pub threads: usize,
    /// Seed of every random choice.
    pub seed: u64,
    /// Whether every scenario is solved in pairs with the base, also where its verdict needs none.
    pub pair_all: bool,
    /// What may happen in a week: what becomes of each calendar is drawn, with the same chance for all.
    pub uncertainty: Option<Rates>,
    /// Calendars that an earlier attempt has found, by what [`Observer::solved`] called them: they are not searched again.
    pub kept: BTreeMap<String, Kept>,
}

/// A calendar that an earlier attempt of a comparison has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its sessions; they are judged again.
    pub sessions: Vec<GivenSession>,
    /// What was proven beside it.
    pub bound: u64,
    /// How long it took.
    pub seconds: f64,
}

impl Default for WhatIf {
    fn default() -> Self {
        WhatIf {
            seconds: Some(30.0),
            total_seconds: None,
            rounds: None,
            threads: 1,
            seed: 1,
            pair_all: false,
            uncertainty: None,
            kept: BTreeMap::new(),
        }
    }
}

/// A week solved, and what it is beside the base.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ScenarioSolved)]
pub struct Solved {
    /// Of the scenario; `base` for the base.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Sum of the penalties of its calendar.
    pub objective: u64,
    /// Proven lower bound on the objective of each of its calendars.
    pub bound: u64,
    /// (objective − bound) / max(objective, 1).
    pub gap: f64,
    /// What the calendar costs, by penalty.
    pub penalties: BTreeMap<&'static str, u64>,
    /// What a manager asks of it.
    pub kpis: Kpis,
    /// The calendar.
    pub calendar: Calendar,
    /// Its objective less the base's: below 0 it costs less.
    pub difference: i64,
    /// Better or worse than the base, and how that is known; null for the base itself.
    pub verdict: Option<Verdict>,
    /// What becomes of the calendar in weeks as they happen, where rates were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertain>,
}

/// A scenario that could not be solved.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ScenarioFailed)]
pub struct Failed {
    /// Of the scenario.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Why.
    pub errors: Vec<Fault>,
}

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ScenarioOutcome)]
pub enum Outcome {
    /// It was solved.
    Solved(Box<Solved>),
    /// It was not.
    Failed(Failed),
}

impl Outcome {
    /// The solved week, if it is one.
    pub fn solved(&self) -> Option<&Solved> {
        match self {
            Outcome::Solved(solved) => Some(solved),
            Outcome::Failed(_) => None,
        }
    }
}

/// The base and every scenario, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The problem as it is.
    pub base: Solved,
    /// The problem with things changed.
    pub scenarios: Vec<Outcome>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ScenarioStage)]
pub enum Stage {
    /// Its calendar is searched.
    Solving,
    /// Its calendar is there.
    Solved,
    /// It is compared with the base, by paired solves where needed.
    Comparing,
    /// All is known of it.
    Done,
    /// It can't be solved.
    Failed,
}

/// A step of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ScenarioStep)]
pub struct Step {
    /// Which scenario; `base` for the base.
    pub id: String,
    /// What is done with it.
    pub stage: Stage,
    /// Objective of its calendar, once there is one.
    pub objective: Option<u64>,
    /// What is proven of it.
    pub bound: Option<u64>,
    /// Scenarios of which all is known.
    pub done: usize,
    /// Scenarios.
    pub of: usize,
}

/// Told while a comparison runs, from several threads.
pub trait Observer: Sync {
    /// The search of the base, some times a second.
    fn progress(&self, _progress: &search::Progress) {}
    /// A step of a scenario or of the base.
    fn step(&self, _step: &Step) {}
    /// A calendar is there that another attempt can go on from: of a scenario by its id, of the base as `base/1`, `base/2`.
    fn solved(&self, _what: &str, _calendar: &Calendar) {}
    /// All is known of this scenario.
    fn outcome(&self, _outcome: &Outcome) {}
}

/// An observer that looks away.
pub struct Unobserved;
impl Observer for Unobserved {}

/// Solves the base and every scenario, and compares. A scenario that fails is told and stops no other; a stop keeps what is
/// solved, and the scenarios that were not begun fail as `stopped`.
pub fn what_if(
    problem: &Arc<Problem>,
    scenarios: &[Scenario],
    options: &WhatIf,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Comparison, SolveError> {
    let instance = Arc::new(Instance::new(problem.clone()));
    Crew::new(&instance, scenarios, options, observer, stop).compare()
}
