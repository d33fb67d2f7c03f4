//! A week as a table for a spreadsheet (RFC 4180), one session a line.

use careweave_solver::problem::Problem;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Appointment, Format};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Csv;

const HEAD: [&str; 10] =
    ["session", "service", "group", "site", "room", "clinicians", "participants", "start", "end", "time_zone"];

impl Format for Csv {
    fn media_type(&self) -> &'static str {
        "text/csv; charset=utf-8"
    }

    fn write(&self, _: &Problem, appointments: &[Appointment], _: DateTime<Utc>) -> String {
        let mut table = line(&HEAD);
        for a in appointments {
            let zone: Tz = a.site.time_zone.parse().unwrap_or(Tz::UTC);
            let time = |t: DateTime<Utc>| t.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
            let (clinicians, participants) = (a.clinicians.join("; "), a.participants.join("; "));
            let (group, room) = (a.group.unwrap_or_default(), a.room.unwrap_or_default());
            let (start, end) = (time(a.start), time(a.end));
            table += &line(&[
                a.session,
                &a.service.id,
                group,
                &a.site.id,
                room,
                &clinicians,
                &participants,
                &start,
                &end,
                &a.site.time_zone,
            ]);
        }
        table
    }
}

fn line(cells: &[&str]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell that a spreadsheet takes for text: none is a formula.
fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
