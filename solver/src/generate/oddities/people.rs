//! People with few free hours, another zone or jurisdiction, two sites; orders that want much or allow little.

use super::super::{Dice, EVENINGS, WORKDAYS, clock, dated, id, weekly};
use crate::problem::{
    Commitment, CommitmentKind, Flexibility, Id, Minutes, Modality, Order, Participant, Problem, Weekday,
};

pub(super) fn strew(problem: &mut Problem, dice: &mut Dice) {
    let first = problem.week_start;
    let zones: Vec<(String, String)> =
        problem.sites.iter().map(|s| (s.time_zone.clone(), s.jurisdiction.clone())).collect();
    let sites: Vec<Id> = problem.sites.iter().map(|s| s.id.clone()).collect();
    let staff: Vec<Id> = problem.clinicians.iter().map(|c| c.id.clone()).collect();
    let people: Vec<Id> = problem.participants.iter().map(|p| p.id.clone()).collect();
    let groups: Vec<(Id, Id)> = problem.groups.iter().map(|g| (g.service.clone(), g.id.clone())).collect();
    let modalities: Vec<(Id, Vec<Modality>)> =
        problem.services.iter().map(|s| (s.id.clone(), s.modalities.clone())).collect();
    let in_groups = |o: &Order| groups.iter().any(|g| g.0 == o.service);
    for p in &mut problem.participants {
        if dice.percent(15) {
            p.available = Some(vec![
                weekly(EVENINGS, clock(12, 0), clock(21, 0)),
                weekly([Weekday::Sun], clock(0, 0), clock(24, 0)),
            ]);
        }
        if let (true, Some((zone, jurisdiction))) = (dice.percent(15), dice.pick(&zones)) {
            p.time_zone = Some(zone.clone());
            p.jurisdiction = Some(jurisdiction.clone());
        }
        if dice.percent(25) {
            p.sites = Some(sites.clone());
        }
        if dice.percent(10) {
            p.not_with = dice.some(&staff, 1);
        }
        if dice.percent(15) {
            p.apart_from = dice.some(&people, 1).into_iter().filter(|other| *other != p.id).collect();
        }
        if dice.percent(20) {
            p.commitments.push(Commitment {
                kind: CommitmentKind::Other,
                windows: vec![weekly([Weekday::Tue, Weekday::Sat], clock(17, 30), clock(19, 0))],
                travel_minutes: Minutes(25),
                flexibility: Flexibility::Soft,
            });
            p.commitments.push(Commitment {
                kind: CommitmentKind::Medical,
                windows: vec![dated(first, dice.one(WORKDAYS), clock(14, 0), clock(15, 30))],
                travel_minutes: Minutes(15),
                flexibility: dice.one([Flexibility::Hard, Flexibility::Soft]),
            });
        }
        odd_plan(p, dice);
        for o in &mut p.orders {
            if in_groups(o) {
                if dice.percent(10) {
                    let fits: Vec<Id> = groups.iter().filter(|g| g.0 == o.service).map(|g| g.1.clone()).collect();
                    o.groups = dice.some(&fits, 2);
                }
            } else {
                odd_order(o, &staff, &modalities, dice);
            }
            if dice.percent(10) {
                o.windows = Some(vec![
                    weekly([Weekday::Mon, Weekday::Wed, Weekday::Sun], clock(0, 0), clock(24, 0)),
                    weekly([Weekday::Fri], clock(9, 0), clock(13, 0)),
                ]);
            }
            if dice.percent(10) {
                o.sessions += dice.one([1, 2]);
                o.one_per_day = dice.percent(50);
            }
            if dice.percent(10) {
                o.priority = dice.one([0, 1, 5]);
            }
        }
    }
    if dice.percent(30) {
        let pair = problem.participants.iter_mut().take(2);
        for (p, attribute) in pair.zip(["rival-a", "rival-b"]) {
            p.attributes.push(attribute.to_owned());
        }
        problem.separate.push(("rival-a".to_owned(), "rival-b".to_owned()));
    }
}

fn odd_plan(p: &mut Participant, dice: &mut Dice) {
    if dice.percent(10) {
        p.plan = None;
    }
    let Some(plan) = &mut p.plan else { return };
    if dice.percent(15) {
        plan.counts_modalities = if dice.percent(70) { vec![Modality::InPerson] } else { Vec::new() };
    }
    if dice.percent(15) {
        plan.max_minutes_per_day = Some(Minutes(dice.one([60, 130])));
    }
    if dice.percent(15) {
        plan.max_minutes_per_week = Some(Minutes(dice.one([200, 400])));
    }
    if dice.percent(15) {
        plan.min_days = None;
        plan.max_days = Some(dice.one([1, 2, 3]));
    }
    if dice.percent(15) {
        plan.min_minutes_per_day = None;
    }
}

fn odd_order(o: &mut Order, staff: &[Id], modalities: &[(Id, Vec<Modality>)], dice: &mut Dice) {
    if dice.percent(10) {
        o.clinician = dice.pick(staff).cloned();
    }
    if dice.percent(10) {
        o.prefer = dice.some(staff, 2);
    }
    if dice.percent(15) {
        let offered = modalities.iter().find(|m| m.0 == o.service).map(|m| m.1.as_slice());
        o.modality = offered.and_then(|m| dice.pick(m)).copied();
    }
    if o.service == id("individual") && dice.percent(20) {
        o.sessions = dice.one([2, 3]);
    }
}
