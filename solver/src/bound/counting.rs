//! Counting: sessions for which a participant has not enough days with a place, and the dose that is missing with them.

use std::collections::BTreeSet;

use super::{cells, facts::Facts};
use crate::{
    instance::{GroupIx, Instance, OrderIx, ParticipantIx, Placements},
    problem::Modality,
};

/// What the people of a site cost at least, whatever the others do.
pub fn bound(instance: &Instance, placements: &Placements, facts: &Facts, people: &[ParticipantIx]) -> u64 {
    let weights = &instance.problem.weights;
    let mut total: u64 = 0;
    let mut add = |cost: i64| total = total.saturating_add(cost.max(0) as u64);
    for &p in people {
        let plan = &instance.participants[p.i()].plan;
        let mut dose = i64::from(facts.dose[p.i()]);
        for &o in &instance.participants[p.i()].orders {
            let order = &instance.orders[o.i()];
            let left = order.sessions.saturating_sub(facts.served[o.i()]);
            let possible = left.min(most_sessions(instance, placements, o));
            add(order.unmet.saturating_mul((left - possible) as i64));
            let counts =
                [Modality::InPerson, Modality::Telehealth].iter().any(|&m| instance.counts(p, order.service, m));
            if counts {
                dose += possible as i64 * i64::from(instance.services[order.service.i()].minutes);
            }
        }
        add(i64::from(weights.shortfall_minute.0) * (i64::from(plan.min_week) - dose));
    }
    total
}

/// Most sessions of an order that its places allow by themselves; `usize::MAX` where that is not plain.
pub fn most_sessions(instance: &Instance, placements: &Placements, o: OrderIx) -> usize {
    let order = &instance.orders[o.i()];
    let mut days = BTreeSet::new();
    if instance.services[order.service.i()].is_group {
        for g in GroupIx::all(instance.groups.len()).filter(|g| instance.groups[g.i()].service == order.service) {
            let places = &placements.groups[g.i()];
            let grid = &placements.grids[places.grid].starts;
            let Some(e) = places.eligible.iter().find(|e| e.order == o) else { continue };
            if !order.one_per_day && !e.starts.is_empty() {
                return usize::MAX;
            }
            days.extend(e.starts.iter().map(|k| instance.participant_day(e.participant, grid[k])));
        }
    } else {
        days.extend(cells::of_order(instance, placements, o, 1440).into_keys().map(|key| key.0));
    }
    if days.is_empty() || order.one_per_day { days.len() } else { usize::MAX }
}
