//! `away_site`: in-person attendances at another site than the home site.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "away_site",
    sentence: "away_site × in-person attendances at another site than the home site",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let home = instance.participants[week.participant.i()].home;
    let away = week.attended.iter().filter(|s| s.in_person() && s.site != Some(home)).count() as i64;
    i64::from(instance.problem.weights.away_site.0).saturating_mul(away)
}
