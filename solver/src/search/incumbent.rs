//! The best calendar of all threads, and calendars as they can be put away and taken up again.

use std::sync::{
    Mutex,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use super::{
    state::{Place, State},
    tables::{SlotIx, Tables},
};
use crate::instance::ParticipantIx;

/// A calendar put away: what is booked and who attends.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Its cost.
    pub cost: i64,
    placed: Vec<Option<Place>>,
    seated: Vec<Vec<ParticipantIx>>,
}

impl Snapshot {
    /// What a state holds.
    pub fn of(state: &State<'_>) -> Self {
        Snapshot { cost: state.cost, placed: state.placed.clone(), seated: state.seated.clone() }
    }

    /// A state that holds it.
    pub fn restore<'t>(&self, t: &'t Tables<'t>) -> State<'t> {
        let mut state = State::new(t);
        for k in 0..self.placed.len() {
            let slot = SlotIx(k as u32);
            if t.slots[k].kept {
                // A pinned open meeting may have taken others in.
                for p in self.seated[k].iter().filter(|p| !state.seated[k].contains(p)).copied().collect::<Vec<_>>() {
                    state.seat(slot, p);
                }
            } else if let Some(place) = &self.placed[k] {
                state.book(slot, place.clone());
                self.seated[k].iter().for_each(|p| state.seat(slot, *p));
            }
        }
        state.commit();
        state
    }

    /// Where a slot is booked and who attends it.
    pub fn slot(&self, slot: SlotIx) -> (Option<&Place>, &[ParticipantIx]) {
        (self.placed[slot.i()].as_ref(), &self.seated[slot.i()])
    }
}

/// The best calendar of all threads.
#[derive(Debug)]
pub struct Incumbent {
    best: Mutex<Snapshot>,
    cost: AtomicI64,
    tries: AtomicU64,
}

impl Incumbent {
    /// Begins with a calendar.
    pub fn new(snapshot: Snapshot) -> Self {
        Incumbent { cost: AtomicI64::new(snapshot.cost), best: Mutex::new(snapshot), tries: AtomicU64::new(0) }
    }

    /// Its cost.
    pub fn cost(&self) -> i64 {
        self.cost.load(Ordering::Relaxed)
    }

    /// A copy of it.
    pub fn get(&self) -> Snapshot {
        self.best.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Offers one that may be better.
    pub fn offer(&self, snapshot: &Snapshot) {
        if snapshot.cost >= self.cost() {
            return;
        }
        let mut best = self.best.lock().unwrap_or_else(|e| e.into_inner());
        if snapshot.cost < best.cost {
            *best = snapshot.clone();
            self.cost.store(snapshot.cost, Ordering::Relaxed);
        }
    }

    /// Counts tries.
    pub fn count(&self, tries: u64) {
        self.tries.fetch_add(tries, Ordering::Relaxed);
    }

    /// Tries of all threads.
    pub fn tries(&self) -> u64 {
        self.tries.load(Ordering::Relaxed)
    }
}
