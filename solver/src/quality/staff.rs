//! A clinician's week: load, evenings, and the gaps between sessions.

use serde::Serialize;
use utoipa::ToSchema;

use super::{EVENING, spread::Spread};
use crate::{
    instance::{ClinicianIx, Instance, Span, Spans},
    rules::{names, view::Seen},
};

/// One clinician's week.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StaffWeek {
    /// Who.
    pub id: String,
    /// Sessions given.
    pub sessions: usize,
    /// Minutes in session or at documentation.
    pub busy_minutes: i64,
    /// Minutes of the shifts, less absences.
    pub shift_minutes: i64,
    /// busy / shift; 0 without shifts.
    pub load: f64,
    /// Minutes in session from 17:00 on, where the clinician is.
    pub evening_minutes: i64,
    /// Minutes between the first session of a shift and the end of the last that are neither session nor documentation nor
    /// the break.
    pub idle_minutes: i64,
}

impl StaffWeek {
    /// What a week with these sessions is like.
    pub(super) fn of(instance: &Instance, clinician: ClinicianIx, sessions: &[Seen]) -> Self {
        let data = &instance.clinicians[clinician.i()];
        let zone = &instance.zones[data.zone];
        let busy = Spans::merged(sessions.iter().map(Seen::busy));
        let minutes = |spans: &Spans| spans.iter().map(|s| i64::from(s.minutes())).sum::<i64>();
        let shifts = Spans::merged(data.shifts.iter().map(|s| s.span)).minus(&data.away);
        let idle = |shift: Span| {
            let inside = busy.and(&Spans::merged([shift]));
            let (Some(first), Some(last)) = (inside.iter().next(), inside.iter().last()) else { return 0 };
            let whole = Span::new(first.start, last.end);
            let gaps = i64::from(whole.minutes()) - minutes(&inside);
            let breaks = data.breaks.iter().filter(|b| whole.covers(b.span)).map(|b| i64::from(b.minutes));
            (gaps - breaks.sum::<i64>()).max(0)
        };
        let evening = |s: &Seen| {
            let since = zone.clock(s.start) - EVENING;
            (i64::from(since) + s.minutes()).clamp(0, s.minutes())
        };
        let (used, there) = (minutes(&busy), minutes(&shifts));
        StaffWeek {
            id: names::clinician(instance, clinician).to_string(),
            sessions: sessions.len(),
            busy_minutes: used,
            shift_minutes: there,
            load: if there == 0 { 0.0 } else { used as f64 / there as f64 },
            evening_minutes: sessions.iter().map(evening).sum(),
            idle_minutes: data.shifts.iter().map(|s| idle(s.span)).sum(),
        }
    }
}

/// How evenly each of these is spread over the clinicians who have shifts.
pub(super) fn spreads(staff: &[StaffWeek]) -> Vec<Spread> {
    let of = |measure, value: fn(&StaffWeek) -> f64| {
        let there = staff.iter().filter(|c| c.shift_minutes > 0);
        Spread::of(measure, "clinicians", there.map(|c| (&*c.id, value(c))))
    };
    [
        of("load", |c| c.load),
        of("evening_minutes", |c| c.evening_minutes as f64),
        of("idle_minutes", |c| c.idle_minutes as f64),
    ]
    .into_iter()
    .flatten()
    .collect()
}
