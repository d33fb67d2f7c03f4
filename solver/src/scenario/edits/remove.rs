//! Taking something away with every reference to it. An order or a group that allowed only what is gone never becomes
//! open to anyone: what it allowed stays behind as an empty shell that can serve nobody.

use serde_json::{Value, json};

use super::{Refusal, address, address::Address, entries, fields};

/// Clinicians and groups that are gone and that somebody still asks for.
#[derive(Debug, Default)]
pub struct LeftBehind {
    clinicians: Vec<Value>,
    groups: Vec<Value>,
}

impl LeftBehind {
    /// Puts shells in their places: a clinician without credentials and shifts, a group without hours.
    pub fn stand_in(self, document: &mut Value) {
        let site = document.pointer("/sites/0/id").cloned();
        for mut shell in self.clinicians {
            let Some(id) = id_of(&shell) else { continue };
            if let Some(fields) = fields(&mut shell) {
                fields.retain(|name, _| matches!(name.as_str(), "id" | "name" | "home_site"));
                fields.insert("shifts".to_owned(), json!([]));
            }
            let asked = |document: &mut Value| asks_for_clinician(document, &id);
            put(document, "clinicians", shell, "home_site", site.as_ref(), asked);
        }
        for mut shell in self.groups {
            let Some(id) = id_of(&shell) else { continue };
            if let Some(fields) = fields(&mut shell) {
                fields.retain(|name, _| !matches!(name.as_str(), "members" | "clinicians"));
                fields.insert("hours".to_owned(), json!([]));
            }
            let asked = |document: &mut Value| asks_for_group(document, &id);
            put(document, "groups", shell, "site", site.as_ref(), asked);
        }
    }
}

/// Puts a shell into its list, where somebody asks for it and nothing has taken its id since.
fn put(
    document: &mut Value,
    list: &str,
    mut shell: Value,
    at: &str,
    site: Option<&Value>,
    asked: impl Fn(&mut Value) -> bool,
) {
    let Some(id) = id_of(&shell) else { return };
    if has(document, list, &id) || !asked(document) {
        return;
    }
    let home = shell.get(at).and_then(Value::as_str).map(str::to_owned);
    if !home.is_some_and(|home| has(document, "sites", &home))
        && let (Some(fields), Some(site)) = (fields(&mut shell), site)
    {
        fields.insert(at.to_owned(), site.clone());
    }
    if let Some(list) = document.get_mut(list).and_then(Value::as_array_mut) {
        list.push(shell);
    }
}

fn id_of(entity: &Value) -> Option<String> {
    entity.get("id")?.as_str().map(str::to_owned)
}

fn has(document: &Value, list: &str, id: &str) -> bool {
    let list = document.get(list).and_then(Value::as_array);
    list.into_iter().flatten().any(|entry| entry.get("id").and_then(Value::as_str) == Some(id))
}

fn asks_for_clinician(document: &mut Value, id: &str) -> bool {
    let of_groups = entries(document, "groups").iter().any(|group| lists(group, "clinicians", id));
    let named =
        |order: &Value| order.get("clinician").and_then(Value::as_str) == Some(id) || lists(order, "prefer", id);
    of_groups || orders(document).any(|order| named(order))
}

fn asks_for_group(document: &mut Value, id: &str) -> bool {
    orders(document).any(|order| lists(order, "groups", id))
}

fn lists(value: &Value, name: &str, id: &str) -> bool {
    value.get(name).and_then(Value::as_array).into_iter().flatten().any(|entry| entry.as_str() == Some(id))
}

fn orders(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    entries(document, "participants")
        .iter_mut()
        .filter_map(|p| p.get_mut("orders").and_then(Value::as_array_mut))
        .flatten()
}

