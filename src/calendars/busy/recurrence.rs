//! Times of a recurrence rule. `calcard` walks through them, by what a clock shows; its own expansion of whole events goes
//! by SEQUENCE, not by UID, and takes an UNTIL in UTC for what a clock shows, so only the rule is left to it.

use calcard::{
    common::PartialDateTime,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency, ICalendarProperty,
        ICalendarRecurrenceRule, ICalendarValue,
    },
};
use chrono::{Datelike, Duration, NaiveDateTime, NaiveTime, Timelike};

/// Times of one rule.
const MOST: usize = 50_000;
/// Times of a day that a rule may have.
const OF_A_DAY: usize = 96;
/// Entries of `BYSETPOS`.
const POSITIONS: usize = 32;

/// The times of a rule from its first one up to an end, as a clock shows them; `wall` says what the clock shows at an
/// instant in UTC. A sentence, where the rule can't be followed.
pub fn times(
    first: NaiveDateTime,
    rule: &ICalendarRecurrenceRule,
    end: NaiveDateTime,
    wall: impl Fn(NaiveDateTime) -> NaiveDateTime,
) -> Result<Vec<NaiveDateTime>, String> {
    if first > end {
        return Ok(Vec::new());
    }
    if rule.freq > ICalendarFrequency::Hourly {
        return Err("A rule that recurs each minute or second is not followed.".into());
    }
    if rule.rscale.as_ref().is_some_and(|scale| *scale != calcard::common::CalendarScale::Gregorian) {
        return Err("A rule by another calendar than the Gregorian is not followed.".into());
    }
    let each = [&rule.byhour, &rule.byminute, &rule.bysecond].iter().map(|by| by.len().max(1)).product::<usize>();
    if each > OF_A_DAY || rule.bysetpos.len() > POSITIONS {
        return Err(format!("A rule with more than {OF_A_DAY} times a day is not followed."));
    }
    let mut rule = rule.clone();
    let until = match rule.until.as_ref().map(|until| (until.has_time(), until.to_date_time())) {
        None => end,
        Some((_, None)) => return Err("The end of a rule is no time.".into()),
        // The whole of its last day.
        Some((false, Some(until))) => {
            until.date_time.date().and_time(NaiveTime::MIN) + Duration::seconds(24 * 3600 - 1)
        }
        Some((true, Some(until))) => match until.offset {
            Some(offset) => wall(until.date_time - offset),
            None => until.date_time,
        },
    };
    let until = until.min(end);
    if until <= first {
        return Ok(vec![first]);
    }
    rule.until = Some(partial(until));
    let root = ICalendarComponent {
        component_type: ICalendarComponentType::VCalendar,
        entries: Vec::new(),
        component_ids: vec![1],
    };
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_property(ICalendarProperty::Dtstart, ICalendarValue::PartialDateTime(Box::new(partial(first))));
    event
        .entries
        .push(ICalendarEntry::new(ICalendarProperty::Rrule).with_value(ICalendarValue::RecurrenceRule(Box::new(rule))));
    let expanded = ICalendar { components: vec![root, event] }.expand_dates(chrono_tz::UTC, MOST + 1);
    if let Some(error) = expanded.errors.first() {
        return Err(format!("A rule can't be followed: {}.", error.error));
    }
    if expanded.events.len() > MOST {
        return Err(format!("A rule has more than {MOST} times."));
    }
    let mut times: Vec<NaiveDateTime> = expanded.events.iter().map(|event| event.start.naive_local()).collect();
    // The first time counts, whether or not the rule has it.
    if times.first() != Some(&first) {
        times.insert(0, first);
    }
    Ok(times)
}

/// A time as a clock shows it.
fn partial(at: NaiveDateTime) -> PartialDateTime {
    PartialDateTime {
        year: u16::try_from(at.year()).ok(),
        month: Some(at.month() as u8),
        day: Some(at.day() as u8),
        hour: Some(at.hour() as u8),
        minute: Some(at.minute() as u8),
        second: Some(at.second() as u8),
        ..PartialDateTime::default()
    }
}
