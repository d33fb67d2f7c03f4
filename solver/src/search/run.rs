//! One solve from beginning to end: first calendars, threads, bound, watching, and the judge at the door.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use super::{
    Options, Progress, SolveError, Stop, Watcher,
    clock::{Budget, Clock},
    contradictions,
    driver::Crew,
    incumbent::{Incumbent, Snapshot},
    priority::give_way,
    prove,
    random::Chance,
    state::State,
    tables::Tables,
    warm,
};
use crate::{
    bound,
    calendar::Calendar,
    instance::{Booked, Instance, Placements},
};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(250);
/// How often it is looked whether there is anything to tell.
const LOOK: Duration = Duration::from_millis(20);
/// Rounds from which on a solve without deadline also solves the fine relaxations.
const FINE: u64 = 1000;
/// How far the thread that proves bounds gives way to the search: of two cores that it shares with two threads of the
/// search a sixth is left to it for the coarse relaxation, a tenth for the fine one, which is slow and brings less.
const ASIDE: [u8; 2] = [4, 3];
/// How far the search gives way to threads that prove, where a proof is in reach: of the cores that they share three tenths
/// are left to it.
const LET_PROVE: u8 = 4;
/// The first temperature of a warm start, against that of a cold one.
const WARM: f64 = 0.03;

/// See [`super::solve`].
pub fn run(
    instance: &Arc<Instance>,
    options: &Options,
    watcher: &dyn Watcher,
    stop: &Stop,
) -> Result<Calendar, SolveError> {
    let begin = Moment::now();
    let broken = contradictions(instance);
    if !broken.is_empty() {
        return Err(SolveError::PinsContradict(broken));
    }
    let places = Placements::new(instance);
    let tables = Tables::new(instance, &places, stop);
    let first = first_calendar(instance, &tables, options, stop);
    let mut scribe = Scribe { instance, tables: &tables, notes: first.notes, begin, took: Duration::ZERO, best: None };
    let incumbent = Incumbent::new(first.snapshot);
    let proven = AtomicU64::new(0);
    scribe.write(&incumbent.get(), 0)?;
    if let Some(calendar) = &scribe.best {
        watcher.improved(Arc::new(calendar.clone()));
    }

    // What writing the calendar takes is kept back, so that the whole ends in time.
    let length = options.seconds.map(|s| {
        let length = Duration::from_secs_f64(s.max(0.0));
        length.saturating_sub(scribe.took.mul_f64(1.5) + Duration::from_millis(30)).max(length / 4)
    });
    let clock = Budget::new(begin, length, options.rounds, stop);
    let by_rounds_alone = options.rounds.is_some() && options.seconds.is_none();
    // Without a deadline the bound is worked on in proportion to the rounds, so that it depends on no clock either.
    let levels = if by_rounds_alone && options.rounds < Some(FINE) { 1 } else { bound::LEVELS };
    // Where a proof is in reach it is what is waited for.
    let in_reach = options.prove && !by_rounds_alone && instance.participants.len() <= prove::MOST;
    let bound_stop = Stop::default();
    let (searched, bounded) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let bound_stop = &bound_stop;
        scope.spawn(|| {
            let aside = |by: u8| {
                if !in_reach {
                    give_way(by);
                }
            };
            aside(ASIDE[0]);
            let raise = |bound: u64| {
                proven.fetch_max(bound, Ordering::Relaxed);
            };
            if options.prove {
                bound::prove(instance, &places, clock.deadline(), bound_stop, levels, &|| aside(ASIDE[1]), &raise);
            }
            if in_reach {
                let prover = prove::Prover {
                    tables: &tables,
                    incumbent: &incumbent,
                    threads: options.threads,
                    deadline: clock.deadline(),
                    stop: bound_stop,
                    proven: &proven,
                };
                prover.prove();
            }
            bounded.store(true, Ordering::Release);
        });
        scope.spawn(|| {
            let crew = Crew {
                tables: &tables,
                clock: &clock,
                incumbent: &incumbent,
                seed: options.seed,
                warmth: if first.warm { WARM } else { 1.0 },
                trace: options.trace.0.clone(),
                begin,
            };
            if in_reach {
                give_way(LET_PROVE);
            }
            crew.work(options.threads);
            searched.store(true, Ordering::Release);
        });
        let mut watch = Watch { watcher, begin, told: None, shown: incumbent.cost(), at: Moment::now() };
        while !searched.load(Ordering::Acquire) || (by_rounds_alone && !bounded.load(Ordering::Acquire)) {
            std::thread::sleep(LOOK);
            if stop.stopped() {
                bound_stop.stop();
            }
            let (cost, bound) = (incumbent.cost(), proven.load(Ordering::Relaxed));
            watch.tell("improve", cost, bound, incumbent.tries());
            if watch.wants(cost, scribe.took) && scribe.write(&incumbent.get(), bound).is_ok() {
                if let Some(calendar) = &scribe.best {
                    watcher.improved(Arc::new(calendar.clone()));
                }
                watch.show(cost);
            }
            let gap = (cost as f64 - bound as f64) / (cost as f64).max(1.0);
            if !by_rounds_alone && gap <= options.target_gap {
                clock.finish();
            }
        }
        bound_stop.stop();
    });
    let bound = proven.load(Ordering::Relaxed);
    let fault = scribe.write(&incumbent.get(), bound).err();
    let Some(mut calendar) = scribe.best else {
        return Err(fault.unwrap_or(SolveError::Internal(Vec::new())));
    };
    calendar.set_bound(bound);
    calendar.seconds = begin.elapsed().as_secs_f64();
    let gap = Some(calendar.gap);
    watcher.improved(Arc::new(calendar.clone()));
    watcher.progress(&Progress {
        seconds: calendar.seconds,
        stage: "finished",
        objective: Some(calendar.objective),
        bound: calendar.bound,
        gap,
        rounds: incumbent.tries(),
    });
    Ok(calendar)
}