/// Takes away what an address leads to.
pub fn remove(document: &mut Value, address: &Address, left_behind: &mut LeftBehind) -> Result<(), Refusal> {
    let (last, before) = address.split()?;
    let gone = match address::reach(document, before)? {
        Value::Object(fields) => match fields.remove(last) {
            Some(value) => value,
            None => return Err(("unknown-id", format!("There is no {}.", address.text()), None)),
        },
        Value::Array(list) => match address::position(list, last) {
            Some(k) => list.remove(k),
            None => return Err(address::missing(&address.text(), list, last)),
        },
        _ => return Err(address::no_inside(&address.text())),
    };
    let id = id_of(&gone).unwrap_or_default();
    match address.steps() {
        [list, _] => forget(document, list, &id, gone, left_behind),
        [people, person, list, _] if people == "participants" && list == "family" => {
            let person = address::reach(document, &[people.clone(), person.clone()])?;
            entries(person, "orders").iter_mut().for_each(|order| drop_from(order, "family", &id));
        }
        _ => {}
    }
    Ok(())
}

/// Takes away every reference to an entity of a list.
fn forget(document: &mut Value, list: &str, id: &str, gone: Value, left_behind: &mut LeftBehind) {
    match list {
        "clinicians" => {
            // A list that would be empty keeps its last entry, which can do nothing any more.
            entries(document, "groups").iter_mut().for_each(|group| drop_but_last(group, "clinicians", id));
            entries(document, "participants").iter_mut().for_each(|p| drop_from(p, "not_with", id));
            orders(document).for_each(|order| drop_from(order, "prefer", id));
            left_behind.clinicians.push(gone);
        }
        "groups" => {
            orders(document).for_each(|order| drop_but_last(order, "groups", id));
            left_behind.groups.push(gone);
        }
        "participants" => {
            entries(document, "groups").iter_mut().for_each(|group| drop_from(group, "members", id));
            entries(document, "participants").iter_mut().for_each(|p| drop_from(p, "apart_from", id));
        }
        "sites" => {
            for shift in entries(document, "clinicians").iter_mut().flat_map(|c| entries(c, "shifts")) {
                drop_from(shift, "sites", id);
            }
            entries(document, "participants").iter_mut().for_each(|p| drop_from(p, "sites", id));
            if let Some(pairs) = document.pointer_mut("/travel/pairs").and_then(Value::as_array_mut) {
                pairs.retain(|pair| !["a", "b"].iter().any(|end| names(pair, end, id)));
            }
            with_it(document, "rooms", "site", id, left_behind);
            with_it(document, "groups", "site", id, left_behind);
        }
        "services" => {
            with_it(document, "groups", "service", id, left_behind);
            for p in entries(document, "participants") {
                if let Some(orders) = p.get_mut("orders").and_then(Value::as_array_mut) {
                    orders.retain(|order| !names(order, "service", id));
                }
            }
        }
        _ => {}
    }
}

/// What cannot be without it goes with it.
fn with_it(document: &mut Value, list: &str, field: &str, id: &str, left_behind: &mut LeftBehind) {
    let of_it: Vec<Value> = entries(document, list).iter().filter(|entry| names(entry, field, id)).cloned().collect();
    for gone in of_it {
        let Some(own) = id_of(&gone) else { continue };
        if let Some(list) = document.get_mut(list).and_then(Value::as_array_mut) {
            list.retain(|entry| id_of(entry).as_deref() != Some(&own));
        }
        forget(document, list, &own, gone, left_behind);
    }
}

fn names(value: &Value, field: &str, id: &str) -> bool {
    value.get(field).and_then(Value::as_str) == Some(id)
}

fn drop_from(value: &mut Value, name: &str, id: &str) {
    if let Some(list) = value.get_mut(name).and_then(Value::as_array_mut) {
        list.retain(|entry| entry.as_str() != Some(id));
    }
}

fn drop_but_last(value: &mut Value, name: &str, id: &str) {
    if let Some(list) = value.get_mut(name).and_then(Value::as_array_mut)
        && list.iter().any(|entry| entry.as_str() != Some(id))
    {
        list.retain(|entry| entry.as_str() != Some(id));
    }
}
