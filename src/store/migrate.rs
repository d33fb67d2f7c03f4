//! The schema, version after version. Processes that start together take turns: the first migrates, the others find it done.

use super::{Store, args, now};
use crate::failure::Failure;

/// What each version adds to the one before; entries are only ever appended.
const VERSIONS: [&str; 7] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
];

/// Names the lock under which PostgreSQL migrates: "care" in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1667330661)";

/// Brings the database to this version, all or nothing.
pub async fn migrate(store: &Store) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    if tx.is_servers() {
        // SQLite's BEGIN IMMEDIATE is such a lock by itself.
        tx.run(LOCK, args![]).await?;
    }
    tx.run("CREATE TABLE IF NOT EXISTS versions (version BIGINT PRIMARY KEY, migrated BIGINT NOT NULL)", args![])
        .await?;
    let rows = tx.run("SELECT COALESCE(MAX(version), CAST(0 AS BIGINT)) FROM versions", args![]).await?;
    let at = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    let known = VERSIONS.len() as i64;
    if at > known {
        return Err(Failure::Outside(format!(
            "The database is of version {at}, this program knows {known} at most: use the newer program."
        )));
    }
    for (version, text) in (1..).zip(VERSIONS).filter(|(version, _)| *version > at) {
        for statement in text.split(';').map(str::trim).filter(|s| !s.is_empty()) {
            tx.run(statement, args![]).await?;
        }
        tx.run("INSERT INTO versions (version, migrated) VALUES ($1, $2)", args![version, now()]).await?;
        tracing::info!(version, "the database is migrated");
    }
    tx.commit().await
}
