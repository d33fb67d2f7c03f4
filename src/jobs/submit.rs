//! How a solve comes in and how all of it goes.

use uuid::Uuid;

use super::{Jobs, Solve, solve::COLUMNS};
use crate::{
    failure::Failure,
    store::{Store, args, now},
    traces,
};

/// A solve to be queued.
pub struct New {
    pub tenant: String,
    /// What the runner knows it by.
    pub kind: &'static str,
    /// The request; the runner reads it again.
    pub body: Vec<u8>,
    /// Larger goes first: 0 to 7.
    pub priority: i64,
    /// The programme and week into whose draft it solves.
    pub week: Option<(String, String)>,
    /// The caller's `Idempotency-Key`, and what its request was.
    pub once: Option<(String, String)>,
}

/// Why a solve is not queued.
#[derive(Debug)]
pub enum Refused {
    /// Too many wait.
    Full,
    /// The `Idempotency-Key` came with another request before.
    KeyReused,
    Failure(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Refused::Failure(failure)
    }
}

impl Jobs {
    /// The solve that an `Idempotency-Key` stands for.
    pub async fn repeated(&self, tenant: &str, key: &str, fingerprint: &str) -> Result<Option<Solve>, Refused> {
        let sql = "SELECT fingerprint, solve FROM repeats WHERE tenant = $1 AND idempotency_key = $2";
        let rows = self.store.read(sql, args![tenant, key]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.text(0)? != fingerprint {
            return Err(Refused::KeyReused);
        }
        let id = row.text(1)?.parse().map_err(|_| Failure::Internal("A stored solve has no proper id.".into()))?;
        Ok(self.get(tenant, id).await?)
    }

    /// Queues a solve, or finds the one that its key stands for.
    pub async fn submit(&self, new: New) -> Result<Solve, Refused> {
        let id = Uuid::new_v4();
        let key = id.to_string();
        let mut tx = self.store.begin().await?;
        if let Some((once, fingerprint)) = &new.once {
            let sql = "INSERT INTO repeats (tenant, idempotency_key, fingerprint, solve, created) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING solve";
            let rows = tx.run(sql, args![&new.tenant, once, fingerprint, &key, now()]).await?;
            if rows.is_empty() {
                drop(tx);
                let solve = self.repeated(&new.tenant, once, fingerprint).await?;
                return solve.ok_or(Refused::Full);
            }
        }
        let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM solves WHERE status = 'queued'";
        let rows = tx.run(sql, args![]).await?;
        let bytes = new.body.len() as i64;
        if let Some(row) = rows.first() {
            let (waiting, waiting_bytes) = (row.int(0)?, row.int(1)?);
            let too_large = waiting > 0 && waiting_bytes.saturating_add(bytes) > self.limits.waiting_bytes;
            if waiting >= self.limits.waiting || too_large || self.is_closing() {
                return Err(Refused::Full);
            }
        }
        let (program, week) = new.week.unzip();
        let sql = format!(
            "INSERT INTO solves (id, tenant, kind, program, week, priority, status, cancel, attempt, beat, lost, bytes, \
             spent, events, created, trace) \
             VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, 0, 0, 0, $7, 0, 0, $8, $9) \
             RETURNING {COLUMNS}"
        );
        let row = args![&key, &new.tenant, new.kind, program, week, new.priority, bytes, now(), traces::current()];
        let rows = tx.run(&sql, row).await?;
        let solve = rows.first().map(Solve::of_row).transpose()?;
        tx.run("INSERT INTO solve_requests (solve, body) VALUES ($1, $2)", args![&key, new.body]).await?;
        tx.commit().await?;
        self.bell.call();
        solve.ok_or_else(|| Failure::Internal("A solve was not stored.".into()).into())
    }
}

/// Forgets all of a solve.
pub async fn erase(store: &Store, id: Uuid) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    for sql in [
        "DELETE FROM solves WHERE id = $1",
        "DELETE FROM solve_requests WHERE solve = $1",
        "DELETE FROM solve_calendars WHERE solve = $1",
        "DELETE FROM solve_events WHERE solve = $1",
        "DELETE FROM repeats WHERE solve = $1",
    ] {
        tx.run(sql, args![id.to_string()]).await?;
    }
    tx.commit().await
}
