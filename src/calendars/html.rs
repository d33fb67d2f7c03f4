//! A week as a page to read and print: large type, days in order, nothing that says why somebody is in treatment.

use std::{collections::BTreeMap, fmt::Write};

use careweave_solver::problem::Problem;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{Appointment, Format, Part};

/// The format, for whose part.
#[derive(Debug, Clone)]
pub struct Html {
    pub part: Part,
}

const STYLE: &str = "body{font:1.5rem/1.5 sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
h1{font-size:2.25rem;margin-bottom:0}h2{font-size:1.75rem;margin:2rem 0 .5rem;border-bottom:3px solid #111}\
ul{list-style:none;margin:0;padding:0}li{margin:0 0 1rem;break-inside:avoid}\
strong{font-size:1.75rem}p{margin:.25rem 0}@media print{body{margin:0;max-width:none}h2{break-after:avoid}}";

impl Format for Html {
    fn media_type(&self) -> &'static str {
        "text/html; charset=utf-8"
    }

    fn write(&self, problem: &Problem, appointments: &[Appointment], made: DateTime<Utc>) -> String {
        let own = self.zone(problem);
        let mut days: BTreeMap<NaiveDate, Vec<(&Appointment, Tz)>> = BTreeMap::new();
        for a in appointments {
            let zone = own.or_else(|| a.site.time_zone.parse().ok()).unwrap_or(Tz::UTC);
            days.entry(a.start.with_timezone(&zone).date_naive()).or_default().push((a, zone));
        }
        let title = format!("Week of {}", problem.week_start.0.format("%-d %B %Y"));
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        );
        // Writing to a string can't fail.
        if days.is_empty() {
            page.push_str("<p>There are no appointments this week.</p>\n");
        }
        for (day, mut list) in days {
            list.sort_by_key(|(a, _)| a.start);
            let _ = writeln!(page, "<h2>{}</h2>\n<ul>", day.format("%A, %-d %B"));
            for (a, zone) in list {
                let time = |t: DateTime<Utc>| t.with_timezone(&zone).format("%H:%M").to_string();
                let named = a.end.with_timezone(&zone).format("%Z");
                let _ = writeln!(page, "<li><strong>{}–{} {named}</strong>", time(a.start), time(a.end));
                let _ = writeln!(page, "<p>{}</p>", self.what(problem, a));
                let _ = writeln!(page, "</li>");
            }
            page.push_str("</ul>\n");
        }
        let printed = made.with_timezone(&own.unwrap_or(Tz::UTC)).format("%-d %B %Y, %H:%M %Z");
        let _ = writeln!(page, "<p><small>As of {printed}.</small></p>\n</body>\n</html>");
        page
    }
}

impl Html {
    /// The zone that a participant lives by.
    fn zone(&self, problem: &Problem) -> Option<Tz> {
        let Part::Participant(id) = &self.part else { return None };
        let participant = problem.participants.iter().find(|p| *p.id == **id)?;
        participant.time_zone.as_deref()?.parse().ok()
    }

    fn what(&self, problem: &Problem, a: &Appointment) -> String {
        let mut lines = vec![escaped(&a.service.public_name)];
        let with: Vec<&str> =
            problem.clinicians.iter().filter(|c| a.clinicians.contains(&&*c.id)).map(|c| c.name.as_str()).collect();
        if !with.is_empty() {
            lines.push(format!("with {}", escaped(&with.join(" and "))));
        }
        match a.room {
            Some(room) => {
                let site = a.site.address.as_ref().map_or(a.site.name.clone(), |at| format!("{}, {at}", a.site.name));
                lines.push(format!("{} · room {}", escaped(&site), escaped(room)));
            }
            None => lines.push("by video or telephone".into()),
        }
        // A family's page names nobody else in treatment.
        if !matches!(self.part, Part::Participant(_)) {
            lines.push(escaped(&a.participants.join(", ")));
        }
        lines.join("<br>")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
