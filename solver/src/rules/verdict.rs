//! What the rules have found so far, and how they say whom it concerns.

use super::{Violation, view::Seen};
use crate::instance::{ClinicianIx, Instance, ParticipantIx, RoomIx};

/// Clashes are no longer listed pair by pair once there are this many violations: a calendar of ten thousand sessions at
/// the same minute has fifty million pairs.
pub(super) const PLENTY: usize = 10_000;

/// The violations found.
pub(crate) struct Verdict<'a> {
    instance: &'a Instance,
    found: Vec<Violation>,
}

/// The violation just found, for naming who is concerned.
pub(crate) struct Concerned<'v, 'a> {
    instance: &'a Instance,
    violation: &'v mut Violation,
}

impl<'a> Verdict<'a> {
    /// Nothing found yet.
    pub fn new(instance: &'a Instance) -> Self {
        Verdict { instance, found: Vec::new() }
    }

    /// Notes that `sessions` break a rule.
    pub fn breaks(&mut self, rule: &'static str, sessions: &[Seen], detail: String) -> Concerned<'_, 'a> {
        self.note(rule, sessions.iter().map(|s| s.id.clone()).collect(), detail)
    }

    /// Notes that something that is no session of the calendar breaks a rule.
    pub fn note(&mut self, rule: &'static str, sessions: Vec<String>, detail: String) -> Concerned<'_, 'a> {
        let (participants, clinicians, rooms) = Default::default();
        let found = &mut self.found;
        found.push(Violation { rule, detail, sessions, participants, clinicians, rooms });
        let last = found.len() - 1;
        Concerned { instance: self.instance, violation: &mut found[last] }
    }

    /// Whether there are so many that more pairs tell nothing new.
    pub fn plenty(&self) -> bool {
        self.found.len() >= PLENTY
    }

    /// All that was found.
    pub fn into_violations(self) -> Vec<Violation> {
        self.found
    }
}

impl Concerned<'_, '_> {
    /// This participant is concerned.
    pub fn participant(self, p: ParticipantIx) -> Self {
        self.violation.participants.push(self.instance.problem.participants[p.i()].id.clone());
        self
    }

    /// These participants are concerned.
    pub fn participants(self, all: &[ParticipantIx]) -> Self {
        all.iter().fold(self, |me, &p| me.participant(p))
    }

    /// This clinician is concerned.
    pub fn clinician(self, c: ClinicianIx) -> Self {
        self.violation.clinicians.push(self.instance.problem.clinicians[c.i()].id.clone());
        self
    }

    /// These clinicians are concerned.
    pub fn clinicians(self, all: &[ClinicianIx]) -> Self {
        all.iter().fold(self, |me, &c| me.clinician(c))
    }

    /// This room is concerned.
    pub fn room(self, r: RoomIx) -> Self {
        self.violation.rooms.push(self.instance.problem.rooms[r.i()].id.clone());
        self
    }
}

/// Ids as a text: `a, b and c`.
pub(crate) fn listed<'i>(ids: impl IntoIterator<Item = &'i str>) -> String {
    let ids: Vec<&str> = ids.into_iter().collect();
    match ids.as_slice() {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
