//! `attended_day`: days attended: participants come as few days as the care allows.

use super::h19_days::days;
use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty =
    Penalty { name: "attended_day", sentence: "attended_day × days attended", cost: Cost::Week(cost) };

fn cost(instance: &Instance, week: &Week) -> i64 {
    i64::from(instance.problem.weights.attended_day.0).saturating_mul(days(&week.attended))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn each_attended_day_costs_once() {
        let case = Case::new().only(&["p1"], 2).having("orders", "p1-talk", json!({ "one_per_day": false }));
        case.costs("attended_day", 60, &[session("p1-talk/1", TUE), session("p1-talk/2", WED)]);
        case.costs("attended_day", 30, &[session("p1-talk/1", TUE), session("p1-talk/2", "2026-12-01T14:00:00-05:00")]);
    }
}
