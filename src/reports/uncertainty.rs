//! What becomes of calendars in weeks as they happen, in tables.

use careweave_solver::scenario::uncertainty::{Measured, Uncertain};
use comfy_table::{CellAlignment, LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};

/// The heading of a table of rows.
pub const HEADING: [&str; 7] =
    ["What", "Policy", "Mean", "95 % interval", "1 week in 20 below", "1 in 20 above", "Against the base"];

/// The rows of a calendar's table.
pub fn rows(told: &Uncertain) -> Vec<[String; 7]> {
    let policies = [
        ("as published", Some(&told.published)),
        ("replanned", told.replanned.as_ref()),
        ("nothing else moved", told.arrivals.as_ref()),
    ];
    let of = |(policy, list): (&str, Option<&Vec<Measured>>)| -> Vec<[String; 7]> {
        list.into_iter().flatten().map(|m| row(policy, m)).collect()
    };
    policies.into_iter().flat_map(of).collect()
}

fn row(policy: &str, m: &Measured) -> [String; 7] {
    let share = m.measure == "delivered_share";
    // What rounds to nothing has no sign.
    let plain = |x: f64| format!("{:.1}", if x.abs() < 0.05 { 0.0 } else { x });
    let value = |x: f64| if share { format!("{} %", plain(x * 100.0)) } else { plain(x) };
    let signed = |x: f64| if share { format!("{:+.1} %", x * 100.0) } else { format!("{x:+.1}") };
    [
        name(m.measure).to_owned(),
        policy.to_owned(),
        value(m.mean),
        format!("{} to {}", value(m.interval[0]), value(m.interval[1])),
        value(m.p5),
        value(m.p95),
        m.difference.map_or(String::new(), |d| {
            format!("{} ({} to {})", signed(d.mean), signed(d.interval[0]), signed(d.interval[1]))
        }),
    ]
}

fn name(measure: &str) -> &str {
    match measure {
        "delivered_share" => "Ordered minutes delivered",
        "delivered_hours" => "Hours delivered to participants",
        "people_below_minimum" => "People below their weekly minimum",
        "meetings_below_minimum" => "Meetings below the minimum size",
        "sessions_cancelled" => "Sessions not held",
        "idle_hours" => "Hours of clinicians with nobody there",
        "calls" => "People called",
        "arrive" => "People who arrive",
        "placed_in_whole" => "Placed with all that is ordered",
        "placed_in_part" => "Placed in part",
        other => other,
    }
}

/// The table of a calendar in the terminal.
pub fn table(told: &Uncertain) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(HEADING);
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for row in rows(told) {
        table.add_row(row);
    }
    format!("{table}\n\nOf {} drawn weeks.\n", told.draws)
}
