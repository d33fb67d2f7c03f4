//! `careweave recommend`: where one more session of an order could go.

use std::path::PathBuf;

use careweave_solver::recommend::{Recommendation, Recommended};
use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
};
use crate::{failure::Failure, reports::recommend::recommend};

/// Rank the places for one more session of an order, each with what it costs
///
/// Nothing else moves, unless a place says so; those come last. Every place has passed the rules.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave recommend week.json calendar.json --order s1-p8-family
  careweave recommend week.json calendar.json --order s1-p8-family --top 3 --text")]
pub struct Recommend {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// The order
    #[arg(long, value_name = "ID")]
    order: String,
    /// How many places at most
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    top: u16,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
}

impl Recommend {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, calendar) = input::pair(&self.problem, &self.calendar)?;
        let instance = input::instance(&problem)?;
        let sessions = input::sessions(&calendar)?;
        input::has_order(&instance, &self.order)?;
        let found = recommend(&instance, &sessions, &self.order, self.top.into())?;
        if for_a_person(self.text) {
            Output::Standard.write(sentences(&found).as_bytes())?;
        } else {
            Output::Standard.write_json(&found)?;
        }
        Ok(Outcome::Done)
    }
}

fn sentences(found: &Recommendation) -> String {
    if found.places.is_empty() {
        return format!("There is no place for one more session of {}.\n", found.order);
    }
    found.places.iter().enumerate().map(|(k, place)| format!("{:>3}. {}\n", k + 1, sentence(place))).collect()
}

fn sentence(place: &Recommended) -> String {
    let one = |s: &careweave_solver::calendar::Session| {
        let with = s.clinicians.iter().map(|c| c.to_string()).collect::<Vec<_>>().join(", ");
        let at = s.room.as_ref().map_or_else(|| "by telehealth".to_owned(), |room| format!("in {room}"));
        format!("{} at {} {at} with {with}", s.id, s.start)
    };
    let sessions: Vec<String> = place.sessions.iter().map(one).collect();
    let cost = match place.cost_difference {
        0 => "costs nothing".to_owned(),
        c if c > 0 => format!("costs {c} more"),
        c => format!("costs {} less", c.unsigned_abs()),
    };
    let mut text = format!("{}: {cost}.", sessions.join("; "));
    if !place.moves.is_empty() {
        let moves: Vec<String> = place.moves.iter().map(one).collect();
        let called: Vec<String> = place.contacts.iter().map(|p| p.to_string()).collect();
        text += &format!(" Moves {}; call {}.", moves.join("; "), called.join(", "));
    }
    text
}
