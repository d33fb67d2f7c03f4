//! What of the participant's life, plan and week stands in the way of a place.

use super::code::Code;
use crate::{
    instance::{Instance, OrderIx, ServiceIx, SiteIx, Span},
    problem::Modality,
    rules::{
        facts::{facts, over},
        h08_participant_time::{available, committed, in_windows},
        h09_family::family_hindered,
        h10_whereabouts::too_close,
        h19_days::days,
        h20_minutes::minutes,
        view::{Attended, Week},
    },
};

/// A session that might be, as the participant sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub span: Span,
    pub modality: Modality,
    pub site: SiteIx,
    pub service: ServiceIx,
}

/// Time: what the calendar has no part in.
pub(super) fn time(instance: &Instance, order: OrderIx, span: Span, modality: Modality) -> Option<Code> {
    let p = instance.orders[order.i()].participant;
    if !available(instance, p, span) {
        Some(Code::NotAvailable)
    } else if committed(instance, p, span, modality).is_some() {
        Some(Code::Committed)
    } else if span.start < instance.freeze || !in_windows(instance, order, span) {
        // What has begun before freeze_until leaves no window either.
        Some(Code::OutsideWindow)
    } else if family_hindered(instance, order, span).is_some() {
        Some(Code::FamilyNotAvailable)
    } else {
        None
    }
}

/// The participant's week, prepared for asking about many visits.
pub(super) struct Plan<'w, 'a> {
    instance: &'w Instance,
    week: &'w Week<'a>,
    order: OrderIx,
    served_days: Vec<i32>,
    days: (i64, i64),
    dose: (i64, i64),
}

impl<'w, 'a> Plan<'w, 'a> {
    pub fn new(instance: &'w Instance, week: &'w Week<'a>, order: OrderIx) -> Self {
        let known = facts(&week.attended);
        Plan {
            instance,
            week,
            order,
            served_days: week.serving(instance, order).iter().map(|s| s.day).collect(),
            days: (days(&week.attended), days(&known)),
            dose: (week.dose(instance, &week.attended), week.dose(instance, &known)),
        }
    }

    /// What of the week stands in the way of a visit.
    pub fn hinders(&self, visit: Visit) -> Option<Code> {
        let (instance, week) = (self.instance, self.week);
        let participant = &instance.participants[week.participant.i()];
        let plan = &participant.plan;
        let day = instance.participant_day(week.participant, visit.span.start);
        let on_day = |minute| instance.participant_day(week.participant, minute) == day;
        if week.seats.iter().any(|s| s.span().overlaps(visit.span)) {
            return Some(Code::ParticipantBusy);
        }
        let in_person = visit.modality == Modality::InPerson;
        if in_person && week.seats.iter().any(|s| s.in_person() && s.site != Some(visit.site) && on_day(s.start)) {
            return Some(Code::SiteOfDay);
        }
        let commute = participant.commute;
        if week.seats.iter().any(|s| s.modality != visit.modality && too_close(s.span(), visit.span, commute)) {
            return Some(Code::Commute);
        }
        if instance.orders[self.order.i()].one_per_day && self.served_days.contains(&day) {
            return Some(Code::OnePerDay);
        }
        let same: &[Attended] = week.days().find(|same| same[0].day == day).unwrap_or_default();
        let new_day = i64::from(same.is_empty());
        if over(self.days.0 + new_day, self.days.1, plan.max_days.map(i64::from)) {
            return Some(Code::DayLimit);
        }
        let length = i64::from(visit.span.end) - i64::from(visit.span.start);
        if plan.max_day.is_some() && over(minutes(same) + length, minutes(&facts(same)), plan.max_day.map(i64::from)) {
            return Some(Code::MinutesLimit);
        }
        let counts = instance.counts(week.participant, visit.service, visit.modality);
        let counted = if counts { length } else { 0 };
        over(self.dose.0 + counted, self.dose.1, plan.max_week.map(i64::from)).then_some(Code::WeekLimit)
    }
}
