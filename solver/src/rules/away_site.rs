//! `away_site`: in-person attendances at another site than the home site.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "away_site",
    sentence: "away_site × in-person attendances at another site than the home site",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    i64::from(instance.problem.weights.away_site.0).saturating_mul(attendances(instance, week))
}

/// How many they are.
pub(crate) fn attendances(instance: &Instance, week: &Week) -> i64 {
    let home = instance.participants[week.participant.i()].home;
    week.attended.iter().filter(|s| s.in_person() && s.site != Some(home)).count() as i64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn an_in_person_session_at_another_site_than_the_home_site_costs() {
        let away = but(session("p1-talk/1", TUE), json!({ "site": "s2", "room": "q1" }));
        Case::new().only(&["p1"], 1).costs("away_site", 40, &[away]).costs("away_site", 0, &[tele("p1-talk/1", TUE)]);
    }
}
