//! A solve as its row says it: where it stands, how far it is.

use careweave_solver::{calendar::Calendar, search::Progress};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{failure::Failure, store::Row};

/// Where a solve stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits for a worker.
    Queued,
    /// It is being solved.
    Running,
    /// It ended by itself.
    Finished,
    /// It was stopped; its best calendar, if there was one, is kept.
    Stopped,
    /// It ended without an answer.
    Failed,
}

impl State {
    /// All of them.
    pub const ALL: [State; 5] = [State::Queued, State::Running, State::Finished, State::Stopped, State::Failed];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Finished => "finished",
            State::Stopped => "stopped",
            State::Failed => "failed",
        }
    }

    /// Whether nothing changes any more.
    pub fn ended(self) -> bool {
        !matches!(self, State::Queued | State::Running)
    }
}

/// What is known of a solve's way so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub objective: Option<u64>,
    pub bound: u64,
    pub gap: Option<f64>,
    pub seconds: f64,
    pub stage: String,
    pub rounds: u64,
}

impl Figures {
    /// What the search says, after `spent` seconds and `rounds` of attempts before, which proved `floor`.
    pub fn of_progress(p: &Progress, before: &Before) -> Self {
        let bound = p.objective.map_or(p.bound.max(before.bound), |o| p.bound.max(before.bound).min(o));
        Figures {
            objective: p.objective,
            bound,
            gap: p.objective.map(|o| o.saturating_sub(bound) as f64 / o.max(1) as f64),
            seconds: p.seconds + before.seconds,
            stage: p.stage.to_owned(),
            rounds: p.rounds + before.rounds,
        }
    }

    /// What a final calendar says.
    pub fn of_calendar(calendar: &Calendar, last: Option<&Figures>) -> Self {
        Figures {
            objective: Some(calendar.objective),
            bound: calendar.bound,
            gap: Some(calendar.gap),
            seconds: calendar.seconds,
            stage: "finished".to_owned(),
            rounds: last.map_or(0, |f| f.rounds),
        }
    }
}

/// What earlier attempts of a solve have done.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Before {
    pub seconds: f64,
    pub rounds: u64,
    pub bound: u64,
}

/// Why a solve failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Cause {
    /// Stable name of the kind of failure.
    pub code: String,
    /// What happened.
    pub detail: String,
}

impl From<&Failure> for Cause {
    fn from(failure: &Failure) -> Self {
        Cause { code: failure.code().to_owned(), detail: failure.to_string() }
    }
}

/// A solve at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Solve {
    pub id: Uuid,
    pub tenant: String,
    /// What the runner knows it by.
    pub kind: String,
    pub program: Option<String>,
    pub week: Option<String>,
    pub state: State,
    /// How many progress events there are.
    pub events: i64,
    pub figures: Option<Figures>,
    pub cause: Option<Cause>,
}

/// The columns that [`Solve::of_row`] reads, in its order.
pub const COLUMNS: &str = "id, tenant, program, week, status, events, progress, failure, kind";

impl Solve {
    /// The solve that a row of [`COLUMNS`] holds.
    pub fn of_row(row: &Row) -> Result<Self, Failure> {
        let broken = |what: &str| Failure::Internal(format!("A stored solve has a {what} that can't be read."));
        let state = row.text(4)?;
        Ok(Solve {
            id: row.text(0)?.parse().map_err(|_| broken("id"))?,
            tenant: row.text(1)?,
            kind: row.text(8)?,
            program: row.maybe_text(2)?,
            week: row.maybe_text(3)?,
            state: State::ALL.into_iter().find(|s| s.name() == state).ok_or_else(|| broken("status"))?,
            events: row.int(5)?,
            figures: row
                .maybe_text(6)?
                .map(|t| serde_json::from_str(&t))
                .transpose()
                .map_err(|_| broken("progress"))?,
            cause: row.maybe_text(7)?.map(|t| serde_json::from_str(&t)).transpose().map_err(|_| broken("cause"))?,
        })
    }
}
