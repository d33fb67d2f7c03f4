//! Which problems cover which: edits of a drawn problem, each with what it does, and calendars that bear it out.

use super::*;
use crate::{
    generate::{Draw, generate},
    instance::Instance,
    rules,
    scenario::edits::{self, Edit},
    search::{self, Options, Unwatched},
};

fn instance(problem: &Problem) -> Arc<Instance> {
    Arc::new(Instance::new(Arc::new(problem.clone())))
}

/// An edited problem, and what its edits do.
fn edited(base: &Instance, edit: Value) -> (Arc<Instance>, Option<&'static str>) {
    let list = edits::read(&json!([edit])).unwrap();
    let problem = edits::apply(&base.problem, &list).unwrap_or_else(|faults| panic!("{edit}: {faults:?}"));
    let instance = instance(&problem);
    let does = Monotony::of(base, &instance).map(|m| m.edits);
    (instance, does)
}

fn drawn() -> Arc<Instance> {
    instance(&generate(&Draw { per_site: 8, sites: 2, seed: 5, staff: 60, ..Draw::default() }))
}

/// Edits of the drawn problem that give more room.
fn relaxing(base: &Instance) -> Vec<Value> {
    let p = &base.problem;
    let (room, clinician, group, person) =
        (&p.rooms[0].id, &p.clinicians[0].id, &p.groups[0].id, &p.participants[0].id);
    let always =
        json!([{ "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "24:00" }]);
    let max = p.services.iter().find(|s| s.group.is_some()).unwrap();
    vec![
        json!({ "copy": format!("/rooms/{room}"), "count": 2 }),
        json!({ "copy": format!("/clinicians/{clinician}") }),
        json!({ "set": format!("/rooms/{room}/capacity"), "to": 99 }),
        json!({ "set": format!("/groups/{group}/max"), "to": 99 }),
        json!({ "set": format!("/groups/{group}/min"), "to": 1 }),
        json!({ "set": format!("/groups/{group}/hours"), "to": always }),
        json!({ "set": format!("/services/{}/group/min", max.id), "to": 1 }),
        json!({ "set": format!("/participants/{person}/commitments"), "to": [] }),
        json!({ "set": format!("/participants/{person}/available"), "to": null }),
        json!({ "set": format!("/sites/{}/hours", p.sites[0].id), "to": always }),
        json!({ "set": "/weights", "to": { "wait_minute": 0 } }),
        json!({ "set": "/travel", "to": { "default_minutes": 0 } }),
        json!({ "set": format!("/clinicians/{clinician}/max_minutes_per_week"), "to": null }),
    ]
}

#[test]
fn what_only_relaxes_covers_and_the_calendar_at_hand_stays_one_at_no_more_cost() {
    let base = drawn();
    let options = Options { seconds: None, rounds: Some(3), prove: false, ..Options::default() };
    let calendar = search::solve(&base, &options, &Unwatched, &Stop::default()).unwrap();
    for edit in relaxing(&base) {
        let (wide, does) = edited(&base, edit.clone());
        assert!(matches!(does, Some("relax" | "change nothing")), "{edit}: {does:?}");
        let sessions: Vec<_> = calendar.sessions.iter().map(|s| wide.book(&s.into())).collect();
        let judged = rules::judge(&wide, &sessions);
        assert!(judged.violations.is_empty() && judged.objective <= calendar.objective, "{edit}: {judged:?}");
        // Read the other way round, it tightens.
        assert!(covers(&wide, &base), "{edit}");
        assert_eq!(covers(&base, &wide), does == Some("change nothing"), "{edit}");
    }
}

#[test]
fn what_only_tightens_is_covered_and_each_of_its_calendars_is_one_of_the_base() {
    let base = drawn();
    let p = &base.problem;
    let (room, group, clinician) = (&p.rooms[0].id, &p.groups[0].id, &p.clinicians[0].id);
    let day = json!([{ "from": "2026-12-01T00:00", "to": "2026-12-02T00:00" }]);
    for edit in [
        json!({ "remove": format!("/rooms/{room}") }),
        json!({ "remove": format!("/groups/{group}") }),
        json!({ "set": format!("/rooms/{room}/closed"), "to": day }),
        json!({ "set": format!("/clinicians/{clinician}/away"), "to": day }),
        json!({ "set": format!("/sites/{}/closed", p.sites[0].id), "to": day }),
    ] {
        let (narrow, does) = edited(&base, edit.clone());
        assert_eq!(does, Some("tighten"), "{edit}");
        let options = Options { seconds: None, rounds: Some(2), prove: false, ..Options::default() };
        let calendar = search::solve(&narrow, &options, &Unwatched, &Stop::default()).unwrap();
        let sessions: Vec<_> = calendar.sessions.iter().map(|s| base.book(&s.into())).collect();
        let judged = rules::judge(&base, &sessions);
        assert!(judged.violations.is_empty() && judged.objective <= calendar.objective, "{edit}: {judged:?}");
    }
}

#[test]
fn what_changes_the_demand_or_both_ways_is_not_comparable() {
    let base = drawn();
    let p = &base.problem;
    let (person, clinician) = (&p.participants[0].id, &p.clinicians[0]);
    let pause = json!({ "minutes": 30, "start": "12:00", "end": "13:00" });
    for edit in [
        json!({ "copy": format!("/participants/{person}") }),
        json!({ "remove": format!("/participants/{person}") }),
        json!({ "set": format!("/participants/{person}/orders/{}/sessions", p.participants[0].orders[0].id), "to": 9 }),
        json!({ "set": format!("/services/{}/minutes", p.services[0].id), "to": 45 }),
        json!({ "set": "/grid_minutes", "to": 5 }),
        json!({ "set": format!("/clinicians/{}/shifts", clinician.id), "to": [{ "days": ["sun"], "start": "09:00", "end": "10:00" }] }),
    ] {
        assert_eq!(edited(&base, edit.clone()).1, None, "{edit}");
    }
    // A longer shift covers, unless with it comes a break that was not there.
    let tiny = instance(&tiny());
    let later = json!({ "set": "/clinicians/ana/shifts/0/end", "to": "14:00" });
    assert_eq!(edited(&tiny, later.clone()).1, Some("relax"));
    let list = edits::read(&json!([{ "set": "/clinicians/ana/break", "to": pause }])).unwrap();
    let with_break = instance(&edits::apply(&tiny.problem, &list).unwrap());
    assert_eq!(edited(&with_break, later).1, None);
}

#[test]
fn a_shift_that_binds_two_together_is_not_wider() {
    let shift = |start: &str, end: &str| json!({ "days": ["mon"], "start": start, "end": end });
    let halves: Vec<Edit> = edits::read(&json!([
        { "set": "/clinicians/ana/shifts", "to": [shift("09:00", "11:00"), shift("11:00", "13:00")] }
    ]))
    .unwrap();
    let base = instance(&edits::apply(&tiny(), &halves).unwrap());
    let whole = json!({ "set": "/clinicians/ana/shifts", "to": [shift("09:00", "13:00")] });
    assert_eq!(edited(&base, whole).1, None);
    let nearer = json!({ "set": "/clinicians/ana/shifts", "to": [shift("09:00", "11:00"), shift("11:00", "14:00")] });
    assert_eq!(edited(&base, nearer).1, None);
}
