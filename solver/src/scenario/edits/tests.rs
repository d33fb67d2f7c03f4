//! Edits, held against the contract's sentences.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{address::Address, apply, read};
use crate::problem::{Faults, Problem};

fn problem() -> Problem {
    let text = json!({
        "version": 1, "week_start": "2026-11-30",
        "sites": [{ "id": "s1", "name": "One", "time_zone": "America/New_York", "jurisdiction": "US-NY",
                    "hours": [{ "days": ["mon", "tue"], "start": "08:00", "end": "20:00" }] },
                  { "id": "s2", "name": "Two", "time_zone": "America/New_York", "jurisdiction": "US-NY", "hours": [] }],
        "travel": { "pairs": [{ "a": "s1", "b": "s2", "minutes": 25 }] },
        "rooms": [{ "id": "r1", "site": "s1", "capacity": 8 }, { "id": "r2", "site": "s2", "capacity": 8 }],
        "services": [{ "id": "talk", "name": "Talk", "kind": "individual_therapy", "minutes": 50 },
                     { "id": "circle", "name": "Circle", "kind": "group_therapy", "minutes": 60,
                       "group": { "min": 1, "max": 6 } }],
        "clinicians": [{ "id": "t1", "name": "Ana", "home_site": "s1", "licensed_in": ["US-NY"],
                         "shifts": [{ "days": ["mon"], "start": "09:00", "end": "17:00", "sites": ["s1", "s2"] }] },
                       { "id": "t2", "name": "Ben", "home_site": "s1", "licensed_in": ["US-NY"],
                         "shifts": [{ "days": ["tue"], "start": "09:00", "end": "17:00" }] }],
        "groups": [{ "id": "g1", "name": "G1", "service": "circle", "site": "s1", "meetings": 1,
                     "clinicians": ["t1"], "members": ["p1"] },
                   { "id": "g2", "name": "G2", "service": "circle", "site": "s1", "meetings": 1 }],
        "participants": [{ "id": "p1", "home_site": "s1", "not_with": ["t2"], "apart_from": ["p2"],
                           "family": [{ "id": "f1" }],
                           "orders": [{ "id": "p1-talk", "service": "talk", "sessions": 1, "clinician": "t1",
                                        "prefer": ["t1"], "family": ["f1"] },
                                      { "id": "p1-circle", "service": "circle", "sessions": 1, "groups": ["g1"] }] },
                         { "id": "p2", "home_site": "s1", "orders": [] }]
    });
    crate::problem::read(text.to_string().as_bytes()).expect("a valid problem")
}

fn edited(edits: Value) -> Result<Value, Faults> {
    let edits = read(&edits)?;
    apply(&problem(), &edits).map(|p| serde_json::to_value(p).expect("JSON"))
}

#[track_caller]
fn done(edits: Value) -> Value {
    edited(edits).expect("edits that can be made")
}

#[track_caller]
fn refused(edits: Value) -> Vec<(String, &'static str)> {
    edited(edits).expect_err("edits that can't be made").0.into_iter().map(|f| (f.pointer, f.code)).collect()
}

#[test]
fn a_field_is_set_by_ids_also_one_that_was_absent() {
    let p = done(json!([
        { "set": "/rooms/r1/capacity", "to": 16 },
        { "set": "/participants/p1/plan/max_days", "to": 3 },
        { "set": "/clinicians/t1/shifts/0/end", "to": "18:00" },
        { "set": "/weights/wait_minute", "to": 7 },
        { "set": "/participants/p1/orders/p1-talk/clinician", "to": null },
    ]));
    assert_eq!(p["rooms"][0]["capacity"], 16);
    assert_eq!(p["participants"][0]["plan"]["max_days"], 3);
    assert_eq!(p["clinicians"][0]["shifts"][0]["end"], "18:00");
    assert_eq!(p["weights"]["wait_minute"], 7);
    assert_eq!(p["participants"][0]["orders"][0]["clinician"], Value::Null);
}

