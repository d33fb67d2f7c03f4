//! `missing_day`: days missing from the plan's fewest.

use super::h19_days::days;
use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty =
    Penalty { name: "missing_day", sentence: "missing_day × days below min_days", cost: Cost::Week(cost) };

fn cost(instance: &Instance, week: &Week) -> i64 {
    let least = i64::from(instance.participants[week.participant.i()].plan.min_days);
    let short = (least - days(&week.attended)).max(0);
    i64::from(instance.problem.weights.missing_day.0).saturating_mul(short)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn each_day_below_min_days_costs() {
        let case = Case::new().only(&["p1"], 2).having("participants", "p1", json!({ "plan": { "min_days": 3 } }));
        case.costs("missing_day", 1_200, &[session("p1-talk/1", TUE)]);
    }
}
