//! The HTTP service, by a real client against a port of its own: every route, every error.

mod busy;
mod caldav;
mod capacity;
mod check;
mod due;
mod durable;
mod end;
mod episodes;
mod errors;
mod explain;
mod feeds;
mod feeds_read;
mod fhir;
mod guard;
mod hostile;
mod keys;
mod login;
mod openapi;
mod outages;
mod page;
mod programs;
mod quality;
mod readers;
mod readmissions;
mod receiver;
mod records;
mod referrals;
mod replans;
mod schemas;
mod series;
mod solves;
#[path = "../../src/store/testing.rs"]
mod testing;
mod traces;
mod waiting;
mod walk;
mod webhooks;
mod weeks;
mod whatifs;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A running service; dropping it ends it.
struct Service {
    _folder: TempDir,
    child: Child,
    url: String,
    client: Client,
    log: Arc<Mutex<String>>,
}

/// A client that opens a connection for each request: what a test does between two of them may take longer than the
/// service keeps an idle one open.
fn client() -> Client {
    // Without one no client is made, though it speaks plain HTTP only.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().pool_max_idle_per_host(0).build().unwrap()
}

/// When the tests play: before the week of the fixtures, of which nothing has happened yet.
const NOW: &str = "2026-11-26T09:00:00Z";

impl Service {
    /// With a database of its own, and one worker, so that a second solve waits.
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
        Service::over(&database, folder, &["--workers", "1", "--queue", "100"])
    }

    /// Over a database.
    fn over(database: &str, folder: TempDir, args: &[&str]) -> Self {
        Service::by(Command::new(env!("CARGO_BIN_EXE_careweave")), database, folder, args)
    }

    /// By a command that runs `careweave` with the arguments that follow.
    fn by(mut careweave: Command, database: &str, folder: TempDir, args: &[&str]) -> Self {
        let mut child = careweave
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .args(args)
            .env("CAREWEAVE_NOW", NOW)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let url = lines
            .by_ref()
            .find_map(|l| Some(l.split_once("listening on ")?.1.split_whitespace().next()?.to_owned()))
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let rest = log.clone();
        std::thread::spawn(move || lines.for_each(|l| rest.lock().unwrap().push_str(&(l + "\n"))));
        Service { _folder: folder, child, url, client: client(), log }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).json(body)
    }

    fn put(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.put(format!("{}{path}", self.url)).json(body)
    }

    fn patch(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.patch(format!("{}{path}", self.url)).json(body)
    }

    /// The JSON at a path that is there.
    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let answer = response.json().await.unwrap();
        schemas::judge("get", path, StatusCode::OK, &answer);
        answer
    }

    fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(format!("{}{path}", self.url))
    }

    /// Submits a solve and gives its path.
    async fn submit(&self, body: &Value) -> String {
        let response = self.post("/v1/solves", body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let solve: Value = response.json().await.unwrap();
        assert_eq!(location, format!("/v1/solves/{}", solve["id"].as_str().unwrap()));
        location
    }

    /// Asks until the answer is as awaited.
    async fn poll(&self, path: &str, awaited: impl Fn(&Value) -> bool) -> Value {
        loop {
            let response = self.get(path).send().await.unwrap();
            let status = response.status();
            let solve: Value = response.json().await.unwrap();
            if awaited(&solve) {
                if status == StatusCode::OK {
                    schemas::judge("get", path, status, &solve);
                }
                return solve;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A solve that ends soon.
fn short() -> Value {
    json!({ "problem": fixture("tiny.json"), "options": { "rounds": 5 } })
}

/// A solve that ends only when it is stopped.
fn long() -> Value {
    json!({ "problem": fixture("evening.json"), "options": { "seconds": 3600 } })
}

/// An error's body, once its form is checked.
async fn problem_details(response: Response) -> Value {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    for member in ["type", "title", "detail", "code"] {
        assert!(body[member].is_string(), "{body}");
    }
    body
}
