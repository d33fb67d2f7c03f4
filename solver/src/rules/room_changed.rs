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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_session_in_another_room_costs() {
        let case = Case::new().with(json!({ "previous": [session("p1-talk/1", TUE)] }));
        case.costs("room_changed", 5, &[but(session("p1-talk/1", TUE), json!({ "room": "r2" }))]);
        case.costs("room_changed", 5, &[tele("p1-talk/1", TUE)]).costs("room_changed", 0, &[session("p1-talk/1", TUE)]);
    }
}
