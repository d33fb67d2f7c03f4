//! Changes of the staff's week: longer shifts, higher limits, one more clinician.

use std::collections::BTreeSet;

use serde_json::json;

use super::kind::{Case, Change, Kind, Look, Part, called, unless_empty};
use crate::{
    instance::{Booked, ClinicianIx, Instance, OrderIx, Owner},
    problem::{Clinician, Clock, Minutes, Problem, Weekday},
    rules::{
        h05_qualification::{has_credential, share_language},
        names,
    },
    scenario::edits::Edit,
};

/// Half an hour longer.
pub(super) const LONGER_SHIFT: Kind = Kind {
    name: "longer-shift",
    tried: "a shift longer by 30 minutes",
    helps: &["OUT_OF_HOURS", "CLINICIAN_BUSY", "GROUP_NOT_HELD"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| lengthen(problem, instance, orders, 30),
    narrow: |case| longer_shift(case),
};

/// Two hours longer.
pub(super) const MUCH_LONGER_SHIFT: Kind = Kind {
    name: "much-longer-shift",
    tried: "a shift longer by two hours",
    helps: &["OUT_OF_HOURS", "CLINICIAN_BUSY", "GROUP_NOT_HELD"],
    look: Look::Widened,
    last_resort: true,
    widen: |problem, instance, orders| lengthen(problem, instance, orders, 120),
    narrow: |case| longer_shift(case),
};

/// Clinicians who could give any of these orders.
fn able(instance: &Instance, orders: &[OrderIx]) -> BTreeSet<ClinicianIx> {
    let services: BTreeSet<_> = orders.iter().map(|o| instance.orders[o.i()].service).collect();
    ClinicianIx::all(instance.clinicians.len())
        .filter(|&c| services.iter().any(|&s| has_credential(instance, c, s)))
        .collect()
}

fn lengthen(problem: &mut Problem, instance: &Instance, orders: &[OrderIx], minutes: u16) {
    for c in able(instance, orders) {
        let clinician = &mut problem.clinicians[c.i()];
        let known = clinician.shifts.clone();
        for (k, shift) in clinician.shifts.iter_mut().enumerate() {
            // Neither into the shift before or after it, nor past midnight.
            let others =
                known.iter().enumerate().filter(|(j, s)| *j != k && s.days.iter().any(|d| shift.days.contains(d)));
            let (mut first, mut last) = (None, None);
            for (_, other) in others {
                if other.end <= known[k].start {
                    first = first.max(Some(other.end.0));
                } else {
                    last = Some(last.unwrap_or(1440).min(other.start.0));
                }
            }
            // What is free between two shifts is shared.
            let (start, end) = (known[k].start.0, known[k].end.0);
            shift.start = Clock(start.saturating_sub(minutes).max(first.map_or(0, |first| first.midpoint(start))));
            shift.end = Clock((end + minutes).min(last.map_or(1440, |last| last.midpoint(end))));
        }
    }
}

fn longer_shift(case: &Case) -> Option<Change> {
    let mut parts = Vec::new();
    let mut done: BTreeSet<(ClinicianIx, i32)> = BTreeSet::new();
    for session in &case.way.gained {
        let busy = session.end + case.instance.services[session.service?.i()].documentation;
        for &c in session.clinicians.iter().filter(|c| case.knows(**c)) {
            let data = &case.instance.clinicians[c.i()];
            let site = (session.modality == crate::problem::Modality::InPerson).then_some(session.site).flatten();
            if data.shift_for(crate::instance::Span::new(session.start, busy), site).is_some() {
                continue;
            }
            let day = case.instance.clinician_day(c, session.start);
            if !done.insert((c, day)) {
                return None;
            }
            parts.push(stretched(case, c, session, busy - session.start)?);
        }
    }
    unless_empty(parts)
}

/// The shift of that day made long enough, and only on that day.
fn stretched(case: &Case, c: ClinicianIx, session: &Booked, length: i32) -> Option<Part> {
    let instance = case.instance;
    let zone = &instance.zones[instance.clinicians[c.i()].zone];
    let day = weekday(instance, instance.clinician_day(c, session.start));
    let start = u16::try_from(zone.clock(session.start)).ok()?;
    let end = start + u16::try_from(length).ok()?;
    let clinician: &Clinician = &instance.problem.clinicians[c.i()];
    let apart =
        |s: &crate::problem::Shift| i32::from(s.start.0.saturating_sub(start)) + i32::from(end.saturating_sub(s.end.0));
    let on_day = clinician.shifts.iter().enumerate().filter(|(_, s)| s.days.contains(&day));
    let (k, shift) =
        on_day.min_by_key(|(_, s)| apart(s)).filter(|(_, s)| start < s.end.0 + 240 && end + 240 > s.start.0)?;
    // Half hours are what is agreed upon.
    let down = |m: u16| m / 30 * 30;
    let up = |m: u16| m.div_ceil(30) * 30;
    let from = if start < shift.start.0 { Clock(down(start)) } else { shift.start };
    let to = if end > shift.end.0 { Clock(up(end).min(1440)) } else { shift.end };
    let path = format!("/clinicians/{}/shifts", clinician.id);
    let edits = if shift.days.len() == 1 {
        vec![Edit::set(format!("{path}/{k}/start"), json!(from)), Edit::set(format!("{path}/{k}/end"), json!(to))]
    } else {
        let others: Vec<Weekday> = shift.days.iter().copied().filter(|d| *d != day).collect();
        let mut own = shift.clone();
        (own.days, own.start, own.end) = (vec![day], from, to);
        vec![Edit::set(format!("{path}/{k}/days"), json!(others)), Edit::add(path, json!(own))]
    };
    let mut said = Vec::new();
    if from != shift.start {
        said.push(format!("begins at {from}"));
    }
    if to != shift.end {
        said.push(format!("stays until {to}"));
    }
    Some(Part::new(edits, format!("{} {} on {}", called(instance, &clinician.id), said.join(" and "), day.name())))
}

fn weekday(instance: &Instance, day: i32) -> Weekday {
    use chrono::Datelike;
    const NAMES: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let first = instance.axis.first.weekday().num_days_from_monday() as i32;
    NAMES[(first + day).rem_euclid(7) as usize]
}

/// More session minutes than the limit.
pub(super) const LIMITS: Kind = Kind {
    name: "clinician-limit",
    tried: "a clinician who works more than their limit",
    helps: &["CLINICIAN_LIMIT", "GROUP_NOT_HELD"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        let longest = orders.iter().map(|o| instance.services[instance.orders[o.i()].service.i()].minutes).max();
        let more = longest.unwrap_or(0).unsigned_abs();
        for c in able(instance, orders) {
            let clinician = &mut problem.clinicians[c.i()];
            let raised = |limit: Option<Minutes>| limit.map(|m| Minutes(m.0.saturating_add(more)));
            clinician.max_minutes_per_day = raised(clinician.max_minutes_per_day);
            clinician.max_minutes_per_week = raised(clinician.max_minutes_per_week);
        }
    },
    narrow: |case| {
        let staff: BTreeSet<ClinicianIx> = case.way.gained.iter().flat_map(|s| s.clinicians.iter().copied()).collect();
        let mut parts = Vec::new();
        for c in staff.into_iter().filter(|c| case.knows(*c)) {
            let wire = &case.instance.problem.clinicians[c.i()];
            let mine = case.way.gained.iter().filter(|s| s.clinicians.contains(&c));
            let day = mine.map(|s| in_session(case, c, Some(case.instance.clinician_day(c, s.start)))).max();
            for (field, limit, needed, unit) in [
                ("max_minutes_per_day", wire.max_minutes_per_day, day.unwrap_or(0), "day"),
                ("max_minutes_per_week", wire.max_minutes_per_week, in_session(case, c, None), "week"),
            ] {
                if let Some(limit) = limit.filter(|limit| limit.0 < needed) {
                    let edit = Edit::set(format!("/clinicians/{}/{field}", wire.id), needed);
                    let words =
                        format!("{} may be in session for {needed} minutes a {unit} instead of {}", wire.name, limit.0);
                    parts.push(Part::new(vec![edit], words));
                }
            }
        }
        unless_empty(parts)
    },
};

/// Minutes for which a clinician is in session after the change, in the week or on one day.
fn in_session(case: &Case, c: ClinicianIx, day: Option<i32>) -> u32 {
    let changed = |s: &&Booked| case.changed().any(|new| new.id == s.id);
    let after = case.standing.iter().filter(|s| !changed(s)).chain(case.changed());
    let there = after
        .filter(|s| s.clinicians.contains(&c) && day.is_none_or(|day| case.instance.clinician_day(c, s.start) == day));
    there.map(|s| s.span().minutes().unsigned_abs()).sum()
}

/// Somebody who interprets: with them the clinician counts as speaking the participant's language.
pub(super) const INTERPRETER: Kind = Kind {
    name: "interpreter",
    tried: "an interpreter",
    helps: &["NO_LANGUAGE"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        for &o in orders {
            let service = instance.orders[o.i()].service;
            let language = problem.participants[instance.orders[o.i()].participant.i()].languages.first().cloned();
            for c in able(instance, orders).into_iter().filter(|&c| has_credential(instance, c, service)) {
                let spoken = &mut problem.clinicians[c.i()].languages;
                spoken.extend(language.clone().filter(|l| !spoken.contains(l)));
            }
        }
    },
    narrow: |case| {
        let p = case.participant();
        let language = case.instance.problem.participants[p.i()].languages.first()?;
        let single = case.way.gained.iter().filter(|s| matches!(s.owner, Owner::Order(_)));
        let strangers: BTreeSet<ClinicianIx> = single
            .flat_map(|s| s.clinicians.iter().copied())
            .filter(|&c| case.knows(c) && !share_language(case.instance, c, p))
            .collect();
        let parts = strangers.into_iter().map(|c| {
            let id = names::clinician(case.instance, c);
            let edit = Edit::add(format!("/clinicians/{id}/languages"), json!(language));
            Part::new(vec![edit], format!("{} has an interpreter for '{language}'", called(case.instance, id)))
        });
        unless_empty(parts.collect())
    },
};

/// One more like a clinician that there is.
pub(super) const NEW: Kind = Kind {
    name: "new-clinician",
    tried: "one more clinician",
    helps: &[],
    look: Look::Widened,
    last_resort: true,
    widen: |problem, instance, orders| hire(problem, instance, able(instance, orders)),
    narrow: |case| {
        let known = case.instance.clinicians.len();
        let staff: BTreeSet<ClinicianIx> =
            case.way.gained.iter().flat_map(|s| s.clinicians.iter().copied()).filter(|c| c.i() >= known).collect();
        let mut staff = staff.into_iter();
        let (twin, None) = (staff.next()?, staff.next()) else { return None };
        let id = names::clinician(case.wide, twin).to_string();
        let like = id.strip_suffix(".c1")?;
        let mut edits = vec![Edit::Copy { copy: format!("/clinicians/{like}"), count: 1 }];
        for group in case.instance.problem.groups.iter().filter(|g| g.clinicians.iter().any(|c| **c == *like)) {
            edits.push(Edit::add(format!("/groups/{}/clinicians", group.id), json!(id)));
        }
        Part::one(edits, format!("there is one more clinician like {}", called(case.instance, like)))
    },
};

/// One more like each of these.
pub(super) fn hire(problem: &mut Problem, instance: &Instance, like: BTreeSet<ClinicianIx>) {
    for c in like {
        // Without what other kinds of changes have widened.
        let mut twin = instance.problem.clinicians[c.i()].clone();
        for group in problem.groups.iter_mut().filter(|g| g.clinicians.contains(&twin.id)) {
            group.clinicians.push(copied(&twin.id));
        }
        twin.id = copied(&twin.id);
        problem.clinicians.push(twin);
    }
}

/// For each order one of those who could give it: of its participant's site rather than of another, whoever works longest.
pub(super) fn likely(instance: &Instance, orders: &[OrderIx]) -> BTreeSet<ClinicianIx> {
    let one = |o: &OrderIx| {
        let participant = instance.orders[o.i()].participant;
        let home = &instance.problem.participants[participant.i()].home_site;
        able(instance, &[*o]).into_iter().max_by_key(|c| {
            let minutes: i32 = instance.clinicians[c.i()].shifts.iter().map(|s| s.span.minutes()).sum();
            (instance.problem.clinicians[c.i()].home_site == *home, minutes)
        })
    };
    orders.iter().filter_map(one).collect()
}

/// The id that the first copy gets.
pub(super) fn copied(id: &str) -> crate::problem::Id {
    crate::problem::Id::made(format!("{id}.c1"))
}
