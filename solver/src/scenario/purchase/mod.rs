//! The cheapest things from a price list with which a demand is served.
//!
//! An integer program chooses the cheapest set that has minutes enough, summed over the week; the week with it is solved. If
//! the level does not hold, the set and all that is part of it are cut off, and the next cheapest is tried. Things are taken
//! to help or do nothing; so what the program finds at first is a lower bound of the cost.

mod capacity;
mod given;
mod model;

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::given::{Item, Prices, read, schema};
use self::{
    capacity::Capacity,
    model::{Gain, Model},
};
use super::{
    census::dose,
    edits::{self, Edit},
    level::{Reached, ServiceLevel},
    whatif::{
        Observer, Stage, Step, WhatIf,
        solve::{Budget, How, solve},
    },
};
use crate::{
    calendar::Calendar,
    instance::Instance,
    problem::{Fault, Faults, GivenSession, Problem},
    search::{SolveError, Stop, Unwatched},
};

/// Most sets that are solved.
const TRIES: usize = 12;

/// So many of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bought {
    /// Which.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// How many.
    pub count: u64,
    /// What they cost together.
    pub cost: u64,
}

/// A set that was solved.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TriedSet {
    /// What it costs.
    pub cost: u64,
    /// What it has.
    pub items: Vec<Bought>,
    /// What is reached with it.
    pub reached: Reached,
}

/// What to buy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Purchase {
    /// Whether the level holds with it, in a calendar.
    pub served: bool,
    /// What it costs.
    pub cost: u64,
    /// What any set that serves the demand costs at least; null where nothing on the list can serve it.
    pub lower_bound: Option<u64>,
    /// What to buy.
    pub items: Vec<Bought>,
    /// The demand and what is bought, as edits.
    pub edits: Vec<Edit>,
    /// What must hold.
    pub service_level: ServiceLevel,
    /// What is reached with it.
    pub reached: Reached,
    /// The calendar of the week with it.
    pub calendar: Calendar,
    /// Every set that was solved, in turn.
    pub tried: Vec<TriedSet>,
}

/// The problem with the demand, and with one of each thing; what of the edits can't be made is told by its place.
pub struct Shop {
    demand: Arc<Instance>,
    gains: Vec<Gain>,
    all: Capacity,
}

impl Shop {
    /// Makes every edit once.
    pub fn open(problem: &Problem, prices: &Prices) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let at = |pointer: String, found: Faults| {
            found.0.into_iter().map(move |f| Fault { pointer: format!("{pointer}{}", f.pointer), ..f })
        };
        let demand = match edits::apply(problem, &prices.demand) {
            Ok(problem) => Arc::new(Instance::new(Arc::new(problem))),
            Err(found) => {
                faults.extend(at("/demand".to_owned(), found));
                return Err(faults);
            }
        };
        let mut gains = Vec::new();
        for (k, item) in prices.items.iter().enumerate() {
            // As many as can be had must be possible, too.
            let often = |n: u64| (0..n).flat_map(|_| item.edits.clone()).collect::<Vec<Edit>>();
            let made = edits::apply(&demand.problem, &often(item.most)).and(edits::apply(&demand.problem, &often(1)));
            match made {
                Ok(problem) => gains.push(Gain { with: Capacity::of(&Instance::new(Arc::new(problem))) }),
                Err(found) => faults.extend(at(format!("/prices/{k}/edits"), found)),
            }
        }
        let everything: Vec<u64> = prices.items.iter().map(|i| i.most).collect();
        match edits::apply(&demand.problem, &chosen(prices, &everything)) {
            Ok(problem) if faults.is_empty() => {
                let all = Capacity::of(&Instance::new(Arc::new(problem)));
                Ok(Shop { demand, gains, all })
            }
            Ok(_) => Err(faults),
            Err(_) if !faults.is_empty() => Err(faults),
            // Pointers of all lists together say nothing.
            Err(found) => Err(Faults(found.0.into_iter().map(|f| Fault { pointer: "/prices".into(), ..f }).collect())),
        }
    }
}

fn chosen(prices: &Prices, counts: &[u64]) -> Vec<Edit> {
    let each = prices.items.iter().zip(counts);
    each.flat_map(|(item, count)| (0..*count).flat_map(|_| item.edits.clone())).collect()
}

/// The cheapest things that serve the demand. Where none does that was tried, the one with which most is reached.
pub fn buy(
    shop: &Shop,
    prices: &Prices,
    options: &WhatIf,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Purchase, SolveError> {
    let budget = Budget::shared(options, TRIES);
    let now = Capacity::of(&shop.demand);
    let mut model = Model::new(&prices.items, &now, &shop.gains, &shop.all, prices.level.minutes_share);
    let mut cheapest = model.cheapest(stop);
    let lower_bound = cheapest.as_ref().map(|c| c.1);
    // Where even everything is too little, everything is what is looked at.
    let everything: Vec<u64> = prices.items.iter().map(|i| i.most).collect();
    let mut tried: Vec<TriedSet> = Vec::new();
    let mut best: Option<(Vec<u64>, Calendar, Reached)> = None;
    let mut start: Option<Vec<GivenSession>> = None;
    loop {
        let (counts, last) = match &cheapest {
            Some((counts, _)) => (counts.clone(), false),
            None if tried.is_empty() => (everything.clone(), true),
            None => break,
        };
        let problem = edits::apply(&shop.demand.problem, &chosen(prices, &counts));
        let instance = problem.map_or_else(|_| shop.demand.clone(), |p| Arc::new(Instance::new(Arc::new(p))));
        let how = How {
            budget,
            threads: if budget.by_rounds() { 1 } else { options.threads },
            seed: options.seed,
            prove: false,
            start: start.as_deref(),
        };
        let calendar = solve(&instance, &how, &Unwatched, stop)?;
        let reached = prices.level.of(&dose(&instance, &calendar));
        start = Some(calendar.sessions.iter().map(GivenSession::from).collect());
        let (items, cost) = basket(prices, &counts);
        observer.step(&Step {
            id: format!("{cost}"),
            stage: Stage::Solved,
            objective: Some(calendar.objective),
            bound: Some(calendar.bound),
            done: tried.len() + 1,
            of: TRIES,
        });
        tried.push(TriedSet { cost, items, reached });
        if best.as_ref().is_none_or(|b| (reached.holds, reached.minutes.met) > (b.2.holds, b.2.minutes.met)) {
            best = Some((counts.clone(), calendar, reached));
        }
        if reached.holds || last || tried.len() == TRIES || stop.stopped() || counts == everything {
            break;
        }
        model.cut(&counts);
        cheapest = model.cheapest(stop);
    }
    let Some((counts, calendar, reached)) = best else { return Err(SolveError::Internal(Vec::new())) };
    let (items, cost) = basket(prices, &counts);
    let edits = prices.demand.iter().cloned().chain(chosen(prices, &counts)).collect();
    let service_level = prices.level;
    Ok(Purchase { served: reached.holds, cost, lower_bound, items, edits, service_level, reached, calendar, tried })
}

/// What is bought of each thing, and what all of it costs.
fn basket(prices: &Prices, counts: &[u64]) -> (Vec<Bought>, u64) {
    let each = prices.items.iter().zip(counts).filter(|(_, count)| **count > 0);
    let items: Vec<Bought> = each
        .map(|(item, &count)| Bought {
            id: item.id.to_string(),
            name: item.name.clone(),
            count,
            cost: item.cost.saturating_mul(count),
        })
        .collect();
    let cost = items.iter().map(|i| i.cost).fold(0, u64::saturating_add);
    (items, cost)
}
