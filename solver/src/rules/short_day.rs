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
