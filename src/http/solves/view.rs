//! A solve as a client sees it: light, without its calendar.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::jobs::{Snapshot, Solve, State};

/// A solve.
#[derive(Debug, Serialize, ToSchema)]
pub struct SolveView {
    /// Its id.
    #[schema(value_type = String)]
    id: Uuid,
    /// Where it stands.
    status: State,
    /// Cost of the best calendar so far; null before the first.
    objective: Option<u64>,
    /// Proven lower bound on the cost of every calendar; 0 where nothing is proven.
    bound: u64,
    /// (objective − bound) / max(objective, 1); null before the first calendar.
    gap: Option<f64>,
    /// How long it has run.
    seconds: f64,
    /// What the search does: `construct`, `improve`, `bound`, `finished`.
    stage: Option<&'static str>,
    /// Rounds of improvement done.
    rounds: u64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<SolveFault>,
}

/// Why a solve failed.
#[derive(Debug, Serialize, ToSchema)]
struct SolveFault {
    /// Stable name of the kind of failure.
    code: &'static str,
    /// What happened.
    detail: String,
}

impl SolveView {
    /// The solve as it was at a moment.
    pub fn of(solve: &Solve, now: &Snapshot) -> Self {
        let progress = now.progress.as_ref();
        let calendar = now.calendar.as_ref();
        let ended = now.state.ended();
        // Progress comes more often than calendars, so it is ahead of them until the end.
        let said = progress.filter(|_| !ended || calendar.is_none());
        let seconds = match (calendar, now.begun) {
            (Some(calendar), _) if ended => calendar.seconds,
            (_, Some(begun)) if !ended => begun.elapsed().as_secs_f64(),
            _ => progress.map_or(0.0, |p| p.seconds),
        };
        SolveView {
            id: solve.id,
            status: now.state,
            objective: said.and_then(|p| p.objective).or(calendar.map(|c| c.objective)),
            bound: said.map(|p| p.bound).or(calendar.map(|c| c.bound)).unwrap_or(0),
            gap: said.and_then(|p| p.gap).or(calendar.map(|c| c.gap)),
            seconds,
            stage: progress.map(|p| p.stage),
            rounds: progress.map_or(0, |p| p.rounds),
            error: now.failure.as_ref().map(|f| SolveFault { code: f.code(), detail: f.to_string() }),
        }
    }
}
