//! `not_preferred_clinician`: sessions with none of the clinicians that the order prefers.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "not_preferred_clinician",
    sentence: "not_preferred_clinician × sessions of an order with prefer and none of those present",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    i64::from(instance.problem.weights.not_preferred_clinician.0).saturating_mul(sessions(instance, week))
}

/// How many they are.
pub(crate) fn sessions(instance: &Instance, week: &Week) -> i64 {
    let orders = instance.participants[week.participant.i()].orders.iter();
    let other = orders.filter(|o| !instance.order_wire(**o).prefer.is_empty()).map(|&o| {
        let prefer = &instance.orders[o.i()].prefer;
        week.serving(instance, o).iter().filter(|s| !s.clinicians.iter().any(|c| prefer.contains(c))).count() as i64
    });
    other.sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_session_with_none_of_the_preferred_clinicians_costs() {
        let case = Case::new().only(&["p1"], 1).having("orders", "p1-talk", json!({ "prefer": ["t2"] }));
        case.costs("not_preferred_clinician", 60, &[session("p1-talk/1", TUE)]);
        case.costs("not_preferred_clinician", 0, &[but(session("p1-talk/1", TUE), json!({ "clinicians": ["t2"] }))]);
    }
}
