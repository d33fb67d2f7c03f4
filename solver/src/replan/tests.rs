//! Replanning, held against the contract.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};

use super::{Events, Replan, Task, Unplannable, read, replan};
use crate::{
    calendar::Calendar,
    generate::{Draw, generate},
    instance::Instance,
    problem::{Faults, GivenSession, Problem, ReadError},
    rules::{
        self,
        testing::{Case, TUE, WED, session},
    },
    search::{Options, Stop, Unwatched, solve},
};

/// A drawn problem, and a calendar in force.
fn week(seed: u64) -> (Arc<Problem>, Calendar, Vec<GivenSession>) {
    let problem = Arc::new(generate(&Draw::small(seed)));
    let options = Options { seconds: Some(5.0), rounds: Some(2), seed, ..Options::default() };
    let instance = Arc::new(Instance::new(problem.clone()));
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).expect("a calendar");
    let given = calendar.sessions.iter().map(Into::into).collect();
    (problem, calendar, given)
}

fn events(text: Value) -> Events {
    read(text.to_string().as_bytes()).expect("valid events")
}

fn plans(task: &Task) -> Replan {
    let options = Options { seconds: Some(5.0), rounds: Some(1), ..Options::default() };
    replan(task, &options, &|_| (), &Stop::default()).expect("plans")
}

/// What a person has: start, end, place and, for a participant, who with.
fn weeks(sessions: &[crate::calendar::Session]) -> BTreeSet<(String, String)> {
    let told = |s: &crate::calendar::Session, with: bool| {
        let mut team: Vec<String> = s.clinicians.iter().map(ToString::to_string).collect();
        team.sort();
        let owner = s.group.as_ref().or(s.order.as_ref()).map(ToString::to_string);
        let what = (owner, s.start, s.end, s.modality, s.site.clone(), s.room.clone());
        if with { format!("{what:?} {team:?}") } else { format!("{what:?}") }
    };
    let participants =
        sessions.iter().flat_map(|s| s.participants.iter().map(move |p| (format!("p {p}"), told(s, true))));
    let clinicians = sessions.iter().flat_map(|s| s.clinicians.iter().map(move |c| (format!("c {c}"), told(s, false))));
    participants.chain(clinicians).collect()
}

/// Everything that must hold of plans whatever happened.
fn hold(plans: &Replan, before: &Calendar, at: chrono::DateTime<chrono::FixedOffset>) {
    assert!(!plans.plans.is_empty());
    let instance = Instance::new(plans.problem.clone());
    let mut last: Option<(usize, u64, u64)> = None;
    for plan in &plans.plans {
        let given: Vec<GivenSession> = plan.calendar.sessions.iter().map(Into::into).collect();
        let check = rules::check(&instance, &given);
        assert!(check.feasible, "{:?}", check.violations);
        assert_eq!((check.objective, plan.calendar.objective), (plan.objective, plan.objective));
        let missing: u64 = plan.calendar.unmet.iter().map(|u| u64::from(u.missing_sessions)).sum();
        assert_eq!(missing, plan.missing_sessions);
        // Exactly those are called for whom something changes.
        let (old, new) = (weeks(&before.sessions), weeks(&plan.calendar.sessions));
        let changed: BTreeSet<String> = old.symmetric_difference(&new).map(|x| x.0.clone()).collect();
        let called: BTreeSet<String> = plan
            .contacts
            .iter()
            .map(|c| match (&c.participant, &c.clinician) {
                (Some(p), None) => format!("p {p}"),
                (None, Some(c)) => format!("c {c}"),
                _ => panic!("neither participant nor clinician: {c:?}"),
            })
            .collect();
        assert_eq!((&called, called.len()), (&changed, plan.contacts.len()));
        assert!(plan.contacts.iter().all(|c| !c.text.is_empty() && !c.sessions.is_empty()), "{:?}", plan.contacts);
        // What has begun stays.
        let begun = |s: &&crate::calendar::Session| s.start.0 < at;
        let facts: BTreeSet<&String> = before.sessions.iter().filter(begun).map(|s| &s.id).collect();
        let still: BTreeSet<&String> = plan.calendar.sessions.iter().filter(begun).map(|s| &s.id).collect();
        assert_eq!(facts, still);
        if let Some((calls, missing, objective)) = last {
            assert!(plan.contacts.len() > calls && plan.missing_sessions <= missing && plan.objective < objective);
        }
        last = Some((plan.contacts.len(), plan.missing_sessions, plan.objective));
    }
}

#[test]
fn each_plan_passes_the_rules_and_calls_exactly_those_for_whom_something_changes() {
    let mut planned = 0;
    for seed in 0..4 {
        let (problem, calendar, given) = week(seed);
        let Some(some) = calendar.sessions.get(calendar.sessions.len() / 2) else { continue };
        let Some(c) = some.clinicians.first() else { continue };
        let at = some.start.0;
        let happened = match seed % 4 {
            0 => json!({ "kind": "clinician_away", "id": c }),
            1 => {
                json!({ "kind": "participant_away", "id": some.participants[0], "from": at.to_rfc3339(), "to": (at + chrono::Duration::hours(30)).to_rfc3339() })
            }
            2 => {
                json!({ "kind": "site_closed", "id": some.site, "from": at.to_rfc3339(), "to": (at + chrono::Duration::hours(8)).to_rfc3339() })
            }
            _ => json!({ "kind": "cancel", "id": some.id }),
        };
        let events = events(json!({ "at": at.to_rfc3339(), "events": [happened] }));
        let task = Task::new(problem, &given, &events).expect("events that fit");
        hold(&plans(&task), &calendar, at);
        planned += 1;
    }
    assert!(planned >= 3, "only {planned}");
}

