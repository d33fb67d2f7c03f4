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
        self.bring(&mut state);
        state
    }

    /// Makes a state hold it, by changing what differs.
    pub fn bring(&self, state: &mut State<'_>) {
        let slots: Vec<SlotIx> =
            (0..self.placed.len() as u32).map(SlotIx).filter(|s| !self.agrees(state, *s)).collect();
        for &slot in &slots {
            // What is kept stays where it is, though a pinned open meeting may have taken others in.
            let stays = state.placed[slot.i()] == self.placed[slot.i()];
            let leave = |p: &ParticipantIx| !stays || !self.seated[slot.i()].contains(p);
            for p in state.seated[slot.i()].iter().copied().filter(leave).collect::<Vec<_>>() {
                state.unseat(slot, p);
            }
            if !stays {
                state.unbook(slot);
            }
        }
        for &slot in &slots {
            if let Some(place) = self.placed[slot.i()].as_ref().filter(|_| state.placed[slot.i()].is_none()) {
                state.book(slot, place.clone());
            }
            for &p in &self.seated[slot.i()] {
                if !state.seated[slot.i()].contains(&p) {
                    state.seat(slot, p);
                }
            }
        }
        state.commit();
    }

    /// Whether a state has the same in this slot.
    pub fn agrees(&self, state: &State<'_>, slot: SlotIx) -> bool {
        state.placed[slot.i()] == self.placed[slot.i()] && state.seated[slot.i()] == self.seated[slot.i()]
    }

    /// Takes over what a state has in these slots, the only ones in which they differ.
    fn catch_up(&mut self, state: &State<'_>, slots: &[SlotIx]) {
        for slot in slots.iter().map(|s| s.i()) {
            self.placed[slot].clone_from(&state.placed[slot]);
            self.seated[slot].clone_from(&state.seated[slot]);
        }
        self.cost = state.cost;
    }
}

/// The best calendar that one thread has had since it set out, kept at the cost of what changes.
#[derive(Debug)]
pub struct Best {
    snapshot: Snapshot,
    /// Slots that were changed since, each once.
    changed: Vec<SlotIx>,
    noted: Vec<bool>,
}

impl Best {
    /// Begins with a calendar.
    pub fn new(snapshot: Snapshot) -> Self {
        Best { noted: vec![false; snapshot.placed.len()], changed: Vec::new(), snapshot }
    }

    /// The calendar.
    pub fn get(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Takes over another; the state then holds the same.
    pub fn replace(&mut self, snapshot: Snapshot) {
        self.snapshot = snapshot;
        self.forget();
    }

    /// Notes that a state was changed in these slots.
    pub fn note(&mut self, slots: impl IntoIterator<Item = SlotIx>) {
        for slot in slots {
            if !std::mem::replace(&mut self.noted[slot.i()], true) {
                self.changed.push(slot);
            }
        }
    }

    /// Takes over what the state holds where that is better.
    pub fn keep(&mut self, state: &State<'_>) {
        if state.cost < self.snapshot.cost {
            self.snapshot.catch_up(state, &self.changed);
            self.forget();
        }
    }

    /// Makes the state hold it again.
    pub fn restore(&mut self, state: &mut State<'_>) {
        self.snapshot.bring(state);
        self.forget();
    }

    fn forget(&mut self) {
        self.changed.drain(..).for_each(|slot| self.noted[slot.i()] = false);
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