#[test]
fn an_entry_is_added_to_a_list_also_to_one_that_was_absent() {
    let window = json!({ "days": ["mon"], "start": "08:00", "end": "09:00" });
    let p = done(json!([
        { "add": "/rooms", "value": { "id": "r3", "site": "s1", "capacity": 2 } },
        { "add": "/rooms/-", "value": { "id": "r4", "site": "s1", "capacity": 2 } },
        { "add": "/clinicians/t1/away", "value": window },
        { "add": "/clinicians/t1/away/-", "value": window },
        { "add": "/separate", "value": ["teen", "adult"] },
    ]));
    assert_eq!(p["rooms"][3]["id"], "r4");
    assert_eq!(p["clinicians"][0]["away"].as_array().map(Vec::len), Some(2));
    assert_eq!(p["separate"], json!([["teen", "adult"]]));
}

#[test]
fn remove_takes_every_reference_away() {
    let p = done(json!([{ "remove": "/participants/p1/family/f1" }, { "remove": "/participants/p2" },
                        { "remove": "/clinicians/t2" }, { "remove": "/sites/s2" }]));
    assert_eq!(p["participants"].as_array().map(Vec::len), Some(1));
    assert!(p["participants"][0].get("apart_from").is_none() && p["participants"][0].get("not_with").is_none());
    assert!(p["participants"][0]["orders"][0].get("family").is_none());
    assert_eq!(p["clinicians"].as_array().map(Vec::len), Some(1));
    assert_eq!(p["clinicians"][0]["shifts"][0]["sites"], json!(["s1"]));
    assert_eq!(p["rooms"].as_array().map(Vec::len), Some(1));
    assert!(p["travel"].get("pairs").is_none());
}

#[test]
fn what_allowed_only_what_is_gone_never_becomes_anyone() {
    let p = done(json!([{ "remove": "/clinicians/t1" }, { "remove": "/groups/g1" }]));
    let shell = p["clinicians"].as_array().and_then(|l| l.iter().find(|c| c["id"] == "t1")).expect("a shell");
    assert_eq!(shell["shifts"], json!([]));
    assert!(shell.get("credentials").is_none() && shell.get("licensed_in").is_none());
    assert_eq!(p["participants"][0]["orders"][0]["clinician"], "t1");
    assert_eq!(p["participants"][0]["orders"][1]["groups"], json!(["g1"]));
    let group = p["groups"].as_array().and_then(|l| l.iter().find(|g| g["id"] == "g1")).expect("a shell");
    assert_eq!(group["hours"], json!([]));
}

#[test]
fn a_shell_gives_way_to_an_entity_that_takes_its_id() {
    let t1 = json!({ "id": "t1", "name": "Another", "home_site": "s1", "shifts": [] });
    let p = done(json!([{ "remove": "/clinicians/t1" }, { "add": "/clinicians", "value": t1 }]));
    let named: Vec<_> = p["clinicians"].as_array().into_iter().flatten().filter(|c| c["id"] == "t1").collect();
    assert_eq!((named.len(), &named[0]["name"]), (1, &json!("Another")));
}

