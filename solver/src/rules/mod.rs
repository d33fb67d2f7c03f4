//! The judge: one file a rule of the contract, for any calendar, whoever made it. Shares nothing with the models.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    instance::{Booked, Instance, OrderIx},
    problem::Id,
};

/// A hard rule broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The rule, such as `H7`.
    pub rule: &'static str,
    /// What is wrong, as a sentence.
    pub detail: String,
    /// Ids of the sessions concerned.
    pub sessions: Vec<String>,
    /// Participants concerned.
    pub participants: Vec<Id>,
    /// Clinicians concerned.
    pub clinicians: Vec<Id>,
    /// Rooms concerned.
    pub rooms: Vec<Id>,
}

/// What the rules say of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Hard rules broken.
    pub violations: Vec<Violation>,
    /// The cost by penalty; zeros left out.
    pub penalties: BTreeMap<&'static str, u64>,
    /// Sum of the penalties.
    pub objective: u64,
    /// Orders with missing sessions, in the order of the problem, and how many.
    pub missing: Vec<(OrderIx, u32)>,
}

/// Judges a calendar: every hard rule, every penalty.
pub fn judge(_instance: &Instance, _sessions: &[Booked]) -> Judgement {
    Judgement::default()
}
