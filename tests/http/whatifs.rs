//! `/v1/whatifs`: scenarios compared beside the service.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, fixture, problem_details};

fn request(problem: &str, scenarios: Value, options: Value) -> Value {
    json!({ "problem": fixture(problem), "scenarios": scenarios, "options": options })
}

#[tokio::test]
async fn a_comparison_is_queued_polled_and_ends_with_base_and_scenarios() {
    let service = Service::start();
    for scenarios in [fixture("whatif/tiny.scenarios.json"), fixture("whatif/tiny.scenarios.json")["scenarios"].clone()]
    {
        let body = request("tiny.json", scenarios, json!({ "rounds": 5 }));
        let response = service.post("/v1/whatifs", &body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let queued: Value = response.json().await.unwrap();
        assert_eq!(location, format!("/v1/whatifs/{}", queued["id"].as_str().unwrap()));
        let ended = service.poll(&location, |job| job["status"] == "finished").await;
        assert_eq!(ended["objective"], ended["base"]["objective"]);
        let scenarios = ended["scenarios"].as_array().unwrap();
        assert_eq!(scenarios.len(), 3);
        assert_eq!(scenarios[0]["verdict"]["kind"], "proven");
        assert_eq!(scenarios[2]["errors"].as_array().unwrap().len(), 2);
        let events = service.get(&format!("{location}/events")).send().await.unwrap().text().await.unwrap();
        assert!(events.contains("event: finished"), "{events}");
        // It is no solve.
        let id = queued["id"].as_str().unwrap();
        let status = service.get(&format!("/v1/solves/{id}")).send().await.unwrap().status();
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_comparison_is_told_at_once() {
    let service = Service::start();
    let scenarios = json!([{ "id": "a", "edits": [{ "set": "/rooms/hall/capacity" }] }, { "edits": [] }]);
    let body = request("tiny.json", scenarios, json!({ "rounds": -1, "budget": 3 }));
    let response = service.post("/v1/whatifs", &body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told = problem_details(response).await;
    let mut pointers: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/options/budget", "/options/rounds", "/scenarios/0/edits/0", "/scenarios/1"]);
}

#[tokio::test]
async fn delete_stops_a_comparison_and_keeps_what_is_solved() {
    let service = Service::start();
    let scenarios = json!([{ "id": "a", "edits": [] }, { "id": "b", "edits": [] }]);
    let body = request("evening.json", scenarios, json!({ "seconds": 3600 }));
    let response = service.post("/v1/whatifs", &body).send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    service.poll(&location, |job| job["objective"].is_u64()).await;
    let response = service.delete(&location).send().await.unwrap();
    assert!(matches!(response.status(), StatusCode::OK | StatusCode::ACCEPTED));
    let stopped = service.poll(&location, |job| job["status"] == "stopped").await;
    assert!(!stopped["base"]["calendar"]["sessions"].as_array().unwrap().is_empty());
    assert_eq!(stopped["scenarios"][1]["errors"][0]["code"], "stopped");
    let erased = service.delete(&format!("{location}?erase=true")).send().await.unwrap();
    assert_eq!(erased.status(), StatusCode::NO_CONTENT);
    assert_eq!(service.get(&location).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn kill_9_in_the_middle_of_a_comparison_keeps_the_scenarios_that_are_solved() {
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    let args = ["--workers", "1", "--lease", "2"];
    let mut service = Service::over(&database, TempDir::new().unwrap(), &args);
    let scenarios: Vec<Value> = (1..=5)
        .map(|k| json!({ "id": format!("s{k}"), "edits": [{ "copy": format!("/participants/s1-p{k}") }] }))
        .collect();
    let body = request("evening.json", json!(scenarios), json!({ "rounds": 100 }));
    let response = service.post("/v1/whatifs", &body).send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let solved = |job: &Value, id: &str| {
        let steps = job["steps"].as_array().cloned().unwrap_or_default();
        steps.iter().any(|step| step["id"] == id && step["stage"] != "solving")
    };
    let before = service.poll(&location, |job| solved(job, "s1")).await;
    assert!(before.get("kept").is_none(), "{before}");
    service.child.kill().unwrap(); // SIGKILL
    service.child.wait().unwrap();
    let next = Service::over(&database, TempDir::new().unwrap(), &args);
    let ended = next.poll(&location, |job| job["status"] == "finished" || job["status"] == "failed").await;
    let log = next.log.lock().unwrap().clone();
    let goes_on =
        log.lines().find(|line| line.contains("goes on from what was solved before")).expect("a line of the log");
    let calendars = goes_on.split("calendars=").nth(1).and_then(|n| n.split_whitespace().next()?.parse::<u32>().ok());
    assert!(calendars >= Some(3), "{goes_on}"); // twice the base, and the first scenario
    assert_eq!(ended["status"], "finished");
    let all = ended["scenarios"].as_array().unwrap();
    assert!(all.len() == 5 && all.iter().all(|s| s["verdict"]["kind"].is_string()), "{ended}");
}

#[tokio::test]
async fn what_becomes_of_each_calendar_is_drawn_where_rates_come_along() {
    let service = Service::start();
    let mut body = request("tiny.json", fixture("whatif/tiny.scenarios.json"), json!({ "rounds": 3 }));
    body["uncertainty"] = fixture("whatif/tiny.rates.json");
    let response = service.post("/v1/whatifs", &body).send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let ended = service.poll(&location, |job| job["status"] == "finished").await;
    let told = &ended["scenarios"][0]["uncertainty"];
    assert_eq!((&told["draws"], &told["published"][0]["measure"]), (&json!(20), &json!("delivered_share")), "{told}");
    assert!(told["replanned"][0]["difference"]["mean"].is_number(), "{told}");
    body["uncertainty"] = json!({ "no_show": 7, "illnesses": [{ "clinician": "nobody", "rate": 0.1 }] });
    let refused = problem_details(service.post("/v1/whatifs", &body).send().await.unwrap()).await;
    assert_eq!(refused["errors"][0]["pointer"], "/uncertainty/no_show");
}
