//! Who solves what next: a person before a batch, tenants in turn, the oldest first.

use std::sync::Arc;

use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Jobs, Runner, tender, work::Work};
use crate::{
    failure::Failure,
    store::{Store, args, now},
};

/// Looked at in one go: who loses the race for the first takes the next.
const CANDIDATES: &str = "SELECT s.id, s.attempt FROM solves s LEFT JOIN turns t ON t.tenant = s.tenant \
    WHERE s.status = 'queued' ORDER BY s.priority DESC, COALESCE(t.served, CAST(0 AS BIGINT)), s.created, s.id LIMIT 16";

/// A solve that this process may write to, as long as its row has this attempt.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    pub id: Uuid,
    pub attempt: i64,
}

/// Claims and runs solves, as many at once as the limits say, until the process closes.
pub async fn work(jobs: Arc<Jobs>, runner: Arc<Runner>) {
    let places = Arc::new(Semaphore::new(jobs.limits.workers));
    while !jobs.is_closing() {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        if jobs.is_closing() {
            break;
        }
        match claim(&jobs.store).await {
            Ok(Some((claim, work))) => {
                let (jobs, runner) = (jobs.clone(), runner.clone());
                tokio::spawn(async move {
                    tender::tend(&jobs, claim, work, runner).await;
                    drop(place);
                });
            }
            Ok(None) => {
                drop(place);
                jobs.bell.called().await;
            }
            Err(failure) => {
                tracing::warn!(detail = %failure, "no solve can be claimed");
                drop(place);
                tokio::time::sleep(super::bell::LOOK).await;
            }
        }
    }
    // All places are free again once everything is handed on.
    let _ = places.acquire_many(jobs.limits.workers as u32).await;
}

/// Takes the next solve, if one waits.
pub async fn claim(store: &Store) -> Result<Option<(Claim, Work)>, Failure> {
    for row in store.read(CANDIDATES, args![]).await? {
        let (id, attempt) = (row.text(0)?, row.int(1)?);
        if let Some(claimed) = take(store, &id, attempt).await? {
            return Ok(Some(claimed));
        }
    }
    Ok(None)
}

async fn take(store: &Store, id: &str, attempt: i64) -> Result<Option<(Claim, Work)>, Failure> {
    let mut tx = store.begin().await?;
    let sql = "UPDATE solves SET status = 'running', attempt = attempt + 1, beat = beat + 1, begun = COALESCE(begun, $3) \
               WHERE id = $1 AND attempt = $2 AND status = 'queued' \
               RETURNING attempt, tenant, kind, progress, spent, trace";
    let rows = tx.run(sql, args![id, attempt, now()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let claim = Claim {
        id: id.parse().map_err(|_| Failure::Internal("A stored solve has no proper id.".into()))?,
        attempt: row.int(0)?,
    };
    let turn = "INSERT INTO turns (tenant, served) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE SET served = excluded.served";
    tx.run(turn, args![row.text(1)?, now()]).await?;
    let (kind, progress, spent, trace) = (row.text(2)?, row.maybe_text(3)?, row.int(4)?, row.maybe_text(5)?);
    let body = tx.run("SELECT body FROM solve_requests WHERE solve = $1", args![id]).await?;
    let best = tx.run("SELECT calendar, objective, bound FROM solve_calendars WHERE solve = $1", args![id]).await?;
    tx.commit().await?;
    let body = body.first().map(|row| row.bytes(0)).transpose()?.unwrap_or_default();
    let mut work = Work { trace, ..Work::new(kind, body, progress.as_deref(), spent) };
    if let Some(best) = best.first() {
        work.resume_from(best.bytes(0)?, best.int(1)?, best.int(2)?);
    }
    Ok(Some((claim, work)))
}
