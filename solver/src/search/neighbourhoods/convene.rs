//! A group is planned around somebody who finds no place as if no single session stood in its hours. These come back to
//! where they were as far as that is still free; the few that are in the way take another place.

use std::collections::BTreeMap;

use super::{
    Neighbourhood,
    group::{joinable, people_of},
};
use crate::{
    instance::{ClinicianIx, GroupIx, OrderIx, ParticipantIx, Span},
    search::{
        random::Chance,
        rebuild::{Rebuild, Standing},
        state::State,
        tables::SlotIx,
    },
};

/// See the module.
pub struct Convene;

/// Most other groups with hours in common that are planned anew with it.
const OTHERS: usize = 4;

impl Neighbourhood for Convene {
    fn name(&self) -> &'static str {
        "convene"
    }

    /// Many, as all else depends on when the group meets.
    fn plans(&self) -> usize {
        5
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let wanting = |o: &OrderIx| !state.t.joinable[o.i()].is_empty();
        let o = (0..8).find_map(|_| state.some_unmet(chance).filter(wanting))?;
        let p = state.t.instance.orders[o.i()].participant;
        let g = joinable(state, o, chance)?;
        let hours = hours_of(state, g);
        let site = state.t.instance.groups[g.i()].site;
        let mut groups = vec![g];
        let block: Vec<GroupIx> = state.t.site_groups[site.i()]
            .iter()
            .copied()
            .filter(|x| state.held[x.i()] > 0 && overlap(&hours, &hours_of(state, *x)))
            .collect();
        for _ in 0..chance.below(OTHERS + 1) {
            groups.extend(chance.pick(&block));
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
        let standing = take_out(state, g, &people, &hours);
        let idle: Vec<GroupIx> =
            state.t.site_groups[site.i()].iter().copied().filter(|g| state.held[g.i()] == 0).collect();
        groups.extend(chance.pick(&idle));
        groups.sort_unstable();
        groups.dedup();
        let orders = (0..6).filter_map(|_| state.some_unmet(chance)).collect();
        Some(Rebuild { groups, host: Some((g, p)), standing, people, orders })
    }
}

/// On each of the site's days, from the first start of a group to the end of the last.
fn hours_of(state: &State<'_>, g: GroupIx) -> BTreeMap<i32, Span> {
    let t = state.t;
    let places = &t.places.groups[g.i()];
    let grid = &t.places.grids[places.grid].starts;
    let group = &t.instance.groups[g.i()];
    let service = &t.instance.services[group.service.i()];
    let mut hours: BTreeMap<i32, Span> = BTreeMap::new();
    for k in places.starts.iter() {
        let span = Span::new(grid[k], grid[k] + service.minutes + service.documentation);
        let day = hours.entry(t.instance.site_day(group.site, grid[k])).or_insert(span);
        *day = Span::new(day.start.min(span.start), day.end.max(span.end));
    }
    hours
}

fn overlap(a: &BTreeMap<i32, Span>, b: &BTreeMap<i32, Span>) -> bool {
    a.iter().any(|(day, span)| b.get(day).is_some_and(|other| other.overlaps(*span)))
}

/// Takes out the single sessions in these hours of those who could lead or attend the group.
fn take_out(state: &mut State<'_>, g: GroupIx, people: &[ParticipantIx], hours: &BTreeMap<i32, Span>) -> Vec<Standing> {
    let t = state.t;
    let inside = |span: Span| hours.values().any(|h| h.overlaps(span));
    let places = &t.places.groups[g.i()];
    let leads = places.clinicians.iter().map(|c| c.0);
    let of_leads = |c: ClinicianIx| state.desks[c.i()].sessions.iter().filter(|s| inside(s.0)).map(|s| s.1);
    let mut slots: Vec<SlotIx> = leads.flat_map(of_leads).collect();
    let missing = places.eligible.iter().filter(|e| state.missing(e.order) > 0).map(|e| e.participant);
    for p in missing.chain(people.iter().copied()) {
        slots.extend(state.people[p.i()].seats.iter().map(|s| s.slot));
    }
    slots.sort_unstable();
    slots.dedup();
    state.tick(slots.len());
    let mut standing = Vec::new();
    for slot in slots {
        let Some(order) = state.loose_order(slot) else { continue };
        let Some(place) = state.placed[slot.i()].clone() else { continue };
        if !inside(state.span(state.service(slot), place.start).0) {
            continue;
        }
        state.remove_session(slot);
        standing.push(Standing { slot, order, place });
    }
    standing
}
