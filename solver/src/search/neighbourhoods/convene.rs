//! A group is planned around somebody who finds no place as if no single session stood in its hours. These come back to
//! where they were as far as that is still free; the few that are in the way take another place.

use super::{
    Neighbourhood,
    group::{add_idle, close_all, somebody_without},
};
use crate::{
    instance::{ClinicianIx, Eligible, GroupIx, ParticipantIx, Span},
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
        let (p, g) = somebody_without(state, chance)?;
        let site = state.t.instance.groups[g.i()].site;
        let mut groups = vec![g];
        let block: Vec<GroupIx> = state.t.blocks[g.i()].iter().copied().filter(|x| state.held[x.i()] > 0).collect();
        for _ in 0..chance.below(OTHERS + 1) {
            groups.extend(chance.pick(&block));
        }
        let people = close_all(state, &mut groups, [p]);
        let standing = take_out(state, g, &people);
        add_idle(state, site, &mut groups, 1, chance);
        let orders = (0..6).filter_map(|_| state.some_unmet(chance)).collect();
        Some(Rebuild { groups, host: Some((g, p)), standing, people, orders })
    }
}

/// Takes out the single sessions in the hours of a group of those who could lead or attend it.
fn take_out(state: &mut State<'_>, g: GroupIx, people: &[ParticipantIx]) -> Vec<Standing> {
    let t = state.t;
    let inside = |span: Span| t.hours[g.i()].iter().any(|h| h.overlaps(span));
    let places = &t.places.groups[g.i()];
    let leads = places.clinicians.iter().map(|c| c.0);
    let of_leads = |c: ClinicianIx| state.desks[c.i()].sessions.iter().filter(|s| inside(s.0)).map(|s| s.1);
    let mut slots: Vec<SlotIx> = leads.flat_map(of_leads).collect();
    let wants = |e: &&Eligible| state.in_focus(e.participant) && state.missing(e.order) > 0;
    let missing = places.eligible.iter().filter(wants).map(|e| e.participant);
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
