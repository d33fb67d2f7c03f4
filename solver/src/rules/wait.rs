//! `wait`: minutes of a day between sessions.

use super::h20_minutes::minutes;
use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "wait",
    sentence: "wait_minute × minutes between a participant's first start and last end of a day that are not in session",
    cost: Cost::Week(cost),
};

/// The day's length less its session minutes, so that two sessions at once (facts can be so) count twice as session.
fn cost(instance: &Instance, week: &Week) -> i64 {
    let waits = week.days().map(|day| {
        let first = day.iter().map(|s| s.start).min().unwrap_or(0);
        let last = day.iter().map(|s| s.end).max().unwrap_or(0);
        i64::from(last) - i64::from(first) - minutes(day)
    });
    i64::from(instance.problem.weights.wait_minute.0).saturating_mul(waits.sum())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn minutes_of_a_day_that_are_not_in_session_cost() {
        let case = Case::new().only(&["p1"], 2).having("orders", "p1-talk", json!({ "one_per_day": false }));
        case.costs("wait", 70, &[session("p1-talk/1", TUE), session("p1-talk/2", "2026-12-01T12:00:00-05:00")]);
        case.costs("wait", 0, &[session("p1-talk/1", TUE), session("p1-talk/2", WED)]);
    }
}
