//! One to three groups of a site with all who are in them, among them such as do not meet yet.

use super::{Neighbourhood, people::somebody};
use crate::{
    instance::{GroupIx, OrderIx, ParticipantIx, SiteIx},
    search::{random::Chance, rebuild::Rebuild, state::State},
};

/// See the module.
pub struct Group;

/// A group that somebody in need could join, or that somebody attends.
pub fn some_group(state: &State<'_>, chance: &mut Chance) -> Option<GroupIx> {
    let p = somebody(state, chance)?;
    let orders = &state.t.group_orders[p.i()];
    let (_, o) = chance.pick(orders)?;
    joinable(state, *o, chance)
}

/// A group that an order's participant may join, of those at other sites than are worked on, none.
pub fn joinable(state: &State<'_>, o: OrderIx, chance: &mut Chance) -> Option<GroupIx> {
    let near = |g: &GroupIx| state.group_in_focus(*g);
    let groups = &state.t.joinable[o.i()];
    (0..4).find_map(|_| chance.pick(groups).map(|x| x.0).filter(near)).or_else(|| {
        let near: Vec<GroupIx> = groups.iter().map(|x| x.0).filter(near).collect();
        chance.pick(&near).copied()
    })
}

/// Somebody who has no place in a group, and a group that could have one.
pub fn somebody_without(state: &State<'_>, chance: &mut Chance) -> Option<(ParticipantIx, GroupIx)> {
    let wanting = |o: &OrderIx| !state.t.joinable[o.i()].is_empty();
    let o = (0..8).find_map(|_| state.some_unmet(chance).filter(wanting))?;
    Some((state.t.instance.orders[o.i()].participant, joinable(state, o, chance)?))
}

/// Closes groups, each once, and gives those who were in them, with `others`.
pub fn close_all(
    state: &mut State<'_>,
    groups: &mut Vec<GroupIx>,
    others: impl IntoIterator<Item = ParticipantIx>,
) -> Vec<ParticipantIx> {
    groups.sort_unstable();
    groups.dedup();
    let mut people: Vec<ParticipantIx> = others.into_iter().collect();
    for &g in groups.iter() {
        people.extend(people_of(state, g));
        state.close_group(g);
    }
    people.sort_unstable();
    people.dedup();
    people
}

/// Adds groups of a site that do not meet: they may meet now.
pub fn add_idle(state: &State<'_>, site: SiteIx, groups: &mut Vec<GroupIx>, count: usize, chance: &mut Chance) {
    let idle: Vec<GroupIx> = state.t.site_groups[site.i()].iter().copied().filter(|g| state.held[g.i()] == 0).collect();
    for _ in 0..count {
        groups.extend(chance.pick(&idle));
    }
    groups.sort_unstable();
    groups.dedup();
}

/// Everybody in the free meetings of a group.
pub fn people_of(state: &State<'_>, g: GroupIx) -> Vec<ParticipantIx> {
    let mut people: Vec<ParticipantIx> =
        state.free_meetings(g).flat_map(|s| state.seated[s.i()].iter().copied()).collect();
    people.sort_unstable();
    people.dedup();
    people
}

impl Neighbourhood for Group {
    fn name(&self) -> &'static str {
        "group"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let first = some_group(state, chance)?;
        let site = state.t.instance.groups[first.i()].site;
        let mut groups = vec![first];
        for _ in 0..chance.below(3) {
            groups.extend(chance.pick(&state.t.site_groups[site.i()]));
        }
        let people = close_all(state, &mut groups, None);
        add_idle(state, site, &mut groups, 2, chance);
        let share = chance.unit() * 0.8;
        for &p in &people {
            state.loosen(p, share, chance);
        }
        let orders = (0..6).filter_map(|_| state.some_unmet(chance)).collect();
        Some(Rebuild { groups, people, orders, ..Rebuild::default() })
    }
}
