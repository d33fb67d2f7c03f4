//! `dropped`: participants who are no longer in a session of the week so far.

use super::view::set;
use super::{Cost, Penalty, view::Seen};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "dropped",
    sentence: "dropped × participants of sessions of previous (by id, not pinned) who are no longer in it (all, where it is gone)",
    cost: Cost::Change(cost),
};

fn cost(instance: &Instance, before: &Seen, now: Option<&Seen>) -> i64 {
    let people = set(before.participants.iter());
    let gone = people.iter().filter(|p| now.is_none_or(|now| !now.participants.contains(p))).count() as i64;
    i64::from(instance.problem.weights.dropped.0).saturating_mul(gone)
}
