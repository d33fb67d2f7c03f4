//! A calendar in the making: four changes (book, unbook, seat, unseat), each kept cheap, each undone by its journal, with
//! the exact cost at hand after each.

use std::{cell::Cell, time::Instant as Moment};

use smallvec::SmallVec;

use super::{
    desk::{Desk, Timeline},
    person::{Person, Seat, Tally, day_slot},
    random::Chance,
    reach::Reach,
    tables::{SlotIx, Tables},
};
use crate::{
    instance::{Booked, ClinicianIx, GroupIx, Minute, OrderIx, Owner, ParticipantIx, RoomIx, ServiceIx, SiteIx, Span},
    problem::Modality,
};

/// The clinicians of a session.
pub type Team = SmallVec<[ClinicianIx; 2]>;

/// Where and when a session is, and who gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From.
    pub start: Minute,
    /// How.
    pub modality: Modality,
    /// Where it is booked.
    pub site: SiteIx,
    /// In which room.
    pub room: Option<RoomIx>,
    /// Who gives it, in rising order.
    pub team: Team,
}

/// A change, as the journal keeps it to undo it.
#[derive(Debug, Clone)]
enum Change {
    Booked(SlotIx),
    Unbooked(SlotIx, Place),
    Seated(SlotIx, ParticipantIx),
    Unseated(SlotIx, ParticipantIx),
}

/// A calendar in the making. Between changes of a move a meeting may be below its minimum; nothing else is ever broken.
#[derive(Debug, Clone)]
pub struct State<'t> {
    /// The static tables.
    pub t: &'t Tables<'t>,
    /// Where each slot is booked.
    pub placed: Vec<Option<Place>>,
    /// Who attends each slot.
    pub seated: Vec<Vec<ParticipantIx>>,
    /// The participants' weeks.
    pub people: Vec<Person>,
    /// The clinicians' weeks.
    pub desks: Vec<Desk>,
    /// The rooms' weeks.
    pub rooms: Vec<Timeline>,
    /// Sessions that serve each order, missed ones aside.
    pub served: Vec<usize>,
    /// Booked slots of each group, facts included.
    pub held: Vec<usize>,
    /// Cost of the whole.
    pub cost: i64,
    /// See [`super::reach`].
    pub reach: Reach,
    /// Orders with missing sessions by home site, in no order.
    unmet: Vec<Vec<OrderIx>>,
    /// Where each order stands in its list of `unmet`; `u32::MAX` where it does not.
    unmet_at: Vec<u32>,
    /// Places looked at so far: the measure of effort that does not depend on the clock.
    pub work: Cell<u64>,
    journal: Vec<Change>,
    /// How often each group had to push others out to meet.
    pub pushed: Vec<u32>,
    /// When a move that takes long has to end.
    pub deadline: Option<Moment>,
}

impl<'t> State<'t> {
    /// The week with nothing in it but what is frozen or pinned.
    pub fn new(t: &'t Tables<'t>) -> Self {
        let instance = t.instance;
        let mut state = State {
            t,
            placed: vec![None; t.slots.len()],
            seated: vec![Vec::new(); t.slots.len()],
            people: vec![Person::default(); instance.participants.len()],
            desks: instance.clinicians.iter().map(Desk::new).collect(),
            rooms: vec![Timeline::default(); instance.rooms.len()],
            served: vec![0; instance.orders.len()],
            held: vec![0; instance.groups.len()],
            cost: 0,
            reach: Reach::default(),
            unmet: vec![Vec::new(); instance.sites.len()],
            unmet_at: vec![u32::MAX; instance.orders.len()],
            work: Cell::new(0),
            journal: Vec::new(),
            pushed: vec![0; instance.groups.len()],
            deadline: None,
        };
        for p in ParticipantIx::all(instance.participants.len()) {
            let plan = &instance.participants[p.i()].plan;
            state.cost += Tally::week_cost(0, 0, plan, &t.costs);
        }
        state.cost +=
            instance.orders.iter().map(|o| o.unmet.saturating_mul(o.sessions as i64)).fold(0i64, i64::saturating_add);
        OrderIx::all(instance.orders.len()).for_each(|o| state.note_missing(o));
        for old in instance.previous.iter().filter(|p| !p.kept()) {
            state.cost += t.costs.dropped * old.booked.participants.len() as i64;
        }
        for old in instance.previous.iter().filter(|p| p.frozen) {
            state.add_fact(old);
        }
        state.settle_facts();
        for old in instance.previous.iter().filter(|p| p.pinned && !p.frozen) {
            state.add_pin(old);
        }
        state.journal.clear();
        state
    }

