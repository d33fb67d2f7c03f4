//! A problem for each kind of remedy in which just that kind helps; made, and the changed problem solved from scratch, the
//! order is met.

use std::{collections::BTreeSet, ops::ControlFlow, sync::Arc};

use serde_json::{Value, json};

use super::super::{Found, Remedy, Search, kind::KINDS, remedies};
use crate::{
    explain,
    instance::Instance,
    problem::Problem,
    rules::{
        self,
        testing::{Case, THU, TUE, WED, but, on_tuesday, session},
    },
    scenario::edits,
    search::{Options, Stop, Unwatched, solve},
};

const ELEVEN: &str = "2026-12-01T11:00:00-05:00";

/// One hour of Tuesday, in which a talk has one place.
fn hour() -> Value {
    json!([on_tuesday("10:00", "11:00")])
}

fn on(day: &str, start: &str, end: &str) -> Value {
    json!({ "days": [day], "start": start, "end": end })
}

/// People who each want one talk, in person at their site, in the only hour in which they are there.
fn talks(people: &[&str]) -> Case {
    let case = Case::new().only(people, 1).having("services", "talk", json!({ "modalities": ["in_person"] }));
    people.iter().fold(case, |case, id| {
        case.having("participants", id, json!({ "sites": ["s1"], "telehealth": false, "available": hour() }))
    })
}

/// People who each want one meeting of the open group `h`, the only one, and have time in that hour of Tuesday.
fn circles(people: &[&str]) -> Case {
    let people: Vec<Value> = people
        .iter()
        .map(|id| {
            json!({ "id": id, "home_site": "s1", "available": hour(),
                    "orders": [{ "id": format!("{id}-circle"), "service": "circle", "sessions": 1 }] })
        })
        .collect();
    let group = json!({ "id": "h", "name": "h", "service": "circle", "site": "s1", "meetings": 1, "roster": "open" });
    let case = Case::new().with(json!({ "participants": people, "groups": [group] }));
    case.having("services", "circle", json!({ "documentation_minutes": 0 }))
}

/// What is found for an order.
fn found(case: &Case, sessions: &[Value], order: &str) -> (Arc<Instance>, Found) {
    let (instance, booked) = case.booked(sessions);
    let instance = Arc::new(instance);
    let before = rules::judge(&instance, &booked);
    assert_eq!(before.violations, [], "{order}");
    let unmet = explain::unmet(&instance, &booked, &before.missing);
    let search = Search { most: 3, deadline: None };
    let all = remedies(&instance, &booked, &unmet, search, &mut |_, _| ControlFlow::Continue(()));
    let k = unmet.iter().position(|u| *u.order == *order).expect("an unmet order");
    (instance, all[k].clone())
}

/// The only remedy; made, and everything solved from scratch, nothing of the order is missing.
#[track_caller]
fn only(kind: &'static str, case: &Case, sessions: &[Value], order: &str) -> (Remedy, Problem) {
    let (instance, found) = found(case, sessions, order);
    let kinds: Vec<&str> = found.remedies.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [kind], "{found:?}");
    let remedy = found.remedies[0].clone();
    assert!(remedy.text.contains(order), "{}", remedy.text);
    let problem = edits::apply(&instance.problem, &remedy.edits).expect("edits that can be made");
    let options = Options { seconds: None, rounds: Some(4), prove: false, ..Options::default() };
    let changed = Arc::new(Instance::new(Arc::new(problem.clone())));
    let calendar = solve(&changed, &options, &Unwatched, &Stop::default()).expect("a calendar");
    assert!(calendar.unmet.iter().all(|u| !u.order.starts_with(order)), "{remedy:?}: {:?}", calendar.unmet);
    (remedy, problem)
}

