//! `careweave validate`: every error of a problem at once.

use std::path::PathBuf;

use careweave_solver::problem::{self, Fault, Faults, ReadError, Validation};
use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
};
use crate::failure::{Failure, counted, sentence};

/// List every error of a problem at once, and what looks suspicious
///
/// Ends with 3 where the problem is invalid.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave validate week.json\n  careweave generate | careweave validate - --text")]
pub struct Validate {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
}

impl Validate {
    pub fn run(self) -> Result<Outcome, Failure> {
        let validation = validation(&input::bytes(&self.problem)?);
        if for_a_person(self.text) {
            Output::Standard.write(sentences(&validation).as_bytes())?;
        } else {
            Output::Standard.write_json(&validation)?;
        }
        Ok(if validation.is_valid() { Outcome::Done } else { Outcome::ProblemInvalid })
    }
}

/// What is wrong with the text, its syntax too.
fn validation(text: &[u8]) -> Validation {
    let faults = match problem::read(text) {
        Ok(problem) => return problem::validate(&problem),
        Err(ReadError::Invalid(faults)) => faults,
        Err(ReadError::Syntax { line, column, detail }) => Faults(vec![Fault {
            pointer: String::new(),
            path: String::new(),
            code: "invalid-json",
            detail: format!("This is not JSON: {detail} (line {line}, column {column})."),
            hint: None,
        }]),
    };
    Validation::from(faults)
}

fn sentences(validation: &Validation) -> String {
    let mut text = match validation.errors.0.len() {
        0 => "The problem is valid.\n".to_owned(),
        n => format!("The problem has {}:\n", counted(n, "error")),
    };
    let lines = |faults: &Faults| faults.0.iter().map(|f| format!("  {}\n", sentence(f))).collect::<String>();
    text += &lines(&validation.errors);
    if !validation.warnings.0.is_empty() {
        text += &format!("There is {} to look at:\n", counted(validation.warnings.0.len(), "thing"));
        text += &lines(&validation.warnings);
    }
    text
}
