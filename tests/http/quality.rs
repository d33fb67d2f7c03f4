//! `/v1/quality`.

use serde_json::{Value, json};

use super::{Service, fixture, problem_details};

#[tokio::test]
async fn who_bears_what_is_told_as_json_and_as_a_page() {
    let service = Service::start();
    let body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] } });
    let told: Value = service.post("/v1/quality", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["penalties"][0]["penalty"], "unmet", "{told}");
    assert_eq!(told["penalties"][0]["bearers"].as_array().unwrap().len(), 3, "{told}");
    let page = service.post("/v1/quality", &body).header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().contains("The greatest burdens of participants"));
    let refused = problem_details(service.post("/v1/quality", &json!({})).send().await.unwrap()).await;
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2);
}
