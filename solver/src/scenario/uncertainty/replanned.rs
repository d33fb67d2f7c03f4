//! The replan policy: on each morning on which clinicians fall ill, the rest of the week is planned again with the fewest
//! calls. The same illnesses give the same plans, so they are made once.

use std::{collections::HashMap, sync::Arc};

use super::{
    chance::Draw,
    held::{self, Held},
};
use crate::{
    calendar::Session,
    instance::{Booked, ClinicianIx, DAY, Instance},
    problem::{GivenSession, Stamp},
    replan::{self, Event, EventKind, Events, Task},
    rules::names,
    search::{Options, Stop},
};

/// A week after its illnesses.
struct Week {
    instance: Arc<Instance>,
    sessions: Vec<Booked>,
    calls: u32,
}

/// Plans by the illnesses that made them necessary: who, and on which day it begins.
pub(super) struct Replanned<'a> {
    instance: &'a Arc<Instance>,
    sessions: &'a [Booked],
    weeks: HashMap<Vec<(i32, ClinicianIx)>, Week>,
}

impl<'a> Replanned<'a> {
    pub fn new(instance: &'a Arc<Instance>, sessions: &'a [Booked]) -> Self {
        Replanned { instance, sessions, weeks: HashMap::new() }
    }

    /// Lets the replanned calendar happen.
    pub fn hold(&mut self, week: &Draw) -> Held {
        let (instance, sessions) = (self.instance, self.sessions);
        let begins = |day: i32| {
            let falls_ill = move |c: &ClinicianIx| week.falls_ill(instance, *c, day);
            ClinicianIx::all(instance.clinicians.len()).filter(falls_ill).map(move |c| (day, c))
        };
        // Who fell ill before the week is ill on its first mornings.
        let days = i32::try_from(week.rates.illness_days).unwrap_or(1);
        let ill: Vec<(i32, ClinicianIx)> = (1 - days..7).flat_map(begins).collect();
        if ill.is_empty() {
            return held::hold(instance, sessions, week);
        }
        let after = self.weeks.entry(ill).or_insert_with_key(|ill| planned(instance, sessions, ill, days));
        let mut held = held::hold(&after.instance, &after.sessions, week);
        held.calls = after.calls;
        held.cancelled += u32::try_from(sessions.len().saturating_sub(after.sessions.len())).unwrap_or(0);
        held
    }
}

/// The week after these illnesses, one morning after the other.
fn planned(instance: &Arc<Instance>, sessions: &[Booked], ill: &[(i32, ClinicianIx)], days: i32) -> Week {
    let mut week = Week { instance: instance.clone(), sessions: sessions.to_vec(), calls: 0 };
    for morning in ill.chunk_by(|a, b| a.0.max(0) == b.0.max(0)) {
        if let Some(next) = replan(&week, morning, days) {
            week = next;
        }
    }
    week
}

/// The plan with the fewest calls on a morning; none where nothing can be planned.
fn replan(week: &Week, morning: &[(i32, ClinicianIx)], days: i32) -> Option<Week> {
    let instance = &week.instance;
    let day = morning.first()?.0.max(0);
    let stamp = |c: ClinicianIx, day: i32| {
        let zone = &instance.zones[instance.clinicians[c.i()].zone];
        let at = instance.axis.local(zone, day.into(), 0);
        (at, Stamp::Fixed(instance.axis.instant(at, zone).0))
    };
    let away = morning.iter().map(|&(begin, c)| Event {
        kind: EventKind::ClinicianAway,
        id: Some(names::clinician(instance, c).to_string()),
        from: Some(stamp(c, day).1),
        to: Some(stamp(c, begin + days).1),
        participant: None,
        order: None,
        edits: None,
    });
    // What has begun stays as it was.
    let first = morning.iter().map(|&(_, c)| stamp(c, day)).min_by_key(|s| s.0)?;
    if first.0 < instance.freeze.max(-DAY) {
        return None;
    }
    let events = Events { at: first.1, events: away.collect(), keep: Vec::new(), burden: Vec::new() };
    let given: Vec<GivenSession> = week.sessions.iter().map(|s| (&Session::write(instance, s)).into()).collect();
    let task = Task::new(instance.problem.clone(), &given, &events).ok()?;
    // Stopped from the beginning: only the first plan, which touches as few people as possible, is made.
    let stop = Stop::default();
    stop.stop();
    let options = Options { seconds: None, rounds: Some(0), prove: false, ..Options::default() };
    let found = replan::replan(&task, &options, &|_| {}, &stop).ok()?;
    let plan = found.plans.into_iter().next()?;
    let after = Arc::new(Instance::new(found.problem));
    let sessions = plan.calendar.sessions.iter().map(|s| after.book(&s.into())).collect();
    Some(Week { instance: after, sessions, calls: week.calls + u32::try_from(plan.contacts.len()).unwrap_or(0) })
}
