//! `export`: read back by an independent reader.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

use super::{Desk, careweave, fixture, json, read, text};

/// What python's `icalendar` reads.
fn read_back(path: &Path) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/run.sh");
    let read = Command::new(script).arg("ics.py").arg(path).output().unwrap();
    assert!(read.status.success(), "{}", text(&read.stderr));
    let told = json(&read.stdout);
    assert_eq!(told["errors"], serde_json::json!([]));
    told["events"].as_array().unwrap().clone()
}

fn instant(text: &Value) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap()).unwrap().timestamp()
}

#[test]
fn an_independent_reader_finds_every_session_at_its_instant_in_a_week_with_a_dst_change() {
    for name in ["dst-new-york-autumn.json", "dst-lord-howe-spring.json"] {
        let desk = Desk::new();
        let (problem, calendar, ics) = (fixture(name), desk.path("dst.json"), desk.path("dst.ics"));
        let (calendar_path, ics_path) = (calendar.display().to_string(), ics.display().to_string());
        careweave(["solve", &problem, "--rounds", "40", "--out", &calendar_path]).assert().success();
        let args = ["export", &problem, &calendar_path, "--format", "ics", "--sequence", "4", "--out", &ics_path];
        careweave(args).assert().success();
        let sessions = read(&calendar)["sessions"].as_array().unwrap().clone();
        assert!(!sessions.is_empty());
        let events = read_back(&ics);
        let times = |list: &[Value], start: &dyn Fn(&Value) -> (i64, i64)| {
            let mut times: Vec<_> = list.iter().map(start).collect();
            times.sort_unstable();
            times
        };
        assert_eq!(
            times(&events, &|e| (instant(&e["start"]["instant"]), instant(&e["end"]["instant"]))),
            times(&sessions, &|s| (instant(&s["start"]), instant(&s["end"]))),
            "{name}"
        );
        let walls: BTreeSet<&str> = events.iter().filter_map(|e| e["start"]["wall"].as_str()).collect();
        let written: BTreeSet<&str> = sessions.iter().filter_map(|s| s["start"].as_str()?.get(..19)).collect();
        // Those that the clock shows a second time are in UTC.
        assert!(walls.is_subset(&written) && !walls.is_empty(), "{name}: {walls:?}");
        let uids: BTreeSet<&str> = events.iter().filter_map(|e| e["uid"].as_str()).collect();
        assert_eq!(uids.len(), sessions.len());
        for event in &events {
            assert_eq!(event["sequence"], 4);
            let expected = ["DTEND", "DTSTAMP", "DTSTART", "LOCATION", "SEQUENCE", "SUMMARY", "UID"];
            assert_eq!(event["properties"], serde_json::json!(expected));
        }
    }
}

#[test]
fn without_a_sequence_it_is_zero() {
    let desk = Desk::new();
    let exported = careweave(["export", &desk.problem, &desk.calendar, "--format", "ics"]).assert().success();
    let ics = text(&exported.get_output().stdout);
    let sequences: Vec<&str> = ics.lines().filter_map(|l| l.trim_end().strip_prefix("SEQUENCE:")).collect();
    assert_eq!(sequences.len(), desk.calendar()["sessions"].as_array().unwrap().len());
    assert!(sequences.iter().all(|s| *s == "0"), "{sequences:?}");
}

