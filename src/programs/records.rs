//! A participant's `record`: name, telephone, address; kept apart from everything that a problem is made of, and encrypted
//! where a key is configured.

use careweave_solver::problem::Fault;
use serde_json::Value;

use super::{edit::merge, stored};
use crate::{
    failure::{Document, Failure},
    store::{Arg, On, Row, Sealed, Store, Tx, args},
};

/// Fields of a record.
const FIELDS: [&str; 6] = ["name", "preferred_name", "phone", "email", "language", "address"];

/// Which participant.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    pub tenant: &'a str,
    pub program: &'a str,
    pub participant: &'a str,
}

impl Whose<'_> {
    /// What a record is bound to.
    fn place(&self) -> [&str; 4] {
        ["record", self.tenant, self.program, self.participant]
    }
}

/// A record, if there is one.
pub async fn get(on: &mut On<'_>, of: Whose<'_>) -> Result<Option<Value>, Failure> {
    let sql = "SELECT body, seal FROM records WHERE tenant = $1 AND program = $2 AND participant = $3";
    let rows = on.read(sql, args![of.tenant, of.program, of.participant]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let clear = on.seal().open(&of.place(), sealed(row, 0)?)?;
    let text = String::from_utf8(clear).map_err(|_| Failure::Internal("A record is no text.".into()))?;
    stored(&text).map(Some)
}

fn sealed(row: &Row, column: usize) -> Result<Sealed, Failure> {
    Ok(Sealed { bytes: row.bytes(column)?, key: row.maybe_text(column + 1)? })
}

/// Puts a record, or merges a patch into it; null removes it.
pub async fn change(tx: &mut Tx, of: Whose<'_>, new: Value, patch: bool) -> Result<(), Failure> {
    let mut record = match get(&mut On::Inside(tx), of).await? {
        Some(record) if patch => record,
        _ => Value::Null,
    };
    if patch && new.is_object() {
        merge(&mut record, new);
    } else {
        record = new;
    }
    if record.is_null() {
        return remove(tx, of).await;
    }
    let faults = faults(&record);
    if !faults.is_empty() {
        return Err(Failure::Invalid { document: Document::Request, faults });
    }
    let sql = "INSERT INTO records (tenant, program, participant, body, seal) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (tenant, program, participant) DO UPDATE SET body = excluded.body, seal = excluded.seal";
    let Sealed { bytes, key } = tx.seal().close(&of.place(), record.to_string().into_bytes())?;
    tx.run(sql, args![of.tenant, of.program, of.participant, bytes, key]).await?;
    Ok(())
}

/// Whether every record can be read: one of each key is tried.
pub async fn readable(store: &Store) -> Result<(), Failure> {
    let sql =
        "SELECT tenant, program, MIN(participant) FROM records WHERE seal IS NOT NULL GROUP BY seal, tenant, program";
    for row in store.read(sql, args![]).await? {
        let (tenant, program, participant) = (row.text(0)?, row.text(1)?, row.text(2)?);
        let of = Whose { tenant: &tenant, program: &program, participant: &participant };
        get(&mut On::Alone(store), of).await.map_err(|failure| match failure {
            Failure::Outside(why) | Failure::Internal(why) => {
                Failure::Usage(format!("The records of participants can't be read. {why} See --record-key-file."))
            }
            other => other,
        })?;
    }
    Ok(())
}

/// Records that are encrypted anew in one go.
const AT_ONCE: i64 = 100;

/// Encrypts every record with the key in force that is not yet; gives how many.
pub async fn reseal(store: &Store) -> Result<usize, Failure> {
    let seal = store.seal();
    let key = seal.keys().next().unwrap_or_default();
    let sql = "SELECT tenant, program, participant, body, seal FROM records WHERE COALESCE(seal, '') <> $1 LIMIT $2";
    let mut count = 0;
    loop {
        let rows = store.read(sql, args![key, AT_ONCE]).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let (tenant, program, participant) = (row.text(0)?, row.text(1)?, row.text(2)?);
            let of = Whose { tenant: &tenant, program: &program, participant: &participant };
            let old = sealed(&row, 3)?;
            let new = seal.close(&of.place(), seal.open(&of.place(), old.clone())?)?;
            // Who has changed it meanwhile has done so with the key in force, or it comes again.
            let sql = "UPDATE records SET body = $4, seal = $5 \
                       WHERE tenant = $1 AND program = $2 AND participant = $3 AND body = $6 RETURNING participant";
            let row = args![&tenant, &program, &participant, new.bytes, new.key, Arg::Bytes(Some(old.bytes))];
            count += store.write(sql, row).await?.len();
        }
    }
    store.compact().await?;
    Ok(count)
}

/// Removes a record.
pub async fn remove(tx: &mut Tx, of: Whose<'_>) -> Result<(), Failure> {
    let sql = "DELETE FROM records WHERE tenant = $1 AND program = $2 AND participant = $3";
    tx.run(sql, args![of.tenant, of.program, of.participant]).await?;
    Ok(())
}

/// What is wrong with a record.
fn faults(record: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |pointer: String, code, detail: String| {
        faults.push(Fault { path: pointer.clone(), pointer, code, detail, hint: None });
    };
    let Some(members) = record.as_object() else {
        fault("/record".into(), "wrong-type", "A record is an object.".into());
        return faults;
    };
    for (name, value) in members {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let pointer = format!("/record/{}", shown.replace('~', "~0").replace('/', "~1"));
        if !FIELDS.contains(&&**name) {
            let detail = format!("`{shown}` is not a field of a record; there are {}.", FIELDS.join(", "));
            fault(pointer, "unknown-field", detail);
        } else if value.as_str().is_none_or(|text| text.chars().count() > 1000) {
            fault(pointer, "invalid-value", format!("`{shown}` is a text of at most 1000 characters."));
        }
    }
    faults
}
