//! `careweave show`: the week as a table in the terminal, what is unmet, what it costs.

use std::{fmt::Write as _, path::PathBuf};

use careweave_solver::problem::{GivenSession, Modality};
use clap::Args;
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Row, Table, presets};
use console::style;
use serde::Deserialize;

use super::{Outcome, input, output::Output};
use crate::failure::{Failure, counted};

/// Show a calendar as a table of the week
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave show calendar.json\n  careweave show calendar.json --participant s1-p3
  careweave solve week.json | careweave show - --site s1 --clinician s1-t2")]
pub struct Show {
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// Only sessions of this site
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// Only this participant's sessions
    #[arg(long, value_name = "ID")]
    participant: Option<String>,
    /// Only this clinician's sessions
    #[arg(long, value_name = "ID")]
    clinician: Option<String>,
    /// Only sessions in this room
    #[arg(long, value_name = "ID")]
    room: Option<String>,
}

/// What a calendar says besides its sessions; a person's says nothing of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Figures {
    status: Option<String>,
    objective: Option<u64>,
    bound: Option<u64>,
    gap: Option<f64>,
    unmet: Vec<Unmet>,
    warnings: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Unmet {
    participant: String,
    order: String,
    service: String,
    missing_sessions: u32,
    missing_minutes: u64,
    #[serde(default)]
    reasons: Vec<Reason>,
}

#[derive(Debug, Deserialize)]
struct Reason {
    code: String,
    count: u64,
}

/// Width where standard output is no terminal.
const WIDTH: u16 = 100;
/// Participants named in one row of a week that is not one participant's.
const NAMED: usize = 6;

impl Show {
    pub fn run(self) -> Result<Outcome, Failure> {
        let text = input::bytes(&self.calendar)?;
        let mut sessions = input::sessions(&text)?;
        let figures: Figures = serde_json::from_slice(&text).map_err(|e| Failure::Syntax {
            document: crate::failure::Document::Calendar,
            line: e.line(),
            column: e.column(),
            detail: e.to_string(),
        })?;
        sessions.retain(|s| self.wants(s));
        sessions.sort_by_key(|s| (s.start.0.date_naive(), s.start, s.id.clone()));
        let mut page = String::new();
        if sessions.is_empty() {
            page += "No sessions.\n";
        } else {
            let _ = writeln!(page, "{}\n", self.week(&sessions).trim_fmt());
        }
        let unmet: Vec<&Unmet> =
            figures.unmet.iter().filter(|u| self.participant.as_ref().is_none_or(|p| *p == u.participant)).collect();
        if !unmet.is_empty() {
            let sessions: u32 = unmet.iter().map(|u| u.missing_sessions).fold(0, u32::saturating_add);
            let title = format!(
                "Not fully met: {}, {} missing",
                counted(unmet.len(), "order"),
                counted(sessions as usize, "session")
            );
            let _ = writeln!(page, "{}\n{}\n", style(title).bold(), unmet_table(&unmet).trim_fmt());
        }
        for warning in &figures.warnings {
            let _ = writeln!(page, "{} {}", style("warning:").yellow(), clean(warning));
        }
        if let (Some(objective), Some(bound), Some(gap)) = (figures.objective, figures.bound, figures.gap) {
            let status = clean(figures.status.as_deref().unwrap_or("feasible"));
            let _ = writeln!(page, "Objective {objective}, proven bound {bound}, gap {:.2} % ({status})", gap * 100.0);
        }
        Output::Standard.write(page.as_bytes())?;
        Ok(Outcome::Done)
    }

