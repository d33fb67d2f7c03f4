//! Programmes: what a tenant keeps from week to week, and the weeks that are made of it. The entities are those of a
//! problem; a change is good if the problem made of everything is still valid.

mod assemble;
mod attendance;
pub mod busy;
pub mod caldav;
mod dose;
mod due;
mod edit;
mod episode;
mod erase;
pub mod feeds;
pub mod fhir;
pub mod history;
mod import;
mod openings;
pub mod outbox;
mod precondition;
mod prescribed;
mod program;
pub mod records;
pub mod referrals;
pub mod sealed;
pub mod series;
pub mod sign_in;
mod table;
mod tables;
mod waiting;
pub mod webhooks;
mod weeks;

use std::fmt;

pub use self::{
    assemble::Parts,
    attendance::{Attended, list as list_attendance, note as note_attendance, table as attendance_table},
    dose::{Dose, Question, of_week as dose_of_week, of_weeks as dose_of_weeks, table as dose_table},
    due::{Due, due},
    edit::{Change, Edited, edit},
    episode::{Origin, Waiting},
    erase::{erase, record},
    import::{Report, import},
    openings::{Opening, openings},
    precondition::{Precondition, tag},
    program::{Program, create, delete, get as get_program, is_there, list, update},
    table::{Stored, get, page},
    tables::{Table, export_table, import_table},
    waiting::{Waiter, list as waiting_list, makeups, verdicts},
    weeks::{
        Key, NO_VERSION, Pulse, Step, Version, Week, changes, draft, publish, pulse, restore, seen_by, solving, step,
        take_answer, version_of, week,
    },
};
use crate::failure::Failure;

/// A list of a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Sites,
    Rooms,
    Services,
    Clinicians,
    Groups,
    Participants,
}

impl Kind {
    /// All, in the order of a problem.
    pub const ALL: [Kind; 6] =
        [Kind::Sites, Kind::Rooms, Kind::Services, Kind::Clinicians, Kind::Groups, Kind::Participants];

    /// As a problem calls it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sites => "sites",
            Kind::Rooms => "rooms",
            Kind::Services => "services",
            Kind::Clinicians => "clinicians",
            Kind::Groups => "groups",
            Kind::Participants => "participants",
        }
    }

    /// Fields by which a list is filtered.
    pub fn filters(self) -> &'static [&'static str] {
        match self {
            Kind::Sites => &["jurisdiction", "time_zone"],
            Kind::Rooms => &["site", "features"],
            Kind::Services => &["kind", "modalities"],
            Kind::Clinicians => &["home_site", "credentials", "languages", "licensed_in"],
            Kind::Groups => &["site", "service", "modality"],
            Kind::Participants => &["home_site", "attributes", "languages", "telehealth"],
        }
    }
}

/// Why something is not done.
#[derive(Debug)]
pub enum Refusal {
    /// What was named is not there.
    Missing(&'static str),
    /// It is there already.
    Exists,
    /// It is no longer what the caller has seen.
    Stale,
    /// It is still in use: where.
    InUse(Vec<String>),
    /// The state of things does not allow it: its code, and why.
    Clash(&'static str, String),
    /// The draft breaks rules.
    RulesBroken(Vec<careweave_solver::rules::Violation>),
    Failure(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Refusal::Failure(failure)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// What is told where there is no such programme.
const NO_PROGRAM: Refusal = Refusal::Missing("There is no such programme.");

/// Runs what takes the processor off the threads that serve.
async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Internal("The request could not be worked on.".into()))
}

/// JSON that we wrote and read again.
fn stored<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|e| Failure::Internal(format!("What is stored can't be read: {e}.")))
}

/// A value as compact JSON.
fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))
}
