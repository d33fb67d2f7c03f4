//! Why what is unmet is unmet, as it is told.

use careweave_solver::{
    calendar::Unmet,
    explain,
    instance::{Booked, Instance},
    problem::GivenSession,
    rules,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::order;
use crate::failure::Failure;

/// What is told of the unmet orders of a calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// One entry for each unmet order, in the calendar's order.
    pub unmet: Vec<Explained>,
}

/// Why an order is unmet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explained {
    /// Whose.
    pub participant: String,
    /// Which order.
    pub order: String,
    /// Of which service.
    pub service: String,
    /// How many sessions are missing.
    pub missing_sessions: u32,
    /// How many minutes that is.
    pub missing_minutes: u64,
    /// How many places there are at all.
    pub places: u64,
    /// Each place counted once, under the first code that forbids it.
    pub reasons: Vec<Reason>,
}

/// What forbids some of the places.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// Code, such as `COMMITTED`.
    pub code: &'static str,
    /// How many places it forbids.
    pub count: u64,
    /// The same as a sentence.
    pub detail: String,
    /// Who or what stands in the way.
    pub ids: Vec<String>,
}

impl From<Unmet> for Explained {
    fn from(unmet: Unmet) -> Self {
        let reason = |r: careweave_solver::calendar::Reason| Reason {
            code: r.code,
            count: r.count,
            detail: r.detail,
            ids: r.ids,
        };
        Explained {
            participant: unmet.participant.to_string(),
            order: unmet.order.to_string(),
            service: unmet.service.to_string(),
            missing_sessions: unmet.missing_sessions,
            missing_minutes: unmet.missing_minutes,
            places: unmet.places,
            reasons: unmet.reasons.into_iter().map(reason).collect(),
        }
    }
}

/// Explains the unmet orders of a calendar, or one order, met or not.
pub fn explain(instance: &Instance, given: &[GivenSession], only: Option<&str>) -> Result<Explanation, Failure> {
    let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
    let unmet = match only {
        Some(id) => vec![explain::order(instance, &sessions, order(instance, id)?)],
        None => explain::unmet(instance, &sessions, &rules::judge(instance, &sessions).missing),
    };
    Ok(Explanation { unmet: unmet.into_iter().map(Explained::from).collect() })
}
