//! The part of a calendar that a change can concern, so that a change is judged without judging everything.
//!
//! Every rule and every penalty is a sum over sessions, or over participants, clinicians, rooms or groups with the sessions
//! of each. A change of one session can alter only what belongs to those that are in it before or after. All sessions of
//! these together are its part: judged before and after the change, it breaks the same new rules and costs the same more
//! or less as the whole calendar.

use crate::instance::{Booked, ClinicianIx, Instance, Owner, ParticipantIx, RoomIx};

/// Whom and what a change is about.
pub struct Part {
    participants: Vec<bool>,
    clinicians: Vec<bool>,
    rooms: Vec<bool>,
    owners: Vec<Owner>,
    ids: Vec<String>,
}

impl Part {
    /// About nothing yet.
    pub fn new(instance: &Instance) -> Part {
        Part {
            participants: vec![false; instance.participants.len()],
            clinicians: vec![false; instance.clinicians.len()],
            rooms: vec![false; instance.rooms.len()],
            owners: Vec::new(),
            ids: Vec::new(),
        }
    }

    /// About this session, too, as it is before or after the change.
    pub fn session(&mut self, session: &Booked) {
        session.participants.iter().for_each(|p| self.participant(*p));
        session.clinicians.iter().for_each(|c| self.clinician(*c));
        session.room.iter().for_each(|r| self.room(*r));
        self.owners.push(session.owner);
        self.ids.push(session.id.clone());
    }

    /// About this participant, too.
    pub fn participant(&mut self, p: ParticipantIx) {
        self.participants[p.i()] = true;
    }

    /// Whether it is about this participant.
    pub(crate) fn has(&self, p: ParticipantIx) -> bool {
        self.participants[p.i()]
    }

    /// About this clinician, too.
    pub fn clinician(&mut self, c: ClinicianIx) {
        self.clinicians[c.i()] = true;
    }

    /// About this room, too.
    pub fn room(&mut self, r: RoomIx) {
        self.rooms[r.i()] = true;
    }

    /// Whether a session belongs to it.
    pub fn concerns(&self, session: &Booked) -> bool {
        session.participants.iter().any(|p| self.participants[p.i()])
            || session.clinicians.iter().any(|c| self.clinicians[c.i()])
            || session.room.is_some_and(|r| self.rooms[r.i()])
            || self.owners.contains(&session.owner)
            || self.ids.contains(&session.id)
    }
}
