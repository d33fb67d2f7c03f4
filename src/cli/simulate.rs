//! `careweave simulate`: what becomes of a calendar in weeks as they happen.

use std::path::PathBuf;

use careweave_solver::{scenario::uncertainty, search::Stop};
use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
    solve::stop_at_signals,
};
use crate::{
    failure::{Document, Failure},
    reports::uncertainty::table,
};

/// Draw weeks in which people stay away, clinicians fall ill and people arrive, and say what becomes of the calendar
///
/// The same seed draws the same weeks for every calendar. To compare changes of the problem so, `careweave whatif
/// --uncertainty` solves each first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave simulate week.json calendar.json rates.json --text
  careweave simulate week.json calendar.json rates.json --seed 2 --out simulated.json
  careweave schema rates")]
pub struct Simulate {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// How often it happens
    rates: PathBuf,
    /// Seed of the weeks
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the answer goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A table instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
}

impl Simulate {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, calendar) = input::pair(&self.problem, &self.calendar)?;
        let instance = input::instance(&problem)?;
        let sessions = input::sessions(&calendar)?;
        let rates = rates(&self.rates, &instance.problem)?;
        let out = Output::open(self.out.as_deref())?;
        let stop = Stop::default();
        stop_at_signals(stop.clone())?;
        let told = uncertainty::simulate(&instance, &sessions, &rates, self.seed, &stop);
        out.tell(&told, self.text || (self.out.is_none() && for_a_person(false)), table)?;
        Ok(Outcome::Done)
    }
}

/// Rates from a file, of things that the problem has.
pub(super) fn rates(
    path: &std::path::Path,
    problem: &careweave_solver::problem::Problem,
) -> Result<uncertainty::Rates, Failure> {
    let rates = uncertainty::read(&input::bytes(path)?).map_err(|e| Failure::reading(Document::Rates, e))?;
    let faults = rates.faults(problem).0;
    if faults.is_empty() { Ok(rates) } else { Err(Failure::Invalid { document: Document::Rates, faults }) }
}