/// Somebody with a session before and one after a meeting, both of which reach into it and could be on Wednesday.
fn between_two() -> Case {
    let orders = json!([{ "id": "p1-circle", "service": "circle", "sessions": 1 },
                        { "id": "p1-a", "service": "talk", "sessions": 1 },
                        { "id": "p1-b", "service": "talk", "sessions": 1 }]);
    let hours = [on_tuesday("09:00", "12:00"), on("wed", "09:00", "12:00")];
    let case =
        circles(&["p1", "p2", "p3"]).having("participants", "p1", json!({ "orders": orders, "available": hours }));
    let morning = json!({ "available": [on_tuesday("09:00", "12:00")] });
    case.having("participants", "p2", morning.clone()).having("participants", "p3", morning)
}

fn between_two_as_it_stands() -> Vec<Value> {
    let own = |id: &str, start: &str| but(session(id, start), json!({ "clinicians": ["t2"], "room": "r2" }));
    let meeting = but(session("h/1", "2026-12-01T10:15:00-05:00"), json!({ "participants": ["p2", "p3"] }));
    vec![meeting, own("p1-a/1", "2026-12-01T09:30:00-05:00"), own("p1-b/1", "2026-12-01T11:00:00-05:00")]
}

/// A case of its own for each kind.
fn cases() -> Vec<(&'static str, Case, Vec<Value>, &'static str)> {
    let nobody = json!({ "shifts": [] });
    let evening = |start, end| json!({ "available": [on_tuesday(start, end)] });
    let late = session("p2-talk/1", TUE);
    let own = |change: Value| talks(&["p1"]).having("participants", "p1", change);
    let order = |change: Value| talks(&["p1"]).having("orders", "p1-talk", change);
    let two = |change: Value| {
        let both = json!({ "available": [on_tuesday("10:00", "11:00"), on("wed", "10:00", "11:00")] });
        let case = talks(&["p1"]).having("orders", "p1-talk", json!({ "sessions": 2 }));
        case.having("participants", "p1", both).having("participants", "p1", change)
    };
    let first = || vec![session("p1-talk/1", TUE)];
    let meeting = |people: &[&str]| vec![but(session("h/1", TUE), json!({ "participants": people }))];
    let family = json!({ "family": [{ "id": "mother", "available": [] }] });
    let work = |flexibility| json!({ "commitments": [{ "kind": "work", "windows": [{ "days": ["mon", "tue"], "start": "09:00", "end": "17:00" }], "flexibility": flexibility }] });
    vec![
        ("free-place", talks(&["p1"]), vec![], "p1-talk"),
        (
            "move-session",
            talks(&["p1", "p2"]).having("clinicians", "t2", nobody.clone()).having(
                "participants",
                "p2",
                evening("10:00", "12:00"),
            ),
            vec![late.clone()],
            "p1-talk",
        ),
        ("move-own-sessions", between_two(), between_two_as_it_stands(), "p1-circle"),
        ("two-on-a-day", two(json!({ "available": [on_tuesday("10:00", "12:00")] })), first(), "p1-talk"),
        ("wider-windows", order(json!({ "windows": [on("wed", "09:00", "17:00")] })), vec![], "p1-talk"),
        (
            "telehealth",
            own(json!({})).having("services", "talk", json!({ "modalities": ["in_person", "telehealth"] })).having(
                "sites",
                "s1",
                json!({ "closed": [on_tuesday("00:00", "24:00")] }),
            ),
            vec![],
            "p1-talk",
        ),
        (
            "other-clinician",
            order(json!({ "clinician": "t1" })).having(
                "clinicians",
                "t1",
                json!({ "away": [on_tuesday("00:00", "24:00")] }),
            ),
            vec![],
            "p1-talk",
        ),
        (
            "soft-commitment",
            own(work("soft")).with(json!({ "weights": { "soft_commitment_minute": 10000 } })),
            vec![],
            "p1-talk",
        ),
        ("commitment", own(work("hard")), vec![], "p1-talk"),
        (
            "larger-group",
            circles(&["p1", "p2", "p3"]).having("groups", "h", json!({ "max": 2 })),
            meeting(&["p1", "p2"]),
            "p3-circle",
        ),
        (
            "larger-room",
            ["r1", "r2"]
                .iter()
                .fold(circles(&["p1", "p2", "p3"]), |case, room| case.having("rooms", room, json!({ "capacity": 2 }))),
            meeting(&["p1", "p2"]),
            "p3-circle",
        ),
        ("smaller-group", circles(&["p1"]), vec![], "p1-circle"),
        (
            "group-hours",
            circles(&["p1", "p2"]).having("groups", "h", json!({ "hours": [on("wed", "09:00", "17:00")] })),
            vec![],
            "p1-circle",
        ),
        (
            "group-clinicians",
            circles(&["p1", "p2"]).having("groups", "h", json!({ "clinicians": ["t1"] })).having(
                "clinicians",
                "t1",
                json!({ "away": [on_tuesday("00:00", "24:00")] }),
            ),
            vec![],
            "p1-circle",
        ),
        ("longer-shift", own(evening("16:15", "17:15")), vec![], "p1-talk"),
        (
            "room-hours",
            ["r1", "r2"].iter().fold(talks(&["p1"]), |case, room| {
                case.having("rooms", room, json!({ "hours": [on("wed", "09:00", "17:00")] }))
            }),
            vec![],
            "p1-talk",
        ),
        (
            "room-features",
            ["r1", "r2"]
                .iter()
                .fold(talks(&["p1"]), |case, room| case.having("rooms", room, json!({ "features": [] }))),
            vec![],
            "p1-talk",
        ),
        ("plan-limit", two(json!({ "plan": { "max_days": 1 } })), first(), "p1-talk"),
        (
            "clinician-limit",
            ["t1", "t2"]
                .iter()
                .fold(talks(&["p1"]), |case, id| case.having("clinicians", id, json!({ "max_minutes_per_day": 30 }))),
            vec![],
            "p1-talk",
        ),
        (
            "without-family",
            order(json!({ "family": ["mother"] })).having("participants", "p1", family),
            vec![],
            "p1-talk",
        ),
        ("interpreter", own(json!({ "languages": ["es"] })), vec![], "p1-talk"),
        (
            "several-changes",
            own(work("hard")).having("orders", "p1-talk", json!({ "windows": [on("wed", "09:00", "17:00")] })),
            vec![],
            "p1-talk",
        ),
        ("much-longer-shift", own(evening("17:00", "18:00")), vec![], "p1-talk"),
        (
            "new-group",
            circles(&["p1", "p2", "p3", "p4"])
                .having("participants", "p3", json!({ "available": [on("wed", "10:00", "11:00")] }))
                .having("participants", "p4", json!({ "available": [on("wed", "10:00", "11:00")] })),
            meeting(&["p1", "p2"]),
            "p3-circle",
        ),
        (
            "new-room",
            talks(&["p1", "p2"]).having("rooms", "r2", json!({ "site": "s2" })),
            vec![late.clone()],
            "p1-talk",
        ),
        ("new-clinician", talks(&["p1", "p2"]).having("clinicians", "t2", nobody), vec![late], "p1-talk"),
    ]
}

