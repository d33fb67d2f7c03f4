//! `careweave check`: what the rules say of a calendar, whoever made it.

use std::path::PathBuf;

use careweave_solver::rules;
use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
};
use crate::failure::{Failure, counted};

/// Judge a calendar, a person's too: every hard rule it breaks, and what it costs
///
/// Ends with 1 where the calendar breaks a rule.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave check week.json calendar.json
  careweave check week.json calendar.json --text")]
pub struct Check {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
}

impl Check {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, calendar) = input::pair(&self.problem, &self.calendar)?;
        let instance = input::instance(&problem)?;
        let sessions = input::sessions(&calendar)?;
        let report = rules::check(&instance, &sessions);
        if for_a_person(self.text) {
            Output::Standard.write(sentences(&report).as_bytes())?;
        } else {
            Output::Standard.write_json(&report)?;
        }
        Ok(if report.feasible { Outcome::Done } else { Outcome::RuleBroken })
    }
}

fn sentences(report: &rules::CheckReport) -> String {
    let mut text = match report.violations.len() {
        0 => "The calendar breaks no rule.\n".to_owned(),
        n => format!("The calendar breaks the rules in {}:\n", counted(n, "place")),
    };
    for violation in &report.violations {
        text += &format!("  {:<4} {}\n", violation.rule, violation.detail);
    }
    text += &format!("It costs {}:\n", report.objective);
    for (penalty, cost) in &report.penalties {
        text += &format!("  {cost:>9}  {penalty}\n");
    }
    text
}
