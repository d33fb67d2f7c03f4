//! `careweave recommend`: where one more session of an order could go, or all that is missing of a participant.

use std::path::PathBuf;

use careweave_solver::{
    calendar::Session,
    recommend::{Admission, Plan, Recommendation, Recommended, Verdict},
};
use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
};
use crate::{
    failure::{Failure, counted},
    reports::recommend::{Admissions, admissions, recommend},
};

/// Rank the places for one more session of an order, each with what it costs
///
/// Nothing else moves, unless a place says so; those come last. Every place has passed the rules. With --participant: all
/// sessions that are missing of somebody at once, as a whole, in part, or why not: of who is new in the problem and in no
/// session yet, or missed some.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave recommend week.json calendar.json --order s1-p8-family
  careweave recommend week.json calendar.json --order s1-p8-family --top 3 --text
  careweave recommend week.json calendar.json --participant s1-p8 --participant s1-p9 --in-turn")]
pub struct Recommend {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// The order
    #[arg(long, value_name = "ID", required_unless_present = "participant", conflicts_with = "participant")]
    order: Option<String>,
    /// Who is to get everything that is missing; may be given several times
    #[arg(long, value_name = "ID")]
    participant: Vec<String>,
    /// Whether each comes after those named before, who are there already
    #[arg(long, requires = "participant")]
    in_turn: bool,
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
        let in_words = for_a_person(self.text);
        if let Some(order) = &self.order {
            input::has_order(&instance, order)?;
            let found = recommend(&instance, &sessions, order, self.top.into())?;
            Output::Standard.tell(&found, in_words, sentences)?;
            return Ok(Outcome::Done);
        }
        if let Some(id) = self.participant.iter().find(|id| instance.participant_named(id).is_none()) {
            return Err(Failure::Usage(format!("The problem has no participant {id}.")));
        }
        let found = admissions(&instance, &sessions, &self.participant, self.in_turn)?;
        Output::Standard
            .tell(&found, in_words, |found: &Admissions| found.admissions.iter().map(admission).collect())?;
        Ok(Outcome::Done)
    }
}

/// Whether somebody can come, in words.
fn admission(found: &Admission) -> String {
    let who = &found.participant;
    let of = counted(found.missing_sessions as usize, "missing session");
    let mut text = match (found.missing_sessions, found.verdict) {
        (0, _) => format!("{who}: nothing is missing.\n"),
        (_, Verdict::Whole) => format!("{who}: all of {of} can be placed.\n"),
        (_, Verdict::Part) => format!("{who}: part of {of} can be placed.\n"),
        (_, Verdict::None) => format!("{who}: none of {of} can be placed.\n"),
    };
    found.plans.iter().for_each(|plan| text += &plan_in_words(plan));
    for unmet in &found.unmet {
        let reason = unmet.reasons.iter().max_by_key(|r| r.count).map_or("", |r| &r.detail);
        text += &format!("  {} of {} missing: {reason}\n", unmet.missing_sessions, unmet.order);
    }
    text
}

fn plan_in_words(plan: &Plan) -> String {
    let calls: Vec<String> = plan.contacts.iter().map(|p| p.to_string()).collect();
    let called =
        if calls.is_empty() { "nobody has to be called".to_owned() } else { format!("call {}", calls.join(", ")) };
    let mut text = format!("  {} placed, {}, {called}:\n", plan.placed_sessions, cost(plan.cost_difference));
    plan.sessions.iter().for_each(|s| text += &format!("    {}\n", one(s)));
    plan.moves.iter().for_each(|s| text += &format!("    moves {}\n", one(s)));
    text
}

fn sentences(found: &Recommendation) -> String {
    if found.places.is_empty() {
        return format!("There is no place for one more session of {}.\n", found.order);
    }
    found.places.iter().enumerate().map(|(k, place)| format!("{:>3}. {}\n", k + 1, sentence(place))).collect()
}

fn sentence(place: &Recommended) -> String {
    let sessions: Vec<String> = place.sessions.iter().map(one).collect();
    let mut text = format!("{}: {}.", sessions.join("; "), cost(place.cost_difference));
    if !place.moves.is_empty() {
        let moves: Vec<String> = place.moves.iter().map(one).collect();
        let called: Vec<String> = place.contacts.iter().map(|p| p.to_string()).collect();
        text += &format!(" Moves {}; call {}.", moves.join("; "), called.join(", "));
    }
    text
}

fn one(s: &Session) -> String {
    let with = s.clinicians.iter().map(|c| c.to_string()).collect::<Vec<_>>().join(", ");
    let at = s.room.as_ref().map_or_else(|| "by telehealth".to_owned(), |room| format!("in {room}"));
    format!("{} on {} {at} with {with}", s.id, s.when())
}

fn cost(difference: i64) -> String {
    match difference {
        0 => "costs nothing".to_owned(),
        c if c > 0 => format!("costs {c} more"),
        c => format!("costs {} less", c.unsigned_abs()),
    }
}
