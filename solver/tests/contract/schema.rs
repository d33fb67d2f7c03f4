//! The JSON Schemas agree with what is read.

use std::collections::BTreeSet;

use careweave_solver::{calendar, problem};
use serde_json::Value;

use crate::documents::{WEEK, faults, invalid, valid};

/// Faults that the shape of a document has by itself.
const SHAPE: [&str; 8] = [
    "wrong-type",
    "missing-field",
    "unknown-field",
    "unknown-value",
    "wrong-length",
    "invalid-value",
    "out-of-range",
    "too-large",
];

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::draft202012::meta::validate(schema).expect("the schema is one");
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).expect("the schema compiles")
}

#[test]
fn the_schema_accepts_every_valid_problem() {
    let schema = validator(&problem::schema());
    for (name, text) in valid().into_iter().chain([("week".to_owned(), WEEK.as_bytes().to_vec())]) {
        let errors: Vec<_> =
            schema.iter_errors(&serde_json::from_slice(&text).unwrap()).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn the_schema_accepts_what_the_reader_says_is_of_the_right_shape() {
    let schema = validator(&problem::schema());
    for (name, text) in invalid() {
        let codes: BTreeSet<&str> = faults(&text).0.iter().map(|f| f.code).collect();
        let document: Value = serde_json::from_slice(&text).unwrap();
        if !codes.iter().any(|code| SHAPE.contains(code)) {
            let errors: Vec<_> = schema.iter_errors(&document).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }
}

#[test]
fn the_schema_refuses_each_document_of_a_wrong_shape() {
    let schema = validator(&problem::schema());
    for name in [
        "unknown-field",
        "wrong-type",
        "missing-field",
        "unknown-value",
        "wrong-length",
        "invalid-value",
        "out-of-range",
        "too-large",
        "session-shape",
        "everything-at-once",
    ] {
        let files = invalid();
        let (_, text) = files.iter().find(|file| file.0 == format!("{name}.json")).unwrap();
        assert!(!schema.is_valid(&serde_json::from_slice(text).unwrap()), "{name}");
    }
}

#[test]
fn the_schema_of_a_calendar_agrees_with_the_reader() {
    let schema = validator(&calendar::schema());
    let session =
        r#"{"id": "g/1", "group": "g", "start": "2026-12-01T16:00:00-05:00", "clinicians": [], "participants": []}"#;
    for text in [
        r#"{"sessions": []}"#.to_owned(),
        format!(r#"{{"sessions": [{session}]}}"#),
        format!(
            r#"{{"version": 1, "status": "optimal", "objective": 1, "bound": 1, "gap": 0.0, "seconds": 0.5,
            "penalties": {{"unmet": 1}}, "sessions": [{session}], "unmet": [], "warnings": ["w"], "goals": {{}}}}"#
        ),
        r#"{}"#.to_owned(),
        r#"[]"#.to_owned(),
        r#"{"sessions": {}}"#.to_owned(),
        r#"{"sessions": [], "extra": 1}"#.to_owned(),
        r#"{"sessions": [], "gap": "none"}"#.to_owned(),
        r#"{"sessions": [{"id": "g/1"}]}"#.to_owned(),
        format!(r#"{{"sessions": [{}]}}"#, session.replace("-05:00", "")),
    ] {
        let read = problem::read_calendar(text.as_bytes());
        assert_eq!(schema.is_valid(&serde_json::from_str(&text).unwrap()), read.is_ok(), "{text} {read:?}");
    }
}