#[test]
fn an_independent_validator_finds_the_fhir_bundle_valid_and_a_part_names_nobody_else() {
    let desk = Desk::new();
    let bundle = |args: &[&str]| {
        let (file, script) =
            (desk.path("fhir.json"), Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/run.sh"));
        let out = file.display().to_string();
        let all = ["export", &desk.problem, &desk.calendar, "--format", "fhir", "--out", &out];
        careweave(all).args(args).assert().success();
        let checked = Command::new(script).arg("validate_fhir.py").arg(&file).output().unwrap();
        assert!(checked.status.success(), "{}", text(&checked.stderr));
        (json(&checked.stdout), read(&file))
    };
    let sessions = desk.calendar()["sessions"].as_array().unwrap().clone();
    let (counts, whole) = bundle(&[]);
    assert_eq!(counts["Appointment"], sessions.len());
    assert_eq!(
        (&whole["type"], &counts["Patient"], &counts["Practitioner"]),
        (&"collection".into(), &3.into(), &1.into())
    );
    let (counts, p3) = bundle(&["--participant", "p3"]);
    assert_eq!(counts["Patient"], 1);
    assert!(!p3.to_string().contains("Patient/p1"), "{p3}");
}

#[test]
fn a_part_has_only_its_own_events_and_no_id_in_clear() {
    let desk = Desk::new();
    let export = |args: &[&str]| {
        let done =
            careweave(["export", &desk.problem, &desk.calendar, "--format", "ics"]).args(args).assert().success();
        text(&done.get_output().stdout)
    };
    let count = |ics: &str| ics.matches("BEGIN:VEVENT").count();
    let sessions = desk.calendar()["sessions"].as_array().unwrap().clone();
    let of = |test: &dyn Fn(&Value) -> bool| sessions.iter().filter(|s| test(s)).count();
    assert_eq!(count(&export(&[])), sessions.len());
    assert_eq!(count(&export(&["--group", "circle"])), of(&|s| s["group"] == "circle"));
    assert_eq!(count(&export(&["--room", "office"])), of(&|s| s["room"] == "office"));
    assert_eq!(count(&export(&["--clinician", "ana"])), sessions.len());
    let p3 = export(&["--participant", "p3"]);
    assert_eq!(count(&p3), of(&|s| s["participants"].as_array().unwrap().contains(&"p3".into())));
    assert!(p3.contains("SUMMARY:Appointment") && p3.contains("LOCATION:3 Elm Street"));
    for id in ["p3", "ana", "office", "Individual", "Ruiz"] {
        assert!(!p3.contains(id), "{id} is in\n{p3}");
    }
}

#[test]
fn a_site_without_an_address_is_told_by_its_name() {
    let desk = Desk::new();
    let mut problem = desk.problem();
    problem["sites"][0].as_object_mut().unwrap().remove("address");
    let problem = desk.put("without-address.json", &problem);
    let done = careweave(["export", &problem, &desk.calendar, "--format", "ics"]).assert().success();
    let ics = text(&done.get_output().stdout);
    assert_eq!(ics.matches("LOCATION:Elm House\r\n").count(), desk.calendar()["sessions"].as_array().unwrap().len());
}

#[test]
fn an_id_that_the_problem_does_not_have_is_told() {
    let desk = Desk::new();
    let args = ["export", &desk.problem, &desk.calendar, "--format", "ics", "--room", "attic"];
    let failed = careweave(args).assert().code(2);
    assert!(text(&failed.get_output().stderr).contains("no room `attic`"));
}

#[test]
fn the_page_of_a_participants_week_has_every_session_and_nobody_else() {
    let desk = Desk::new();
    let args = ["export", &desk.problem, &desk.calendar, "--format", "html", "--participant", "p1"];
    let page = careweave(args).assert().success();
    let page = text(&page.get_output().stdout);
    let sessions = json(&super::TINY);
    let own = sessions["sessions"].as_array().unwrap().iter();
    let own = own.filter(|s| s["participants"].as_array().unwrap().iter().any(|p| p == "p1")).count();
    assert_eq!(page.matches("<li>").count(), own);
    // Neither others, nor what the service is called inside the house.
    for hidden in ["p2", "p3", "individual", "process", "circle"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
}

#[test]
fn a_table_has_a_line_for_every_session() {
    let desk = Desk::new();
    let table = careweave(["export", &desk.problem, &desk.calendar, "--format", "csv"]).assert().success();
    let table = text(&table.get_output().stdout);
    let sessions = json(&super::TINY);
    assert_eq!(table.lines().count(), 1 + sessions["sessions"].as_array().unwrap().len());
    assert!(table.starts_with("session,service,group,"), "{table}");
}
