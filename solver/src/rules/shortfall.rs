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
