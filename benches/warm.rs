//! How soon a warm start reaches what a cold solve reaches:
//! `cargo bench --bench warm -- PROBLEM SCENARIOS SECONDS [SECONDS OF A BASE…]`.
//! Each scenario is solved from nothing for so many seconds; then again from the calendar of each base, until it costs no more.
//! Prints a line for each scenario, and for each base the median share of the time and how many took a quarter of it at most.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use careweave_solver::{
    calendar::Calendar,
    instance::Instance,
    problem::{self, GivenSession, Problem},
    scenario::{self, edits},
    search::{Options, Progress, Stop, Watcher, solve},
};

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
    seconds: f64,
    start: Option<&Calendar>,
    objective: u64,
) -> Result<(Calendar, Option<f64>), Box<dyn Error>> {
    let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
    let start = start.map(|c| c.sessions.iter().map(GivenSession::from).collect());
    let options = Options { seconds: Some(seconds), threads: 2, prove: false, start, ..Options::default() };
    let stop = Stop::default();
    let until = Until { objective, begin: Instant::now(), stop: stop.clone(), reached: Mutex::default() };
    let calendar = solve(&instance, &options, &until, &stop).map_err(|e| e.to_string())?;
    let reached = until.reached.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((calendar, reached))
}

/// A week solved from nothing for so many seconds, and what share of the time each scenario then takes from there.
struct Base {
    seconds: f64,
    calendar: Calendar,
    shares: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [week, scenarios, seconds, bases @ ..] = &args[..] else {
        println!("cargo bench --bench warm -- PROBLEM SCENARIOS SECONDS [SECONDS OF A BASE…]");
        return Ok(());
    };
    let seconds: f64 = seconds.parse()?;
    let week = problem::read(&std::fs::read(week)?).map_err(|e| format!("{e:?}"))?;
    let scenarios = scenario::read(&std::fs::read(scenarios)?).map_err(|e| format!("{e:?}"))?;
    let lengths: Vec<f64> = bases.iter().map(|b| b.parse()).collect::<Result<_, _>>()?;
    let mut bases = Vec::new();
    for length in if lengths.is_empty() { vec![seconds] } else { lengths } {
        let (calendar, _) = solved(&week, length, None, 0)?;
        bases.push(Base { seconds: length, calendar, shares: Vec::new() });
    }
    let objectives =
        bases.iter().map(|b| format!(" as good from {}, a base of {} s, after |", b.calendar.objective, b.seconds));
    println!("| scenario | cold, {seconds} s |{}", objectives.collect::<String>());
    println!("|---|---|{}", "---|".repeat(bases.len()));
    for scenario in &scenarios {
        let edited = edits::apply(&week, &scenario.edits).map_err(|e| format!("{e:?}"))?;
        let (cold, _) = solved(&edited, seconds, None, 0)?;
        print!("| {} | {} |", scenario.id, cold.objective);
        for base in &mut bases {
            let (warm, reached) = solved(&edited, seconds, Some(&base.calendar), cold.objective)?;
            // The last step of a search is not always told.
            let reached = reached.or((warm.objective <= cold.objective).then_some(warm.seconds));
            print!(
                " {} |",
                reached.map_or(format!("not reached ({})", warm.objective), |after| format!("{after:.1} s"))
            );
            base.shares.push(reached.map_or(f64::INFINITY, |after| after / seconds));
        }
        println!();
    }
    println!();
    for Base { seconds: length, mut shares, .. } in bases {
        shares.sort_by(f64::total_cmp);
        let median = shares.get(shares.len() / 2).copied().unwrap_or_default();
        let share =
            if median.is_finite() { format!("{:.0} % of the time", median * 100.0) } else { "not reached".to_owned() };
        let soon = shares.iter().filter(|share| **share <= 0.25).count();
        println!("base of {length} s: median {share}, {soon} of {} in a quarter of it", shares.len());
    }
    Ok(())
}
