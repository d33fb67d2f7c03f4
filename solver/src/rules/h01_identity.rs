//! H1, identity: what a session is called, what it belongs to, and that what was promised stays.

use std::collections::HashSet;

use super::{
    Rule, names,
    verdict::Verdict,
    view::{Seen, View, own_service, set},
};
use crate::instance::{Instance, Owner, Previous};

pub(super) const RULE: Rule = Rule {
    name: "H1",
    title: "identity",
    sentence: "A session's id is GROUP/k (k in 1..meetings) or ORDER/k (k in 1..sessions, plus the missed ones), each at \
               most once. A previous session that is pinned or frozen keeps its start, room, clinicians and participants \
               (others may join a pinned one only); a frozen one also its end, service, site and modality. No other \
               session starts before freeze_until. A session's service, and a group's site and modality, are those of \
               its group or order; ORDER/k is only for a service without group.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    let mut seen = HashSet::with_capacity(view.sessions.len());
    for s in &view.sessions {
        if !seen.insert(s.id.as_str()) {
            verdict.breaks("H1", &[*s], format!("There are two sessions {}.", s.id));
        }
    }
    for s in view.fresh() {
        if !owned(s, verdict) {
            continue;
        }
        numbered(view.instance, s, verdict);
        like_its_owner(view.instance, s, verdict);
        if s.start < view.instance.freeze {
            verdict.breaks("H1", &[*s], format!("{} starts before freeze_until and is no fact.", s.id));
        }
    }
    for old in view.instance.previous.iter().filter(|p| p.kept()) {
        kept(view, old, verdict);
    }
}

/// Whether it names a group or order that there is.
fn owned(s: &Seen, verdict: &mut Verdict) -> bool {
    if s.owner != Owner::Gone {
        return true;
    }
    let unknown: Vec<String> = ["group", "order"]
        .into_iter()
        .flat_map(|field| s.names(field).map(move |id| format!("the problem has no {field} {id}")))
        .collect();
    let why = if unknown.is_empty() { "it names neither group nor order".to_owned() } else { unknown.join(", ") };
    verdict.breaks("H1", &[*s], format!("{}: {why}.", s.id));
    false
}

/// The numbers that the sessions of an owner may bear: 1 to this.
pub(crate) fn numbers(instance: &Instance, owner: Owner) -> usize {
    match owner {
        Owner::Group(g) => instance.groups[g.i()].meetings,
        Owner::Order(o) => instance.orders[o.i()].sessions + instance.orders[o.i()].missed,
        Owner::Gone => 0,
    }
}

fn numbered(instance: &Instance, s: &Seen, verdict: &mut Verdict) {
    let most = numbers(instance, s.owner);
    let owner = match s.owner {
        Owner::Group(g) => names::group(instance, g),
        Owner::Order(o) => names::order(instance, o),
        Owner::Gone => return,
    };
    if !s.number.is_some_and(|k| (1..=most).contains(&(k as usize))) {
        let range = if most == 0 { "none is ordered".to_owned() } else { format!("{owner}/1 to {owner}/{most} are") };
        verdict.breaks("H1", &[*s], format!("{} is no id of a session of {owner}; {range}.", s.id));
    }
    if let Owner::Order(o) = s.owner
        && instance.services[instance.orders[o.i()].service.i()].is_group
    {
        let detail = format!("{}: {owner} orders a group service, which only meetings of groups can meet.", s.id);
        verdict.breaks("H1", &[*s], detail).participant(instance.orders[o.i()].participant);
    }
}

