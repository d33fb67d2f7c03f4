//! Addresses in a problem: `/LIST/ID/field…`. Entries with ids go by them, others by their index.

use serde_json::{Map, Value};

use super::Refusal;
use crate::problem::nearest;

/// Lists of the contract: what an `add` to an absent one begins.
const LISTS: [&str; 34] = [
    "sites",
    "rooms",
    "services",
    "clinicians",
    "groups",
    "participants",
    "separate",
    "previous",
    "reference",
    "hours",
    "closed",
    "pairs",
    "features",
    "credentials",
    "room_features",
    "modalities",
    "licensed_in",
    "languages",
    "shifts",
    "away",
    "days",
    "members",
    "requires",
    "excludes",
    "attributes",
    "not_with",
    "available",
    "family",
    "apart_from",
    "commitments",
    "orders",
    "windows",
    "prefer",
    "counts_modalities",
];

/// Whether the contract has a list of this name.
pub fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

/// The steps of a path.
#[derive(Debug, Clone)]
pub struct Address(Vec<String>);

impl Address {
    /// Reads a path.
    pub fn parse(path: &str) -> Result<Self, Refusal> {
        let refused = |detail: String| {
            let hint = "A path is /LIST/ID/field, such as /rooms/r1/capacity.".to_owned();
            Err(("invalid-value", detail, Some(hint)))
        };
        if !path.starts_with('/') {
            return refused("The path does not begin with `/`.".to_owned());
        }
        let steps: Vec<String> =
            path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        match steps.iter().any(String::is_empty) {
            true => refused("The path has an empty step.".to_owned()),
            false => Ok(Address(steps)),
        }
    }

    /// The address of these steps.
    pub fn of(steps: &[String]) -> Self {
        Address(steps.to_vec())
    }

    /// Its last step, and those before it.
    pub fn split(&self) -> Result<(&String, &[String]), Refusal> {
        match self.0.split_last() {
            Some((last, before)) => Ok((last, before)),
            None => Err(("invalid-value", "The path leads to the whole problem.".to_owned(), None)),
        }
    }

    /// The steps.
    pub fn steps(&self) -> &[String] {
        &self.0
    }

    /// As it is written.
    pub fn text(&self) -> String {
        text(&self.0)
    }
}

fn text(steps: &[String]) -> String {
    steps.iter().map(|s| format!("/{}", s.replace('~', "~0").replace('/', "~1"))).collect()
}

/// Where the entry with this id, or else at this index, is.
pub fn position(list: &[Value], step: &str) -> Option<usize> {
    let id = |entry: &Value| entry.get("id").and_then(Value::as_str).map(str::to_owned);
    let named = list.iter().position(|entry| id(entry).as_deref() == Some(step));
    let indexed = || step.parse::<usize>().ok().filter(|&k| list.get(k).is_some_and(|entry| id(entry).is_none()));
    named.or_else(indexed)
}

/// What the steps lead to.
pub fn reach<'v>(document: &'v mut Value, steps: &[String]) -> Result<&'v mut Value, Refusal> {
    walk(document, steps, false)
}

/// What the steps lead to; objects on the way that are absent are made.
pub fn reach_or_make<'v>(document: &'v mut Value, steps: &[String]) -> Result<&'v mut Value, Refusal> {
    walk(document, steps, true)
}

fn walk<'v>(document: &'v mut Value, steps: &[String], make: bool) -> Result<&'v mut Value, Refusal> {
    let mut at = document;
    for (k, step) in steps.iter().enumerate() {
        let here = || text(&steps[..=k]);
        at = match at {
            Value::Object(fields) => {
                // The whole problem has its fields; a typing error there is no new field.
                if !fields.contains_key(step) && (!make || k == 0 && !is_list(step)) {
                    return Err(unknown(&here(), fields.keys().map(String::as_str), step));
                }
                let begun = if is_list(step) { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
                fields.entry(step.clone()).or_insert(begun)
            }
            Value::Array(list) => match position(list, step) {
                Some(found) => &mut list[found],
                None => return Err(missing(&here(), list, step)),
            },
            _ => return Err(no_inside(&here())),
        };
    }
    Ok(at)
}

/// There is no such entry.
pub fn missing(path: &str, list: &[Value], step: &str) -> Refusal {
    unknown(path, list.iter().filter_map(|entry| entry.get("id")?.as_str()), step)
}

/// There is nothing under a path, but perhaps something like it.
fn unknown<'a>(path: &str, known: impl Iterator<Item = &'a str>, step: &str) -> Refusal {
    let hint = nearest(step, known).map(|id| format!("Did you mean `{id}`?"));
    ("unknown-id", format!("There is no {path}."), hint)
}

/// The path leads into a value that has no parts.
pub fn no_inside(path: &str) -> Refusal {
    ("wrong-type", format!("{path} leads into a value that has no parts."), None)
}
