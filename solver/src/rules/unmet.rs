//! `unmet`: ordered sessions that are missing.

use super::{Cost, Penalty, view::Week};
use crate::instance::{Instance, OrderIx};

pub(super) const PENALTY: Penalty = Penalty {
    name: "unmet",
    sentence: "unmet_minute × order priority × service minutes, for each ordered session that is missing",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let orders = &instance.participants[week.participant.i()].orders;
    let each = orders.iter().map(|&o| instance.orders[o.i()].unmet.saturating_mul(missing(instance, week, o)));
    each.fold(0, i64::saturating_add)
}

/// Sessions of the order that are missing.
pub(crate) fn missing(instance: &Instance, week: &Week, order: OrderIx) -> i64 {
    let ordered = instance.orders[order.i()].sessions as i64;
    (ordered - week.serving(instance, order).len() as i64).max(0)
}
