//! `check`: any calendar, a person's too.

use serde_json::json;

use super::{Desk, careweave, json, text};

#[test]
fn a_calendar_that_breaks_a_rule_ends_with_1_and_lists_every_violation() {
    let desk = Desk::new();
    let mut calendar = desk.calendar();
    calendar["sessions"][0]["clinicians"] = json!(["nobody"]);
    calendar["sessions"][1]["room"] = json!("nowhere");
    let broken = desk.put("broken.json", &calendar);
    let failed = careweave(["check", &desk.problem, &broken]).assert().code(1);
    let report = json(&failed.get_output().stdout);
    assert_eq!(report["feasible"], false);
    let rules: Vec<&str> = report["violations"].as_array().unwrap().iter().filter_map(|v| v["rule"].as_str()).collect();
    assert!(rules.contains(&"H4") && rules.contains(&"H6"), "{rules:?}");
    assert!(report["objective"].is_u64() && report["penalties"].is_object());
}

#[test]
fn a_person_s_calendar_needs_sessions_only() {
    let desk = Desk::new();
    let by_hand = json!({ "sessions": [{
        "id": "p1-individual/1", "order": "p1-individual", "participants": ["p1"], "clinicians": ["ana"],
        "room": "office", "start": "2026-11-30T10:00:00-05:00",
    }] });
    let by_hand = desk.put("by-hand.json", &by_hand);
    careweave(["check", &desk.problem, &by_hand]).assert().success();
    let calendar = std::fs::read(&by_hand).unwrap();
    careweave(["check", &desk.problem, "-"]).write_stdin(calendar).assert().success();
}

#[test]
fn as_text_it_is_sentences() {
    let desk = Desk::new();
    let checked = careweave(["check", &desk.problem, &desk.calendar, "--text"]).assert().success();
    assert!(text(&checked.get_output().stdout).starts_with("The calendar breaks no rule.\n"));
}
