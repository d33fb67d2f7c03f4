//! `short_day`: counted minutes missing from a day's dose.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "short_day",
    sentence: "short_day_minute × counted minutes below min_minutes_per_day, for each attended day",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let least = i64::from(instance.participants[week.participant.i()].plan.min_day);
    let short: i64 = week.days().map(|day| (least - week.dose(instance, day)).max(0)).sum();
    i64::from(instance.problem.weights.short_day_minute.0).saturating_mul(short)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn counted_minutes_below_the_days_dose_cost_for_each_attended_day() {
        let case =
            Case::new().only(&["p1"], 2).having("participants", "p1", json!({ "plan": { "min_minutes_per_day": 60 } }));
        case.costs("short_day", 0, &[]).costs(
            "short_day",
            400,
            &[session("p1-talk/1", TUE), session("p1-talk/2", WED)],
        );
    }
}
