//! Changes of one entity: put, patched (RFC 7396), removed; each looked at with everything around it.

use careweave_solver::problem::Fault;
use serde_json::{Value, json};

use super::{
    Kind, Parts, Precondition, Refusal, Stored, compute, episode, json,
    records::{self, Whose},
    stored,
    table::{self, Written},
};
use crate::{
    failure::{Document, Failure},
    store::Store,
};

/// What is to become of an entity.
#[derive(Debug, Clone)]
pub enum Change {
    /// This, as JSON text.
    Put(String),
    /// What a merge patch makes of it.
    Patch(Value),
    /// Nothing.
    Delete,
}

/// A changed entity.
#[derive(Debug, Clone)]
pub struct Edited {
    /// It is new.
    pub created: bool,
    pub revision: i64,
    /// As it is now; nothing if it is gone.
    pub body: String,
}

/// Changes an entity, if the caller has seen it as it is and everything stays valid; of a participant the record too, where
/// something is said of it.
pub async fn edit(
    store: &Store,
    (tenant, program): (&str, &str),
    (kind, id): (Kind, &str),
    seen: &Precondition,
    change: Result<Change, Failure>,
    record: Option<Value>,
) -> Result<Edited, Refusal> {
    let mut tx = store.begin().await?;
    let mut parts = table::lock(&mut tx, tenant, program).await?;
    let at = parts.list(kind).iter().position(|e| e.id == id);
    let old = at.and_then(|k| parts.list(kind).get(k).cloned());
    seen.holds(old.as_ref().map(|e| e.revision))?;
    let change = change?;
    if old.is_none() && !matches!(change, Change::Put(_)) {
        return Err(Refusal::Missing("There is no such entity in this programme."));
    }
    let revision = parts.clock;
    if matches!(change, Change::Delete) {
        parts.list_mut(kind).retain(|e| e.id != id);
        let uses = compute(move || parts.faults()).await??;
        if !uses.is_empty() {
            return Err(Refusal::InUse(uses.into_iter().map(|f| f.path).collect()));
        }
        table::remove(&mut tx, tenant, program, kind, id).await?;
        if kind == Kind::Participants {
            records::remove(&mut tx, Whose { tenant, program, participant: id }).await?;
        }
        tx.commit().await?;
        return Ok(Edited { created: false, revision, body: String::new() });
    }
    let patch = matches!(change, Change::Patch(_));
    let body = match change {
        Change::Put(text) => text,
        Change::Patch(patch) => {
            let mut value: Value = stored(old.as_ref().map_or("{}", |e| &e.body))?;
            merge(&mut value, patch);
            json(&value)?
        }
        Change::Delete => String::new(),
    };
    let (position, aside) = match &old {
        Some(old) => (old.position, old.aside.clone()),
        None => (parts.list(kind).last().map_or(1, |e| e.position + 1), "{}".to_owned()),
    };
    let new = Stored { id: id.to_owned(), position, revision, body: with_id(&body, id)?, aside };
    let new = Written::new(kind, new, old.as_ref(), None)?;
    match at.and_then(|k| parts.list_mut(kind).get_mut(k)) {
        Some(place) => place.clone_from(&new),
        None => parts.list_mut(kind).push(Stored::clone(&new)),
    }
    let index = at.unwrap_or(parts.list(kind).len() - 1);
    let id = id.to_owned();
    let faults = compute(move || faults(&parts, kind, index, &id)).await??;
    if !faults.is_empty() {
        return Err(Failure::Invalid { document: Document::Request, faults }.into());
    }
    let new = new.compact()?;
    table::put(&mut tx, tenant, program, kind, &new).await?;
    if let Some(record) = record {
        records::change(&mut tx, Whose { tenant, program, participant: &new.id }, record, patch).await?;
    }
    tx.commit().await?;
    Ok(Edited { created: old.is_none(), revision, body: new.body.clone() })
}

/// What is wrong: pointers into the entity start at it, others at the problem.
fn faults(parts: &Parts, kind: Kind, index: usize, id: &str) -> Result<Vec<Fault>, Failure> {
    let mut faults = parts.faults()?;
    let prefix = format!("/{}/{index}", kind.name());
    for fault in &mut faults {
        if let Some(rest) = fault.pointer.strip_prefix(&prefix)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            fault.pointer = rest.to_owned();
        }
    }
    let body: Value = stored(&parts.list(kind).get(index).map_or(String::new(), |e| e.body.clone()))?;
    faults.extend(episode::faults(kind, &body).into_iter().map(|mut fault| {
        fault.path = format!("/{}/{id}{}", kind.name(), fault.path);
        fault
    }));
    if body["id"] != id && body["id"].is_string() {
        let detail = format!("The address says `{id}`; the body must have the same `id`, or none.");
        let path = format!("/{}/{id}/id", kind.name());
        faults.push(Fault { pointer: "/id".into(), path, code: "wrong-id", detail, hint: None });
    }
    Ok(faults)
}

/// The text of an object with its id in it.
fn with_id(text: &str, id: &str) -> Result<String, Failure> {
    let text = text.trim();
    let value: Value = serde_json::from_str(text).map_err(|e| Failure::Syntax {
        document: Document::Request,
        line: e.line(),
        column: e.column(),
        detail: "this is not JSON".into(),
    })?;
    let Value::Object(members) = &value else { return Ok(text.to_owned()) };
    // The text itself goes on, so that a key that stands there twice is seen.
    Ok(match (members.contains_key("id"), members.is_empty()) {
        (true, _) => text.to_owned(),
        (false, true) => json!({ "id": id }).to_string(),
        (false, false) => format!("{{\"id\":{},{}", json!(id), text.trim_start_matches('{')),
    })
}

/// RFC 7396.
pub fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::drawn;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn a_merge_patch_does_what_the_rfc_says() {
        for (target, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, r#"{}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"foo"}"#, r#"null"#, r#"null"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            (r#"[1,2]"#, r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            (r#"{}"#, r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let mut value: Value = serde_json::from_str(target).unwrap();
            merge(&mut value, serde_json::from_str(patch).unwrap());
            assert_eq!(value, serde_json::from_str::<Value>(result).unwrap(), "{target} {patch}");
        }
    }

    fn has_null(value: &Value) -> bool {
        value.as_object().is_some_and(|m| m.values().any(|v| v.is_null() || has_null(v)))
    }

    proptest! {
        #[test]
        fn a_patch_twice_is_a_patch_once_and_leaves_no_null_of_its_own(target in drawn::json(), patch in drawn::json()) {
            let mut once = target.clone();
            merge(&mut once, patch.clone());
            let mut twice = once.clone();
            merge(&mut twice, patch.clone());
            prop_assert_eq!(&once, &twice);
            if patch.is_object() && !has_null(&target) {
                prop_assert!(!has_null(&once), "{}", once);
            }
        }

        #[test]
        fn an_object_gets_its_id_and_keeps_the_rest(value in drawn::json(), spaces in " {0,2}") {
            let text = format!("{spaces}{value}{spaces}");
            let with: Value = serde_json::from_str(&with_id(&text, "x").unwrap()).unwrap();
            let mut expected = value;
            if let Some(members) = expected.as_object_mut() {
                members.entry("id").or_insert(json!("x"));
            }
            prop_assert_eq!(with, expected);
        }

        #[test]
        fn what_is_no_json_gets_no_id(text in "[\\[\\]{}:,\"ab0-9 -]{0,30}") {
            prop_assert_eq!(with_id(&text, "x").is_ok(), serde_json::from_str::<Value>(text.trim()).is_ok());
        }
    }
}
