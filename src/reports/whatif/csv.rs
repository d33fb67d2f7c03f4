//! A comparison for a spreadsheet: a line for the base and for each scenario.

use careweave_solver::{
    rules::SOFT,
    scenario::{Comparison, Outcome, Solved},
};

use super::{effect, kind};
use crate::failure::Failure;

/// The columns before the penalties.
const FIGURES: [&str; 24] = [
    "id",
    "name",
    "objective",
    "bound",
    "gap",
    "difference",
    "verdict",
    "effect",
    "orders_met",
    "orders",
    "minutes_met",
    "minutes",
    "participants_met",
    "participants",
    "minimum_met",
    "working_met",
    "clinician_use",
    "room_use",
    "days_per_participant",
    "waiting_per_participant",
    "evening_share",
    "sessions_moved",
    "sessions",
    "errors",
];

/// The lines, with a heading.
pub fn csv(comparison: &Comparison) -> Result<Vec<u8>, Failure> {
    let fault = |e: csv::Error| Failure::Internal(format!("No CSV: {e}."));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(FIGURES.into_iter().chain(SOFT.iter().map(|p| p.name))).map_err(fault)?;
    writer.write_record(line(&comparison.base)).map_err(fault)?;
    for scenario in &comparison.scenarios {
        let line = match scenario {
            Outcome::Solved(solved) => line(solved),
            Outcome::Failed(failed) => {
                let mut line = vec![String::new(); FIGURES.len() + SOFT.len()];
                let errors = failed.errors.iter().map(|e| format!("{}: {}", e.pointer, e.detail));
                (line[0], line[1]) = (failed.id.clone(), guarded(&failed.name));
                line[FIGURES.len() - 1] = guarded(&errors.collect::<Vec<_>>().join(" "));
                line
            }
        };
        writer.write_record(line).map_err(fault)?;
    }
    writer.into_inner().map_err(|e| Failure::Internal(format!("No CSV: {e}.")))
}

fn line(solved: &Solved) -> Vec<String> {
    let (kpis, dose) = (&solved.kpis, &solved.kpis.dose_met);
    let share = |share: f64| format!("{share:.4}");
    let figures = [
        solved.id.clone(),
        guarded(&solved.name),
        solved.objective.to_string(),
        solved.bound.to_string(),
        share(solved.gap),
        solved.difference.to_string(),
        solved.verdict.as_ref().map_or("", kind).to_owned(),
        solved.verdict.as_ref().map_or("", effect).to_owned(),
        dose.orders.met.to_string(),
        dose.orders.of.to_string(),
        dose.minutes.met.to_string(),
        dose.minutes.of.to_string(),
        dose.participants.met.to_string(),
        dose.participants.of.to_string(),
        share(dose.minimum.share),
        share(dose.working.share),
        share(kpis.clinician_use.share),
        share(kpis.room_use.share),
        format!("{:.2}", kpis.days_per_participant),
        format!("{:.1}", kpis.waiting_per_participant),
        share(kpis.evening_share),
        kpis.sessions_moved.to_string(),
        solved.calendar.sessions.len().to_string(),
        String::new(),
    ];
    let penalties = SOFT.iter().map(|p| solved.penalties.get(p.name).copied().unwrap_or(0).to_string());
    figures.into_iter().chain(penalties).collect()
}

/// A text that a spreadsheet does not take for a formula.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
