//! A comparison as a page of its own: nothing is loaded, every chart has its table, and it prints.

mod charts;
mod curves;
mod heat;

use std::fmt::Write;

use careweave_solver::scenario::{Comparison, Outcome, Solved};

use super::{short, solved};
use crate::{
    failure::{Failure, counted, sentence},
    reports::{
        page::{self, escaped, table},
        uncertainty,
    },
};

/// The page.
pub fn html(comparison: &Comparison) -> Result<String, Failure> {
    let week = comparison.base.calendar.sessions.first().map(|s| s.start.0.date_naive());
    let title = match week {
        Some(day) => format!("What if: the week of {}", day.format("%-d %B %Y")),
        None => "What if".to_owned(),
    };
    let mut page = page::head(&title);
    let n = counted(comparison.scenarios.len(), "scenario");
    let _ = writeln!(
        page,
        "<p>{n} beside the week as it is. The objective is what a week costs in unmet care, waiting and days: less is better. \
         What is proven lies between bound and objective.</p>"
    );
    summary(&mut page, comparison);
    verdicts(&mut page, comparison);
    page.push_str(&charts::care(comparison)?);
    page.push_str(&charts::objectives(comparison)?);
    curves::frontier(&mut page, comparison)?;
    curves::capacity(&mut page, comparison)?;
    uncertainty(&mut page, comparison);
    unmet(&mut page, comparison);
    for week in solved(comparison) {
        let _ = writeln!(page, "<section>\n<h2>Use by hour: {}</h2>", escaped(&week.name));
        page.push_str(&heat::table("Rooms", &week.kpis.room_use));
        page.push_str(&heat::table("Clinicians", &week.kpis.clinician_use));
        page.push_str("</section>\n");
    }
    page.push_str(page::FOOT);
    Ok(page)
}

fn summary(page: &mut String, comparison: &Comparison) {
    page.push_str("<section>\n<h2>Summary</h2>\n");
    let heading = [
        "Scenario",
        "Objective",
        "Bound",
        "Difference",
        "Minutes met",
        "People met",
        "Weekly minimum reached",
        "With a job by day, met",
        "Days each",
        "Waiting each",
        "Evening",
        "Moved",
        "Verdict",
    ];
    let row = |week: &Solved| {
        let (kpis, dose) = (&week.kpis, &week.kpis.dose_met);
        let of = |share: careweave_solver::scenario::Share| format!("{} of {}", share.met, share.of);
        let compared = week.verdict.is_some();
        vec![
            week.name.clone(),
            week.objective.to_string(),
            week.bound.to_string(),
            if compared { format!("{:+}", week.difference) } else { String::new() },
            format!("{:.1} %", dose.minutes.share * 100.0),
            of(dose.participants),
            of(dose.minimum),
            of(dose.working),
            format!("{:.1}", kpis.days_per_participant),
            format!("{:.0} min", kpis.waiting_per_participant),
            format!("{:.0} %", kpis.evening_share * 100.0),
            if compared { kpis.sessions_moved.to_string() } else { String::new() },
            short(week.verdict.as_ref()),
        ]
    };
    table(page, "Every scenario beside the base", &heading, solved(comparison).map(row));
    page.push_str("</section>\n");
}

fn verdicts(page: &mut String, comparison: &Comparison) {
    page.push_str("<section>\n<h2>Verdicts</h2>\n<dl>\n");
    for scenario in &comparison.scenarios {
        match scenario {
            Outcome::Solved(week) => {
                let text = week.verdict.as_ref().map_or("", |v| &v.text);
                let _ = writeln!(page, "<dt>{}</dt><dd>{}</dd>", escaped(&week.name), escaped(text));
            }
            Outcome::Failed(failed) => {
                let errors: Vec<String> = failed.errors.iter().map(|e| escaped(&sentence(e))).collect();
                let _ =
                    writeln!(page, "<dt>{}</dt><dd>Not solved. {}</dd>", escaped(&failed.name), errors.join("<br>"));
            }
        }
    }
    page.push_str("</dl>\n</section>\n");
}

/// What becomes of the calendars in weeks as they happen, where rates were given.
fn uncertainty(page: &mut String, comparison: &Comparison) {
    let mut drawn = solved(comparison).filter_map(|week| Some((week, week.uncertainty.as_ref()?))).peekable();
    if drawn.peek().is_none() {
        return;
    }
    page.push_str("<section>\n<h2>In weeks as they happen</h2>\n");
    for (week, told) in drawn {
        let caption = format!("{}: {} drawn weeks", week.name, told.draws);
        let rows = uncertainty::rows(told).into_iter().map(Vec::from);
        table(page, &escaped(&caption), &uncertainty::HEADING, rows);
    }
    page.push_str("</section>\n");
}

fn unmet(page: &mut String, comparison: &Comparison) {
    page.push_str("<section>\n<h2>What is unmet, and why</h2>\n");
    let services = solved(comparison).flat_map(|week| {
        let by = &week.kpis.unmet.by_service;
        by.iter()
            .map(|(service, m)| vec![week.name.clone(), service.clone(), m.sessions.to_string(), m.minutes.to_string()])
    });
    table(page, "Missing sessions by service", &["Scenario", "Service", "Sessions", "Minutes"], services);
    let reasons = solved(comparison).flat_map(|week| {
        let by = &week.kpis.unmet.by_reason;
        by.iter()
            .map(|(code, f)| vec![week.name.clone(), (*code).to_owned(), f.orders.to_string(), f.places.to_string()])
    });
    table(page, "What forbids their places", &["Scenario", "Reason", "Orders", "Places"], reasons);
    page.push_str("</section>\n");
}
