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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn each_participant_who_is_no_longer_in_a_session_costs() {
        let three = but(session("h/1", TUE), json!({ "participants": ["p1", "p2", "p3"] }));
        let case = Case::new().with(json!({ "previous": [three] }));
        case.costs("dropped", 240, &[]).costs("dropped", 80, &[session("h/1", TUE)]).costs("dropped", 0, &[three]);
    }
}
