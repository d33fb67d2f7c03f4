//! `replan`: plans after events.

use serde_json::{Value, json};

use super::{Desk, careweave, json as read, text};

fn monday_ill() -> Value {
    json!({ "at": "2026-11-30T06:00", "events": [
        { "kind": "clinician_away", "id": "ana", "from": "2026-11-30T10:00", "to": "2026-12-01T00:00" }] })
}

#[test]
fn plans_call_fewest_people_first_and_each_passes_the_check_of_the_problem_that_comes_with_them() {
    let desk = Desk::new();
    let events = desk.put("events.json", &monday_ill());
    let asked = ["replan", &desk.problem, &desk.calendar, &events, "--rounds", "1", "--threads", "1"];
    let found = read(&careweave(asked).assert().success().get_output().stdout);
    let after = desk.put("after.json", &found["problem"]);
    let plans = found["plans"].as_array().unwrap();
    assert!(!plans.is_empty(), "{found}");
    let mut last = 0;
    for (k, plan) in plans.iter().enumerate() {
        let calendar = desk.put(&format!("plan-{k}.json"), &plan["calendar"]);
        let checked = read(&careweave(["check", &after, &calendar]).assert().success().get_output().stdout);
        assert_eq!(checked["objective"], plan["objective"]);
        let calls = plan["contacts"].as_array().unwrap().len();
        assert!(calls >= last);
        last = calls;
        for contact in plan["contacts"].as_array().unwrap() {
            assert!(contact["participant"].is_string() ^ contact["clinician"].is_string(), "{contact}");
            assert!(contact["text"].is_string() && !contact["sessions"].as_array().unwrap().is_empty());
        }
    }
    let mut spoken =
        careweave(["replan", &desk.problem, &desk.calendar, &events, "--rounds", "1", "--threads", "1", "--text"]);
    assert!(text(&spoken.assert().success().get_output().stdout).starts_with("Plan 1: "));
}

#[test]
fn events_that_make_no_sense_are_told_with_their_places() {
    let desk = Desk::new();
    let mut events = monday_ill();
    events["events"][0]["id"] = json!("nobody");
    let path = desk.put("events.json", &events);
    let done = careweave(["replan", &desk.problem, &desk.calendar, &path, "--errors", "json"]).assert().code(3);
    let told = read(&done.get_output().stderr);
    assert_eq!((&told["code"], &told["errors"][0]["pointer"]), (&json!("invalid-events"), &json!("/events/0/id")));
    std::fs::write(&path, "{").unwrap();
    careweave(["replan", &desk.problem, &desk.calendar, &path]).assert().code(3);
    let schema = read(&careweave(["schema", "events"]).assert().success().get_output().stdout);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}
