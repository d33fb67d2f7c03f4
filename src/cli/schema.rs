//! `careweave schema`: the JSON Schema of a document.

use careweave_solver::{calendar, problem, replan, scenario};
use clap::{Args, ValueEnum};

use super::{Outcome, output::Output};
use crate::failure::Failure;

/// Print the JSON Schema (2020-12) of a document
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  careweave schema problem > problem.schema.json\n  careweave schema calendar\n  careweave schema events\n  careweave schema scenarios"
)]
pub struct Schema {
    /// Which document
    #[arg(value_enum)]
    document: Document,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Document {
    /// What comes in
    Problem,
    /// What goes out
    Calendar,
    /// What has happened, for `replan`
    Events,
    /// What is changed, for `whatif`
    Scenarios,
    /// Whom to take more of, for `census`
    Profiles,
    /// What can be had, for `buy`
    Prices,
    /// How often people stay away, fall ill and arrive, for `simulate` and `whatif`
    Rates,
}

impl Schema {
    pub fn run(self) -> Result<Outcome, Failure> {
        Output::Standard.write_json(&match self.document {
            Document::Problem => problem::schema(),
            Document::Calendar => calendar::schema(),
            Document::Events => replan::schema(),
            Document::Scenarios => scenario::schema(),
            Document::Profiles => scenario::profiles_schema(),
            Document::Prices => scenario::prices_schema(),
            Document::Rates => scenario::uncertainty::schema(),
        })?;
        Ok(Outcome::Done)
    }
}
