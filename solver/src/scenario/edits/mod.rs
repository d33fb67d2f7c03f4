//! Edits of a problem, addressed by ids: set, add, remove, copy, or in words. They are made on the problem as a document, which is
//! then read and validated again: an edited problem is as valid as any, or all that is wrong with it is told.

mod address;
mod copy;
mod read;
mod remove;
mod say;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use self::address::Address;
use crate::problem::{self, Fault, Faults, Problem, ReadError};

pub use self::read::read;

/// One change of a problem. Paths are `/LIST/ID/field…`; entries without ids go by their index, `-` appends.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Edit {
    /// Gives a field, or a whole entry, another value.
    Set {
        /// Where.
        set: String,
        /// The value; null takes an optional field away.
        to: Value,
    },
    /// Appends an entry to a list.
    Add {
        /// The list.
        add: String,
        /// The entry.
        value: Value,
    },
    /// Takes something away, and every reference to it.
    Remove {
        /// What.
        remove: String,
    },
    /// Appends copies `ID.c1`, `ID.c2`… of an entity.
    Copy {
        /// Of what.
        copy: String,
        /// How many.
        count: u32,
    },
    /// What people say, such as "one more clinician like s1-t3".
    Say {
        /// The sentence.
        say: String,
    },
}

impl Edit {
    /// Gives a field another value.
    pub fn set(path: impl Into<String>, to: impl Into<Value>) -> Self {
        Edit::Set { set: path.into(), to: to.into() }
    }

    /// Appends an entry to a list.
    pub fn add(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Edit::Add { add: path.into(), value: value.into() }
    }

    /// What it addresses; empty where it is said in words.
    pub fn path(&self) -> &str {
        match self {
            Edit::Set { set, .. } => set,
            Edit::Add { add, .. } => add,
            Edit::Remove { remove } => remove,
            Edit::Copy { copy, .. } => copy,
            Edit::Say { .. } => "",
        }
    }
}

/// Why an edit cannot be made: code, detail, hint.
type Refusal = (&'static str, String, Option<String>);

/// The problem after these edits, one after the other.
///
/// The faults of edits that cannot be made, or that leave an invalid problem, are told all at once: `pointer` leads to the
/// edit in the list (`/2`), `path` to the place in the problem. Where no single edit is to blame the pointer is empty.
pub fn apply(problem: &Problem, edits: &[Edit]) -> Result<Problem, Faults> {
    let mut faults = Faults::default();
    let mut document = match serde_json::to_value(problem) {
        Ok(document) => document,
        Err(e) => return Err(Faults(vec![whole("invalid-value", format!("The problem can't be written: {e}."))])),
    };
    let mut left_behind = remove::LeftBehind::default();
    for (k, edit) in edits.iter().enumerate() {
        if let Err((code, detail, hint)) = make(&mut document, edit, &mut left_behind) {
            faults.push(Fault { pointer: format!("/{k}"), path: edit.path().to_owned(), code, detail, hint });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    left_behind.stand_in(&mut document);
    problem::read(document.to_string().as_bytes()).map_err(|error| match error {
        ReadError::Invalid(Faults(found)) => {
            Faults(found.into_iter().map(|f| Fault { pointer: blamed(edits, &f.path), ..f }).collect())
        }
        syntax @ ReadError::Syntax { .. } => Faults(vec![whole("invalid-value", format!("{syntax}."))]),
    })
}

fn whole(code: &'static str, detail: String) -> Fault {
    Fault { pointer: String::new(), path: String::new(), code, detail, hint: None }
}

/// The pointer of the last edit that touched a place of the problem.
fn blamed(edits: &[Edit], path: &str) -> String {
    let inside = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let touched = |edit: &Edit| {
        let own = edit.path().strip_suffix("/-").unwrap_or(edit.path());
        let added = match edit {
            Edit::Add { value, .. } => value.get("id").and_then(Value::as_str).map(|id| format!("{own}/{id}")),
            _ => None,
        };
        added.map_or_else(|| inside(own, path) || inside(path, own), |added| inside(&added, path))
    };
    edits.iter().rposition(touched).map_or_else(String::new, |k| format!("/{k}"))
}

fn make(document: &mut Value, edit: &Edit, left_behind: &mut remove::LeftBehind) -> Result<(), Refusal> {
    if let Edit::Say { say } = edit {
        return say::say(document, say, left_behind);
    }
    let address = Address::parse(edit.path())?;
    match edit {
        Edit::Set { to, .. } => set(document, &address, to),
        Edit::Add { value, .. } => add(document, &address, value),
        Edit::Remove { .. } => remove::remove(document, &address, left_behind),
        Edit::Copy { count, .. } => copy::copy(document, &address, *count),
        Edit::Say { .. } => Ok(()),
    }
}

fn set(document: &mut Value, address: &Address, to: &Value) -> Result<(), Refusal> {
    let (last, before) = address.split()?;
    let parent = address::reach_or_make(document, before)?;
    match parent {
        Value::Object(fields) if to.is_null() => drop(fields.remove(last)),
        Value::Object(fields) => drop(fields.insert(last.clone(), to.clone())),
        Value::Array(list) if last == "-" => list.push(to.clone()),
        Value::Array(list) => match address::position(list, last) {
            Some(k) => list[k] = to.clone(),
            None => return Err(address::missing(&address.text(), list, last)),
        },
        _ => return Err(address::no_inside(&address.text())),
    }
    Ok(())
}

fn add(document: &mut Value, address: &Address, value: &Value) -> Result<(), Refusal> {
    let (last, before) = address.split()?;
    if last == "-" {
        return add(document, &Address::of(before), value);
    }
    match address::reach_or_make(document, before)? {
        Value::Object(fields) => match fields.get_mut(last) {
            Some(Value::Array(list)) => append(list, value, last),
            _ if address::is_list(last) => {
                let mut list = Vec::new();
                append(&mut list, value, last);
                fields.insert(last.clone(), Value::Array(list));
            }
            _ => drop(fields.insert(last.clone(), value.clone())),
        },
        // An entity under the id that it is to have.
        Value::Array(list) if address::position(list, last).is_none() && value.is_object() => {
            let mut value = value.clone();
            if let Value::Object(fields) = &mut value {
                fields.entry("id").or_insert_with(|| json!(last));
            }
            list.push(value);
        }
        Value::Array(_) => {
            let detail = format!("{} is there already.", address.text());
            return Err(("duplicate-id", detail, Some("Change it with `set`.".to_owned())));
        }
        _ => return Err(address::no_inside(&address.text())),
    }
    Ok(())
}

/// Appends one entry, or each of a list; pairs are entries.
fn append(list: &mut Vec<Value>, value: &Value, name: &str) {
    match value {
        Value::Array(more) if name != "separate" || more.iter().all(Value::is_array) => {
            list.extend(more.iter().cloned());
        }
        one => list.push(one.clone()),
    }
}

/// The fields of an object, or none.
fn fields(value: &mut Value) -> Option<&mut Map<String, Value>> {
    value.as_object_mut()
}

/// The entries of a list under a name; none where it is not there.
fn entries<'v>(value: &'v mut Value, name: &str) -> &'v mut [Value] {
    value.get_mut(name).and_then(Value::as_array_mut).map_or(&mut [], Vec::as_mut_slice)
}
