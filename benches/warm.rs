//! How soon a scenario that starts from the base's calendar is as good as one solved from nothing, as a what-if solves them:
//! `cargo bench --bench warm -- PROBLEM SCENARIOS SECONDS [SEED…]`. The base is solved with each seed for so many seconds on two
//! threads, then each scenario from nothing for as long on one; then again from each base's calendar, until it costs no more.
//! Prints a line for each scenario, the median share of the time and how many took a quarter of it at most.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use careweave_solver::{
    calendar::Calendar,
    instance::Instance,
    problem::{self, GivenSession, Problem},
    scenario::{self, Scenario, edits},
    search::{Options, Progress, Stop, Watcher, solve},
};

type Fault = Box<dyn Error + Send + Sync>;

/// As many scenarios are solved at once, each on one thread, and the base on all of them, as a what-if does on two cores.
const THREADS: usize = 2;

/// How a solve goes.
struct How {
    seconds: f64,
    threads: usize,
    seed: u64,
}

/// Ends a search once it costs no more than this, and notes when.
struct Until {
    objective: u64,
    begin: Instant,
    stop: Stop,
    reached: Mutex<Option<f64>>,
}

impl Watcher for Until {
    fn progress(&self, progress: &Progress) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        if reached.is_none() && progress.objective.is_some_and(|found| found <= self.objective) {
            *reached = Some(self.begin.elapsed().as_secs_f64());
            self.stop.stop();
        }
    }
}

/// Solves until it costs no more than `objective`, at most so long; the calendar and when that was reached.
fn solved(
    problem: &Problem,
    how: &How,
    start: Option<&Calendar>,
    objective: u64,
) -> Result<(Calendar, Option<f64>), Fault> {
    let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
    let start = start.map(|c| c.sessions.iter().map(GivenSession::from).collect());
    let &How { seconds, threads, seed } = how;
    let options = Options { seconds: Some(seconds), threads, seed, prove: false, start, ..Options::default() };
    let stop = Stop::default();
    let until = Until { objective, begin: Instant::now(), stop: stop.clone(), reached: Mutex::default() };
    let calendar = solve(&instance, &options, &until, &stop).map_err(|e| e.to_string())?;
    let reached = until.reached.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((calendar, reached))
}

/// What came of a scenario: the objective from nothing, and from each base either when that was reached or the objective.
type Told = (u64, Vec<Result<f64, u64>>);

/// Solves a scenario from nothing, then from each base until it costs no more.
fn compared(edited: &Problem, seconds: f64, bases: &[Calendar]) -> Result<Told, Fault> {
    let alone = How { seconds, threads: 1, seed: 1 };
    let (cold, _) = solved(edited, &alone, None, 0)?;
    let warm = bases.iter().map(|base| {
        let (warm, reached) = solved(edited, &alone, Some(base), cold.objective)?;
        // The last step of a search is not always told.
        let reached = reached.or((warm.objective <= cold.objective).then_some(warm.seconds));
        Ok(reached.ok_or(warm.objective))
    });
    Ok((cold.objective, warm.collect::<Result<_, Fault>>()?))
}

fn main() -> Result<(), Fault> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [week, scenarios, seconds, seeds @ ..] = &args[..] else {
        println!("cargo bench --bench warm -- PROBLEM SCENARIOS SECONDS [SEED…]");
        return Ok(());
    };
    let seconds: f64 = seconds.parse()?;
    let seeds: Vec<u64> = seeds.iter().map(|seed| seed.parse()).collect::<Result<_, _>>()?;
    let seeds = if seeds.is_empty() { vec![1] } else { seeds };
    let week = problem::read(&std::fs::read(week)?).map_err(|e| format!("{e:?}"))?;
    let scenarios = scenario::read(&std::fs::read(scenarios)?).map_err(|e| format!("{e:?}"))?;
    let bases = seeds.iter().map(|&seed| Ok(solved(&week, &How { seconds, threads: THREADS, seed }, None, 0)?.0));
    let bases: Vec<Calendar> = bases.collect::<Result<_, Fault>>()?;
    let told = std::thread::scope(|scope| -> Result<Vec<Told>, Fault> {
        let mut told = Vec::with_capacity(scenarios.len());
        for together in scenarios.chunks(THREADS) {
            let work = |scenario: &Scenario| {
                let edited = edits::apply(&week, &scenario.edits).map_err(|e| format!("{e:?}"))?;
                compared(&edited, seconds, &bases)
            };
            let solves: Vec<_> = together.iter().map(|scenario| scope.spawn(move || work(scenario))).collect();
            for solve in solves {
                told.push(solve.join().map_err(|_| "a solve panicked")??);
            }
        }
        Ok(told)
    })?;
    println!(
        "| scenario | from nothing |{}",
        seeds.iter().map(|seed| format!(" from base {seed} |")).collect::<String>()
    );
    println!("|---|---|{}", "---|".repeat(seeds.len()));
    println!("| base | |{}", bases.iter().map(|base| format!(" {} |", base.objective)).collect::<String>());
    let mut shares = Vec::new();
    for (scenario, (cold, warm)) in scenarios.iter().zip(&told) {
        let cell = |warm: &Result<f64, u64>| match warm {
            Ok(after) => format!(" {after:.1} s |"),
            Err(objective) => format!(" {objective}, not reached |"),
        };
        println!("| {} | {cold} |{}", scenario.id, warm.iter().map(cell).collect::<String>());
        shares.extend(warm.iter().map(|warm| warm.map_or(f64::INFINITY, |after| after / seconds)));
    }
    shares.sort_by(f64::total_cmp);
    let median = shares.get(shares.len() / 2).copied().unwrap_or_default();
    let soon = shares.iter().filter(|share| **share <= 0.25).count();
    println!("\nMedian {:.0} % of the time; {soon} of {} in a quarter of it.", median * 100.0, shares.len());
    Ok(())
}
