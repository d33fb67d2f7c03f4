//! `not_preferred_clinician`: sessions with none of the clinicians that the order prefers.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "not_preferred_clinician",
    sentence: "not_preferred_clinician × sessions of an order with prefer and none of those present",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let orders = instance.participants[week.participant.i()].orders.iter();
    let other = orders.filter(|o| !instance.order_wire(**o).prefer.is_empty()).map(|&o| {
        let prefer = &instance.orders[o.i()].prefer;
        week.serving(instance, o).iter().filter(|s| !s.clinicians.iter().any(|c| prefer.contains(c))).count() as i64
    });
    i64::from(instance.problem.weights.not_preferred_clinician.0).saturating_mul(other.sum())
}
