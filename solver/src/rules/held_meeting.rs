//! `held_meeting`: what a group meeting costs in clinicians.

use super::{Cost, Penalty, view::Seen};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "held_meeting",
    sentence: "held_meeting × held group meetings × clinicians",
    cost: Cost::Session(cost),
};

fn cost(instance: &Instance, session: &Seen) -> i64 {
    let staff = if session.meeting() { session.staff() as i64 } else { 0 };
    i64::from(instance.problem.weights.held_meeting.0).saturating_mul(staff)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn each_held_meeting_costs_for_each_clinician() {
        let case = Case::new();
        case.costs("held_meeting", 120, &[session("h/1", TUE), session("h/2", WED)]);
        let pair = but(session("h/1", TUE), json!({ "clinicians": ["t1", "t2"] }));
        case.having("services", "circle", json!({ "clinicians": 2 })).costs("held_meeting", 120, &[pair]);
    }
}
