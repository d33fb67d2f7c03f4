//! Dates that bite: weeks of which only a part is treatment or a phase, changes from a day on, commitments of a term.

use careweave_solver::problem::Date;
use serde_json::{Map, Value, json};

use super::{Held, History, InWeek, Open, entity, faults};
use crate::programs::Kind;

/// Monday to Friday, of weeks that begin on Monday.
const WORKDAYS: Open = [true, true, true, true, true, false, false];

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn seen(body: &Value, week: &str) -> InWeek {
    entity(Kind::Participants, body.clone(), date(week), (&Map::new(), &|_| WORKDAYS), &History::new()).unwrap()
}

fn person() -> Value {
    json!({ "id": "p", "home_site": "elm", "admitted": "2026-11-02",
        "plan": { "min_minutes_per_week": 540, "max_minutes_per_week": 1140, "min_days": 3, "level_of_care": "2.1" },
        "orders": [{ "id": "group", "service": "process", "sessions": 6 }, { "id": "one", "service": "individual", "sessions": 1 },
            { "id": "review", "service": "review", "sessions": 1, "recurrence": "every 30 days" }] })
}

fn order<'a>(seen: &'a InWeek, id: &str) -> &'a Value {
    seen.body["orders"].as_array().unwrap().iter().find(|o| o["id"] == id).unwrap_or(&Value::Null)
}

#[test]
fn a_week_that_begins_with_an_admission_on_wednesday_has_three_fifths_of_a_week() {
    let mut body = person();
    body["admitted"] = json!("2026-11-04");
    let week = seen(&body, "2026-11-02");
    assert_eq!(order(&week, "group")["sessions"], 4);
    assert_eq!(order(&week, "one")["sessions"], 1);
    assert_eq!(
        week.body["plan"],
        json!({ "min_minutes_per_week": 324, "max_minutes_per_week": 1140, "min_days": 2, "level_of_care": "2.1" })
    );
    let texts: Vec<&str> = week.origins.iter().map(|o| &*o.text).collect();
    assert_eq!(
        texts,
        [
            "6 sessions a week, always stands; on 3 of 5 days: 4.",
            "1 session a week, always stands; on 3 of 5 days: 1.",
            "1 session, always stands; due by 2026-11-04, never held.",
        ]
    );
    // On Friday there is no time for a share of one, but the review is due.
    body["admitted"] = json!("2026-11-06");
    let week = seen(&body, "2026-11-02");
    assert_eq!((order(&week, "group")["sessions"].clone(), order(&week, "one").clone()), (json!(1), Value::Null));
    assert_eq!(order(&week, "review")["windows"][0]["to"], "2026-11-07T00:00");
    // An order that says so is whole all the same.
    body["orders"][1]["recurrence"] = json!({ "whole": true });
    assert_eq!(order(&seen(&body, "2026-11-02"), "one")["sessions"], 1);
}

#[test]
fn a_discharge_in_mid_week_leaves_the_days_before_it() {
    let mut body = person();
    body["discharged"] = json!("2026-12-01");
    let week = seen(&body, "2026-11-30");
    assert_eq!(order(&week, "group")["sessions"], 2);
    assert_eq!(week.body["plan"]["min_minutes_per_week"], 216);
    assert_eq!(seen(&body, "2026-11-23").body["plan"]["min_minutes_per_week"], 540);
}

#[test]
fn a_phase_that_begins_on_wednesday_shares_the_week_with_the_one_before() {
    let mut body = person();
    body["phases"] = json!([{ "from": "2026-12-02", "name": "step-down", "level_of_care": "1",
        "plan": { "min_minutes_per_week": 120, "max_minutes_per_week": 500, "min_days": 1 },
        "orders": [{ "id": "group", "service": "process", "sessions": 2 }, { "id": "work", "service": "skills", "sessions": 2,
            "windows": [{ "days": ["tue", "thu"], "start": "17:00", "end": "20:00" }] }] }]);
    let week = seen(&body, "2026-11-30");
    // Two days of six a week and three of two.
    assert_eq!(order(&week, "group")["sessions"], 4);
    assert_eq!(order(&week, "group").get("windows"), None);
    assert_eq!(order(&week, "work")["sessions"], 1);
    assert_eq!(order(&week, "work")["windows"], json!([{ "days": ["thu"], "start": "17:00", "end": "20:00" }]));
    assert_eq!(
        week.body["plan"],
        json!({ "min_minutes_per_week": 288, "max_minutes_per_week": 756, "min_days": 2, "level_of_care": "1" })
    );
    let group = week.origins.iter().find(|o| o.order == "group").unwrap();
    assert_eq!(group.text, "2 sessions a week, of step-down; 6 of it on 2 of 5 days and 2 of it on 3 of 5 days: 4.");
    assert_eq!((group.phase.as_deref(), group.prescribed, group.sessions), (Some("step-down"), 2, 4));
    // Another service under the same id is held on its own days.
    body["phases"][0]["orders"][0]["service"] = json!("psychoed");
    let group = order(&seen(&body, "2026-11-30"), "group").clone();
    assert_eq!((&group["sessions"], &group["windows"][0]["from"]), (&json!(1), &json!("2026-12-02T00:00")));
    assert_eq!(order(&seen(&body, "2026-12-07"), "group")["sessions"], 2);
}

