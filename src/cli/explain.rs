//! `careweave explain`: why what is unmet is unmet.

use std::path::PathBuf;

use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
};
use crate::{
    failure::{Failure, counted},
    reports::explain::{Explanation, explain},
};

/// Say why each unmet order is unmet: every place it could have had, and what forbids it
///
/// Each place is counted once, under the first thing that forbids it; the counts add up to all places.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave explain week.json calendar.json
  careweave explain week.json calendar.json --order s1-p8-family --text")]
pub struct Explain {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// Only this order, met or not
    #[arg(long, value_name = "ID")]
    order: Option<String>,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
}

impl Explain {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, calendar) = input::pair(&self.problem, &self.calendar)?;
        let instance = input::instance(&problem)?;
        let sessions = input::sessions(&calendar)?;
        if let Some(order) = &self.order {
            input::has_order(&instance, order)?;
        }
        let explanation = explain(&instance, &sessions, self.order.as_deref())?;
        if for_a_person(self.text) {
            Output::Standard.write(sentences(&explanation).as_bytes())?;
        } else {
            Output::Standard.write_json(&explanation)?;
        }
        Ok(Outcome::Done)
    }
}

fn sentences(explanation: &Explanation) -> String {
    if explanation.unmet.is_empty() {
        return "Every order is met.\n".to_owned();
    }
    let mut text = String::new();
    for order in &explanation.unmet {
        let missing = match order.missing_sessions {
            0 => "is met".to_owned(),
            n => format!("lacks {} ({} minutes)", counted(n as usize, "session"), order.missing_minutes),
        };
        let of = counted(usize::try_from(order.places).unwrap_or(usize::MAX), "place");
        text += &format!("{} of {} {missing}. Of {of}:\n", order.order, order.participant);
        for reason in &order.reasons {
            text += &format!("  {:>6}  {:<22} {}\n", reason.count, reason.code, reason.detail);
        }
    }
    text
}
