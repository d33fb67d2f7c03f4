//! H3, modality: one that the service offers and the order allows.

use super::{Rule, names, verdict::Verdict, view::View};
use crate::{
    instance::{Instance, Owner, ServiceIx},
    problem::Modality,
};

pub(super) const RULE: Rule = Rule {
    name: "H3",
    title: "modality",
    sentence: "Its modality is one that the service offers, and the order's where the order names one.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        let how = names::modality(s.modality);
        if let Some(service) = s.service.filter(|&v| !offers(view.instance, v, s.modality)) {
            let service = names::service(view.instance, service);
            verdict.breaks("H3", &[*s], format!("{} is {how}, which {service} does not offer.", s.id));
        }
        if let Owner::Order(o) = s.owner {
            let order = &view.instance.orders[o.i()];
            if let Some(wanted) = order.modality.filter(|&m| m != s.modality) {
                let (id, wanted) = (names::order(view.instance, o), names::modality(wanted));
                let detail = format!("{} is {how}; {id} asks for it {wanted}.", s.id);
                verdict.breaks("H3", &[*s], detail).participant(order.participant);
            }
        }
    }
}

/// Whether the service is given in this way.
pub(crate) fn offers(instance: &Instance, service: ServiceIx, modality: Modality) -> bool {
    instance.problem.services[service.i()].modalities.contains(&modality)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn the_modality_is_one_that_the_service_offers() {
        Case::new().keeps(&[tele("p1-talk/1", TUE)]);
        Case::new()
            .having("services", "talk", json!({ "modalities": ["telehealth"] }))
            .breaks("H3", &[but(session("p2-talk/1", TUE), json!({ "modality": "in_person" }))]);
    }

    #[test]
    fn the_modality_is_the_orders_where_it_names_one() {
        let case = Case::new().having("orders", "p1-talk", json!({ "modality": "in_person" }));
        case.keeps(&[session("p1-talk/1", TUE)]).breaks("H3", &[tele("p1-talk/1", TUE)]);
    }
}
