//! Sessions of the page: a cookie that stands for a key, for half a day.

use super::{Caller, keys};
use crate::{
    failure::Failure,
    store::{Store, args, now},
};

/// The cookie.
pub const COOKIE: &str = "careweave_session";
/// How long a session lasts, in seconds.
pub const SECONDS: i64 = 12 * 3600;

/// Begins a session of a key; gives what the cookie holds.
pub async fn begin(store: &Store, caller: &Caller) -> Result<String, Failure> {
    let secret = keys::secret();
    let mut tx = store.begin().await?;
    tx.run("DELETE FROM sessions WHERE expires < $1", args![now()]).await?;
    let sql = "INSERT INTO sessions (hash, api_key, expires) VALUES ($1, $2, $3)";
    tx.run(sql, args![keys::hashed(&secret), &caller.actor, now() + SECONDS * 1000]).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Whose session it is, while it and its key are good.
pub async fn holder(store: &Store, secret: &str) -> Result<Option<Caller>, Failure> {
    let sql = "SELECT api_key FROM sessions WHERE hash = $1 AND expires > $2";
    let rows = store.read(sql, args![keys::hashed(secret), now()]).await?;
    match rows.first() {
        Some(row) => keys::holder_of(store, &row.text(0)?).await,
        None => Ok(None),
    }
}

/// Ends a session.
pub async fn end(store: &Store, secret: &str) -> Result<(), Failure> {
    store.write("DELETE FROM sessions WHERE hash = $1", args![keys::hashed(secret)]).await?;
    Ok(())
}
