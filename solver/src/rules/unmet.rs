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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn each_missing_session_costs_weight_times_priority_times_minutes() {
        let case = Case::new().only(&["p1"], 2).having("orders", "p1-talk", json!({ "priority": 3 }));
        case.costs("unmet", 30_000, &[]).costs("unmet", 15_000, &[session("p1-talk/1", TUE)]);
    }
}
