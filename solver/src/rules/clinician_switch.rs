//! `clinician_switch`: more than one set of clinicians for an individual order.

use super::view::set;
use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "clinician_switch",
    sentence: "clinician_switch × (sets of clinicians that serve an individual order − 1)",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let orders = instance.participants[week.participant.i()].orders.iter();
    let switches = orders.filter(|o| !instance.services[instance.orders[o.i()].service.i()].is_group).map(|&o| {
        let teams = set(week.serving(instance, o).iter().map(|s| s.team()));
        teams.len().saturating_sub(1) as i64
    });
    i64::from(instance.problem.weights.clinician_switch.0).saturating_mul(switches.sum())
}
