//! What becomes of a calendar in weeks as they happen: people who stay away, clinicians who fall ill, people who arrive,
//! drawn by seed from rates.
//!
//! A draw decides by who and when, never by the order in which things are asked: so in the same draw the same people stay
//! away and the same clinicians are ill in every calendar that is compared (common random numbers), and what differs
//! within a draw comes from the calendar.

mod arrivals;
mod chance;
mod held;
mod measured;
mod rates;
mod replanned;

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use self::{arrivals::Arrivals, chance::Draw, held::Held, replanned::Replanned};
pub use self::{
    measured::{Difference, Measured},
    rates::{Absence, Illness, Rates, read, schema},
};
use crate::{
    instance::{Booked, Instance},
    problem::GivenSession,
    search::Stop,
};

/// What becomes of a calendar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Uncertain {
    /// Weeks that were drawn.
    pub draws: usize,
    /// The calendar as published: what an ill clinician would have given is not held.
    pub published: Vec<Measured>,
    /// The calendar replanned on each morning on which somebody falls ill, as `replan` does with the fewest calls; absent
    /// where the rates do not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replanned: Option<Vec<Measured>>,
    /// Who arrives and finds places with nothing else moved; absent where nobody arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Vec<Measured>>,
}

/// What was counted in each draw, before it is told.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    published: Vec<Held>,
    replanned: Option<Vec<Held>>,
    arrivals: Option<Vec<arrivals::Found>>,
}

/// Draws weeks and lets a calendar happen in each; fewer where it is stopped.
pub fn draw(instance: &Arc<Instance>, sessions: &[Booked], rates: &Rates, seed: u64, stop: &Stop) -> Drawn {
    let mut drawn = Drawn { replanned: rates.replan.then(Vec::new), ..Drawn::default() };
    drawn.arrivals = (rates.admissions > 0.0).then(Vec::new);
    let mut replanned = Replanned::new(instance, sessions);
    let mut arrivals = Arrivals::new(instance, sessions, rates);
    for week in (0..rates.draws).map(|number| Draw { seed, number, rates }) {
        if stop.stopped() {
            break;
        }
        drawn.published.push(held::hold(instance, sessions, &week));
        if let Some(list) = &mut drawn.replanned {
            list.push(replanned.hold(&week));
        }
        if let Some(list) = &mut drawn.arrivals {
            list.push(arrivals.find(&week));
        }
    }
    drawn
}

impl Drawn {
    /// What it comes to; with `base`, drawn with the same rates and seed, also by how much it differs, draw by draw.
    pub fn told(&self, base: Option<&Drawn>) -> Uncertain {
        let replanned =
            |list: &Vec<Held>| measured::of(&held::MEASURES, list, base.and_then(|base| base.replanned.as_deref()));
        let arrivals = |list: &Vec<arrivals::Found>| {
            measured::of(&arrivals::MEASURES, list, base.and_then(|base| base.arrivals.as_deref()))
        };
        Uncertain {
            draws: self.published.len(),
            published: measured::of(
                &held::MEASURES[..held::PUBLISHED],
                &self.published,
                base.map(|b| &b.published[..]),
            ),
            replanned: self.replanned.as_ref().map(replanned),
            arrivals: self.arrivals.as_ref().map(arrivals),
        }
    }
}

/// What becomes of a calendar that was brought in.
pub fn simulate(instance: &Arc<Instance>, given: &[GivenSession], rates: &Rates, seed: u64, stop: &Stop) -> Uncertain {
    let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
    draw(instance, &sessions, rates, seed, stop).told(None)
}
