//! A small problem for the tests of the rules, and calendars of it: each test changes one thing and names what breaks.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{CheckReport, check};
use crate::{
    instance::{Booked, Instance},
    problem::{read, read_calendar},
};

/// Tuesday, Wednesday and Thursday at ten.
pub(crate) const TUE: &str = "2026-12-01T10:00:00-05:00";
pub(crate) const WED: &str = "2026-12-02T10:00:00-05:00";
pub(crate) const THU: &str = "2026-12-03T10:00:00-05:00";

/// Two sites of one zone, two clinicians, four participants who each want two talks and two circles; `g` is a closed
/// group, `h` an open one.
pub(crate) struct Case {
    problem: Value,
}

/// A window of every day.
pub(crate) fn daily(start: &str, end: &str) -> Value {
    json!({ "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": start, "end": end })
}

/// A window of Tuesday.
pub(crate) fn on_tuesday(start: &str, end: &str) -> Value {
    json!({ "days": ["tue"], "start": start, "end": end })
}

impl Case {
    pub(crate) fn new() -> Self {
        let site = |id: &str, state: &str| {
            json!({ "id": id, "name": id, "time_zone": "America/New_York", "jurisdiction": state,
                    "hours": [daily("08:00", "20:00")] })
        };
        let room = |id: &str, site: &str| json!({ "id": id, "site": site, "capacity": 3, "features": ["private"] });
        let mut shift = daily("09:00", "17:00");
        merge(&mut shift, json!({ "sites": ["s1", "s2"], "telehealth": true }));
        let clinician = |id: &str| {
            json!({ "id": id, "name": id, "home_site": "s1", "credentials": ["LCSW"], "licensed_in": ["US-NY", "US-NJ"],
                    "shifts": [shift] })
        };
        let person = |id: &str| {
            json!({ "id": id, "home_site": "s1", "sites": ["s1", "s2"], "telehealth": true, "attributes": ["adult"],
                    "plan": {}, "orders": [
                        { "id": format!("{id}-talk"), "service": "talk", "sessions": 2 },
                        { "id": format!("{id}-circle"), "service": "circle", "sessions": 2 }] })
        };
        let group = |id: &str, roster: &str| json!({ "id": id, "name": id, "service": "circle", "site": "s1", "meetings": 2, "roster": roster });
        let people = ["p1", "p2", "p3", "p4"].map(person);
        let both = json!(["in_person", "telehealth"]);
        let problem = json!({
            "version": 1, "week_start": "2026-11-30",
            "sites": [site("s1", "US-NY"), site("s2", "US-NJ")],
            "rooms": [room("r1", "s1"), room("r2", "s1"), room("q1", "s2")],
            "services": [
                { "id": "talk", "name": "Talk", "kind": "individual_therapy", "minutes": 50, "documentation_minutes": 10,
                  "credentials": ["LCSW"], "room_features": ["private"], "modalities": both },
                { "id": "circle", "name": "Circle", "kind": "group_therapy", "minutes": 60, "documentation_minutes": 15,
                  "credentials": ["LCSW"], "modalities": both,
                  "group": { "min": 2, "max": 3, "participants_per_clinician": 3 } }],
            "clinicians": [clinician("t1"), clinician("t2")],
            "groups": [group("g", "closed"), group("h", "open")],
            "participants": people,
        });
        Case { problem }
    }

    /// With some fields of an object (of a list, by id; an order by its own) set.
    pub(crate) fn having(mut self, list: &str, id: &str, change: Value) -> Self {
        let mut all: Vec<&mut Value> = match list {
            "orders" => items(&mut self.problem["participants"]).flat_map(|p| items(&mut p["orders"])).collect(),
            _ => items(&mut self.problem[list]).collect(),
        };
        let object = all.iter_mut().find(|o| o["id"] == id).expect("an object of that id");
        merge(object, change);
        self
    }

    /// With some fields of the problem itself set.
    pub(crate) fn with(mut self, change: Value) -> Self {
        merge(&mut self.problem, change);
        self
    }

    /// With only these participants, who have nothing ordered but `sessions` talks each.
    pub(crate) fn only(self, people: &[&str], sessions: u32) -> Self {
        let people = people.iter().map(|id| {
            json!({ "id": id, "home_site": "s1", "sites": ["s1", "s2"], "telehealth": true,
                    "orders": [{ "id": format!("{id}-talk"), "service": "talk", "sessions": sessions }] })
        });
        let people: Vec<Value> = people.collect();
        self.with(json!({ "participants": people }))
    }

    /// The problem, compiled.
    pub(crate) fn instance(&self) -> Instance {
        let problem = read(self.problem.to_string().as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}"));
        Instance::new(Arc::new(problem))
    }

    /// The problem, compiled, and a calendar in its terms.
    pub(crate) fn booked(&self, sessions: &[Value]) -> (Instance, Vec<Booked>) {
        let instance = self.instance();
        let calendar = json!({ "sessions": sessions }).to_string();
        let calendar = read_calendar(calendar.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}"));
        let booked = calendar.sessions.iter().map(|s| instance.book(s)).collect();
        (instance, booked)
    }

    /// What the check says of a calendar.
    pub(crate) fn report(&self, sessions: &[Value]) -> CheckReport {
        let calendar = json!({ "sessions": sessions }).to_string();
        let calendar = read_calendar(calendar.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}"));
        check(&self.instance(), &calendar.sessions)
    }

    /// The calendar breaks exactly these rules.
    #[track_caller]
    pub(crate) fn breaks(&self, rules: &str, sessions: &[Value]) -> &Self {
        let report = self.report(sessions);
        let mut broken: Vec<&str> = report.violations.iter().map(|v| v.rule).collect();
        broken.dedup();
        assert_eq!(broken.join(" "), rules, "{:#?}", report.violations);
        self
    }

    /// The calendar breaks no rule.
    #[track_caller]
    pub(crate) fn keeps(&self, sessions: &[Value]) -> &Self {
        self.breaks("", sessions)
    }

    /// The calendar breaks no rule and has this much of a penalty.
    #[track_caller]
    pub(crate) fn costs(&self, penalty: &str, cost: u64, sessions: &[Value]) -> &Self {
        let report = self.report(sessions);
        assert_eq!(report.violations, [], "{penalty}");
        assert_eq!(report.penalties.get(penalty).copied().unwrap_or(0), cost, "{:?}", report.penalties);
        self
    }
}

/// A session of the group or order in its id: `p1-talk/1` by t1 in r1, `h/1` with p1 and p2.
pub(crate) fn session(id: &str, start: &str) -> Value {
    let owner = id.split('/').next().unwrap_or_default();
    match owner.split_once('-') {
        Some((participant, _)) => json!({ "id": id, "order": owner, "start": start, "room": "r1", "clinicians": ["t1"],
                                          "participants": [participant] }),
        None => json!({ "id": id, "group": owner, "start": start, "room": "r1", "clinicians": ["t1"],
                        "participants": ["p1", "p2"] }),
    }
}

/// The same, by telehealth.
pub(crate) fn tele(id: &str, start: &str) -> Value {
    but(session(id, start), json!({ "modality": "telehealth", "site": "s1", "room": null }))
}

/// A session with some fields changed.
pub(crate) fn but(mut session: Value, change: Value) -> Value {
    merge(&mut session, change);
    session
}

fn merge(object: &mut Value, change: Value) {
    if let (Some(object), Value::Object(change)) = (object.as_object_mut(), change) {
        object.extend(change);
    }
}

fn items(list: &mut Value) -> impl Iterator<Item = &mut Value> {
    list.as_array_mut().into_iter().flatten()
}
