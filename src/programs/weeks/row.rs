//! A week's row: what was brought in with it, its draft, which version is published, who solves it.

use careweave_solver::problem::Date;
use serde_json::{Map, Value};

use super::super::{Parts, Refusal, stored, table};
use crate::{
    failure::Failure,
    store::{Arg, On, Tx, args},
};

/// Which week.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    pub tenant: &'a str,
    pub program: &'a str,
    pub date: Date,
}

impl Key<'_> {
    /// As the first three arguments of a statement.
    pub fn args(&self) -> Vec<Arg> {
        args![self.tenant, self.program, self.date.to_string()]
    }

    /// As the first arguments, with others behind them.
    pub fn and(&self, more: Vec<Arg>) -> Vec<Arg> {
        let mut all = self.args();
        all.extend(more);
        all
    }
}

/// The row; a week in which nothing was done has none, and is as if it were empty.
#[derive(Debug, Clone, Default)]
pub struct WeekRow {
    pub revision: i64,
    /// Whether a problem of this week was imported: it is then as it came.
    pub imported: bool,
    /// Fields of a problem that were imported: `previous`, `freeze_until`, `reference`.
    pub given: Map<String, Value>,
    pub draft: Option<String>,
    /// Where in its history the draft is.
    pub step: i64,
    pub published: Option<i64>,
    pub solve: Option<String>,
}

impl WeekRow {
    /// Reads it.
    pub async fn read(on: &mut On<'_>, key: Key<'_>) -> Result<Self, Failure> {
        let sql = "SELECT revision, imported, given, draft, step, published, solve FROM weeks \
                   WHERE tenant = $1 AND program = $2 AND week = $3";
        let rows = on.read(sql, key.args()).await?;
        let Some(row) = rows.first() else { return Ok(WeekRow::default()) };
        Ok(WeekRow {
            revision: row.int(0)?,
            imported: row.int(1)? != 0,
            given: stored(&row.text(2)?)?,
            draft: row.maybe_bytes(3)?.map(text).transpose()?,
            step: row.int(4)?,
            published: row.maybe_int(5)?,
            solve: row.maybe_text(6)?,
        })
    }
}

/// The programme inside a change, and the week's row, which is certain to be there for it.
pub async fn lock(tx: &mut Tx, key: Key<'_>) -> Result<Parts, Refusal> {
    let parts = table::lock(tx, key.tenant, key.program).await?;
    let sql = "INSERT INTO weeks (tenant, program, week, revision, given) VALUES ($1, $2, $3, 0, '{}') ON CONFLICT DO NOTHING";
    tx.run(sql, key.args()).await?;
    Ok(parts)
}

/// A stored calendar as text.
pub fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::Internal("A stored calendar is no text.".into()))
}
