//! A comparison of scenarios as it is told: as JSON, as a table, as CSV, as a page.

mod csv;
mod html;
mod table;

use careweave_solver::scenario::{Comparison, Effect, Kind, Solved, Verdict};
use clap::ValueEnum;

pub use self::{csv::csv, html::html, table::table};

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// All of it, calendars too
    Json,
    /// A line for each scenario, for a spreadsheet
    Csv,
    /// A page of its own: tables, charts, use by hour
    Html,
}

/// The solved weeks of a comparison, the base first.
pub fn solved(comparison: &Comparison) -> impl Iterator<Item = &Solved> {
    let scenarios = comparison.scenarios.iter().filter_map(|s| s.solved());
    std::iter::once(&comparison.base).chain(scenarios)
}

/// How a verdict is known, as the contract says it.
pub fn kind(verdict: &Verdict) -> &'static str {
    match verdict.kind {
        Kind::Proven => "proven",
        Kind::Likely => "likely",
        Kind::CannotTell => "cannot tell",
    }
}

/// What a verdict says.
pub fn effect(verdict: &Verdict) -> &'static str {
    match verdict.effect {
        Effect::Better => "better",
        Effect::Worse => "worse",
        Effect::Same => "same",
        Effect::NotWorse => "not worse",
        Effect::NotBetter => "not better",
        Effect::Unknown => "unknown",
    }
}

/// A verdict in two or three words.
pub fn short(verdict: Option<&Verdict>) -> String {
    match verdict {
        None => String::new(),
        Some(v) if v.kind == Kind::CannotTell => kind(v).to_owned(),
        Some(v) => format!("{} {}", kind(v), effect(v)),
    }
}
