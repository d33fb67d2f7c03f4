//! Scenarios as they are written: all faults at once, and the schema beside the reader.

use super::*;

fn faults(document: Value) -> Vec<(&'static str, String)> {
    read_value(&document).unwrap_err().0.into_iter().map(|f| (f.code, f.pointer)).collect()
}

#[test]
fn all_faults_of_a_document_are_told_at_once_with_their_places() {
    let document = json!({ "scenarios": [
        { "id": "a", "name": "A", "edits": [{ "set": "/rooms/r/capacity" }, { "destroy": "/rooms" }] },
        { "id": "a", "edits": [] },
        { "name": 7, "edit": [] },
        5,
    ], "budget": 3 });
    let expected = [
        ("unknown-field", "/budget"),
        ("missing-field", "/scenarios/0/edits/0"),
        ("missing-field", "/scenarios/0/edits/1"),
        ("unknown-field", "/scenarios/2/edit"),
        ("missing-field", "/scenarios/2"),
        ("wrong-type", "/scenarios/2/name"),
        ("missing-field", "/scenarios/2"),
        ("wrong-type", "/scenarios/3"),
    ];
    assert_eq!(faults(document), expected.map(|(code, at)| (code, at.to_owned())));
    let twice = json!({ "scenarios": [{ "id": "a", "edits": [] }, { "id": "a", "edits": [] }] });
    assert_eq!(faults(twice), [("duplicate-id", "/scenarios/1/id".to_owned())]);
}

#[test]
fn more_than_a_hundred_scenarios_are_too_many() {
    let many: Vec<Value> = (0..=MOST).map(|k| json!({ "id": format!("s{k}"), "edits": [] })).collect();
    assert_eq!(faults(json!({ "scenarios": many })), [("too-large", "/scenarios".to_owned())]);
}

#[test]
fn equal_keys_and_what_is_no_json_are_told() {
    let twice = read(br#"{"scenarios": [{"id": "a", "id": "b", "edits": []}]}"#);
    assert!(matches!(twice, Err(problem::ReadError::Invalid(f)) if f.0[0].code == "duplicate-key"));
    assert!(matches!(read(b"{"), Err(problem::ReadError::Syntax { .. })));
}

#[test]
fn the_schema_and_the_reader_agree() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let edit = |edit: Value| json!({ "scenarios": [{ "id": "a", "name": "A", "edits": [edit] }] });
    for (document, good) in [
        (json!({ "scenarios": [] }), true),
        (edit(json!({ "set": "/rooms/r/capacity", "to": 3 })), true),
        (edit(json!({ "add": "/rooms", "value": {} })), true),
        (edit(json!({ "remove": "/rooms/r" })), true),
        (edit(json!({ "copy": "/rooms/r", "count": 2 })), true),
        (edit(json!({ "say": "one more room like r" })), true),
        (edit(json!({ "say": 3 })), false),
        (edit(json!({ "copy": "/rooms/r", "count": 0 })), false),
        (edit(json!({ "set": "/rooms/r/capacity" })), false),
        (edit(json!({ "set": 3, "to": 3 })), false),
        (edit(json!({ "remove": "/rooms/r", "to": 3 })), false),
        (edit(json!({ "remove": "/rooms/r", "copy": "/rooms/r" })), false),
        (json!({ "scenarios": [{ "id": "not an id", "edits": [] }] }), false),
        (json!({ "scenarios": [{ "id": "a" }] }), false),
        (json!({ "scenarios": {} }), false),
        (json!({}), false),
    ] {
        assert_eq!(read_value(&document).is_ok(), good, "{document}");
        assert_eq!(validator.is_valid(&document), good, "{document}");
    }
}
