//! Groups: who joins which, opening a group with starts, clinicians, rooms and a roster, and closing it.

use smallvec::SmallVec;

use super::{
    individuals::Taste,
    own_cost::OwnCost,
    person::{Seat, day_slot},
    random::Chance,
    state::{Kind, Place, State, Team},
    tables::SlotIx,
};
use crate::{
    instance::{Bits, ClinicianIx, GroupIx, MaskIx, Minute, OrderIx, Owner, ParticipantIx, RoomIx, Span},
    problem::Modality,
};

/// Meetings that a group could hold: slot and place of each.
type Meetings = SmallVec<[(SlotIx, Place); 4]>;

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
        let group = &self.t.instance.groups[g.i()];
        let service = &self.t.instance.services[group.service.i()];
        let counts = self.t.instance.counts(p, group.service, group.modality);
        if meetings.len() > self.missing(o) {
            return None;
        }
        let zone = &self.t.instance.zones[data.zone];
        let person = &self.people[p.i()];
        let own = OwnCost::new(self.t, p, Owner::Group(g), group.modality, group.site);
        let mut tally = person.tally;
        let mut taken: SmallVec<[Seat; 4]> = SmallVec::new();
        let mut cost = 0;
        for &slot in meetings {
            let place = self.placed[slot.i()].as_ref()?;
            let k = self.t.places.grids[places.grid].position(place.start)?;
            if !fits.has(k) || !self.fits_in(slot, g, p) {
                return None;
            }
            let end = place.start + service.minutes;
            let mut seat = Seat {
                start: place.start,
                end,
                slot,
                order: Some(o),
                day: day_slot(zone.day(place.start)),
                telehealth: place.modality == Modality::Telehealth,
                site: place.site,
                dose: if counts { service.minutes } else { 0 },
                own_cost: own.at(place.start, end),
                missed: false,
                fact: false,
            };
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
        while self.missing(o) > 0 {
            let mut best: Option<(i64, SmallVec<[SlotIx; 8]>)> = None;
            for &(g, position) in &self.t.joinable[o.i()] {
                let group = &self.t.instance.groups[g.i()];
                if self.held[g.i()] == 0 || (taste.blink > 0.0 && chance.chance(taste.blink)) {
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
        let position = eligible.iter().position(|e| e.participant == p);
        position.is_some_and(|k| self.join_cost(g, eligible[k].order, k, &[slot]).is_some())
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

    /// Whether somebody may be taken out of a meeting: it is not kept, and they are no member.
    pub fn may_leave(&self, slot: SlotIx, g: GroupIx, p: ParticipantIx) -> bool {
        !self.t.slots[slot.i()].kept && !self.t.instance.groups[g.i()].members.contains(&p)
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
        let Some(planner) = Planner::new(self, g, count, starts) else { return false };
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
    fn still_can(&self, g: GroupIx, place: &Place) -> bool {
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
            if group.members.contains(&e.participant)
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
        let Some(k) = eligible.iter().position(|e| e.participant == p) else { return false };
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
                let people = self.seated[slot.i()].clone();
                self.remove_session(slot);
                self.book(slot, Place { room: Some(room), ..place });
                people.into_iter().for_each(|p| self.seat(slot, p));
            }
        }
    }
}

/// What is known while one group is planned: who could come to each start, who could lead it there.
struct Planner {
    g: GroupIx,
    /// Free slots to fill.
    slots: SmallVec<[SlotIx; 8]>,
    /// How many meetings.
    count: usize,
    /// Starts with some clinician, a room and enough people.
    starts: Vec<Candidate>,
    /// Worth of one more session of each eligible participant.
    worth: Vec<f64>,
    /// Clinicians who lead all meetings, where these must be the same; else empty.
    leads: Vec<ClinicianIx>,
    /// Most participants.
    seats: usize,
    /// Local days on which the group meets already.
    days: SmallVec<[i32; 8]>,
}

struct Candidate {
    /// Position in the grid.
    k: usize,
    start: Minute,
    day: i32,
    /// Eligible participants who have the time.
    people: Bits,
    /// Clinicians who have the time.
    able: SmallVec<[ClinicianIx; 8]>,
    room: Option<RoomIx>,
}

impl Planner {
    fn new(state: &State<'_>, g: GroupIx, count: usize, starts: Starts) -> Option<Self> {
        let t = state.t;
        let group = &t.instance.groups[g.i()];
        let places = &t.places.groups[g.i()];
        let service = &t.instance.services[group.service.i()];
        let grid = &t.places.grids[places.grid].starts;
        let need = if group.closed { count } else { 1 };
        let mut worth = vec![0.0; places.eligible.len()];
        let mut wanting: Vec<usize> = Vec::new();
        for (k, e) in places.eligible.iter().enumerate() {
            let member = group.members.contains(&e.participant);
            let may = !(group.closed && group.begun) || t.begun_roster[g.i()].contains(&e.participant);
            if (state.missing(e.order) >= need && may) || member {
                let scarce = 1.0 + 2.0 / t.joinable[e.order.i()].len().max(1) as f64;
                worth[k] = t.instance.orders[e.order.i()].unmet as f64 * scarce;
                wanting.push(k);
            }
        }
        let least = if group.begun { 1 } else { group.min.max(1) };
        if wanting.len() < least {
            return None;
        }
        let kept: SmallVec<[SlotIx; 8]> = t.meetings(g).filter(|s| state.placed[s.i()].is_some()).collect();
        let starts_of = |s: &SlotIx| state.placed[s.i()].as_ref().map(|p| p.start);
        let days = kept.iter().filter_map(starts_of).map(|m| t.instance.site_day(group.site, m)).collect();
        let slots: SmallVec<[SlotIx; 8]> =
            t.meetings(g).filter(|s| state.placed[s.i()].is_none() && !t.slots[s.i()].kept).collect();
        let first_slot = *slots.first()?;
        let step = (service.minutes + service.documentation).max(1);
        let offset = match (starts, places.starts.iter().next()) {
            (Starts::Lattice, Some(k)) => Some(t.instance.site_zone(group.site).clock(grid[k]).rem_euclid(step)),
            _ => None,
        };
        let seats = group
            .max
            .min(places.rooms.iter().map(|r| t.instance.rooms[r.0.i()].capacity as usize).max().unwrap_or(usize::MAX));
        let leads = team_fixed(state, g);
        let mut candidates = Vec::new();
        state.tick(places.starts.count() * 4 + wanting.len() * 4);
        let some_start = places.starts.iter().next().map(|k| grid[k])?;
        let open: Vec<(usize, Bits)> = wanting
            .iter()
            .map(|&e| {
                let eligible = &places.eligible[e];
                let p = eligible.participant;
                let like = state.seat_for(p, first_slot, Some(eligible.order), some_start, group.modality, group.site);
                (e, state.openings(p, &like, places.grid, &eligible.starts))
            })
            .collect();
        for k in places.starts.iter() {
            let start = grid[k];
            let zone = t.instance.site_zone(group.site);
            if offset.is_some_and(|o| zone.clock(start).rem_euclid(step) != o) {
                continue;
            }
            let day = zone.day(start);
            if days_has(&days, day) {
                continue;
            }
            let able: SmallVec<[ClinicianIx; 8]> = places
                .clinicians
                .iter()
                .filter(|(c, m)| {
                    t.places.masks[*m].has(k)
                        && leads.as_ref().is_none_or(|l| l.contains(c))
                        && state.clinician_can(*c, group.service, start, group.modality, group.site)
                })
                .map(|x| x.0)
                .collect();
            if able.len() < service.clinicians {
                continue;
            }
            let span = Span::new(start, start + service.minutes);
            let Some(room) = best_room(state, g, &places.rooms, k, span, group.modality, wanting.len()) else {
                continue;
            };
            let mut people = Bits::none(places.eligible.len());
            open.iter().filter(|x| x.1.has(k)).for_each(|x| people.insert(x.0));
            if people.count() >= least {
                candidates.push(Candidate { k, start, day, people, able, room });
            }
        }
        if candidates.len() < count {
            return None;
        }
        Some(Planner { g, slots, count, starts: candidates, worth, leads: leads.unwrap_or_default(), seats, days })
    }

    /// A plan drawn at random, better ones more often, and what it is worth.
    fn draw(&self, state: &State<'_>, host: Option<ParticipantIx>, chance: &mut Chance) -> Option<(f64, Meetings)> {
        let t = state.t;
        let group = &t.instance.groups[self.g.i()];
        let service = &t.instance.services[group.service.i()];
        let same = t.instance.problem.groups[self.g.i()].same_clinician && service.clinicians > 0;
        let team: Option<Team> = if same { Some(self.draw_leads(state, chance)?) } else { None };
        let may = |c: &Candidate| team.as_ref().is_none_or(|t| t.iter().all(|x| c.able.contains(x)));
        let n = self.worth.len();
        let mut people = Bits::of(n, |k| self.worth[k] > 0.0);
        // Starts that a member can't attend are of no use.
        let eligible = &t.places.groups[self.g.i()].eligible;
        let position = |m: &ParticipantIx| eligible.iter().position(|e| e.participant == *m);
        let must: Option<SmallVec<[usize; 16]>> = group.members.iter().chain(&host).map(position).collect();
        let must = must?;
        let mut used: SmallVec<[i32; 8]> = self.days.clone();
        let mut chosen: SmallVec<[usize; 4]> = SmallVec::new();
        let mut value = 0.0;
        for step in 0..self.count {
            let mut best: Option<(f64, usize)> = None;
            for (k, c) in self.starts.iter().enumerate() {
                if used.contains(&c.day) || !may(c) || must.iter().any(|m| !c.people.has(*m)) {
                    continue;
                }
                let left = people.both(&c.people);
                let count = left.count();
                if count < group.min.max(1) && !group.begun {
                    continue;
                }
                let sum: f64 = left.iter().map(|k| self.worth[k]).sum();
                let held = if count > self.seats { sum * self.seats as f64 / count as f64 } else { sum };
                let spread = if step == 0 { 0.5 } else { 0.15 };
                let snug = if self.is_snug(state, c, service.minutes + service.documentation) { 1.03 } else { 1.0 };
                let seen = held
                    * snug
                    * (1.0 + 0.02 * (count.min(2 * self.seats) as f64 / self.seats as f64))
                    * (1.0 - spread * chance.unit());
                if best.is_none_or(|b| seen > b.0) {
                    best = Some((seen, k));
                    value = held;
                }
            }
            let (_, k) = best?;
            used.push(self.starts[k].day);
            if group.closed {
                people.keep(&self.starts[k].people);
            }
            chosen.push(k);
        }
        chosen.sort_unstable();
        let mut meetings = Meetings::new();
        let mut slots: SmallVec<[SlotIx; 8]> = self.slots.clone();
        for k in chosen {
            let c = &self.starts[k];
            let team = match &team {
                Some(team) => team.clone(),
                None => draw_team(state, &c.able, service.clinicians, chance),
            };
            let at = slots
                .iter()
                .enumerate()
                .min_by_key(|(_, s)| state.change_cost(**s, c.start, c.room, &team) - returning(state, **s))
                .map(|x| x.0)?;
            let slot = slots.remove(at);
            debug_assert_eq!(t.places.grids[t.places.groups[self.g.i()].grid].starts[c.k], c.start);
            let place = Place { start: c.start, modality: group.modality, site: group.site, room: c.room, team };
            meetings.push((slot, place));
        }
        Some((value, meetings))
    }

    /// Whether a meeting there leaves no gap beside it: some clinician is busy right before or right after.
    fn is_snug(&self, state: &State<'_>, c: &Candidate, length: i32) -> bool {
        c.able.iter().any(|x| {
            let desk = &state.desks[x.i()];
            desk.sessions.iter().any(|(s, _)| s.end == c.start || s.start == c.start + length)
        })
    }

    fn draw_leads(&self, state: &State<'_>, chance: &mut Chance) -> Option<Team> {
        let group = &state.t.instance.groups[self.g.i()];
        let wanted = state.t.instance.services[group.service.i()].clinicians;
        if !self.leads.is_empty() {
            return Some(self.leads.iter().copied().collect());
        }
        let mut able: Vec<(f64, ClinicianIx)> = Vec::new();
        for &(c, _) in &state.t.places.groups[self.g.i()].clinicians {
            let mut days: SmallVec<[i32; 8]> = SmallVec::new();
            let mut sum = 0.0;
            for s in self.starts.iter().filter(|s| s.able.contains(&c)) {
                if !days.contains(&s.day) {
                    days.push(s.day);
                }
                sum += s.people.count() as f64;
            }
            if days.len() >= self.count {
                able.push((sum.sqrt() * chance.unit(), c));
            }
        }
        able.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut team: Team = able.iter().take(wanted).map(|x| x.1).collect();
        team.sort_unstable();
        (team.len() == wanted).then_some(team)
    }
}

fn days_has(days: &SmallVec<[i32; 8]>, day: i32) -> bool {
    days.contains(&day)
}

/// What is won where people of `previous` are kept: slots with a history go first.
fn returning(state: &State<'_>, slot: SlotIx) -> i64 {
    match state.t.slots[slot.i()].previous {
        Some(k) => state.t.costs.dropped * state.t.instance.previous[k].booked.participants.len() as i64,
        None => 0,
    }
}

/// The clinicians that a group with the same clinicians throughout must keep, because booked meetings have them.
fn team_fixed(state: &State<'_>, g: GroupIx) -> Option<Vec<ClinicianIx>> {
    if !state.t.instance.problem.groups[g.i()].same_clinician {
        return None;
    }
    let teams: Vec<&Team> = state.t.meetings(g).filter_map(|s| state.placed[s.i()].as_ref()).map(|p| &p.team).collect();
    let first = teams.first()?;
    // Facts that disagree among themselves bind nobody; a pinned team binds.
    let pinned = state.t.meetings(g).find(|s| {
        state.t.slots[s.i()].previous.is_some_and(|k| state.t.instance.previous[k].pinned)
            && state.placed[s.i()].is_some()
    });
    match pinned.and_then(|s| state.placed[s.i()].as_ref()) {
        Some(place) => Some(place.team.to_vec()),
        None if teams.iter().all(|t| t == first) => Some(first.to_vec()),
        None => None,
    }
}

fn draw_team(state: &State<'_>, able: &[ClinicianIx], wanted: usize, chance: &mut Chance) -> Team {
    let mut able: SmallVec<[(u32, ClinicianIx); 8]> = able
        .iter()
        .map(|c| {
            let v = state.t.versatility[c.i()];
            (if chance.chance(0.3) { chance.below(2 * v as usize + 1) as u32 } else { v + chance.below(4) as u32 }, *c)
        })
        .collect();
    able.sort_unstable();
    let mut team: Team = able.into_iter().take(wanted).map(|x| x.1).collect();
    team.sort_unstable();
    team
}

/// The room that holds most of those who want, the smallest of these; `Some(None)` for telehealth.
fn best_room(
    state: &State<'_>,
    g: GroupIx,
    rooms: &[(RoomIx, MaskIx)],
    k: usize,
    span: Span,
    modality: Modality,
    wanting: usize,
) -> Option<Option<RoomIx>> {
    if modality == Modality::Telehealth {
        return Some(None);
    }
    let enough = state.seats_of(g, None).min(wanting);
    rooms
        .iter()
        .filter(|(r, m)| state.t.places.masks[*m].has(k) && state.room_can(*r, span))
        .min_by_key(|(r, _)| {
            let capacity = state.t.instance.rooms[r.i()].capacity as usize;
            (enough.saturating_sub(capacity), capacity)
        })
        .map(|(r, _)| Some(*r))
}
