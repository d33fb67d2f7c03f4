//! A chain under way. Meetings are moved without the people in them: who belongs to a roster is known, and they are seated
//! where the chain ends, which makes steps several times as fast.

use std::time::Instant as Moment;

use smallvec::SmallVec;

use super::{super::group::people_of, claim::Claim};
use crate::{
    instance::{Bits, GroupIx, OrderIx, Owner, ParticipantIx, Span},
    problem::Modality,
    search::{
        random::Chance,
        rooms::Stays,
        rosters::Apart,
        state::{Place, State, Team},
        tables::SlotIx,
    },
};

/// Most steps of a chain.
const CHAIN: usize = 10_000;
/// Steps of a chain for which a group that has just taken its place cannot be pushed out of it again: at least, and how
/// many more at most.
const REST: (usize, usize) = (2, 6);
/// Steps between two looks at the clock.
const BREATH: usize = 100;

/// A session of a member that is not one of a fixed roster that the member belongs to.
pub struct Other {
    pub slot: SlotIx,
    who: ParticipantIx,
    pub span: Span,
    pub apart: Apart,
    fact: bool,
}

/// What was pushed out that does not come back within the chain.
pub enum Evicted {
    /// A single session.
    Session(SlotIx, OrderIx),
    /// A group without a fixed roster, and who was in it.
    Group(GroupIx, Vec<ParticipantIx>),
    /// Who attended a group without belonging to its roster.
    Guest(ParticipantIx),
}

/// The best that a chain went through.
pub struct Best {
    lost: i64,
    journal: usize,
    evicted: usize,
}

/// A chain.
pub struct Chain<'s, 't> {
    pub state: &'s mut State<'t>,
    /// What is in the rooms.
    pub stays: Stays,
    /// By slot: when it is.
    pub spans: Vec<Option<Span>>,
    /// By group: what its members attend beside the fixed rosters that they belong to, once it was asked for.
    pub others: Vec<Option<Vec<Other>>>,
    /// By group with a fixed roster: how much is lost for now where it is taken out.
    pub weights: Vec<f64>,
    /// By group: the step until which it cannot be pushed out.
    resting: Vec<usize>,
    /// Groups with a fixed roster that were moved or pushed out.
    moved: Bits,
    /// Groups with a fixed roster that have no place.
    waiting: Vec<GroupIx>,
    /// What is lost for now, as cost.
    lost: i64,
    /// What else was pushed out, in order.
    evicted: Vec<Evicted>,
    step: usize,
}

impl<'s, 't> Chain<'s, 't> {
    /// Before its first step, which gives this group a place.
    pub fn new(state: &'s mut State<'t>, first: GroupIx) -> Self {
        let t = state.t;
        let groups = t.instance.groups.len();
        let mut moved = Bits::none(groups);
        moved.insert(first.i());
        Chain {
            stays: Stays::of(state, t.instance.groups[first.i()].site),
            spans: spans(state),
            others: (0..groups).map(|_| None).collect(),
            weights: GroupIx::all(groups).map(|g| weight(state, g)).collect(),
            resting: vec![0; groups],
            moved,
            waiting: vec![first],
            lost: t.rosters[first.i()].as_ref().map_or(0, |r| r.worth),
            evicted: Vec::new(),
            step: 0,
            state,
        }
    }

    /// Goes on until everything has a place, or nothing that waits finds one, or for [`CHAIN`] steps.
    pub fn run(&mut self, chance: &mut Chance) -> Best {
        let mut best = self.here();
        let mut in_vain = 0;
        while self.step < CHAIN && !self.waiting.is_empty() && in_vain < REST.0 + REST.1 + 2 * self.waiting.len() {
            self.step += 1;
            if self.step.is_multiple_of(BREATH) && self.state.over() {
                break;
            }
            in_vain = if self.push_in_one(chance) { 0 } else { in_vain + 1 };
            if self.lost <= best.lost {
                best = self.here();
            }
        }
        best
    }

    /// Goes back to the best; the groups that were moved until then, perhaps, and what else was pushed out.
    pub fn end(mut self, best: Best) -> (Vec<GroupIx>, Vec<Evicted>) {
        self.state.rollback_to(best.journal);
        self.evicted.truncate(best.evicted);
        (self.moved.iter().map(|g| GroupIx(g as u32)).collect(), self.evicted)
    }

    fn here(&self) -> Best {
        Best { lost: self.lost, journal: self.state.mark(), evicted: self.evicted.len() }
    }

