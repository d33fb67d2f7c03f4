//! Switches: how many groups, or sets of clinicians, serve one order, and what more of them cost.

use smallvec::SmallVec;

use super::state::{State, Team};
use crate::instance::{GroupIx, OrderIx, Owner, ParticipantIx};

/// What serves an order: a group, or a set of clinicians.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A group.
    Group(GroupIx),
    /// A set of clinicians, in rising order.
    Team(Team),
}

impl State<'_> {
    /// Further groups, or further sets of clinicians, that serve an order.
    pub(super) fn switch_cost(&self, p: ParticipantIx, o: OrderIx) -> i64 {
        let t = self.t;
        let grouped = t.instance.services[t.instance.orders[o.i()].service.i()].is_group;
        let weight = if grouped { t.costs.group_switch } else { t.costs.clinician_switch };
        if weight == 0 || self.served[o.i()] < 2 {
            return 0;
        }
        weight * (self.kinds(p, o, None) as i64 - 1).max(0)
    }

    /// How many groups, or sets of clinicians, serve an order; with `also`, one more session of that kind.
    fn kinds(&self, p: ParticipantIx, o: OrderIx, also: Option<Kind>) -> usize {
        let mut seen: SmallVec<[Kind; 4]> = also.into_iter().collect();
        for s in self.people[p.i()].seats.iter().filter(|s| s.order == Some(o) && !s.missed) {
            let Some(slot) = self.t.slots.get(s.slot.i()) else { continue };
            let kind = match slot.owner {
                Owner::Group(g) => Kind::Group(g),
                _ => Kind::Team(self.placed[s.slot.i()].as_ref().map(|p| p.team.clone()).unwrap_or_default()),
            };
            if !seen.contains(&kind) {
                seen.push(kind);
            }
        }
        seen.len()
    }

    /// What one more session by this group or team adds to the switches of an order.
    pub fn switch_cost_of(&self, p: ParticipantIx, o: OrderIx, kind: Kind) -> i64 {
        let weight = match kind {
            Kind::Group(_) => self.t.costs.group_switch,
            Kind::Team(_) => self.t.costs.clinician_switch,
        };
        if weight == 0 || self.served[o.i()] == 0 {
            return 0;
        }
        let before = self.kinds(p, o, None);
        weight * (self.kinds(p, o, Some(kind)) as i64 - before.max(1) as i64)
    }
}
