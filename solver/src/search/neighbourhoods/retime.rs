//! One meeting of a group goes to another time; who cannot come along leaves and is placed elsewhere.

use smallvec::SmallVec;

use super::{Neighbourhood, group::some_group};
use crate::{
    instance::{Bits, ClinicianIx, Eligible, GroupIx, MaskIx, ParticipantIx, Span},
    search::{
        individuals::near,
        random::Chance,
        rebuild::Rebuild,
        state::{Place, State, Team},
        tables::SlotIx,
    },
};

/// See the module.
pub struct Retime;

impl Neighbourhood for Retime {
    fn name(&self) -> &'static str {
        "retime"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let g = some_group(state, chance)?;
        let slots: SmallVec<[SlotIx; 8]> = state.free_meetings(g).collect();
        let &slot = chance.pick(&slots)?;
        let people = state.seated[slot.i()].clone();
        let old = state.placed[slot.i()].clone()?;
        // Single sessions of those in it may be in the way of the new time: some of them go, to be placed again.
        let share = if chance.chance(0.5) { 0.0 } else { 0.5 * chance.unit() };
        for &p in &people {
            state.loosen(p, share, chance);
        }
        state.remove_session(slot);
        let place = new_place(state, g, slot, &old, &people, chance);
        let moved = place.is_some();
        state.book(slot, place.unwrap_or(old));
        let mut leavers: Vec<ParticipantIx> = Vec::new();
        for &p in &people {
            if !state.can_return(g, slot, p) || !state.seat_if_better(slot, p) {
                leavers.push(p);
            }
        }
        if leavers.iter().any(|p| state.t.instance.groups[g.i()].members.contains(p)) {
            return None;
        }
        if state.t.instance.groups[g.i()].closed {
            for &p in &leavers {
                for s in slots.iter().filter(|s| **s != slot) {
                    state.unseat(*s, p);
                }
            }
        }
        let mut orders: Vec<_> = (0..4).filter_map(|_| state.some_unmet(chance)).collect();
        if moved {
            // Others may fit in now.
            let eligible = &state.t.places.groups[g.i()].eligible;
            let wants = |e: &&Eligible| state.in_focus(e.participant) && state.missing(e.order) > 0;
            orders.extend(eligible.iter().filter(wants).map(|e| e.order));
        }
        Some(Rebuild { people, orders, ..Rebuild::default() })
    }
}

/// A start, a room and a team at which most of `people` could come; better ones more often.
fn new_place(
    state: &State<'_>,
    g: GroupIx,
    slot: SlotIx,
    old: &Place,
    people: &[ParticipantIx],
    chance: &mut Chance,
) -> Option<Place> {
    let t = state.t;
    let places = &t.places.groups[g.i()];
    let group = &t.instance.groups[g.i()];
    let service = &t.instance.services[group.service.i()];
    let grid = &t.places.grids[places.grid].starts;
    let same = t.instance.problem.groups[g.i()].same_clinician;
    let days: SmallVec<[i32; 8]> = t
        .meetings(g)
        .filter(|s| *s != slot)
        .filter_map(|s| state.placed[s.i()].as_ref())
        .map(|p| t.instance.site_day(group.site, p.start))
        .collect();
    state.tick(places.starts.count() * 4);
    let open: Vec<Bits> = people
        .iter()
        .filter_map(|&p| {
            let e = &places.eligible[t.position(g, p)?];
            let like = state.seat_for(p, slot, Some(e.order), old.start, group.modality, group.site);
            Some(state.openings(p, &like, places.grid, &e.starts))
        })
        .collect();
    let mut best: Option<(f64, Place)> = None;
    for k in places.starts.iter() {
        let start = grid[k];
        if start == old.start || days.contains(&t.instance.site_day(group.site, start)) {
            continue;
        }
        let can = |(c, m): &&(ClinicianIx, MaskIx)| {
            t.places.masks[*m].has(k) && state.clinician_can(*c, group.service, start, group.modality, group.site)
        };
        let able = |c: &ClinicianIx| places.clinicians.iter().find(|x| x.0 == *c).is_some_and(|x| can(&x));
        let team: Team = if old.team.iter().all(able) {
            old.team.clone()
        } else if same && !days.is_empty() {
            continue;
        } else {
            let mut able: Vec<_> = near(&places.clinicians, chance).filter(can).map(|x| x.0).collect();
            chance.shuffle(&mut able);
            let mut team: Team = able.into_iter().take(service.clinicians).collect();
            team.sort_unstable();
            if team.len() < service.clinicians {
                continue;
            }
            team
        };
        let span = Span::new(start, start + service.minutes);
        let fits = |r| state.seats_of(g, Some(r)) >= people.len();
        let Some(room) = state.free_room(group.modality, &places.rooms, k, span, fits) else { continue };
        let come = open.iter().filter(|o| o.has(k)).count();
        if come < group.min.max(1) {
            continue;
        }
        let seen = come as f64 + 3.0 * chance.unit();
        if best.as_ref().is_none_or(|b| seen > b.0) {
            let place = Place { start, modality: group.modality, site: group.site, room, team };
            best = Some((seen, place));
        }
    }
    best.map(|b| b.1)
}
