//! A solve as a client sees it: light, without its calendar.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::jobs::{Cause, Solve, State};

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
    /// How long it has run, over all attempts.
    seconds: f64,
    /// What the search does: `construct`, `improve`, `bound`, `finished`.
    stage: Option<String>,
    /// Rounds of improvement done.
    rounds: u64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
}

impl From<Solve> for SolveView {
    fn from(solve: Solve) -> Self {
        let begun = solve.figures.is_some();
        let figures = solve.figures.unwrap_or_default();
        SolveView {
            id: solve.id,
            status: solve.state,
            objective: figures.objective,
            bound: figures.bound,
            gap: figures.gap,
            seconds: figures.seconds,
            stage: if begun { Some(figures.stage) } else { None },
            rounds: figures.rounds,
            error: solve.cause,
        }
    }
}
