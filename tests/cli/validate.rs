//! `validate`: every error of a problem at once.

use serde_json::{Value, json};

use super::{Desk, careweave, json, text};

#[test]
fn a_valid_problem_ends_with_0() {
    let desk = Desk::new();
    let valid = careweave(["validate", &desk.problem]).assert().success();
    let told = json(&valid.get_output().stdout);
    assert_eq!((&told["valid"], &told["errors"]), (&json!(true), &json!([])));
    assert!(told["warnings"].is_array());
}

#[test]
fn every_error_is_told_at_once_with_place_code_and_sentence() {
    let desk = Desk::new();
    let mut problem = desk.problem();
    problem["rooms"][0]["site"] = json!("nowhere");
    problem["participants"][1]["orders"][0]["service"] = json!("nothing");
    problem["sites"][0]["time_zone"] = json!("Mars/Olympus");
    let invalid = desk.put("invalid.json", &problem);
    let failed = careweave(["validate", &invalid]).assert().code(3);
    let told = json(&failed.get_output().stdout);
    assert_eq!(told["valid"], false);
    let errors = told["errors"].as_array().unwrap();
    let paths: Vec<&str> = errors.iter().filter_map(|e| e["path"].as_str()).collect();
    for path in ["/rooms/hall/site", "/participants/p2/orders/p2-process/service", "/sites/elm/time_zone"] {
        assert!(paths.contains(&path), "{path} is not among {paths:?}");
    }
    assert!(errors.iter().all(|e| e["code"].is_string() && e["detail"].is_string() && e["pointer"].is_string()));
    let failed = careweave(["validate", &invalid, "--text"]).assert().code(3);
    assert!(text(&failed.get_output().stdout).contains("/rooms/hall/site: "));
}

#[test]
fn what_is_not_json_is_told_in_the_same_form() {
    let failed = careweave(["validate", "-"]).write_stdin("{\"version\": 1,\n nonsense").assert().code(3);
    let told = json(&failed.get_output().stdout);
    assert_eq!(told["errors"][0]["code"], "invalid-json");
    assert!(told["errors"][0]["detail"].as_str().unwrap().contains("line 2"), "{told}");
}

#[test]
fn what_a_profile_asks_for_and_is_not_so_is_a_warning_with_its_citation() {
    let desk = Desk::new();
    let profile = format!("{}/profiles/medicare-iop.json", env!("CARGO_MANIFEST_DIR"));
    let told = |args: &[&str]| {
        let done = careweave(["validate", &desk.problem]).args(args).assert().success();
        json(&done.get_output().stdout)["warnings"].as_array().unwrap().clone()
    };
    let plain = told(&[]).len();
    let all = told(&["--profile", &profile]);
    assert_eq!(all.len(), plain + 3);
    assert!(all.iter().any(|w| w["path"] == "/participants/p1/plan/min_minutes_per_week"), "{all:?}");
    assert!(all.iter().any(|w| w["detail"].as_str().unwrap().contains("180, at least 540 (Medicare")), "{all:?}");
    // Each names its citation and since when it is in force.
    let cited = "as evidenced in the plan of care, since 2024-01-01).";
    assert_eq!(all.iter().filter(|w| w["detail"].as_str().unwrap().ends_with(cited)).count(), 3, "{all:?}");
    let both = told(&["--profile", &profile, "--calendar", &desk.calendar]);
    assert_eq!(both.len(), plain + 6);
    let house = desk.put(
        "house.json",
        &json!({ "name": "house", "rules": [
        { "rule": "group_size", "at_most": 1, "citation": "house rule" },
        { "rule": "days_between", "at_most": 0, "citation": "house rule" },
        { "rule": "days", "at_most": 7, "citation": "house rule", "since": "2030-01-01" },
    ] }),
    );
    let all = told(&["--profile", &house, "--calendar", &desk.calendar]);
    assert!(
        all.iter().any(|w| w["detail"].as_str().unwrap().starts_with("People in circle/1: 2, at most 1")),
        "{all:?}"
    );
    let wrong = desk.put("wrong.json", &json!({ "name": "x", "rules": [{ "rule": "colour", "citation": "" }] }));
    careweave(["validate", &desk.problem, "--profile", &wrong]).assert().code(2);
}