    fn wants(&self, s: &GivenSession) -> bool {
        fn fits<'a>(wanted: &Option<String>, mut ids: impl Iterator<Item = &'a String>) -> bool {
            wanted.as_ref().is_none_or(|w| ids.any(|id| id == w))
        }
        fits(&self.site, s.site.iter())
            && fits(&self.participant, s.participants.iter())
            && fits(&self.clinician, s.clinicians.iter())
            && fits(&self.room, s.room.iter())
    }

    fn week(&self, sessions: &[GivenSession]) -> Table {
        let several = |field: fn(&GivenSession) -> Option<&String>| {
            sessions.windows(2).any(|pair| matches!(pair, [a, b] if field(a) != field(b)))
        };
        let (sites, zones) = (several(|s| s.site.as_ref()), several(|s| s.time_zone.as_ref()));
        let mut table = table(["Day", "Time", "What", "Where", "With", "Who"]);
        let mut day = None;
        for s in sessions {
            let date = s.start.0.date_naive();
            let first = day != Some(date);
            if first && day.is_some() {
                table.add_row(vec![""; 6]);
            }
            day = Some(date);
            let mut time = format!("{}", s.start.0.format("%H:%M"));
            if let Some(end) = s.end {
                let _ = write!(time, "–{}", end.0.format("%H:%M"));
            }
            if zones {
                let _ = write!(time, " {}", zone(s));
            }
            let what = s.group.as_ref().or(s.service.as_ref()).unwrap_or(&s.id);
            let what = if s.pinned { format!("{} (pinned)", clean(what)) } else { clean(what) };
            let telehealth = s.modality == Some(Modality::Telehealth);
            let place = match (&s.room, &s.site) {
                _ if telehealth => "telehealth".to_owned(),
                (Some(room), Some(site)) if sites => format!("{} {}", clean(site), clean(room)),
                (Some(place), _) | (None, Some(place)) => clean(place),
                (None, None) => String::new(),
            };
            let place = if telehealth { Cell::new(place).fg(Color::Cyan) } else { Cell::new(place) };
            let heading = if first { date.format("%a %-d %b").to_string() } else { String::new() };
            table.add_row(Row::from(vec![
                Cell::new(heading).add_attribute(Attribute::Bold),
                Cell::new(time),
                if s.group.is_some() { Cell::new(what).fg(Color::Green) } else { Cell::new(what) },
                place,
                Cell::new(names(&s.clinicians, usize::MAX)),
                Cell::new(names(&s.participants, if self.participant.is_some() { usize::MAX } else { NAMED })),
            ]));
        }
        table
    }
}

fn unmet_table(unmet: &[&Unmet]) -> Table {
    let mut table = table(["Participant", "Order", "Service", "Missing", "What stands in the way (places)"]);
    for u in unmet {
        let mut reasons: Vec<&Reason> = u.reasons.iter().collect();
        reasons.sort_by_key(|r| std::cmp::Reverse(r.count));
        let reasons: Vec<String> = reasons.iter().take(3).map(|r| format!("{} {}", clean(&r.code), r.count)).collect();
        table.add_row(vec![
            clean(&u.participant),
            clean(&u.order),
            clean(&u.service),
            format!("{} ({} min)", u.missing_sessions, u.missing_minutes),
            reasons.join(", "),
        ]);
    }
    table
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(comfy_table::LineStyle::none()))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.map(|h| Cell::new(h).add_attribute(Attribute::Bold)));
    // Some terminals say that they are 0 wide.
    let width = table.width().filter(|w| *w > 0).unwrap_or(WIDTH);
    table.set_width(width);
    if !console::colors_enabled() {
        table.force_no_tty();
    }
    table
}

/// Ids in a row: the first few, and how many more.
fn names(ids: &[String], most: usize) -> String {
    let shown: Vec<String> = ids.iter().take(most).map(|id| clean(id)).collect();
    match ids.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} +{more}", shown.join(", ")),
    }
}

/// The zone's abbreviation at the start, or its offset.
fn zone(s: &GivenSession) -> String {
    let tz = s.time_zone.as_deref().and_then(|z| z.parse::<chrono_tz::Tz>().ok());
    match tz {
        Some(tz) => s.start.0.with_timezone(&tz).format("%Z").to_string(),
        None => s.start.0.format("%:z").to_string(),
    }
}

/// Text of somebody else's without what could steer the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