#[test]
fn a_new_order_has_a_place_in_the_first_plan_where_there_is_one() {
    let (problem, calendar, given) = week(3);
    let single = calendar.sessions.iter().find(|s| s.order.is_some()).expect("a single session");
    let (person, at) = (&single.participants[0], calendar.sessions[0].start);
    let text = json!({ "at": "2000-01-03T00:00:00Z", "events": [
        { "kind": "edit", "edits": [{ "set": format!("/participants/{person}/plan"), "to": null }] },
        { "kind": "new_order", "id": person, "order": { "id": "one-more", "service": single.service, "sessions": 1, "one_per_day": false } } ] });
    let task = Task::new(problem, &given, &events(text)).expect("events that fit");
    let plans = plans(&task);
    hold(&plans, &calendar, at.0 - chrono::Duration::days(30));
    let taken =
        |p: &super::Plan| p.calendar.sessions.iter().any(|s| s.order.as_ref().is_some_and(|o| **o == *"one-more"));
    // A free place is one that nothing but its cost stands against.
    let free = |p: &super::Plan| {
        let unmet = p.calendar.unmet.iter().filter(|u| *u.order == *"one-more");
        unmet.flat_map(|u| &u.reasons).any(|r| r.code == "TRADE_OFF")
    };
    let first = &plans.plans[0];
    assert!(taken(first) || !free(first), "the first plan leaves a place for the new order free");
}

#[test]
fn what_is_called_off_is_gone_and_what_is_kept_stays() {
    let (problem, calendar, given) = week(1);
    let singles: Vec<_> = calendar.sessions.iter().filter(|s| s.order.is_some()).collect();
    let (off, keep) = (singles[0], singles[singles.len() - 1]);
    let at = calendar.sessions[0].start;
    let text = json!({ "at": at, "events": [{ "kind": "cancel", "id": off.id }], "keep": [keep.id] });
    let task = Task::new(problem.clone(), &given, &events(text)).expect("events that fit");
    for plan in &plans(&task).plans {
        let same = plan.calendar.sessions.iter().find(|s| s.id == keep.id).expect("the kept session");
        assert_eq!((same.start, &same.clinicians, &same.room), (keep.start, &keep.clinicians, &keep.room));
        let person = &off.participants[0];
        let there = |s: &&crate::calendar::Session| {
            s.participants.contains(person) && s.start.0 < off.end.0 && off.start.0 < s.end.0
        };
        assert!(off.start.0 < at.0 || !plan.calendar.sessions.iter().any(|s| there(&s)));
    }
    let both =
        json!({ "at": at, "events": [{ "kind": "clinician_away", "id": keep.clinicians[0] }], "keep": [keep.id] });
    match Task::new(problem, &given, &events(both)) {
        Err(Unplannable::KeptContradict(violations)) => assert!(violations[0].sessions.contains(&keep.id)),
        _ => panic!("a session of somebody who is away was kept"),
    }
}

#[test]
fn a_call_that_weighs_more_is_made_to_somebody_else() {
    for (heavy, light) in [("t1", "t2"), ("t2", "t1")] {
        let case = Case::new().only(&["p1", "p2"], 1);
        let (instance, _) = case.booked(&[]);
        let given = [session("p1-talk/1", TUE), session("p2-talk/1", WED)];
        let given =
            crate::problem::read_calendar(json!({ "sessions": given }).to_string().as_bytes()).unwrap().sessions;
        let text = json!({ "at": "2026-11-30T08:00", "burden": [{ "id": heavy, "weight": 5 }], "events": [
            { "kind": "new_order", "id": "p2", "order": { "id": "more", "service": "talk", "sessions": 1 } } ] });
        let task = Task::new(instance.problem.clone(), &given, &events(text)).expect("events that fit");
        let first = &plans(&task).plans[0];
        let more = first.calendar.sessions.iter().find(|s| s.id == "more/1").expect("a place for the new order");
        assert_eq!((&*more.clinicians[0], first.burden, first.contacts.len()), (light, 2, 2), "{:?}", first.contacts);
    }
}

#[test]
fn everything_that_is_wrong_with_the_events_is_told_at_once() {
    let shape = json!({ "at": "soon", "events": [{ "kind": "earthquake" }, { "kind": "cancel", "from": "2026-12-01T10:00" }],
                        "keeps": [] });
    let Err(ReadError::Invalid(Faults(faults))) = read(shape.to_string().as_bytes()) else { panic!("it was read") };
    let told: Vec<(&str, &str)> = faults.iter().map(|f| (&*f.pointer, f.code)).collect();
    for expected in ["/at", "/events/0/kind", "/keeps", "/events/1", "/events/1/from"] {
        assert!(told.iter().any(|t| t.0 == expected || t.0.starts_with(expected)), "{expected} of {told:?}");
    }
    let (problem, _, given) = week(2);
    let meaning = json!({ "at": "2026-12-01T10:00", "keep": ["nothing/1"], "burden": [{ "id": "nobody", "weight": 2 }], "events": [
        { "kind": "clinician_away", "id": "nobody" }, { "kind": "cancel", "id": "nothing/2" },
        { "kind": "edit", "edits": [{ "remove": "/rooms/none" }] } ] });
    let Err(Unplannable::Invalid(Faults(faults))) = Task::new(problem, &given, &events(meaning)) else {
        panic!("it was taken");
    };
    let told: Vec<(&str, &str)> = faults.iter().map(|f| (&*f.pointer, f.code)).collect();
    assert_eq!(
        told,
        [
            ("/events/0/id", "unknown-id"),
            ("/events/1/id", "unknown-id"),
            ("/keep/0", "unknown-id"),
            ("/burden/0", "unknown-id"),
            ("/events/2/edits/0", "unknown-id")
        ]
    );
}
