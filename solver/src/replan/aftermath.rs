//! The problem after the events: what has begun is frozen, what is to be kept is pinned, and each event is an edit.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::events::{Event, EventKind, Events, fault};
use crate::{
    instance::{Instance, Minute, Owner, Span, Spans, Zone},
    problem::{Attendance, Fault, Faults, GivenSession, Instant, Place, Problem, Stamp, Status, Window, nearest},
    scenario::edits::{self, Edit},
};

/// Behind the last minute of any session of a week, from its first midnight on.
const WEEK_OVER: i64 = 8;

/// The problem after the events, with the calendar in force as its `previous`.
///
/// `before` is the problem as it was, compiled. All that is wrong with the events is told at once.
pub(super) fn aftermath(before: &Instance, calendar: &[GivenSession], events: &Events) -> Result<Problem, Faults> {
    let problem = &*before.problem;
    let zone = before.sites.first().map(|site| &before.zones[site.zone]);
    let at = moment(before, events.at, zone);
    let freeze = problem.freeze_until.map_or(at, |known| if known.0 > at.0 { known } else { at });
    let mut base = problem.clone();
    base.freeze_until = Some(freeze);
    base.previous = in_force(before, calendar, freeze);
    let mut changes =
        Changes { before, calendar, at, base, edits: Vec::new(), blame: Vec::new(), faults: Faults::default() };
    let (root, mut cancelled) = (Place::Root, BTreeSet::new());
    let list = root.field("events");
    for (k, event) in events.events.iter().enumerate() {
        let place = match &event.id {
            Some(id) => list.entry(k, id),
            None => list.item(k),
        };
        changes.take(place, event, &mut cancelled);
    }
    let kept = root.field("keep");
    for (k, id) in events.keep.iter().enumerate() {
        match changes.base.previous.iter_mut().find(|s| s.id == *id) {
            Some(session) => session.pinned = true,
            None => changes.unknown(kept.item(k), "session", id, calendar.iter().map(|s| &*s.id)),
        }
    }
    let burden = root.field("burden");
    for (k, call) in events.burden.iter().enumerate() {
        let people = || problem.participants.iter().map(|p| &*p.id).chain(problem.clinicians.iter().map(|c| &*c.id));
        if !people().any(|id| *id == *call.id) {
            changes.unknown(burden.item(k), "participant or clinician", &call.id, people());
        }
    }
    let Changes { base, edits, blame, mut faults, .. } = changes;
    let edited = edits::apply(&base, &edits);
    match edited {
        Ok(problem) if faults.is_empty() => Ok(problem),
        Ok(_) => Err(faults),
        Err(Faults(more)) => {
            faults.extend(more.into_iter().map(|f| blamed(f, &blame)));
            Err(faults)
        }
    }
}

/// The fault of an edit, told of the event that it comes from.
fn blamed(fault: Fault, blame: &[(String, String)]) -> Fault {
    let edit = fault.pointer.strip_prefix('/').and_then(|k| k.parse::<usize>().ok());
    match edit.and_then(|k| blame.get(k)) {
        Some((pointer, path)) => {
            let path = if path.ends_with(&fault.path) { path.clone() } else { format!("{path}: {}", fault.path) };
            Fault { pointer: pointer.clone(), path, ..fault }
        }
        None => fault,
    }
}

/// The calendar in force as `previous`: attendance only of what is frozen, pins and attendance also as the problem has them.
fn in_force(before: &Instance, calendar: &[GivenSession], freeze: Instant) -> Vec<GivenSession> {
    let known = |id: &str| before.problem.previous.iter().find(|s| s.id == id);
    let each = |session: &GivenSession| {
        let (mut session, known) = (session.clone(), known(&session.id));
        let frozen = session.start.0 < freeze.0;
        session.attendance = session.attendance.or_else(|| known?.attendance.clone()).filter(|_| frozen);
        session.pinned |= known.is_some_and(|s| s.pinned);
        session
    };
    calendar.iter().map(each).collect()
}

/// A stamp as an instant; local time is that of `zone`.
fn moment(before: &Instance, stamp: Stamp, zone: Option<&Zone>) -> Instant {
    use chrono::Timelike;
    let wall = match stamp {
        Stamp::Fixed(at) => return Instant(at),
        Stamp::Local(wall) => wall,
    };
    let universal = Zone::new(chrono_tz::UTC, before.axis);
    let zone = zone.unwrap_or(&universal);
    let days = (wall.date() - before.axis.first).num_days();
    let minute = before.axis.local(zone, days, i64::from(wall.hour() * 60 + wall.minute()));
    before.axis.instant(minute, zone)
}

/// Edits in the making, each with the event that it comes from.
struct Changes<'a> {
    before: &'a Instance,
    calendar: &'a [GivenSession],
    at: Instant,
    base: Problem,
    edits: Vec<Edit>,
    /// Pointer and path of the event behind each edit.
    blame: Vec<(String, String)>,
    faults: Faults,
}

