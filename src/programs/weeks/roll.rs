//! Sessions of one week, carried into another at the same hours.

use std::collections::BTreeSet;

use careweave_solver::problem::Date;
use chrono::{DateTime, Duration, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

/// What of a session says whose it is, when and where.
const FIELDS: [&str; 9] = ["id", "group", "order", "modality", "site", "room", "clinicians", "participants", "start"];

/// A session without what is only of its own week.
pub fn bare(session: &Value) -> Value {
    let mut kept = Map::new();
    for name in FIELDS {
        match session.get(name) {
            Some(Value::Null) | None => {}
            Some(value) => drop(kept.insert(name.to_owned(), value.clone())),
        }
    }
    kept.into()
}

/// The session on the same weekday of the week that begins on `date`, at the same wall time, for those of its
/// participants who are still there; nothing where none is.
pub fn into_week(session: &Value, date: Date, known: &BTreeSet<String>) -> Option<Value> {
    let start = DateTime::parse_from_rfc3339(session["start"].as_str()?).ok()?;
    let zone: Option<Tz> = session["time_zone"].as_str().and_then(|zone| zone.parse().ok());
    let wall = zone.map_or(start.naive_local(), |zone| start.with_timezone(&zone).naive_local());
    let weeks = ((date.0 - wall.date()).num_days() + 6).div_euclid(7);
    let wall = wall + Duration::days(7 * weeks);
    let mut session = bare(session);
    session["start"] = match zone {
        Some(zone) => json!(earliest(zone, wall)?.to_rfc3339()),
        None => json!(start.timezone().from_local_datetime(&wall).single()?.to_rfc3339()),
    };
    let people = session["participants"].as_array_mut()?;
    people.retain(|id| id.as_str().is_some_and(|id| known.contains(id)));
    if people.is_empty() { None } else { Some(session) }
}

/// The first instant that shows a wall time; the first after the gap, where none does.
fn earliest(zone: Tz, wall: NaiveDateTime) -> Option<DateTime<Tz>> {
    (0..=24 * 4).find_map(|k| zone.from_local_datetime(&(wall + Duration::minutes(15 * k))).earliest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_keeps_its_weekday_and_wall_time_across_a_dst_change() {
        let known = BTreeSet::from(["a".to_owned()]);
        let session = json!({
            "id": "g/1", "group": "g", "start": "2026-10-28T17:00:00-04:00", "time_zone": "America/New_York",
            "clinicians": ["c"], "participants": ["a", "gone"], "end": "2026-10-28T18:00:00-04:00", "pinned": true
        });
        let rolled = into_week(&session, "2026-11-02".parse().unwrap(), &known).unwrap();
        assert_eq!(rolled["start"], "2026-11-04T17:00:00-05:00");
        assert_eq!(rolled["participants"], json!(["a"]));
        assert!(rolled.get("end").is_none() && rolled.get("pinned").is_none());
        // Four weeks on, and into weeks that begin on another day.
        for (date, start) in [
            ("2026-11-23", "2026-11-25T17:00:00-05:00"),
            ("2026-11-05", "2026-11-11T17:00:00-05:00"),
            ("2026-11-04", "2026-11-04T17:00:00-05:00"),
        ] {
            assert_eq!(into_week(&session, date.parse().unwrap(), &known).unwrap()["start"], start, "{date}");
        }
        assert_eq!(into_week(&session, "2026-11-02".parse().unwrap(), &BTreeSet::new()), None);
    }

    #[test]
    fn a_wall_time_that_a_dst_change_skips_is_the_first_after_it() {
        let session = json!({
            "id": "g/1", "group": "g", "start": "2026-03-01T02:30:00-05:00", "time_zone": "America/New_York",
            "clinicians": [], "participants": ["a"]
        });
        let rolled = into_week(&session, "2026-03-02".parse().unwrap(), &BTreeSet::from(["a".to_owned()])).unwrap();
        assert_eq!(rolled["start"], "2026-03-08T03:00:00-04:00");
    }
}
