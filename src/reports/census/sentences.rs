//! A census in sentences.

use careweave_solver::scenario::{AtSite, Census, Reached};

use crate::failure::counted;

/// How many more can be taken, as a sentence.
pub(super) fn answer(census: &Census) -> String {
    match census.today.holds {
        true => format!("{} can be taken.", more(census.additional)),
        false => "Nobody more can be taken: the level does not hold today.".to_owned(),
    }
}

/// What is reached, as the end of a sentence.
pub(super) fn level(reached: &Reached) -> String {
    format!(
        "{:.1} % of the ordered minutes have a place, {} of {} reach their weekly minimum",
        reached.minutes.share * 100.0,
        reached.minimum.met,
        reached.minimum.of
    )
}

/// What stops the next one at a site, as a sentence.
pub(super) fn at_site(site: &AtSite) -> String {
    let most = site.causes.first().map_or(String::new(), |cause| {
        let ids = if cause.ids.is_empty() { String::new() } else { format!(" ({})", cause.ids.join(", ")) };
        format!("; most often {}{ids}", cause.code)
    });
    let service = site.service.as_ref().map_or(String::new(), |service| format!(", most of {service}"));
    format!("{}: {} ordered minutes are missing{service}{most}.", site.site, site.missing_minutes)
}

fn more(additional: u64) -> String {
    counted(usize::try_from(additional).unwrap_or(usize::MAX), "more participant")
}

/// The answer, as a person reads it.
pub fn sentences(census: &Census) -> String {
    let mut text = format!("{}\n", answer(census));
    text += &format!("Today {}.\n", level(&census.today));
    if census.additional > 0 {
        text += &format!("With {} {}.\n", more(census.additional), level(&census.reached));
    }
    if let Some(next) = &census.next {
        if next.additional > census.additional {
            text += &format!("With one more, like {}, {}.\n", next.like, level(&next.reached));
        }
        text += &format!("What stops it: {}\n", next.bottleneck.text);
        for remedy in &next.bottleneck.remedies {
            text += &format!(
                "  {:<44} {:.1} % of the minutes{}\n",
                remedy.text,
                remedy.reached.minutes.share * 100.0,
                if remedy.reached.holds { ", the level holds" } else { "" }
            );
        }
        for cause in &next.bottleneck.causes {
            let ids = cause.ids.join(", ");
            text += &format!("  {:<22} {:>3} orders, {:>5} places  {ids}\n", cause.code, cause.orders, cause.places);
        }
        if next.bottleneck.sites.len() > 1 {
            for site in &next.bottleneck.sites {
                text += &format!("  {}\n", at_site(site));
            }
        }
    }
    text
}