#[test]
fn days_between_are_counted_over_the_border_of_the_week_where_the_week_before_is_known() {
    let desk = Desk::new();
    let rule = json!({ "rule": "days_between", "at_most": 2, "citation": "house rule" });
    let profile = desk.put("between.json", &json!({ "name": "house", "rules": [rule] }));
    let told = |problem: &str, earlier: &[&str]| {
        let args = [&["--profile", &*profile, "--calendar", &*desk.calendar], earlier].concat();
        let done = careweave(["validate", problem]).args(args).assert().success();
        let all = json(&done.get_output().stdout)["warnings"].as_array().unwrap().clone();
        let of_profile = all.iter().filter(|w| w["code"] == "profile");
        of_profile.map(|w| w["detail"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Mondays and Wednesdays: within the week nobody stays away for longer.
    assert!(told(&desk.problem, &[]).is_empty());
    let session = |start: &str, who: &str| {
        json!({ "id": format!("{who}-individual/1"), "order": format!("{who}-individual"), "start": start, "clinicians": ["ana"],
            "participants": [who], "room": "office" })
    };
    // From Wednesday to Monday there are four days, from Friday two; what lies further back is not the week before.
    let before = json!([
        session("2026-11-25T09:00:00-05:00", "p1"),
        session("2026-11-27T09:00:00-05:00", "p2"),
        session("2026-11-20T09:00:00-05:00", "p3"),
    ]);
    let earlier = desk.put("before.json", &json!({ "sessions": before }));
    let late = told(&desk.problem, &["--earlier", &earlier]);
    let text = "Days between 2026-11-25 and 2026-11-30 on which p1 does not come: 4, at most 2 (house: house rule).";
    assert_eq!(late, [text]);
    // A week's problem knows them as its reference.
    let mut problem: Value = serde_json::from_str(&std::fs::read_to_string(&desk.problem).unwrap()).unwrap();
    problem["reference"] = before;
    assert_eq!(told(&desk.put("rolled.json", &problem), &[]), [text]);
}

#[test]
fn days_since_the_last_family_session_are_counted_over_calendars_of_earlier_weeks() {
    let desk = Desk::new();
    let told = |at_most: u32, kind: &str, earlier: &[&str]| {
        let rule = json!({ "rule": "days_since", "kind": kind, "at_most": at_most, "citation": "house rule" });
        let profile = desk.put("since.json", &json!({ "name": "house", "rules": [rule] }));
        let args = [&["--profile", &*profile, "--calendar", &*desk.calendar], earlier].concat();
        let done = careweave(["validate", &desk.problem]).args(args).assert().success();
        let all = json(&done.get_output().stdout)["warnings"].as_array().unwrap().clone();
        all.iter()
            .filter(|w| w["code"] == "profile")
            .map(|w| w["detail"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // Nobody has had one, but nobody is known to have come before this week.
    assert!(told(31, "family_therapy", &[]).is_empty());
    let session = |start: &str, who: &str| {
        json!({ "id": format!("{who}-process/1"), "order": format!("{who}-individual"), "start": start, "clinicians": ["ana"],
            "participants": [who], "room": "office" })
    };
    let before =
        json!({ "sessions": [session("2026-11-02T09:00:00-05:00", "p1"), session("2026-11-09T09:00:00-05:00", "p2")] });
    let before = desk.put("before.json", &before);
    let late = told(31, "family_therapy", &["--earlier", &before]);
    assert_eq!(late.len(), 1, "{late:?}");
    assert!(late[0].contains("p1") && late[0].contains("34, at most 31"), "{late:?}");
    // Of what was held this week it is a few days.
    assert!(told(31, "individual_therapy", &["--earlier", &before]).is_empty());
    let wrong =
        json!({ "name": "x", "rules": [{ "rule": "days_since", "kind": "family", "at_most": 1, "citation": "" }] });
    let wrong = desk.put("wrong.json", &wrong);
    careweave(["validate", &desk.problem, "--profile", &wrong]).assert().code(2);
}
