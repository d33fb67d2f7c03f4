//! Where one more session of an order could go, and whether people can come with all that is ordered for them, as it is told.

use std::sync::Arc;

use careweave_solver::{
    instance::{Booked, Instance, ParticipantIx},
    problem::{Fault, GivenSession},
    recommend::{self, Admission, Recommendation},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::order;
use crate::failure::{Document, Failure};

/// What can be done for some participants.
#[derive(Debug, Serialize, ToSchema)]
pub struct Admissions {
    /// Each as asked for.
    pub admissions: Vec<Admission>,
}

/// What a calendar can do for participants: for each alone, or with those before already there.
pub fn admissions(
    instance: &Arc<Instance>,
    sessions: &[GivenSession],
    ids: &[String],
    in_turn: bool,
) -> Result<Admissions, Failure> {
    let mut faults = Vec::new();
    let mut named = |(k, id): (usize, &String)| -> Option<ParticipantIx> {
        let found = instance.participant_named(id);
        if found.is_none() {
            let shown: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
            let pointer = format!("/participants/{k}");
            let detail = format!("The problem has no participant `{shown}`.");
            faults.push(Fault { path: pointer.clone(), pointer, code: "unknown-id", detail, hint: None });
        }
        found
    };
    let people: Vec<ParticipantIx> = ids.iter().enumerate().filter_map(&mut named).collect();
    if !faults.is_empty() {
        return Err(Failure::Invalid { document: Document::Request, faults });
    }
    let sessions: Vec<Booked> = sessions.iter().map(|s| instance.book(s)).collect();
    Ok(Admissions { admissions: recommend::admissions(instance, &sessions, &people, in_turn) })
}

/// Places for one more session of the order of this id.
pub fn recommend(
    instance: &Arc<Instance>,
    sessions: &[GivenSession],
    id: &str,
    top: usize,
) -> Result<Recommendation, Failure> {
    let order = order(instance, id)?;
    let sessions: Vec<Booked> = sessions.iter().map(|s| instance.book(s)).collect();
    Ok(recommend::recommend(instance, &sessions, order, top))
}