#[test]
fn a_retroactive_admission_makes_overdue_what_should_have_been_held() {
    let mut body = person();
    body["admitted"] = json!("2026-10-20");
    let week = seen(&body, "2026-11-02");
    assert_eq!(order(&week, "group")["sessions"], 6);
    assert_eq!(order(&week, "review").get("windows"), None);
    let review = week.origins.iter().find(|o| o.order == "review").unwrap();
    assert_eq!(review.text, "1 session, always stands; overdue since 2026-10-20, never held.");
    // Weeks are counted from the admission, whenever it was told.
    body["orders"][1]["recurrence"] = json!({ "every_weeks": 2 });
    let weeks = ["2026-10-19", "2026-10-26", "2026-11-02"];
    assert_eq!(weeks.map(|w| order(&seen(&body, w), "one").is_object()), [true, false, true]);
}

#[test]
fn who_changes_sites_within_a_week_may_go_to_both_and_then_to_the_new_one() {
    let mut body = person();
    body["changes"] = json!([{ "from": "2026-12-02", "set": { "home_site": "oak" } }]);
    let sites = |week: &str| {
        let body = seen(&body, week).body;
        (body["home_site"].clone(), body["sites"].clone())
    };
    assert_eq!(sites("2026-11-23"), (json!("elm"), Value::Null));
    assert_eq!(sites("2026-11-30"), (json!("oak"), json!(["oak", "elm"])));
    assert_eq!(sites("2026-12-07"), (json!("oak"), Value::Null));
    body["changes"][0]["from"] = json!("2026-12-04");
    let friday = seen(&body, "2026-11-30").body;
    assert_eq!((&friday["home_site"], &friday["sites"]), (&json!("elm"), &json!(["elm", "oak"])));
}

#[test]
fn any_entity_may_change_from_a_day_on_but_not_in_what_has_dates_of_its_own() {
    let site = json!({ "id": "elm", "time_zone": "America/New_York", "changes": [{ "from": "2026-12-07", "set": { "time_zone": "America/Chicago" } }] });
    let zone = |week: &str| {
        let seen =
            entity(Kind::Sites, site.clone(), date(week), (&Map::new(), &|_| WORKDAYS), &History::new()).unwrap();
        assert!(seen.body.get("changes").is_none());
        seen.body["time_zone"].clone()
    };
    assert_eq!([zone("2026-11-30"), zone("2026-12-07")], ["America/New_York", "America/Chicago"]);
    let wrong = json!({ "id": "p", "changes": [{ "from": "2026-12-07", "set": { "orders": [] } }, { "set": {} }],
        "commitments": [{ "kind": "school", "windows": [], "every_weeks": 2 }, { "kind": "school", "windows": [], "from": "soon" }] });
    let pointers: Vec<String> = faults(Kind::Participants, &wrong).into_iter().map(|f| f.pointer).collect();
    assert_eq!(pointers, ["/changes/0", "/changes/1", "/commitments/0", "/commitments/1"]);
}

#[test]
fn school_has_terms_and_custody_every_other_week() {
    let mut body = person();
    let school = json!([{ "days": ["mon", "thu"], "start": "08:00", "end": "14:00" }]);
    let custody = json!([{ "days": ["fri"], "start": "12:00", "end": "24:00" }]);
    body["commitments"] = json!([
        { "kind": "school", "windows": school, "from": "2026-09-07", "until": "2026-12-16" },
        { "kind": "childcare", "windows": custody, "from": "2026-11-30", "every_weeks": 2 },
        { "kind": "work", "windows": custody },
    ]);
    let kinds = |week: &str| -> Vec<Value> {
        seen(&body, week).body["commitments"].as_array().unwrap().iter().map(|c| c["kind"].clone()).collect()
    };
    assert_eq!(kinds("2026-11-23"), ["school", "work"]);
    assert_eq!(kinds("2026-11-30"), ["school", "childcare", "work"]);
    assert_eq!(kinds("2026-12-07"), ["school", "work"]);
    assert_eq!(kinds("2026-12-28"), ["childcare", "work"]);
    let last = seen(&body, "2026-12-14").body["commitments"][0].clone();
    assert_eq!(last, json!({ "kind": "school", "windows": [{ "days": ["mon"], "start": "08:00", "end": "14:00" }] }));
}

#[test]
fn an_order_that_ends_in_mid_week_has_its_part_of_it() {
    let mut body = person();
    body["orders"][0]["recurrence"] = json!({ "until": "2026-12-01" });
    let group = order(&seen(&body, "2026-11-30"), "group").clone();
    assert_eq!((&group["sessions"], &group["windows"][0]["to"]), (&json!(2), &json!("2026-12-02T00:00")));
    let held = Held { sessions: 4, ..Held::default() };
    body["orders"][0]["recurrence"] = json!({ "total": 6, "until": "2026-12-04" });
    let history = History::from([("group".to_owned(), held)]);
    let week = entity(Kind::Participants, body, date("2026-11-30"), (&Map::new(), &|_| WORKDAYS), &history).unwrap();
    assert_eq!(order(&week, "group")["sessions"], 2);
    let group = week.origins.iter().find(|o| o.order == "group").unwrap();
    assert_eq!(group.text, "6 sessions, always stands; up to 2026-12-04, 2 of 6 left.");
}
