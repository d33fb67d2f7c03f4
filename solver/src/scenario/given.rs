//! Scenarios as they are written: `{"scenarios": [{"id", "name", "edits": […]}]}`; some of them perhaps grids.

use serde_json::{Map, Value};

use super::{
    edits::{self, Edit},
    grid,
};
use crate::problem::{Fault, Faults, Id, ReadError, limits, read_document};

/// Scenarios of one comparison at most.
pub const MOST: usize = 100;

/// A problem with some things changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What it is called in the report.
    pub id: Id,
    /// What a person calls it.
    pub name: String,
    /// What is changed, one after the other.
    pub edits: Vec<Edit>,
}

/// Reads a document of scenarios; everything that is wrong with its form is told at once. Whether an edit can be made is
/// only known with the problem: one that can't fails its scenario, not the document.
pub fn read(text: &[u8]) -> Result<Vec<Scenario>, ReadError> {
    read_value(&read_document(text)?).map_err(ReadError::Invalid)
}

/// The same from a value: the document, or the list in it.
pub fn read_value(document: &Value) -> Result<Vec<Scenario>, Faults> {
    let mut faults = Faults::default();
    let (list, at) = match document {
        Value::Array(list) => (Some(list), ""),
        Value::Object(fields) => {
            unknown(fields, &["scenarios"], "", "the document", &mut faults);
            match fields.get("scenarios") {
                Some(Value::Array(list)) => (Some(list), "/scenarios"),
                Some(_) => {
                    fault(&mut faults, "/scenarios", "wrong-type", "`scenarios` must be a list.".into(), None);
                    (None, "")
                }
                None => {
                    missing(&mut faults, "", "scenarios");
                    (None, "")
                }
            }
        }
        _ => {
            fault(&mut faults, "", "wrong-type", "Scenarios are an object with a list `scenarios`.".into(), None);
            (None, "")
        }
    };
    let list = list.map_or(&[][..], Vec::as_slice);
    if list.len() > MOST {
        let detail = format!("There are {} scenarios; at most {MOST} are compared at once.", list.len());
        fault(&mut faults, at, "too-large", detail, None);
    }
    let mut scenarios: Vec<Scenario> = Vec::with_capacity(list.len().min(MOST));
    for (k, entry) in list.iter().enumerate().take(MOST) {
        let at = format!("{at}/{k}");
        let grid = entry.as_object().filter(|fields| fields.contains_key("grid"));
        let expanded = grid.map(|fields| grid::expand(fields, &at, &mut faults));
        for entry in expanded.as_deref().unwrap_or(std::slice::from_ref(entry)) {
            let Some(scenario) = one(entry, &at, &mut faults) else { continue };
            if scenarios.iter().any(|other| other.id == scenario.id) {
                let detail = format!("There is another scenario `{}` before this one.", scenario.id);
                fault(&mut faults, &format!("{at}/id"), "duplicate-id", detail, Some("Give it another id.".into()));
            }
            scenarios.push(scenario);
        }
    }
    if scenarios.len() > MOST && list.len() <= MOST {
        let detail =
            format!("With the grids there are {} scenarios; at most {MOST} are compared at once.", scenarios.len());
        fault(&mut faults, at, "too-large", detail, None);
    }
    if faults.is_empty() { Ok(scenarios) } else { Err(faults) }
}

fn one(entry: &Value, at: &str, faults: &mut Faults) -> Option<Scenario> {
    let Some(fields) = entry.as_object() else {
        fault(faults, at, "wrong-type", "A scenario must be an object.".into(), None);
        return None;
    };
    unknown(fields, &["id", "name", "edits"], at, "a scenario", faults);
    let id = match fields.get("id").map(Value::as_str) {
        None => {
            missing(faults, at, "id");
            None
        }
        Some(text) => {
            let id = text.and_then(|text| text.parse::<Id>().ok());
            if id.is_none() {
                let detail = "`id` must be an id: 1 to 64 of A-Z a-z 0-9 . _ : -.".into();
                fault(faults, &format!("{at}/id"), "invalid-value", detail, None);
            }
            id
        }
    };
    let name = match fields.get("name") {
        None | Some(Value::Null) => Some(id.as_ref().map(Id::to_string).unwrap_or_default()),
        Some(Value::String(name)) if name.chars().count() <= limits::TEXT => Some(name.clone()),
        Some(_) => {
            let detail = format!("`name` must be a text of at most {} characters.", limits::TEXT);
            fault(faults, &format!("{at}/name"), "wrong-type", detail, None);
            None
        }
    };
    let edits = match fields.get("edits") {
        None => {
            missing(faults, at, "edits");
            None
        }
        Some(list) => edits::read(list).map_err(|found| faults.extend(found.inside(&format!("{at}/edits")).0)).ok(),
    };
    Some(Scenario { id: id?, name: name?, edits: edits? })
}

pub(super) fn unknown(fields: &Map<String, Value>, known: &[&str], at: &str, of: &str, faults: &mut Faults) {
    for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let pointer = format!("{at}/{}", shown.replace('~', "~0").replace('/', "~1"));
        let hint = format!("The fields of {of} are {}.", known.join(", "));
        fault(faults, &pointer, "unknown-field", format!("`{shown}` is not a field of {of}."), Some(hint));
    }
}

pub(super) fn missing(faults: &mut Faults, at: &str, name: &str) {
    let detail = format!("`{name}` is missing.");
    fault(faults, at, "missing-field", detail, Some(format!("Add `{name}`.")));
}

pub(super) fn fault(faults: &mut Faults, at: &str, code: &'static str, detail: String, hint: Option<String>) {
    faults.push(Fault { pointer: at.to_owned(), path: at.to_owned(), code, detail, hint });
}
