//! What is refused, and how that is told.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Service, long, problem_details, short};

/// Posts a text and gives status and body of the error.
async fn refused(service: &Service, path: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
    let request = service.client.post(format!("{}{path}", service.url)).header("content-type", "application/json");
    let response = request.body(body).send().await.unwrap();
    (response.status().as_u16(), problem_details(response).await)
}

fn pointers(body: &Value) -> Vec<&str> {
    body["errors"].as_array().unwrap().iter().filter_map(|e| e["pointer"].as_str()).collect()
}

#[tokio::test]
async fn wrong_json_is_400_with_its_place() {
    let service = Service::start();
    for path in ["/v1/solves", "/v1/check"] {
        for text in ["", "{", "{\"problem\": {\"version\": 01}}", "nonsense"] {
            let (status, body) = refused(&service, path, text).await;
            assert_eq!((status, &body["code"]), (400, &json!("invalid-json")), "{text}");
        }
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_as_422() {
    let service = Service::start();
    let mut request = short();
    request["problem"]["rooms"][0]["site"] = json!("nowhere");
    request["problem"]["sites"][0]["time_zone"] = json!("Mars/Olympus");
    request["options"] = json!({ "seconds": 4000, "threads": 0, "speed": 3 });
    request["start"] = json!({ "sessions": [{ "id": "x" }] });
    request["priority"] = json!(1);
    let (status, body) = refused(&service, "/v1/solves", request.to_string()).await;
    assert_eq!((status, &body["code"]), (422, &json!("invalid-problem")));
    let at = pointers(&body);
    for pointer in
        ["/rooms/0/site", "/sites/0/time_zone", "/options/seconds", "/options/threads", "/options/speed", "/priority"]
    {
        assert!(at.contains(&pointer), "{pointer} is not among {at:?}");
    }
    assert!(at.iter().any(|p| p.starts_with("/start/sessions/0")), "{at:?}");
    let room = body["errors"].as_array().unwrap().iter().find(|e| e["pointer"] == "/rooms/0/site").unwrap();
    assert_eq!(room["path"], "/rooms/hall/site");
}

#[tokio::test]
async fn wrong_options_alone_are_an_invalid_request() {
    let service = Service::start();
    for options in [
        json!({ "seconds": 0 }),
        json!({ "seconds": "30" }),
        json!({ "rounds": -1 }),
        json!({ "threads": 1.5 }),
        json!({ "seed": -1 }),
        json!({ "target_gap": 2 }),
        json!([]),
    ] {
        let mut request = short();
        request["options"] = options;
        let (status, body) = refused(&service, "/v1/solves", request.to_string()).await;
        assert_eq!((status, &body["code"]), (422, &json!("invalid-request")), "{request}");
    }
    let (status, body) = refused(&service, "/v1/solves", "[]").await;
    assert_eq!((status, &body["code"]), (422, &json!("invalid-request")));
    let twice = "{\"problem\": null, \"problem\": null}";
    let (status, body) = refused(&service, "/v1/solves", twice).await;
    assert_eq!(status, 422);
    assert!(body["errors"].as_array().unwrap().iter().any(|e| e["code"] == "duplicate-field"), "{body}");
}

#[tokio::test]
async fn contradicting_pins_are_told_before_anything_is_queued() {
    let service = Service::start();
    let mut request = short();
    let pin = |order: &str, participant: &str| {
        json!({
            "id": format!("{order}/1"), "order": order, "participants": [participant], "clinicians": ["ana"],
            "room": "office", "start": "2026-11-30T10:00:00-05:00", "pinned": true,
        })
    };
    request["problem"]["previous"] = json!([pin("p1-individual", "p1"), pin("p3-individual", "p3")]);
    let (status, body) = refused(&service, "/v1/solves", request.to_string()).await;
    assert_eq!((status, &body["code"]), (422, &json!("pins-contradict")));
    assert!(body["violations"].as_array().unwrap().iter().any(|v| v["rule"] == "H7"), "{body}");
}

#[tokio::test]
async fn what_is_too_large_is_413() {
    let service = Service::start();
    let (status, body) = refused(&service, "/v1/check", vec![b' '; (64 << 20) + 1]).await;
    assert_eq!((status, &body["code"]), (413, &json!("too-large")));
    // The service goes on.
    assert_eq!(service.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_problem_above_the_limits_is_422_too_large() {
    let service = Service::start();
    let mut request = short();
    request["problem"]["sites"][0]["name"] = json!("x".repeat(2000));
    let (status, body) = refused(&service, "/v1/solves", request.to_string()).await;
    assert_eq!((status, &body["code"]), (422, &json!("too-large")));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_a_wrong_method_405() {
    let service = Service::start();
    let nobody = "/v1/solves/00000000-0000-0000-0000-000000000000";
    for path in ["/v1", "/v1/solves/1", nobody, &format!("{nobody}/calendar"), &format!("{nobody}/events")] {
        let response = service.get(path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(problem_details(response).await["code"], "not-found");
    }
    assert_eq!(service.delete(nobody).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let response = service.delete("/v1/check").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(problem_details(response).await["code"], "method-not-allowed");
}

#[tokio::test]
async fn a_full_queue_is_429_with_the_time_to_wait() {
    let service = Service::start();
    let running = service.submit(&long()).await;
    service.poll(&running, |s| s["status"] == "running").await;
    for _ in 0..100 {
        service.submit(&short()).await;
    }
    let response = service.post("/v1/solves", &short()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(response.headers()["retry-after"].to_str().unwrap().parse::<u32>().is_ok());
    assert_eq!(problem_details(response).await["code"], "queue-full");
}
