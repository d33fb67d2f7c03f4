//! Sessions of one week, carried into another at the same hours.

use std::collections::{BTreeMap, BTreeSet};

use careweave_solver::problem::Date;
use chrono::{DateTime, Duration, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use crate::{
    failure::Failure,
    programs::{Kind, Parts, episode, stored},
};

/// What of a session says whose it is, when and where.
const FIELDS: [&str; 9] = ["id", "group", "order", "modality", "site", "room", "clinicians", "participants", "start"];

/// A session without what is only of its own week.
fn bare(session: &Value) -> Value {
    let mut kept = Map::new();
    for name in FIELDS {
        match session.get(name) {
            Some(Value::Null) | None => {}
            Some(value) => drop(kept.insert(name.to_owned(), value.clone())),
        }
    }
    kept.into()
}

/// Says of sessions which do not at which site they are, and in which zone that was in their own week: a calendar that a person
/// wrote may leave both to be derived.
pub fn place(sessions: &mut [Value], parts: &Parts, week: Date) -> Result<(), Failure> {
    let unsaid = |session: &Value| !session["time_zone"].is_string();
    if !sessions.iter().any(unsaid) {
        return Ok(());
    }
    let zones = parts.zones(week)?;
    let field = |kind: Kind, id: &Value, name: &str| -> Result<Value, Failure> {
        let Some(entity) = parts.list(kind).iter().find(|e| *id == *e.id) else { return Ok(Value::Null) };
        let mut body: Value = stored(&entity.body)?;
        episode::changed(kind, &mut body, week);
        Ok(body[name].take())
    };
    for session in sessions.iter_mut().filter(|session| unsaid(session)) {
        let mut site = session["site"].take();
        let owners = [(Kind::Groups, "/group", "site"), (Kind::Rooms, "/room", "site")];
        let attends = (Kind::Participants, "/participants/0", "home_site");
        for (kind, pointer, name) in owners.into_iter().chain([attends]) {
            if let Some(id) = session.pointer(pointer).filter(|_| site.is_null()) {
                site = field(kind, id, name)?;
            }
        }
        if let Some(zone) = site.as_str().and_then(|site| zones.get(site)) {
            session["time_zone"] = json!(zone.name());
        }
        session["site"] = site;
    }
    Ok(())
}

/// What people are used to: the session as it was; where its site is in another zone now, at the hour that its clock showed.
pub fn usual(session: &Value, zones: &Zones) -> Value {
    let mut bare = bare(session);
    let zone: Option<Tz> = session["time_zone"].as_str().and_then(|zone| zone.parse().ok());
    let now = session["site"].as_str().and_then(|site| zones.get(site).copied());
    let start = session["start"].as_str().and_then(|start| DateTime::parse_from_rfc3339(start).ok());
    if let (Some(zone), Some(now), Some(start)) = (zone, now, start)
        && zone != now
        && let Some(start) = earliest(now, start.with_timezone(&zone).naive_local())
    {
        bare["start"] = json!(start.to_rfc3339());
    }
    bare
}

/// The zones of sites in a week, by id.
pub type Zones = BTreeMap<String, Tz>;

/// The session on the same weekday of the week that begins on `date`, at the same wall time of its site, whose zone may be
/// another in that week, for those of its participants who are still there; nothing where none is.
pub fn into_week(session: &Value, date: Date, zones: &Zones, known: &BTreeSet<String>) -> Option<Value> {
    let start = DateTime::parse_from_rfc3339(session["start"].as_str()?).ok()?;
    let zone: Option<Tz> = session["time_zone"].as_str().and_then(|zone| zone.parse().ok());
    let wall = zone.map_or(start.naive_local(), |zone| start.with_timezone(&zone).naive_local());
    let weeks = ((date.0 - wall.date()).num_days() + 6).div_euclid(7);
    let wall = wall + Duration::days(7 * weeks);
    let zone = session["site"].as_str().and_then(|site| zones.get(site).copied()).or(zone);
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
        let rolled = into_week(&session, "2026-11-02".parse().unwrap(), &Zones::new(), &known).unwrap();
        assert_eq!(rolled["start"], "2026-11-04T17:00:00-05:00");
        assert_eq!(rolled["participants"], json!(["a"]));
        assert!(rolled.get("end").is_none() && rolled.get("pinned").is_none());
        // Four weeks on, and into weeks that begin on another day.
        for (date, start) in [
            ("2026-11-23", "2026-11-25T17:00:00-05:00"),
            ("2026-11-05", "2026-11-11T17:00:00-05:00"),
            ("2026-11-04", "2026-11-04T17:00:00-05:00"),
        ] {
            assert_eq!(
                into_week(&session, date.parse().unwrap(), &Zones::new(), &known).unwrap()["start"],
                start,
                "{date}"
            );
        }
        assert_eq!(into_week(&session, "2026-11-02".parse().unwrap(), &Zones::new(), &BTreeSet::new()), None);
    }

    #[test]
    fn a_session_keeps_its_wall_time_where_its_site_changes_zone() {
        let known = BTreeSet::from(["a".to_owned()]);
        let mut session = json!({
            "id": "g/1", "group": "g", "site": "elm", "start": "2026-10-28T17:00:00-04:00", "time_zone": "America/New_York",
            "clinicians": ["c"], "participants": ["a"]
        });
        let zones = Zones::from([("elm".to_owned(), chrono_tz::America::Chicago)]);
        let rolled = |session: &Value| into_week(session, "2026-11-02".parse().unwrap(), &zones, &known).unwrap();
        assert_eq!(rolled(&session)["start"], "2026-11-04T17:00:00-06:00");
        // Near midnight too it stays on its weekday.
        session["start"] = json!("2026-10-28T23:30:00-04:00");
        assert_eq!(rolled(&session)["start"], "2026-11-04T23:30:00-06:00");
        assert_eq!(usual(&session, &zones)["start"], "2026-10-28T23:30:00-05:00");
        session["site"] = json!("oak");
        assert_eq!(usual(&session, &zones)["start"], "2026-10-28T23:30:00-04:00");
        assert_eq!(rolled(&session)["start"], "2026-11-04T23:30:00-05:00");
    }

    #[test]
    fn a_wall_time_that_a_dst_change_skips_is_the_first_after_it() {
        let session = json!({
            "id": "g/1", "group": "g", "start": "2026-03-01T02:30:00-05:00", "time_zone": "America/New_York",
            "clinicians": [], "participants": ["a"]
        });
        let rolled =
            into_week(&session, "2026-03-02".parse().unwrap(), &Zones::new(), &BTreeSet::from(["a".to_owned()]))
                .unwrap();
        assert_eq!(rolled["start"], "2026-03-08T03:00:00-04:00");
    }
}