fn like_its_owner(instance: &Instance, s: &Seen, verdict: &mut Verdict) {
    let own = own_service(instance, s.owner);
    if s.booking().service != own {
        let given = s.names("service").next().map(str::to_owned);
        let given = given.or_else(|| s.service.map(|v| names::service(instance, v).to_string())).unwrap_or_default();
        let own = own.map(|v| names::service(instance, v).to_string()).unwrap_or_default();
        verdict.breaks("H1", &[*s], format!("{} is a session of {own}, not of {given}.", s.id));
    }
    if let Owner::Group(g) = s.owner {
        let data = &instance.groups[g.i()];
        let group = names::group(instance, g);
        if s.site != Some(data.site) {
            let site = names::site(instance, data.site);
            verdict.breaks("H1", &[*s], format!("{} is not at {site}, where {group} meets.", s.id));
        }
        if s.modality != data.modality {
            let how = names::modality(data.modality);
            verdict.breaks("H1", &[*s], format!("{} is not {how}, as {group} meets.", s.id));
        }
    }
}

/// Whether a fact or a pinned session is still as it was.
fn kept(view: &View, old: &Previous, verdict: &mut Verdict) {
    let kind = if old.frozen { "frozen" } else { "pinned" };
    let id = &old.booked.id;
    let before = Seen::new(view.instance, &old.booked, Some(old));
    let lost: Vec<&str> = match view.named(id) {
        None => vec!["it is missing"],
        Some(now) => changes(&before, now, old.frozen),
    };
    if !lost.is_empty() {
        let detail = format!("The {kind} session {id} was not kept: {}.", lost.join(", "));
        verdict.note("H1", vec![id.clone()], detail).participants(&old.booked.participants);
    }
}

