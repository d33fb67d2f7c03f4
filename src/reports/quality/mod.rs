//! What a whole calendar is like, as it is told: as JSON, as tables, as a page with pictures.

mod html;
mod table;

use careweave_solver::{
    instance::{Booked, Instance},
    problem::GivenSession,
    quality::{self, Quality, Spread},
};
use clap::ValueEnum;

pub use self::{html::html, table::table};

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// All of it
    Json,
    /// A page of its own: tables and pictures
    Html,
}

/// Those who bear most of a penalty that are told in tables.
const NAMED: usize = 3;

/// What a calendar that was brought in is like.
pub fn of(instance: &Instance, given: &[GivenSession]) -> Quality {
    let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
    quality::quality(instance, &sessions)
}

/// What is spread, in words.
fn measure(spread: &Spread) -> &'static str {
    match (spread.over, spread.measure) {
        (_, "burden") => "Burden, all penalties together",
        (_, "waiting_minutes") => "Waiting between sessions, minutes",
        (_, "evenings") => "Evenings",
        (_, "days") => "Days attended",
        (_, "missing_minutes") => "Ordered minutes that are missing",
        (_, "lost_preferences") => "Preferences not met",
        (_, "load") => "Load, per cent of the shifts",
        ("clinicians", "evening_minutes") => "Evening work, minutes",
        (_, "idle_minutes") => "Gaps between sessions, minutes",
        (_, other) => other,
    }
}

/// A value of a spread: whole numbers, and shares in per cent.
fn value(spread: &Spread, value: f64, digits: usize) -> String {
    let scaled = if spread.measure == "load" { value * 100.0 } else { value };
    format!("{scaled:.digits$}")
}

/// A row of the table of fairness: what, over whom, the mean, the largest and whose, how uneven.
fn fairness(spread: &Spread) -> [String; 6] {
    [
        measure(spread).to_owned(),
        spread.over.to_owned(),
        value(spread, spread.mean, 1),
        value(spread, spread.largest, 0),
        spread.who.clone(),
        format!("{:.2}", spread.gini),
    ]
}
const FAIRNESS: [&str; 6] = ["What", "Over", "Mean", "Largest", "Whose", "Unevenness (Gini)"];

/// The rows of the table of penalties: what, how much, how many bear it, and who most.
fn penalties(quality: &Quality) -> Vec<[String; 4]> {
    let row = |p: &quality::Borne| {
        let most: Vec<String> = p.bearers.iter().take(NAMED).map(|b| format!("{} ({})", b.id, b.cost)).collect();
        let count = p.bearers.len();
        let who = crate::failure::counted(count, p.by);
        [p.penalty.to_owned(), p.cost.to_string(), who, most.join(", ")]
    };
    quality.penalties.iter().map(row).collect()
}
const PENALTIES: [&str; 4] = ["Penalty", "Cost", "Borne by", "Most by"];

/// The rows of the table of participants, the greatest burden first.
fn people(quality: &Quality) -> Vec<[String; 8]> {
    let mut all: Vec<_> = quality.participants.iter().collect();
    all.sort_by_key(|p| std::cmp::Reverse(p.burden));
    let row = |p: &&quality::PersonWeek| {
        [
            p.id.clone(),
            p.burden.to_string(),
            p.missing_minutes.to_string(),
            p.waiting_minutes.to_string(),
            p.days.to_string(),
            p.evenings.to_string(),
            p.lost_preferences.to_string(),
            p.soft_commitment_minutes.to_string(),
        ]
    };
    all.iter().map(row).collect()
}
const PEOPLE: [&str; 8] = [
    "Participant",
    "Burden",
    "Missing minutes",
    "Waiting minutes",
    "Days",
    "Evenings",
    "Preferences not met",
    "Minutes on soft commitments",
];

/// The rows of the table of clinicians, the greatest load first.
fn staff(quality: &Quality) -> Vec<[String; 6]> {
    let mut all: Vec<_> = quality.clinicians.iter().collect();
    all.sort_by(|a, b| b.load.total_cmp(&a.load));
    let row = |c: &&quality::StaffWeek| {
        [
            c.id.clone(),
            format!("{:.0} %", c.load * 100.0),
            c.sessions.to_string(),
            c.busy_minutes.to_string(),
            c.evening_minutes.to_string(),
            c.idle_minutes.to_string(),
        ]
    };
    all.iter().map(row).collect()
}
const STAFF: [&str; 6] = ["Clinician", "Load", "Sessions", "Busy minutes", "Evening minutes", "Gaps, minutes"];
