//! `attended_day`: days attended: participants come as few days as the care allows.

use super::h19_days::days;
use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty =
    Penalty { name: "attended_day", sentence: "attended_day × days attended", cost: Cost::Week(cost) };

fn cost(instance: &Instance, week: &Week) -> i64 {
    i64::from(instance.problem.weights.attended_day.0).saturating_mul(days(&week.attended))
}
