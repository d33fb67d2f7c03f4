//! `careweave whatif`: scenarios solved beside the base, and compared.

use std::{path::PathBuf, sync::Arc};

use careweave_solver::{
    scenario::{self, WhatIf},
    search::Stop,
};
use clap::Args;

use super::{
    Outcome,
    budget::Budget,
    input,
    output::{Output, for_a_person},
    progress::Style,
    simulate::rates,
    solve::stop_at_signals,
    steps::Steps,
};
use crate::{
    failure::{Document, Failure},
    reports::whatif::{Form, csv, html, table},
};

/// Solve the week with some things changed, and compare
///
/// The base is solved first; every scenario starts from its calendar. Each verdict says how it is known: `proven` by bounds
/// or by what the edits are, `likely` by paired solves, or `cannot tell`. Ctrl-C keeps what is solved.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave whatif week.json scenarios.json --seconds 20 --out report.json
  careweave whatif week.json scenarios.json --total-seconds 300 --text
  careweave whatif week.json scenarios.json --format csv --out report.csv
  careweave whatif week.json scenarios.json --format html --out report.html
  careweave whatif week.json scenarios.json --uncertainty rates.json --text
  careweave schema scenarios")]
pub struct Whatif {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The scenarios; `-` reads standard input
    scenarios: PathBuf,
    #[command(flatten)]
    budget: Budget,
    /// Where the report goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "REPORT")]
    out: Option<PathBuf>,
    /// Form of the report
    #[arg(long, value_enum, default_value = "json")]
    format: Form,
    /// A table and sentences instead, as on a terminal
    #[arg(long, conflicts_with = "format")]
    text: bool,
    /// How often people stay away, fall ill and arrive: what becomes of each calendar is drawn, too
    #[arg(long, value_name = "RATES")]
    uncertainty: Option<PathBuf>,
    /// How progress is told on standard error
    #[arg(long, value_enum, default_value = "auto", value_name = "STYLE")]
    progress: Style,
}

impl Whatif {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, scenarios) = input::pair(&self.problem, &self.scenarios)?;
        let problem = Arc::new(input::problem(&problem)?);
        let scenarios = scenario::read(&scenarios).map_err(|e| Failure::reading(Document::Scenarios, e))?;
        let uncertainty = self.uncertainty.as_deref().map(|path| rates(path, &problem)).transpose()?;
        let options = WhatIf { uncertainty, ..self.budget.options() };
        let out = Output::open(self.out.as_deref())?;
        let stop = Stop::default();
        stop_at_signals(stop.clone())?;
        let steps = Steps::new(self.progress, scenarios.len());
        let compared = scenario::what_if(&problem, &scenarios, &options, &steps, &stop);
        steps.finish();
        let comparison = compared?;
        match self.format {
            _ if self.text => out.write(table(&comparison).as_bytes())?,
            Form::Json if self.out.is_none() && for_a_person(false) => out.write(table(&comparison).as_bytes())?,
            Form::Json => out.write_json(&comparison)?,
            Form::Csv => out.write(&csv(&comparison)?)?,
            Form::Html => out.write(html(&comparison)?.as_bytes())?,
        }
        Ok(Outcome::Done)
    }
}
