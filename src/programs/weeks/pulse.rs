//! How a week stands, in a few numbers: what somebody who watches it compares.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{NO_PROGRAM, Refusal, precondition::tag},
    Key,
};
use crate::store::{Store, args};

/// How a week stands; another one when anything about it has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pulse {
    /// The `ETag` of the week.
    pub etag: String,
    /// Grows with each change of the programme.
    pub clock: i64,
    /// Id of the solve under way.
    pub solve: Option<String>,
}

/// Looks how a week stands, without reading a calendar.
pub async fn pulse(store: &Store, key: Key<'_>) -> Result<Pulse, Refusal> {
    let sql = "SELECT p.clock, COALESCE(w.revision, CAST(0 AS BIGINT)), s.id FROM programs p \
               LEFT JOIN weeks w ON w.tenant = p.tenant AND w.program = p.id AND w.week = $3 \
               LEFT JOIN solves s ON s.id = w.solve AND s.status IN ('queued', 'running') \
               WHERE p.tenant = $1 AND p.id = $2";
    let rows = store.read(sql, args![key.tenant, key.program, key.date.to_string()]).await?;
    let row = rows.first().ok_or(NO_PROGRAM)?;
    Ok(Pulse { clock: row.int(0)?, etag: tag(row.int(1)?), solve: row.maybe_text(2)? })
}
