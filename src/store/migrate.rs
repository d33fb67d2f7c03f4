//! The schema, version after version. Processes that start together take turns: the first migrates, the others find it done.

use super::{Store, args, now};
use crate::failure::Failure;

/// What each version adds to the one before; entries are only ever appended.
pub(super) const VERSIONS: [&str; 10] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
    include_str!("schema/9.sql"),
    include_str!("schema/10.sql"),
];

/// Names the lock under which PostgreSQL migrates: "care" in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1667330661)";

/// Brings the database to this version, all or nothing.
pub async fn migrate(store: &Store) -> Result<(), Failure> {
    up_to(store, &VERSIONS).await
}

async fn up_to(store: &Store, versions: &[&str]) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    if tx.is_servers() {
        // SQLite's BEGIN IMMEDIATE is such a lock by itself.
        tx.run(LOCK, args![]).await?;
    }
    tx.run("CREATE TABLE IF NOT EXISTS versions (version BIGINT PRIMARY KEY, migrated BIGINT NOT NULL)", args![])
        .await?;
    let rows = tx.run("SELECT COALESCE(MAX(version), CAST(0 AS BIGINT)) FROM versions", args![]).await?;
    let at = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    let known = versions.len() as i64;
    if at > known {
        return Err(Failure::Outside(format!(
            "The database is of version {at}, this program knows {known} at most: use the newer program."
        )));
    }
    for (version, text) in (1..).zip(versions).filter(|(version, _)| *version > at) {
        for statement in text.split(';').map(str::trim).filter(|s| !s.is_empty()) {
            tx.run(statement, args![]).await?;
        }
        tx.run("INSERT INTO versions (version, migrated) VALUES ($1, $2)", args![version, now()]).await?;
        tracing::info!(version, "the database is migrated");
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::{connect, testing::both};

    /// All columns that there are.
    async fn columns(store: &Store) -> BTreeSet<String> {
        let sql = if store.is_server() {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
        } else {
            "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        };
        store.read(sql, args![]).await.unwrap().iter().map(|row| row.text(0).unwrap()).collect()
    }

    #[tokio::test]
    async fn a_database_of_each_version_is_brought_to_this_one_with_what_it_holds() {
        let mut whole = [BTreeSet::new(), BTreeSet::new()];
        for version in (1..=VERSIONS.len()).rev() {
            for (scratch, whole) in both().iter().zip(&mut whole) {
                let old = Store { pool: connect(&scratch.address).await.unwrap(), seal: Default::default() };
                up_to(&old, &VERSIONS[..version]).await.unwrap();
                old.write("INSERT INTO solve_requests (solve, body) VALUES ('a', $1)", args![vec![7u8]]).await.unwrap();
                if version == VERSIONS.len() {
                    *whole = columns(&old).await;
                    assert!(whole.contains("webhooks.seal"), "{whole:?}");
                }
                let new = Store::open(&scratch.address).await.unwrap();
                assert_eq!(columns(&new).await, *whole, "from version {version}");
                let rows = new.read("SELECT body FROM solve_requests WHERE solve = 'a'", args![]).await.unwrap();
                assert_eq!(rows[0].bytes(0).unwrap(), [7]);
            }
        }
    }
}
