//! Programmes themselves: their names, and what of a problem belongs to no entity and no week.

use careweave_solver::problem::{Fault, Id};
use serde_json::{Map, Value, json};

use super::{Parts, Precondition, Refusal, compute, edit::merge, json, stored, table};
use crate::{
    failure::{Document, Failure},
    store::{Row, Store, Tx, args},
};

/// Fields of a problem that a programme has.
pub const DEFAULTS: [&str; 4] = ["grid_minutes", "travel", "separate", "weights"];

/// A programme.
#[derive(Debug, Clone)]
pub struct Program {
    pub id: String,
    pub name: String,
    pub defaults: Map<String, Value>,
    pub revision: i64,
}

impl Program {
    /// As a client sees it.
    pub fn view(&self) -> Value {
        let mut view = json!({ "id": self.id, "name": self.name });
        for (name, value) in &self.defaults {
            view[name] = value.clone();
        }
        view
    }

    fn of_row(row: &Row) -> Result<Self, Failure> {
        Ok(Program { id: row.text(0)?, name: row.text(1)?, defaults: stored(&row.text(2)?)?, revision: row.int(3)? })
    }

    /// Reads what a client says a programme is.
    fn read(value: &Value) -> Result<Self, Failure> {
        let mut faults = Vec::new();
        let mut fault = |name: &str, code, detail: String| {
            let pointer = if name.is_empty() { String::new() } else { format!("/{name}") };
            faults.push(Fault { path: pointer.clone(), pointer, code, detail, hint: None });
        };
        let empty = Map::new();
        let members = value.as_object().unwrap_or(&empty);
        if !value.is_object() {
            fault("", "wrong-type", "A programme is an object.".into());
        }
        let known = |name: &str| name == "id" || name == "name" || DEFAULTS.contains(&name);
        for name in members.keys().filter(|name| !known(name)) {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            let shown = shown.replace('~', "~0").replace('/', "~1");
            fault(&shown, "unknown-field", format!("`{shown}` is not a field of a programme."));
        }
        let mut text = |name: &str, form: &str, fits: &dyn Fn(&str) -> bool| match members.get(name) {
            Some(Value::String(text)) if fits(text) => text.clone(),
            Some(_) => {
                fault(name, "invalid-value", format!("`{name}` must be {form}."));
                String::new()
            }
            None if value.is_object() => {
                fault(name, "missing-field", format!("`{name}` is missing."));
                String::new()
            }
            None => String::new(),
        };
        let id = text("id", "an id: 1 to 64 of A-Z a-z 0-9 . _ : -", &|t| t.parse::<Id>().is_ok());
        let name = text("name", "a text of 1 to 1000 characters", &|t| (1..=1000).contains(&t.chars().count()));
        if !faults.is_empty() {
            return Err(Failure::Invalid { document: Document::Request, faults });
        }
        let defaults = members.iter().filter(|m| DEFAULTS.contains(&m.0.as_str())).map(|(k, v)| (k.clone(), v.clone()));
        Ok(Program { id, name, defaults: defaults.collect(), revision: 1 })
    }
}

const COLUMNS: &str = "id, name, body, revision";

/// A tenant's programmes whose ids come after `after`, by id.
pub async fn list(store: &Store, tenant: &str, after: &str, most: i64) -> Result<Vec<Program>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM programs WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3");
    store.read(&sql, args![tenant, after, most]).await?.iter().map(Program::of_row).collect()
}

/// One of them.
pub async fn get(store: &Store, tenant: &str, id: &str) -> Result<Program, Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM programs WHERE tenant = $1 AND id = $2");
    let rows = store.read(&sql, args![tenant, id]).await?;
    rows.first().map(Program::of_row).transpose()?.ok_or(super::NO_PROGRAM)
}

/// Whether a programme is there.
pub async fn is_there(store: &Store, tenant: &str, id: &str) -> Result<(), Refusal> {
    let sql = "SELECT id FROM programs WHERE tenant = $1 AND id = $2";
    if store.read(sql, args![tenant, id]).await?.is_empty() { Err(super::NO_PROGRAM) } else { Ok(()) }
}

/// Holds a programme that is there until the end of a change, so that others who change it wait.
pub async fn hold(tx: &mut Tx, tenant: &str, id: &str) -> Result<(), Refusal> {
    let sql = "UPDATE programs SET clock = clock WHERE tenant = $1 AND id = $2 RETURNING id";
    if tx.run(sql, args![tenant, id]).await?.is_empty() { Err(super::NO_PROGRAM) } else { Ok(()) }
}

/// Makes a programme.
pub async fn create(store: &Store, tenant: &str, value: &Value) -> Result<Program, Refusal> {
    let program = Program::read(value)?;
    valid(Parts { defaults: program.defaults.clone(), clock: 0, lists: Default::default() }).await?;
    let sql = "INSERT INTO programs (tenant, id, name, body, revision, clock) VALUES ($1, $2, $3, $4, 1, 1) \
               ON CONFLICT DO NOTHING RETURNING id";
    let rows = store.write(sql, args![tenant, &program.id, &program.name, json(&program.defaults)?]).await?;
    if rows.is_empty() { Err(Refusal::Exists) } else { Ok(program) }
}

