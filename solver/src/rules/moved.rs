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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_session_at_another_start_costs_unless_it_is_gone() {
        let case = Case::new().with(json!({ "previous": [session("p1-talk/1", TUE)] }));
        case.costs("moved", 50, &[session("p1-talk/1", WED)]).costs("moved", 0, &[session("p1-talk/1", TUE)]);
        case.costs("moved", 0, &[]);
    }
}
