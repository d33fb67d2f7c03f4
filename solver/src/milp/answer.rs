//! What is asked of the solver of integer programs, and what it answers.

use std::time::Instant as Moment;

/// How far a call may go.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// When to come back, by the clock.
    pub deadline: Option<Moment>,
    /// Nodes of the search tree; the same on every machine.
    pub nodes: Option<i32>,
    /// Iterations of the LPs, counted between them; the same on every machine.
    pub iterations: Option<i64>,
    /// Only solutions that cost less are wanted.
    pub cutoff: Option<f64>,
    /// Seed of the solver's random choices.
    pub seed: i32,
    /// Solve without presolve, for a second opinion.
    pub plain: bool,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The values cost the least possible, within the solver's tolerances.
    Optimal,
    /// A limit or a stop came first; there are values.
    Feasible,
    /// There is no solution, or none that costs less than the cut-off.
    Infeasible,
    /// A limit or a stop came before any solution.
    NoneFound,
    /// The solver failed, or did not come back in time and was left behind.
    Failed,
}

/// What the solver answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// How the call ended.
    pub status: Status,
    /// Values of the columns, where there is a solution.
    pub values: Option<Vec<f64>>,
    /// What they cost.
    pub objective: f64,
    /// Lower bound that the solver claims; −∞ where it claims none.
    pub bound: f64,
    /// Multipliers of the rows, of an LP.
    pub duals: Vec<f64>,
    /// Nodes of the search tree.
    pub nodes: i64,
}

impl Answer {
    /// The answer of a solver that gives none.
    pub(super) fn failed() -> Self {
        Answer {
            status: Status::Failed,
            values: None,
            objective: f64::INFINITY,
            bound: f64::NEG_INFINITY,
            duals: Vec::new(),
            nodes: 0,
        }
    }
}
