//! A census as a page of its own: how much care there is for how many more people, and what stops the next one.

use std::{collections::BTreeMap, fmt::Write};

use careweave_solver::scenario::{Bottleneck, Census, Reached, Tried};

use super::sentences::{answer, at_site, level};
use crate::{
    failure::Failure,
    reports::page::{self, Axes, Bar, Colour, Point, bars, escaped, points, table},
};

/// The page.
pub fn html(census: &Census) -> Result<String, Failure> {
    let mut page = page::head("How many more can we take?");
    let _ = writeln!(page, "<p><strong>{}</strong></p>", answer(census));
    let _ = writeln!(page, "<p>Today {}.</p>", level(&census.today));
    let asked = &census.service_level;
    let _ = writeln!(
        page,
        "<p>Asked for are places for {:.1} % of the ordered minutes, and the weekly minimum for {:.1} % of those who have one.</p>",
        asked.minutes_share * 100.0,
        asked.minimum_share * 100.0
    );
    curve(&mut page, census)?;
    if let Some(next) = &census.next {
        page.push_str("<section>\n<h2>What stops the next one</h2>\n");
        if next.additional > census.additional {
            let _ = writeln!(page, "<p>With one more, like {}, {}.</p>", escaped(&next.like), level(&next.reached));
        }
        let _ = writeln!(page, "<p>{}</p>", escaped(&next.bottleneck.text));
        causes(&mut page, &next.bottleneck);
        sites(&mut page, &next.bottleneck);
        page.push_str("</section>\n");
        helped(&mut page, &next.bottleneck, &next.reached)?;
    }
    page.push_str(page::FOOT);
    Ok(page)
}

/// The best that was reached with each number of people.
fn best(census: &Census) -> BTreeMap<u64, Reached> {
    let mut all: BTreeMap<u64, Reached> = BTreeMap::new();
    for Tried { additional, reached } in &census.tried {
        let known = all.entry(*additional).or_insert(*reached);
        if (reached.holds, reached.minutes.met) > (known.holds, known.minutes.met) {
            *known = *reached;
        }
    }
    all
}

/// More people against the share of the ordered minutes that have a place; the line joins the numbers of which the level holds.
fn curve(page: &mut String, census: &Census) -> Result<(), Failure> {
    let tried = best(census);
    let mark = |(additional, reached): (&u64, &Reached)| Point {
        name: format!("{additional} more"),
        x: *additional as f64,
        y: reached.minutes.share * 100.0,
        on_line: reached.holds,
    };
    let marks: Vec<Point> = tried.iter().map(mark).collect();
    page.push_str("<section>\n<h2>Capacity</h2>\n");
    let axes = Axes { x: "More participants", y: "Ordered minutes with a place, per cent" };
    page.push_str(&points("Capacity", &axes, &marks)?);
    let rows = tried.iter().enumerate().map(|(k, (additional, reached))| {
        vec![
            additional.to_string(),
            (k + 1).to_string(),
            format!("{:.0}", reached.minutes.met as f64 / 60.0),
            format!("{:.1} %", reached.minutes.share * 100.0),
            format!("{} of {}", reached.minimum.met, reached.minimum.of),
            if reached.holds { "holds" } else { "does not hold" }.to_owned(),
        ]
    });
    let heading =
        ["More participants", "Number", "Hours of care", "Of what is ordered", "Weekly minimum reached", "The level"];
    table(page, "Every number that was tried", &heading, rows);
    page.push_str("</section>\n");
    Ok(())
}

fn causes(page: &mut String, bottleneck: &Bottleneck) {
    let rows = bottleneck
        .causes
        .iter()
        .map(|c| vec![c.code.to_owned(), c.orders.to_string(), c.places.to_string(), c.ids.join(", ")]);
    table(page, "What forbids the places of what is missing", &["Reason", "Orders", "Places", "Most often"], rows);
}

fn sites(page: &mut String, bottleneck: &Bottleneck) {
    if bottleneck.sites.len() > 1 {
        page.push_str("<h3>Site by site</h3>\n<ul>\n");
        for site in &bottleneck.sites {
            let _ = writeln!(page, "<li>{}</li>", escaped(&at_site(site)));
        }
        page.push_str("</ul>\n");
    }
}

/// Single things more, each tried.
fn helped(page: &mut String, bottleneck: &Bottleneck, without: &Reached) -> Result<(), Failure> {
    let bar =
        |name: &str, reached: &Reached| Bar { name: name.to_owned(), from: 0.0, to: reached.minutes.share * 100.0 };
    let mut all = vec![bar("nothing more", without)];
    all.extend(bottleneck.remedies.iter().map(|r| bar(&r.text, &r.reached)));
    page.push_str(&bars(
        "What one thing more would help, in per cent of the ordered minutes",
        &all,
        100.0,
        Colour::Dark,
    )?);
    let rows = bottleneck.remedies.iter().map(|r| {
        let holds = if r.reached.holds { "holds" } else { "does not hold" };
        vec![r.text.clone(), format!("{:.1} %", r.reached.minutes.share * 100.0), holds.to_owned()]
    });
    table(page, "One thing more, each tried by solving", &["What", "Minutes with a place", "The level"], rows);
    Ok(())
}
