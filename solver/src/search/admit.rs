//! All that somebody still waits for, placed at once: as much of it as a calendar has room for.

use super::{
    places::{Board, Way},
    state::{Place, State, Team},
    tables::SlotIx,
};
use crate::instance::{Booked, OrderIx, ParticipantIx};

/// Orders of placing that are tried: the first takes the cheapest place each time, others one of the cheapest few.
const TRIES: usize = 6;
/// How many are the cheapest few.
const FEW: usize = 3;

/// A calendar in which somebody has more of what was ordered.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// How many sessions are still missing.
    pub missing: usize,
    /// What it adds to the cost.
    pub cost: i64,
    /// Sessions that are new or not as they were.
    pub changed: Vec<Booked>,
}

impl Board<'_> {
    /// Ways to serve all the orders of a participant, the fewest missing sessions first, then the cheapest; `moving` lets each
    /// session that finds no place so move one other session.
    pub fn admit(&mut self, p: ParticipantIx, moving: bool) -> Vec<Admitted> {
        let orders = &self.state.t.instance.participants[p.i()].orders;
        let before = self.state.bookings();
        let (mark, cost) = (self.state.mark(), self.state.cost);
        let mut found: Vec<Admitted> = Vec::new();
        for k in 0..TRIES {
            self.serve(p, k > 0, moving);
            let changed = self.state.bookings().into_iter().filter(|s| !before.contains(s)).collect();
            let missing = orders.iter().map(|&o| self.state.missing(o)).sum();
            let way = Admitted { missing, cost: self.state.cost - cost, changed };
            self.state.rollback_to(mark);
            if !way.changed.is_empty() && !found.iter().any(|f| f.changed == way.changed) {
                found.push(way);
            }
        }
        found.sort_by_key(|way| (way.missing, way.cost));
        found
    }

    /// Places what is missing, groups first: they have the fewest hours.
    fn serve(&mut self, p: ParticipantIx, vary: bool, moving: bool) {
        let instance = self.state.t.instance;
        let mut orders = instance.participants[p.i()].orders.clone();
        if vary {
            self.chance.shuffle(&mut orders);
        } else {
            orders.sort_by_key(|o| std::cmp::Reverse(instance.orders[o.i()].unmet));
        }
        orders.sort_by_key(|o| self.state.t.joinable[o.i()].is_empty());
        for &o in &orders {
            while self.step(o, vary, false) {}
        }
        if moving {
            for &o in &orders {
                while self.step(o, vary, true) {}
            }
        }
    }

    /// Places one more session of an order; false where none could be.
    fn step(&mut self, o: OrderIx, vary: bool, moving: bool) -> bool {
        let missing = self.state.missing(o);
        if missing == 0 {
            return false;
        }
        let mut ways = match moving {
            true => self.state.chains(o, &mut self.chance),
            false => self.direct(o),
        };
        ways.sort_by_key(|way| way.cost);
        if vary && !ways.is_empty() {
            let first = self.chance.below(FEW.min(ways.len()));
            ways.swap(0, first);
        }
        ways.into_iter().take(FEW).any(|way| {
            let mark = self.state.mark();
            self.state.apply(&way);
            let done = self.state.missing(o) < missing;
            if !done {
                self.state.rollback_to(mark);
            }
            done
        })
    }
}

impl State<'_> {
    /// Makes the sessions of a way what they are in it.
    pub(super) fn apply(&mut self, way: &Way) {
        for session in &way.moved {
            let slot = self.slot_of(session);
            if slot != SlotIx::NONE {
                self.remove_session(slot);
            }
        }
        for session in way.gained.iter().chain(&way.moved) {
            let slot = self.slot_of(session);
            let Some(site) = session.site.filter(|_| slot != SlotIx::NONE) else { continue };
            if self.placed[slot.i()].is_none() {
                let mut team: Team = session.clinicians.iter().copied().collect();
                team.sort_unstable();
                let (start, modality, room) = (session.start, session.modality, session.room);
                self.book(slot, Place { start, modality, site, room, team });
            }
            let seated = self.seated[slot.i()].clone();
            seated.iter().filter(|p| !session.participants.contains(p)).for_each(|&p| self.unseat(slot, p));
            session.participants.iter().filter(|p| !seated.contains(p)).for_each(|&p| self.seat(slot, p));
        }
    }
}
