//! CalDAV: a real server, Radicale, holds what is published: put, changed, taken away, also after it was away for a while.

use std::{
    collections::BTreeMap,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, problem_details, readers::events};

const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";
const CALDAV: &str = "/v1/programs/north/caldav";

/// A server of this test; dropping it ends it.
struct Radicale {
    folder: TempDir,
    port: u16,
    child: Child,
    client: Client,
}

impl Radicale {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("users"), "careweave:secret word\n").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Radicale::run(port, folder.path());
        let server = Radicale { folder, port, child, client: crate::client() };
        server.ready().await;
        let made = server.ask("MKCALENDAR", "").await;
        assert_eq!(made.0, StatusCode::CREATED, "{}", made.1);
        server
    }

    fn run(port: u16, folder: &Path) -> Child {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/run.sh");
        let mut command = Command::new(script);
        command.args(["radicale_server.py", &port.to_string(), folder.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    async fn ready(&self) {
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/careweave/week/", self.port)
    }

    async fn ask(&self, method: &str, name: &str) -> (StatusCode, String) {
        let request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url() + name);
        let response = request.basic_auth("careweave", Some("secret word")).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// The events of the collection, as an independent reader finds them.
    async fn events(&self) -> BTreeMap<String, Value> {
        let (status, text) = self.ask("GET", "").await;
        assert_eq!(status, StatusCode::OK, "{text}");
        if text.contains("BEGIN:VEVENT") { events("ics.py", &text) } else { BTreeMap::new() }
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Radicale {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Service {
    /// Waits until the collection has all that is published.
    async fn written(&self, path: &str, count: usize) -> Value {
        self.poll(path, |c| c["sync"]["status"] == "delivered" && c["events"] == json!(count)).await
    }
}

#[tokio::test]
async fn a_real_server_holds_the_published_week_through_changes_and_outages() {
    let mut radicale = Radicale::start().await;
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    let allowed = format!("127.0.0.1:{}", radicale.port);
    let service =
        Service::over(&database, folder, &["--workers", "1", "--outbound-allow", &allowed]).with_draft().await;
    let wish = json!({ "url": radicale.url(), "username": "careweave", "password": "secret word" });
    let made = service.done(CALDAV, &wish).await;
    let path = format!("{CALDAV}/{}", made["id"].as_str().unwrap());
    service.written(&path, 0).await;

    // Published: as a feed shows it.
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let published = service.json(WEEK).await["published"].clone();
    let count = published["sessions"].as_array().unwrap().len();
    service.written(&path, count).await;
    let feed = service.done("/v1/programs/north/feeds", &json!({ "clinician": "ana", "consent": true })).await;
    let feed = async || {
        let text = service.client.get(feed["url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
        let mut all = events("ics.py", &text);
        all.retain(|_, event| event["status"] != "CANCELLED");
        all
    };
    assert_eq!(radicale.events().await, feed().await);
    for told in ["p1", "p2", "circle", "Process", "Individual", "North"] {
        assert!(!radicale.ask("GET", "").await.1.contains(told), "{told}");
    }

    // Somebody changes an event there; then a session is called off here.
    let uids: Vec<String> = radicale.events().await.into_keys().collect();
    let name = format!("{}.ics", uids[0]);
    let text = radicale.ask("GET", &name).await.1.replace("SUMMARY:Appointment", "SUMMARY:Lunch");
    let put = radicale.client.put(radicale.url() + &name).basic_auth("careweave", Some("secret word")).body(text);
    assert!(put.send().await.unwrap().status().is_success());
    let mut edited = published.clone();
    let list = edited["sessions"].as_array_mut().unwrap();
    let k = list.iter().position(|s| s["order"].is_string()).unwrap();
    list.remove(k);
    service.put(&format!("{WEEK}/draft"), &edited).send().await.unwrap();
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    service.written(&path, count - 1).await;
    assert_eq!(radicale.events().await.len(), count - 1);

    // Away: the publication stands, and is written once the server is back.
    radicale.stop();
    service.done(&format!("{WEEK}/versions/1/restore"), &json!({})).await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let waiting = service.poll(&path, |c| c["sync"]["answer"].is_string()).await;
    assert_eq!(
        (&waiting["sync"]["status"], &waiting["sync"]["answer"]),
        (&json!("waiting"), &json!("Nobody answers at the address."))
    );
    radicale.child = Radicale::run(radicale.port, radicale.folder.path());
    radicale.ready().await;
    service.post(&format!("{path}/sync"), &json!({})).send().await.unwrap();
    service.written(&path, count).await;
    assert_eq!(radicale.events().await.len(), count);

    // A change of what everybody sees is written into all, whatever became of them there.
    let address = json!({ "address": "9 Oak Lane" });
    service.patch("/v1/programs/north/sites/elm", &address).send().await.unwrap();
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    service
        .poll(&path, |c| {
            c["sync"]["status"] == "delivered" && c["sync"]["answer"] == format!("{count} written, 0 taken away")
        })
        .await;
    assert_eq!(radicale.events().await, feed().await);

    // Nothing shows the password; a wrong one is told.
    let log = service.log.lock().unwrap().clone();
    for shown in [service.json(CALDAV).await.to_string(), service.json(&path).await.to_string(), log] {
        assert!(!shown.contains("secret word"), "{shown}");
    }
    let wrong =
        service.done(CALDAV, &json!({ "url": radicale.url(), "username": "careweave", "password": "guess" })).await;
    let path = format!("{CALDAV}/{}", wrong["id"].as_str().unwrap());
    let failing = service.poll(&path, |c| c["sync"]["answer"].is_string()).await;
    assert!(failing["sync"]["answer"].as_str().unwrap().contains("401"), "{failing}");
    assert_eq!(service.delete(&path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(service.get(&path).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_collection_is_somewhere_that_may_be_reached() {
    let service = Service::start().with_draft().await;
    let wish = |url: &str| json!({ "url": url, "username": "a", "password": "b" });
    for (body, code) in [
        (json!({}), "missing-field"),
        (wish("http://example.org/a/"), "invalid-address"),
        (wish("https://10.1.1.1/a/"), "invalid-address"),
        (json!({ "url": "https://example.org/a/", "username": "a:b", "password": "c" }), "invalid-value"),
        (json!({ "url": "https://example.org/a/", "username": 1, "password": "c" }), "wrong-type"),
    ] {
        let refused = problem_details(service.post(CALDAV, &body).send().await.unwrap()).await;
        assert_eq!((&refused["status"], &refused["errors"][0]["code"]), (&json!(422), &json!(code)), "{body}");
    }
    let mut nobody = wish("https://example.org/a/");
    nobody["clinician"] = json!("nobody");
    let refused = problem_details(service.post(CALDAV, &nobody).send().await.unwrap()).await;
    assert_eq!((&refused["status"], &refused["code"]), (&json!(409), &json!("unknown-id")));
    assert_eq!(service.json(CALDAV).await["items"], json!([]));
}
