//! The weeks of the participants: days, waiting, evenings, and what moves against another calendar.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    calendar::Calendar,
    problem::Instant,
    quality::EVENING,
    rules::view::{View, Week},
};

/// One participant's week.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ParticipantKpis)]
pub struct Person {
    /// Who.
    pub id: String,
    /// Days attended.
    pub days: u32,
    /// Minutes between the sessions of a day, all days together.
    pub waiting_minutes: u64,
    /// Minutes in session.
    pub session_minutes: u64,
    /// Ordered minutes that are missing.
    pub missing_minutes: u64,
}

/// Each participant's week.
pub fn people(view: &View, calendar: &Calendar) -> Vec<Person> {
    let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
    for order in &calendar.unmet {
        *missing.entry(&*order.participant).or_default() += order.missing_minutes;
    }
    let person = |week: &Week| {
        let id = &view.instance.problem.participants[week.participant.i()].id;
        let (mut days, mut waiting, mut in_session) = (0, 0, 0);
        for day in week.days() {
            let first = day.iter().map(|s| s.start).min().unwrap_or(0);
            let last = day.iter().map(|s| s.end).max().unwrap_or(0);
            let minutes: i64 = day.iter().map(|s| s.minutes()).sum();
            days += 1;
            in_session += u64::try_from(minutes).unwrap_or(0);
            waiting += u64::try_from(i64::from(last) - i64::from(first) - minutes).unwrap_or(0);
        }
        Person {
            id: id.to_string(),
            days,
            waiting_minutes: waiting,
            session_minutes: in_session,
            missing_minutes: missing.get(&**id).copied().unwrap_or(0),
        }
    };
    view.weeks.iter().map(person).collect()
}

/// Share of the attended minutes in sessions that begin in the evening of the participant.
pub fn evening_share(view: &View) -> f64 {
    let (mut evening, mut all) = (0, 0);
    for week in &view.weeks {
        let zone = &view.instance.zones[view.instance.participants[week.participant.i()].zone];
        for session in &week.attended {
            all += session.got;
            if zone.clock(session.start) >= EVENING {
                evening += session.got;
            }
        }
    }
    if all == 0 { 0.0 } else { evening as f64 / all as f64 }
}

/// Sessions of `calendar` that start at another time than in `base`, that are only in it, and only in `base`.
pub fn moves(calendar: &Calendar, base: &Calendar) -> (u64, u64, u64) {
    let starts: BTreeMap<&str, Instant> = base.sessions.iter().map(|s| (&*s.id, s.start)).collect();
    let ids: BTreeSet<&str> = calendar.sessions.iter().map(|s| &*s.id).collect();
    let (mut moved, mut added) = (0, 0);
    for session in &calendar.sessions {
        match starts.get(&*session.id) {
            None => added += 1,
            Some(start) if *start != session.start => moved += 1,
            Some(_) => {}
        }
    }
    (moved, added, starts.keys().filter(|id| !ids.contains(*id)).count() as u64)
}
