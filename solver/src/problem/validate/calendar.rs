//! This week so far: sessions of `previous`, and who attended them.

use std::collections::{HashMap, HashSet};

use super::{Check, Place, limits};
use crate::{
    instance::DAY,
    problem::{GivenSession, text::shortened},
};

/// How far from the week a session can lie.
const REACH: i32 = 60 * DAY;

impl Check<'_> {
    pub(super) fn previous(&mut self) {
        let list = Place::Root.field("previous");
        let previous = &self.problem.previous;
        self.at_most(list, previous, limits::CALENDAR_SESSIONS);
        let freeze = self.problem.freeze_until.map(|at| self.axis.ceil(at));
        let mut seen = HashMap::new();
        for (k, session) in previous.iter().enumerate() {
            let place = list.entry(k, &session.id);
            if let Some(first) = seen.insert(&session.id, k) {
                let detail = format!("`{}` is the id of the session at {first} too.", shortened(&session.id));
                self.error(place.field("id"), "duplicate-id", detail);
            }
            if session.group.is_some() == session.order.is_some() {
                let detail = "A session names its `group` or its `order`: one of them.".to_owned();
                self.error(place, "group-or-order", detail);
            }
            self.listed_once(place.field("participants"), &session.participants);
            self.listed_once(place.field("clinicians"), &session.clinicians);
            let start = self.axis.ceil(session.start);
            if start.abs() > REACH {
                self.error(place.field("start"), "out-of-range", "This is more than 60 days from the week.".to_owned());
            }
            if session.end.is_some_and(|end| end <= session.start) {
                self.error(place.field("end"), "out-of-range", "The session ends before it has begun.".to_owned());
            }
            let frozen = freeze.is_some_and(|freeze| start < freeze);
            self.attendance(place, session, frozen);
            let anybody = session.participants.iter().any(|id| self.entities.participant(id).is_some());
            if frozen && anybody && self.length(session).is_none() && !self.told_of_owner(session) {
                let detail = "The session is frozen, but how long it lasted is not known.".to_owned();
                self.error_with_hint(place, "unknown-length", detail, "Give its `end`.".to_owned());
            }
        }
    }

    fn listed_once(&mut self, place: Place, ids: &[String]) {
        self.at_most(place, ids, limits::PARTICIPANTS);
        let mut seen = HashSet::new();
        for (k, id) in ids.iter().enumerate() {
            if !seen.insert(id) {
                self.error(place.item(k), "duplicate-id", format!("`{}` is listed twice.", shortened(id)));
            }
        }
    }

    /// How many minutes a session lasts, rounded up.
    fn length(&self, session: &GivenSession) -> Option<i64> {
        if let Some(end) = session.end {
            return Some(i64::from(self.axis.ceil(end) - self.axis.ceil(session.start)));
        }
        let named = session.service.as_deref();
        let of_group = || session.group.as_deref().and_then(|id| self.entities.group(id)).map(|g| &*g.service);
        let of_order = || session.order.as_deref().and_then(|id| self.entities.order(id)).map(|o| &**o.1);
        let service = self.entities.service(named.or_else(of_group).or_else(of_order)?)?;
        Some(service.minutes.0.into())
    }

    /// Whether a session's group or order is known, so that a service which it lacks is told there.
    fn told_of_owner(&self, session: &GivenSession) -> bool {
        let group = session.group.as_deref().is_some_and(|id| self.entities.group(id).is_some());
        let order = session.order.as_deref().is_some_and(|id| self.entities.order(id).is_some());
        session.service.is_none() && (group || order)
    }

    fn attendance(&mut self, session: Place, of: &GivenSession, frozen: bool) {
        let Some(attendance) = &of.attendance else { return };
        let place = session.field("attendance");
        if !frozen && !attendance.is_empty() {
            let detail = "Attendance is only of sessions that start before `freeze_until`.".to_owned();
            self.error(place, "attendance-not-frozen", detail);
        }
        let people: HashSet<&str> = of.participants.iter().map(String::as_str).collect();
        for (id, known) in attendance {
            let at = place.field(id);
            if !people.contains(&**id) {
                let detail = format!("`{id}` is not a participant of this session.");
                self.error(at, "attendance-not-participant", detail);
            }
            if let (Some(minutes), Some(length)) = (known.minutes, self.length(of))
                && i64::from(minutes.0) > length
            {
                let detail = format!("The session lasts {length} minutes; nobody attends {}.", minutes.0);
                self.error(at.field("minutes"), "attendance-too-long", detail);
            }
        }
    }
}
