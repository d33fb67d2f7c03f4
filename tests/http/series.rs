//! Weeks rolled forward keep their hours by the clock on the wall: over both DST changes, New Year, from another weekday than
//! Monday, where a site moves to another zone, and of drafts that a person wrote.

use chrono::{DateTime, Days, NaiveDate};
use reqwest::StatusCode;
use serde_json::json;

use super::{Service, fixture};

/// A programme of its own, which is `tiny.json` in another week, with a draft of it.
async fn programme(service: &Service, id: &str, first: NaiveDate) {
    let mut problem = fixture("tiny.json");
    problem["week_start"] = json!(first);
    service.done("/v1/programs", &json!({ "id": id, "name": id })).await;
    service.done(&format!("/v1/programs/{id}/import"), &problem).await;
    service.solve(&format!("/v1/programs/{id}/weeks/{first}")).await;
}

/// Solves four weeks in series, and waits for the last.
async fn four_weeks(service: &Service, id: &str, first: NaiveDate) -> Vec<NaiveDate> {
    let weeks: Vec<NaiveDate> = (0..4).map(|k| first + Days::new(7 * k)).collect();
    let body = json!({ "weeks": 4, "options": { "rounds": 3 } });
    let asked = service.post(&format!("/v1/programs/{id}/weeks/{first}/series/solve"), &body).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    let last = format!("/v1/programs/{id}/weeks/{}", weeks[3]);
    service.poll(&last, |week| !week["draft"].is_null()).await;
    weeks
}

/// Each session's weekday and hour by the clock on the wall, and the offsets that occur.
async fn hours(service: &Service, id: &str, week: NaiveDate) -> (Vec<String>, Vec<String>) {
    let drafted = service.json(&format!("/v1/programs/{id}/weeks/{week}")).await["draft"].clone();
    let (mut hours, mut offsets) = (Vec::new(), Vec::new());
    for session in drafted["sessions"].as_array().unwrap() {
        let start = DateTime::parse_from_rfc3339(session["start"].as_str().unwrap()).unwrap();
        assert!((week..week + Days::new(7)).contains(&start.date_naive()), "{session}");
        hours.push(format!("{} {}", session["id"].as_str().unwrap(), start.format("%a %H:%M")));
        offsets.push(start.format("%:z").to_string());
    }
    hours.sort();
    offsets.sort();
    offsets.dedup();
    (hours, offsets)
}

#[tokio::test]
async fn a_series_keeps_its_hours_over_both_dst_changes_new_year_and_from_a_wednesday_on() {
    let service = Service::start();
    // The week before, and the offset of each of the four after it.
    let [winter, summer, both] = [&["-05:00"][..], &["-04:00"][..], &["-04:00", "-05:00"][..]];
    let cases = [
        ("spring", "2027-03-01", [winter, summer, summer, summer]),
        ("autumn", "2027-10-25", [summer, winter, winter, winter]),
        ("new-year", "2026-12-14", [winter; 4]),
        ("wednesday", "2026-12-16", [winter; 4]),
        // The change lies between the Wednesday and the Monday of one week.
        ("wednesday-in-spring", "2027-03-03", [both, summer, summer, summer]),
    ];
    for (id, first, expected) in cases {
        let first: NaiveDate = first.parse().unwrap();
        programme(&service, id, first).await;
        let (before, _) = hours(&service, id, first).await;
        assert!(before.len() > 4, "{id}: {before:?}");
        for (week, offset) in four_weeks(&service, id, first + Days::new(7)).await.into_iter().zip(expected) {
            let (after, offsets) = hours(&service, id, week).await;
            assert_eq!((&after, offsets), (&before, offset.iter().map(|o| (*o).to_owned()).collect()), "{id} {week}");
        }
    }
}

#[tokio::test]
async fn a_series_keeps_its_hours_over_the_day_on_which_a_site_moves_to_another_zone() {
    let service = Service::start();
    let first: NaiveDate = "2026-11-30".parse().unwrap();
    programme(&service, "north", first).await;
    service.done(&format!("/v1/programs/north/weeks/{first}/publish"), &json!({})).await;
    let moved = json!({ "changes": [{ "from": "2026-12-14", "set": { "time_zone": "America/Chicago" } }] });
    let patched = service.patch("/v1/programs/north/sites/elm", &moved).send().await.unwrap();
    assert_eq!(patched.status(), StatusCode::OK, "{}", patched.text().await.unwrap());
    let (before, _) = hours(&service, "north", first).await;
    let expected = ["-05:00", "-06:00", "-06:00", "-06:00"];
    for (week, offset) in four_weeks(&service, "north", first + Days::new(7)).await.into_iter().zip(expected) {
        assert_eq!(hours(&service, "north", week).await, (before.clone(), vec![offset.to_owned()]), "{week}");
    }
}

#[tokio::test]
async fn a_draft_that_says_neither_site_nor_zone_keeps_its_hours_where_its_site_moves_to_another_zone() {
    let service = Service::start();
    let first: NaiveDate = "2026-11-30".parse().unwrap();
    programme(&service, "north", first).await;
    let (before, _) = hours(&service, "north", first).await;
    let [week, next] = [first, first + Days::new(7)].map(|date| format!("/v1/programs/north/weeks/{date}"));
    let mut written = service.json(&week).await["draft"].clone();
    for session in written["sessions"].as_array_mut().unwrap() {
        let fields = session.as_object_mut().unwrap();
        fields.retain(|name, _| {
            ["id", "group", "order", "start", "room", "clinicians", "participants"].contains(&&**name)
        });
        // A person may write it by any offset.
        let start = DateTime::parse_from_rfc3339(fields["start"].as_str().unwrap()).unwrap();
        fields["start"] = json!(start.to_utc().to_rfc3339());
    }
    let put = service.put(&format!("{week}/draft"), &json!({ "sessions": written["sessions"] })).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);
    let moved = json!({ "changes": [{ "from": "2026-12-07", "set": { "time_zone": "America/Chicago" } }] });
    assert_eq!(service.patch("/v1/programs/north/sites/elm", &moved).send().await.unwrap().status(), StatusCode::OK);
    let reference = service.json(&next).await["problem"]["reference"].clone();
    for usual in reference.as_array().unwrap() {
        assert!(usual["start"].as_str().unwrap().ends_with("-06:00"), "{usual}");
    }
    service.solve(&next).await;
    assert_eq!(hours(&service, "north", first + Days::new(7)).await, (before, vec!["-06:00".to_owned()]));
    assert_eq!(service.json(&next).await["draft"]["penalties"].get("shifted"), None);
}
