//! Durable solves, and what else runs beside the service and ends with a report: a row of the database is the truth about
//! each; workers of any process claim, tend and end it.

mod bell;
mod claim;
mod limits;
mod reaper;
mod solve;
mod submit;
mod tender;
mod work;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use tokio::task::JoinHandle;
use uuid::Uuid;

use self::{bell::Bell, solve::COLUMNS};
pub use self::{
    limits::Limits,
    solve::{Before, Cause, Figures, Solve, State},
    submit::{New, Refused},
    work::{Answer, Audience, Report, Runner, Work},
};
use crate::{
    failure::Failure,
    store::{Store, args, now},
};

/// The solves of a database, and the workers of this process.
pub struct Jobs {
    store: Store,
    limits: Limits,
    bell: Bell,
    /// Once true, nothing is claimed any more, and what runs is handed on.
    closing: AtomicBool,
    tasks: std::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Jobs {
    /// Starts the workers of this process; `runner` is what they do.
    pub fn start(store: Store, limits: Limits, runner: Arc<Runner>) -> Arc<Self> {
        let jobs =
            Jobs { store, limits, bell: Bell::default(), closing: AtomicBool::new(false), tasks: Default::default() };
        let jobs = Arc::new(jobs);
        let tasks = vec![tokio::spawn(claim::work(jobs.clone(), runner)), tokio::spawn(reaper::watch(jobs.clone()))];
        if let Ok(mut kept) = jobs.tasks.lock() {
            *kept = tasks;
        }
        jobs
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// A tenant's solve.
    pub async fn get(&self, tenant: &str, id: Uuid) -> Result<Option<Solve>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM solves WHERE id = $1 AND tenant = $2");
        let rows = self.store.read(&sql, args![id.to_string(), tenant]).await?;
        rows.first().map(Solve::of_row).transpose()
    }

    /// Waits until a solve has ended, is gone, or the time is over; gives it as it then is.
    pub async fn wait(&self, tenant: &str, id: Uuid, patience: Duration) -> Result<Option<Solve>, Failure> {
        let deadline = Moment::now() + patience;
        let mut ear = self.bell.listen(id);
        loop {
            let solve = self.get(tenant, id).await?;
            let left = deadline.saturating_duration_since(Moment::now());
            if solve.as_ref().is_none_or(|s| s.state.ended()) || left.is_zero() || self.is_closing() {
                return Ok(solve);
            }
            // What counts is how the solve stands, not what ended the wait.
            let _ = tokio::time::timeout(left, ear.heard()).await;
        }
    }

    /// Progress events of a solve after `seq`, each with its number and JSON.
    pub async fn events(&self, id: Uuid, seq: i64) -> Result<Vec<(i64, String)>, Failure> {
        let sql = "SELECT seq, data FROM solve_events WHERE solve = $1 AND seq > $2 ORDER BY seq LIMIT 100";
        let rows = self.store.read(sql, args![id.to_string(), seq]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
    }

    /// Waits for news of a solve, a short while at most; false once this process closes.
    pub async fn news(&self, id: Uuid) -> bool {
        self.bell.listen(id).heard().await;
        !self.is_closing()
    }

    /// The best calendar so far, or the report so far, as JSON.
    pub async fn answer(&self, id: Uuid) -> Result<Option<Vec<u8>>, Failure> {
        let sql = "SELECT calendar FROM solve_calendars WHERE solve = $1";
        self.store.read(sql, args![id.to_string()]).await?.first().map(|row| row.bytes(0)).transpose()
    }

    /// The request of a solve, as it came in.
    pub async fn request(&self, id: Uuid) -> Result<Option<Vec<u8>>, Failure> {
        let sql = "SELECT body FROM solve_requests WHERE solve = $1";
        self.store.read(sql, args![id.to_string()]).await?.first().map(|row| row.bytes(0)).transpose()
    }

    /// Asks a solve to end with its best; one that waits ends at once.
    pub async fn stop(&self, id: Uuid) -> Result<(), Failure> {
        let sql = "UPDATE solves SET cancel = 1, status = CASE WHEN status = 'queued' THEN 'stopped' ELSE status END, \
                   ended = CASE WHEN status = 'queued' THEN $2 ELSE ended END \
                   WHERE id = $1 AND status IN ('queued', 'running')";
        self.store.write(sql, args![id.to_string(), now()]).await?;
        self.bell.ring(id);
        Ok(())
    }

    /// Stops a solve and forgets all of it. A worker that has it finds its row gone and stops, too.
    pub async fn erase(&self, id: Uuid) -> Result<(), Failure> {
        submit::erase(&self.store, id).await?;
        self.bell.ring(id);
        Ok(())
    }

    /// Claims no more, hands on what runs with its best calendar, and waits until that is done or the time is over.
    pub async fn close(&self, patience: Duration) {
        self.closing.store(true, Ordering::Relaxed);
        self.bell.call();
        let tasks = self.tasks.lock().map(|mut t| std::mem::take(&mut *t)).unwrap_or_default();
        let all = futures_util::future::join_all(tasks);
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("some solves could not be handed on in time; they are taken over when their lease is over");
        }
    }
}

#[cfg(test)]
mod tests;
