//! `clinician_changed`: sessions of the week so far with other clinicians.

use super::{Cost, Penalty, view::Seen};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "clinician_changed",
    sentence: "clinician_changed × sessions of previous (by id, not pinned) whose clinicians differ",
    cost: Cost::Change(cost),
};

fn cost(instance: &Instance, before: &Seen, now: Option<&Seen>) -> i64 {
    let changed = now.is_some_and(|now| now.team() != before.team());
    i64::from(instance.problem.weights.clinician_changed.0) * i64::from(changed)
}
