//! Weeks that are to be solved one after the other: which are left, kept in the database so that no end of a process ends a series.

use careweave_solver::problem::Date;

use super::{Refusal, weeks::Key};
use crate::{
    failure::Failure,
    store::{Store, args, now},
};

/// Milliseconds between two looks at the same week.
const BETWEEN: i64 = 500;

/// The first week that is left of a series.
#[derive(Debug, Clone)]
pub struct Next {
    pub tenant: String,
    pub program: String,
    pub date: Date,
    /// Options of its solve, as JSON.
    pub options: String,
    /// The solve that was begun for it.
    pub solve: Option<String>,
}

/// Keeps that weeks are to be solved.
pub async fn ask(store: &Store, (tenant, program): (&str, &str), weeks: &[Date], options: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    super::table::lock(&mut tx, tenant, program).await?;
    for week in weeks {
        let sql = "INSERT INTO series (tenant, program, week, options, looked) VALUES ($1, $2, $3, $4, 0) \
                   ON CONFLICT (tenant, program, week) DO UPDATE SET options = excluded.options";
        tx.run(sql, args![tenant, program, week.to_string(), options]).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A first week that nobody has looked at for a while; it is this process's turn to look at it.
pub async fn claim(store: &Store) -> Result<Option<Next>, Failure> {
    // Most of the time there is none, and nothing is written.
    if store.read("SELECT week FROM series LIMIT 1", args![]).await?.is_empty() {
        return Ok(None);
    }
    let sql = "UPDATE series SET looked = $1 WHERE (tenant, program, week) IN (SELECT s.tenant, s.program, s.week FROM series s \
               WHERE s.looked <= $2 AND NOT EXISTS (SELECT 1 FROM series e WHERE e.tenant = s.tenant \
               AND e.program = s.program AND e.week < s.week) ORDER BY s.looked LIMIT 1) AND looked <= $2 \
               RETURNING tenant, program, week, options, solve";
    let rows = store.write(sql, args![now(), now() - BETWEEN]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let date = row.text(2)?.parse().map_err(|()| Failure::Internal("A stored week has no date.".into()))?;
    let (tenant, program, options) = (row.text(0)?, row.text(1)?, row.text(3)?);
    Ok(Some(Next { tenant, program, date, options, solve: row.maybe_text(4)? }))
}

/// Notes the solve of a week.
pub async fn solving(store: &Store, key: Key<'_>, solve: &str) -> Result<(), Failure> {
    let sql = "UPDATE series SET solve = $4 WHERE tenant = $1 AND program = $2 AND week = $3";
    store.write(sql, key.and(args![solve])).await.map(drop)
}

/// A week is done.
pub async fn done(store: &Store, key: Key<'_>) -> Result<(), Failure> {
    store.write("DELETE FROM series WHERE tenant = $1 AND program = $2 AND week = $3", key.args()).await.map(drop)
}

/// Forgets a week and all after it.
pub async fn break_off(store: &Store, key: Key<'_>) -> Result<(), Failure> {
    store.write("DELETE FROM series WHERE tenant = $1 AND program = $2 AND week >= $3", key.args()).await.map(drop)
}
