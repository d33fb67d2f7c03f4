//! `whatif`: scenarios compared with the base.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{Desk, careweave, fixture, json, read, text};

fn compare<const N: usize>(more: [&str; N]) -> assert_cmd::assert::Assert {
    let (problem, scenarios) = (fixture("tiny.json"), fixture("whatif/tiny.scenarios.json"));
    let mut command = careweave(["whatif", &problem, &scenarios, "--rounds", "6"]);
    command.args(more).assert()
}

#[test]
fn each_scenario_is_told_with_its_figures_and_its_verdict_or_with_its_errors() {
    let report = json(&compare([]).success().get_output().stdout);
    let scenarios = report["scenarios"].as_array().unwrap();
    let (base, thursday, shorter, nowhere) = (&report["base"], &scenarios[0], &scenarios[1], &scenarios[2]);
    for result in [base, thursday, shorter] {
        let fields: Vec<&String> = result.as_object().unwrap().keys().collect();
        let expected =
            ["bound", "calendar", "difference", "gap", "id", "kpis", "name", "objective", "penalties", "verdict"];
        assert_eq!(fields, expected);
        let sum: u64 = result["penalties"].as_object().unwrap().values().map(|p| p.as_u64().unwrap()).sum();
        assert_eq!(result["objective"], sum);
        assert_eq!(result["objective"], result["calendar"]["objective"]);
        let difference = result["objective"].as_i64().unwrap() - base["objective"].as_i64().unwrap();
        assert_eq!(result["difference"], difference);
    }
    assert_eq!((&base["id"], &base["verdict"]), (&json!("base"), &Value::Null));
    assert_eq!(
        thursday["verdict"]["evidence"]["monotony"],
        json!({ "edits": "relax", "effect": "not worse", "checked": true })
    );
    assert_eq!(shorter["verdict"]["kind"], "proven");
    assert!(thursday["difference"].as_i64() < Some(0) && shorter["difference"].as_i64() > Some(0));
    let pointers: Vec<&Value> = nowhere["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(pointers, ["/scenarios/2/edits/0", "/scenarios/2/edits/1"]);
    assert!(nowhere.get("calendar").is_none());
}

#[test]
fn the_calendars_pass_the_check_of_their_problems() {
    let desk = Desk::new();
    let report = json(&compare([]).success().get_output().stdout);
    let base = desk.put("base.json", &report["base"]["calendar"]);
    careweave(["check", &desk.problem, &base]).assert().success();
    let mut shorter = desk.problem();
    shorter["clinicians"][0]["shifts"][0]["end"] = json!("11:00");
    let shorter = desk.put("shorter.json", &shorter);
    let calendar = desk.put("calendar.json", &report["scenarios"][1]["calendar"]);
    let checked = json(&careweave(["check", &shorter, &calendar]).assert().success().get_output().stdout);
    assert_eq!(checked["objective"], report["scenarios"][1]["objective"]);
}

#[test]
fn the_same_seed_and_rounds_give_the_same_report_but_for_seconds() {
    let report = |threads| {
        let mut report = json(&compare(["--threads", threads]).success().get_output().stdout);
        report["base"]["calendar"]["seconds"] = json!(0);
        for scenario in report["scenarios"].as_array_mut().unwrap() {
            if scenario.get("calendar").is_some() {
                scenario["calendar"]["seconds"] = json!(0);
            }
        }
        report.to_string()
    };
    assert_eq!(report("1"), report("2"));
}

#[test]
fn a_table_and_a_spreadsheet_tell_the_same() {
    let table = text(&compare(["--text"]).success().get_output().stdout);
    assert!(table.contains("thursday: Proven") && table.contains("nowhere: "), "{table}");
    let csv = text(&compare(["--format", "csv"]).success().get_output().stdout);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 5, "{csv}");
    assert!(lines[0].starts_with("id,name,objective,bound,gap,difference,verdict,effect,"));
    assert!(lines[1].starts_with("base,As it is,") && lines[4].starts_with("nowhere,"));
}

#[test]
fn the_page_is_of_one_piece_and_each_chart_has_its_numbers() {
    let page = text(&compare(["--format", "html"]).success().get_output().stdout);
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    for loaded in ["<script", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(loaded), "{loaded}");
    }
    assert_eq!(page.matches("<svg role=\"img\" aria-label=").count(), 3);
    assert_eq!(page.matches("<table class=\"heat\">").count(), 3 * 2);
    for told in ["Ana on Thursday morning, too", "Ana leaves at eleven", "A room that is not there", "Not solved."] {
        assert!(page.contains(told), "{told}");
    }
    assert_eq!(page.matches("<table").count(), page.matches("<caption>").count());
}

#[test]
fn all_errors_of_the_scenarios_are_told_at_once() {
    let desk = Desk::new();
    let bad =
        desk.put("bad.json", &json!({ "scenarios": [{ "id": "a", "edits": [{ "set": "/x" }] }, { "name": "b" }] }));
    let mut command = careweave(["whatif", &desk.problem, &bad, "--errors", "json"]);
    let told = json(&command.assert().code(3).get_output().stderr);
    assert_eq!(told["code"], "invalid-scenarios");
    let pointers: Vec<&Value> = told["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(pointers, ["/scenarios/0/edits/0", "/scenarios/1", "/scenarios/1"]);
    careweave(["whatif", "-", "-"]).assert().code(2);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_solved() {
    let desk = Desk::new();
    let out = desk.path("report.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_careweave"))
        .args([
            "whatif",
            &fixture("evening.json"),
            &desk.put("s.json", &json!({ "scenarios": [{ "id": "a", "edits": [] }] })),
        ])
        .args(["--seconds", "3600", "--progress", "json", "--out"])
        .arg(&out)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = BufReader::new(command.stderr.take().unwrap()).lines();
    let has_calendar = |line: String| json(line.as_bytes())["objective"].is_u64();
    assert!(events.by_ref().map_while(Result::ok).any(has_calendar));
    assert!(Command::new("kill").args(["-INT", &command.id().to_string()]).status().unwrap().success());
    events.map_while(Result::ok).for_each(drop);
    assert!(command.wait().unwrap().success());
    let report = read(&out);
    assert!(!report["base"]["calendar"]["sessions"].as_array().unwrap().is_empty());
    assert_eq!(report["scenarios"][0]["errors"][0]["code"], "stopped");
}
