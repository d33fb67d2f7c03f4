//! The calendar as it goes out: sessions, what they cost, what could not be placed and why.

use std::{borrow::Cow, collections::BTreeMap};

use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    explain, goals,
    instance::{Booked, Instance, Owner, Previous, Zone},
    problem::{GivenSession, Id, Instant, Modality},
    rules::{self, Violation, names::date_and_hour},
};

/// Whether a calendar is known to be the best possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CalendarStatus {
    /// Nothing better exists: objective = bound.
    Optimal,
    /// It breaks no rule; something better may exist.
    Feasible,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Session {
    /// `GROUP/k` or `ORDER/k`.
    pub id: String,
    /// The service.
    pub service: Id,
    /// The group of which it is a meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Id>,
    /// The order that it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// How it is held.
    pub modality: Modality,
    /// Where it is booked.
    pub site: Id,
    /// Its room; null for telehealth.
    #[schema(required)]
    pub room: Option<Id>,
    /// Who gives it.
    pub clinicians: Vec<Id>,
    /// Who attends it.
    pub participants: Vec<Id>,
    /// When it starts, as wall time of the site with its offset.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// The site's zone.
    pub time_zone: String,
    /// Whether it was pinned in `previous`.
    pub pinned: bool,
}

impl From<&Session> for GivenSession {
    /// The session as it is brought in again.
    fn from(session: &Session) -> Self {
        let text = |id: &Id| id.to_string();
        GivenSession {
            id: session.id.clone(),
            service: Some(text(&session.service)),
            group: session.group.as_ref().map(text),
            order: session.order.as_ref().map(text),
            modality: Some(session.modality),
            site: Some(text(&session.site)),
            room: session.room.as_ref().map(text),
            clinicians: session.clinicians.iter().map(text).collect(),
            participants: session.participants.iter().map(text).collect(),
            start: session.start,
            end: Some(session.end),
            time_zone: Some(session.time_zone.clone()),
            pinned: session.pinned,
            attendance: None,
        }
    }
}

/// Why places of an unmet order are not possible: one code, how many places, what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UnmetReason)]
pub struct Reason {
    /// Code of the contract, such as `COMMITTED`.
    pub code: &'static str,
    /// How many places it forbids.
    pub count: u64,
    /// The same as a sentence.
    pub detail: String,
    /// Who or what stands in the way: ids of clinicians, rooms, sites, sessions, groups or family. An explanation tells
    /// them; a calendar leaves them out.
    #[serde(skip)]
    pub ids: Vec<String>,
}

/// An order with missing sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unmet {
    /// Whose.
    pub participant: Id,
    /// Which order.
    pub order: Id,
    /// Of which service.
    pub service: Id,
    /// How many sessions are missing.
    pub missing_sessions: u32,
    /// How many minutes that is.
    pub missing_minutes: u64,
    /// How many places there are at all.
    pub places: u64,
    /// Each place counted once, under the first code that forbids it.
    pub reasons: Vec<Reason>,
}

/// A week, solved.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Calendar {
    /// Version of the contract: 1.
    pub version: u32,
    /// Whether it is proven to be the best.
    pub status: CalendarStatus,
    /// Sum of the penalties.
    pub objective: u64,
    /// Proven lower bound on the objective of every calendar; 0 where nothing is proven.
    pub bound: u64,
    /// (objective − bound) / max(objective, 1).
    pub gap: f64,
    /// How long the solve took.
    pub seconds: f64,
    /// What the calendar costs, by penalty; zeros left out.
    pub penalties: BTreeMap<&'static str, u64>,
    /// The sessions, by start.
    pub sessions: Vec<Session>,
    /// Orders with missing sessions.
    pub unmet: Vec<Unmet>,
    /// What the reader should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What became of the further goals, where the solve followed some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goals: Option<goals::Told>,
}