fn changes(before: &Seen, now: &Seen, frozen: bool) -> Vec<&'static str> {
    let mut lost = Vec::new();
    let mut same = |same: bool, what: &'static str| {
        if !same {
            lost.push(what);
        }
    };
    let sorted = |s: &Seen| {
        // Clinicians who have left may be named or not.
        let mut all = s.clinicians.clone();
        all.sort_unstable();
        all
    };
    let people = (set(before.participants.iter().copied()), set(now.participants.iter().copied()));
    same(now.start == before.start, "another start");
    same(now.same_room(before), "another room");
    same(sorted(now) == sorted(before), "other clinicians");
    same(people.0.iter().all(|p| people.1.binary_search(p).is_ok()), "somebody is missing");
    if frozen {
        let services = |s: &Seen| s.booking().service;
        same(people.1.iter().all(|p| people.0.binary_search(p).is_ok()), "somebody joined");
        same(now.end == before.end, "another end");
        same(services(now) == services(before) && now.names("service").eq(before.names("service")), "another service");
        same(now.same_site(before), "another site");
        same(now.modality == before.modality, "another modality");
    }
    lost
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn an_id_is_that_of_its_owner_and_a_number_up_to_what_is_ordered() {
        let case = Case::new();
        case.keeps(&[session("p1-talk/2", TUE)]);
        for id in ["p1-talk/3", "p1-talk/0", "p1-talk/01", "p1-talk/x", "p1-talk", "p1-talk/+1"] {
            case.breaks("H1", &[but(session("p1-talk/1", TUE), json!({ "id": id }))]);
        }
    }

    #[test]
    fn an_id_is_given_once() {
        Case::new().breaks("H1", &[session("p1-talk/1", TUE), session("p1-talk/1", WED)]);
    }

    #[test]
    fn an_unknown_group_or_order_breaks_h1_and_never_stops_the_rest() {
        let stray = but(session("p1-talk/1", WED), json!({ "id": "x/1", "order": "x" }));
        let late = but(session("p2-talk/1", TUE), json!({ "end": "2026-12-01T10:45:00-05:00" }));
        Case::new().breaks("H1", std::slice::from_ref(&stray)).breaks("H1 H2", &[stray, late]);
    }

    #[test]
    fn the_order_of_a_group_service_is_met_by_groups() {
        Case::new().breaks("H1", &[session("p1-circle/1", TUE)]);
    }

    #[test]
    fn the_service_and_a_groups_site_and_modality_are_those_of_the_owner() {
        Case::new()
            .breaks("H1", &[but(session("h/1", TUE), json!({ "site": "s2", "room": "q1" }))])
            .breaks("H1", &[but(session("h/1", TUE), json!({ "modality": "telehealth", "room": null }))])
            .breaks("H1", &[but(session("p1-talk/1", TUE), json!({ "service": "nothing" }))]);
    }

    #[test]
    fn a_pinned_or_frozen_session_stays_as_it_is() {
        let talk = session("p1-talk/1", TUE);
        for freeze in [json!(null), json!("2026-12-01T12:00:00-05:00")] {
            let pinned = freeze.is_null();
            let case = Case::new().with(json!({ "previous": [but(talk.clone(), json!({ "pinned": pinned }))] }));
            let case = if pinned { case } else { case.with(json!({ "freeze_until": freeze })) };
            case.keeps(std::slice::from_ref(&talk)).breaks("H1", &[]);
            case.breaks("H1", &[session("p1-talk/1", "2026-12-01T14:00:00-05:00")]);
            case.breaks("H1", &[but(talk.clone(), json!({ "room": "r2" }))]);
            case.breaks("H1", &[but(talk.clone(), json!({ "clinicians": ["t2"] }))]);
        }
    }

    #[test]
    fn a_frozen_session_also_keeps_its_end_service_site_and_modality() {
        let talk = session("p1-talk/1", TUE);
        let case = Case::new().with(json!({ "previous": [talk], "freeze_until": "2026-12-01T12:00:00-05:00" }));
        for change in [
            json!({ "end": "2026-12-01T20:00:00-05:00" }),
            json!({ "service": "circle" }),
            json!({ "site": "s2" }),
            json!({ "modality": "telehealth" }),
        ] {
            case.breaks("H1", &[but(talk.clone(), change)]);
        }
    }

    #[test]
    fn others_may_join_a_pinned_session_only() {
        let meeting = session("h/1", TUE);
        let more = but(meeting.clone(), json!({ "participants": ["p1", "p2", "p3"] }));
        let pinned = Case::new().with(json!({ "previous": [but(meeting.clone(), json!({ "pinned": true }))] }));
        pinned.keeps(std::slice::from_ref(&more));
        let freeze = json!({ "previous": [meeting], "freeze_until": "2026-12-01T12:00:00-05:00" });
        Case::new().with(freeze).breaks("H1", &[more]);
    }

    #[test]
    fn no_other_session_starts_before_freeze_until() {
        Case::new()
            .with(json!({ "freeze_until": "2026-12-01T10:00:30-05:00" }))
            .breaks("H1", &[session("p1-talk/1", TUE)])
            .keeps(&[session("p1-talk/1", "2026-12-01T10:15:00-05:00")]);
    }

    #[test]
    fn a_frozen_session_of_what_is_gone_still_holds_what_exists() {
        let talk = but(
            session("p1-talk/1", TUE),
            json!({ "service": "talk", "end": "2026-12-01T10:50:00-05:00",
            "site": "s1", "modality": "in_person", "participants": ["p2"], "order": "gone", "id": "gone/1" }),
        );
        let case = Case::new().with(json!({ "previous": [talk], "freeze_until": "2026-12-01T10:30:00-05:00" }));
        case.keeps(std::slice::from_ref(&talk)).breaks("H1", &[]);
        let clash = but(session("p1-talk/1", "2026-12-01T10:45:00-05:00"), json!({ "room": "r2" }));
        case.breaks("H7", &[talk, clash]);
    }

    #[test]
    fn a_frozen_session_that_is_no_longer_ordered_breaks_nothing() {
        let talk = session("p1-talk/2", TUE);
        Case::new()
            .having("orders", "p1-talk", json!({ "sessions": 1 }))
            .with(json!({ "previous": [talk], "freeze_until": "2026-12-01T10:30:00-05:00" }))
            .keeps(std::slice::from_ref(&talk))
            .breaks("H11", &[talk, session("p1-talk/1", WED)]);
    }
}
