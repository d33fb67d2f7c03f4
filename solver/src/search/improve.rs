//! Improve: ruin and recreate under simulated annealing, on every thread by itself, with a shared incumbent.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Instant as Moment,
};

use super::{
    groups::Starts,
    individuals::Taste,
    neighbourhoods::{ALL, Neighbourhood},
    random::Chance,
    state::{Place, State},
    tables::Tables,
};
use crate::instance::ParticipantIx;

/// A calendar as it was: what is booked and who attends.
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

    /// The state that holds it.
    pub fn restore<'t>(&self, t: &'t Tables<'t>) -> State<'t> {
        let mut state = State::new(t);
        for (k, place) in self.placed.iter().enumerate() {
            if t.slots[k].kept {
                // A pinned open meeting may have taken others in.
                for p in &self.seated[k] {
                    if !state.seated[k].contains(p) {
                        state.seat(super::tables::SlotIx(k as u32), *p);
                    }
                }
            } else if let Some(place) = place {
                let slot = super::tables::SlotIx(k as u32);
                state.book(slot, place.clone());
                self.seated[k].iter().for_each(|p| state.seat(slot, *p));
            }
        }
        state.commit();
        state
    }
}

/// The best calendar of all threads.
pub struct Incumbent {
    best: Mutex<Snapshot>,
    cost: AtomicI64,
    /// Tries of all threads.
    pub tries: AtomicU64,
}

impl Incumbent {
    /// Begins with this calendar.
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

    /// Offers a better one.
    pub fn offer(&self, snapshot: &Snapshot) {
        let mut best = self.best.lock().unwrap_or_else(|e| e.into_inner());
        if snapshot.cost < best.cost {
            *best = snapshot.clone();
            self.cost.store(snapshot.cost, Ordering::Relaxed);
        }
    }
}

/// How long to go on, and how far that is.
pub trait Clock: Sync {
    /// Share of the budget that is used up, 0 to 1; 1 ends the search.
    fn spent(&self, rounds: u64) -> f64;
}

/// Tries in one round.
pub const ROUND: u64 = 500;

/// How a neighbourhood has done lately.
#[derive(Clone, Copy)]
struct Score {
    gain: f64,
    work: f64,
}

/// Anneals one thread's calendar until the clock runs out.
pub fn anneal(mut state: State<'_>, incumbent: &Incumbent, clock: &dyn Clock, mut chance: Chance) {
    let mut scores = [Score { gain: 1.0, work: 1.0 }; ALL.len()];
    let mut best = Snapshot::of(&state);
    let mut unsaved = false;
    let mut rounds = 0;
    let hot = temperature(&state);
    let trace = std::env::var_os("CAREWEAVE_TRACE").is_some();
    let begin = Moment::now();
    let mut stats = [(0u64, 0u64, 0i64, 0f64); ALL.len()];
    let mut last_sync = 0.0;
    loop {
        let spent = clock.spent(rounds);
        if spent >= 1.0 {
            break;
        }
        rounds += 1;
        let heat = hot * (COLD / hot).powf((spent / 0.95).min(1.0));
        if spent - last_sync > 0.05 {
            last_sync = spent;
            if state.cost < best.cost && unsaved {
                best = Snapshot::of(&state);
                unsaved = false;
            }
            incumbent.offer(&best);
            if incumbent.cost() < best.cost - (3.0 * heat) as i64 {
                best = incumbent.get();
                state = best.restore(state.t);
                unsaved = false;
            }
        }
        for _ in 0..ROUND {
            let k = choose(&scores, &mut chance);
            let before = state.cost;
            let work = state.work.get();
            let t0 = trace.then(Moment::now);
            let done = attempt(&mut state, ALL[k], &mut chance);
            let after = state.cost;
            let effort = (state.work.get() - work) as f64 + 4.0 * state.mark() as f64 + 20.0;
            let accept = done && (after as f64) <= before as f64 - heat * chance.unit().max(1e-12).ln();
            let s = &mut scores[k];
            s.work = s.work * 0.999 + effort;
            s.gain *= 0.999;
            if accept && after < before {
                s.gain += (before - after) as f64;
            }
            if let Some(t0) = t0 {
                stats[k].0 += 1;
                stats[k].3 += t0.elapsed().as_secs_f64();
                if accept && after != before {
                    stats[k].1 += 1;
                    stats[k].2 += (before - after).max(0);
                }
            }
            if accept {
                if after > before && unsaved {
                    // Leaving the best calendar so far: keep it first.
                    let better = State::keep_before(&mut state, &mut best);
                    unsaved = !better && unsaved;
                }
                state.commit();
                if state.cost < best.cost {
                    unsaved = true;
                } else if after > before {
                    unsaved = false;
                }
            } else {
                state.rollback();
            }
        }
        incumbent.tries.fetch_add(ROUND, Ordering::Relaxed);
        if trace && rounds % 40 == 0 {
            eprintln!(
                "{:.1}s spent {spent:.2} heat {heat:.0} cost {} best {} rounds {rounds}",
                begin.elapsed().as_secs_f64(),
                state.cost,
                best.cost
            );
        }
    }
    if state.cost < best.cost {
        best = Snapshot::of(&state);
    }
    incumbent.offer(&best);
    if trace {
        for (n, s) in ALL.iter().zip(stats) {
            eprintln!("{:8} tries {:8} accepted {:7} gain {:10} seconds {:.2}", n.name(), s.0, s.1, s.2, s.3);
        }
    }
}

/// The last temperature: about what a few minutes of waiting cost.
const COLD: f64 = 4.0;

fn temperature(state: &State<'_>) -> f64 {
    let orders = &state.t.instance.orders;
    let n = orders.len().max(1) as f64;
    let mean = orders.iter().map(|o| o.unmet as f64).sum::<f64>() / n;
    (0.15 * mean).max(2.0 * COLD)
}

fn choose(scores: &[Score; ALL.len()], chance: &mut Chance) -> usize {
    let rates = scores.map(|s| (s.gain / s.work).max(0.0).sqrt());
    let floor = rates.iter().sum::<f64>() / ALL.len() as f64 * 0.3 + 1e-9;
    let total: f64 = rates.iter().map(|r| r + floor).sum();
    let mut at = chance.unit() * total;
    for (k, r) in rates.iter().enumerate() {
        at -= r + floor;
        if at < 0.0 {
            return k;
        }
    }
    0
}

/// One try: ruin and recreate. False where the neighbourhood had nothing to take.
fn attempt(state: &mut State<'_>, kind: &dyn Neighbourhood, chance: &mut Chance) -> bool {
    let Some(rebuild) = kind.ruin(state, chance) else { return false };
    let taste = Taste { noise: if chance.chance(0.5) { 0 } else { 150 }, blink: 0.02 };
    let starts = if chance.chance(0.5) { Starts::Lattice } else { Starts::Grid };
    state.rebuild(rebuild, starts, 3, taste, chance);
    true
}

impl State<'_> {
    /// Keeps the calendar of before the changes since the last commit, where it beats `best`.
    fn keep_before(state: &mut Self, best: &mut Snapshot) -> bool {
        let mut old = state.clone();
        old.rollback();
        if old.cost < best.cost {
            *best = Snapshot::of(&old);
            return true;
        }
        false
    }
}
