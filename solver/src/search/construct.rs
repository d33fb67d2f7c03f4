//! Construct: a first calendar from nothing, groups with scarce people first, then everybody's single sessions.

use super::{groups::Starts, individuals::Taste, random::Chance, state::State};
use crate::instance::{GroupIx, OrderIx};

impl State<'_> {
    /// Fills the week greedily: groups, then joins, then single sessions.
    pub fn construct(&mut self, chance: &mut Chance, stopped: &dyn Fn() -> bool) {
        let taste = Taste { noise: 50, blink: 0.0 };
        let mut groups: Vec<(f64, GroupIx)> = GroupIx::all(self.t.instance.groups.len())
            .map(|g| {
                let eligible = &self.t.places.groups[g.i()].eligible;
                let freedom: f64 = eligible.iter().map(|e| self.t.person_freedom[e.participant.i()]).sum();
                (freedom / eligible.len().max(1) as f64 * (0.7 + 0.6 * chance.unit()), g)
            })
            .collect();
        groups.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, g) in &groups {
            if stopped() {
                break;
            }
            self.open_group(*g, None, 8, Starts::Lattice, taste, chance);
        }
        self.place_all(OrderIx::all(self.t.instance.orders.len()).collect(), taste, chance);
        self.mend(taste, chance);
        self.fill_up(chance);
        self.commit();
    }
}
