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

#[cfg(test)]
mod tests {
    use careweave_solver::generate::{Draw, generate};

    use super::*;

    fn appointment<'a>(problem: &'a Problem, start: &str) -> Appointment<'a> {
        let start: DateTime<Utc> = start.parse().unwrap();
        Appointment {
            session: "secret-group/1",
            service: &problem.services[0],
            site: &problem.sites[0],
            group: Some("secret-group"),
            room: Some("secret-room"),
            clinicians: vec!["secret-clinician"],
            participants: vec!["secret-participant"],
            start,
            end: start + Duration::hours(1),
        }
    }

    fn written(problem: &Problem, start: &str) -> String {
        Ics { sequence: 3 }.write(problem, &[appointment(problem, start)], "2026-11-01T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn an_event_has_wall_time_of_its_site_and_no_id_in_clear() {
        let mut problem = generate(&Draw { per_site: 2, ..Draw::default() });
        problem.sites[0].time_zone = "America/New_York".into();
        problem.sites[0].address = Some("12 Elm Street, Suite 3; Albany".into());
        problem.services[0].public_name = "Appointment".into();
        let text = written(&problem, "2026-12-01T22:15:00Z");
        for line in [
            "DTSTART;TZID=America/New_York:20261201T171500",
            "DTEND;TZID=America/New_York:20261201T181500",
            "DTSTAMP:20261101T120000Z",
            "SEQUENCE:3",
            "SUMMARY:Appointment",
            "LOCATION:12 Elm Street\\, Suite 3\\; Albany",
            "BEGIN:VTIMEZONE",
        ] {
            assert!(text.lines().any(|l| l.trim_end() == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("secret") && !text.contains("ATTENDEE") && !text.contains("RRULE:FREQ=WEEKLY"));
    }

    #[test]
    fn the_same_session_has_the_same_uid_in_a_week_and_another_one_in_the_next() {
        let mut problem = generate(&Draw { per_site: 2, ..Draw::default() });
        let uid = |text: String| text.lines().find(|l| l.starts_with("UID:")).unwrap().to_owned();
        let first = uid(written(&problem, "2026-12-01T22:15:00Z"));
        assert_eq!(first, uid(written(&problem, "2026-12-02T20:00:00Z")));
        problem.week_start.0 += Duration::days(7);
        assert_ne!(first, uid(written(&problem, "2026-12-08T22:15:00Z")));
    }
}
