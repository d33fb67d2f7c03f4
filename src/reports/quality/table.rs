//! What a calendar is like, as tables in the terminal.

use careweave_solver::quality::Quality;
use comfy_table::{CellAlignment, LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};

use super::{FAIRNESS, PENALTIES, PEOPLE, STAFF, fairness, penalties, people, staff};

/// Participants that are told: those with the greatest burden.
const TOLD: usize = 10;

/// The tables.
pub fn table(quality: &Quality) -> String {
    let mut people = people(quality);
    let others = people.len().saturating_sub(TOLD);
    people.truncate(TOLD);
    let mut text = format!("The calendar costs {}.\n\n", quality.objective);
    text += &drawn(&PENALTIES, &penalties(quality), &[1]);
    text += &drawn(&FAIRNESS, &quality.fairness.iter().map(fairness).collect::<Vec<_>>(), &[2, 3, 5]);
    text += &drawn(&PEOPLE, &people, &[1, 2, 3, 4, 5, 6, 7]);
    if others > 0 {
        text.truncate(text.trim_end().len());
        text += &format!("\n and {} whose burden is less\n\n", crate::failure::counted(others, "participant"));
    }
    text += &drawn(&STAFF, &staff(quality), &[1, 2, 3, 4, 5]);
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn drawn<const N: usize>(heading: &[&str; N], rows: &[[String; N]], numbers: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(heading);
    for (k, column) in table.column_iter_mut().enumerate() {
        if numbers.contains(&k) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    rows.iter().for_each(|row| {
        table.add_row(row);
    });
    format!("{table}\n\n")
}
