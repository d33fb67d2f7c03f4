//! Edits as they are written: each an object with one of `set`, `add`, `remove`, `copy`, `say` and what goes with it.

use serde_json::{Map, Value};

use super::Edit;
use crate::problem::{Fault, Faults, limits};

/// The verbs, each with what it needs and what it may have.
const VERBS: [(&str, Option<&str>, Option<&str>); 5] = [
    ("set", Some("to"), None),
    ("add", Some("value"), None),
    ("remove", None, None),
    ("copy", None, Some("count")),
    ("say", None, None),
];

/// Reads a list of edits; all faults at once, each with its pointer into the list.
pub fn read(list: &Value) -> Result<Vec<Edit>, Faults> {
    let mut faults = Faults::default();
    let Some(entries) = list.as_array() else {
        faults.push(fault(String::new(), "wrong-type", "Edits must be a list.".to_owned(), None));
        return Err(faults);
    };
    if entries.len() > limits::LONGEST_LIST {
        faults.push(fault(String::new(), "too-large", format!("There are {} edits.", entries.len()), None));
        return Err(faults);
    }
    let mut edits = Vec::with_capacity(entries.len());
    for (k, entry) in entries.iter().enumerate() {
        match one(entry) {
            Ok(edit) => edits.push(edit),
            Err(found) => faults.extend(found.inside(&format!("/{k}")).0),
        }
    }
    if faults.is_empty() { Ok(edits) } else { Err(faults) }
}

fn one(entry: &Value) -> Result<Edit, Faults> {
    let Some(fields) = entry.as_object() else {
        return Err(Faults(vec![fault(String::new(), "wrong-type", "An edit must be an object.".to_owned(), None)]));
    };
    let verbs: Vec<_> = VERBS.iter().filter(|verb| fields.contains_key(verb.0)).collect();
    let &[&(verb, needs, may)] = verbs.as_slice() else {
        let detail = "An edit has one of `set`, `add`, `remove`, `copy`, `say`.".to_owned();
        let hint = r#"For example {"set": "/rooms/r1/capacity", "to": 16}."#.to_owned();
        return Err(Faults(vec![fault(String::new(), "missing-field", detail, Some(hint))]));
    };
    let mut faults = Faults::default();
    for name in fields.keys() {
        if name != verb && Some(name.as_str()) != needs && Some(name.as_str()) != may {
            let known: Vec<&str> = [Some(verb), needs, may].into_iter().flatten().collect();
            let hint = format!("`{verb}` goes with {}.", known.join(", "));
            let detail = format!("`{name}` is not a field of this edit.");
            faults.push(fault(format!("/{name}"), "unknown-field", detail, Some(hint)));
        }
    }
    if let Some(needed) = needs.filter(|needed| !fields.contains_key(*needed)) {
        let detail = format!("`{verb}` needs `{needed}`, which is missing.");
        faults.push(fault(String::new(), "missing-field", detail, Some(format!("Add `{needed}`."))));
    }
    let path = fields.get(verb).and_then(Value::as_str);
    if path.is_none() {
        faults.push(fault(
            format!("/{verb}"),
            "wrong-type",
            format!("`{verb}` must be a text: a path, or for `say` a sentence."),
            None,
        ));
    }
    let count = count(fields).inspect_err(|f| faults.push(f.clone()));
    match (path, count, faults.is_empty()) {
        (Some(path), Ok(count), true) => Ok(edit(verb, path.to_owned(), fields, count)),
        _ => Err(faults),
    }
}

fn edit(verb: &str, path: String, fields: &Map<String, Value>, count: u32) -> Edit {
    let value = |name| fields.get(name).cloned().unwrap_or_default();
    match verb {
        "set" => Edit::Set { set: path, to: value("to") },
        "add" => Edit::Add { add: path, value: value("value") },
        "remove" => Edit::Remove { remove: path },
        "say" => Edit::Say { say: path },
        _ => Edit::Copy { copy: path, count },
    }
}

fn count(fields: &Map<String, Value>) -> Result<u32, Fault> {
    let Some(count) = fields.get("count") else { return Ok(1) };
    count
        .as_u64()
        .and_then(|n| u32::try_from(n).ok())
        .filter(|n| (1..=limits::PARTICIPANTS as u32).contains(n))
        .ok_or_else(|| {
            let detail = format!("`count` must be a whole number of 1 to {}.", limits::PARTICIPANTS);
            fault("/count".to_owned(), "out-of-range", detail, None)
        })
}

fn fault(pointer: String, code: &'static str, detail: String, hint: Option<String>) -> Fault {
    Fault { path: pointer.clone(), pointer, code, detail, hint }
}
