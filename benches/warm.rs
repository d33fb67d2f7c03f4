//! How soon a warm start reaches what a cold solve reaches: `cargo bench --bench warm -- PROBLEM SCENARIOS SECONDS`.
//! The base is solved for so long, then each scenario from nothing; then again from the base's calendar, until it costs no
//! more. Prints a line for each scenario, and the median share of the time.

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

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [week, scenarios, seconds] = &args[..] else {
        println!("cargo bench --bench warm -- PROBLEM SCENARIOS SECONDS");
        return Ok(());
    };
    let seconds: f64 = seconds.parse()?;
    let week = problem::read(&std::fs::read(week)?).map_err(|e| format!("{e:?}"))?;
    let scenarios = scenario::read(&std::fs::read(scenarios)?).map_err(|e| format!("{e:?}"))?;
    let (base, _) = solved(&week, seconds, None, 0)?;
    let mut shares = Vec::new();
    println!("| scenario | cold, {seconds} s | as good from the base's calendar after |\n|---|---|---|");
    for scenario in &scenarios {
        let edited = edits::apply(&week, &scenario.edits).map_err(|e| format!("{e:?}"))?;
        let (cold, _) = solved(&edited, seconds, None, 0)?;
        let (warm, reached) = solved(&edited, seconds, Some(&base), cold.objective)?;
        // The last step of a search is not always told.
        let reached = reached.or((warm.objective <= cold.objective).then_some(warm.seconds));
        let told = reached.map_or(format!("not reached ({})", warm.objective), |after| format!("{after:.1} s"));
        println!("| {} | {} | {told} |", scenario.id, cold.objective);
        shares.push(reached.map_or(f64::INFINITY, |after| after / seconds));
    }
    shares.sort_by(f64::total_cmp);
    let median = shares.get(shares.len() / 2).copied().unwrap_or_default();
    println!("\nMedian over {} scenarios: {:.0} % of the time.", shares.len(), median * 100.0);
    Ok(())
}
