//! Proofs for small problems: by enumeration, and where that does not close the gap by the whole problem as one integer
//! program, solved twice, of which the smaller bound counts.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant as Moment},
};

use super::{
    Stop,
    incumbent::{Incumbent, Snapshot},
    random::Chance,
    state::State,
    tables::Tables,
};
use crate::{
    bound::exact::{self, Witness},
    instance::Booked,
    milp::{Free, Limits, Outcome, SubModel},
};

/// Most participants of a problem for which this is tried.
pub const MOST: usize = 8;
/// How long the search goes first, so that the proof starts from a good calendar.
const HEAD_START: Duration = Duration::from_millis(500);
/// Of the time, the enumeration's at most.
const SHARE: f64 = 0.9;
/// Of the time that is left after an enumeration, the search's before the whole model is tried.
const PATIENCE: f64 = 0.05;
/// Orders in which a calendar that was found is taken over.
const ORDERS: usize = 16;
/// How often it is looked for a better calendar.
const PAUSE: Duration = Duration::from_millis(50);

/// What a proof has to do with.
pub struct Prover<'a> {
    /// The problem.
    pub tables: &'a Tables<'a>,
    /// The best calendar, to which better ones that come up are offered.
    pub incumbent: &'a Incumbent,
    /// Threads of the enumeration.
    pub threads: usize,
    /// Without one nothing is proven.
    pub deadline: Option<Moment>,
    /// Ends it earlier.
    pub stop: &'a Stop,
    /// The bound that is raised.
    pub proven: &'a AtomicU64,
}

impl Witness for Prover<'_> {
    fn proven(&self, bound: u64) {
        self.proven.fetch_max(bound, Ordering::Relaxed);
    }

    /// Takes a calendar over as far as the rules allow it: in several orders, as who comes first has the first choice of rooms;
    /// what finds no place as it was is placed elsewhere.
    fn found(&self, sessions: &[Booked]) {
        let mut chance = Chance::new(0, 0);
        let mut sessions = sessions.to_vec();
        for _ in 0..ORDERS {
            let mut state = State::new(self.tables);
            state.adopt(&sessions, &mut chance);
            state.fill_up(&mut chance);
            self.incumbent.offer(&Snapshot::of(&state));
            chance.shuffle(&mut sessions);
        }
    }
}

impl Prover<'_> {
    /// Proves what it can by the deadline.
    pub fn prove(&self) {
        let Prover { tables, incumbent, deadline, stop, proven, .. } = *self;
        let instance = tables.instance;
        let begin = Moment::now();
        let time = deadline.map_or(Duration::ZERO, |d| d.saturating_duration_since(begin));
        if instance.participants.len() > MOST || time.is_zero() {
            return;
        }
        while begin.elapsed() < HEAD_START.min(time / 4) && !stop.stopped() {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.enumerate();
        let best = incumbent.get();
        if stop.stopped() || best.cost.max(0) as u64 <= proven.load(Ordering::Relaxed) {
            return;
        }
        let sessions = best.restore(tables).bookings();
        let cost = best.cost.max(0) as u64;
        let model = SubModel::new(instance, tables.places, &sessions, cost, Free::all(instance), None);
        if !model.exact() {
            return;
        }
        let run = |plain: bool| {
            let seed = if plain { 7 } else { 1 };
            let cutoff = Some(best.cost as f64 - 0.5);
            model.solve(&Limits { deadline, cutoff, plain, seed, ..Limits::default() }, stop)
        };
        let (first, second) = std::thread::scope(|scope| {
            let second = scope.spawn(|| run(true));
            (run(false), second.join().ok())
        });
        let Some(second) = second else { return };
        let bound = (first.bound.min(second.bound) - 1e-6).ceil();
        if bound > 0.0 && bound.is_finite() {
            proven.fetch_max((bound as u64).min(cost), Ordering::Relaxed);
        }
        for Outcome { sessions, .. } in [first, second] {
            if let Some(sessions) = sessions {
                self.found(&sessions);
            }
        }
    }

    /// Enumerates what could cost less than the best calendar, for most of the time at most. Where that ends below its cost, the
    /// search gets some time to find what is left, and the enumeration goes on from what it found; then it is the whole model's turn.
    fn enumerate(&self) {
        let Prover { tables, incumbent, threads, stop, proven, .. } = *self;
        let Some(deadline) = self.deadline else { return };
        let part = |share: f64| {
            let now = Moment::now();
            now + deadline.saturating_duration_since(now).mul_f64(share)
        };
        let end = part(SHARE);
        let cost = || incumbent.cost().max(0) as u64;
        let open = |until: Moment| !stop.stopped() && cost() > proven.load(Ordering::Relaxed) && Moment::now() < until;
        while open(end) {
            let upper = cost();
            if exact::prove(tables.instance, tables.places, upper, threads, Some(end), stop, self) == 0 {
                return;
            }
            let patience = part(PATIENCE);
            while open(patience) && cost() >= upper {
                std::thread::sleep(PAUSE);
            }
            if cost() >= upper {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        generate::{Draw, generate},
        instance::{Instance, Placements},
        rules,
    };

    #[test]
    fn the_enumeration_finds_the_best_calendar_of_three_people_without_the_search() {
        let draw = Draw { per_site: 3, seed: 1, ..Draw::default() };
        let instance = Arc::new(Instance::new(Arc::new(generate(&draw))));
        let (places, stop, proven) = (Placements::new(&instance), Stop::default(), AtomicU64::new(0));
        let tables = Tables::new(&instance, &places, &stop);
        // Nothing is placed yet.
        let incumbent = Incumbent::new(Snapshot::of(&State::new(&tables)));
        let deadline = Some(Moment::now() + Duration::from_secs(3600));
        let (tables, incumbent, stop, proven) = (&tables, &incumbent, &stop, &proven);
        let prover = Prover { tables, incumbent, threads: 2, deadline, stop, proven };
        while incumbent.cost() > proven.load(Ordering::Relaxed) as i64 {
            let upper = incumbent.cost() as u64;
            exact::prove(&instance, &places, upper, 2, deadline, stop, &prover);
            assert!((incumbent.cost() as u64) < upper || incumbent.cost() as u64 == proven.load(Ordering::Relaxed));
        }
        let judgement = rules::judge(&instance, &incumbent.get().restore(tables).bookings());
        assert!(judgement.violations.is_empty());
        assert_eq!((judgement.objective, proven.load(Ordering::Relaxed)), (6605, 6605));
    }
}
