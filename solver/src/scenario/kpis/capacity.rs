//! What a calendar takes of rooms and clinicians, hour by hour of the week where they are.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    instance::{Span, Spans, Zone},
    rules::view::View,
};

/// Days of the week that are told.
const DAYS: i32 = 7;

/// One hour of one day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Hour {
    /// The date.
    pub date: String,
    /// The hour, 0 to 23, of the local clock.
    pub hour: i32,
    /// Minutes in use, of all together.
    pub used_minutes: u64,
    /// Minutes in which they could be in use.
    pub open_minutes: u64,
    /// used / open; 0 where nothing is open.
    pub share: f64,
}

/// What is used of all that is there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Use {
    /// Minutes in use in the week.
    pub used_minutes: u64,
    /// Minutes in which they could be in use.
    pub open_minutes: u64,
    /// used / open.
    pub share: f64,
    /// The same by hour; hours in which nothing is open or used are left out.
    pub by_hour: Vec<Hour>,
}

/// Minutes used and open by day and hour.
#[derive(Default)]
struct Cells(BTreeMap<(i32, i32), (u64, u64)>);

impl Cells {
    /// Adds a span, cut at the local hours.
    fn add(&mut self, span: Span, zone: &Zone, used: bool) {
        let mut at = span.start;
        while at < span.end {
            let step = (60 - zone.clock(at).rem_euclid(60)).min(span.end - at).max(1);
            let day = zone.day(at);
            if (0..DAYS).contains(&day) {
                let cell = self.0.entry((day, zone.clock(at) / 60)).or_default();
                let part = if used { &mut cell.0 } else { &mut cell.1 };
                *part += step.unsigned_abs() as u64;
            }
            at += step;
        }
    }

    /// Adds what lies in the week of some spans, which may be without end.
    fn open(&mut self, spans: &Spans, zone: &Zone) {
        let week = Spans::merged([Span::new(-2 * crate::instance::DAY, (DAYS + 2) * crate::instance::DAY)]);
        spans.and(&week).iter().for_each(|span| self.add(span, zone, false));
    }

    fn told(self, view: &View) -> Use {
        let share = |used: u64, open: u64| if open == 0 { 0.0 } else { used as f64 / open as f64 };
        let (used, open) = self.0.values().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
        let hour = |(&(day, hour), &(used, open)): (&(i32, i32), &(u64, u64))| Hour {
            date: view.instance.axis.date(day).to_string(),
            hour,
            used_minutes: used,
            open_minutes: open,
            share: share(used, open),
        };
        let by_hour = self.0.iter().map(hour).collect();
        Use { used_minutes: used, open_minutes: open, share: share(used, open), by_hour }
    }
}

/// Rooms: in session, of the hours in which they and their sites are open.
pub fn rooms(view: &View) -> Use {
    let mut cells = Cells::default();
    for (room, sessions) in view.room_use() {
        let data = &view.instance.rooms[room.i()];
        let zone = view.instance.site_zone(data.site);
        cells.open(&data.open, zone);
        sessions.iter().for_each(|s| cells.add(s.span(), zone, true));
    }
    cells.told(view)
}

/// Clinicians: in session or at documentation, of their shifts less what they are away.
pub fn clinicians(view: &View) -> Use {
    let mut cells = Cells::default();
    for (clinician, sessions) in view.staff() {
        let data = &view.instance.clinicians[clinician.i()];
        let zone = &view.instance.zones[data.zone];
        let shifts = Spans::merged(data.shifts.iter().map(|s| s.span));
        cells.open(&shifts.minus(&data.away), zone);
        sessions.iter().for_each(|s| cells.add(s.busy(), zone, true));
    }
    cells.told(view)
}
