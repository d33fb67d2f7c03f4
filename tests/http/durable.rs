//! Solves outlive their workers: real processes, killed with -9, frozen, stopped; on SQLite and on a PostgreSQL of the tests.
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, fixture, testing};

/// Ends of leases are waited for, so they are short.
const LEASE: [&str; 2] = ["--lease", "2"];

/// A worker process; dropping it ends it.
pub(super) struct Worker {
    child: Child,
    pub(super) log: Arc<Mutex<String>>,
}

impl Worker {
    fn start(database: &str) -> Self {
        Worker::with(database, &LEASE)
    }

    pub(super) fn with(database: &str, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_careweave"))
            .args(["worker", "--workers", "1", "--database", database])
            .args(args)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, rest) = (BufReader::new(child.stderr.take().unwrap()).lines(), log.clone());
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|l| rest.lock().unwrap().push_str(&(l + "\n")))
        });
        Worker { child, log }
    }

    fn signal(&self, name: &str) {
        signal(&self.child, name);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "{name}");
}

/// A solve of some seconds.
pub(super) fn of_seconds(seconds: f64) -> Value {
    json!({ "problem": fixture("evening.json"), "options": { "seconds": seconds } })
}

/// The service without workers over a PostgreSQL.
fn front(database: &str) -> Service {
    Service::over(database, TempDir::new().unwrap(), &["--workers", "0", "--lease", "2"])
}

/// How often each event of a solve was told.
async fn events(service: &Service, path: &str) -> (Vec<u64>, usize) {
    let request = service.get(&format!("{path}/events")).header("last-event-id", "0");
    let text = request.send().await.unwrap().text().await.unwrap();
    let ids = text.lines().filter_map(|l| l.strip_prefix("id: ")?.parse().ok()).collect();
    (ids, text.matches("event: finished\n").count())
}

#[tokio::test]
async fn kill_9_in_the_middle_of_20_solves_loses_none_and_each_ends_once() {
    for scratch in testing::both() {
        let args = ["--workers", "2", "--lease", "2"];
        let mut service = Service::over(&scratch.address, TempDir::new().unwrap(), &args);
        let mut paths = Vec::new();
        for _ in 0..20 {
            paths.push(service.submit(&of_seconds(0.5)).await);
        }
        service.poll(&paths[3], |s| s["status"] == "running").await;
        service.child.kill().unwrap(); // SIGKILL
        service.child.wait().unwrap();
        let next = Service::over(&scratch.address, TempDir::new().unwrap(), &args);
        for path in &paths {
            let solve = next.poll(path, |s| s["status"] == "finished" || s["status"] == "failed").await;
            assert_eq!(solve["status"], "finished", "{solve}");
            let calendar: Value = next.get(&format!("{path}/calendar")).send().await.unwrap().json().await.unwrap();
            assert_eq!(calendar["objective"], solve["objective"]);
            let (ids, finished) = events(&next, path).await;
            assert_eq!(finished, 1);
            assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
        }
    }
}

#[tokio::test]
async fn a_killed_workers_solve_goes_on_from_its_best_calendar_on_another() {
    for scratch in testing::both() {
        let service = front(&scratch.address);
        let first = Worker::start(&scratch.address);
        let path = service.submit(&of_seconds(3600.0)).await;
        let seconds = |s: &Value| s["seconds"].as_f64().unwrap_or_default();
        let before = service.poll(&path, |s| seconds(s) > 0.5 && s["objective"].is_u64()).await;
        first.signal("KILL");
        let second = Worker::start(&scratch.address);
        wait_for(&second.log, "attempt=2").await;
        // From the best calendar, and with the time that the first had spent: neither is ever behind where it was.
        let goes_on = |s: &Value| {
            assert!(s["objective"].as_u64().unwrap() <= before["objective"].as_u64().unwrap(), "{before} {s}");
            assert!(seconds(s) >= seconds(&before), "{before} {s}");
            seconds(s) > seconds(&before) + 1.0
        };
        service.poll(&path, goes_on).await;
        service.delete(&path).send().await.unwrap();
        let after = service.poll(&path, |s| s["status"] == "stopped").await;
        goes_on(&after);
        assert_eq!(service.json(&format!("{path}/calendar")).await["objective"], after["objective"]);
    }
}

/// Stops a worker; false if that was in the middle of a change, which with SQLite holds up everybody who has the file.
async fn freeze(service: &Service, worker: &Worker) -> bool {
    worker.signal("STOP");
    let id = format!("p{}", uuid::Uuid::new_v4().simple());
    let change = service.post("/v1/programs", &json!({ "id": id, "name": "Any" })).send();
    let free = tokio::time::timeout(Duration::from_secs(5), change).await.is_ok();
    if !free {
        worker.signal("CONT");
    }
    free
}

#[tokio::test]
async fn a_worker_that_is_frozen_past_its_lease_writes_nothing() {
    for scratch in testing::both() {
        let service = front(&scratch.address);
        let frozen = Worker::start(&scratch.address);
        let path = service.submit(&of_seconds(3600.0)).await;
        service.poll(&path, |s| s["objective"].is_u64()).await;
        while !freeze(&service, &frozen).await {}
        let other = Worker::start(&scratch.address);
        wait_for(&other.log, "attempt=2").await;
        service.delete(&path).send().await.unwrap();
        service.poll(&path, |s| s["status"] == "stopped").await;
        let (before, finished) = events(&service, &path).await;
        assert_eq!(finished, 1);
        frozen.signal("CONT");
        wait_for(&frozen.log, "no longer ours").await;
        assert_eq!(events(&service, &path).await, (before, 1));
    }
}

/// Waits until a log has a text.
pub(super) async fn wait_for(log: &Mutex<String>, text: &str) {
    while !log.lock().unwrap().contains(text) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn sigterm_hands_a_workers_solve_on_and_a_stop_reaches_another_process_within_two_seconds() {
    for scratch in testing::both() {
        let service = front(&scratch.address);
        let mut first = Worker::start(&scratch.address);
        let mut path = service.submit(&of_seconds(3600.0)).await;
        service.poll(&path, |s| s["objective"].is_u64()).await;
        first.signal("TERM");
        assert!(first.child.wait().unwrap().success());
        assert_eq!(service.poll(&path, |_| true).await["status"], "queued");
        let _second = Worker::start(&scratch.address);
        // A machine that does much else at the moment gets another try.
        for tries in 1.. {
            service.poll(&path, |s| s["status"] == "running").await;
            let asked = Instant::now();
            let response = service.delete(&path).send().await.unwrap();
            assert!(matches!(response.status(), StatusCode::OK | StatusCode::ACCEPTED));
            service.poll(&path, |s| s["status"] == "stopped").await;
            let took = asked.elapsed();
            if took < Duration::from_secs(2) {
                break;
            }
            assert!(tries < 5, "stopped only after {took:?}");
            path = service.submit(&of_seconds(3600.0)).await;
        }
    }
}

#[tokio::test]
async fn two_services_of_one_database_know_each_others_solves() {
    for scratch in testing::both() {
        let (one, two) =
            (front(&scratch.address), Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]));
        let path = one.submit(&super::short()).await;
        one.poll(&path, |s| s["status"] == "finished").await;
        assert_eq!(two.poll(&path, |_| true).await["status"], "finished");
    }
}
