//! A group with a fixed roster that does not meet takes the place where least is in the way; what is in the way (its
//! members' other sessions, the room's, the clinicians') is taken out and takes another place in the same way, in a chain.

mod chain;
mod claim;
#[cfg(test)]
mod tests;

use smallvec::SmallVec;

use self::chain::{Chain, Evicted};
use super::Neighbourhood;
use crate::{
    instance::{GroupIx, OrderIx},
    search::{
        random::Chance,
        rebuild::Rebuild,
        state::{Place, State},
        tables::SlotIx,
    },
};

/// See the module.
pub struct Displace;

/// Meetings of a group and where they are.
type Meetings = SmallVec<[(SlotIx, Place); 4]>;

impl Neighbourhood for Displace {
    fn name(&self) -> &'static str {
        "displace"
    }

    /// A chain: what is pushed out takes a place in turn, and so on. Of all that the chain went through the cheapest is
    /// kept.
    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let first = (0..8).find_map(|_| idle_with_roster(state, chance))?;
        let begin = state.mark();
        let mut chain = Chain::new(state, first);
        let best = chain.run(chance);
        let (moved, evicted) = chain.end(best);
        Some(settle(state, begin, &moved, evicted))
    }
}

/// A group with members, none of whose meetings is booked.
fn idle_with_roster(state: &State<'_>, chance: &mut Chance) -> Option<GroupIx> {
    let o: OrderIx = state.some_unmet(chance)?;
    super::group::joinable(state, o, chance).filter(|g| state.held[g.i()] == 0 && state.t.rosters[g.i()].is_some())
}

/// From the end of a chain, which left people out: its places, with everybody in them. What finds no place is left to be
/// built again.
fn settle(state: &mut State<'_>, begin: usize, moved: &[GroupIx], evicted: Vec<Evicted>) -> Rebuild {
    let meetings = |state: &State<'_>, g: GroupIx| -> Meetings {
        state.t.meetings(g).filter_map(|s| Some((s, state.placed[s.i()].clone()?))).collect()
    };
    let places: Vec<Meetings> = moved.iter().map(|g| meetings(state, *g)).collect();
    state.rollback_to(begin);
    let moved = moved.iter().copied().zip(places);
    let moved: Vec<(GroupIx, Meetings)> = moved.filter(|(g, places)| meetings(state, *g) != *places).collect();
    let mut rebuild = Rebuild::default();
    for evicted in evicted {
        match evicted {
            Evicted::Session(slot, o) => {
                state.remove_session(slot);
                rebuild.orders.push(o);
            }
            Evicted::Group(g, people) => {
                state.close_group(g);
                rebuild.groups.push(g);
                rebuild.people.extend(people);
            }
            Evicted::Guest(p) => rebuild.people.push(p),
        }
    }
    moved.iter().for_each(|m| state.close_group(m.0));
    for (g, places) in moved {
        if places.is_empty() || !seat_again(state, g, places) {
            rebuild.groups.push(g);
        }
    }
    rebuild
}

/// Books the meetings of a group with all of its members; false, and nothing done, where that breaks a rule.
fn seat_again(state: &mut State<'_>, g: GroupIx, places: Meetings) -> bool {
    let mark = state.mark();
    let slots: SmallVec<[SlotIx; 4]> = places.iter().map(|p| p.0).collect();
    let booked = places.into_iter().all(|(slot, place)| {
        let can = state.still_can(g, &place);
        if can {
            state.book(slot, place);
        }
        can
    });
    let seated = booked && state.seat_members(g, &slots);
    if !seated {
        state.rollback_to(mark);
    }
    seated
}
