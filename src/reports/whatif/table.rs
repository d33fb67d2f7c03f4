//! A comparison as a short table, and a sentence for each verdict.

use careweave_solver::scenario::{Comparison, Outcome, Solved};
use comfy_table::{CellAlignment, LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};

use super::short;
use crate::{failure::sentence, reports::uncertainty};

/// The table, then the sentences.
pub fn table(comparison: &Comparison) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    let heading =
        ["Scenario", "Objective", "Difference", "Minutes met", "People met", "Rooms", "Clinicians", "Moved", "Verdict"];
    table.set_header(heading);
    for column in table.column_iter_mut().skip(1).take(7) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.add_row(row(&comparison.base));
    let mut text = String::new();
    for scenario in &comparison.scenarios {
        match scenario {
            Outcome::Solved(solved) => {
                table.add_row(row(solved));
                if let Some(verdict) = &solved.verdict {
                    text += &format!("{}: {}\n", solved.id, verdict.text);
                }
            }
            Outcome::Failed(failed) => {
                table.add_row([&failed.id, "not solved"]);
                for error in &failed.errors {
                    text += &format!("{}: {}\n", failed.id, sentence(error));
                }
            }
        }
    }
    for week in super::solved(comparison) {
        if let Some(told) = &week.uncertainty {
            text += &format!("\n{} in weeks as they happen:\n{}", week.id, uncertainty::table(told));
        }
    }
    format!("{table}\n\n{text}")
}

fn row(solved: &Solved) -> [String; 9] {
    let kpis = &solved.kpis;
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let people = kpis.dose_met.participants;
    [
        solved.id.clone(),
        solved.objective.to_string(),
        if solved.verdict.is_some() { format!("{:+}", solved.difference) } else { String::new() },
        percent(kpis.dose_met.minutes.share),
        format!("{} of {}", people.met, people.of),
        percent(kpis.room_use.share),
        percent(kpis.clinician_use.share),
        if solved.verdict.is_some() { kpis.sessions_moved.to_string() } else { String::new() },
        short(solved.verdict.as_ref()),
    ]
}