impl Changes<'_> {
    fn edit(&mut self, place: Place, edit: Edit) {
        self.edits.push(edit);
        self.blame.push((place.pointer(), place.path()));
    }

    fn unknown<'s>(&mut self, place: Place, what: &str, id: &str, known: impl Iterator<Item = &'s str>) {
        let hint = nearest(id, known).map(|near| format!("Did you mean `{near}`?"));
        let shown: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
        self.faults.push(fault(place, "unknown-id", format!("There is no {what} `{shown}`."), hint));
    }

    fn take(&mut self, place: Place, event: &Event, cancelled: &mut BTreeSet<String>) {
        let problem = self.before.problem.clone();
        let id = event.id.as_deref().unwrap_or_default();
        macro_rules! known {
            ($list:ident, $what:literal) => {{
                let known = problem.$list.iter().any(|entity| *entity.id == *id);
                if !known {
                    self.unknown(place.field("id"), $what, id, problem.$list.iter().map(|entity| &*entity.id));
                }
                known
            }};
        }
        match event.kind {
            EventKind::ClinicianAway if known!(clinicians, "clinician") => {
                let edit = Edit::add(format!("/clinicians/{id}/away"), self.window(event));
                self.edit(place, edit);
            }
            EventKind::RoomClosed if known!(rooms, "room") => {
                let edit = Edit::add(format!("/rooms/{id}/closed"), self.window(event));
                self.edit(place, edit);
            }
            EventKind::SiteClosed if known!(sites, "site") => {
                let edit = Edit::add(format!("/sites/{id}/closed"), self.window(event));
                self.edit(place, edit);
            }
            EventKind::ParticipantAway if known!(participants, "participant") => {
                let edit = busy(id, self.window(event));
                self.edit(place, edit);
            }
            EventKind::NewOrder if known!(participants, "participant") => {
                let order = serde_json::to_value(&event.order).unwrap_or_default();
                self.edit(place, Edit::add(format!("/participants/{id}/orders"), order));
            }
            EventKind::Edit => {
                let edits = place.field("edits");
                for (k, edit) in event.edits.iter().flat_map(|list| &list.0).enumerate() {
                    self.edit(edits.item(k), edit.clone());
                }
            }
            EventKind::Cancel => self.cancel(place, event, id, cancelled),
            _ => {}
        }
    }

    fn window(&self, event: &Event) -> Value {
        let over = self.before.axis.first + chrono::Duration::days(WEEK_OVER);
        let from = event.from.unwrap_or(Stamp::Fixed(self.at.0));
        let to = event.to.unwrap_or(Stamp::Local(over.and_time(chrono::NaiveTime::MIN)));
        json!(Window::dated(from, to))
    }

    /// A session is called off, for all or for one of its participants: what has begun was missed, anything else leaves
    /// its hour.
    fn cancel(&mut self, place: Place, event: &Event, id: &str, cancelled: &mut BTreeSet<String>) {
        let Some(position) = self.calendar.iter().position(|s| s.id == id) else {
            let known: Vec<&str> = self.calendar.iter().map(|s| &*s.id).collect();
            return self.unknown(place.field("id"), "session", id, known.into_iter());
        };
        let given = self.calendar[position].clone();
        let booked = self.before.book(&given);
        if let Some(one) = event.participant.as_deref().filter(|one| !given.participants.iter().any(|p| p == one)) {
            let known: Vec<&str> = given.participants.iter().map(String::as_str).collect();
            return self.unknown(place.field("participant"), "participant of this session", one, known.into_iter());
        }
        let people: Vec<String> = event.participant.clone().map_or(given.participants.clone(), |one| vec![one]);
        let frozen = self.base.freeze_until.is_some_and(|freeze| given.start.0 < freeze.0);
        if let Some(session) = self.base.previous.iter_mut().find(|s| s.id == id) {
            session.pinned = false;
            if frozen {
                let missed = Attendance { status: Status::Cancelled, minutes: None };
                let known = session.attendance.get_or_insert_default();
                known.extend(people.iter().filter_map(|p| Some((p.parse().ok()?, missed.clone()))));
                return;
            }
        }
        if event.participant.is_none()
            && let Owner::Group(g) = booked.owner
        {
            // Several meetings of one group leave their hours together.
            cancelled.insert(id.to_owned());
            let gone = self.calendar.iter().filter(|s| cancelled.contains(&s.id)).map(|s| self.before.book(s));
            let gone = Spans::merged(gone.filter(|b| b.owner == booked.owner).map(|b| b.span()));
            let hours = self.before.groups[g.i()].hours.minus(&gone);
            let group = &self.before.problem.groups[g.i()].id;
            let edit = Edit::set(format!("/groups/{group}/hours"), self.windows(&hours));
            return self.edit(place, edit);
        }
        let hour = self.dated(booked.span());
        for person in people {
            if self.before.participant_named(&person).is_some() {
                self.edit(place, busy(&person, hour.clone()));
            }
        }
    }

    /// Spans around the week as dated windows.
    fn windows(&self, spans: &Spans) -> Value {
        let near = Span::new(-3 * crate::instance::DAY, 11 * crate::instance::DAY);
        let within = |span: Span| Span::new(span.start.max(near.start), span.end.min(near.end));
        spans.iter().map(within).filter(|s| s.start < s.end).map(|s| self.dated(s)).collect()
    }

    fn dated(&self, span: Span) -> Value {
        let zone = Zone::new(chrono_tz::UTC, self.before.axis);
        let stamp = |minute: Minute| Stamp::Fixed(self.before.axis.instant(minute, &zone).0);
        json!(Window::dated(stamp(span.start), stamp(span.end)))
    }
}

/// A participant has something else to do.
fn busy(participant: &str, window: Value) -> Edit {
    let commitment = json!({ "kind": "other", "windows": [window], "travel_minutes": 0, "flexibility": "hard" });
    Edit::add(format!("/participants/{participant}/commitments"), commitment)
}