    /// The slot of a session of `previous`.
    pub fn slot_of(&self, booked: &Booked) -> SlotIx {
        let range = match booked.owner {
            Owner::Group(g) => self.t.group_slots[g.i()].clone(),
            Owner::Order(o) => self.t.order_slots[o.i()].clone(),
            Owner::Gone => return SlotIx::NONE,
        };
        match booked.number {
            Some(n) if n as usize <= range.len() => SlotIx(range.start + n - 1),
            _ => SlotIx::NONE,
        }
    }

    /// Whether an order asks for preferred clinicians and none of these is one.
    pub fn misses_preferred(&self, o: OrderIx, team: &[ClinicianIx]) -> bool {
        let prefer = &self.t.instance.orders[o.i()].prefer;
        let wanted = !self.t.instance.order_wire(o).prefer.is_empty();
        wanted && !team.iter().any(|c| prefer.contains(c))
    }

    /// The service of a slot.
    pub fn service(&self, slot: SlotIx) -> ServiceIx {
        self.t.service(slot)
    }

    /// The span of a session of a service from `start` on, and until when its clinicians are busy.
    pub fn span(&self, service: ServiceIx, start: Minute) -> (Span, Minute) {
        let s = &self.t.instance.services[service.i()];
        (Span::new(start, start + s.minutes), start + s.minutes + s.documentation)
    }

    /// Whether a clinician within reach can take one more session (H7, H16–H18), given that shifts and absences allow it.
    pub fn clinician_can(
        &self,
        c: ClinicianIx,
        service: ServiceIx,
        start: Minute,
        modality: Modality,
        site: SiteIx,
    ) -> bool {
        let (span, until) = self.span(service, start);
        let desk = &self.desks[c.i()];
        if !self.reaches_clinician(c) || !desk.timeline.is_free(Span::new(start, until)) {
            return false;
        }
        let instance = self.t.instance;
        let day = instance.clinician_day(c, start);
        let at = (modality == Modality::InPerson).then_some(site);
        desk.can_take(&instance.clinicians[c.i()], span, until, day, at, |a, b| instance.travel(a, b))
    }

    /// Whether a room is free (H7), given that it is open.
    pub fn room_can(&self, r: RoomIx, span: Span) -> bool {
        let turnover = self.t.instance.rooms[r.i()].turnover;
        self.rooms[r.i()].is_free(Span::new(span.start, span.end + turnover))
    }

    /// Books an empty slot. The caller has seen that the place is allowed.
    pub fn book(&mut self, slot: SlotIx, place: Place) {
        self.apply_book(slot, place);
        self.journal.push(Change::Booked(slot));
    }

    /// Empties a booked slot that nobody attends.
    pub fn unbook(&mut self, slot: SlotIx) {
        if let Some(place) = self.apply_unbook(slot) {
            self.journal.push(Change::Unbooked(slot, place));
        }
    }

    /// Gives a participant a seat in a booked slot. The caller has seen that it is allowed.
    pub fn seat(&mut self, slot: SlotIx, p: ParticipantIx) {
        self.apply_seat(slot, p);
        self.journal.push(Change::Seated(slot, p));
    }

    /// Takes a participant's seat away.
    pub fn unseat(&mut self, slot: SlotIx, p: ParticipantIx) {
        self.apply_unseat(slot, p);
        self.journal.push(Change::Unseated(slot, p));
    }

    /// Forgets how to undo what was done.
    pub fn commit(&mut self) {
        self.journal.clear();
    }

    /// Undoes everything since the last commit.
    pub fn rollback(&mut self) {
        self.rollback_to(0);
    }

