//! VEVENT: single and recurring, with times left out, added and changed; when each of them takes somebody's time.

use std::collections::{BTreeMap, HashMap, HashSet};

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarMethod, ICalendarParameterName,
    ICalendarPeriod, ICalendarProperty, ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use chrono::{Duration, NaiveDate, NaiveDateTime};

use super::{
    About, Budget, Doubts, Span, Unreadable, recurrence,
    zone::{Zone, Zones},
};

/// A time as an event writes it.
#[derive(Debug, Clone)]
struct Time {
    wall: NaiveDateTime,
    zone: Zone,
    /// A whole day.
    day: bool,
}

impl Time {
    fn instant(&self) -> i64 {
        self.zone.instant(self.wall)
    }
}

/// How long something lasts: days, by the calendar, and seconds, by the clock.
#[derive(Debug, Clone, Copy, Default)]
struct Length {
    days: i64,
    seconds: i64,
}

/// Why an event is left out.
type Doubt = (&'static str, String);

/// An event that has been read.
struct Event<'c> {
    component: &'c ICalendarComponent,
    uid: &'c str,
    start: Time,
    length: Length,
    /// Whether it takes time.
    busy: bool,
    /// Which time of a recurring event it stands for, and whether for all later ones too.
    instead: Option<(i64, bool)>,
}

/// Adds when the events of a calendar take time.
pub fn busy(
    calendar: &ICalendar,
    zones: &Zones,
    about: &About,
    (spans, doubts): (&mut Vec<Span>, &mut Doubts),
    budget: &mut Budget,
) -> Result<(), Unreadable> {
    let called_off = calendar.components.first().is_some_and(|root| {
        let method = root.property(&ICalendarProperty::Method).and_then(|entry| entry.values.first());
        matches!(method, Some(ICalendarValue::Method(ICalendarMethod::Cancel)))
    });
    if called_off {
        return Ok(());
    }
    let (mut events, mut changed) = (Vec::new(), HashMap::<&str, Vec<Event>>::new());
    for component in calendar.components.iter().filter(|c| c.component_type == ICalendarComponentType::VEvent) {
        budget.spend(1)?;
        match event(component, zones) {
            Ok(event) if about.ours.contains(event.uid) => {}
            Ok(event) if event.instead.is_some() && !event.uid.is_empty() => {
                changed.entry(event.uid).or_default().push(event);
            }
            Ok(event) => events.push(event),
            Err((code, detail)) => doubts.note(code, detail),
        }
    }
    for event in &events {
        let changed = changed.get(event.uid).map_or(&[][..], Vec::as_slice);
        match times(event, zones, about) {
            Ok(times) => {
                budget.spend(times.len())?;
                spans.extend(taken(event, times, changed));
            }
            Err((code, detail)) => doubts.note(code, detail),
        }
        // Times that are added with an end of their own.
        if event.busy {
            match periods(event, zones) {
                Ok(periods) => {
                    budget.spend(periods.len())?;
                    spans.extend(periods);
                }
                Err((code, detail)) => doubts.note(code, detail),
            }
        }
    }
    spans.extend(changed.values().flatten().filter(|event| event.busy).map(|event| event.span(event.start.wall)));
    Ok(())
}

impl Event<'_> {
    /// From when to when it lasts, where it begins at a time of its clock.
    fn span(&self, begins: NaiveDateTime) -> Span {
        let zone = &self.start.zone;
        let start = zone.instant(begins);
        let days = begins.checked_add_signed(Duration::days(self.length.days)).map_or(start, |end| zone.instant(end));
        (start, days.saturating_add(self.length.seconds))
    }
}

