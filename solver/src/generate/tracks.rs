//! Groups come in tracks: a process, a psychoeducation and a skills group at the same time of day, so that nine hours
//! fit into three visits. Besides: a group online, adolescents by themselves, an evening for those who have stepped down.

use super::{Dice, Draw, EVENINGS, WEEKEND, WORKDAYS, adolescents, clock, id, weekly};
use crate::problem::{Group, Modality, Roster, Site, Window};

/// Time of day of a track, and who must come.
const TRACKS: [(&str, bool); 10] = [
    ("evening", false),
    ("morning", false),
    ("evening", false),
    ("afternoon", false),
    ("morning", true),
    ("evening", false),
    ("evening", false),
    ("morning", false),
    ("afternoon", false),
    ("evening", true),
];

fn hours(time: &str) -> Window {
    match time {
        "morning" => weekly(WORKDAYS, clock(9, 0), clock(12, 30)),
        "afternoon" => weekly(WORKDAYS, clock(12, 0), clock(16, 30)),
        _ => weekly(EVENINGS, clock(17, 0), clock(20, 45)),
    }
}

fn group(site: &Site, name: &str, text: String, service: &str, hours: Window) -> Group {
    Group {
        id: id(format!("{}-{name}", site.id)),
        name: text,
        service: id(service),
        site: site.id.clone(),
        modality: Modality::InPerson,
        meetings: 3,
        hours: Some(vec![hours]),
        clinicians: Vec::new(),
        same_clinician: false,
        roster: Roster::Closed,
        members: Vec::new(),
        requires: Vec::new(),
        excludes: Vec::new(),
        language: None,
        min: None,
        max: None,
    }
}

/// The groups of the site at this position.
pub(super) fn of_site(draw: &Draw, sites: &[Site], at: usize) -> Vec<Group> {
    let Some(site) = sites.get(at) else { return Vec::new() };
    let mut dice = Dice::new(draw.seed, &format!("tracks {at}"));
    let tracks = match draw.per_site {
        0..=4 => 1,
        5..=8 => 2,
        n => n.div_ceil(8).max(3),
    };
    let mut groups = Vec::new();
    for k in 0..tracks {
        let (time, women) = TRACKS[k % TRACKS.len()];
        for (service, title) in [("process", "Process"), ("psychoed", "Psychoeducation"), ("skills", "Skills")] {
            let for_women = if women { ", women" } else { "" };
            let text = format!("{title} {}, {time}{for_women}", k + 1);
            groups.push(Group {
                same_clinician: service == "process",
                roster: if dice.percent(20) { Roster::Open } else { Roster::Closed },
                requires: if women { vec!["women".to_owned()] } else { Vec::new() },
                ..group(site, &format!("{service}-{}", k + 1), text, service, hours(time))
            });
        }
    }
    if draw.per_site >= 9 {
        groups.push(Group {
            modality: Modality::Telehealth,
            roster: Roster::Open,
            ..group(
                site,
                "tele-psychoed",
                "Psychoeducation, online".to_owned(),
                "psychoed",
                weekly(EVENINGS, clock(12, 0), clock(20, 0)),
            )
        });
    }
    if adolescents(draw) > 0 {
        for (service, title, meetings) in
            [("process", "Process", 3), ("psychoed", "Psychoeducation", 2), ("skills", "Skills", 2)]
        {
            groups.push(Group {
                meetings,
                same_clinician: true,
                requires: vec!["adolescent".to_owned()],
                max: Some(8),
                min: Some(2),
                ..group(
                    site,
                    &format!("{service}-young"),
                    format!("{title}, adolescents"),
                    service,
                    weekly(EVENINGS, clock(15, 0), clock(19, 0)),
                )
            });
        }
    }
    if stepped_down(draw) > 0 {
        groups.push(Group {
            meetings: 1,
            roster: Roster::Open,
            requires: vec!["step-down".to_owned()],
            ..group(site, "stepdown", "Process, step-down".to_owned(), "process", hours("evening"))
        });
    }
    if draw.nights {
        groups.push(Group {
            roster: Roster::Open,
            meetings: 2,
            ..group(
                site,
                "night",
                "Skills, weekend nights".to_owned(),
                "skills",
                weekly(WEEKEND, clock(0, 0), clock(6, 0)),
            )
        });
    }
    groups
}

/// How many of 100 adults are on their way out, with one group a week.
pub(super) fn stepped_down(draw: &Draw) -> u32 {
    if draw.per_site < 20 { 0 } else { 8 }
}
