//! VFREEBUSY: times that a calendar gives out as busy by themselves.

use calcard::icalendar::{
    ICalendar, ICalendarComponentType, ICalendarFreeBusyType, ICalendarParameterName, ICalendarParameterValue,
    ICalendarPeriod, ICalendarProperty, ICalendarValue,
};

use super::{Doubts, Span};

/// Adds the busy times.
pub fn busy(calendar: &ICalendar, spans: &mut Vec<Span>, doubts: &mut Doubts) {
    let components = calendar.components.iter().filter(|c| c.component_type == ICalendarComponentType::VFreebusy);
    for entry in components.flat_map(|c| &c.entries).filter(|e| e.name == ICalendarProperty::Freebusy) {
        let free =
            |p: &ICalendarParameterValue| matches!(p, ICalendarParameterValue::Fbtype(ICalendarFreeBusyType::Free));
        if entry.parameters(&ICalendarParameterName::Fbtype).any(free) {
            continue;
        }
        for value in &entry.values {
            match period(value) {
                Some(span) if span.0 <= span.1 => spans.push(span),
                _ => doubts.note("invalid-time", "A time of a VFREEBUSY can't be read."),
            }
        }
    }
}

/// From when to when a period is, which is always in UTC.
fn period(value: &ICalendarValue) -> Option<Span> {
    let ICalendarValue::Period(period) = value else { return None };
    let utc = |at: &calcard::common::PartialDateTime| {
        let at = at.to_date_time()?;
        Some(at.date_time.and_utc().timestamp() - i64::from(at.offset?.local_minus_utc()))
    };
    match period {
        ICalendarPeriod::Range { start, end } => Some((utc(start)?, utc(end)?)),
        ICalendarPeriod::Duration { start, duration } => {
            let start = utc(start)?;
            Some((start, start.checked_add(duration.as_seconds())?))
        }
    }
}