    /// Gives a group that waits a place; false where there was none.
    fn push_in_one(&mut self, chance: &mut Chance) -> bool {
        let g = self.waiting.swap_remove(chance.below(self.waiting.len()));
        let (before, waiting) = (self.here(), self.waiting.len());
        if self.push_in(g, chance) {
            self.lost = self.lost.saturating_sub(self.worth(g));
            self.resting[g.i()] = self.step + REST.0 + chance.below(REST.1);
            if self.waiting.len() > waiting || self.evicted.len() > before.evicted {
                self.state.pushed[g.i()] = self.state.pushed[g.i()].saturating_add(1);
                self.weights[g.i()] = weight(self.state, g);
            }
            return true;
        }
        if self.state.mark() > before.journal {
            self.state.rollback_to(before.journal);
            self.stays = Stays::of(self.state, self.state.t.instance.groups[g.i()].site);
            self.spans = spans(self.state);
        }
        self.evicted.truncate(before.evicted);
        self.waiting.truncate(waiting);
        self.waiting.push(g);
        self.lost = before.lost;
        false
    }

    /// Gives each meeting of a group the place with the least in its way, and takes that out. Where there is none, what was
    /// begun is left to be undone.
    fn push_in(&mut self, g: GroupIx, chance: &mut Chance) -> bool {
        let t = self.state.t;
        let slots: SmallVec<[SlotIx; 8]> = t.meetings(g).filter(|s| self.state.placed[s.i()].is_none()).collect();
        let mut days: SmallVec<[i32; 8]> = SmallVec::new();
        let same = t.instance.problem.groups[g.i()].same_clinician;
        let mut leads: Option<Team> = None;
        self.look_at_others(g);
        for &slot in &slots {
            let Some(Claim { place, blockers, moves, .. }) = self.claim(g, &days, leads.as_ref(), chance) else {
                return false;
            };
            days.push(t.instance.site_day(place.site, place.start));
            for b in blockers {
                self.push_out(b);
            }
            for (moved, room) in moves {
                let Some(old) = self.state.placed[moved.i()].clone() else { continue };
                if !self.state.room_can(room, self.state.span(self.state.service(moved), old.start).0) {
                    return false;
                }
                self.lift(moved);
                self.put(moved, Place { room: Some(room), ..old });
            }
            if !self.state.still_can(g, &place) {
                return false;
            }
            leads = same.then(|| place.team.clone());
            self.put(slot, place);
        }
        self.moved.insert(g.i());
        true
    }

    fn push_out(&mut self, slot: SlotIx) {
        let t = self.state.t;
        if self.state.placed[slot.i()].is_none() {
            return;
        }
        match t.slots[slot.i()].owner {
            Owner::Group(g) => {
                let slots: SmallVec<[SlotIx; 8]> = self.state.free_meetings(g).collect();
                if t.rosters[g.i()].is_some() {
                    self.waiting.push(g);
                    self.lost = self.lost.saturating_add(self.worth(g));
                } else {
                    self.lost = slots.iter().map(|s| self.seats_worth(g, *s)).fold(self.lost, i64::saturating_add);
                    self.evicted.push(Evicted::Group(g, people_of(self.state, g)));
                }
                slots.iter().for_each(|s| self.lift(*s));
            }
            Owner::Order(o) => {
                self.lost = self.lost.saturating_add(t.instance.orders[o.i()].unmet);
                self.evicted.push(Evicted::Session(slot, o));
                self.lift(slot);
            }
            Owner::Gone => {}
        }
    }

    fn put(&mut self, slot: SlotIx, place: Place) {
        self.stays.take(self.state, slot, &place);
        self.spans[slot.i()] = Some(self.state.span(self.state.service(slot), place.start).0);
        self.state.book(slot, place);
    }

    /// Takes a session out, with who is in it.
    fn lift(&mut self, slot: SlotIx) {
        let t = self.state.t;
        if let Owner::Group(g) = t.slots[slot.i()].owner
            && t.rosters[g.i()].is_some()
        {
            let members = &t.instance.groups[g.i()].members;
            let guests = self.state.seated[slot.i()].iter().filter(|p| !members.contains(p));
            self.evicted.extend(guests.map(|p| Evicted::Guest(*p)));
            self.moved.insert(g.i());
        }
        if let Some(place) = &self.state.placed[slot.i()] {
            self.stays.leave(slot, place);
        }
        self.spans[slot.i()] = None;
        self.state.remove_session(slot);
    }

