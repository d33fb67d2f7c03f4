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
