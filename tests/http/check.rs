//! `/v1/check`, `/healthz`, `/`.

use std::{
    net::TcpListener,
    process::{Command, Stdio},
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use super::{Service, client, fixture, problem_details, testing};

#[tokio::test]
async fn a_calendar_is_judged_with_every_violation() {
    let service = Service::start();
    let calendar = json!({ "sessions": [{
        "id": "p1-individual/1", "order": "p1-individual", "participants": ["p1"], "clinicians": ["nobody"],
        "room": "office", "start": "2026-11-30T10:00:00-05:00",
    }] });
    let body = json!({ "problem": fixture("tiny.json"), "calendar": calendar });
    let report: Value = service.post("/v1/check", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(report["feasible"], false);
    assert!(report["violations"].as_array().unwrap().iter().any(|v| v["rule"] == "H4"), "{report}");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let service = Service::start();
    let response = service.post("/v1/check", &json!({})).send().await.unwrap();
    let body = problem_details(response).await;
    let missing: Vec<_> = body["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(missing, ["/problem", "/calendar"]);
}

#[tokio::test]
async fn the_service_says_that_it_lives_and_where_to_go() {
    let service = Service::start();
    let health: Value = service.get("/healthz").send().await.unwrap().json().await.unwrap();
    assert_eq!(health["status"], "ok");
    assert!(service.get("/").send().await.unwrap().text().await.unwrap().contains("/openapi.json"));
}

#[tokio::test]
async fn while_another_process_migrates_the_service_lives_and_is_not_ready() {
    let scratch = testing::postgres();
    let mut other = PgConnection::connect(&scratch.address).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(1667330661)").execute(&mut other).await.unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_careweave"))
        .args(["serve", "--listen", &address.to_string(), "--database", &scratch.address, "--workers", "0"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (_folder, url, log) = (TempDir::new().unwrap(), format!("http://{address}"), Default::default());
    let service = Service { _folder, child, url, client: client(), log };
    let status = async |path: &str| service.get(path).send().await.ok().map(|r| r.status());
    while status("/healthz").await.is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status("/healthz").await, Some(StatusCode::OK));
    assert_eq!(status("/readyz").await, Some(StatusCode::SERVICE_UNAVAILABLE));
    other.close().await.unwrap();
    while status("/readyz").await != Some(StatusCode::OK) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_docs_page_shows_every_operation_and_runs_no_script() {
    let service = Service::start();
    let page = service.get("/docs").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let page = page.text().await.unwrap();
    let api = service.json("/openapi.json").await;
    for operation in api["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values()) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(!page.contains("<script"));
    assert_eq!(service.get("/docs/style.css").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn each_answer_has_a_request_id_that_the_log_knows() {
    let service = Service::start();
    let response = service.get("/v1/solves/someone-s-name?room=secret").send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    loop {
        let log = service.log.lock().unwrap().clone();
        if let Some(line) = log.lines().find(|l| l.contains(&id)) {
            assert!(line.contains("/v1/solves/{id}") && !line.contains("someone-s-name"), "{line}");
            assert!(!line.contains("secret"), "{line}");
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
