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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_session_with_other_clinicians_costs() {
        let case = Case::new().with(json!({ "previous": [session("p1-talk/1", TUE)] }));
        let by_t2 = but(session("p1-talk/1", TUE), json!({ "clinicians": ["t2"] }));
        case.costs("clinician_changed", 40, &[by_t2]).costs("clinician_changed", 0, &[session("p1-talk/1", WED)]);
    }
}
