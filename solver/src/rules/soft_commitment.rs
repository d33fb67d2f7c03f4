//! `soft_commitment`: session minutes that fall on soft commitments.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "soft_commitment",
    sentence: "soft_commitment_minute × session minutes that fall on soft commitments (merged, with travel for in-person)",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    i64::from(instance.problem.weights.soft_commitment_minute.0).saturating_mul(minutes(instance, week))
}

/// How many minutes they are.
pub(crate) fn minutes(instance: &Instance, week: &Week) -> i64 {
    let participant = &instance.participants[week.participant.i()];
    let hit = week.attended.iter().map(|s| {
        let soft = if s.in_person() { &participant.soft_in_person } else { &participant.soft_telehealth };
        i64::from(soft.overlap(s.span()))
    });
    hit.sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn soft_commitments_are_merged_with_travel_for_in_person_sessions() {
        let soft = |start: &str, travel: u32| json!({ "kind": "work", "windows": [on_tuesday(start, "12:00")], "travel_minutes": travel, "flexibility": "soft" });
        let case = Case::new().only(&["p1"], 1);
        let case = case.having("participants", "p1", json!({ "commitments": [soft("10:40", 20), soft("10:35", 0)] }));
        case.costs("soft_commitment", 90, &[session("p1-talk/1", TUE)]); // 10:20 to 10:50
        case.costs("soft_commitment", 45, &[tele("p1-talk/1", TUE)]);
    }
}
