//! H11, what is ordered: nothing else, nowhere else, never more, and spread over the days.

use super::{
    Rule,
    facts::{beyond, twice_a_day},
    names,
    verdict::Verdict,
    view::{Attended, Seen, View, Week, set},
};
use crate::instance::{GroupIx, Instance, OrderIx, Owner};

pub(super) const RULE: Rule = Rule {
    name: "H11",
    title: "what is ordered",
    sentence: "A participant gets only what is ordered, never more sessions than ordered, from the order's groups where \
               named, and with one_per_day at most one session of an order a day. What was missed does not use an order \
               up.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        for id in s.names("participant") {
            verdict.breaks("H11", &[*s], format!("{}: the problem has no participant {id}.", s.id));
        }
        if set(s.participants.iter()).len() != s.participants.len() {
            verdict.breaks("H11", &[*s], format!("{} names a participant twice.", s.id));
        }
    }
    for week in &view.weeks {
        for &o in &view.instance.participants[week.participant.i()].orders {
            one_order(view.instance, week, o, verdict);
        }
        without_order(view.instance, week, verdict);
    }
}

fn one_order(instance: &Instance, week: &Week, o: OrderIx, verdict: &mut Verdict) {
    let order = &instance.orders[o.i()];
    let id = names::order(instance, o);
    let mine = week.serving(instance, o);
    for s in mine.iter().filter(|s| !s.fact()) {
        if let Owner::Group(g) = s.owner
            && !from_group(instance, o, g)
        {
            let detail = format!("{id} is not to be met by {}: {}.", names::group(instance, g), s.id);
            verdict.breaks("H11", &[s.session], detail).participant(week.participant);
        }
    }
    if beyond(&mine, Some(order.sessions as i64), |s| s.len() as i64) {
        let detail = format!("{id} gets {} sessions; {} are ordered.", mine.len(), order.sessions);
        verdict.breaks("H11", &sessions(&mine), detail).participant(week.participant);
    }
    if order.one_per_day {
        for (day, same) in twice_a_day(&mine, |s| s.day) {
            let detail = format!("{id} is met {} times on {}.", same.len(), instance.axis.date(day));
            verdict.breaks("H11", &sessions(&same), detail).participant(week.participant);
        }
    }
}

fn without_order(instance: &Instance, week: &Week, verdict: &mut Verdict) {
    let participant = &instance.participants[week.participant.i()];
    for s in week.attended.iter().filter(|s| !s.fact()) {
        let ordered = match s.owner {
            Owner::Group(_) => participant.orders.iter().any(|o| {
                let service = instance.orders[o.i()].service;
                Some(service) == s.service && instance.services[service.i()].is_group
            }),
            Owner::Order(o) => participant.orders.contains(&o),
            Owner::Gone => true, // what it belongs to is unknown, which H1 tells
        };
        if !ordered {
            let detail = format!("{} has no order for {}.", names::participant(instance, week.participant), s.id);
            verdict.breaks("H11", &[s.session], detail).participant(week.participant);
        }
    }
}

/// Whether the order may be met by meetings of this group.
pub(crate) fn from_group(instance: &Instance, o: OrderIx, g: GroupIx) -> bool {
    instance.order_wire(o).groups.is_empty() || instance.orders[o.i()].groups.contains(&g)
}

fn sessions<'a>(attended: &[Attended<'a>]) -> Vec<Seen<'a>> {
    attended.iter().map(|a| a.session).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn never_more_sessions_than_ordered() {
        let case = Case::new().having("orders", "p3-circle", json!({ "sessions": 1 }));
        let with = |id, start| but(session(id, start), json!({ "participants": ["p3", "p4"] }));
        case.keeps(&[with("h/1", TUE)]).breaks("H11", &[with("h/1", TUE), with("h/2", WED)]);
    }

    #[test]
    fn a_participant_gets_only_what_is_ordered() {
        Case::new().breaks("H11", &[but(session("p1-talk/1", TUE), json!({ "participants": ["p2"] }))]);
        Case::new().breaks("H11", &[but(session("p1-talk/1", TUE), json!({ "participants": ["nobody"] }))]);
        let only_talk = json!({ "orders": [{ "id": "p2-talk", "service": "talk", "sessions": 2 }] });
        Case::new().having("participants", "p2", only_talk).breaks("H11", &[session("h/1", TUE)]);
    }

    #[test]
    fn a_group_order_is_met_by_its_groups() {
        let case = Case::new().having("orders", "p1-circle", json!({ "groups": ["g"] }));
        case.breaks("H11", &[session("h/1", TUE)]).keeps(&[session("g/1", TUE), session("g/2", WED)]);
    }

    #[test]
    fn one_session_of_an_order_a_day() {
        let two = [session("p1-talk/1", TUE), session("p1-talk/2", "2026-12-01T11:00:00-05:00")];
        Case::new().breaks("H11", &two);
        Case::new().having("orders", "p1-talk", json!({ "one_per_day": false })).keeps(&two);
    }

    #[test]
    fn what_was_missed_does_not_use_an_order_up() {
        let missed = but(session("p1-talk/1", TUE), json!({ "attendance": { "p1": { "status": "no_show" } } }));
        let case = Case::new().with(json!({ "previous": [missed], "freeze_until": "2026-12-01T12:00:00-05:00" }));
        let first = session("p1-talk/1", TUE);
        let more = [first, session("p1-talk/2", WED), session("p1-talk/3", THU)];
        case.costs("unmet", 6 * 5_000 + 8 * 6_000, &more);
    }
}
