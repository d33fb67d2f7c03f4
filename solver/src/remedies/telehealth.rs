//! One session by telehealth, or a seat in one group that meets so; whatever else is ordered stays in person.

use serde_json::json;

use super::kind::{Case, Change, Kind, Look, Part};
use crate::{
    instance::{Booked, Instance, Owner},
    problem::{Id, Modality, Order, Problem},
    rules::{h03_modality::offers, names},
    scenario::edits::Edit,
};

/// By telehealth, once.
pub(super) const TELEHEALTH: Kind = Kind {
    name: "telehealth",
    tried: "telehealth",
    helps: &[],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        for &o in orders {
            let data = &instance.orders[o.i()];
            if offers(instance, data.service, Modality::Telehealth) {
                let person = &mut problem.participants[data.participant.i()];
                person.telehealth = true;
                let order = &mut person.orders[data.position];
                order.modality = order.modality.filter(|m| *m == Modality::Telehealth);
            }
        }
    },
    narrow,
};

fn narrow(case: &Case) -> Option<Change> {
    if !case.way.gained.iter().all(|s| s.modality == Modality::Telehealth) {
        return None;
    }
    let wire = case.instance.order_wire(case.order);
    let has = case.instance.participants[case.participant().i()].telehealth;
    let in_person = wire.modality == Some(Modality::InPerson);
    let who = names::participant(case.instance, case.participant());
    if has && !in_person {
        return None;
    }
    let mut part = match case.way.gained.first()?.owner {
        Owner::Group(g) => {
            let group = names::group(case.wide, g);
            let edits = only_in_person(case.instance, wire, case.order_path(), Some(group)).into_iter().collect();
            Part::new(edits, format!("{who} may take part in {group} by telehealth"))
        }
        _ => one_session(case, wire),
    };
    if !has {
        part.edits.extend(others(case));
        part.edits.push(Edit::set(format!("{}/telehealth", case.person()), true));
    }
    Some(vec![part])
}

/// One session of the order by telehealth: the order itself where it has one, else a part of it that becomes an order.
fn one_session(case: &Case, wire: &Order) -> Part {
    let path = case.order_path();
    let words = format!("one session of {} may be by telehealth", wire.id);
    let Some(apart) = apart(case, wire) else {
        let edit = match wire.sessions {
            1 => Edit::set(format!("{path}/modality"), "telehealth"),
            _ => {
                let edit = Edit::set(format!("{path}/modality"), json!(null));
                return Part::new(vec![edit], format!("{} may be by telehealth", wire.id));
            }
        };
        return Part::new(vec![edit], words);
    };
    let own = Order { id: apart.clone(), sessions: 1, modality: Some(Modality::Telehealth), ..wire.clone() };
    let mut edits = vec![
        Edit::set(format!("{path}/sessions"), wire.sessions - 1),
        Edit::add(format!("{}/orders", case.person()), json!(own)),
    ];
    edits.extend(only_in_person(case.instance, wire, path, None));
    Part { apart: Some(apart), ..Part::new(edits, words) }
}

/// The id of an order for one of its sessions; none where it has one only, or where its last one has a number that would
/// no longer be there.
fn apart(case: &Case, wire: &Order) -> Option<Id> {
    let id = format!("{}.t", wire.id);
    let last = format!("{}/{}", wire.id, wire.sessions);
    let taken = case.instance.order_named(&id).is_some() || case.instance.group_named(&id).is_some();
    let kept = case.standing.iter().any(|s| s.id == last) || case.instance.previous_named(&last).is_some();
    (wire.sessions > 1 && id.len() <= 64 && !taken && !kept).then(|| Id::made(id))
}

/// What keeps the participant's other orders in person.
fn others(case: &Case) -> Vec<Edit> {
    let wire = &case.instance.problem.participants[case.participant().i()];
    let rest = wire.orders.iter().filter(|o| o.id != case.instance.order_wire(case.order).id);
    let kept = |o: &Order| only_in_person(case.instance, o, format!("{}/orders/{}", case.person(), o.id), None);
    rest.filter_map(kept).collect()
}

/// What keeps an order in person where it might be by telehealth, but for one group.
fn only_in_person(instance: &Instance, order: &Order, path: String, but: Option<&Id>) -> Option<Edit> {
    let service = instance.orders[instance.order_named(&order.id)?.i()].service;
    if !instance.services[service.i()].is_group {
        let open = order.modality.is_none() && offers(instance, service, Modality::Telehealth);
        return open.then(|| Edit::set(format!("{path}/modality"), "in_person"));
    }
    let problem: &Problem = &instance.problem;
    let of_service = problem.groups.iter().filter(|g| g.service == order.service);
    let open = of_service.filter(|g| order.groups.is_empty() || order.groups.contains(&g.id));
    let (kept, barred): (Vec<_>, Vec<_>) = open.partition(|g| g.modality == Modality::InPerson || Some(&g.id) == but);
    let mut kept: Vec<&Id> = kept.into_iter().map(|g| &g.id).collect();
    kept.extend(but.filter(|but| !problem.groups.iter().any(|g| g.id == **but)));
    // Without any group the order would be for all.
    (!barred.is_empty() && !kept.is_empty()).then(|| Edit::set(format!("{path}/groups"), json!(kept)))
}

/// A session of an order as one of the order that it becomes.
pub(super) fn of_order(session: &mut crate::calendar::Session, apart: &Id) {
    session.id = format!("{apart}/1");
    session.order = Some(apart.clone());
}

/// Whether it is a single session by telehealth.
pub(super) fn single(s: &Booked) -> bool {
    matches!(s.owner, Owner::Order(_)) && s.modality == Modality::Telehealth
}
