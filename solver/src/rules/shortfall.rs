//! `shortfall`: counted minutes missing from the week's dose.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "shortfall",
    sentence: "shortfall_minute × counted minutes below min_minutes_per_week",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let least = i64::from(instance.participants[week.participant.i()].plan.min_week);
    let short = (least - week.dose(instance, &week.attended)).max(0);
    i64::from(instance.problem.weights.shortfall_minute.0).saturating_mul(short)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn counted_minutes_below_the_weeks_dose_cost() {
        let case = Case::new().only(&["p1"], 2).having(
            "participants",
            "p1",
            json!({ "plan": { "min_minutes_per_week": 120 } }),
        );
        case.costs("shortfall", 1_400, &[session("p1-talk/1", TUE)]);
        case.having("services", "talk", json!({ "counts": false })).costs(
            "shortfall",
            2_400,
            &[session("p1-talk/1", TUE)],
        );
    }

    #[test]
    fn who_came_late_got_the_minutes_that_attendance_says() {
        let late = json!({ "attendance": { "p1": { "status": "late", "minutes": 20 } } });
        let past =
            json!({ "previous": [but(session("p1-talk/1", TUE), late)], "freeze_until": "2026-12-01T12:00:00-05:00" });
        let case = Case::new().only(&["p1"], 1).having(
            "participants",
            "p1",
            json!({ "plan": { "min_minutes_per_week": 50 } }),
        );
        case.with(past).costs("shortfall", 600, &[session("p1-talk/1", TUE)]);
    }
}
