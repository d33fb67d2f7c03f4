//! How much care there is for how many people, and for how many hours of staff: curves with their tables.

use std::{collections::BTreeMap, fmt::Write};

use careweave_solver::scenario::{Comparison, Solved};

use super::solved;
use crate::{
    failure::Failure,
    reports::page::{Axes, Point, points, table},
};

/// Hours of clinicians' shifts against the ordered minutes that have a place; the line joins the weeks that no other beats
/// in both.
pub fn frontier(page: &mut String, comparison: &Comparison) -> Result<(), Failure> {
    let hours = |week: &Solved| week.kpis.clinician_use.open_minutes as f64 / 60.0;
    let care = |week: &Solved| week.kpis.dose_met.minutes.share * 100.0;
    let weeks: Vec<&Solved> = solved(comparison).collect();
    if weeks.len() < 2 {
        return Ok(());
    }
    let beaten = |week: &Solved| {
        weeks.iter().any(|other| {
            let (cheaper, better) = (hours(other) <= hours(week), care(other) >= care(week));
            cheaper && better && (hours(other) < hours(week) || care(other) > care(week))
        })
    };
    let marks: Vec<Point> = weeks
        .iter()
        .map(|week| Point { name: week.name.clone(), x: hours(week), y: care(week), on_line: !beaten(week) })
        .collect();
    let axes = Axes { x: "Hours of clinicians' shifts", y: "Ordered minutes with a place, per cent" };
    page.push_str("<section>\n<h2>Cost against care</h2>\n");
    page.push_str(&points("Cost against care", &axes, &marks)?);
    let rows = marks.iter().enumerate().map(|(k, p)| {
        let beaten = if p.on_line { "no" } else { "yes" };
        vec![p.name.clone(), (k + 1).to_string(), format!("{:.0}", p.x), format!("{:.1} %", p.y), beaten.to_owned()]
    });
    let heading = ["Scenario", "Number", "Hours of shifts", "Minutes with a place", "Beaten by another"];
    table(page, "Cost against care, in numbers", &heading, rows);
    page.push_str("</section>\n");
    Ok(())
}

/// Participants against the hours of care that have a place; the line joins the most for each number. Nothing where all
/// weeks have as many participants.
pub fn capacity(page: &mut String, comparison: &Comparison) -> Result<(), Failure> {
    let people = |week: &Solved| week.kpis.dose_met.participants.of;
    let hours = |week: &Solved| week.kpis.dose_met.minutes.met as f64 / 60.0;
    let weeks: Vec<&Solved> = solved(comparison).collect();
    let mut most: BTreeMap<u64, f64> = BTreeMap::new();
    for week in &weeks {
        let best = most.entry(people(week)).or_default();
        *best = best.max(hours(week));
    }
    if most.len() < 2 {
        return Ok(());
    }
    let mark = |week: &&Solved| Point {
        name: week.name.clone(),
        x: people(week) as f64,
        y: hours(week),
        on_line: most.get(&people(week)) == Some(&hours(week)),
    };
    let marks: Vec<Point> = weeks.iter().map(mark).collect();
    let axes = Axes { x: "Participants", y: "Hours of care with a place" };
    page.push_str("<section>\n<h2>Capacity</h2>\n");
    page.push_str(&points("Capacity", &axes, &marks)?);
    let rows = weeks.iter().enumerate().map(|(k, week)| {
        let share = format!("{:.1} %", week.kpis.dose_met.minutes.share * 100.0);
        let hours = format!("{:.0}", hours(week));
        vec![week.name.clone(), (k + 1).to_string(), people(week).to_string(), hours, share]
    });
    let heading = ["Scenario", "Number", "Participants", "Hours of care with a place", "Of what is ordered"];
    table(page, "Capacity, in numbers", &heading, rows);
    let _ = writeln!(page, "</section>");
    Ok(())
}