struct First {
    snapshot: Snapshot,
    /// Whether it came from a calendar that was brought in.
    warm: bool,
    notes: Vec<String>,
}

/// The best of: a calendar from nothing, and those that were brought in, each filled up.
fn first_calendar(instance: &Instance, tables: &Tables<'_>, options: &Options, stop: &Stop) -> First {
    let mut chance = Chance::new(options.seed, 0);
    let stopped = || stop.stopped();
    let mut cold = State::new(tables);
    cold.construct(&mut chance, &stopped);
    let mut first = First { snapshot: Snapshot::of(&cold), warm: false, notes: Vec::new() };
    let mut brought: Vec<Vec<Booked>> = Vec::new();
    if let Some(given) = &options.start {
        let (sessions, notes) = warm::brought_in(instance, given);
        brought.push(sessions);
        first.notes = notes;
    }
    if !instance.previous.is_empty() {
        brought.push(instance.previous.iter().map(|p| p.booked.clone()).collect());
    }
    if !instance.problem.reference.is_empty() {
        brought.push(warm::this_week(instance, &instance.problem.reference));
    }
    for sessions in brought {
        let mut state = State::new(tables);
        state.adopt(&sessions, &mut chance);
        for filled in [false, true] {
            if filled {
                state.construct(&mut chance, &stopped);
            }
            if state.cost < first.snapshot.cost {
                first.snapshot = Snapshot::of(&state);
                first.warm = true;
            }
        }
    }
    first
}

/// Writes calendars and has them judged.
struct Scribe<'a> {
    instance: &'a Instance,
    tables: &'a Tables<'a>,
    notes: Vec<String>,
    begin: Moment,
    /// How long the last one took.
    took: Duration,
    /// The last one that passed.
    best: Option<Calendar>,
}

impl Scribe<'_> {
    fn write(&mut self, snapshot: &Snapshot, bound: u64) -> Result<(), SolveError> {
        let begin = Moment::now();
        let sessions = snapshot.restore(self.tables).bookings();
        let seconds = self.begin.elapsed().as_secs_f64();
        let written = Calendar::write(self.instance, &sessions, bound, seconds);
        self.took = begin.elapsed();
        let mut calendar = written.map_err(SolveError::Internal)?;
        calendar.warnings.extend(self.notes.iter().cloned());
        if self.best.as_ref().is_none_or(|b| calendar.objective <= b.objective) {
            self.best = Some(calendar);
        }
        Ok(())
    }
}

/// What was told when.
struct Watch<'a> {
    watcher: &'a dyn Watcher,
    begin: Moment,
    told: Option<Moment>,
    /// Cost of the last calendar shown, and when that was.
    shown: i64,
    at: Moment,
}

impl Watch<'_> {
    fn tell(&mut self, stage: &'static str, cost: i64, bound: u64, rounds: u64) {
        if self.told.is_some_and(|t| t.elapsed() < TELL) {
            return;
        }
        self.told = Some(Moment::now());
        let objective = cost.max(0) as u64;
        let bound = bound.min(objective);
        self.watcher.progress(&Progress {
            seconds: self.begin.elapsed().as_secs_f64(),
            stage,
            objective: Some(objective),
            bound,
            gap: Some((objective - bound) as f64 / objective.max(1) as f64),
            rounds,
        });
    }

    /// Whether a better calendar is due: at most two a second, and less of them the longer one takes to write.
    fn wants(&self, cost: i64, took: Duration) -> bool {
        cost < self.shown && self.at.elapsed() > Duration::from_millis(500).max(took * 20)
    }

    fn show(&mut self, cost: i64) {
        self.shown = cost;
        self.at = Moment::now();
    }
}
