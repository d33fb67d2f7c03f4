//! iCalendar (RFC 5545): one VEVENT a session, with its site's VTIMEZONE. No id is written in clear, and nobody's name.

use calcard::{
    common::PartialDateTime,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameter, ICalendarProperty,
        ICalendarValue,
    },
};
use careweave_solver::problem::Problem;
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{Appointment, Format};

/// What UIDs are made in (UUID version 5), with the week and the session's id.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f7b_3c52_94d1_4d0e_8a35_1b8c_27e6_f04d);

/// Says whose product made the file.
const PRODUCT: &str = "-//Careweave//Careweave//EN";

/// The format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ics {
    /// Revision of every event; a calendar that replaces an earlier one has a larger one.
    pub sequence: u32,
}

impl Format for Ics {
    fn media_type(&self) -> &'static str {
        "text/calendar; charset=utf-8"
    }

    fn write(&self, problem: &Problem, appointments: &[Appointment], made: DateTime<Utc>) -> String {
        let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
        root.add_property(ICalendarProperty::Version, text("2.0"));
        root.add_property(ICalendarProperty::Prodid, text(PRODUCT));
        root.component_ids = (1..=appointments.len() as u32).collect();
        let mut calendar = ICalendar { components: vec![root] };
        calendar.components.extend(appointments.iter().map(|a| self.event(problem, a, made)));
        add_zones(&mut calendar, problem, appointments);
        calendar.to_string()
    }
}

impl Ics {
    fn event(&self, problem: &Problem, a: &Appointment, made: DateTime<Utc>) -> ICalendarComponent {
        let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
        event.add_uid(&uid(problem, a.session).to_string());
        event.add_dtstamp(PartialDateTime::from_utc_timestamp(made.timestamp()));
        event.add_sequence(self.sequence.into());
        event.entries.push(time(ICalendarProperty::Dtstart, a.start, &a.site.time_zone));
        event.entries.push(time(ICalendarProperty::Dtend, a.end, &a.site.time_zone));
        event.add_property(ICalendarProperty::Summary, text(&a.service.public_name));
        event.add_property(ICalendarProperty::Location, text(a.site.address.as_ref().unwrap_or(&a.site.name)));
        event
    }
}

/// The same session of the same week has the same UID in every export.
fn uid(problem: &Problem, session: &str) -> Uuid {
    let week = Uuid::new_v5(&NAMESPACE, problem.week_start.to_string().as_bytes());
    Uuid::new_v5(&week, session.as_bytes())
}

/// An instant as wall time of a zone.
fn time(property: ICalendarProperty, at: DateTime<Utc>, zone: &str) -> ICalendarEntry {
    match zone.parse::<Tz>() {
        Ok(tz) => ICalendarEntry::new(property)
            .with_param(ICalendarParameter::tzid(zone.to_owned()))
            .with_value(local(at.with_timezone(&tz).naive_local())),
        Err(_) => {
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

/// A VTIMEZONE for each zone in use, from the year before the week to the year after it.
fn add_zones(calendar: &mut ICalendar, problem: &Problem, appointments: &[Appointment]) {
    let year = problem.week_start.0.year();
    let new_year = |y: i32| NaiveDate::from_ymd_opt(y, 1, 1).map(|d| d.and_time(chrono::NaiveTime::MIN).and_utc());
    let (Some(from), Some(to)) = (new_year(year - 1), new_year(year + 2)) else { return };
    let mut zones: Vec<&str> = appointments.iter().map(|a| a.site.time_zone.as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    for zone in zones {
        calendar.add_timezone(zone, (from - Duration::days(1)).timestamp(), to.timestamp());
    }
}

fn text(text: impl Into<String>) -> ICalendarValue {
    ICalendarValue::Text(text.into())
}
