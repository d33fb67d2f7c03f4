//! `careweave validate`: every error of a problem at once.

use std::path::PathBuf;

use careweave_solver::problem::{self, Fault, Faults, ReadError, Validation};
use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
};
use crate::{
    failure::{Failure, counted, sentence},
    reports::profile::{self, Kept, Profile},
};

/// List every error of a problem at once, and what looks suspicious
///
/// Ends with 3 where the problem is invalid.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave validate week.json\n  careweave generate | careweave validate - --text
  careweave validate week.json --profile profiles/medicare-iop.json --calendar calendar.json")]
pub struct Validate {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// Rules of a state or payer: what is not so is among the warnings; may be given several times
    #[arg(long, value_name = "FILE")]
    profile: Vec<PathBuf>,
    /// A calendar that is held against the profiles, too
    #[arg(long, value_name = "FILE", requires = "profile")]
    calendar: Option<PathBuf>,
    /// A calendar of an earlier week, for rules about the days since something was held; may be given several times
    #[arg(long, value_name = "FILE", requires = "calendar")]
    earlier: Vec<PathBuf>,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
}

impl Validate {
    pub fn run(self) -> Result<Outcome, Failure> {
        let text = input::bytes(&self.problem)?;
        let mut validation = validation(&text);
        if validation.is_valid() && !self.profile.is_empty() {
            validation.warnings.0.extend(self.profiled(&text)?);
        }
        if for_a_person(self.text) {
            Output::Standard.write(sentences(&validation).as_bytes())?;
        } else {
            Output::Standard.write_json(&validation)?;
        }
        Ok(if validation.is_valid() { Outcome::Done } else { Outcome::ProblemInvalid })
    }
}

impl Validate {
    /// What is not as the profiles say.
    fn profiled(&self, text: &[u8]) -> Result<Vec<Fault>, Failure> {
        let instance = input::instance(text)?;
        let calendar = self.calendar.as_ref().map(|file| input::sessions(&input::bytes(file)?)).transpose()?;
        let mut earlier = Vec::new();
        for file in &self.earlier {
            earlier.extend(input::sessions(&input::bytes(file)?)?);
        }
        let mut warnings = Vec::new();
        for file in &self.profile {
            let profile: Profile = serde_json::from_slice(&input::bytes(file)?)
                .map_err(|e| Failure::Usage(format!("{} is no profile: {e}.", file.display())))?;
            let calendar = calendar.as_deref();
            let calendar = calendar.map(|sessions| Kept { instance: &instance, sessions, earlier: &earlier });
            warnings.extend(profile::warnings(&profile, &instance.problem, calendar));
        }
        Ok(warnings)
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
