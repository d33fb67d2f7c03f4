//! The whole of a small problem as one integer program, solved twice: what both runs prove is a bound.

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
use crate::milp::{Free, Limits, Outcome, SubModel};

/// Most participants of a problem for which this is tried.
const MOST: usize = 8;
/// How long the search goes first, so that the model starts from a good calendar.
const HEAD_START: Duration = Duration::from_millis(1500);

/// Proves what it can by `deadline`: a second run with presolve off and another seed has to confirm, the smaller bound
/// counts. A better calendar that comes up is offered.
pub fn prove(tables: &Tables<'_>, incumbent: &Incumbent, deadline: Option<Moment>, stop: &Stop, proven: &AtomicU64) {
    let instance = tables.instance;
    let begin = Moment::now();
    let time = deadline.map_or(Duration::ZERO, |d| d.saturating_duration_since(begin));
    if instance.participants.len() > MOST || time.is_zero() {
        return;
    }
    while begin.elapsed() < HEAD_START.min(time / 4) && !stop.stopped() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let best = incumbent.get();
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
            let mut state = State::new(tables);
            state.adopt(&sessions, &mut Chance::new(0, 0));
            incumbent.offer(&Snapshot::of(&state));
        }
    }
}
