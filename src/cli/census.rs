//! `careweave census`: how many more can be taken.

use std::{path::PathBuf, sync::Arc};

use careweave_solver::{scenario, search::Stop};
use clap::Args;

use super::{
    Outcome,
    budget::Budget,
    input,
    output::{Output, for_a_person},
    progress::Style,
    solve::stop_at_signals,
    steps::Steps,
};
use crate::{
    failure::{Document, Failure},
    reports::{
        census::{html, sentences},
        quality::Form,
    },
};

/// Count how many more people can be taken with a level of service held, and say what stops the next one
///
/// People are copies of participants, of given profiles or of this week's mix. Each number of them is solved; the one after
/// the largest is tried with several seeds before it is given up.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave census week.json profiles.json --seconds 10
  careweave census week.json profiles.json --total-seconds 300 --text
  careweave census week.json profiles.json --format html --out census.html
  careweave schema profiles")]
pub struct Census {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The profiles; `-` reads standard input
    profiles: PathBuf,
    #[command(flatten)]
    budget: Budget,
    /// Where the answer goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "json")]
    format: Form,
    /// Sentences instead, as on a terminal
    #[arg(long, conflicts_with = "format")]
    text: bool,
    /// How progress is told on standard error
    #[arg(long, value_enum, default_value = "auto", value_name = "STYLE")]
    progress: Style,
}

impl Census {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, profiles) = input::pair(&self.problem, &self.profiles)?;
        let problem = Arc::new(input::problem(&problem)?);
        let profiles = scenario::read_profiles(&profiles).map_err(|e| Failure::reading(Document::Profiles, e))?;
        let faults = profiles.faults(&problem).0;
        if !faults.is_empty() {
            return Err(Failure::Invalid { document: Document::Profiles, faults });
        }
        let out = Output::open(self.out.as_deref())?;
        let stop = Stop::default();
        stop_at_signals(stop.clone())?;
        let steps = Steps::new(self.progress, 0);
        let census = scenario::census(&problem, &profiles, &self.budget.options(), &steps, &stop);
        steps.finish();
        let census = census?;
        match self.format {
            Form::Html => out.write(html(&census)?.as_bytes())?,
            Form::Json => out.tell(&census, self.text || (self.out.is_none() && for_a_person(false)), sentences)?,
        }
        Ok(Outcome::Done)
    }
}
