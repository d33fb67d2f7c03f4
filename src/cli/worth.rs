//! `careweave worth`: what an hour more of something is worth.

use std::{path::PathBuf, sync::Arc};

use careweave_solver::{
    scenario::{self, Values},
    search::Stop,
};
use clap::Args;
use comfy_table::{CellAlignment, LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};

use super::{
    Outcome,
    budget::Budget,
    input,
    output::{Output, for_a_person},
    progress::Style,
    solve::stop_at_signals,
    steps::Steps,
};
use crate::failure::Failure;

/// Rank what an hour more of each kind of clinician and room is worth, by time of day, with error bars
///
/// The week is solved with a little more of each, in pairs with the week as it is; what differs within a pair comes from the
/// resource, what differs between pairs from chance.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave worth week.json --seconds 5
  careweave worth week.json --total-seconds 300 --text")]
pub struct Worth {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    #[command(flatten)]
    budget: Budget,
    /// Where the answer goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A table instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
    /// How progress is told on standard error
    #[arg(long, value_enum, default_value = "auto", value_name = "STYLE")]
    progress: Style,
}

impl Worth {
    pub fn run(self) -> Result<Outcome, Failure> {
        let problem = Arc::new(input::problem(&input::bytes(&self.problem)?)?);
        let out = Output::open(self.out.as_deref())?;
        let stop = Stop::default();
        stop_at_signals(stop.clone())?;
        let steps = Steps::new(self.progress, 0);
        let values = scenario::worth(&problem, &self.budget.options(), &steps, &stop);
        steps.finish();
        let values = values?;
        out.tell(&values, self.text || (self.out.is_none() && for_a_person(false)), table)?;
        Ok(Outcome::Done)
    }
}

fn table(values: &Values) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(["What", "An hour", "All of it", "95 % interval", "Hours", ""]);
    for column in table.column_iter_mut().skip(1).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for w in &values.values {
        table.add_row([
            w.name.clone(),
            w.per_hour.map_or(String::new(), |v| format!("{v:.1}")),
            format!("{:.0}", w.value),
            format!("{:.0} to {:.0}", w.interval[0], w.interval[1]),
            w.hours.map_or(String::new(), |h| format!("{h:.0}")),
            if w.clear { "clear" } else { "within chance" }.to_owned(),
        ]);
    }
    format!("{table}\n\nBy how much the objective of {} falls; found by {}.\n", values.objective, values.method)
}
