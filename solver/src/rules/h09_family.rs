//! H9, family: those who take part are free.

use super::{Rule, names, verdict::Verdict, view::View};
use crate::instance::{Instance, OrderIx, Owner, Span};

pub(super) const RULE: Rule = Rule {
    name: "H9",
    title: "family",
    sentence: "Every family member that the order names is available throughout.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        if let Owner::Order(o) = s.owner
            && let Some(member) = family_hindered(view.instance, o, s.span())
        {
            let owner = view.instance.orders[o.i()].participant;
            let detail =
                format!("{member}, family of {}, is not free for {}.", names::participant(view.instance, owner), s.id);
            verdict.breaks("H9", &[*s], detail).participant(owner);
        }
    }
}

/// The first family member of the order who is not free, if any.
pub(crate) fn family_hindered(instance: &Instance, order: OrderIx, span: Span) -> Option<&str> {
    let data = &instance.orders[order.i()];
    let p = data.participant;
    let hindered = data.family.iter().find(|&&f| !instance.participants[p.i()].family[f].contains(span));
    hindered.map(|&f| &*instance.problem.participants[p.i()].family[f].id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn every_family_member_that_the_order_names_is_available() {
        let family =
            json!([{ "id": "f1", "available": [on_tuesday("10:00", "10:50")] }, { "id": "f2", "available": [] }]);
        let case = Case::new().having("participants", "p1", json!({ "family": family })).having(
            "orders",
            "p1-talk",
            json!({ "family": ["f1"] }),
        );
        case.keeps(&[session("p1-talk/1", TUE)]).breaks("H9", &[session("p1-talk/1", WED)]);
    }
}
