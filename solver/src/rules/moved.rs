//! `moved`: sessions of the week so far at another start.

use super::{Cost, Penalty, view::Seen};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "moved",
    sentence: "moved × sessions of previous (by id, not pinned) whose start differs",
    cost: Cost::Change(cost),
};

fn cost(instance: &Instance, before: &Seen, now: Option<&Seen>) -> i64 {
    let moved = now.is_some_and(|now| now.start != before.start);
    i64::from(instance.problem.weights.moved.0) * i64::from(moved)
}
