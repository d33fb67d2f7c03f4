//! `solve`: its calendar, its progress, its end.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{Desk, careweave, fixture, json, read, text};

#[test]
fn the_calendar_on_standard_output_passes_the_check_with_its_own_objective() {
    let desk = Desk::new();
    let problem = std::fs::read(&desk.problem).unwrap();
    let solved = careweave(["solve", "-", "--rounds", "5"]).write_stdin(problem).assert().success();
    let calendar = json(&solved.get_output().stdout);
    let file = desk.put("solved.json", &calendar);
    let checked = careweave(["check", &desk.problem, &file]).assert().success();
    let report = json(&checked.get_output().stdout);
    assert_eq!(report["feasible"], true);
    assert_eq!(report["objective"], calendar["objective"]);
    assert_eq!(calendar["objective"], read(fixture("expected/tiny.json"))["objective"]);
}

#[test]
fn with_rounds_one_thread_and_the_same_seed_the_bytes_are_the_same_but_for_seconds() {
    let solve = || {
        let problem = fixture("evening.json");
        let args = ["solve", &problem, "--rounds", "100", "--threads", "1", "--seed", "7", "--progress", "none"];
        let solved = careweave(args).assert().success();
        let text = String::from_utf8(solved.get_output().stdout.clone()).unwrap();
        let lines: Vec<String> = text.lines().filter(|l| !l.contains("\"seconds\"")).map(str::to_owned).collect();
        assert_eq!(lines.len() + 1, text.lines().count());
        lines
    };
    assert_eq!(solve(), solve());
}

#[test]
fn a_calendar_to_start_from_is_taken_up_and_need_not_be_right() {
    let desk = Desk::new();
    let mut broken = desk.calendar();
    broken["sessions"][0]["room"] = "no-such-room".into();
    let broken = desk.put("broken.json", &broken);
    let args = ["solve", &desk.problem, "--rounds", "5", "--start", &broken];
    let calendar = json(&careweave(args).assert().success().get_output().stdout);
    let file = desk.put("again.json", &calendar);
    careweave(["check", &desk.problem, &file]).assert().success();
}

#[test]
fn on_a_terminal_a_bar_tells_the_time_left_the_objective_and_the_bound() {
    let desk = Desk::new();
    let (problem, out) = (fixture("evening.json"), desk.path("bar.json").display().to_string());
    let solve = format!("'{}' solve '{problem}' --seconds 2 --out '{out}'", env!("CARGO_BIN_EXE_careweave"));
    // `script` of util-linux runs a command on a terminal of its own.
    let seen = Command::new("script").args(["-qec", &solve, "/dev/null"]).stdin(Stdio::null()).output().unwrap();
    let bar = text(&seen.stdout);
    assert!(seen.status.success(), "{bar}");
    for part in ["s left [", "objective ", "bound ", "gap "] {
        assert!(bar.contains(part), "no {part:?} in {bar:?}");
    }
    assert!(!read(&out)["sessions"].as_array().unwrap().is_empty());
}

#[test]
fn progress_as_json_is_one_event_a_line_and_ends_with_finished() {
    let args = ["solve", &fixture("evening.json"), "--rounds", "30", "--progress", "json"];
    let solved = careweave(args).assert().success();
    let output = solved.get_output();
    let lines: Vec<Value> = output.stderr.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(json).collect();
    let (last, before) = lines.split_last().unwrap();
    assert!(!before.is_empty() && before.iter().all(|l| l["event"] == "progress" && l["stage"].is_string()));
    assert_eq!(last["event"], "finished");
    assert_eq!(last["objective"], json(&output.stdout)["objective"]);
}

#[test]
fn without_a_terminal_progress_is_plain_lines() {
    let desk = Desk::new();
    let solved = careweave(["solve", &desk.problem, "--rounds", "5"]).assert().success();
    let text = super::text(&solved.get_output().stderr);
    assert!(text.lines().any(|l| l.starts_with("Objective ")), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{text:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_and_sigterm_stop_the_search_and_keep_the_best() {
    for signal in ["INT", "TERM"] {
        let desk = Desk::new();
        let out = desk.path("kept.json");
        let mut solve = Command::new(env!("CARGO_BIN_EXE_careweave"))
            .args(["solve", &fixture("evening.json"), "--seconds", "3600", "--threads", "1", "--progress", "json"])
            .arg("--out")
            .arg(&out)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut events = BufReader::new(solve.stderr.take().unwrap()).lines();
        let has_calendar = |line: String| json(line.as_bytes())["objective"].is_u64();
        assert!(events.by_ref().map_while(Result::ok).any(has_calendar));
        let sent = Command::new("kill").args([format!("-{signal}"), solve.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert!(events.map_while(Result::ok).any(|line| line.contains("finished")), "{signal}");
        assert!(solve.wait().unwrap().success(), "{signal}");
        let kept = out.display().to_string();
        assert!(!read(&kept)["sessions"].as_array().unwrap().is_empty());
        careweave(["check", &fixture("evening.json"), &kept]).assert().success();
    }
}

#[test]
fn goals_are_followed_and_told_beside_the_objective() {
    let desk = Desk::new();
    let solve = |goal: &str, within: &str| {
        let args = ["solve", &desk.problem, "--rounds", "5", "--threads", "1", "--goal", goal, "--within", within]
            .map(str::to_owned);
        careweave(args.each_ref().map(String::as_str)).assert()
    };
    let solved = solve("largest-burden", "0.1").success();
    let calendar = json(&solved.get_output().stdout);
    let goal = &calendar["goals"]["follow"][0];
    assert_eq!((&goal["goal"], &calendar["goals"]["within"]), (&"largest_burden".into(), &0.1.into()), "{calendar}");
    assert!(goal["after"].as_f64() <= goal["before"].as_f64(), "{goal}");
    let file = desk.put("fair.json", &calendar);
    let report = json(&careweave(["check", &desk.problem, &file]).assert().success().get_output().stdout);
    assert_eq!(report["objective"], calendar["objective"]);
    let told = json(&careweave(["quality", &desk.problem, &file]).assert().success().get_output().stdout);
    let burdens = told["participants"].as_array().unwrap().iter().map(|p| p["burden"].as_i64().unwrap());
    assert_eq!(goal["after"].as_f64(), burdens.max().map(|b| b as f64), "{told}");
    solve("happiness", "0.1").code(2);
}