#[test]
fn each_kind_is_found_where_just_it_helps_and_the_order_is_met_once_it_is_made() {
    let mut tried = BTreeSet::new();
    for (kind, case, sessions, order) in cases() {
        only(kind, &case, &sessions, order);
        tried.insert(kind);
    }
    let all: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(tried, all);
}

#[test]
fn one_session_goes_by_telehealth_and_all_else_stays_in_person() {
    let both = json!({ "modalities": ["in_person", "telehealth"] });
    let more = json!([{ "id": "p1-talk", "service": "talk", "sessions": 2 },
                      { "id": "p1-more", "service": "talk", "sessions": 1 }]);
    let hours = [on_tuesday("10:00", "11:00"), on("wed", "10:00", "11:00"), on("thu", "10:00", "11:00")];
    let case = talks(&["p1"])
        .having("services", "talk", both)
        .having("participants", "p1", json!({ "orders": more, "available": hours }))
        .having("sites", "s1", json!({ "closed": [on_tuesday("00:00", "24:00")] }));
    let standing = [session("p1-talk/1", WED), session("p1-more/1", THU)];
    let (remedy, problem) = only("telehealth", &case, &standing, "p1-talk");
    let orders: Vec<(&str, u32, Value)> =
        problem.participants[0].orders.iter().map(|o| (&*o.id, o.sessions, json!(o.modality))).collect();
    let (here, away) = (json!("in_person"), json!("telehealth"));
    assert_eq!(orders, [("p1-talk", 1, here.clone()), ("p1-more", 1, here), ("p1-talk.t", 1, away)]);
    assert_eq!(remedy.sessions.iter().map(|s| &*s.id).collect::<Vec<_>>(), ["p1-talk.t/1"]);
    assert_eq!(
        remedy.text,
        "If one session of p1-talk may be by telehealth, p1-talk has a place on Tuesday 1 December at 10:00 EST with t1 by telehealth."
    );
}

