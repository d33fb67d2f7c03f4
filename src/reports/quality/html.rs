//! What a calendar is like, as a page of its own: pictures of who bears most, and the tables behind them.

use std::fmt::Write;

use careweave_solver::{problem::Problem, quality::Quality};

use super::{FAIRNESS, PENALTIES, PEOPLE, STAFF, fairness, penalties, people, staff};
use crate::{
    failure::Failure,
    reports::page::{self, Bar, Colour, bars, table},
};

/// Bars of a picture at most: those with most.
const BARS: usize = 30;

/// The page.
pub fn html(problem: &Problem, quality: &Quality) -> Result<String, Failure> {
    let title = format!("Who bears what: the week of {}", problem.week_start.0.format("%-d %B %Y"));
    let mut page = page::head(&title);
    let _ = writeln!(
        page,
        "<p>The calendar costs {}. A burden is what falls on one participant of all penalties together: missing care first, \
         then days, waiting and lost preferences.</p>",
        quality.objective
    );
    let section = |page: &mut String, heading: &str| {
        let _ = writeln!(page, "<section>\n<h2>{heading}</h2>");
    };
    section(&mut page, "How evenly it is spread");
    table(&mut page, "Mean, largest and unevenness", &FAIRNESS, quality.fairness.iter().map(|s| fairness(s).to_vec()));
    page.push_str("</section>\n");
    section(&mut page, "Penalties");
    table(&mut page, "Who bears each penalty", &PENALTIES, penalties(quality).into_iter().map(Vec::from));
    page.push_str("</section>\n");
    let burdens = quality.participants.iter().map(|p| (&p.id, p.burden as f64));
    page.push_str(&picture("The greatest burdens of participants", burdens)?);
    let waiting = quality.participants.iter().map(|p| (&p.id, p.waiting_minutes as f64));
    page.push_str(&picture("The longest waits of participants, in minutes", waiting)?);
    let loads = quality.clinicians.iter().map(|c| (&c.id, c.load * 100.0));
    page.push_str(&picture("The loads of clinicians, in per cent of their shifts", loads)?);
    section(&mut page, "Participants");
    table(&mut page, "Each participant's week", &PEOPLE, people(quality).into_iter().map(Vec::from));
    page.push_str("</section>\n");
    section(&mut page, "Clinicians");
    table(&mut page, "Each clinician's week", &STAFF, staff(quality).into_iter().map(Vec::from));
    page.push_str("</section>\n");
    page.push_str(page::FOOT);
    Ok(page)
}

/// A picture of those with most, the greatest first; none where nobody has anything.
fn picture<'i>(title: &str, each: impl Iterator<Item = (&'i String, f64)>) -> Result<String, Failure> {
    let mut all: Vec<(&String, f64)> = each.filter(|one| one.1 > 0.0).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.truncate(BARS);
    let Some(most) = all.first().map(|one| one.1) else { return Ok(String::new()) };
    let shown: Vec<Bar> = all.into_iter().map(|(id, to)| Bar { name: id.clone(), from: 0.0, to }).collect();
    bars(title, &shown, most, Colour::Dark)
}
