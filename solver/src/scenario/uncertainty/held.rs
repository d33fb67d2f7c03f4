//! A calendar as it happens in a drawn week: what is held, who gets what, what stands idle.

use std::collections::HashMap;

use super::{chance::Draw, measured::Measure};
use crate::instance::{Booked, Instance, Owner, ParticipantIx, ServiceIx};

/// What is counted of one week.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Held {
    /// Session minutes that participants got.
    delivered: i64,
    /// Session minutes that were ordered.
    ordered: i64,
    /// Participants with a weekly minimum who did not reach it.
    below: u32,
    /// Group meetings held with fewer than the minimum, or with nobody.
    small: u32,
    /// Sessions that were not held because a clinician was ill.
    pub(super) cancelled: u32,
    /// Minutes of clinicians who were there and had nobody: at sessions to which nobody came, or that were not held.
    idle: i64,
    /// People called to replan.
    pub(super) calls: u32,
}

/// What is told of weeks; the last only where they are replanned.
pub(super) const MEASURES: [Measure<Held>; 7] = [
    ("delivered_share", |h| if h.ordered == 0 { 1.0 } else { h.delivered as f64 / h.ordered as f64 }),
    ("delivered_hours", |h| h.delivered as f64 / 60.0),
    ("people_below_minimum", |h| f64::from(h.below)),
    ("meetings_below_minimum", |h| f64::from(h.small)),
    ("sessions_cancelled", |h| f64::from(h.cancelled)),
    ("idle_hours", |h| h.idle as f64 / 60.0),
    ("calls", |h| f64::from(h.calls)),
];
/// How many of them there are of a week as published.
pub(super) const PUBLISHED: usize = 6;

/// Lets a calendar happen.
pub(super) fn hold(instance: &Instance, sessions: &[Booked], week: &Draw) -> Held {
    let ordered =
        |o: &crate::instance::OrderData| o.sessions as i64 * i64::from(instance.services[o.service.i()].minutes);
    let mut held = Held { ordered: instance.orders.iter().map(ordered).sum(), ..Held::default() };
    let mut dose = vec![0_i64; instance.participants.len()];
    let mut times: HashMap<(ParticipantIx, ServiceIx), usize> = HashMap::new();
    let mut in_turn: Vec<&Booked> = sessions.iter().collect();
    in_turn.sort_by_key(|s| (s.start, &s.id));
    for session in in_turn {
        let Some(service) = session.service else { continue };
        let data = &instance.services[service.i()];
        let fact = instance.previous_named(&session.id).filter(|p| p.frozen);
        let absent = |c: &&crate::instance::ClinicianIx| {
            fact.is_none() && week.ill(instance, **c, instance.clinician_day(**c, session.start))
        };
        let there = session.clinicians.len() - session.clinicians.iter().filter(absent).count();
        let goes_on = there == session.clinicians.len();
        let minutes = i64::from(session.end - session.start);
        let mut attending = 0;
        for &p in &session.participants {
            let nth = times.entry((p, service)).or_default();
            *nth += 1;
            let known = fact.filter(|fact| fact.attendance.contains_key(&p));
            let away = match known {
                Some(fact) => fact.missed(p),
                None => week.stays_away(instance, p, service, *nth),
            };
            if goes_on && !away {
                attending += 1;
                let got = known.and_then(|fact| fact.minutes(p)).map_or(minutes, i64::from);
                held.delivered += got;
                if instance.counts(p, service, session.modality) {
                    dose[p.i()] += got;
                }
            }
        }
        held.cancelled += u32::from(!goes_on);
        if let (Owner::Group(g), true) = (session.owner, goes_on) {
            held.small += u32::from(attending < instance.groups[g.i()].min);
        }
        if attending == 0 {
            held.idle += there as i64 * (minutes + i64::from(data.documentation));
        }
    }
    let below = instance.participants.iter().zip(&dose).filter(|(p, dose)| **dose < i64::from(p.plan.min_week));
    held.below = below.count() as u32;
    held
}
