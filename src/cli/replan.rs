//! `careweave replan`: plans after events, fewest calls first.

use std::{path::PathBuf, sync::Arc, thread};

use careweave_solver::{
    replan::{self, Plan, Replan as Plans},
    search::{Options, Stop},
};
use clap::Args;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
    solve::{seconds, stop_at_signals},
};
use crate::{
    failure::{Document, Failure, counted},
    reports::replan::task,
};

/// Plan the rest of the week after events, calling as few people as possible
///
/// Somebody is ill, a room is closed, a session is called off: what has begun stays, and so does everything that can.
/// Each plan says whom to call and what to tell them. The first calls fewest people; each further one costs less.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave replan week.json calendar.json events.json
  careweave replan week.json calendar.json events.json --seconds 5 --text
  careweave schema events")]
pub struct Replan {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar in force; `-` reads standard input
    calendar: PathBuf,
    /// What has happened; `-` reads standard input
    events: PathBuf,
    /// Budget, at most 3600 [default: 10; none with --rounds]
    #[arg(long, value_parser = seconds)]
    seconds: Option<f64>,
    /// Rounds of improvement of each search; with them nothing depends on the clock unless --seconds is given too
    #[arg(long)]
    rounds: Option<u64>,
    /// Threads [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Seed of every random choice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the plans go, written whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
}

impl Replan {
    pub fn run(self) -> Result<Outcome, Failure> {
        let standard = [&self.problem, &self.calendar, &self.events].iter().filter(|p| input::is_standard(p)).count();
        if standard > 1 {
            return Err(Failure::Usage("Only one document can come from standard input.".into()));
        }
        let problem = Arc::new(input::problem(&input::bytes(&self.problem)?)?);
        let calendar = input::sessions(&input::bytes(&self.calendar)?)?;
        let events = replan::read(&input::bytes(&self.events)?).map_err(|e| Failure::reading(Document::Events, e))?;
        let task = task(problem, &calendar, &events, Document::Events, "")?;
        let out = Output::open(self.out.as_deref())?;
        let options = Options {
            seconds: self.seconds.or(if self.rounds.is_some() { None } else { Some(10.0) }),
            rounds: self.rounds,
            threads: self.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from),
            seed: self.seed,
            ..Options::default()
        };
        let stop = Stop::default();
        stop_at_signals(stop.clone())?;
        let plans = replan::replan(&task, &options, &|_| (), &stop)?;
        out.tell(&plans, self.text || (self.out.is_none() && for_a_person(false)), sentences)?;
        Ok(Outcome::Done)
    }
}

fn sentences(plans: &Plans) -> String {
    let each = |(k, plan): (usize, &Plan)| {
        let missing = match plan.missing_sessions {
            0 => "every order is met".to_owned(),
            n => format!("{} missing", counted(usize::try_from(n).unwrap_or(usize::MAX), "session")),
        };
        let calls = counted(plan.contacts.len(), "call");
        let mut text = format!("Plan {}: {calls}, {missing}, objective {}.\n", k + 1, plan.objective);
        for contact in &plan.contacts {
            let who = contact.participant.as_ref().or(contact.clinician.as_ref()).map_or("", |id| id);
            text += &format!("  {who}: {}\n", contact.text);
        }
        for warning in &plan.calendar.warnings {
            text += &format!("  warning: {warning}\n");
        }
        text
    };
    plans.plans.iter().enumerate().map(each).collect::<Vec<_>>().join("\n")
}
