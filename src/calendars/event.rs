//! Events of iCalendar (RFC 5545), with the time zones that they need.

use calcard::{
    common::PartialDateTime,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarEntry, ICalendarMethod,
        ICalendarParameter, ICalendarProperty, ICalendarStatus, ICalendarValue,
    },
};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

/// Says whose product made the file.
const PRODUCT: &str = "-//Careweave//Careweave//EN";

/// A single event.
#[derive(Debug, Clone)]
pub struct Event {
    pub uid: Uuid,
    /// Larger than that of what it replaces.
    pub sequence: u32,
    /// When it was last changed.
    pub stamp: DateTime<Utc>,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// The zone whose wall time is written.
    pub zone: String,
    pub summary: String,
    pub location: String,
    pub description: Option<String>,
    /// Whether it was called off, where that is to be said.
    pub cancelled: Option<bool>,
}

/// Events as a calendar; `refresh` is after how many hours a subscriber looks again.
pub fn write(events: &[Event], refresh: Option<u32>) -> String {
    let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    root.add_property(ICalendarProperty::Version, text("2.0"));
    root.add_property(ICalendarProperty::Prodid, text(PRODUCT));
    if let Some(hours) = refresh {
        let after = ICalendarDuration { hours, ..ICalendarDuration::default() };
        root.add_property(ICalendarProperty::Method, ICalendarValue::Method(ICalendarMethod::Publish));
        root.entries.push(
            ICalendarEntry::new(ICalendarProperty::RefreshInterval)
                .with_param(ICalendarParameter::value("DURATION".to_owned()))
                .with_value(ICalendarValue::Duration(after.clone())),
        );
        // What programs knew before RFC 7986.
        root.add_property(ICalendarProperty::Other("X-PUBLISHED-TTL".into()), ICalendarValue::Duration(after));
    }
    root.component_ids = (1..=events.len() as u32).collect();
    let mut calendar = ICalendar { components: vec![root] };
    calendar.components.extend(events.iter().map(component));
    add_zones(&mut calendar, events);
    calendar.to_string()
}

fn component(e: &Event) -> ICalendarComponent {
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_uid(&e.uid.to_string());
    event.add_dtstamp(PartialDateTime::from_utc_timestamp(e.stamp.timestamp()));
    event.add_sequence(e.sequence.into());
    let zone = e.zone.parse().ok().filter(|zone| plain(*zone, e));
    event.entries.push(time(ICalendarProperty::Dtstart, e.start, zone));
    event.entries.push(time(ICalendarProperty::Dtend, e.end, zone));
    event.add_property(ICalendarProperty::Summary, text(&e.summary));
    event.add_property(ICalendarProperty::Location, text(&e.location));
    if let Some(description) = &e.description {
        event.add_property(ICalendarProperty::Description, text(description));
    }
    if let Some(cancelled) = e.cancelled {
        let status = if cancelled { ICalendarStatus::Cancelled } else { ICalendarStatus::Confirmed };
        event.add_property(ICalendarProperty::Status, ICalendarValue::Status(status));
    }
    event
}

/// Whether wall time tells when an event is: the clock does not change in it, and shows neither of its times twice, of which
/// RFC 5545 (3.3.5) would have the first meant. Of an event with a change of the clock in it some programs make another one,
/// as they add its length to what the clock shows.
fn plain(zone: Tz, e: &Event) -> bool {
    let wall = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
    let first = |at| zone.from_local_datetime(&wall(at)).earliest().is_some_and(|first| first == at);
    first(e.start) && first(e.end) && wall(e.end) - wall(e.start) == e.end - e.start
}

/// An instant as wall time of a zone, or in UTC.
fn time(property: ICalendarProperty, at: DateTime<Utc>, zone: Option<Tz>) -> ICalendarEntry {
    match zone {
        Some(zone) => ICalendarEntry::new(property)
            .with_param(ICalendarParameter::tzid(zone.name().to_owned()))
            .with_value(local(at.with_timezone(&zone).naive_local())),
        None => {
            let utc = PartialDateTime::from_utc_timestamp(at.timestamp());
            ICalendarEntry::new(property).with_value(ICalendarValue::PartialDateTime(Box::new(utc)))
        }
    }
}

fn local(t: NaiveDateTime) -> ICalendarValue {
    ICalendarValue::PartialDateTime(Box::new(PartialDateTime {
        year: u16::try_from(t.year()).ok(),
        month: Some(t.month() as u8),
        day: Some(t.day() as u8),
        hour: Some(t.hour() as u8),
        minute: Some(t.minute() as u8),
        second: Some(t.second() as u8),
        tz_hour: None,
        tz_minute: None,
        tz_minus: false,
    }))
}

/// A VTIMEZONE for each zone in use, from the year before the first event to the year after the last.
fn add_zones(calendar: &mut ICalendar, events: &[Event]) {
    let years = events.iter().map(|e| e.start.year());
    let (Some(first), Some(last)) = (years.clone().min(), years.max()) else { return };
    let new_year = |y: i32| NaiveDate::from_ymd_opt(y, 1, 1).map(|d| d.and_time(chrono::NaiveTime::MIN).and_utc());
    let (Some(from), Some(to)) = (new_year(first - 1), new_year(last + 2)) else { return };
    let mut zones: Vec<&str> = events.iter().map(|e| e.zone.as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    for zone in zones {
        calendar.add_timezone(zone, (from - Duration::days(1)).timestamp(), to.timestamp());
    }
}

fn text(text: impl Into<String>) -> ICalendarValue {
    ICalendarValue::Text(text.into())
}
