//! All free places of one order in a calendar, each with what it adds to the cost; and those that become free where one
//! other session moves. What the recommendations and remedies ask.

use std::{ops::ControlFlow, sync::Arc};

use smallvec::smallvec;

use super::{
    Stop,
    groups::Starts,
    individuals::{Offer, Taste},
    random::Chance,
    state::{Place, State},
    switches::Kind,
    tables::{SlotIx, Tables},
};
use crate::{
    instance::{Booked, ClinicianIx, GroupIx, Instance, OrderIx, Placements, Span},
    rules,
};

/// A way to give an order one more session: the calendar after it, and what it adds to the cost.
#[derive(Debug, Clone)]
pub struct Way {
    /// What it adds to the cost, as the search adds it up; usually negative.
    pub cost: i64,
    /// Sessions of the order that are new, or that its participant joins.
    pub gained: Vec<Booked>,
    /// Other sessions that move, as they are afterwards.
    pub moved: Vec<Booked>,
}

/// At most `top` ways to give an order one more session: those that move nothing, cheapest first; where these are fewer, and
/// `chains`, those that move one other session; where these are fewer still, those that move two. What each costs is what
/// `judge` says of it; a way of which it says nothing is none.
pub fn ways(
    instance: &Arc<Instance>,
    sessions: &[Booked],
    order: OrderIx,
    top: usize,
    chains: bool,
    judge: impl Fn(&Way) -> Option<i64>,
) -> Vec<Way> {
    let (places, stop) = (Placements::new(instance), Stop::default());
    let tables = Tables::new(instance, &places, &stop);
    let mut chance = Chance::new(1, 0);
    let mut state = State::new(&tables);
    state.adopt(sessions, &mut chance);
    let judged = |mut ways: Vec<Way>, most: usize| -> Vec<Way> {
        ways.sort_by_key(|way| way.cost);
        ways.into_iter().filter_map(|way| Some(Way { cost: judge(&way)?, ..way })).take(most).collect()
    };
    let mut found = judged(state.offers(order), top);
    if chains && state.missing(order) > 0 && found.len() < top {
        found.extend(judged(state.chains(order, &mut chance), top - found.len()));
        let few = top - found.len();
        if few > 0 {
            found.extend(judged(state.long_chains(order, few, &mut chance), few));
        }
    }
    found
}

/// A calendar at hand, to be asked for places of many orders; nothing stays placed.
pub struct Board<'t> {
    pub(super) state: State<'t>,
    pub(super) chance: Chance,
}

impl Board<'_> {
    /// Lays a calendar out, as far as it breaks no rule, and has it asked.
    pub fn with<R>(instance: &Arc<Instance>, sessions: &[Booked], ask: impl FnOnce(&mut Board<'_>) -> R) -> R {
        let (places, stop) = (Placements::new(instance), Stop::default());
        let tables = Tables::new(instance, &places, &stop);
        let mut board = Board { state: State::new(&tables), chance: Chance::new(1, 0) };
        board.state.adopt(sessions, &mut board.chance);
        ask(&mut board)
    }

    /// Ways that move nothing, cheapest first: free places, seats in what is held, and meetings that could be held.
    pub fn direct(&mut self, order: OrderIx) -> Vec<Way> {
        let mut ways = self.state.offers(order);
        if self.state.missing(order) > 0 {
            ways.extend(self.state.convened(order, &mut self.chance));
        }
        ways.sort_by_key(|way| way.cost);
        ways
    }

    /// Ways that move nothing, and ways that move one other session, cheapest first.
    pub fn displacing(&mut self, order: OrderIx) -> Vec<Way> {
        let mut ways = self.direct(order);
        if self.state.missing(order) > 0 {
            ways.extend(self.state.chains(order, &mut self.chance));
        }
        ways.sort_by_key(|way| way.cost);
        ways
    }

    /// Ways that move other single sessions of the same participant, cheapest first.
    pub fn rearranging(&mut self, order: OrderIx) -> Vec<Way> {
        let mut ways = self.state.rearranged(order, &mut self.chance);
        ways.sort_by_key(|way| way.cost);
        ways
    }
}

