//! Repair: a calendar in force in which something became impossible is mended step by step, each step with a few more
//! people touched than the one before. What replanning begins with.

use std::{collections::HashSet, sync::Arc};

use super::{
    Stop,
    groups::Starts,
    individuals::Taste,
    places::Way,
    random::Chance,
    state::{Place, State, Team},
    tables::{SlotIx, Tables},
};
use crate::instance::{Booked, ClinicianIx, GroupIx, Instance, OrderIx, Owner, ParticipantIx, Placements};

/// Plans drawn for a group that needs other hours.
const TRIES: usize = 48;

/// What a call to each person weighs.
#[derive(Debug, Clone)]
pub struct Calls {
    /// To participants.
    pub participants: Vec<u64>,
    /// To clinicians.
    pub clinicians: Vec<u64>,
}

/// Calendars after a repair of `previous` of the instance, fewest people touched first: with the sessions that became
/// impossible, and those of `new` orders, somewhere and nobody moved for them; with one other session moved for each that
/// found no place so; with what the freed hours offer to those who waited.
pub fn repair(instance: &Arc<Instance>, new: &[OrderIx], calls: &Calls, seed: u64, stop: &Stop) -> Vec<Vec<Booked>> {
    let places = Placements::new(instance);
    let tables = Tables::new(instance, &places, stop);
    let mut mending = Mending::new(State::new(&tables), new, calls, seed);
    mending.groups();
    mending.singles();
    let mut found = vec![mending.state.bookings()];
    while !stop.stopped() && mending.displace() {
        found.push(mending.state.bookings());
    }
    if mending.offer_to_all() {
        found.push(mending.state.bookings());
    }
    found
}

/// A repair on its way.
struct Mending<'t> {
    state: State<'t>,
    calls: &'t Calls,
    chance: Chance,
    /// The sessions that may change, as they were.
    old: Vec<Booked>,
    /// Who has to be called anyway.
    called: HashSet<ParticipantIx>,
    /// The same among clinicians.
    told: HashSet<ClinicianIx>,
    /// Orders of which sessions were lost, and new ones.
    hurt: Vec<OrderIx>,
    /// Orders that no other session can make room for.
    hopeless: HashSet<OrderIx>,
}

impl<'t> Mending<'t> {
    /// What can stay stays; who is in anything else must be called.
    fn new(mut state: State<'t>, new: &[OrderIx], calls: &'t Calls, seed: u64) -> Self {
        let instance = state.t.instance;
        let old: Vec<Booked> = instance.previous.iter().filter(|p| !p.kept()).map(|p| p.booked.clone()).collect();
        let mut served = vec![0; instance.orders.len()];
        state.adopt_exactly(&old);
        let (mut called, mut told) = (HashSet::new(), HashSet::new());
        for session in &old {
            let slot = state.slot_of(session);
            for &p in &session.participants {
                if let Some(o) = order_of(&state, session, p) {
                    served[o.i()] += 1;
                }
                let sits = state.seated.get(slot.i()).is_some_and(|people| people.contains(&p));
                if !sits {
                    called.insert(p);
                }
            }
            if state.placed.get(slot.i()).is_none_or(Option::is_none) {
                told.extend(session.clinicians.iter().copied());
            }
        }
        let lost = |o: OrderIx| served[o.i()] > 0 && called.contains(&instance.orders[o.i()].participant);
        let mut hurt: Vec<OrderIx> = OrderIx::all(instance.orders.len())
            .filter(|&o| state.missing(o) > 0 && (lost(o) || new.contains(&o)))
            .collect();
        hurt.sort_by_key(|o| std::cmp::Reverse(instance.orders[o.i()].unmet));
        Mending { state, calls, chance: Chance::new(seed, 0), old, called, told, hurt, hopeless: HashSet::new() }
    }

    /// Groups that lost a meeting: at the same hours with other clinicians or rooms, else at other hours, always with
    /// their own people only.
    fn groups(&mut self) {
        let lost = |state: &State, s: &&Booked| {
            let slot = state.slot_of(s);
            matches!(s.owner, Owner::Group(_)) && state.placed.get(slot.i()).is_some_and(Option::is_none)
        };
        let meetings: Vec<Booked> = self.old.iter().filter(|s| lost(&self.state, s)).cloned().collect();
        self.state.adopt(&meetings, &mut self.chance);
        self.note();
        let mut groups: Vec<GroupIx> = meetings
            .iter()
            .filter(|s| lost(&self.state, s))
            .filter_map(|s| if let Owner::Group(g) = s.owner { Some(g) } else { None })
            .collect();
        groups.sort_unstable();
        groups.dedup();
        for g in groups {
            let people: HashSet<ParticipantIx> = self
                .old
                .iter()
                .filter(|s| s.owner == Owner::Group(g))
                .flat_map(|s| s.participants.iter().copied())
                .collect();
            let (mark, before) = (self.state.mark(), self.state.cost);
            self.state.open_group(g, None, TRIES, Starts::Grid, Taste::EXACT, &mut self.chance);
            let slots: Vec<SlotIx> = self.state.free_meetings(g).collect();
            for &slot in &slots {
                let strangers: Vec<ParticipantIx> =
                    self.state.seated[slot.i()].iter().copied().filter(|p| !people.contains(p)).collect();
                strangers.into_iter().for_each(|p| self.state.unseat(slot, p));
            }
            for slot in slots {
                self.state.close_if_too_few(slot, g);
            }
            if self.state.cost > before {
                self.state.rollback_to(mark);
            }
            self.state.commit();
            self.note();
        }
    }