    fn worth(&self, g: GroupIx) -> i64 {
        self.state.t.rosters[g.i()].as_ref().map_or(0, |r| r.worth)
    }

    fn seats_worth(&self, g: GroupIx, slot: SlotIx) -> i64 {
        let t = self.state.t;
        let service = t.instance.groups[g.i()].service;
        let worth = |p: &ParticipantIx| t.group_order(*p, service).map_or(0, |o| t.instance.orders[o.i()].unmet);
        self.state.seated[slot.i()].iter().map(worth).fold(0, i64::saturating_add)
    }

    /// Whether a group has only just taken its place.
    pub fn rests(&self, g: GroupIx) -> bool {
        self.resting[g.i()] > self.step
    }

    /// Fills in [`Self::others`] of a group.
    fn look_at_others(&mut self, g: GroupIx) {
        if self.others[g.i()].is_some() {
            return;
        }
        let t = self.state.t;
        let group = &t.instance.groups[g.i()];
        let rival = |p: ParticipantIx, slot: SlotIx| match t.slots.get(slot.i()).map(|s| s.owner) {
            Some(Owner::Group(other)) => {
                t.rosters[other.i()].is_some() && t.instance.groups[other.i()].members.contains(&p)
            }
            _ => false,
        };
        let mut others = Vec::new();
        for &who in &group.members {
            let own = t.group_order(who, group.service);
            let one = own.is_some_and(|o| t.instance.orders[o.i()].one_per_day);
            for seat in self.state.people[who.i()].seats.iter().filter(|s| s.fact || !rival(who, s.slot)) {
                let apart = Apart::between(
                    (group.modality == Modality::Telehealth, group.site),
                    (seat.telehealth, seat.site),
                    t.instance.participants[who.i()].commute,
                    one && seat.order == own,
                );
                others.push(Other {
                    slot: seat.slot,
                    who,
                    span: Span::new(seat.start, seat.end),
                    apart,
                    fact: seat.fact,
                });
            }
        }
        self.others[g.i()] = Some(others);
    }

    /// What the members of a group attend, at this step, beside the fixed rosters that they belong to.
    pub fn others(&self, g: GroupIx) -> impl Iterator<Item = &Other> {
        let still = |o: &&Other| o.fact || self.state.seated[o.slot.i()].contains(&o.who);
        self.others[g.i()].iter().flatten().filter(still)
    }

    /// How much is lost for now where a session is taken out; infinite where it must stay, for now or always.
    pub fn weight(&self, slot: SlotIx) -> f64 {
        let owner = self.state.t.slots.get(slot.i()).map_or(Owner::Gone, |s| s.owner);
        match owner {
            Owner::Group(g) if self.rests(g) => f64::INFINITY,
            Owner::Group(g) if self.state.t.rosters[g.i()].is_some() => self.weights[g.i()],
            Owner::Group(g) if all_free(self.state, g) => 1.0 + self.state.seated[slot.i()].len() as f64,
            Owner::Order(_) if self.state.loose_order(slot).is_some() => 1.0,
            _ => f64::INFINITY,
        }
    }
}

impl State<'_> {
    /// Whether a long move has to end: at the deadline, or as the solve was stopped.
    fn over(&self) -> bool {
        self.t.stop.stopped() || self.deadline.is_some_and(|d| Moment::now() >= d)
    }
}

/// When each session is.
fn spans(state: &State<'_>) -> Vec<Option<Span>> {
    let span = |slot: SlotIx| Some(state.span(state.service(slot), state.placed[slot.i()].as_ref()?.start).0);
    (0..state.placed.len() as u32).map(|s| span(SlotIx(s))).collect()
}

/// How much is lost for now where a group with a fixed roster is taken out: the more, the larger it is and the more often it
/// had to push others out, as in guided ejection search; infinite where it has to stay. (Y. Nagata, O. Bräysy, A powerful
/// route minimization heuristic for the vehicle routing problem with time windows, 2009, where the counts alone weigh.)
fn weight(state: &State<'_>, g: GroupIx) -> f64 {
    if !all_free(state, g) {
        return f64::INFINITY;
    }
    let group = &state.t.instance.groups[g.i()];
    let size = (group.members.len() * group.meetings) as f64;
    (1.0 + size).sqrt() * (1.0 + f64::from(state.pushed[g.i()]))
}

/// Whether all that a group holds may be taken out.
fn all_free(state: &State<'_>, g: GroupIx) -> bool {
    state.reaches_group(g) && state.free_meetings(g).count() == state.held[g.i()]
}
