//! Takes solves from workers that are gone, and forgets what is old.
//!
//! Clocks of several machines need not agree: a worker is gone when *we* have seen its row unchanged for a whole lease.
//! While the database does not answer we have seen nothing.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use super::{Cause, Jobs, bell};
use crate::{
    failure::Failure,
    store::{args, now},
};

/// Between two sweeps of what is old.
const SWEEP: Duration = Duration::from_secs(3600);

/// A row as we have seen it: attempt and beat, and since when.
type Seen = HashMap<String, (i64, i64, Moment)>;

/// Watches until the process closes.
pub async fn watch(jobs: Arc<Jobs>) {
    let mut seen = Seen::new();
    let mut swept: Option<Moment> = None;
    while !jobs.is_closing() {
        if let Err(failure) = look(&jobs, &mut seen).await {
            tracing::debug!(detail = %failure, "running solves can't be seen");
            seen.clear();
        }
        if swept.is_none_or(|at| at.elapsed() > SWEEP) {
            swept = Some(Moment::now());
            if let Err(failure) = sweep(&jobs).await {
                tracing::warn!(detail = %failure, "old solves are not forgotten yet");
            }
        }
        tokio::time::sleep(bell::LOOK).await;
    }
}

async fn look(jobs: &Jobs, seen: &mut Seen) -> Result<(), Failure> {
    let rows = jobs.store.read("SELECT id, attempt, beat FROM solves WHERE status = 'running'", args![]).await?;
    let mut now_seen = Seen::new();
    for row in rows {
        let (id, attempt, beat) = (row.text(0)?, row.int(1)?, row.int(2)?);
        let since = match seen.get(&id) {
            Some((a, b, since)) if (*a, *b) == (attempt, beat) => *since,
            _ => Moment::now(),
        };
        if since.elapsed() > jobs.limits.lease {
            take_away(jobs, &id, attempt, beat).await?;
        } else {
            now_seen.insert(id, (attempt, beat, since));
        }
    }
    *seen = now_seen;
    Ok(())
}

/// The worker of a solve is gone: another one shall go on, unless too many were lost to it.
async fn take_away(jobs: &Jobs, id: &str, attempt: i64, beat: i64) -> Result<(), Failure> {
    let cause = Cause {
        code: "worker-lost".into(),
        detail: format!("{} workers were lost while they solved this; a smaller problem may help.", jobs.limits.losses),
    };
    let cause = serde_json::to_string(&cause).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
    let sql = "UPDATE solves SET lost = lost + 1, \
               status = CASE WHEN cancel = 1 THEN 'stopped' WHEN lost + 1 >= $4 THEN 'failed' ELSE 'queued' END, \
               failure = CASE WHEN cancel = 0 AND lost + 1 >= $4 THEN $5 ELSE failure END, \
               ended = CASE WHEN cancel = 1 OR lost + 1 >= $4 THEN $6 ELSE ended END \
               WHERE id = $1 AND attempt = $2 AND beat = $3 AND status = 'running' RETURNING status";
    let mut tx = jobs.store.begin().await?;
    let rows = tx.run(sql, args![id, attempt, beat, jobs.limits.losses, cause, now()]).await?;
    if !rows.is_empty() {
        crate::programs::webhooks::solve_ended(&mut tx, id).await?;
    }
    tx.commit().await?;
    if let Some(row) = rows.first() {
        tracing::warn!(solve = id, attempt, status = row.text(0)?, "the worker of a solve is gone");
        jobs.bell.call();
    }
    Ok(())
}

/// Forgets ended solves that are older than is kept and belong to no programme.
pub async fn sweep(jobs: &Jobs) -> Result<(), Failure> {
    let oldest = now() - i64::try_from(jobs.limits.keep.as_millis()).unwrap_or(i64::MAX);
    let sql = "SELECT id FROM solves WHERE ended < $1 AND program IS NULL";
    for row in jobs.store.read(sql, args![oldest]).await? {
        if let Ok(id) = row.text(0)?.parse() {
            super::submit::erase(&jobs.store, id).await?;
        }
    }
    Ok(())
}
