//! `careweave explain`: why what is unmet is unmet, and what would change it.

use std::{
    io::{Write, stderr},
    ops::ControlFlow,
    path::PathBuf,
};

use careweave_solver::problem::Stamp;
use clap::Args;
use serde_json::json;

use super::{
    Outcome, input,
    output::{Output, for_a_person},
    progress::Style,
};
use crate::{
    failure::{Failure, counted},
    reports::explain::{Explanation, OfGroup, Places, Question, Reason, SECONDS, Verified, of_group},
};

/// Say why each unmet order is unmet, and what would change it
///
/// Each place it could have had is counted once, under the first thing that forbids it; the counts add up to all places.
/// Each remedy was made and its sessions placed, and the whole calendar was judged: it does what it says.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave explain week.json calendar.json
  careweave explain week.json calendar.json --order s1-p8-family --text
  careweave explain week.json calendar.json --order s1-p8-family --at 2026-12-01T15:00 --clinician s1-t1 --text
  careweave explain week.json calendar.json --group s1-process-4 --text
  careweave explain week.json calendar.json --seconds 120 --progress json --out explanation.json")]
pub struct Explain {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// Only this order, met or not
    #[arg(long, value_name = "ID")]
    order: Option<String>,
    /// Why not then: only places of the order that begin at this time, local to its participant's home site without an offset
    #[arg(long, value_name = "TIME", requires = "order", value_parser = time)]
    at: Option<Stamp>,
    /// Why not with her: only places of the order with this clinician
    #[arg(long, value_name = "ID", requires = "order")]
    clinician: Option<String>,
    /// Instead of orders: why this group does not meet, or not more often
    #[arg(long, value_name = "ID", conflicts_with = "order")]
    group: Option<String>,
    /// How long to look for remedies at most, 0 to 3600
    #[arg(long, default_value_t = SECONDS, value_parser = budget)]
    seconds: f64,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
    /// Where the explanation goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How each remedy is told on standard error once it is verified
    #[arg(long, value_enum, default_value = "auto", value_name = "STYLE")]
    progress: Style,
}

impl Explain {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, calendar) = input::pair(&self.problem, &self.calendar)?;
        let instance = input::instance(&problem)?;
        let sessions = input::sessions(&calendar)?;
        if let Some(order) = &self.order {
            input::has_order(&instance, order)?;
        }
        if let Some(clinician) = &self.clinician {
            input::has_clinician(&instance, clinician)?;
        }
        let out = Output::open(self.out.as_deref())?;
        let in_words = self.text || (self.out.is_none() && for_a_person(false));
        if let Some(group) = &self.group {
            input::has_group(&instance, group)?;
            return out.tell(&of_group(&instance, &sessions, group)?, in_words, sentences).map(|()| Outcome::Done);
        }
        let places = Places { at: self.at, clinician: self.clinician.as_deref() };
        let question = Question::new(instance, &sessions, self.order.as_deref(), places)?;
        let explanation = question.explain(self.seconds, |step| {
            tell(self.progress, &step);
            ControlFlow::Continue(())
        });
        out.tell(&explanation, in_words, sentences)?;
        Ok(Outcome::Done)
    }
}

/// Tells a remedy on standard error. Nobody is left to be told that standard error is gone.
fn tell(style: Style, step: &Verified) {
    if style.speaks() {
        let _ = writeln!(stderr(), "{:7.1} s  {}: {}", step.seconds, step.order, step.remedy.text);
    } else if style == Style::Json {
        let mut line = json!(step);
        line["event"] = json!("remedy");
        let _ = writeln!(stderr(), "{line}");
    }
}

fn sentences(explanation: &Explanation) -> String {
    if let Some(group) = &explanation.group {
        return of_a_group(group);
    }
    if explanation.unmet.is_empty() {
        return "Every order is met.\n".to_owned();
    }
    let mut text = String::new();
    for order in &explanation.unmet {
        if !text.is_empty() {
            text.push('\n');
        }
        let missing = match order.missing_sessions {
            0 => "is met".to_owned(),
            n => format!("lacks {} ({} minutes)", counted(n as usize, "session"), order.missing_minutes),
        };
        text += &format!("{} of {} {missing}. Of {}:\n", order.order, order.participant, places(order.places));
        text += &reasons(&order.reasons);
        for remedy in &order.remedies {
            let less = remedy.objective_before.saturating_sub(remedy.objective_after);
            text += &format!("  What helps: {} The week then costs {less} less.\n", remedy.text);
        }
        if !order.tried.is_empty() {
            text += &format!("  Nothing helps that was tried: {}.\n", order.tried.join("; "));
        }
    }
    text
}

fn of_a_group(group: &OfGroup) -> String {
    let mut text = format!(
        "{} holds {} of its {}: {}.\n",
        group.group,
        group.held,
        counted(group.meetings, "meeting"),
        group.text
    );
    if group.places > 0 {
        text += &format!(
            "{} could join, a meeting needs {}. Of {} for one more:\n",
            counted(group.could_join.len(), "participant"),
            group.fewest,
            places(group.places)
        );
        text += &reasons(&group.reasons);
    }
    text
}

fn places(n: u64) -> String {
    counted(usize::try_from(n).unwrap_or(usize::MAX), "place")
}

fn reasons(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| format!("  {:>6}  {:<22} {}\n", reason.count, reason.code, reason.detail)).collect()
}

/// A date and time, with or without an offset.
fn time(text: &str) -> Result<Stamp, String> {
    text.parse().map_err(|()| "a date and time such as 2026-12-01T15:00 is expected".into())
}

/// A budget that may be nothing.
fn budget(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|s| (0.0..=3600.0).contains(s));
    seconds.ok_or_else(|| "a number of seconds from 0 to 3600 is expected".into())
}
