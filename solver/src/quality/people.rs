//! A participant's week: the burden of it, waiting, evenings, days, what is missing, what was preferred and not given.

use serde::Serialize;
use utoipa::ToSchema;

use super::{EVENING, spread::Spread};
use crate::{
    instance::Instance,
    rules::{self, away_site, names, not_preferred_clinician, shifted, soft_commitment, unmet, view::Week},
};

/// One participant's week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonWeek {
    /// Who.
    pub id: String,
    /// What falls on the participant of all penalties together.
    pub burden: i64,
    /// Minutes between the sessions of a day, all days together.
    pub waiting_minutes: i64,
    /// Days attended.
    pub days: u32,
    /// Days with a session that begins at 17:00 or later where the participant is.
    pub evenings: u32,
    /// Minutes in session.
    pub session_minutes: i64,
    /// Ordered minutes that are missing.
    pub missing_minutes: i64,
    /// Sessions with none of the preferred clinicians, at another site than the home site, or at another hour than usual.
    pub lost_preferences: i64,
    /// Session minutes that fall on soft commitments.
    pub soft_commitment_minutes: i64,
}

impl PersonWeek {
    /// What a week is like.
    pub(super) fn of(instance: &Instance, week: &Week) -> Self {
        let data = &instance.participants[week.participant.i()];
        let zone = &instance.zones[data.zone];
        let (mut days, mut evenings, mut waiting, mut in_session) = (0, 0, 0, 0);
        for day in week.days() {
            let first = day.iter().map(|s| s.start).min().unwrap_or(0);
            let last = day.iter().map(|s| s.end).max().unwrap_or(0);
            let minutes: i64 = day.iter().map(|s| s.minutes()).sum();
            days += 1;
            evenings += u32::from(day.iter().any(|s| zone.clock(s.start) >= EVENING));
            in_session += minutes;
            waiting += (i64::from(last) - i64::from(first) - minutes).max(0);
        }
        let missing = data.orders.iter().map(|&o| {
            let minutes = instance.services[instance.orders[o.i()].service.i()].minutes;
            unmet::missing(instance, week, o).saturating_mul(minutes.into())
        });
        PersonWeek {
            id: names::participant(instance, week.participant).to_string(),
            burden: rules::cost_of_week(instance, week),
            waiting_minutes: waiting,
            days,
            evenings,
            session_minutes: in_session,
            missing_minutes: missing.sum(),
            lost_preferences: not_preferred_clinician::sessions(instance, week)
                + away_site::attendances(instance, week)
                + shifted::attendances(instance, week),
            soft_commitment_minutes: soft_commitment::minutes(instance, week),
        }
    }
}

/// How evenly each of these is spread over the participants.
pub(super) fn spreads(people: &[PersonWeek]) -> Vec<Spread> {
    let of = |measure, value: fn(&PersonWeek) -> f64| {
        Spread::of(measure, "participants", people.iter().map(|p| (&*p.id, value(p))))
    };
    [
        of("burden", |p| p.burden as f64),
        of("waiting_minutes", |p| p.waiting_minutes as f64),
        of("evenings", |p| p.evenings.into()),
        of("days", |p| p.days.into()),
        of("missing_minutes", |p| p.missing_minutes as f64),
        of("lost_preferences", |p| p.lost_preferences as f64),
    ]
    .into_iter()
    .flatten()
    .collect()
}
