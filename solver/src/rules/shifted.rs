//! `shifted`: attendances at other hours than the participant is used to.

use super::view::Attended;
use super::{Cost, Penalty, view::Week};
use crate::instance::{DAY, Instance, Minute};

pub(super) const PENALTY: Penalty = Penalty {
    name: "shifted",
    sentence: "shifted × attendances whose local weekday and wall time none of that participant's sessions of the same group or order in reference had (where it had any)",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    i64::from(instance.problem.weights.shifted.0).saturating_mul(attendances(instance, week))
}

/// How many they are.
pub(crate) fn attendances(instance: &Instance, week: &Week) -> i64 {
    if instance.usual.is_empty() {
        return 0;
    }
    let shifted = week.attended.iter().filter(|s| {
        let usual = instance.usual.get(&(week.participant, s.owner));
        usual.is_some_and(|usual| !usual.is_empty() && !usual.contains(&wall(instance, s)))
    });
    shifted.count() as i64
}

/// Day of the week (0 = Monday) and minute of the day at which it starts, as its site's clock shows it; as written where
/// the site is gone.
fn wall(instance: &Instance, s: &Attended) -> (i32, Minute) {
    use chrono::Datelike;
    let wall = match (s.site, s.previous) {
        (Some(site), _) => instance.site_zone(site).wall(s.start),
        (None, Some(previous)) => {
            let written = instance.problem.previous[previous.position].start.0;
            s.start.saturating_add(written.offset().local_minus_utc() / 60)
        }
        (None, None) => s.start,
    };
    let first = instance.axis.first.weekday().num_days_from_monday() as i32;
    ((first + wall.div_euclid(DAY)).rem_euclid(7), wall.rem_euclid(DAY))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn an_attendance_at_an_hour_that_the_participant_is_not_used_to_costs() {
        let sessions = [session("p1-talk/1", TUE), session("p1-talk/2", THU)];
        let reference = |change| {
            let before = but(session("p1-talk/1", "2026-10-20T10:00:00-04:00"), change);
            Case::new().only(&["p1", "p2"], 2).with(json!({ "reference": [before] }))
        };
        reference(json!({})).costs("shifted", 20, &sessions); // a Tuesday of daylight time, at the same wall time
        reference(json!({ "start": "2026-10-20T11:00:00-04:00" })).costs("shifted", 40, &sessions);
        reference(json!({ "participants": ["p2"] })).costs("shifted", 0, &sessions);
    }
}
