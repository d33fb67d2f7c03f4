//! How a comparison of several solves is told on standard error: a bar on a terminal, plain lines elsewhere, or one event
//! a line.

use std::{
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

use careweave_solver::{
    scenario::{Observer, Stage, Step},
    search::Progress,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::progress::Style;

/// Tells the steps.
pub struct Steps {
    begin: Instant,
    how: How,
}

enum How {
    Bar(ProgressBar),
    Lines,
    Json,
    None,
}

impl Steps {
    /// For so many scenarios.
    pub fn new(style: Style, scenarios: usize) -> Self {
        let how = match style {
            Style::Auto if stderr().is_terminal() => How::Bar(bar(scenarios)),
            Style::Auto | Style::Plain => How::Lines,
            Style::Json => How::Json,
            Style::None => How::None,
        };
        Steps { begin: Instant::now(), how }
    }

    /// All is done.
    pub fn finish(&self) {
        if let How::Bar(bar) = &self.how {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Steps {
    fn progress(&self, progress: &Progress) {
        match (&self.how, progress.objective) {
            (How::Bar(bar), Some(objective)) => {
                bar.set_message(format!("base: objective {objective}  bound {}", progress.bound));
            }
            (How::Json, _) => {
                let mut line = json!(progress);
                line["event"] = json!("progress");
                // Nobody is left to be told that standard error is gone.
                let _ = writeln!(stderr(), "{line}");
            }
            _ => {}
        }
    }

    fn step(&self, step: &Step) {
        match &self.how {
            How::Bar(bar) => {
                bar.set_position(step.done as u64);
                bar.set_message(sentence(step));
            }
            How::Lines => {
                let seconds = self.begin.elapsed().as_secs_f64();
                let _ = writeln!(stderr(), "{seconds:7.1} s  {}", sentence(step));
            }
            How::Json => {
                let mut line = json!(step);
                line["event"] = json!("step");
                line["seconds"] = json!(self.begin.elapsed().as_secs_f64());
                let _ = writeln!(stderr(), "{line}");
            }
            How::None => {}
        }
    }
}

fn sentence(step: &Step) -> String {
    let what = match step.stage {
        Stage::Solving => "is solved".to_owned(),
        Stage::Solved => format!(
            "has a calendar: objective {}, bound {}",
            step.objective.unwrap_or_default(),
            step.bound.unwrap_or_default()
        ),
        Stage::Comparing => "is compared".to_owned(),
        Stage::Done => format!("is done: {} of {}", step.done, step.of),
        Stage::Failed => "could not be solved".to_owned(),
    };
    format!("{} {what}", step.id)
}

fn bar(scenarios: usize) -> ProgressBar {
    let bar = ProgressBar::new(scenarios as u64);
    if let Ok(style) = ProgressStyle::with_template("{pos} of {len} [{bar:30}] {elapsed} {msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
