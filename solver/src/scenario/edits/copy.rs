//! Copies of an entity: `ID.c1`, `ID.c2`…, without history and membership.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{Refusal, address, address::Address, entries, fields};
use crate::problem::limits;

/// Lists whose entries a copy has under ids of its own.
const OWN: [&str; 2] = ["orders", "family"];

/// Appends copies of the entity at an address to its list.
pub fn copy(document: &mut Value, address: &Address, count: u32) -> Result<(), Refusal> {
    let most = limits::PARTICIPANTS as u32;
    if !(1..=most).contains(&count) {
        return Err(("out-of-range", format!("`count` is {count}; it must be 1 to {most}."), None));
    }
    let original = address::reach(document, address.steps())?.clone();
    let Some(id) = original.get("id").and_then(Value::as_str).map(str::to_owned) else {
        let hint = "Copy a whole entity, such as /participants/p1.".to_owned();
        return Err(("missing-field", format!("{} has no id.", address.text()), Some(hint)));
    };
    let mut taken = ids(document);
    let (_, list) = address.split()?;
    let mut number = 0_u64;
    for _ in 0..count {
        let fits = |n: u64| own_ids(&original).chain([id.as_str()]).all(|id| !taken.contains(&renamed(id, n)));
        number += 1;
        while !fits(number) {
            number += 1;
        }
        let one = copied(&original, number);
        taken.extend(own_ids(&one).map(str::to_owned));
        taken.insert(renamed(&id, number));
        match address::reach(document, list)? {
            Value::Array(list) => list.push(one),
            _ => return Err(address::no_inside(&address.text())),
        }
    }
    Ok(())
}

fn renamed(id: &str, number: u64) -> String {
    format!("{id}.c{number}")
}

/// Ids of what belongs to an entity alone.
fn own_ids(entity: &Value) -> impl Iterator<Item = &str> {
    let lists = OWN.iter().filter_map(|name| entity.get(*name)?.as_array());
    lists.flatten().filter_map(|entry| entry.get("id")?.as_str())
}

/// Every id of the problem.
fn ids(document: &Value) -> HashSet<String> {
    let lists =
        document.as_object().into_iter().flatten().filter(|(name, _)| *name != "previous" && *name != "reference");
    let entities = lists.filter_map(|(_, list)| list.as_array()).flatten();
    entities.flat_map(|e| own_ids(e).chain(e.get("id").and_then(Value::as_str))).map(str::to_owned).collect()
}

fn copied(original: &Value, number: u64) -> Value {
    let mut one = original.clone();
    rename(&mut one, number);
    for name in OWN {
        entries(&mut one, name).iter_mut().for_each(|entry| rename(entry, number));
    }
    // An order names the family of its own participant.
    for order in entries(&mut one, "orders") {
        for member in entries(order, "family") {
            if let Some(id) = member.as_str() {
                *member = json!(renamed(id, number));
            }
        }
    }
    if let Some(fields) = fields(&mut one) {
        told_apart(fields, number);
    }
    one
}

fn told_apart(fields: &mut Map<String, Value>, number: u64) {
    fields.remove("members");
    if let Some(name) = fields.get("name").and_then(Value::as_str) {
        let name = format!("{name} ({number})");
        fields.insert("name".to_owned(), json!(name));
    }
}

fn rename(entity: &mut Value, number: u64) {
    let id = entity.get("id").and_then(Value::as_str).map(|id| renamed(id, number));
    if let (Some(fields), Some(id)) = (fields(entity), id) {
        fields.insert("id".to_owned(), json!(id));
    }
}
