//! What a manager asks of a calendar: how much of the care is given, to whom, when, and what it takes of rooms and people.

mod capacity;
mod care;
mod weeks;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::capacity::{Hour, Use};
use self::weeks::Person;
use crate::{
    calendar::Calendar,
    instance::{Booked, Instance},
    rules::view::View,
};

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, ToSchema)]
pub struct Share {
    /// How many are met.
    pub met: u64,
    /// Of how many.
    pub of: u64,
    /// met / of; 1 where there are none.
    pub share: f64,
}

impl Share {
    /// So many of so many.
    pub fn new(met: u64, of: u64) -> Self {
        Share { met, of, share: if of == 0 { 1.0 } else { met as f64 / of as f64 } }
    }
}

/// How much of the care is given.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DoseMet {
    /// Orders of which no session is missing.
    pub orders: Share,
    /// Ordered minutes that have a place.
    pub minutes: Share,
    /// Participants of whom no session is missing.
    pub participants: Share,
    /// Participants with a weekly minimum, who reach it.
    pub minimum: Share,
    /// Participants with a hard work commitment, of whom no session is missing.
    pub working: Share,
}

/// What is missing of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = MissingCare)]
pub struct Missing {
    /// Sessions.
    pub sessions: u64,
    /// Minutes.
    pub minutes: u64,
}

/// What a reason forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Forbidden {
    /// Unmet orders of which it forbids a place.
    pub orders: u64,
    /// Places that it forbids.
    pub places: u64,
}

/// What is unmet, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmetBy {
    /// By service.
    pub by_service: BTreeMap<String, Missing>,
    /// By code of reason.
    pub by_reason: BTreeMap<&'static str, Forbidden>,
}

/// The figures of one calendar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Kpis {
    /// How much of the care is given.
    pub dose_met: DoseMet,
    /// What is unmet, by service and reason.
    pub unmet: UnmetBy,
    /// Clinicians: in session or at documentation, of their shifts.
    pub clinician_use: Use,
    /// Rooms: in session, of the hours in which they are open.
    pub room_use: Use,
    /// Days attended, on average.
    pub days_per_participant: f64,
    /// Minutes between sessions of a day, a week, on average.
    pub waiting_per_participant: f64,
    /// Share of the attended minutes in sessions that start at 17:00 or later where the participant is.
    pub evening_share: f64,
    /// Sessions of both calendars that start at another time than in the base.
    pub sessions_moved: u64,
    /// Sessions that the base does not have.
    pub sessions_added: u64,
    /// Sessions that only the base has.
    pub sessions_dropped: u64,
    /// Each participant's week.
    pub participants: Vec<Person>,
}

/// How much of the care a calendar of this instance gives, `sessions` being the same in its terms.
pub fn dose_met(instance: &Instance, sessions: &[Booked], calendar: &Calendar) -> DoseMet {
    care::dose_met(&View::new(instance, sessions), calendar)
}

/// The figures of a calendar of this instance, `sessions` being the same in its terms; `base` is what it is compared with.
pub fn kpis(instance: &Instance, sessions: &[Booked], calendar: &Calendar, base: &Calendar) -> Kpis {
    let view = View::new(instance, sessions);
    let participants = weeks::people(&view, calendar);
    let people = participants.len().max(1) as f64;
    let (moved, added, dropped) = weeks::moves(calendar, base);
    Kpis {
        dose_met: care::dose_met(&view, calendar),
        unmet: care::unmet(calendar),
        clinician_use: capacity::clinicians(&view),
        room_use: capacity::rooms(&view),
        days_per_participant: participants.iter().map(|p| u64::from(p.days)).sum::<u64>() as f64 / people,
        waiting_per_participant: participants.iter().map(|p| p.waiting_minutes).sum::<u64>() as f64 / people,
        evening_share: weeks::evening_share(&view),
        sessions_moved: moved,
        sessions_added: added,
        sessions_dropped: dropped,
        participants,
    }
}
