//! iCalendar (RFC 5545): one VEVENT a session, with its site's VTIMEZONE. No id is written in clear, and nobody's name.

use careweave_solver::problem::Problem;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Appointment, Event, Format, write_events};

/// What UIDs are made in (UUID version 5), with the week and the session's id.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f7b_3c52_94d1_4d0e_8a35_1b8c_27e6_f04d);

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
        let event = |a: &Appointment| Event {
            uid: uid(problem, a.session),
            sequence: self.sequence,
            stamp: made,
            start: a.start,
            end: a.end,
            zone: a.site.time_zone.clone(),
            summary: a.service.public_name.clone(),
            location: a.site.address.as_ref().unwrap_or(&a.site.name).clone(),
            description: None,
            cancelled: None,
        };
        write_events(&appointments.iter().map(event).collect::<Vec<_>>(), None)
    }
}

/// The same session of the same week has the same UID in every export.
fn uid(problem: &Problem, session: &str) -> Uuid {
    let week = Uuid::new_v5(&NAMESPACE, problem.week_start.to_string().as_bytes());
    Uuid::new_v5(&week, session.as_bytes())
}

#[cfg(test)]
mod tests {
    use careweave_solver::generate::{Draw, generate};
    use chrono::Duration;

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
    fn an_event_with_a_change_of_the_clock_in_it_or_in_the_second_of_two_hours_alike_is_written_in_utc() {
        let mut problem = generate(&Draw { per_site: 2, ..Draw::default() });
        problem.sites[0].time_zone = "America/New_York".into();
        for (start, lines) in [
            (
                "2026-11-01T03:10:00Z",
                ["DTSTART;TZID=America/New_York:20261031T231000", "DTEND;TZID=America/New_York:20261101T001000"],
            ),
            ("2026-11-01T05:10:00Z", ["DTSTART:20261101T051000Z", "DTEND:20261101T061000Z"]),
            ("2026-11-01T06:10:00Z", ["DTSTART:20261101T061000Z", "DTEND:20261101T071000Z"]),
            ("2026-03-08T06:30:00Z", ["DTSTART:20260308T063000Z", "DTEND:20260308T073000Z"]),
        ] {
            let text = written(&problem, start);
            for line in lines {
                assert!(text.lines().any(|l| l.trim_end() == line), "{line} is not in\n{text}");
            }
        }
    }

    #[test]
    fn the_same_session_has_the_same_uid_in_a_week_and_another_one_in_the_next() {
        let mut problem = generate(&Draw { per_site: 2, ..Draw::default() });
        let uid = |text: String| text.lines().find(|l| l.starts_with("UID:")).unwrap().to_owned();
        let first = uid(written(&problem, "2026-12-01T22:15:00Z"));
        assert_eq!(first, uid(written(&problem, "2026-12-02T20:00:00Z")));
        let named: Uuid = first.trim_end().strip_prefix("UID:").unwrap().parse().unwrap();
        assert_eq!(named.get_version_num(), 5);
        problem.week_start.0 += Duration::days(7);
        assert_ne!(first, uid(written(&problem, "2026-12-08T22:15:00Z")));
    }
}
