//! Every fault at once, each with its place, code and hint.

use std::collections::BTreeSet;

use careweave_solver::problem::{self, CODES, ReadError};
use serde_json::{Value, json};

use crate::documents::{WEEK, faults, invalid, json_files, read, valid};

type Told = BTreeSet<(String, String)>;

fn expected(name: &str) -> Told {
    let name = name.replace(".json", ".expected.json");
    let files = json_files("invalid");
    let (_, text) = files.iter().find(|file| file.0 == name).unwrap_or_else(|| panic!("{name} is missing"));
    let list: Vec<Value> = serde_json::from_slice(text).unwrap();
    let text = |fault: &Value, key: &str| fault[key].as_str().unwrap().to_owned();
    list.iter().map(|fault| (text(fault, "code"), text(fault, "pointer"))).collect()
}

#[test]
fn every_invalid_problem_gives_all_its_errors_and_no_other() {
    for (name, text) in invalid() {
        let told: Told = faults(&text).0.into_iter().map(|f| (f.code.to_owned(), f.pointer)).collect();
        assert_eq!(told, expected(&name), "{name}");
    }
}

#[test]
fn every_code_has_an_invalid_problem() {
    let told: BTreeSet<String> = invalid().iter().flat_map(|(name, _)| expected(name)).map(|fault| fault.0).collect();
    let known: BTreeSet<String> =
        CODES.iter().map(|code| code.0.to_owned()).filter(|code| code != "too-many-faults").collect();
    assert_eq!(told, known);
}

#[test]
fn the_fixtures_are_valid() {
    for (name, text) in valid() {
        let faults = faults(&text);
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
    assert!(!valid().is_empty());
    read(WEEK);
}

#[test]
fn what_is_written_reads_back_the_same() {
    for (name, text) in valid() {
        let problem = problem::read(&text).unwrap();
        let written = serde_json::to_vec(&problem).unwrap();
        assert_eq!(problem::read(&written).unwrap(), problem, "{name}");
    }
    let problem = read(WEEK);
    assert_eq!(problem::read(&serde_json::to_vec(&problem).unwrap()).unwrap(), problem);
}

#[test]
fn a_misspelt_field_is_told_with_its_path_by_ids_and_a_hint() {
    let text = WEEK.replacen("\"members\"", "\"membres\"", 1);
    let faults = faults(text.as_bytes());
    assert_eq!(
        serde_json::to_value(&faults).unwrap(),
        json!([{
            "pointer": "/groups/0/membres", "path": "/groups/g1/membres", "code": "unknown-field",
            "detail": "`membres` is not a field of a group.", "hint": "Did you mean `members`?"
        }])
    );
}

#[test]
fn wrong_json_is_told_with_line_and_column() {
    let error = problem::read(b"{\n  \"version\": 1,\n  oops\n}").unwrap_err();
    let ReadError::Syntax { line, column, detail } = error else { panic!("{error:?}") };
    assert_eq!((line, column, detail.as_str()), (3, 3, "key must be a string"));
}

#[test]
fn faults_of_shape_hide_no_faults_of_meaning() {
    let text = std::fs::read(crate::documents::fixtures().join("invalid/everything-at-once.json")).unwrap();
    let codes: BTreeSet<&str> = faults(&text).0.iter().map(|f| f.code).collect();
    assert!(codes.contains("missing-field") && codes.contains("unknown-id") && codes.contains("overlapping-shifts"));
}

#[test]
fn a_validation_is_printed_as_the_contract_says() {
    let validation = problem::validate(&read(WEEK));
    assert_eq!(serde_json::to_value(&validation).unwrap(), json!({"valid": true, "errors": [], "warnings": []}));
}

#[test]
fn what_is_legal_but_doubtful_is_a_warning() {
    let text = WEEK.replacen("\"min\": 2, \"max\": 8", "\"min\": 7, \"max\": 8", 1);
    let text = text.replacen("\"LCSW\"", "\"LMFT\"", 1);
    let warnings = problem::validate(&read(&text)).warnings.0;
    let told: Vec<_> = warnings.iter().map(|w| (w.code, w.path.as_str())).collect();
    assert!(told.contains(&("never-held", "/groups/g1")), "{told:?}");
    assert!(told.contains(&("no-credential", "/participants/p1/orders/p1-process/service")), "{told:?}");
}

#[test]
fn a_calendar_needs_only_its_sessions_and_may_name_ids_that_nobody_knows() {
    let text = r#"{"sessions": [{"id": "nobody/1", "group": "nobody", "start": "2026-12-01T16:00:00-05:00",
        "clinicians": ["?"], "participants": ["somebody else"]}]}"#;
    assert_eq!(problem::read_calendar(text.as_bytes()).unwrap().sessions.len(), 1);
}

#[test]
fn a_bad_session_of_a_calendar_is_an_error_with_its_pointer() {
    let text = r#"{"version": 1, "objective": "cheap", "sessions": [
        {"id": "g/1", "group": "g", "clinicians": [], "participants": []},
        {"id": "g/2", "start": "2026-12-01T16:00:00-05:00", "clinicians": [], "participants": []},
        {"id": "g/3", "group": "g", "start": "2026-12-01T16:00:00-05:00", "clinicians": [], "participants": [], "x": 0}]}"#;
    let Err(ReadError::Invalid(faults)) = problem::read_calendar(text.as_bytes()) else { panic!() };
    let told: BTreeSet<_> = faults.0.iter().map(|f| (f.code, f.pointer.as_str())).collect();
    let expected = [
        ("group-or-order", "/sessions/1"),
        ("missing-field", "/sessions/0"),
        ("unknown-field", "/sessions/2/x"),
        ("wrong-type", "/objective"),
    ];
    assert_eq!(told, BTreeSet::from(expected));
}
