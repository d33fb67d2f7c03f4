//! Reach: which sites of a network a thread may change, so that what threads find side by side fits together, and which
//! of them it works on at the moment.

use super::state::State;
use crate::instance::{ClinicianIx, GroupIx, ParticipantIx, SiteIx};

/// What may be changed of a network.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Sites whose people and groups are worked on at the moment; empty: all.
    pub focus: Vec<SiteIx>,
    /// By site: whether its groups, its clinicians' hours and its people's seats may be changed; empty: all may.
    hand: Vec<bool>,
}

impl Reach {
    /// Only these of so many sites.
    pub fn of(hand: &[SiteIx], sites: usize) -> Reach {
        let mut reach = Reach { focus: Vec::new(), hand: vec![false; sites] };
        hand.iter().for_each(|s| reach.hand[s.i()] = true);
        reach
    }

    fn has(&self, site: SiteIx) -> bool {
        self.hand.get(site.i()).copied().unwrap_or(true)
    }
}

impl State<'_> {
    /// Whether a participant's home is among the sites that are worked on.
    pub fn in_focus(&self, p: ParticipantIx) -> bool {
        self.reach.focus.is_empty() || self.reach.focus.contains(&self.t.instance.participants[p.i()].home)
    }

    /// Whether a group is of the sites that are worked on.
    pub fn group_in_focus(&self, g: GroupIx) -> bool {
        self.reach.focus.is_empty() || self.reach.focus.contains(&self.t.instance.groups[g.i()].site)
    }

    /// Whether a participant's sessions may be changed.
    pub fn reaches(&self, p: ParticipantIx) -> bool {
        self.reach.has(self.t.instance.participants[p.i()].home)
    }

    /// Whether a group's meetings and roster may be changed.
    pub fn reaches_group(&self, g: GroupIx) -> bool {
        self.reach.has(self.t.instance.groups[g.i()].site)
    }

    /// Whether a clinician's hours may be given away.
    pub fn reaches_clinician(&self, c: ClinicianIx) -> bool {
        self.reach.has(self.t.clinician_homes[c.i()])
    }
}