    /// Undoes everything since the last commit by changes that [`Self::rollback`] undoes in turn.
    pub fn step_back(&mut self) {
        for change in std::mem::take(&mut self.journal).into_iter().rev() {
            match change {
                Change::Booked(slot) => self.unbook(slot),
                Change::Unbooked(slot, place) => self.book(slot, place),
                Change::Seated(slot, p) => self.unseat(slot, p),
                Change::Unseated(slot, p) => self.seat(slot, p),
            }
        }
    }

    /// How many changes were made since the last commit.
    pub fn mark(&self) -> usize {
        self.journal.len()
    }

    /// Undoes everything since `mark`.
    pub fn rollback_to(&mut self, mark: usize) {
        while self.journal.len() > mark {
            match self.journal.pop() {
                Some(Change::Booked(slot)) => drop(self.apply_unbook(slot)),
                Some(Change::Unbooked(slot, place)) => self.apply_book(slot, place),
                Some(Change::Seated(slot, p)) => self.apply_unseat(slot, p),
                Some(Change::Unseated(slot, p)) => self.apply_seat(slot, p),
                None => break,
            }
        }
    }

    /// Slots and participants changed since the last commit.
    pub fn touched(&self) -> impl Iterator<Item = (SlotIx, Option<ParticipantIx>)> + '_ {
        self.journal.iter().map(|c| match c {
            Change::Booked(s) | Change::Unbooked(s, _) => (*s, None),
            Change::Seated(s, p) | Change::Unseated(s, p) => (*s, Some(*p)),
        })
    }

    /// Whether a participant was in the session of `previous` that had this slot's id and may move.
    fn was_in(&self, slot: SlotIx, p: ParticipantIx) -> bool {
        let slot = &self.t.slots[slot.i()];
        !slot.kept && slot.previous.is_some_and(|k| self.t.instance.previous[k].booked.participants.contains(&p))
    }

    /// What a place costs against `previous`: moved, clinician changed, room changed.
    pub fn change_cost(&self, slot: SlotIx, start: Minute, room: Option<RoomIx>, team: &[ClinicianIx]) -> i64 {
        let data = &self.t.slots[slot.i()];
        let Some(k) = data.previous.filter(|_| !data.kept) else { return 0 };
        let old = &self.t.instance.previous[k];
        let wire = &self.t.instance.problem.previous[old.position];
        let costs = &self.t.costs;
        let mut cost = 0;
        if old.booked.start != start {
            cost += costs.moved;
        }
        let same = wire.clinicians.len() == old.booked.clinicians.len()
            && old.booked.clinicians.len() == team.len()
            && team.iter().all(|c| old.booked.clinicians.contains(c));
        if !same {
            cost += costs.clinician_changed;
        }
        if old.booked.room != room || (wire.room.is_some() && old.booked.room.is_none()) {
            cost += costs.room_changed;
        }
        cost
    }

    fn apply_book(&mut self, slot: SlotIx, place: Place) {
        let t = self.t;
        let service = t.service(slot);
        let (span, until) = self.span(service, place.start);
        for &c in &place.team {
            let day = t.instance.clinician_day(c, place.start);
            let at = (place.modality == Modality::InPerson).then_some(place.site);
            self.desks[c.i()].add(&t.instance.clinicians[c.i()], slot, span, until, day, at);
        }
        if let Some(r) = place.room {
            self.rooms[r.i()].take(Span::new(span.start, span.end + t.instance.rooms[r.i()].turnover));
        }
        self.cost += self.change_cost(slot, place.start, place.room, &place.team);
        if let Owner::Group(g) = t.slots[slot.i()].owner {
            self.held[g.i()] += 1;
            self.cost += t.costs.held_meeting * place.team.len() as i64;
        }
        self.placed[slot.i()] = Some(place);
    }

    fn apply_unbook(&mut self, slot: SlotIx) -> Option<Place> {
        let t = self.t;
        let place = self.placed[slot.i()].take()?;
        let service = t.service(slot);
        let (span, until) = self.span(service, place.start);
        for &c in &place.team {
            let day = t.instance.clinician_day(c, place.start);
            let at = (place.modality == Modality::InPerson).then_some(place.site);
            self.desks[c.i()].remove(&t.instance.clinicians[c.i()], slot, span, until, day, at);
        }
        if let Some(r) = place.room {
            self.rooms[r.i()].give_back(Span::new(span.start, span.end + t.instance.rooms[r.i()].turnover));
        }
        self.cost -= self.change_cost(slot, place.start, place.room, &place.team);
        if let Owner::Group(g) = t.slots[slot.i()].owner {
            self.held[g.i()] -= 1;
            self.cost -= t.costs.held_meeting * place.team.len() as i64;
        }
        Some(place)
    }

    /// The seat that a participant would have in a session.
    pub fn seat_for(
        &self,
        p: ParticipantIx,
        slot: SlotIx,
        order: Option<OrderIx>,
        start: Minute,
        modality: Modality,
        site: SiteIx,
    ) -> Seat {
        let t = self.t;
        let service = t.service(slot);
        let (span, _) = self.span(service, start);
        Seat {
            start,
            end: span.end,
            slot,
            order,
            day: day_slot(t.instance.participant_day(p, start)),
            telehealth: modality == Modality::Telehealth,
            site,
            dose: if t.instance.counts(p, service, modality) { span.minutes() } else { 0 },
            own_cost: t.own_cost(p, t.slots[slot.i()].owner, start, span.end, modality, site),
            missed: false,
            fact: false,
        }
    }

    fn apply_seat(&mut self, slot: SlotIx, p: ParticipantIx) {
        let t = self.t;
        let Some(place) = &self.placed[slot.i()] else { return };
        let order = match t.slots[slot.i()].owner {
            Owner::Order(o) => Some(o),
            Owner::Group(g) => t.group_order(p, t.instance.groups[g.i()].service),
            Owner::Gone => None,
        };
        let mut seat = self.seat_for(p, slot, order, place.start, place.modality, place.site);
        if order.is_some_and(|o| self.misses_preferred(o, &place.team)) {
            seat.own_cost += t.costs.not_preferred;
        }
        if self.was_in(slot, p) {
            self.cost -= t.costs.dropped;
        }
        self.seated[slot.i()].push(p);
        self.take_seat(p, seat);
    }

    pub(super) fn take_seat(&mut self, p: ParticipantIx, seat: Seat) {
        let t = self.t;
        let order = seat.order.filter(|_| !seat.missed);
        let before = order.map_or(0, |o| self.switch_cost(p, o));
        if let Some(o) = order {
            let data = &t.instance.orders[o.i()];
            if self.served[o.i()] < data.sessions {
                self.cost -= data.unmet;
            }
            self.served[o.i()] += 1;
            self.note_missing(o);
        }
        let plan = &t.instance.participants[p.i()].plan;
        if !seat.missed {
            self.cost += self.people[p.i()].tally.cost_of(&seat, plan, &t.costs) + seat.own_cost;
        }
        self.people[p.i()].add(seat);
        self.cost += order.map_or(0, |o| self.switch_cost(p, o)) - before;
    }

    fn apply_unseat(&mut self, slot: SlotIx, p: ParticipantIx) {
        let t = self.t;
        let plan = &t.instance.participants[p.i()].plan;
        let order = self.people[p.i()].seats.iter().find(|s| s.slot == slot).and_then(|s| s.order);
        let before = order.map_or(0, |o| self.switch_cost(p, o));
        let Some(seat) = self.people[p.i()].remove(slot) else { return };
        self.cost -= self.people[p.i()].tally.cost_of(&seat, plan, &t.costs) + seat.own_cost;
        if let Some(o) = order {
            let data = &t.instance.orders[o.i()];
            self.served[o.i()] -= 1;
            if self.served[o.i()] < data.sessions {
                self.cost += data.unmet;
            }
            self.note_missing(o);
        }
        if let Some(at) = self.seated[slot.i()].iter().position(|x| *x == p) {
            self.seated[slot.i()].swap_remove(at);
        }
        self.cost += order.map_or(0, |o| self.switch_cost(p, o)) - before;
        if self.was_in(slot, p) {
            self.cost += t.costs.dropped;
        }
    }

    /// What one more session of an order takes off the cost.
    pub fn worth_of_next(&self, o: OrderIx) -> i64 {
        let data = &self.t.instance.orders[o.i()];
        if self.served[o.i()] < data.sessions { data.unmet } else { 0 }
    }

    /// Whether a participant has the time and the right for a seat (H8, H10, H11, H19, H20).
    pub fn person_can(&self, p: ParticipantIx, seat: &Seat) -> bool {
        let data = &self.t.instance.participants[p.i()];
        let one = seat.order.is_some_and(|o| self.t.instance.orders[o.i()].one_per_day);
        self.people[p.i()].can_take(seat, data.commute, one, &data.plan)
    }

    /// Keeps `unmet` up to date after an order was served more or less.
    fn note_missing(&mut self, o: OrderIx) {
        let (missing, at) = (self.missing(o) > 0, self.unmet_at[o.i()]);
        let instance = self.t.instance;
        let list = &mut self.unmet[instance.participants[instance.orders[o.i()].participant.i()].home.i()];
        if missing && at == u32::MAX {
            self.unmet_at[o.i()] = list.len() as u32;
            list.push(o);
        } else if !missing && at != u32::MAX {
            list.swap_remove(at as usize);
            if let Some(moved) = list.get(at as usize) {
                self.unmet_at[moved.i()] = at;
            }
            self.unmet_at[o.i()] = u32::MAX;
        }
    }

    /// Orders with missing sessions.
    pub fn unmet(&self) -> impl Iterator<Item = OrderIx> + '_ {
        self.unmet.iter().flatten().copied()
    }

    /// An order with missing sessions, in the focus, drawn at random.
    pub fn some_unmet(&self, chance: &mut Chance) -> Option<OrderIx> {
        let all = SiteIx::all(if self.reach.focus.is_empty() { self.unmet.len() } else { 0 });
        let lists = || all.clone().chain(self.reach.focus.iter().copied()).map(|s| &self.unmet[s.i()]);
        let count = lists().map(Vec::len).sum();
        if count == 0 {
            return None;
        }
        let mut at = chance.below(count);
        for list in lists() {
            if at < list.len() {
                return Some(list[at]);
            }
            at -= list.len();
        }
        None
    }

    /// Somebody whose home is in the focus, drawn at random.
    pub fn some_person(&self, chance: &mut Chance) -> Option<ParticipantIx> {
        let n = self.people.len();
        if self.reach.focus.is_empty() {
            return (n > 0).then(|| ParticipantIx(chance.below(n) as u32));
        }
        let sites: SmallVec<[usize; 16]> = self.reach.focus.iter().map(|s| self.t.site_people[s.i()].len()).collect();
        let mut at = chance.below(sites.iter().sum());
        for (site, count) in self.reach.focus.iter().zip(sites) {
            if at < count {
                return self.t.site_people[site.i()].get(at).copied();
            }
            at -= count;
        }
        None
    }

    /// Counts places looked at.
    pub fn tick(&self, places: usize) {
        self.work.set(self.work.get() + places as u64);
    }

    /// Sessions of an order that are still missing.
    pub fn missing(&self, o: OrderIx) -> usize {
        self.t.instance.orders[o.i()].sessions.saturating_sub(self.served[o.i()])
    }

    /// The order of a single session that is booked and may be taken out: of somebody who is worked on, by clinicians
    /// within reach.
    pub fn loose_order(&self, slot: SlotIx) -> Option<OrderIx> {
        let data = self.t.slots.get(slot.i()).filter(|s| !s.kept)?;
        let Owner::Order(o) = data.owner else { return None };
        let place = self.placed[slot.i()].as_ref()?;
        let free = self.in_focus(self.t.instance.orders[o.i()].participant)
            && place.team.iter().all(|c| self.reaches_clinician(*c));
        free.then_some(o)
    }

    /// Booked slots of a group that are neither frozen nor pinned.
    pub fn free_meetings(&self, g: GroupIx) -> impl Iterator<Item = SlotIx> + '_ {
        self.t.meetings(g).filter(|s| self.placed[s.i()].is_some() && !self.t.slots[s.i()].kept)
    }
}
