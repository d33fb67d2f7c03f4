//! Exit statuses and what standard error says.

use serde_json::{Value, json};

use super::{Desk, careweave, json, text};

#[test]
fn a_wrong_command_line_ends_with_2() {
    let desk = Desk::new();
    let database = format!("sqlite://{}", desk.path("careweave.db").display());
    for args in [
        vec!["solve"],
        vec!["solve", "x.json", "--bad"],
        vec!["solve", "x.json", "--seconds", "0"],
        vec!["solve", "x.json", "--seconds", "3601"],
        vec!["solve", "x.json", "--threads", "0"],
        vec!["solve", "x.json", "--target-gap", "nan"],
        vec!["export", "x.json", "y.json"],
        vec!["export", "x.json", "y.json", "--format", "ics", "--room", "a", "--group", "b"],
        vec!["schema", "weather"],
        vec!["serve", "--listen", "0.0.0.0:0", "--database", &database],
        vec!["worker", "--database", "mysql://db"],
        vec!["keys", "revoke", "nobody", "--database", &database],
        vec!["keys", "create", "--role", "clinician", "--database", &database],
        vec!["check", "-", "-"],
        vec!["solve", "no-such-file.json"],
    ] {
        let failed = careweave([]).args(&args).assert().code(2);
        assert!(!failed.get_output().stderr.is_empty(), "{args:?}");
        assert!(failed.get_output().stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn invalid_input_ends_with_3() {
    let desk = Desk::new();
    let mut unknown = desk.problem();
    unknown["clinicans"] = json!([]);
    let unknown = desk.put("unknown.json", &unknown);
    careweave(["solve", &unknown]).assert().code(3);
    careweave(["check", &unknown, &desk.calendar]).assert().code(3);
    careweave(["validate", &unknown]).assert().code(3);
    careweave(["show", &desk.put("list.json", &json!([]))]).assert().code(3);
    careweave(["export", &desk.problem, &desk.put("none.json", &json!({})), "--format", "ics"]).assert().code(3);
    careweave(["solve", "-"]).write_stdin("{").assert().code(3);
}

#[test]
fn pins_that_contradict_the_hard_rules_end_with_4_and_are_named() {
    let desk = Desk::new();
    let failed = careweave(["solve", &desk.contradiction()]).assert().code(4);
    let sentences = text(&failed.get_output().stderr);
    assert!(sentences.contains("p1-individual/1") && sentences.contains("p3-individual/1"), "{sentences}");
    assert!(sentences.contains("H7"), "{sentences}");
    let failed = careweave(["solve", &desk.contradiction(), "--errors", "json"]).assert().code(4);
    let object = json(&failed.get_output().stderr);
    assert_eq!(object["code"], "pins-contradict");
    assert!(object["violations"].as_array().unwrap().iter().any(|v| v["rule"] == "H7"), "{object}");
}

#[test]
fn errors_can_be_rfc_9457_objects() {
    let desk = Desk::new();
    let mut problem = desk.problem();
    problem["clinicans"] = json!([]);
    problem["grid_minutes"] = json!(-5);
    let invalid = desk.put("invalid.json", &problem);
    let object = |args: &[&str], status| -> Value {
        let failed = careweave(["--errors", "json"]).args(args).write_stdin("{").assert().code(status);
        json(&failed.get_output().stderr)
    };
    for (args, status, code) in [
        (vec!["solve", &*invalid], 3, "invalid-problem"),
        (vec!["solve", "-"], 3, "invalid-json"),
        (vec!["solve", "no-such-file.json"], 2, "wrong-usage"),
        (vec!["solve", "--bad"], 2, "wrong-usage"),
        (vec!["show", &*invalid], 3, "invalid-calendar"),
    ] {
        let object = object(&args, status);
        assert_eq!(object["code"], code, "{args:?}");
        for member in ["type", "title", "detail"] {
            assert!(object[member].is_string(), "{args:?}: {object}");
        }
    }
    let errors = object(&["solve", &invalid], 3)["errors"].clone();
    let at: Vec<&str> = errors.as_array().unwrap().iter().filter_map(|e| e["pointer"].as_str()).collect();
    assert!(at.contains(&"/grid_minutes") && at.len() >= 2, "all at once: {errors}");
}

#[test]
fn an_outside_fault_ends_with_5() {
    let desk = Desk::new();
    if cfg!(target_os = "linux") {
        careweave(["solve", &desk.problem, "--rounds", "1", "--out", "/dev/full"]).assert().code(5);
    }
    // A port that is taken.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    careweave(["serve", "--listen", &address, "--database", &format!("sqlite://{}", desk.path("a.db").display())])
        .assert()
        .code(5);
    careweave(["worker", "--database", "sqlite:///no/such/folder/careweave.db"]).assert().code(5);
}
