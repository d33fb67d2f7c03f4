//! H6, place: an open site and a fitting room in person, no room by telehealth.

use super::{
    Rule, names,
    verdict::Verdict,
    view::{Seen, View},
};
use crate::instance::{Instance, Owner, RoomIx, ServiceIx, SiteIx, Span};

pub(super) const RULE: Rule = Rule {
    name: "H6",
    title: "place",
    sentence: "In person: the site is open throughout; one room of that site, open, with every room_feature, and \
               capacity ≥ attendees + family members of the order (clinicians are not counted). Telehealth: no room.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        for id in s.names("room") {
            verdict.breaks("H6", &[*s], format!("{}: the problem has no room {id}.", s.id));
        }
        if s.in_person() {
            in_person(view.instance, s, verdict);
        } else if let Some(room) = s.room {
            verdict.breaks("H6", &[*s], format!("{} is by telehealth and holds a room.", s.id)).room(room);
        }
    }
}

fn in_person(instance: &Instance, s: &Seen, verdict: &mut Verdict) {
    if let Some(site) = s.site.filter(|&site| !site_open(instance, site, s.span())) {
        verdict.breaks("H6", &[*s], format!("{}: {} is closed then.", s.id, names::site(instance, site)));
    }
    let Some(room) = s.room else {
        if s.names("room").next().is_none() {
            verdict.breaks("H6", &[*s], format!("{} has no room.", s.id));
        }
        return;
    };
    let id = names::room(instance, room);
    let mut wrong = |what: String| {
        verdict.breaks("H6", &[*s], format!("{}: {id} {what}.", s.id)).room(room);
    };
    if let Some(site) = s.site.filter(|&site| instance.rooms[room.i()].site != site) {
        wrong(format!("is not a room of {}", names::site(instance, site)));
        return;
    }
    let people = s.people() + family(instance, s.owner);
    if !holds(instance, room, people) {
        wrong(format!("holds {}, not {people}", instance.rooms[room.i()].capacity));
    }
    if s.service.is_some_and(|v| !has_features(instance, room, v)) {
        wrong("lacks a feature that the service needs".to_owned());
    }
    if !room_open(instance, room, s.span()) {
        wrong("is closed then".to_owned());
    }
}

/// Family members who take part and need a seat.
pub(crate) fn family(instance: &Instance, owner: Owner) -> usize {
    match owner {
        Owner::Order(o) => instance.order_wire(o).family.len(),
        _ => 0,
    }
}

/// Whether the site is open throughout.
pub(crate) fn site_open(instance: &Instance, site: SiteIx, span: Span) -> bool {
    instance.sites[site.i()].open.contains(span)
}

/// Whether the room (and its site) is open throughout.
pub(crate) fn room_open(instance: &Instance, room: RoomIx, span: Span) -> bool {
    instance.rooms[room.i()].open.contains(span)
}

/// Whether the room has all that the service needs.
pub(crate) fn has_features(instance: &Instance, room: RoomIx, service: ServiceIx) -> bool {
    let has = &instance.problem.rooms[room.i()].features;
    instance.problem.services[service.i()].room_features.iter().all(|f| has.contains(f))
}

/// Whether so many people fit in.
pub(crate) fn holds(instance: &Instance, room: RoomIx, people: usize) -> bool {
    instance.rooms[room.i()].capacity as usize >= people
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn in_person_needs_a_room_of_the_site_and_telehealth_none() {
        let talk = session("p1-talk/1", TUE);
        for room in [json!(null), json!("q1"), json!("nowhere")] {
            let change = json!({ "room": room, "site": "s1", "modality": "in_person" });
            Case::new().breaks("H6", &[but(talk.clone(), change)]);
        }
        Case::new().breaks("H6", &[but(tele("p1-talk/1", TUE), json!({ "room": "r1" }))]);
    }

    #[test]
    fn the_room_has_every_feature() {
        Case::new().having("rooms", "r1", json!({ "features": [] })).breaks("H6", &[session("p1-talk/1", TUE)]);
    }

    #[test]
    fn site_and_room_are_open_throughout() {
        let talk = session("p1-talk/1", TUE);
        let closed = |start, end| Case::new().having("rooms", "r1", json!({ "closed": [on_tuesday(start, end)] }));
        closed("10:30", "11:00").breaks("H6", std::slice::from_ref(&talk));
        closed("10:50", "11:00").keeps(std::slice::from_ref(&talk));
        Case::new()
            .having("rooms", "r1", json!({ "hours": [daily("10:15", "12:00")] }))
            .breaks("H6", std::slice::from_ref(&talk));
        let shut = json!({ "closed": [{ "from": "2026-12-01T10:45", "to": "2026-12-01T12:00" }] });
        Case::new().having("sites", "s1", shut).breaks("H6", &[talk]).keeps(&[tele("p1-talk/1", TUE)]);
    }

    #[test]
    fn the_room_holds_attendees_and_family_but_clinicians_are_not_counted() {
        let case = Case::new()
            .having("participants", "p1", json!({ "family": [{ "id": "f1" }, { "id": "f2" }] }))
            .having("orders", "p1-talk", json!({ "family": ["f1", "f2"] }));
        case.keeps(&[session("p1-talk/1", TUE)]);
        let case = case.having("rooms", "r1", json!({ "capacity": 2 }));
        case.breaks("H6", &[session("p1-talk/1", TUE)]).keeps(&[session("h/1", WED)]);
    }
}
