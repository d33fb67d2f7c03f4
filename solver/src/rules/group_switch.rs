//! `group_switch`: more than one group for an order.

use super::view::set;
use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "group_switch",
    sentence: "group_switch × (groups that serve an order − 1)",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let orders = instance.participants[week.participant.i()].orders.iter();
    let switches = orders.filter(|o| instance.services[instance.orders[o.i()].service.i()].is_group).map(|&o| {
        let serving = week.serving(instance, o);
        let groups = set(serving.iter().map(|s| (s.owner, s.names("group").next())));
        groups.len().saturating_sub(1) as i64
    });
    i64::from(instance.problem.weights.group_switch.0).saturating_mul(switches.sum())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn each_further_group_that_serves_an_order_costs() {
        let open = json!({ "roster": "open" });
        let case = Case::new().having("groups", "g", open);
        case.costs("group_switch", 80, &[session("h/1", TUE), session("g/1", WED)]);
        case.costs("group_switch", 0, &[session("h/1", TUE), session("h/2", WED)]);
    }
}