/// When a recurring event takes time, but for the times for which another event stands.
fn taken(event: &Event, times: Vec<NaiveDateTime>, changed: &[Event]) -> Vec<Span> {
    let single: HashSet<i64> = changed.iter().filter_map(|e| Some(e.instead?.0)).collect();
    let lasting: BTreeMap<i64, &Event> = changed
        .iter()
        .filter(|e| e.instead.is_some_and(|(_, all)| all))
        .filter_map(|e| Some((e.instead?.0, e)))
        .collect();
    let mut spans = Vec::new();
    for begins in times {
        let at = event.start.zone.instant(begins);
        if single.contains(&at) {
            continue;
        }
        match lasting.range(..at).next_back() {
            Some((from, other)) if other.busy => {
                let moved = other.start.instant() - from;
                let (start, end) = other.span(other.start.wall);
                spans.push((at + moved, at + moved + (end - start)));
            }
            Some(_) => {}
            None if event.busy => spans.push(event.span(begins)),
            None => {}
        }
    }
    spans
}

fn event<'c>(component: &'c ICalendarComponent, zones: &Zones) -> Result<Event<'c>, Doubt> {
    let value = |name: &ICalendarProperty| component.property(name).and_then(|entry| entry.values.first());
    let uid = value(&ICalendarProperty::Uid).and_then(ICalendarValue::as_text).unwrap_or_default();
    let Some(entry) = component.property(&ICalendarProperty::Dtstart) else {
        return Err(("no-start", "An event has no DTSTART.".into()));
    };
    let start = one(entry, zones)?;
    let length = length(component, &start, zones)?;
    let instead = match component.property(&ICalendarProperty::RecurrenceId) {
        None => None,
        Some(entry) => {
            let later = entry.parameters(&ICalendarParameterName::Range).next().is_some();
            Some((one(entry, zones)?.instant(), later))
        }
    };
    Ok(Event { component, uid, start, length, busy: takes_time(component), instead })
}

/// Whether an event takes the time of whose calendar it is in.
fn takes_time(component: &ICalendarComponent) -> bool {
    let (mut transparent, mut outlook) = (None, None);
    for entry in &component.entries {
        match (&entry.name, entry.values.first()) {
            (ICalendarProperty::Status, Some(ICalendarValue::Status(ICalendarStatus::Cancelled))) => return false,
            (ICalendarProperty::Transp, Some(ICalendarValue::Transparency(transp))) => {
                transparent = Some(*transp == ICalendarTransparency::Transparent);
            }
            (ICalendarProperty::Other(name), Some(value))
                if name.eq_ignore_ascii_case("X-MICROSOFT-CDO-BUSYSTATUS") =>
            {
                outlook = value.as_text().map(|status| status.eq_ignore_ascii_case("FREE"));
            }
            _ => {}
        }
    }
    !transparent.or(outlook).unwrap_or(false)
}

fn length(component: &ICalendarComponent, start: &Time, zones: &Zones) -> Result<Length, Doubt> {
    let backwards = || ("invalid-time", "An event ends before it begins.".to_owned());
    if let Some(entry) = component.property(&ICalendarProperty::Dtend) {
        let end = one(entry, zones)?;
        let length = if start.day && end.day {
            Length { days: (end.wall - start.wall).num_days(), seconds: 0 }
        } else {
            Length { days: 0, seconds: end.instant() - start.instant() }
        };
        return if length.days < 0 || length.seconds < 0 { Err(backwards()) } else { Ok(length) };
    }
    match component.property(&ICalendarProperty::Duration).and_then(|entry| entry.values.first()) {
        Some(ICalendarValue::Duration(d)) if d.neg && !d.is_empty() => Err(backwards()),
        Some(ICalendarValue::Duration(d)) => Ok(Length {
            days: i64::from(d.weeks) * 7 + i64::from(d.days),
            seconds: i64::from(d.hours) * 3600 + i64::from(d.minutes) * 60 + i64::from(d.seconds),
        }),
        Some(_) => Err(("invalid-time", "A DURATION can't be read.".into())),
        None => Ok(Length { days: i64::from(start.day), seconds: 0 }),
    }
}

