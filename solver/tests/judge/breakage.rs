//! Ways to break a calendar, and where the referee and `problem.md` call the damage by different names.

use careweave_solver::{
    problem::{Id, Problem},
    rules::Violation,
};
use chrono::{DateTime, Duration};
use rand::RngExt;
use serde_json::{Value, json};

use crate::Chance;

/// Breaks something, perhaps.
pub fn once(calendar: &mut Value, problem: &Problem, chance: &mut Chance) {
    let Some(sessions) = calendar["sessions"].as_array_mut() else { return };
    if sessions.is_empty() {
        return;
    }
    let k = chance.random_range(0..sessions.len());
    match chance.random_range(0..17) {
        0 => {
            sessions.remove(k);
        }
        1 => {
            let twin = sessions[k].clone();
            sessions.push(twin);
        }
        2 => {
            let mut twin = sessions[k].clone();
            rename(&mut twin, chance);
            shift(&mut twin, &["start", "end"], chance);
            sessions.push(twin);
        }
        3..=5 => shift(&mut sessions[k], &["start", "end"], chance),
        6 => shift(&mut sessions[k], &["end"], chance),
        7 => rename(&mut sessions[k], chance),
        8 => drop_one(&mut sessions[k]["clinicians"], chance),
        9 => add(&mut sessions[k]["clinicians"], any(problem.clinicians.iter().map(|c| &c.id), chance), false),
        10 => {
            drop_one(&mut sessions[k]["clinicians"], chance);
            add(&mut sessions[k]["clinicians"], any(problem.clinicians.iter().map(|c| &c.id), chance), false);
        }
        11 => drop_one(&mut sessions[k]["participants"], chance),
        12 => add(&mut sessions[k]["participants"], any(problem.participants.iter().map(|p| &p.id), chance), true),
        13 => sessions[k]["room"] = any(problem.rooms.iter().map(|r| &r.id), chance).map_or(Value::Null, Value::from),
        15 => {
            // Elsewhere altogether: a room and its site.
            if let Some(room) = problem.rooms.get(chance.random_range(0..problem.rooms.len().max(1))) {
                sessions[k]["room"] = json!(room.id);
                sessions[k]["site"] = json!(room.site);
            }
        }
        14 => {
            let other = if sessions[k]["modality"] == "telehealth" { "in_person" } else { "telehealth" };
            sessions[k]["modality"] = json!(other);
            if other == "telehealth" && chance.random_bool(0.7) {
                sessions[k]["room"] = Value::Null;
            }
        }
        _ => {
            if chance.random_bool(0.5) {
                sessions[k]["site"] = json!(any(problem.sites.iter().map(|s| &s.id), chance));
                // Its zone would be told as wrong too, which the referee does not look at.
                sessions[k].as_object_mut().map(|s| s.remove("time_zone"));
            } else {
                sessions[k]["service"] = json!(any(problem.services.iter().map(|s| &s.id), chance));
            }
        }
    }
}

fn any<'i>(ids: impl Iterator<Item = &'i Id>, chance: &mut Chance) -> Option<String> {
    let ids: Vec<&Id> = ids.collect();
    (!ids.is_empty()).then(|| ids[chance.random_range(0..ids.len())].to_string())
}

fn shift(session: &mut Value, fields: &[&str], chance: &mut Chance) {
    const MINUTES: [i64; 12] = [5, 10, 15, 30, 45, 60, 120, 180, 720, 1440, 2880, 7200];
    let by = MINUTES[chance.random_range(0..MINUTES.len())] * if chance.random_bool(0.5) { 1 } else { -1 };
    for field in fields {
        let at = session[*field].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        if let Some(at) = at {
            session[*field] = json!((at + Duration::minutes(by)).to_rfc3339());
        }
    }
}

fn rename(session: &mut Value, chance: &mut Chance) {
    let id = session["id"].as_str().unwrap_or_default();
    let owner = id.rsplit_once('/').map_or(id, |parts| parts.0);
    let number = ["1", "2", "3", "4", "0", "01", "x", "99"][chance.random_range(0..8)];
    session["id"] = json!(format!("{owner}/{number}"));
}

fn drop_one(list: &mut Value, chance: &mut Chance) {
    if let Some(list) = list.as_array_mut().filter(|list| !list.is_empty()) {
        list.remove(chance.random_range(0..list.len()));
    }
}

fn add(list: &mut Value, id: Option<String>, once: bool) {
    if let (Some(list), Some(id)) = (list.as_array_mut(), id)
        && !(once && list.contains(&json!(id)))
    {
        list.push(json!(id));
    }
}

/// Whether `problem.md` says so and the referee does not look: a `time_zone` that is given is the site's, and people kept
/// apart "never share a session", be it one that is no meeting of a group and has too many people anyway.
pub fn beyond_the_referee(violation: &Violation, calendar: &Value) -> bool {
    let sessions = calendar["sessions"].as_array().into_iter().flatten();
    let mut concerned =
        sessions.filter(|s| s["id"].as_str().is_some_and(|id| violation.sessions.iter().any(|v| v == id)));
    match violation.rule {
        "H2" => violation.detail.contains("time zone"),
        "H15" => violation.participants.len() > 1 && concerned.all(|s| s["group"].is_null()),
        _ => false,
    }
}
