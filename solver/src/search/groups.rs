//! Groups: who joins which, opening a group with starts, clinicians, rooms and a roster, and closing it.

use smallvec::SmallVec;

use super::{
    individuals::Taste,
    person::Seat,
    planner::{Meetings, Planner},
    random::Chance,
    state::{Place, State},
    switches::Kind,
    tables::SlotIx,
};
use crate::instance::{GroupIx, OrderIx, ParticipantIx, RoomIx};

/// Share of the groups of sites that are not worked on that somebody looks at who lacks a place.
const FAR: f64 = 0.5;

/// How starts of a group are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// Any start of the grid.
    Grid,
    /// Starts a whole number of meetings (with documentation) after the first: clinicians lose no time between them.
    Lattice,
}

impl State<'_> {
    /// Most participants of a booked meeting: the group's, and the room's.
    pub fn seats_of(&self, g: GroupIx, room: Option<RoomIx>) -> usize {
        let max = self.t.instance.groups[g.i()].max;
        room.map_or(max, |r| max.min(self.t.instance.rooms[r.i()].capacity as usize))
    }

    /// Whether a participant may sit with those in a booked slot, and with its clinicians.
    fn fits_in(&self, slot: SlotIx, g: GroupIx, p: ParticipantIx) -> bool {
        let Some(place) = &self.placed[slot.i()] else { return false };
        let seated = &self.seated[slot.i()];
        seated.len() < self.seats_of(g, place.room)
            && !seated.contains(&p)
            && seated.iter().all(|q| !self.t.apart(p, *q))
            && place.team.iter().all(|c| self.t.may_meet(*c, p, place.modality))
    }

    /// What it costs a participant to sit in all of these booked meetings (none: it can't be); the order is theirs.
    pub fn join_cost(&self, g: GroupIx, o: OrderIx, position: usize, meetings: &[SlotIx]) -> Option<i64> {
        let p = self.t.instance.orders[o.i()].participant;
        let places = &self.t.places.groups[g.i()];
        let fits = &places.eligible[position].starts;
        let data = &self.t.instance.participants[p.i()];
        let order = &self.t.instance.orders[o.i()];
        if meetings.len() > self.missing(o) {
            return None;
        }
        let person = &self.people[p.i()];
        let mut tally = person.tally;
        let mut taken: SmallVec<[Seat; 4]> = SmallVec::new();
        let mut cost = 0;
        for &slot in meetings {
            let place = self.placed[slot.i()].as_ref()?;
            let k = self.t.places.grids[places.grid].position(place.start)?;
            if !fits.has(k) || !self.fits_in(slot, g, p) {
                return None;
            }
            let mut seat = self.seat_for(p, slot, Some(o), place.start, place.modality, place.site);
            // Later meetings are judged with the earlier ones in the week.
            let clash = |s: &Seat| s.clashes(&seat, data.commute, order.one_per_day);
            if !tally.allows(&seat, &data.plan) || person.seats.iter().any(clash) || taken.iter().any(clash) {
                return None;
            }
            if self.misses_preferred(o, &place.team) {
                seat.own_cost += self.t.costs.not_preferred;
            }
            cost += tally.cost_of(&seat, &data.plan, &self.t.costs) + seat.own_cost - order.unmet;
            if self.was_member(slot, p) {
                cost -= self.t.costs.dropped;
            }
            if meetings.len() > 1 {
                tally.add(&seat);
                taken.push(seat);
            }
        }
        Some(cost + self.switch_cost_of(p, o, Kind::Group(g)))
    }

    fn was_member(&self, slot: SlotIx, p: ParticipantIx) -> bool {
        let data = &self.t.slots[slot.i()];
        !data.kept && data.previous.is_some_and(|k| self.t.instance.previous[k].booked.participants.contains(&p))
    }

    /// Booked meetings of a group that somebody could still join: all free ones of a closed group, each by itself of an
    /// open one (pinned ones too).
    pub(super) fn joinable_meetings(&self, g: GroupIx) -> SmallVec<[SlotIx; 8]> {
        let closed = self.t.instance.groups[g.i()].closed;
        let frozen = |s: SlotIx| {
            let previous = self.t.slots[s.i()].previous;
            previous.is_some_and(|k| self.t.instance.previous[k].frozen)
        };
        self.t
            .meetings(g)
            .filter(|&s| self.placed[s.i()].is_some() && !(if closed { self.t.slots[s.i()].kept } else { frozen(s) }))
            .collect()
    }

    /// Gives a participant as many sessions of a group order as bring more than they cost.
    pub fn join_groups(&mut self, o: OrderIx, taste: Taste, chance: &mut Chance) {
        let p = self.t.instance.orders[o.i()].participant;
        let home = self.t.instance.participants[p.i()].home;
        while self.missing(o) > 0 {
            let mut best: Option<(i64, SmallVec<[SlotIx; 8]>)> = None;
            for &(g, position) in &self.t.joinable[o.i()] {
                let group = &self.t.instance.groups[g.i()];
                if self.held[g.i()] == 0 || (taste.blink > 0.0 && chance.chance(taste.blink)) {
                    continue;
                }
                // Of groups by telehealth elsewhere, which may be many, some.
                let near = group.site == home || self.group_in_focus(g);
                if !self.reaches_group(g) || (!near && !chance.chance(FAR)) {
                    continue;
                }
                let meetings = self.joinable_meetings(g);
                if meetings.is_empty() || (group.closed && group.begun && !self.t.begun_roster[g.i()].contains(&p)) {
                    continue;
                }
                let mut offer = |meetings: &[SlotIx], chance: &mut Chance| {
                    let Some(cost) = self.join_cost(g, o, position, meetings).filter(|c| *c < 0) else { return };
                    // One more session brings less than several do: compare by session.
                    let seen = cost / meetings.len() as i64 + chance.below(taste.noise + 1) as i64;
                    if best.as_ref().is_none_or(|b| seen < b.0) {
                        best = Some((seen, meetings.into()));
                    }
                };
                if group.closed {
                    offer(&meetings, chance);
                } else {
                    meetings.iter().for_each(|&m| offer(&[m], chance));
                }
            }
            let Some((_, meetings)) = best else { return };
            for slot in meetings {
                self.seat(slot, p);
            }
        }
    }

    /// Whether somebody just taken out of a meeting may come back to it where it is now.
    pub fn can_return(&self, g: GroupIx, slot: SlotIx, p: ParticipantIx) -> bool {
        let eligible = &self.t.places.groups[g.i()].eligible;
        self.t.position(g, p).is_some_and(|k| self.join_cost(g, eligible[k].order, k, &[slot]).is_some())
    }

    /// Seats somebody where that is no loss.
    pub fn seat_if_better(&mut self, slot: SlotIx, p: ParticipantIx) -> bool {
        let (mark, before) = (self.mark(), self.cost);
        self.seat(slot, p);
        if self.cost > before {
            self.rollback_to(mark);
            return false;
        }
        true
    }

    /// Whether somebody may be taken out of a meeting: it is not kept, they are no member, and it is within reach.
    pub fn may_leave(&self, slot: SlotIx, g: GroupIx, p: ParticipantIx) -> bool {
        !self.t.slots[slot.i()].kept && self.reaches_group(g) && !self.t.instance.groups[g.i()].members.contains(&p)
    }

    /// Takes everybody and every booking out of a group's free meetings.
    pub fn close_group(&mut self, g: GroupIx) {
        let slots: SmallVec<[SlotIx; 8]> = self.free_meetings(g).collect();
        for slot in slots {
            self.remove_session(slot);
        }
    }

    /// Closes a held group, or a meeting of an open one, that has fewer participants than its minimum.
    pub fn close_if_too_few(&mut self, slot: SlotIx, g: GroupIx) -> bool {
        let group = &self.t.instance.groups[g.i()];
        let least = if group.begun { 1 } else { group.min.max(1) };
        if self.placed[slot.i()].is_none() || self.t.slots[slot.i()].kept || self.seated[slot.i()].len() >= least {
            return false;
        }
        if group.closed {
            self.close_group(g)
        } else {
            self.remove_session(slot)
        }
        true
    }

    /// Opens a group that meets not at all, or adds meetings to an open one, where that brings more than it costs.
    /// Tries some plans and keeps the best; true where something was opened. With `host` only at times at which that
    /// participant can come, who gets the first seat.
    pub fn open_group(
        &mut self,
        g: GroupIx,
        host: Option<ParticipantIx>,
        tries: usize,
        starts: Starts,
        taste: Taste,
        chance: &mut Chance,
    ) -> bool {
        let group = &self.t.instance.groups[g.i()];
        let free: SmallVec<[SlotIx; 8]> =
            self.t.meetings(g).filter(|s| self.placed[s.i()].is_none() && !self.t.slots[s.i()].kept).collect();
        if free.is_empty() || (group.closed && self.free_meetings(g).next().is_some()) {
            return false;
        }
        if !group.closed {
            let mut opened = false;
            for _ in 0..free.len() {
                if !self.open_meetings(g, host, 1, tries, starts, taste, chance) {
                    break;
                }
                opened = true;
            }
            return opened;
        }
        if group.begun {
            // What has begun may go on with fewer meetings.
            return (1..=free.len()).rev().any(|n| self.open_meetings(g, host, n, tries, starts, taste, chance));
        }
        self.open_meetings(g, host, free.len(), tries, starts, taste, chance)
    }

    #[allow(clippy::too_many_arguments)]
    fn open_meetings(
        &mut self,
        g: GroupIx,
        host: Option<ParticipantIx>,
        count: usize,
        tries: usize,
        starts: Starts,
        taste: Taste,
        chance: &mut Chance,
    ) -> bool {
        let Some(planner) = Planner::new(self, g, count, starts, chance) else { return false };
        let mut best: Option<(f64, Meetings)> = None;
        for _ in 0..tries {
            if let Some((value, meetings)) = planner.draw(self, host, chance)
                && best.as_ref().is_none_or(|b| value > b.0)
            {
                best = Some((value, meetings));
            }
        }
        let Some((_, meetings)) = best else { return false };
        let mark = self.mark();
        let before = self.cost;
        let slots: SmallVec<[SlotIx; 8]> = meetings.iter().map(|m| m.0).collect();
        for (slot, place) in meetings {
            // Each start was looked at by itself; together they may be too much for a clinician's week.
            if !self.still_can(g, &place) {
                self.rollback_to(mark);
                return false;
            }
            self.book(slot, place);
        }
        if self.fill(g, host, &slots, taste, chance) && self.cost < before {
            self.settle_rooms(g, &slots);
            return true;
        }
        self.rollback_to(mark);
        false
    }

    /// Whether clinicians and room of a planned meeting are still free, and within their limits.
    pub fn still_can(&self, g: GroupIx, place: &Place) -> bool {
        let service = self.t.instance.groups[g.i()].service;
        let (span, _) = self.span(service, place.start);
        place.room.is_none_or(|r| self.room_can(r, span))
            && place.team.iter().all(|c| self.clinician_can(*c, service, place.start, place.modality, place.site))
    }

    /// Seats members, then those for whom it brings most, in freshly booked meetings; false where they stay too few.
    fn fill(
        &mut self,
        g: GroupIx,
        host: Option<ParticipantIx>,
        slots: &[SlotIx],
        taste: Taste,
        chance: &mut Chance,
    ) -> bool {
        let group = &self.t.instance.groups[g.i()];
        let eligible = &self.t.places.groups[g.i()].eligible;
        if !self.seat_members(g, slots) {
            return false;
        }
        if let Some(p) = host.filter(|p| !group.members.contains(p))
            && !self.seat_in_all(g, slots, p)
        {
            return false;
        }
        let spread = if chance.chance(0.5) { chance.below(4000) as i64 } else { 0 };
        let mut wanting: Vec<(i64, usize)> = Vec::new();
        for (k, e) in eligible.iter().enumerate() {
            if !self.in_focus(e.participant)
                || group.members.contains(&e.participant)
                || host == Some(e.participant)
                || (group.closed && group.begun && !self.t.begun_roster[g.i()].contains(&e.participant))
            {
                continue;
            }
            if let Some(cost) = self.join_cost(g, e.order, k, slots).filter(|c| *c < 0) {
                let choices = self.t.joinable[e.order.i()].len() as i64;
                wanting.push((cost + choices * spread + chance.below(taste.noise + 200) as i64, k));
            }
        }
        wanting.sort_unstable();
        for (_, k) in wanting {
            let e = &eligible[k];
            if self.join_cost(g, e.order, k, slots).is_some_and(|c| c < 0) {
                slots.iter().for_each(|s| self.seat(*s, e.participant));
            }
        }
        let least = if group.begun { 1 } else { group.min.max(1) };
        slots.iter().all(|s| self.seated[s.i()].len() >= least)
    }

    /// Seats a group's fixed members in all of its freshly booked meetings; false where somebody can't come.
    pub fn seat_members(&mut self, g: GroupIx, slots: &[SlotIx]) -> bool {
        self.t.instance.groups[g.i()].members.iter().all(|m| self.seat_in_all(g, slots, *m))
    }

    fn seat_in_all(&mut self, g: GroupIx, slots: &[SlotIx], p: ParticipantIx) -> bool {
        let eligible = &self.t.places.groups[g.i()].eligible;
        let Some(k) = self.t.position(g, p) else { return false };
        if self.join_cost(g, eligible[k].order, k, slots).is_none() {
            return false;
        }
        slots.iter().for_each(|s| self.seat(*s, p));
        true
    }

    /// Moves freshly filled meetings into the smallest rooms that hold them.
    fn settle_rooms(&mut self, g: GroupIx, slots: &[SlotIx]) {
        let places = &self.t.places.groups[g.i()];
        let grid = &self.t.places.grids[places.grid].starts;
        for &slot in slots {
            let Some(place) = self.placed[slot.i()].clone() else { continue };
            let (Some(now), Ok(k)) = (place.room, grid.binary_search(&place.start)) else { continue };
            let people = self.seated[slot.i()].len();
            let capacity = |r: RoomIx| self.t.instance.rooms[r.i()].capacity as usize;
            let (span, _) = self.span(self.service(slot), place.start);
            let smaller = places.rooms.iter().find(|(r, m)| {
                capacity(*r) >= people
                    && capacity(*r) < capacity(now)
                    && capacity(*r) >= self.t.instance.groups[g.i()].max.min(people + 2)
                    && self.t.places.masks[*m].has(k)
                    && self.room_can(*r, span)
            });
            if let Some(&(room, _)) = smaller {
                self.rehouse(slot, room);
            }
        }
    }
}
