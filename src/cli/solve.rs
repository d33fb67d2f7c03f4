//! `careweave solve`: a problem in, the best calendar found out.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use careweave_solver::{
    goals::{self, Goal, Goals, WITHIN},
    search::{Listener, Options, Stop, TraceTo, Try},
};
use clap::Args;

use super::{
    Outcome, input,
    output::Output,
    progress::{Progress, Style},
};
use crate::{
    failure::{Failure, counted},
    signals::Signals,
};

/// Solve a week and print the calendar
///
/// Ctrl-C and SIGTERM stop the search and keep the best calendar; a second one gives up.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave solve week.json --seconds 30 --out calendar.json
  careweave solve week.json --start calendar.json --out better.json
  careweave solve week.json --goal few-contacts --goal largest-burden --within 0.01
  careweave generate --per-site 24 | careweave solve - --rounds 50 --threads 1")]
pub struct Solve {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// Budget, at most 3600 [default: 30; none with --rounds]
    #[arg(long, value_parser = seconds)]
    seconds: Option<f64>,
    /// Rounds of improvement; with them nothing depends on the clock unless --seconds is given too
    #[arg(long)]
    rounds: Option<u64>,
    /// Threads [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Seed of every random choice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop once the gap is at most this (0.01 is one per cent)
    #[arg(long, default_value_t = 0.0, value_parser = gap)]
    target_gap: f64,
    /// What to follow beside the objective, the most important first; may be given several times
    #[arg(long, value_name = "GOAL", value_parser = goal)]
    goal: Vec<Goal>,
    /// By which share the objective may be above the best one found, to follow the goals
    #[arg(long, default_value_t = WITHIN, value_parser = gap, requires = "goal")]
    within: f64,
    /// A calendar to start from; what of it breaks a rule is repaired or left out
    #[arg(long, value_name = "CALENDAR")]
    start: Option<PathBuf>,
    /// Where the calendar goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "CALENDAR")]
    out: Option<PathBuf>,
    /// Where every try of the search is written, one JSON object a line
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// How progress is told on standard error
    #[arg(long, value_enum, default_value = "auto", value_name = "STYLE")]
    progress: Style,
}

impl Solve {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, start) = match &self.start {
            Some(start) => {
                let (problem, start) = input::pair(&self.problem, start)?;
                (problem, Some(input::sessions(&start)?))
            }
            None => (input::bytes(&self.problem)?, None),
        };
        let instance = input::instance(&problem)?;
        drop(problem);
        let out = Output::open(self.out.as_deref())?;
        let options = Options {
            seconds: self.seconds.or(if self.rounds.is_some() { None } else { Some(30.0) }),
            rounds: self.rounds,
            threads: self.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from),
            seed: self.seed,
            target_gap: self.target_gap,
            start,
            prove: true,
            trace: TraceTo(self.trace.as_deref().map(listener).transpose()?),
        };
        let stop = Stop::default();
        stop_at_signals(stop.clone())?;
        let progress = Progress::new(self.progress, options.seconds);
        let goals = Goals { follow: self.goal, within: self.within };
        let solved = goals::solve(&instance, &options, &goals, &progress, &stop);
        progress.finish(solved.as_ref().ok());
        let calendar = solved?;
        out.write_json(&calendar)?;
        if self.progress.speaks() {
            let unmet = match calendar.unmet.len() {
                0 => "every order is met".to_owned(),
                n => format!("{} not fully met", counted(n, "order")),
            };
            let _ = writeln!(
                std::io::stderr(),
                "Objective {}, proven bound {}, gap {:.2} %, after {:.1} s; {}; {unmet}.",
                calendar.objective,
                calendar.bound,
                calendar.gap * 100.0,
                calendar.seconds,
                counted(calendar.sessions.len(), "session"),
            );
            for followed in calendar.goals.iter().flat_map(|goals| &goals.follow) {
                let goal = followed.goal.name().replace('_', " ");
                let _ = writeln!(std::io::stderr(), "Goal {goal}: {} instead of {}.", followed.after, followed.before);
            }
            for warning in &calendar.warnings {
                let _ = writeln!(std::io::stderr(), "warning: {warning}");
            }
        }
        Ok(Outcome::Done)
    }
}

/// Writes each try of the search to a file, one JSON object a line.
fn listener(path: &Path) -> Result<Listener, Failure> {
    let fault = |e: std::io::Error| Failure::Outside(format!("{} can't be written: {e}.", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(fault)?);
    Ok(Arc::new(Mutex::new(move |tried: &Try| {
        // A trace that can't be written ends; the solve goes on.
        let _ = serde_json::to_writer(&mut file, tried).map(|()| file.write_all(b"\n"));
    })))
}

/// The first signal stops the search, which then gives its best; a second one ends the process.
pub(super) fn stop_at_signals(stop: Stop) -> Result<(), Failure> {
    let fault = |e: std::io::Error| Failure::Outside(format!("Signals can't be listened to: {e}."));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(fault)?;
    let mut signals = runtime.block_on(async { Signals::listen() }).map_err(fault)?;
    thread::spawn(move || {
        runtime.block_on(async {
            signals.next().await;
            stop.stop();
            signals.next().await;
            std::process::exit(130);
        });
    });
    Ok(())
}

pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if seconds > 0.0 && seconds <= 3600.0 { Ok(seconds) } else { Err("must be above 0 and at most 3600".into()) }
}

fn goal(text: &str) -> Result<Goal, String> {
    let known = Goal::ALL.map(|goal| goal.name().replace('_', "-"));
    let k = known.iter().position(|name| *name == text.replace('_', "-"));
    k.map(|k| Goal::ALL[k]).ok_or_else(|| format!("the goals are {}", known.join(", ")))
}

fn gap(text: &str) -> Result<f64, String> {
    let gap: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&gap) { Ok(gap) } else { Err("must be between 0 and 1".into()) }
}