    /// Sessions that were lost: at the free place for which fewest people are told who are not told anyway.
    fn singles(&mut self) {
        for o in self.hurt.clone() {
            while let Some(way) = self.nearest(o) {
                if !self.state.take_way(o, &way) {
                    self.state.rollback();
                    break;
                }
                self.state.commit();
                self.note_way(&way);
            }
        }
    }

    /// The way to serve an order that touches fewest further people, then the cheapest; only one that pays.
    fn nearest(&self, o: OrderIx) -> Option<Way> {
        let ways = self.state.offers(o).into_iter().filter(|way| way.cost < 0);
        ways.min_by_key(|way| (self.further(way), way.cost, way.gained.first().map(|s| s.start)))
    }

    /// What the calls weigh to those whom a way touches and who are not touched yet.
    fn further(&self, way: &Way) -> u64 {
        let new_sessions = way.gained.iter().filter(|s| matches!(s.owner, Owner::Order(_))).chain(&way.moved);
        let staff: HashSet<ClinicianIx> = new_sessions.flat_map(|s| s.clinicians.iter().copied()).collect();
        let people: HashSet<ParticipantIx> = way.moved.iter().flat_map(|s| s.participants.iter().copied()).collect();
        let staff: u64 = staff.difference(&self.told).map(|c| self.calls.clinicians[c.i()]).sum();
        let people: u64 = people.difference(&self.called).map(|p| self.calls.participants[p.i()]).sum();
        staff + people
    }

    fn note_way(&mut self, way: &Way) {
        for s in way.gained.iter().filter(|s| matches!(s.owner, Owner::Order(_))).chain(&way.moved) {
            self.told.extend(s.clinicians.iter().copied());
        }
        self.called.extend(way.moved.iter().flat_map(|s| s.participants.iter().copied()));
    }

    /// Who is in a session that is not as it was is told anyway from now on.
    fn note(&mut self) {
        for session in &self.old {
            let slot = self.state.slot_of(session);
            let Some(Some(place)) = self.state.placed.get(slot.i()) else { continue };
            let mut team: Team = session.clinicians.iter().copied().collect();
            team.sort_unstable();
            if place.start != session.start || place.team != team || place.room != session.room {
                self.called.extend(self.state.seated[slot.i()].iter().copied());
                self.told.extend(place.team.iter().copied().chain(team));
            }
        }
    }

    /// One more of the lost sessions takes place because one other session moves; false where none can.
    fn displace(&mut self) -> bool {
        for o in self.hurt.clone() {
            if self.state.missing(o) == 0 || self.hopeless.contains(&o) {
                continue;
            }
            if self.state.t.joinable[o.i()].is_empty() {
                let ways = self.state.chains(o, &mut self.chance).into_iter().filter(|way| way.cost < 0);
                let mut ways: Vec<Way> = ways.collect();
                ways.sort_by_key(|way| (self.further(way), way.cost));
                if let Some(way) = ways.into_iter().find(|way| self.take_chain(o, way)) {
                    self.state.commit();
                    self.note_way(&way);
                    return true;
                }
            }
            self.hopeless.insert(o);
        }
        false
    }

    /// Moves what a way moves, and takes what it gains.
    fn take_chain(&mut self, o: OrderIx, way: &Way) -> bool {
        let before = self.state.cost;
        let slots: Vec<SlotIx> = way.moved.iter().map(|s| self.state.slot_of(s)).collect();
        slots.iter().for_each(|&slot| self.state.remove_session(slot));
        let mut done = self.state.take_way(o, way);
        for (session, &slot) in way.moved.iter().zip(&slots) {
            let Some(site) = session.site else { continue };
            let mut team: Team = session.clinicians.iter().copied().collect();
            team.sort_unstable();
            let (start, modality, room) = (session.start, session.modality, session.room);
            self.state.book(slot, Place { start, modality, site, room, team });
            session.participants.iter().for_each(|&p| self.state.seat(slot, p));
        }
        done &= self.state.cost < before;
        if !done {
            self.state.rollback();
        }
        done
    }

    /// Everybody who waits for a session is offered what there is; whether anybody takes it.
    fn offer_to_all(&mut self) -> bool {
        let before = self.state.cost;
        self.state.fill_up(&mut self.chance);
        self.state.cost < before
    }
}

/// The order that a participant's seat in a session serves.
fn order_of(state: &State, session: &Booked, p: ParticipantIx) -> Option<OrderIx> {
    match session.owner {
        Owner::Order(o) => Some(o),
        Owner::Group(g) => state.t.group_order(p, state.t.instance.groups[g.i()].service),
        Owner::Gone => None,
    }
}
