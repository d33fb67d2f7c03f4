//! Groups led by two or by nobody, in another language, with members; services that start every 20 minutes, that
//! anybody may give, or that are held in one way only.

use super::super::{Dice, EVENINGS, clock, id, weekly};
use crate::problem::{Group, GroupSize, Id, Minutes, Modality, Order, Problem, Roster, Service, ServiceKind, Weekday};

pub(super) fn strew(problem: &mut Problem, dice: &mut Dice) {
    for service in &mut problem.services {
        if dice.percent(15) {
            service.start_every = Some(Minutes(dice.one([5, 20, 25, 60])));
        }
        if dice.percent(10) {
            service.documentation_minutes = Minutes(dice.one([0, 5, 40]));
        }
        if service.group.is_some() && dice.percent(20) {
            service.clinicians = 2;
        }
        if let (Some(size), true) = (&mut service.group, dice.percent(20)) {
            size.participants_per_clinician = Some(dice.one([2, 3]));
        }
        if service.kind != ServiceKind::Assessment && dice.percent(10) {
            service.modalities = vec![dice.one([Modality::InPerson, Modality::Telehealth])];
        }
    }
    if dice.percent(20) {
        for service in problem.services.iter_mut().filter(|s| s.kind == ServiceKind::ProgressReview) {
            service.credentials.clear();
        }
    }
    if dice.percent(40) {
        peers(problem, dice);
    }
    for k in 0..problem.groups.len() {
        odd_group(problem, k, dice);
    }
}

/// A group that people lead themselves.
fn peers(problem: &mut Problem, dice: &mut Dice) {
    let Some(site) = problem.sites.first().map(|s| s.id.clone()) else { return };
    problem.services.push(Service {
        id: id("peers"),
        name: "Peer support".to_owned(),
        kind: ServiceKind::SkillsBuilding,
        minutes: Minutes(45),
        documentation_minutes: Minutes(0),
        start_every: None,
        clinicians: 0,
        credentials: Vec::new(),
        room_features: Vec::new(),
        modalities: vec![Modality::InPerson],
        billing_code: None,
        public_name: "Meeting".to_owned(),
        group: Some(GroupSize { min: 1, max: 5, participants_per_clinician: Some(3) }),
        counts: dice.percent(50),
    });
    problem.groups.push(Group {
        id: id(format!("{site}-peers")),
        name: "Peer support".to_owned(),
        service: id("peers"),
        site,
        modality: Modality::InPerson,
        meetings: 2,
        hours: dice.percent(50).then(|| vec![weekly([Weekday::Sun, Weekday::Fri], clock(0, 0), clock(24, 0))]),
        clinicians: Vec::new(),
        same_clinician: true,
        roster: dice.one([Roster::Open, Roster::Closed]),
        members: Vec::new(),
        requires: Vec::new(),
        excludes: Vec::new(),
        language: None,
        min: None,
        max: None,
    });
    for p in &mut problem.participants {
        if dice.percent(60) {
            p.orders.push(Order {
                id: id(format!("{}-peers", p.id)),
                service: id("peers"),
                sessions: dice.one([1, 2, 3]),
                priority: dice.one([0, 1, 2]),
                clinician: None,
                prefer: Vec::new(),
                groups: Vec::new(),
                modality: None,
                family: Vec::new(),
                windows: None,
                one_per_day: dice.percent(50),
            });
        }
    }
}

fn odd_group(problem: &mut Problem, k: usize, dice: &mut Dice) {
    let staff: Vec<Id> = problem.clinicians.iter().map(|c| c.id.clone()).collect();
    let Some(group) = problem.groups.get_mut(k) else { return };
    let offered = problem.services.iter().find(|s| s.id == group.service);
    let two_ways = offered.is_some_and(|s| s.modalities.len() == 2);
    if dice.percent(15) {
        group.hours = None;
    } else if dice.percent(15) {
        // Weekends too, around the clock.
        group.hours = Some(vec![
            weekly(EVENINGS, clock(9, 0), clock(21, 0)),
            weekly([Weekday::Sat, Weekday::Sun], clock(0, 0), clock(24, 0)),
        ]);
    }
    if dice.percent(30) {
        group.meetings = dice.one([1, 2]);
    }
    if dice.percent(20) {
        group.roster = dice.one([Roster::Open, Roster::Closed]);
        group.same_clinician = dice.percent(50);
    }
    if let Some(only) =
        offered.map(|s| s.modalities.as_slice()).and_then(|m| (m.len() == 1).then(|| m.first()).flatten())
    {
        group.modality = *only;
    } else if two_ways && dice.percent(10) {
        group.modality = Modality::Telehealth;
    }
    if dice.percent(10) {
        group.excludes = vec!["sud".to_owned()];
    }
    if dice.percent(8) {
        group.language = Some(dice.one(["en", "es"]).to_owned());
    }
    if dice.percent(15) {
        (group.min, group.max) = (Some(1), Some(dice.one([1, 2, 4])));
    }
    if dice.percent(15) {
        group.clinicians = dice.some(&staff, 3);
    }
    if dice.percent(15) {
        let (service, meetings) = (group.service.clone(), group.meetings);
        let fits = |o: &Order| o.service == service && o.sessions >= meetings;
        let fit = problem.participants.iter().filter(|p| p.home_site == group.site && p.orders.iter().any(fits));
        let fit: Vec<Id> = fit.map(|p| p.id.clone()).collect();
        group.members = dice.some(&fit, 1);
    }
}
