//! `/v1/censuses` and `/v1/purchases`.

use reqwest::StatusCode;
use serde_json::json;

use super::{Service, fixture, problem_details};

#[tokio::test]
async fn a_census_and_a_purchase_are_queued_polled_and_end_with_their_answer() {
    let service = Service::start();
    let (problem, options) = (fixture("tiny.json"), json!({ "rounds": 6 }));
    for (path, body, answer, expected) in [
        (
            "/v1/censuses",
            json!({ "problem": problem, "profiles": fixture("whatif/tiny.profiles.json"), "options": options }),
            "additional",
            json!(4),
        ),
        (
            "/v1/purchases",
            json!({ "problem": problem, "prices": fixture("whatif/tiny.prices.json"), "options": options }),
            "cost",
            json!(100),
        ),
    ] {
        let response = service.post(path, &body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with(path));
        let ended = service.poll(&location, |job| job["status"] == "finished" || job["status"] == "failed").await;
        assert_eq!(ended[answer], expected, "{ended}");
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_profiles_or_prices_is_told_at_once() {
    let service = Service::start();
    let problem = fixture("tiny.json");
    for (path, body, pointers) in [
        (
            "/v1/censuses",
            json!({ "problem": problem, "profiles": { "profiles": [{ "participant": "nobody" }], "site": "x" } }),
            vec!["/profiles/profiles/0/participant", "/profiles/site"],
        ),
        (
            "/v1/purchases",
            json!({ "problem": problem, "prices": { "prices": [{ "id": "a", "cost": 1, "edits": [{ "remove": "/rooms/attic" }] }] }, "options": { "seed": "x" } }),
            vec!["/options/seed", "/prices/prices/0/edits/0"],
        ),
    ] {
        let response = service.post(path, &body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let told = problem_details(response).await;
        let errors = told["errors"].as_array().unwrap();
        let mut found: Vec<&str> = errors.iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, pointers);
    }
}
