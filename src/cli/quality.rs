//! `careweave quality`: what a whole calendar is like, and for whom.

use std::path::PathBuf;

use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
};
use crate::{
    failure::Failure,
    reports::quality::{Form, html, of, table},
};

/// Say who bears each penalty, and how evenly waiting, evenings, days and work are spread
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave quality week.json calendar.json --text
  careweave quality week.json calendar.json --format html --out quality.html")]
pub struct Quality {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// Where the report goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "REPORT")]
    out: Option<PathBuf>,
    /// Form of the report
    #[arg(long, value_enum, default_value = "json")]
    format: Form,
    /// Tables instead, as on a terminal
    #[arg(long, conflicts_with = "format")]
    text: bool,
}

impl Quality {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, calendar) = input::pair(&self.problem, &self.calendar)?;
        let instance = input::instance(&problem)?;
        let sessions = input::sessions(&calendar)?;
        let out = Output::open(self.out.as_deref())?;
        let quality = of(&instance, &sessions);
        match self.format {
            Form::Html => out.write(html(&instance.problem, &quality)?.as_bytes())?,
            Form::Json => {
                let in_words = self.text || (self.out.is_none() && for_a_person(false));
                out.tell(&quality, in_words, table)?;
            }
        }
        Ok(Outcome::Done)
    }
}
