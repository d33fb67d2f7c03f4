//! `/v1/explain` and `/v1/recommend`.

use serde_json::{Value, json};

use super::{Service, fixture, problem_details};

#[tokio::test]
async fn every_unmet_order_of_an_empty_calendar_is_explained() {
    let service = Service::start();
    let body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] } });
    let told: Value = service.post("/v1/explain", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["unmet"].as_array().unwrap().len(), 6, "{told}");
    for order in told["unmet"].as_array().unwrap() {
        let counts = order["reasons"].as_array().unwrap().iter().map(|r| r["count"].as_u64().unwrap());
        assert_eq!(counts.sum::<u64>(), order["places"].as_u64().unwrap(), "{order}");
    }
    let one = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "order": "p2-individual" });
    let told: Value = service.post("/v1/explain", &one).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["unmet"][0]["order"], "p2-individual");
}

#[tokio::test]
async fn places_are_recommended_for_an_order() {
    let service = Service::start();
    let body =
        json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "order": "p1-individual", "top": 2 });
    let found: Value = service.post("/v1/recommend", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!((&found["order"], found["places"].as_array().unwrap().len()), (&json!("p1-individual"), 2), "{found}");
}

#[tokio::test]
async fn what_is_wrong_with_the_question_is_told_at_once() {
    let service = Service::start();
    let details = problem_details(service.post("/v1/recommend", &json!({ "top": 0 })).send().await.unwrap()).await;
    let pointers: Vec<_> =
        details["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/problem", "/calendar", "/order", "/top"]);
    let body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "order": "nobody" });
    let response = service.post("/v1/explain", &body).send().await.unwrap();
    assert_eq!(response.status(), 422);
    assert_eq!(problem_details(response).await["errors"][0]["code"], "unknown-id");
}
