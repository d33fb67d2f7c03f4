//! A valid problem, broken at random: nothing panics, and there are errors exactly where something broke.

use std::sync::LazyLock;

use careweave_solver::problem;
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::documents::{WEEK, faults};

/// Codes of faults that a schema sees, too.
const SHAPE: [&str; 6] =
    ["wrong-type", "missing-field", "unknown-field", "unknown-value", "wrong-length", "invalid-value"];

/// Fields that hold a reference, or a list of them.
const REFERENCES: [&str; 10] =
    ["site", "home_site", "service", "clinician", "clinicians", "groups", "members", "family", "sites", "prefer"];

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&problem::schema()).unwrap());

#[derive(Debug, Clone)]
enum Mutation {
    Drop,
    Rename,
    Replace(Value),
    Repeat,
}

fn mutation() -> impl Strategy<Value = (Index, Mutation)> {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(7),
        json!(-1),
        json!(0.5),
        json!(1e12),
        json!(""),
        json!("x"),
        json!("mon"),
        json!("09:00"),
        json!("2026-12-01"),
        json!("2026-12-01T10:00"),
        json!("2026-12-01T10:00:00Z"),
        json!([]),
        json!({}),
        json!([null]),
        json!({"id": "x"}),
    ];
    let one = prop_oneof![
        Just(Mutation::Drop),
        Just(Mutation::Rename),
        Just(Mutation::Repeat),
        prop::sample::select(values.to_vec()).prop_map(Mutation::Replace),
    ];
    (any::<Index>(), one)
}

/// Pointers to every value of a document but itself.
fn places(value: &Value) -> Vec<String> {
    let entries: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(k, v)| (k.replace('~', "~0").replace('/', "~1"), v)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(k, v)| (k.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    let below = entries.into_iter().flat_map(|(step, value)| {
        let deeper = places(value);
        let here = format!("/{step}");
        std::iter::once(here.clone()).chain(deeper.into_iter().map(move |rest| format!("{here}{rest}")))
    });
    below.collect()
}

fn apply(document: &mut Value, at: &Index, mutation: Mutation) {
    let all = places(document);
    if all.is_empty() {
        return;
    }
    let pointer = at.get(&all);
    let (parent, step) = pointer.rsplit_once('/').unwrap();
    let step = step.replace("~1", "/").replace("~0", "~");
    match (document.pointer_mut(parent).unwrap(), mutation) {
        (Value::Object(members), Mutation::Drop) => drop(members.remove(&step)),
        (Value::Object(members), Mutation::Rename | Mutation::Repeat) => {
            let value = members.remove(&step).unwrap();
            members.insert(format!("{step}s"), value);
        }
        (Value::Object(members), Mutation::Replace(value)) => drop(members.insert(step, value)),
        (Value::Array(list), Mutation::Drop) => drop(list.remove(step.parse().unwrap())),
        (Value::Array(list), Mutation::Rename | Mutation::Repeat) => {
            let entry = list[step.parse::<usize>().unwrap()].clone();
            list.push(entry);
        }
        (Value::Array(list), Mutation::Replace(value)) => list[step.parse::<usize>().unwrap()] = value,
        _ => unreachable!(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_document_has_faults_of_shape_exactly_when_its_schema_says_so(
        mutations in prop::collection::vec(mutation(), 1..5)
    ) {
        let mut document: Value = serde_json::from_str(WEEK).unwrap();
        for (at, mutation) in mutations {
            apply(&mut document, &at, mutation);
        }
        let faults = faults(&serde_json::to_vec(&document).unwrap()).0;
        if SCHEMA.is_valid(&document) {
            let of_shape: Vec<_> = faults.iter().filter(|f| SHAPE.contains(&f.code)).collect();
            prop_assert!(of_shape.is_empty(), "{of_shape:?}");
        } else {
            prop_assert!(!faults.is_empty(), "{:?}", SCHEMA.iter_errors(&document).map(|e| e.to_string()).collect::<Vec<_>>());
        }
        for fault in &faults {
            prop_assert!(document.pointer(&fault.pointer).is_some(), "{fault:?} points nowhere");
        }
    }

    #[test]
    fn a_dangling_reference_is_told_at_its_place_and_nowhere_else(at in any::<Index>()) {
        let mut document: Value = serde_json::from_str(WEEK).unwrap();
        let references: Vec<String> = places(&document)
            .into_iter()
            .filter(|place| !place.starts_with("/previous") && document.pointer(place).unwrap().is_string())
            .filter(|place| {
                let mut steps = place.rsplit('/');
                let last = steps.next().unwrap();
                let field = if last.parse::<usize>().is_ok() { steps.next().unwrap() } else { last };
                REFERENCES.contains(&field)
            })
            .collect();
        let place = at.get(&references);
        *document.pointer_mut(place).unwrap() = json!("nobody-at-all");
        let told = faults(&serde_json::to_vec(&document).unwrap()).0;
        let told: Vec<_> = told.iter().map(|f| (f.code, f.pointer.as_str())).collect();
        prop_assert_eq!(told, vec![("unknown-id", place.as_str())]);
    }

    #[test]
    fn an_entry_that_stands_twice_is_a_duplicate(
        list in prop::sample::select(vec!["sites", "rooms", "services", "clinicians", "groups", "participants", "previous"]),
        at in any::<Index>()
    ) {
        let mut document: Value = serde_json::from_str(WEEK).unwrap();
        let entries = document[list].as_array_mut().unwrap();
        let (count, entry) = (entries.len(), at.get(entries).clone());
        entries.push(entry);
        let told = faults(&serde_json::to_vec(&document).unwrap()).0;
        let place = format!("/{list}/{count}/id");
        prop_assert!(told.iter().all(|f| f.code == "duplicate-id"), "{told:?}");
        prop_assert!(told.iter().any(|f| f.pointer == place), "{told:?}");
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<Vec<u8>>(), cut in any::<Index>()) {
        let _ = problem::read(&text);
        let _ = problem::read(&WEEK.as_bytes()[..cut.index(WEEK.len())]);
        let _ = problem::read_calendar(&text);
    }
}
