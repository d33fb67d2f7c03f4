//! A group is planned anew around somebody who finds no place: it meets where they can come, or not at all.

use super::{
    Neighbourhood,
    group::{add_idle, close_all, somebody_without},
};
use crate::search::{random::Chance, rebuild::Rebuild, state::State};

/// See the module.
pub struct Host;

impl Neighbourhood for Host {
    fn name(&self) -> &'static str {
        "host"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let (p, g) = somebody_without(state, chance)?;
        let site = state.t.instance.groups[g.i()].site;
        let mut groups = vec![g];
        // Others of the site may have to make way: for its clinicians, its rooms, its people's hours.
        for _ in 0..chance.below(4) {
            groups.extend(chance.pick(&state.t.site_groups[site.i()]));
        }
        let people = close_all(state, &mut groups, [p]);
        // All hours of the one are to be had, some of the others'.
        state.clear_person(p);
        let share = chance.unit() * 0.8;
        for &q in people.iter().filter(|q| **q != p) {
            state.loosen(q, share, chance);
        }
        add_idle(state, site, &mut groups, 1, chance);
        let orders = (0..6).filter_map(|_| state.some_unmet(chance)).collect();
        Some(Rebuild { groups, host: Some((g, p)), people, orders, ..Rebuild::default() })
    }
}
