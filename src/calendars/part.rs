//! A part of a calendar: what concerns one participant, clinician, room or group.

use careweave_solver::problem::Problem;
use serde_json::Value;

use super::Appointment;
use crate::failure::Failure;

/// Whose part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Whole,
    Participant(String),
    Clinician(String),
    Room(String),
    Group(String),
}

impl Part {
    /// The part that the only one of these ids names; none where there are several.
    pub fn named(
        participant: Option<String>,
        clinician: Option<String>,
        room: Option<String>,
        group: Option<String>,
    ) -> Option<Self> {
        match (participant, clinician, room, group) {
            (None, None, None, None) => Some(Part::Whole),
            (Some(id), None, None, None) => Some(Part::Participant(id)),
            (None, Some(id), None, None) => Some(Part::Clinician(id)),
            (None, None, Some(id), None) => Some(Part::Room(id)),
            (None, None, None, Some(id)) => Some(Part::Group(id)),
            _ => None,
        }
    }

    /// What the problem does not have, as a sentence, if the part is of something that it does not have.
    pub fn missing_in(&self, problem: &Problem) -> Option<String> {
        let (what, id, known) = match self {
            Part::Whole => return None,
            Part::Participant(id) => ("participant", id, problem.participants.iter().any(|x| *x.id == **id)),
            Part::Clinician(id) => ("clinician", id, problem.clinicians.iter().any(|x| *x.id == **id)),
            Part::Room(id) => ("room", id, problem.rooms.iter().any(|x| *x.id == **id)),
            Part::Group(id) => ("group", id, problem.groups.iter().any(|x| *x.id == **id)),
        };
        if known { None } else { Some(format!("The problem has no {what} `{}`.", shown(id))) }
    }

    /// Whether an appointment belongs to it.
    pub fn has(&self, a: &Appointment) -> bool {
        self.concerns(a.participants.iter().copied(), a.clinicians.iter().copied(), a.room, a.group)
    }

    /// Whether a session in JSON belongs to it.
    pub fn has_json(&self, session: &Value) -> bool {
        let list = |name: &str| session[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        self.concerns(list("participants"), list("clinicians"), session["room"].as_str(), session["group"].as_str())
    }

    /// This part of a calendar in JSON: its own sessions and unmet orders; the figures are those of the whole.
    pub fn of_json(&self, calendar: &[u8]) -> Result<Vec<u8>, Failure> {
        let broken = |e: serde_json::Error| Failure::Internal(format!("A stored calendar can't be read: {e}."));
        let mut calendar: Value = serde_json::from_slice(calendar).map_err(broken)?;
        if let Some(sessions) = calendar["sessions"].as_array_mut() {
            sessions.retain(|s| self.has_json(s));
        }
        if let (Part::Participant(id), Some(unmet)) = (self, calendar["unmet"].as_array_mut()) {
            unmet.retain(|u| u["participant"] == **id);
        }
        serde_json::to_vec(&calendar).map_err(broken)
    }

    fn concerns<'a>(
        &self,
        mut participants: impl Iterator<Item = &'a str>,
        mut clinicians: impl Iterator<Item = &'a str>,
        room: Option<&str>,
        group: Option<&str>,
    ) -> bool {
        match self {
            Part::Whole => true,
            Part::Participant(id) => participants.any(|x| x == id),
            Part::Clinician(id) => clinicians.any(|x| x == id),
            Part::Room(id) => room == Some(id),
            Part::Group(id) => group == Some(id),
        }
    }
}

/// An id as a person wrote it, no longer than an id can be.
fn shown(id: &str) -> String {
    id.chars().take(64).collect()
}