/// The times at which an event begins, up to the end of what is read, but for those left out.
fn times(event: &Event, zones: &Zones, about: &About) -> Result<Vec<NaiveDateTime>, Doubt> {
    let zone = &event.start.zone;
    let mut times = vec![event.start.wall];
    let (mut out, mut days_out) = (HashSet::new(), HashSet::<NaiveDate>::new());
    for entry in &event.component.entries {
        match &entry.name {
            ICalendarProperty::Rrule => {
                let Some(ICalendarValue::RecurrenceRule(rule)) = entry.values.first() else {
                    return Err(("invalid-recurrence", "A recurrence rule can't be read.".into()));
                };
                let end = about.to.naive_utc() + Duration::days(2);
                let wall = |until: NaiveDateTime| zone.wall(until.and_utc().timestamp()).unwrap_or(until);
                let found = recurrence::times(event.start.wall, rule, end, wall);
                times.extend(found.map_err(|why| ("invalid-recurrence", why))?);
            }
            ICalendarProperty::Rdate => {
                for time in all(entry, zones)? {
                    times.extend(zone.wall(time.instant()));
                }
            }
            ICalendarProperty::Exdate => {
                for time in all(entry, zones)? {
                    if time.day && !event.start.day {
                        days_out.insert(time.wall.date());
                    } else {
                        out.insert(time.instant());
                    }
                }
            }
            _ => {}
        }
    }
    times.sort_unstable();
    times.dedup();
    times.retain(|t| !days_out.contains(&t.date()) && (out.is_empty() || !out.contains(&zone.instant(*t))));
    Ok(times)
}

/// Times that are added with an end or a length of their own.
fn periods(event: &Event, zones: &Zones) -> Result<Vec<Span>, Doubt> {
    let mut spans = Vec::new();
    for entry in event.component.entries.iter().filter(|entry| entry.name == ICalendarProperty::Rdate) {
        let zone = zone_of(entry, zones)?;
        for value in &entry.values {
            let ICalendarValue::Period(period) = value else { continue };
            let at = |at| wall(at).map(|(wall, offset)| time(wall, offset, &zone).instant());
            let span = match period {
                ICalendarPeriod::Range { start, end } => at(start).zip(at(end)),
                ICalendarPeriod::Duration { start, duration } => {
                    at(start).and_then(|start| Some((start, start.checked_add(duration.as_seconds())?)))
                }
            };
            spans.push(span.ok_or(("invalid-time", "An added time can't be read.".to_owned()))?);
        }
    }
    Ok(spans)
}

/// The one time of a property.
fn one(entry: &ICalendarEntry, zones: &Zones) -> Result<Time, Doubt> {
    let first = all(entry, zones)?.into_iter().next();
    first.ok_or_else(|| ("invalid-time", format!("A {} can't be read.", entry.name.as_str())))
}

/// The times of a property; periods are passed over.
fn all(entry: &ICalendarEntry, zones: &Zones) -> Result<Vec<Time>, Doubt> {
    let zone = zone_of(entry, zones)?;
    let mut times = Vec::new();
    for value in &entry.values {
        match value {
            ICalendarValue::PartialDateTime(at) => {
                let read =
                    wall(at).ok_or_else(|| ("invalid-time", format!("A {} is no time.", entry.name.as_str())))?;
                times.push(Time { day: !at.has_time(), ..time(read.0, read.1, &zone) });
            }
            ICalendarValue::Period(_) => {}
            _ => return Err(("invalid-time", format!("A {} can't be read.", entry.name.as_str()))),
        }
    }
    Ok(times)
}

fn zone_of(entry: &ICalendarEntry, zones: &Zones) -> Result<Zone, Doubt> {
    zones.named(entry.tz_id()).map_err(|name| {
        ("unknown-time-zone", format!("The time zone `{name}` is not known, and the calendar does not say what it is."))
    })
}

/// What a clock shows, and the offset that stands there, if one does.
fn wall(at: &calcard::common::PartialDateTime) -> Option<(NaiveDateTime, Option<i32>)> {
    let read = at.to_date_time()?;
    Some((read.date_time, read.offset.map(|offset| offset.local_minus_utc())))
}

fn time(wall: NaiveDateTime, offset: Option<i32>, zone: &Zone) -> Time {
    Time { wall, zone: offset.map_or(zone.clone(), Zone::Fixed), day: false }
}
