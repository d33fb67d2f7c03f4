//! What is outside goes away for a while: the database server, the space on the disk. Nothing is lost.
#![cfg(unix)]

use std::process::Command;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    Service,
    durable::{Worker, of_seconds, wait_for},
    problem_details, short, testing,
};

/// A refusal of who can't write for now.
async fn unavailable(response: Response) {
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers()["retry-after"].to_str().unwrap().parse::<u32>().is_ok());
    assert_eq!(problem_details(response).await["code"], "store-unavailable");
}

/// Waits for the ends of solves, each with its calendar.
async fn all_finish(service: &Service, paths: &[String]) {
    for path in paths {
        let solve = service.poll(path, |s| s["status"] == "finished" || s["status"] == "failed").await;
        assert_eq!(solve["status"], "finished", "{solve}");
        let calendar = service.json(&format!("{path}/calendar")).await;
        assert_eq!(calendar["objective"], solve["objective"]);
    }
}

#[tokio::test]
async fn a_database_server_that_goes_away_for_a_while_costs_patience_and_nothing_else() {
    let server = testing::Server::start();
    let database = server.database().address;
    let service = Service::over(&database, TempDir::new().unwrap(), &["--workers", "0"]);
    let worker = Worker::with(&database, &[]);
    let mut paths = vec![service.submit(&of_seconds(2.0)).await];
    for _ in 0..3 {
        paths.push(service.submit(&short()).await);
    }
    service.poll(&paths[0], |s| s["objective"].is_u64()).await;
    server.fall();
    assert_eq!(service.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(service.get("/readyz").send().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    let submit = || service.post("/v1/solves", &short()).header("idempotency-key", "once").send();
    unavailable(submit().await.unwrap()).await;
    // The search is over meanwhile, and its answer waits.
    wait_for(&worker.log, "the end is not written yet").await;
    server.rise();
    all_finish(&service, &paths).await;
    let log = worker.log.lock().unwrap().clone();
    assert!(!log.contains("attempt=2"), "nobody has solved again what was solved: {log}");
    assert_eq!(service.get("/readyz").send().await.unwrap().status(), StatusCode::OK);
    // Who was refused asks again, and again: it is one solve.
    let id = async || submit().await.unwrap().json::<Value>().await.unwrap()["id"].clone();
    let first = id().await;
    assert_eq!(id().await, first);
    // What was answered is in the audit, before the outage and after it.
    let accepted = |e: &&Value| e["action"] == "POST /v1/solves" && e["status"] == 202;
    service
        .poll("/v1/audit?limit=1000", |audit| {
            audit["items"].as_array().unwrap().iter().filter(accepted).count() > paths.len()
        })
        .await;
}

/// From now on the process can write so many bytes into a file.
fn limit(service: &Service, bytes: &str) {
    let size = format!("--fsize={bytes}:unlimited");
    let done = Command::new("prlimit").args(["--pid", &service.child.id().to_string(), &size]).status().unwrap();
    assert!(done.success(), "prlimit, of util-linux");
}

/// A service that gets an error, not a signal, for writing more than it may.
fn limited(database: &str) -> Service {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_careweave")]);
    Service::by(command, database, TempDir::new().unwrap(), &["--workers", "1", "--lease", "2"])
}

#[tokio::test]
async fn a_disk_that_is_full_for_a_while_costs_patience_and_nothing_else() {
    let scratch = testing::sqlite();
    let mut service = limited(&scratch.address);
    let made = service.post("/v1/programs", &json!({ "id": "north", "name": "North" })).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let mut paths = vec![service.submit(&of_seconds(1.5)).await, service.submit(&short()).await];
    service.poll(&paths[0], |s| s["objective"].is_u64()).await;
    limit(&service, "0");
    unavailable(service.post("/v1/solves", &short()).send().await.unwrap()).await;
    unavailable(service.put("/v1/programs/north", &json!({ "name": "South" })).send().await.unwrap()).await;
    // What is there can be read all the same.
    assert_eq!(service.json("/v1/programs/north").await["name"], "North");
    wait_for(&service.log, "the end is not written yet").await;
    limit(&service, "unlimited");
    all_finish(&service, &paths).await;
    let put = service.put("/v1/programs/north", &json!({ "name": "South" })).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);

    // The same, but killed while the disk is full.
    paths.push(service.submit(&of_seconds(1.5)).await);
    paths.push(service.submit(&short()).await);
    service.poll(&paths[2], |s| s["objective"].is_u64()).await;
    limit(&service, "0");
    unavailable(service.post("/v1/solves", &short()).send().await.unwrap()).await;
    service.child.kill().unwrap(); // SIGKILL
    service.child.wait().unwrap();
    let next = limited(&scratch.address);
    all_finish(&next, &paths).await;
    assert_eq!(next.json("/v1/programs/north").await["name"], "South");
}