#[test]
fn a_commitment_gives_way_on_the_day_on_which_it_is_in_the_way() {
    let (_, case, sessions, order) = cases().into_iter().find(|c| c.0 == "commitment").expect("its case");
    let (remedy, problem) = only("commitment", &case, &sessions, order);
    let kept: Vec<Value> =
        problem.participants[0].commitments.iter().map(|c| json!([c.flexibility, c.windows])).collect();
    let day = |day: &str| on(day, "09:00", "17:00");
    assert_eq!(kept, [json!(["hard", [day("mon")]]), json!(["soft", [day("tue")]])]);
    assert!(
        remedy.text.starts_with("If p1's work on Tuesday at 10:00 EST can give way, p1-talk has a place"),
        "{}",
        remedy.text
    );
}

#[test]
fn a_larger_group_says_how_many_its_clinician_then_has() {
    let people = ["p1", "p2", "p3", "p4"];
    let case =
        ["r1", "r2"].iter().fold(circles(&people), |case, id| case.having("rooms", id, json!({ "capacity": 4 })));
    let meeting = but(session("h/1", TUE), json!({ "participants": ["p1", "p2", "p3"] }));
    let (remedy, problem) = only("larger-group", &case, &[meeting], "p4-circle");
    let told = "If h takes 4 participants instead of 3 and a clinician may have 4 participants of circle at once instead of 3, ";
    assert!(remedy.text.starts_with(told), "{}", remedy.text);
    let size = problem.services[1].group.as_ref().expect("a group service");
    // Other groups stay as large as they were.
    assert_eq!((problem.groups[0].max, size.max, size.participants_per_clinician), (Some(4), 3, Some(4)));
}

#[test]
fn a_session_that_moves_is_named_with_whose_it_is() {
    let (_, case, sessions, order) = cases().into_iter().find(|c| c.0 == "move-session").expect("its case");
    let (remedy, _) = only("move-session", &case, &sessions, order);
    assert!(remedy.edits.is_empty() && remedy.moved_sessions == 1);
    let told =
        "If p2-talk/1 (p2) moves to Tuesday 1 December at 11:00 EST with t1 in r1, p1-talk has a place on Tuesday";
    assert!(remedy.text.starts_with(told) && remedy.moves[0].start.to_string() == ELEVEN, "{}", remedy.text);
}

#[test]
fn where_nothing_helps_it_says_what_was_tried() {
    let case = talks(&["p1"]).having("participants", "p1", json!({ "available": [] }));
    let (_, found) = found(&case, &[], "p1-talk");
    assert_eq!(found.remedies, []);
    assert!(found.tried.contains(&"moving one other session"), "{found:?}");
    assert!(found.tried.contains(&"one more clinician"), "{found:?}");
}

#[test]
fn a_new_clinician_or_room_is_found_only_where_nothing_smaller_helps() {
    // The same two people who need a second clinician, where the other clinician could stay half an hour longer.
    let short = json!({ "shifts": [{ "days": ["tue"], "start": "08:00", "end": "10:30", "sites": ["s1"] }] });
    let case = talks(&["p1", "p2"]).having("clinicians", "t2", short);
    let (_, found) = found(&case, &[session("p2-talk/1", TUE)], "p1-talk");
    assert_eq!(found.remedies.iter().map(|r| r.kind).collect::<Vec<_>>(), ["longer-shift"], "{found:?}");
}
