//! The count of places by code, with an example of each.

use super::code::{CODES, Code};
use crate::{
    instance::{ClinicianIx, GroupIx, SiteIx, Span},
    problem::Modality,
};

/// Where a session might be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub span: Span,
    pub modality: Modality,
    pub site: SiteIx,
    pub clinician: Option<ClinicianIx>,
}

/// A meeting of a group, counted.
#[derive(Debug, Clone)]
pub(super) struct Meeting {
    pub code: Code,
    pub group: GroupIx,
    /// Id of its session, where it is held.
    pub session: Option<String>,
}

/// How many free places are kept for weighing.
const WEIGHED: usize = 64;

/// Clinicians in the order in which they were met, each once.
#[derive(Debug, Clone)]
struct Met {
    list: Vec<ClinicianIx>,
    seen: Vec<bool>,
}

impl Met {
    fn note(&mut self, c: ClinicianIx) {
        if self.seen.len() <= c.i() {
            self.seen.resize(c.i() + 1, false);
        }
        if !std::mem::replace(&mut self.seen[c.i()], true) {
            self.list.push(c);
        }
    }
}

/// Places by the first code that forbids them.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    counts: [u64; CODES],
    examples: [Option<Place>; CODES],
    /// Clinicians met under each code.
    clinicians: [Met; CODES],
    /// Places that nothing forbids, the first few.
    pub free: Vec<Place>,
    /// The places of a group order.
    pub meetings: Vec<Meeting>,
    /// Every place of an individual order, for the tests.
    #[cfg(test)]
    pub log: Vec<(Code, Place)>,
}

impl Tally {
    pub fn new() -> Self {
        Tally {
            counts: [0; CODES],
            examples: [None; CODES],
            clinicians: [const { Met { list: Vec::new(), seen: Vec::new() } }; CODES],
            free: Vec::new(),
            meetings: Vec::new(),
            #[cfg(test)]
            log: Vec::new(),
        }
    }

    /// Counts `places` places like this one.
    pub fn add(&mut self, code: Code, places: u64, place: Place) {
        self.counts[code as usize] += places;
        self.examples[code as usize].get_or_insert(place);
        if let Some(c) = place.clinician {
            self.clinicians[code as usize].note(c);
        }
        #[cfg(test)]
        self.log.push((code, place));
        if code == Code::TradeOff && self.free.len() < WEIGHED {
            self.free.push(place);
        }
    }

    /// Counts a meeting of a group, held or not.
    pub fn add_meeting(&mut self, code: Code, group: GroupIx, session: Option<String>, place: Option<Place>) {
        self.counts[code as usize] += 1;
        if let Some(place) = place {
            self.examples[code as usize].get_or_insert(place);
        }
        self.meetings.push(Meeting { code, group, session });
    }

    /// The clinicians of the places under a code.
    pub fn clinicians(&self, code: Code) -> &[ClinicianIx] {
        &self.clinicians[code as usize].list
    }

    /// All places.
    pub fn places(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The codes that forbid some, in the order of the contract, with their number and an example.
    pub fn entries(&self) -> impl Iterator<Item = (Code, u64, Option<Place>)> + '_ {
        super::code::ALL
            .into_iter()
            .zip(self.counts)
            .zip(self.examples)
            .filter(|e| e.0.1 > 0)
            .map(|((code, n), e)| (code, n, e))
    }
}
