//! Another clinician leads a meeting (or a whole group): the one set free serves single sessions that wait.

use smallvec::SmallVec;

use super::{
    Neighbourhood,
    desk::{needy_orders, sessions_of},
    group::some_group,
};
use crate::{
    instance::ClinicianIx,
    search::{
        random::Chance,
        rebuild::Rebuild,
        state::{Place, State, Team},
        tables::SlotIx,
    },
};

/// See the module.
pub struct Staff;

impl Neighbourhood for Staff {
    fn name(&self) -> &'static str {
        "staff"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let g = some_group(state, chance)?;
        let t = state.t;
        let service = &t.instance.services[t.instance.groups[g.i()].service.i()];
        let mut slots: SmallVec<[SlotIx; 8]> = state.free_meetings(g).collect();
        if slots.is_empty() || service.clinicians == 0 {
            return None;
        }
        let same = t.instance.problem.groups[g.i()].same_clinician;
        if same && slots.len() < state.held[g.i()] {
            return None;
        }
        if !same {
            let &one = chance.pick(&slots)?;
            slots = smallvec::smallvec![one];
        }
        let places = &t.places.groups[g.i()];
        let (c, _) = *chance.pick(&places.clinicians)?;
        let out = *chance.pick(&state.placed[slots[0].i()].as_ref()?.team)?;
        if state.placed[slots[0].i()].as_ref()?.team.contains(&c) {
            return None;
        }
        // Single sessions of the new clinician at these times give way.
        let times: Vec<_> = slots.iter().filter_map(|s| state.placed[s.i()].as_ref()).map(|p| p.start).collect();
        let length = service.minutes + service.documentation;
        let mut orders = needy_orders(state, out, 6, chance);
        let day_of = |c: ClinicianIx, start| t.instance.clinician_day(c, start);
        for (slot, o) in sessions_of(state, &[c], |d| times.iter().any(|s| day_of(c, *s) == d)) {
            let Some(place) = &state.placed[slot.i()] else { continue };
            let (_, until) = state.span(state.service(slot), place.start);
            if times.iter().any(|s| place.start < s + length && *s < until) {
                state.remove_session(slot);
                orders.push(o);
            }
        }
        let mut people = Vec::new();
        for &slot in &slots {
            let place = state.placed[slot.i()].clone()?;
            let seated = state.seated[slot.i()].clone();
            state.remove_session(slot);
            let grid = &t.places.grids[places.grid].starts;
            let k = grid.binary_search(&place.start).ok();
            let mask = places.clinicians.iter().find(|x| x.0 == c).map(|x| x.1);
            let open = k.zip(mask).is_some_and(|(k, m)| t.places.masks[m].has(k));
            let can = open
                && state.clinician_can(c, t.instance.groups[g.i()].service, place.start, place.modality, place.site)
                && seated.iter().all(|p| t.may_meet(c, *p, place.modality));
            let mut team: Team = place.team.iter().copied().filter(|x| !can || *x != out).collect();
            if can {
                team.push(c);
                team.sort_unstable();
            }
            state.book(slot, Place { team, ..place });
            for p in seated {
                state.seat(slot, p);
                people.push(p);
            }
            if !can {
                return None;
            }
        }
        // The hours set free go to those who wait, or to sessions moved from elsewhere.
        let more: Vec<_> = sessions_of(state, &[out], |d| times.iter().any(|s| day_of(out, *s) == d));
        for (slot, o) in more {
            if chance.chance(0.3) {
                state.remove_session(slot);
                orders.push(o);
            }
        }
        Some(Rebuild { orders, ..Rebuild::default() })
    }
}
