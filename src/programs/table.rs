//! Entities as they are stored: each a JSON text with its place in its list and its revision.

use std::ops::Deref;

use careweave_solver::problem::Date;
use serde_json::{Map, Value};

use super::{Kind, NO_PROGRAM, Parts, Refusal, episode, json, stored};
use crate::{
    failure::Failure,
    store::{Row, Store, Tx, args},
};

/// A stored entity.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: String,
    pub position: i64,
    pub revision: i64,
    pub body: String,
    /// What is known beside the body: since when orders stand, and an episode whose discharge was taken out of the record.
    pub aside: String,
}

const COLUMNS: &str = "id, position, revision, body, aside";

fn entity(row: &Row) -> Result<Stored, Failure> {
    Ok(Stored {
        id: row.text(0)?,
        position: row.int(1)?,
        revision: row.int(2)?,
        body: row.text(3)?,
        aside: row.text(4)?,
    })
}

/// One entity.
pub async fn get(store: &Store, tenant: &str, program: &str, kind: Kind, id: &str) -> Result<Stored, Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM entities WHERE tenant = $1 AND program = $2 AND kind = $3 AND id = $4");
    let rows = store.read(&sql, args![tenant, program, kind.name(), id]).await?;
    rows.first().map(entity).transpose()?.ok_or(Refusal::Missing("There is no such entity in this programme."))
}

/// Entities of a list after `position` that `fits`, at most so many; and whether there are more.
pub async fn page(
    store: &Store,
    tenant: &str,
    program: &str,
    kind: Kind,
    mut position: i64,
    most: usize,
    fits: impl Fn(&Value) -> bool,
) -> Result<(Vec<(i64, Value)>, bool), Refusal> {
    let sql = "SELECT id FROM programs WHERE tenant = $1 AND id = $2";
    if store.read(sql, args![tenant, program]).await?.is_empty() {
        return Err(NO_PROGRAM);
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM entities WHERE tenant = $1 AND program = $2 AND kind = $3 AND position > $4 \
         ORDER BY position LIMIT 500"
    );
    let mut found = Vec::new();
    loop {
        let rows = store.read(&sql, args![tenant, program, kind.name(), position]).await?;
        let last = rows.len() < 500;
        for row in &rows {
            let row = entity(row)?;
            position = row.position;
            let value: Value = stored(&row.body)?;
            if fits(&value) {
                if found.len() == most {
                    return Ok((found, true));
                }
                found.push((row.position, value));
            }
        }
        if last {
            return Ok((found, false));
        }
    }
}

/// Everything a programme's problem is made of.
pub async fn parts(store: &Store, tenant: &str, program: &str) -> Result<Parts, Refusal> {
    let rows =
        store.read("SELECT body, clock FROM programs WHERE tenant = $1 AND id = $2", args![tenant, program]).await?;
    let row = rows.first().ok_or(NO_PROGRAM)?;
    let (defaults, clock) = (row.text(0)?, row.int(1)?);
    let rows = store.read(&all(), args![tenant, program]).await?;
    Ok(collect(&defaults, clock, &rows)?)
}

/// The same inside a change; until its end nobody else changes this programme.
pub async fn lock(tx: &mut Tx, tenant: &str, program: &str) -> Result<Parts, Refusal> {
    let sql = "UPDATE programs SET clock = clock + 1 WHERE tenant = $1 AND id = $2 RETURNING body, clock";
    let rows = tx.run(sql, args![tenant, program]).await?;
    let row = rows.first().ok_or(NO_PROGRAM)?;
    let (defaults, clock) = (row.text(0)?, row.int(1)?);
    let rows = tx.run(&all(), args![tenant, program]).await?;
    Ok(collect(&defaults, clock, &rows)?)
}

fn all() -> String {
    format!("SELECT {COLUMNS}, kind FROM entities WHERE tenant = $1 AND program = $2 ORDER BY position")
}

fn collect(defaults: &str, clock: i64, rows: &[Row]) -> Result<Parts, Failure> {
    let defaults: Map<String, Value> = stored(defaults)?;
    let mut parts = Parts { defaults, clock, lists: Default::default() };
    for row in rows {
        let kind = row.text(5)?;
        if let Some(k) = Kind::ALL.iter().position(|k| k.name() == kind) {
            parts.lists[k].push(entity(row)?);
        }
    }
    Ok(parts)
}

/// An entity as it is to be written: of a participant with what is noted of an episode that ends so.
#[derive(Debug, Clone)]
pub struct Written(Stored);

impl Written {
    /// An entity, what it was before, and the first day of the week with which it is brought in, where it is.
    pub fn new(kind: Kind, mut new: Stored, before: Option<&Stored>, week: Option<Date>) -> Result<Self, Failure> {
        let may_be_over = |before: &&Stored| [&before.body, &before.aside].iter().any(|t| episode::may_be_over(t));
        let Some(before) = before.filter(|_| kind == Kind::Participants).filter(may_be_over) else {
            return Ok(Written(new));
        };
        let given: Value = stored(&new.body)?;
        let (mut body, mut aside): (Value, Map<String, Value>) = (given.clone(), stored(&new.aside)?);
        if body.is_object() {
            episode::follow(&mut body, &mut aside, (&stored(&before.body)?, &stored(&before.aside)?), week);
            new.aside = json(&aside)?;
        }
        // The text itself goes on where nothing was added, so that a key that stands there twice is seen.
        if body != given {
            new.body = json(&body)?;
        }
        Ok(Written(new))
    }

    /// Without what is not kept: whitespace and the order of fields.
    pub fn compact(mut self) -> Result<Self, Failure> {
        self.0.body = json(&stored::<Value>(&self.0.body)?)?;
        Ok(self)
    }

    /// The same, of another revision.
    pub fn at(mut self, revision: i64) -> Self {
        self.0.revision = revision;
        self
    }
}

impl Deref for Written {
    type Target = Stored;

    fn deref(&self) -> &Stored {
        &self.0
    }
}

/// Writes an entity.
pub async fn put(tx: &mut Tx, tenant: &str, program: &str, kind: Kind, e: &Written) -> Result<(), Failure> {
    let sql = "INSERT INTO entities (tenant, program, kind, id, position, revision, body, aside) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, program, kind, id) DO UPDATE \
               SET position = excluded.position, revision = excluded.revision, body = excluded.body, aside = excluded.aside";
    tx.run(sql, args![tenant, program, kind.name(), &e.id, e.position, e.revision, &e.body, &e.aside]).await?;
    Ok(())
}

/// Removes an entity.
pub async fn remove(tx: &mut Tx, tenant: &str, program: &str, kind: Kind, id: &str) -> Result<(), Failure> {
    let sql = "DELETE FROM entities WHERE tenant = $1 AND program = $2 AND kind = $3 AND id = $4";
    tx.run(sql, args![tenant, program, kind.name(), id]).await?;
    Ok(())
}
