//! `room_changed`: sessions of the week so far in another room.

use super::{Cost, Penalty, view::Seen};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "room_changed",
    sentence: "room_changed × sessions of previous (by id, not pinned) whose room differs",
    cost: Cost::Change(cost),
};

fn cost(instance: &Instance, before: &Seen, now: Option<&Seen>) -> i64 {
    let changed = now.is_some_and(|now| !now.same_room(before));
    i64::from(instance.problem.weights.room_changed.0) * i64::from(changed)
}
