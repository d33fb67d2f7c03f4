//! A proven lower bound on the objective of every calendar of an instance: counting at once, then relaxations whose
//! multipliers are made safe. What is valid here is valid under every rule: where in doubt a constraint or a cost is left
//! out, which can only lower the bound.

mod cells;
mod counting;
pub mod exact;
mod facts;
mod machine;
mod people;
mod relax;
mod safe;

use std::{collections::BTreeMap, sync::Arc, time::Instant as Moment};

use self::relax::Grain;
use crate::{
    instance::{Instance, ParticipantIx, Placements, SiteIx},
    milp::{self, Limits, Method, Program},
    search::Stop,
};

/// Lengths of the cells of time of the relaxations, in minutes, one after the other: a whole day first.
const CELLS: [i32; 2] = [1440, 60];

/// How many relaxations there are, coarse to fine.
pub const LEVELS: usize = CELLS.len();

/// Most participants of a problem whose relaxations are also solved in whole numbers.
const WHOLE: usize = 30;

/// Proves lower bounds on the objective, better and better, until `deadline` or a stop, and reports each; of the
/// relaxations it solves the first `levels`, and says `finer` before each but the first.
pub fn prove(
    instance: &Instance,
    placements: &Placements,
    deadline: Option<Moment>,
    stop: &Stop,
    levels: usize,
    finer: &dyn Fn(),
    report: &dyn Fn(u64),
) -> u64 {
    let facts = facts::Facts::new(instance);
    let mut blocks: BTreeMap<SiteIx, Vec<ParticipantIx>> = BTreeMap::new();
    for p in ParticipantIx::all(instance.participants.len()) {
        blocks.entry(instance.participants[p.i()].home).or_default().push(p);
    }
    // Each site's own bound; their sum holds for all, as every cost belongs to one site and what sites share is given to
    // each in full.
    let mut proven: BTreeMap<SiteIx, u64> = BTreeMap::new();
    let mut total = 0;
    let mut raise = |proven: &mut BTreeMap<SiteIx, u64>, site: SiteIx, bound: u64| {
        let old = proven.entry(site).or_default();
        *old = bound.max(*old);
        let sum = proven.values().fold(0u64, |sum, b| sum.saturating_add(*b));
        if sum > total {
            total = sum;
            report(sum);
        }
    };
    let over = || stop.stopped() || deadline.is_some_and(|d| Moment::now() >= d);
    for (&site, people) in &blocks {
        if over() {
            break;
        }
        raise(&mut proven, site, counting::bound(instance, placements, &facts, people));
    }
    for (level, minutes) in CELLS.into_iter().take(levels).enumerate() {
        if level > 0 {
            finer();
        }
        for (&site, people) in &blocks {
            if over() {
                break;
            }
            let program =
                relax::program(instance, placements, &facts, people, site, Grain { minutes, whole: false }, &over);
            let Some(program) = program.map(Arc::new) else { break };
            let limits = Limits { deadline, ..Limits::default() };
            let answer = milp::solve(&program, Method::InteriorPoint, &[], &limits, stop);
            if let Some(bound) = safe::bound(&program, &answer.duals) {
                raise(&mut proven, site, bound);
            }
        }
    }
    let Some(deadline) = deadline.filter(|_| instance.participants.len() <= WHOLE && levels == LEVELS) else {
        return total;
    };
    for minutes in CELLS {
        for (k, (&site, people)) in blocks.iter().enumerate() {
            let program =
                relax::program(instance, placements, &facts, people, site, Grain { minutes, whole: true }, &over);
            let Some(program) = program.map(Arc::new) else { break };
            let left = deadline.saturating_duration_since(Moment::now()) / (blocks.len() - k) as u32;
            if let Some(bound) = branch(&program, Moment::now() + left, stop) {
                raise(&mut proven, site, bound);
            }
        }
    }
    total
}

/// The lower bound of an integer program on which two runs agree, one of them without presolve and with another seed.
fn branch(program: &Arc<Program>, deadline: Moment, stop: &Stop) -> Option<u64> {
    let run = |plain: bool| {
        let limits = Limits { deadline: Some(deadline), plain, seed: if plain { 7 } else { 1 }, ..Limits::default() };
        milp::solve(program, Method::Branch, &[], &limits, stop).bound
    };
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| run(true));
        (run(false), second.join().ok())
    });
    let bound = (first.min(second?) - 1e-6).ceil();
    (bound.is_finite() && bound > 0.0).then_some(bound as u64)
}
