//! Single sessions of one or two clinicians, on some days: their hours are dealt out anew.

use smallvec::SmallVec;

use super::Neighbourhood;
use crate::{
    instance::{ClinicianIx, OrderIx, OrderOption},
    search::{individuals::near, random::Chance, rebuild::Rebuild, state::State, tables::SlotIx},
};

/// See the module.
pub struct Desk;

/// A clinician who could serve an order that misses a session, or any who serves somebody.
pub fn wanted_clinician(state: &State<'_>, chance: &mut Chance) -> Option<ClinicianIx> {
    if chance.chance(0.5)
        && let Some(o) = state.some_unmet(chance)
        && let Some(option) = chance.pick(&state.t.places.orders[o.i()])
    {
        return one_of(option, chance);
    }
    // Somebody's clinician: of a session attended.
    let p = state.some_person(chance)?;
    let seat = chance.pick(&state.people[p.i()].seats)?;
    let place = state.placed.get(seat.slot.i())?.as_ref()?;
    chance.pick(&place.team).copied()
}

/// One of the clinicians of an option, those of the site more often than others.
fn one_of(option: &OrderOption, chance: &mut Chance) -> Option<ClinicianIx> {
    let some: SmallVec<[ClinicianIx; 24]> = near(&option.clinicians, chance).map(|x| x.0).collect();
    chance.pick(&some).copied()
}

/// Orders in need that this clinician could serve: a few, drawn.
pub fn needy_orders(state: &State<'_>, c: ClinicianIx, most: usize, chance: &mut Chance) -> Vec<OrderIx> {
    let serves =
        |o: &OrderIx| state.t.places.orders[o.i()].iter().any(|option| option.clinicians.iter().any(|x| x.0 == c));
    (0..3 * most).filter_map(|_| state.some_unmet(chance)).filter(serves).take(most).collect()
}

/// Single sessions, not kept, that `team` holds on days that `takes` allows, with their orders.
pub fn sessions_of(state: &State<'_>, team: &[ClinicianIx], takes: impl Fn(i32) -> bool) -> Vec<(SlotIx, OrderIx)> {
    let mut out = Vec::new();
    for &c in team {
        for &(span, slot) in &state.desks[c.i()].sessions {
            if let Some(o) = state.loose_order(slot)
                && takes(state.t.instance.clinician_day(c, span.start))
                && !out.contains(&(slot, o))
            {
                out.push((slot, o));
            }
        }
    }
    out
}

impl Neighbourhood for Desk {
    fn name(&self) -> &'static str {
        "desk"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let c = wanted_clinician(state, chance)?;
        let mut team = vec![c];
        let held = sessions_of(state, &[c], |_| true);
        if chance.chance(0.5)
            && let Some(&(_, o)) = chance.pick(&held)
            && let Some(option) = chance.pick(&state.t.places.orders[o.i()])
        {
            team.extend(one_of(option, chance));
        }
        let day = chance.below(7) as i32;
        let all = chance.chance(0.4);
        let share = 0.3 + 0.7 * chance.unit();
        let taken = sessions_of(state, &team, |d| all || d == day || (d - day) % 7 == 1);
        let mut orders = needy_orders(state, c, 6, chance);
        for (slot, o) in taken {
            if chance.chance(share) {
                state.remove_session(slot);
                orders.push(o);
            }
        }
        Some(Rebuild { orders, ..Rebuild::default() })
    }
}