/// Changes a programme's name and defaults: to what is said, or by a merge patch. A put makes a new one, too.
pub async fn update(
    store: &Store,
    (tenant, id): (&str, &str),
    seen: &Precondition,
    patch: bool,
    value: Result<Value, Failure>,
) -> Result<(Program, bool), Refusal> {
    let mut tx = store.begin().await?;
    let locked = table::lock(&mut tx, tenant, id).await;
    if let Err(Refusal::Missing(_)) = locked {
        drop(tx);
        seen.holds(None)?;
        if patch {
            return Err(super::NO_PROGRAM);
        }
        let program = create(store, tenant, &with_id(value?, id)).await?;
        same_id(&program, id)?;
        return Ok((program, true));
    }
    let mut parts = locked?;
    let sql = format!("SELECT {COLUMNS} FROM programs WHERE tenant = $1 AND id = $2");
    let rows = tx.run(&sql, args![tenant, id]).await?;
    let old = rows.first().map(Program::of_row).transpose()?.ok_or(super::NO_PROGRAM)?;
    seen.holds(Some(old.revision))?;
    let mut new = with_id(value?, id);
    if patch {
        let mut whole = old.view();
        merge(&mut whole, new);
        new = whole;
    }
    let mut program = Program::read(&new)?;
    same_id(&program, id)?;
    program.revision = parts.clock;
    parts.defaults = program.defaults.clone();
    valid(parts).await?;
    let sql = "UPDATE programs SET name = $3, body = $4, revision = $5 WHERE tenant = $1 AND id = $2";
    tx.run(sql, args![tenant, id, &program.name, json(&program.defaults)?, program.revision]).await?;
    tx.commit().await?;
    Ok((program, false))
}

fn with_id(mut value: Value, id: &str) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.entry("id").or_insert_with(|| json!(id));
    }
    value
}

fn same_id(program: &Program, id: &str) -> Result<(), Failure> {
    if program.id == id {
        return Ok(());
    }
    let detail = format!("The address says `{id}`; the body must have the same `id`, or none.");
    let fault = Fault { pointer: "/id".into(), path: "/id".into(), code: "wrong-id", detail, hint: None };
    Err(Failure::Invalid { document: Document::Request, faults: vec![fault] })
}

async fn valid(parts: Parts) -> Result<(), Failure> {
    let faults = compute(move || parts.faults()).await??;
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid { document: Document::Request, faults }) }
}

/// Removes a programme with everything in it.
pub async fn delete(store: &Store, tenant: &str, id: &str, seen: &Precondition) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    table::lock(&mut tx, tenant, id).await?;
    let rows = tx.run("SELECT revision FROM programs WHERE tenant = $1 AND id = $2", args![tenant, id]).await?;
    seen.holds(rows.first().map(|row| row.int(0)).transpose()?)?;
    forget_solves(&mut tx, tenant, id).await?;
    for sql in [
        "DELETE FROM outbox WHERE tenant = $1 AND program = $2",
        "DELETE FROM caldav_events WHERE collection IN (SELECT id FROM caldav WHERE tenant = $1 AND program = $2)",
        "DELETE FROM caldav WHERE tenant = $1 AND program = $2",
        "DELETE FROM busy WHERE tenant = $1 AND program = $2",
        "DELETE FROM webhooks WHERE tenant = $1 AND program = $2",
        "DELETE FROM feeds WHERE tenant = $1 AND program = $2",
        "DELETE FROM records WHERE tenant = $1 AND program = $2",
        "DELETE FROM attendance WHERE tenant = $1 AND program = $2",
        "DELETE FROM series WHERE tenant = $1 AND program = $2",
        "DELETE FROM week_drafts WHERE tenant = $1 AND program = $2",
        "DELETE FROM week_versions WHERE tenant = $1 AND program = $2",
        "DELETE FROM weeks WHERE tenant = $1 AND program = $2",
        "DELETE FROM entities WHERE tenant = $1 AND program = $2",
        "DELETE FROM programs WHERE tenant = $1 AND id = $2",
    ] {
        tx.run(sql, args![tenant, id]).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Forgets all solves of a programme; a worker that has one finds its row gone and stops.
pub async fn forget_solves(tx: &mut Tx, tenant: &str, id: &str) -> Result<(), Failure> {
    let solves = "(SELECT id FROM solves WHERE tenant = $1 AND program = $2)";
    for sql in [
        &format!("DELETE FROM solve_requests WHERE solve IN {solves}"),
        &format!("DELETE FROM solve_calendars WHERE solve IN {solves}"),
        &format!("DELETE FROM solve_events WHERE solve IN {solves}"),
        &format!("DELETE FROM repeats WHERE solve IN {solves}"),
        "DELETE FROM solves WHERE tenant = $1 AND program = $2",
    ] {
        tx.run(sql, args![tenant, id]).await?;
    }
    Ok(())
}
