//! How a running solve is told on standard error: a bar on a terminal, plain lines elsewhere, or one event a line.

use std::{
    io::{IsTerminal, Write, stderr},
    sync::Mutex,
    time::{Duration, Instant},
};

use careweave_solver::{
    calendar::Calendar,
    search::{self, Watcher},
};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Style {
    /// A bar on a terminal, plain lines elsewhere
    Auto,
    /// Plain lines
    Plain,
    /// One JSON event a line
    Json,
    /// Nothing
    None,
}

impl Style {
    /// Whether sentences for a person go to standard error.
    pub fn speaks(self) -> bool {
        matches!(self, Style::Auto | Style::Plain)
    }
}

/// Tells progress while a solve runs.
pub enum Progress {
    Bar(ProgressBar),
    Lines(Mutex<Said>),
    Json,
    None,
}

/// What the last line said, and when.
#[derive(Default)]
pub struct Said {
    last: Option<(Instant, &'static str, Option<u64>, u64)>,
}

/// Least time between two plain lines of one stage.
const PAUSE: Duration = Duration::from_secs(3);

impl Progress {
    /// `seconds` is the budget, where there is one.
    pub fn new(style: Style, seconds: Option<f64>) -> Self {
        match style {
            Style::Auto if stderr().is_terminal() => Progress::Bar(bar(seconds)),
            Style::Auto | Style::Plain => Progress::Lines(Mutex::default()),
            Style::Json => Progress::Json,
            Style::None => Progress::None,
        }
    }

    /// The solve has ended, with this calendar.
    pub fn finish(&self, calendar: Option<&Calendar>) {
        match (self, calendar) {
            (Progress::Bar(bar), _) => bar.finish_and_clear(),
            (Progress::Json, Some(c)) => event(
                &json!({ "event": "finished", "status": c.status, "objective": c.objective, "bound": c.bound, "gap": c.gap, "seconds": c.seconds }),
            ),
            _ => {}
        }
    }
}

impl Watcher for Progress {
    fn progress(&self, p: &search::Progress) {
        match self {
            Progress::Bar(bar) => {
                bar.set_position((p.seconds * 10.0) as u64);
                bar.set_message(figures(p));
            }
            Progress::Lines(said) => {
                let Ok(mut said) = said.lock() else { return };
                let now = (Instant::now(), p.stage, p.objective, p.bound);
                let worth = said.last.is_none_or(|last| {
                    last.1 != now.1 || ((last.2, last.3) != (now.2, now.3) && now.0 - last.0 >= PAUSE)
                });
                if worth && p.objective.is_some() {
                    said.last = Some(now);
                    let _ = writeln!(stderr(), "{:7.1} s  {:<9}  {}", p.seconds, p.stage, figures(p));
                }
            }
            Progress::Json => {
                let mut line = json!(p);
                line["event"] = json!("progress");
                event(&line);
            }
            Progress::None => {}
        }
    }
}

fn event(line: &serde_json::Value) {
    let _ = writeln!(stderr(), "{line}");
}

fn figures(p: &search::Progress) -> String {
    match (p.objective, p.gap) {
        (Some(objective), Some(gap)) => {
            format!("objective {objective}  bound {}  gap {:.2} %", p.bound, gap * 100.0)
        }
        _ => "no calendar yet".into(),
    }
}

/// The bar counts tenths of a second.
fn bar(seconds: Option<f64>) -> ProgressBar {
    let (bar, template) = match seconds {
        Some(s) => {
            let end = Instant::now() + Duration::from_secs_f64(s);
            let left = move |_: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let left = end.saturating_duration_since(Instant::now()).as_secs_f64().ceil();
                let _ = write!(out, "{left:>4} s left");
            };
            let style = ProgressStyle::with_template("{left} [{bar:30}] {msg}");
            let style = style.map(|s| s.with_key("left", left).progress_chars("=> "));
            (ProgressBar::new((s * 10.0).ceil() as u64), style)
        }
        None => (ProgressBar::no_length(), ProgressStyle::with_template("{elapsed} {spinner} {msg}")),
    };
    if let Ok(style) = template {
        bar.set_style(style);
    }
    bar.set_message("first calendar");
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