#[test]
fn copies_have_the_next_free_numbers_and_no_membership() {
    let p = done(json!([{ "copy": "/participants/p1", "count": 2 }, { "copy": "/participants/p1" },
                        { "copy": "/groups/g1" }]));
    let ids: Vec<_> = p["participants"].as_array().into_iter().flatten().map(|p| p["id"].clone()).collect();
    assert_eq!(ids, ["p1", "p2", "p1.c1", "p1.c2", "p1.c3"]);
    let copy = &p["participants"][2];
    assert_eq!((&copy["orders"][0]["id"], &copy["family"][0]["id"]), (&json!("p1-talk.c1"), &json!("f1.c1")));
    assert_eq!(copy["orders"][0]["family"], json!(["f1.c1"]));
    assert_eq!(p["groups"][0]["members"], json!(["p1"]));
    assert_eq!(p["groups"][2]["id"], "g1.c1");
    assert!(p["groups"][2].get("members").is_none());
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_the_edit_to_blame() {
    assert_eq!(
        refused(
            json!([{ "set": "/rooms/r9/capacity", "to": 1 }, { "remove": "/groups/g7" }, { "set": "rooms", "to": 1 }])
        ),
        [("/0".to_owned(), "unknown-id"), ("/1".to_owned(), "unknown-id"), ("/2".to_owned(), "invalid-value")]
    );
    assert_eq!(
        refused(json!([{ "set": "/rooms/r1/capcity", "to": 1 }, { "set": "/rooms/r2/capacity", "to": "many" }])),
        [("/0".to_owned(), "unknown-field"), ("/1".to_owned(), "wrong-type")]
    );
    let twice = json!([{ "add": "/rooms", "value": { "id": "r1", "site": "s1", "capacity": 1 } }]);
    assert_eq!(refused(twice), [("/0".to_owned(), "duplicate-id")]);
    assert_eq!(
        refused(json!([{ "put": "/x" }, { "set": "/rooms/r1/capacity" }, { "copy": "/rooms/r1", "count": 0 }, 3])),
        [
            ("/0".to_owned(), "missing-field"),
            ("/1".to_owned(), "missing-field"),
            ("/2/count".to_owned(), "out-of-range"),
            ("/3".to_owned(), "wrong-type")
        ]
    );
}

#[test]
fn no_edits_leave_the_problem_as_it_is() {
    assert_eq!(apply(&problem(), &[]).expect("the same"), problem());
}

/// A path of the problem above, or nearly one.
fn path() -> impl Strategy<Value = String> {
    let list = prop::sample::select(vec![
        "sites",
        "rooms",
        "services",
        "clinicians",
        "groups",
        "participants",
        "travel",
        "week_start",
        "separate",
        "x",
    ]);
    let id =
        prop::sample::select(vec!["s1", "r1", "talk", "circle", "t1", "g1", "p1", "p2", "0", "-", "pairs", "a~1b", ""]);
    let field = prop::sample::select(vec![
        "",
        "/capacity",
        "/orders",
        "/orders/p1-talk",
        "/orders/-",
        "/shifts/0/sites",
        "/hours/0",
        "/members/0",
        "/id",
        "/group/max",
        "/prefer",
        "/family/f1",
        "/name/x",
        "/-1",
        "/18446744073709551616",
    ]);
    prop_oneof![
        4 => (list, id, field).prop_map(|(list, id, field)| format!("/{list}/{id}{field}")),
        1 => "[/~a-c0-2-]{0,12}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0i64..20).prop_map(Value::from),
        "[a-z0-9]{0,3}".prop_map(Value::from),
        Just(json!(null)),
        Just(json!([])),
        Just(json!({ "id": "new", "site": "s1", "capacity": 3 })),
        Just(json!(["t1", "t2"])),
    ]
}

fn edit() -> impl Strategy<Value = Value> {
    prop_oneof![
        (path(), value()).prop_map(|(path, value)| json!({ "set": path, "to": value })),
        (path(), value()).prop_map(|(path, value)| json!({ "add": path, "value": value })),
        path().prop_map(|path| json!({ "remove": path })),
        (path(), -1i64..4).prop_map(|(path, count)| json!({ "copy": path, "count": count })),
    ]
}

proptest! {
    #[test]
    fn whatever_the_edits_say_what_comes_out_is_a_problem_or_they_are_refused(edits in prop::collection::vec(edit(), 0..4)) {
        match edited(json!(edits)) {
            Ok(problem) => prop_assert!(crate::problem::read(problem.to_string().as_bytes()).is_ok(), "{problem}"),
            Err(Faults(faults)) => prop_assert!(faults.iter().all(|f| !f.detail.is_empty()) && !faults.is_empty()),
        }
    }

    #[test]
    fn a_path_is_written_as_it_is_read(steps in prop::collection::vec("[a-c/~0-1]{1,4}", 1..5)) {
        let written = Address::of(&steps).text();
        let read = Address::parse(&written).map(|address| address.steps().to_vec());
        prop_assert_eq!(read, Ok(steps));
    }
}
