//! `careweave export`: a calendar, or one person's part of it, in a standard format.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Args, ValueEnum};

use super::{Outcome, input, output::Output};
use crate::{
    calendars::{Csv, Fhir, Format, Html, Ics, Part, of_given},
    failure::Failure,
};

/// Write a calendar in a standard format, whole or for one person, room or group
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave export week.json calendar.json --format ics --out week.ics
  careweave export week.json calendar.json --format ics --participant s1-p3
  careweave export week.json calendar.json --format fhir --out week.fhir.json
  careweave export week.json calendar.json --format html --participant s1-p3 --out p3.html")]
pub struct Export {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The calendar; `-` reads standard input
    calendar: PathBuf,
    /// The format
    #[arg(long, value_enum)]
    format: FormatName,
    #[command(flatten)]
    whose: Whose,
    /// Revision of the events: larger in a calendar that replaces an earlier one
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=i64::from(i32::MAX)))]
    sequence: u32,
    /// Where it goes [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
struct Whose {
    /// Only this participant's sessions
    #[arg(long, value_name = "ID")]
    participant: Option<String>,
    /// Only this clinician's sessions
    #[arg(long, value_name = "ID")]
    clinician: Option<String>,
    /// Only sessions in this room
    #[arg(long, value_name = "ID")]
    room: Option<String>,
    /// Only meetings of this group
    #[arg(long, value_name = "ID")]
    group: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// iCalendar (RFC 5545)
    Ics,
    /// A Bundle of FHIR R4: appointments and what they refer to
    Fhir,
    /// A page to read and print, in large type
    Html,
    /// A table for a spreadsheet, one session a line
    Csv,
}

impl Export {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, calendar) = input::pair(&self.problem, &self.calendar)?;
        let instance = input::instance(&problem)?;
        let sessions = input::sessions(&calendar)?;
        let whose = self.whose;
        let part = Part::named(whose.participant, whose.clinician, whose.room, whose.group).unwrap_or(Part::Whole);
        if let Some(sentence) = part.missing_in(&instance.problem) {
            return Err(Failure::Usage(sentence));
        }
        let mut appointments = of_given(&instance, &sessions).map_err(|unknown| {
            Failure::Usage(format!("The calendar is of another problem: this one has no {}.", unknown.join(", ")))
        })?;
        appointments.retain(|a| part.has(a));
        let out = Output::open(self.out.as_deref())?;
        let format: Box<dyn Format> = match self.format {
            FormatName::Ics => Box::new(Ics { sequence: self.sequence }),
            FormatName::Fhir => Box::new(Fhir { part }),
            FormatName::Html => Box::new(Html { part }),
            FormatName::Csv => Box::new(Csv),
        };
        out.write(format.write(&instance.problem, &appointments, Utc::now()).as_bytes())?;
        Ok(Outcome::Done)
    }
}