impl Calendar {
    /// Writes the calendar of `sessions` with what the rules say of it; the violations where it breaks one.
    ///
    /// `bound` is a proven lower bound on the objective, `seconds` how long the solve took.
    pub fn write(instance: &Instance, sessions: &[Booked], bound: u64, seconds: f64) -> Result<Self, Vec<Violation>> {
        let judgement = rules::judge(instance, sessions);
        if !judgement.violations.is_empty() {
            return Err(judgement.violations);
        }
        let objective = judgement.objective;
        let bound = bound.min(objective);
        let mut booked: Vec<&Booked> = sessions.iter().collect();
        booked.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        Ok(Calendar {
            version: 1,
            status: if bound == objective { CalendarStatus::Optimal } else { CalendarStatus::Feasible },
            objective,
            bound,
            gap: (objective - bound) as f64 / objective.max(1) as f64,
            seconds,
            penalties: judgement.penalties,
            sessions: booked.into_iter().map(|b| Session::write(instance, b)).collect(),
            unmet: explain::unmet(instance, sessions, &judgement.missing),
            warnings: instance.warnings.clone(),
            goals: None,
        })
    }
}

impl Calendar {
    /// Takes over a proven lower bound, and what follows from it.
    pub fn set_bound(&mut self, bound: u64) {
        self.bound = bound.min(self.objective);
        self.gap = (self.objective - self.bound) as f64 / self.objective.max(1) as f64;
        self.status = if self.bound == self.objective { CalendarStatus::Optimal } else { CalendarStatus::Feasible };
    }
}

/// The JSON Schema of a calendar: as it is written here, or with its sessions alone, as one may be brought in.
pub fn schema() -> serde_json::Value {
    crate::problem::calendar_schema()
}

impl Session {
    /// When it starts, as one says it at its site: `Monday 30 November at 07:00 EST`.
    pub fn when(&self) -> String {
        date_and_hour(self.start, self.time_zone.parse().unwrap_or(Tz::UTC))
    }

    /// Writes a booking: a fact as it was, anything else as the instance has it.
    pub fn write(instance: &Instance, booked: &Booked) -> Self {
        let previous = instance.previous_named(&booked.id);
        match previous.filter(|p| p.frozen) {
            Some(fact) => as_it_was(instance, fact),
            None => as_booked(instance, booked, previous.is_some_and(|p| p.pinned)),
        }
    }
}

fn as_booked(instance: &Instance, booked: &Booked, pinned: bool) -> Session {
    let problem = &instance.problem;
    let zone = booked
        .site
        .map_or_else(|| Cow::Owned(Zone::new(chrono_tz::UTC, instance.axis)), |s| Cow::Borrowed(instance.site_zone(s)));
    let unknown =
        |field: &'static str| booked.unknown.iter().filter(move |u| u.0 == field).map(|u| Id::as_written(&u.1));
    let (group, order) = match booked.owner {
        Owner::Group(g) => (Some(problem.groups[g.i()].id.clone()), None),
        Owner::Order(o) => (None, Some(instance.order_wire(o).id.clone())),
        Owner::Gone => (unknown("group").next(), unknown("order").next()),
    };
    let known = booked.clinicians.iter().map(|c| problem.clinicians[c.i()].id.clone());
    let or_else = |known: Option<Id>, field: &'static str| known.or_else(|| unknown(field).next());
    Session {
        id: booked.id.clone(),
        service: or_else(booked.service.map(|s| problem.services[s.i()].id.clone()), "service")
            .unwrap_or_else(|| Id::as_written("")),
        group,
        order,
        modality: booked.modality,
        site: or_else(booked.site.map(|s| problem.sites[s.i()].id.clone()), "site")
            .unwrap_or_else(|| Id::as_written("")),
        room: or_else(booked.room.map(|r| problem.rooms[r.i()].id.clone()), "room"),
        clinicians: known.chain(unknown("clinician")).collect(),
        participants: booked.participants.iter().map(|p| problem.participants[p.i()].id.clone()).collect(),
        start: instance.axis.instant(booked.start, &zone),
        end: instance.axis.instant(booked.end, &zone),
        time_zone: zone.tz.name().to_owned(),
        pinned,
    }
}

/// A fact as `previous` writes it, without people who have left.
fn as_it_was(instance: &Instance, fact: &Previous) -> Session {
    let given: &GivenSession = &instance.problem.previous[fact.position];
    let mut session = as_booked(instance, &fact.booked, given.pinned);
    session.clinicians = given.clinicians.iter().map(|c| Id::as_written(c)).collect();
    session.start = given.start;
    session.end = given.end.unwrap_or(session.end);
    if let Some(zone) = &given.time_zone {
        session.time_zone = zone.clone();
    }
    session
}
