//! A group is planned anew around somebody who finds no place: it meets where they can come, or not at all.

use super::{
    Neighbourhood,
    group::{joinable, people_of},
};
use crate::{
    instance::{GroupIx, ParticipantIx},
    search::{random::Chance, rebuild::Rebuild, state::State},
};

/// See the module.
pub struct Host;

impl Neighbourhood for Host {
    fn name(&self) -> &'static str {
        "host"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let wanting = |o: &crate::instance::OrderIx| !state.t.joinable[o.i()].is_empty();
        let o = (0..8).find_map(|_| state.some_unmet(chance).filter(wanting))?;
        let p = state.t.instance.orders[o.i()].participant;
        let g = joinable(state, o, chance)?;
        let site = state.t.instance.groups[g.i()].site;
        let mut groups = vec![g];
        // Others of the site may have to make way: for its clinicians, its rooms, its people's hours.
        for _ in 0..chance.below(4) {
            groups.extend(chance.pick(&state.t.site_groups[site.i()]));
        }
        groups.sort_unstable();
        groups.dedup();
        let mut people: Vec<ParticipantIx> = vec![p];
        for &g in &groups {
            people.extend(people_of(state, g));
            state.close_group(g);
        }
        people.sort_unstable();
        people.dedup();
        // All hours of the one are to be had, some of the others'.
        state.clear_person(p);
        let share = chance.unit() * 0.8;
        for &q in people.iter().filter(|q| **q != p) {
            state.loosen(q, share, chance);
        }
        let idle: Vec<GroupIx> =
            state.t.site_groups[site.i()].iter().copied().filter(|g| state.held[g.i()] == 0).collect();
        groups.extend(chance.pick(&idle));
        groups.sort_unstable();
        groups.dedup();
        let orders = (0..6).filter_map(|_| state.some_unmet(chance)).collect();
        Some(Rebuild { groups, host: Some((g, p)), people, orders, ..Rebuild::default() })
    }
}
