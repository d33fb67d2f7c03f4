//! What one calendar changes of another, person by person: who must be told what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::{
    super::{NO_PROGRAM, Refusal},
    Key, WeekRow,
    known::sessions,
    publish::{NO_VERSION, version_of},
};
use crate::store::{On, Store, args};

/// What the draft, or else the publication, changes of a version: of the last one, where none is named.
pub async fn changes(store: &Store, key: Key<'_>, since: Option<i64>) -> Result<Value, Refusal> {
    let sql = "SELECT id FROM programs WHERE tenant = $1 AND id = $2";
    if store.read(sql, args![key.tenant, key.program]).await?.is_empty() {
        return Err(NO_PROGRAM);
    }
    let on = &mut On::Alone(store);
    let row = WeekRow::read(on, key).await?;
    let since = since.or(row.published);
    let before = version_of(on, key, since).await?;
    if since.is_some() && before.is_none() {
        return Err(NO_VERSION);
    }
    let after = match row.draft {
        Some(draft) => Some(draft),
        None => version_of(on, key, row.published).await?,
    };
    let list = |calendar: Option<String>| calendar.map_or(Ok(Vec::new()), |c| sessions(&c));
    let items = difference(list(before)?, list(after)?);
    Ok(json!({ "week_start": key.date, "since": since, "items": items }))
}

/// Who is in a session, participants and clinicians.
pub fn people(session: &Value) -> BTreeSet<(&'static str, String)> {
    let of = |list: &str, role: &'static str| {
        let ids = session[list].as_array().into_iter().flatten().filter_map(Value::as_str);
        ids.map(|id| (role, id.to_owned())).collect::<Vec<_>>()
    };
    of("participants", "participant").into_iter().chain(of("clinicians", "clinician")).collect()
}

type Sessions = BTreeMap<String, Value>;

fn by_id(list: Vec<Value>) -> Sessions {
    list.into_iter().map(|s| (s["id"].as_str().unwrap_or_default().to_owned(), s)).collect()
}

/// What of a session concerns who is in it.
const TOLD: [&str; 6] = ["start", "end", "site", "room", "modality", "clinicians"];

/// The items, each of a `participant` or `clinician`: sessions `added`, `removed`, `changed`, and all of it as `text`.
pub fn difference(before: Vec<Value>, after: Vec<Value>) -> Vec<Value> {
    let (before, after) = (by_id(before), by_id(after));
    let mut by_person: BTreeMap<(&str, String), Map<String, Value>> = BTreeMap::new();
    let mut note = |who: (&'static str, String), what: &str, value: Value| {
        let entry = by_person.entry(who).or_default().entry(what).or_insert_with(|| json!([]));
        if let Some(list) = entry.as_array_mut() {
            list.push(value);
        }
    };
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for id in ids {
        let (old, new) = (before.get(id), after.get(id));
        let (was, is) = (old.map(people).unwrap_or_default(), new.map(people).unwrap_or_default());
        let same = match (old, new) {
            // What a calendar leaves out is derived and the same.
            (Some(old), Some(new)) => TOLD.iter().all(|f| old[*f] == new[*f] || old[*f].is_null() || new[*f].is_null()),
            _ => true,
        };
        for who in is.difference(&was) {
            note(who.clone(), "added", new.cloned().unwrap_or_default());
        }
        for who in was.difference(&is) {
            note(who.clone(), "removed", old.cloned().unwrap_or_default());
        }
        for who in is.intersection(&was).filter(|_| !same) {
            note(who.clone(), "changed", json!({ "from": old, "to": new }));
        }
    }
    let person = |((role, id), changes): ((&str, String), Map<String, Value>)| {
        let mut item = json!({ role: id, "added": [], "removed": [], "changed": [] });
        changes.into_iter().for_each(|(what, list)| item[what] = list);
        item["text"] = sentence(&item).into();
        item
    };
    by_person.into_iter().map(person).collect()
}

/// An item in words.
fn sentence(item: &Value) -> String {
    let list = |name: &str| item[name].as_array().cloned().unwrap_or_default();
    let added = list("added").into_iter().map(|s| format!("new: {}", told(&s)));
    let changed = list("changed").into_iter().map(|s| {
        let (from, to) = (told(&s["from"]), told(&s["to"]));
        if from == to { format!("changed: {to}") } else { format!("moved: {from}, now {to}") }
    });
    let removed = list("removed").into_iter().map(|s| format!("no longer: {}", told(&s)));
    added.chain(changed).chain(removed).collect::<Vec<_>>().join("; ")
}

/// When a session is, and which.
fn told(session: &Value) -> String {
    let start = session["start"].as_str().unwrap_or_default();
    let when = DateTime::parse_from_rfc3339(start)
        .map_or(start.to_owned(), |t| t.format("%a %-d %b %H:%M (UTC%:z)").to_string());
    let what = ["group", "order", "id"].iter().find_map(|name| session[*name].as_str()).unwrap_or_default();
    format!("{when} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_person_by_person() {
        let session = |id: &str, hour: u8, who: &[&str]| {
            let start = format!("2026-12-01T{hour:02}:00:00-05:00");
            json!({ "id": id, "start": start, "clinicians": ["c"], "participants": who })
        };
        let before = vec![session("g/1", 9, &["a", "b"]), session("o/1", 10, &["a"])];
        let after = vec![session("g/1", 9, &["a", "d"]), session("o/1", 11, &["a"])];
        let told = difference(before, after);
        let of = |role: &str, id: &str| told.iter().find(|t| t[role] == id).unwrap();
        assert_eq!(told.len(), 4);
        assert_eq!(of("participant", "b")["removed"][0]["id"], "g/1");
        assert_eq!(of("participant", "b")["text"], "no longer: Tue 1 Dec 09:00 (UTC-05:00) g/1");
        assert_eq!(of("participant", "d")["added"][0]["id"], "g/1");
        assert_eq!(of("participant", "a")["changed"][0]["to"]["start"], "2026-12-01T11:00:00-05:00");
        assert_eq!(
            of("participant", "a")["text"],
            "moved: Tue 1 Dec 10:00 (UTC-05:00) o/1, now Tue 1 Dec 11:00 (UTC-05:00) o/1"
        );
        assert_eq!(of("clinician", "c")["changed"].as_array().unwrap().len(), 1);
    }
}
