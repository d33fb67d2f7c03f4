//! Whole weeks of a few people who compete: one in need, others of the same site or group.

use super::Neighbourhood;
use crate::{
    instance::{Owner, ParticipantIx},
    search::{random::Chance, rebuild::Rebuild, state::State},
};

/// See the module.
pub struct People;

/// Somebody with a missing session, or anybody; `None` without participants.
pub fn somebody(state: &State<'_>, chance: &mut Chance) -> Option<ParticipantIx> {
    if chance.chance(0.6)
        && let Some(o) = state.some_unmet(chance)
    {
        return Some(state.t.instance.orders[o.i()].participant);
    }
    state.some_person(chance)
}

/// Somebody who shares a session with `p`, or the site.
pub fn companion(state: &State<'_>, p: ParticipantIx, chance: &mut Chance) -> Option<ParticipantIx> {
    let seats = &state.people[p.i()].seats;
    if chance.chance(0.5)
        && let Some(seat) = chance.pick(seats)
        && let Some(slot) = state.t.slots.get(seat.slot.i())
        && matches!(slot.owner, Owner::Group(_))
    {
        return chance.pick(&state.seated[seat.slot.i()]).copied();
    }
    let home = state.t.instance.participants[p.i()].home;
    chance.pick(&state.t.site_people[home.i()]).copied()
}

impl Neighbourhood for People {
    fn name(&self) -> &'static str {
        "people"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let first = somebody(state, chance)?;
        let mut people = vec![first];
        for _ in 0..chance.below(5) {
            people.extend(companion(state, first, chance));
        }
        people.sort_unstable();
        people.dedup();
        people.iter().for_each(|p| state.clear_person(*p));
        Some(Rebuild { people, ..Rebuild::default() })
    }
}
