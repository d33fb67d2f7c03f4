//! Sessions of the page: a cookie that stands for a key, or for somebody whom a provider of identities knows, for half a
//! day.

use serde::{Deserialize, Serialize};

use super::{Caller, Role, keys};
use crate::{
    failure::Failure,
    store::{Store, args, now},
};

/// The cookie.
pub const COOKIE: &str = "careweave_session";
/// How long a session lasts, in seconds.
pub const SECONDS: i64 = 12 * 3600;

/// Somebody whom a provider of identities knows, as a session keeps it.
#[derive(Serialize, Deserialize)]
struct Person {
    tenant: String,
    role: Role,
    clinician: Option<String>,
}

/// Begins a session of a key; gives what the cookie holds.
pub async fn begin(store: &Store, caller: &Caller) -> Result<String, Failure> {
    insert(store, &caller.actor, None).await
}

/// Begins a session of somebody who has no key.
pub async fn begin_of_person(store: &Store, caller: &Caller) -> Result<String, Failure> {
    let Caller { tenant, role, clinician, .. } = caller.clone();
    let person = serde_json::to_string(&Person { tenant, role, clinician });
    let person = person.map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
    insert(store, &caller.actor, Some(person)).await
}

async fn insert(store: &Store, actor: &str, person: Option<String>) -> Result<String, Failure> {
    let secret = keys::secret();
    let mut tx = store.begin().await?;
    tx.run("DELETE FROM sessions WHERE expires < $1", args![now()]).await?;
    let sql = "INSERT INTO sessions (hash, api_key, expires, person) VALUES ($1, $2, $3, $4)";
    tx.run(sql, args![keys::hashed(&secret), actor, now() + SECONDS * 1000, person]).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Whose session it is, while it and its key are good.
pub async fn holder(store: &Store, secret: &str) -> Result<Option<Caller>, Failure> {
    let sql = "SELECT api_key, person FROM sessions WHERE hash = $1 AND expires > $2";
    let rows = store.read(sql, args![keys::hashed(secret), now()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (actor, person) = (row.text(0)?, row.maybe_text(1)?);
    let Some(person) = person else { return keys::holder_of(store, &actor).await };
    let person = serde_json::from_str(&person);
    let Person { tenant, role, clinician } =
        person.map_err(|e| Failure::Internal(format!("A stored session can't be read: {e}.")))?;
    Ok(Some(Caller { tenant, actor, role, scopes: role.scopes().to_vec(), clinician }))
}

/// Ends a session.
pub async fn end(store: &Store, secret: &str) -> Result<(), Failure> {
    store.write("DELETE FROM sessions WHERE hash = $1", args![keys::hashed(secret)]).await?;
    Ok(())
}
