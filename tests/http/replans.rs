//! `/v1/replans`: plans after events, queued and polled like a solve.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Service, fixture, problem_details, short};

/// `tiny.json` with its calendar, and Ana ill on Monday from ten.
async fn ill(service: &Service) -> Value {
    let solve = service.submit(&short()).await;
    service.poll(&solve, |s| s["status"] == "finished").await;
    let calendar = service.json(&format!("{solve}/calendar")).await;
    json!({ "problem": fixture("tiny.json"), "calendar": calendar, "options": { "rounds": 1 },
            "events": { "at": "2026-11-30T06:00", "events": [
                { "kind": "clinician_away", "id": "ana", "from": "2026-11-30T10:00", "to": "2026-12-01T00:00" }] } })
}

#[tokio::test]
async fn a_replan_is_queued_polled_and_ends_with_its_plans() {
    let service = Service::start();
    let body = ill(&service).await;
    let response = service.post("/v1/replans", &body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let queued: Value = response.json().await.unwrap();
    assert_eq!(location, format!("/v1/replans/{}", queued["id"].as_str().unwrap()));
    let told = service.poll(&location, |r| r["status"] == "finished").await;
    let plans = told["plans"].as_array().unwrap();
    assert!(!plans.is_empty(), "{told}");
    for plan in plans {
        let check = json!({ "problem": told["problem"], "calendar": plan["calendar"] });
        let checked: Value = service.post("/v1/check", &check).send().await.unwrap().json().await.unwrap();
        assert_eq!((&checked["feasible"], &checked["objective"]), (&json!(true), &plan["objective"]));
        assert!(plan["contacts"].is_array() && plan["missing_sessions"].is_u64());
    }
    let events = service.get(&format!("{location}/events")).send().await.unwrap().text().await.unwrap();
    assert!(events.contains("event: finished"), "{events}");
    // It is no solve, and a solve is no replan.
    let as_solve = location.replace("replans", "solves");
    assert_eq!(service.get(&as_solve).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let gone = service.delete(&format!("{location}?erase=true")).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(service.get(&location).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_wait_is_answered_with_the_plans_and_a_repeat_is_the_same_replan() {
    let service = Service::start();
    let body = ill(&service).await;
    let ask = || service.post("/v1/replans", &body).header("prefer", "wait=60").header("idempotency-key", "once");
    let first = ask().send().await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    let first: Value = first.json().await.unwrap();
    assert!(first["plans"].is_array(), "{first}");
    let again: Value = ask().send().await.unwrap().json().await.unwrap();
    assert_eq!(first["id"], again["id"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_replan_is_told_before_it_is_queued() {
    let service = Service::start();
    let mut body = ill(&service).await;
    body["events"]["events"] = json!([{ "kind": "room_closed", "id": "attic" }, { "kind": "cancel", "id": "x/1" }]);
    let response = service.post("/v1/replans", &body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let details = problem_details(response).await;
    let told: Vec<_> = details["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(told, [&json!("/events/events/0/id"), &json!("/events/events/1/id")]);
    let details = problem_details(service.post("/v1/replans", &json!({})).send().await.unwrap()).await;
    let told: Vec<_> = details["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(told, [&json!("/problem"), &json!("/calendar"), &json!("/events")]);
}