impl State<'_> {
    /// Every free place of one more session of an order.
    pub(super) fn offers(&self, o: OrderIx) -> Vec<Way> {
        let data = &self.t.instance.orders[o.i()];
        if self.missing(o) == 0 {
            return Vec::new();
        }
        if self.t.instance.services[data.service.i()].is_group {
            return self.seats(o);
        }
        let offers = self.free_places(o);
        offers.into_iter().map(|offer| self.way(o, offer)).collect()
    }

    fn way(&self, o: OrderIx, offer: Offer) -> Way {
        let people = vec![self.t.instance.orders[o.i()].participant];
        let session = self.booking(offer.slot, &offer.place, people);
        Way { cost: offer.cost, gained: session.into_iter().collect(), moved: Vec::new() }
    }

    /// Seats in held meetings: in each of an open group, in all of a closed one.
    pub(super) fn seats(&self, o: OrderIx) -> Vec<Way> {
        let p = self.t.instance.orders[o.i()].participant;
        let mut ways = Vec::new();
        for &(g, position) in &self.t.joinable[o.i()] {
            let group = &self.t.instance.groups[g.i()];
            let meetings = self.joinable_meetings(g);
            if meetings.is_empty() || (group.closed && group.begun && !self.t.begun_roster[g.i()].contains(&p)) {
                continue;
            }
            let together: Vec<Vec<SlotIx>> = match group.closed {
                true => vec![meetings.to_vec()],
                false => meetings.iter().map(|&m| vec![m]).collect(),
            };
            for slots in together {
                let Some(cost) = self.join_cost(g, o, position, &slots) else { continue };
                let joined = slots.iter().filter_map(|&slot| {
                    let people = self.seated[slot.i()].iter().copied().chain([p]).collect();
                    self.booking(slot, self.placed[slot.i()].as_ref()?, people)
                });
                ways.push(Way { cost, gained: joined.collect(), moved: Vec::new() });
            }
        }
        ways
    }

    /// Meetings that are not held and could be, with the participant and whoever else they serve.
    pub(super) fn convened(&mut self, o: OrderIx, chance: &mut Chance) -> Vec<Way> {
        let p = self.t.instance.orders[o.i()].participant;
        let mut ways = Vec::new();
        for (g, _) in self.t.joinable[o.i()].clone() {
            let (mark, before) = (self.mark(), self.cost);
            if self.open_group(g, Some(p), OPENED, Starts::Grid, Taste::EXACT, chance) {
                let mut changed: Vec<SlotIx> = self.touched().skip(mark).map(|x| x.0).collect();
                changed.sort_unstable();
                changed.dedup();
                let booked = |&slot: &SlotIx| {
                    let place = self.placed[slot.i()].as_ref()?;
                    self.booking(slot, place, self.seated[slot.i()].clone())
                };
                let gained: Vec<Booked> = changed.iter().filter_map(booked).collect();
                if gained.iter().any(|s| s.participants.contains(&p)) {
                    ways.push(Way { cost: self.cost - before, gained, moved: Vec::new() });
                }
            }
            self.rollback_to(mark);
        }
        ways
    }

    /// Every start, room and clinician that nothing forbids; of a team the best there is.
    fn free_places(&self, o: OrderIx) -> Vec<Offer> {
        let slots = self.open_slots(o);
        let Some(&first) = slots.first() else { return Vec::new() };
        let data = &self.t.instance.orders[o.i()];
        let p = data.participant;
        let wanted = self.t.instance.services[data.service.i()].clinicians;
        let worth = self.worth_of_next(o);
        let mut chance = Chance::new(1, 0);
        let mut offers = Vec::new();
        for option in &self.t.places.orders[o.i()] {
            let grid = &self.t.places.grids[option.grid].starts;
            for k in option.starts.iter() {
                let start = grid[k];
                let seat = self.seat_for(p, first, Some(o), start, option.modality, option.site);
                if !self.person_can(p, &seat) {
                    continue;
                }
                let span = Span::new(start, seat.end);
                let Some(room) = self.free_room(option.modality, &option.rooms, k, span, |_| true) else { continue };
                let plan = &self.t.instance.participants[p.i()].plan;
                let base = self.people[p.i()].tally.cost_of(&seat, plan, &self.t.costs) + seat.own_cost - worth;
                let mut offer = |team: super::state::Team| {
                    let mut cost = base + self.switch_cost_of(p, o, Kind::Team(team.clone()));
                    if self.misses_preferred(o, &team) {
                        cost += self.t.costs.not_preferred;
                    }
                    let (slot, change) = self.best_slot(&slots, p, start, room, &team);
                    let place = Place { start, modality: option.modality, site: option.site, room, team };
                    offers.push(Offer { cost: cost + change, slot, place });
                };
                if wanted == 1 {
                    let able =
                        |c: ClinicianIx| self.clinician_can(c, data.service, start, option.modality, option.site);
                    let free =
                        option.clinicians.iter().filter(|(c, mask)| self.t.places.masks[*mask].has(k) && able(*c));
                    free.for_each(|&(c, _)| offer(smallvec![c]));
                } else {
                    self.each_team(o, option, k, start, wanted, &mut chance, |team, _| {
                        offer(team);
                        ControlFlow::Continue(())
                    });
                }
            }
        }
        offers
    }

    /// Places that become free where one other single session moves: each with the best new place of that session.
    pub(super) fn chains(&mut self, o: OrderIx, chance: &mut Chance) -> Vec<Way> {
        let direct: Vec<_> = self.offers(o).iter().filter_map(|w| w.gained.first().map(key)).collect();
        let mut ways = Vec::new();
        let slots: Vec<SlotIx> = (0..self.placed.len() as u32).map(SlotIx).collect();
        for slot in slots {
            let Some(other) = self.loose_order(slot).filter(|&other| other != o) else { continue };
            if !self.in_the_way(o, slot) {
                continue;
            }
            let before = self.cost;
            let mark = self.mark();
            self.remove_session(slot);
            let mut freed = self.offers(o);
            freed.retain(|w| w.gained.first().is_some_and(|g| !direct.contains(&key(g))));
            freed.sort_by_key(|w| w.cost);
            for way in freed.into_iter().take(CHAINED) {
                let inner = self.mark();
                if self.take_way(o, &way)
                    && let Some(offer) = self.best_session(other, Taste::EXACT, chance, |_, _| true)
                {
                    // It keeps its id.
                    let offer = Offer { slot, ..offer };
                    let people = vec![self.t.instance.orders[other.i()].participant];
                    let moved = self.booking(slot, &offer.place, people);
                    self.take(other, offer);
                    ways.push(Way { cost: self.cost - before, gained: way.gained, moved: moved.into_iter().collect() });
                }
                self.rollback_to(inner);
            }
            self.rollback_to(mark);
        }
        ways
    }

    /// Whether a single session uses what a session of the order could use: its participant, or one of its clinicians or
    /// rooms.
    pub(super) fn in_the_way(&self, o: OrderIx, slot: SlotIx) -> bool {
        let Some(place) = &self.placed[slot.i()] else { return false };
        let p = self.t.instance.orders[o.i()].participant;
        let of = |options: &crate::instance::OrderOption| {
            options.clinicians.iter().any(|c| place.team.contains(&c.0))
                || options.rooms.iter().any(|r| place.room == Some(r.0))
        };
        self.seated[slot.i()].contains(&p) || self.t.places.orders[o.i()].iter().any(of)
    }

    /// Books or joins what a way gains; false where its slot is taken.
    pub(super) fn take_way(&mut self, o: OrderIx, way: &Way) -> bool {
        let p = self.t.instance.orders[o.i()].participant;
        for session in &way.gained {
            let slot = self.slot_of(session);
            let Some(site) = session.site.filter(|_| slot != SlotIx::NONE) else { return false };
            if self.placed[slot.i()].is_none() {
                let mut team: super::state::Team = session.clinicians.iter().copied().collect();
                team.sort_unstable();
                let (start, modality, room) = (session.start, session.modality, session.room);
                self.book(slot, Place { start, modality, site, room, team });
            }
            self.seat(slot, p);
        }
        true
    }

    /// A slot as a booking, at this place with these people.
    pub(super) fn booking(
        &self,
        slot: SlotIx,
        place: &Place,
        mut people: Vec<crate::instance::ParticipantIx>,
    ) -> Option<Booked> {
        use crate::instance::Owner;
        let (instance, data) = (self.t.instance, self.t.slots.get(slot.i())?);
        let service = self.t.service(slot);
        let owner = match data.owner {
            Owner::Group(g) => rules::names::group(instance, g),
            Owner::Order(o) => rules::names::order(instance, o),
            Owner::Gone => return None,
        };
        people.sort_unstable();
        Some(Booked {
            id: format!("{owner}/{}", data.number),
            owner: data.owner,
            number: Some(data.number),
            service: Some(service),
            modality: place.modality,
            site: Some(place.site),
            room: place.room,
            clinicians: place.team.to_vec(),
            participants: people,
            start: place.start,
            end: place.start + instance.services[service.i()].minutes,
            unknown: Vec::new(),
        })
    }
}

/// Plans drawn for a group that is not held.
const OPENED: usize = 12;

/// Places tried for each session that might move.
pub(super) const CHAINED: usize = 4;

/// What tells places apart.
pub(super) fn key(session: &Booked) -> (String, i32, Vec<ClinicianIx>) {
    // The meetings of a group by id; a single session may have any free number.
    let group = |g: GroupIx| format!("{}/{}", g.i(), session.id);
    let id = match session.owner {
        crate::instance::Owner::Group(g) => group(g),
        _ => String::new(),
    };
    (id, session.start, session.clinicians.clone())
}
