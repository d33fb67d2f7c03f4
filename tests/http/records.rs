//! Records of participants and secrets of what is sent, where a key is configured: what is on the disk, and how keys are changed.

use std::{
    path::Path,
    process::{Command, Output},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    Service,
    durable::Worker,
    fixture,
    receiver::{Message, Receiver},
    testing,
    webhooks::signed,
};

const OLD: &str = "2025 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
const NEW: &str = "2026 ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
const WHO: &str = "/v1/programs/north/participants/p1";

/// A file of keys.
struct Keys(TempDir);

impl Keys {
    fn new(text: &str) -> Self {
        let keys = Keys(TempDir::new().unwrap());
        keys.become_these(text);
        keys
    }

    fn become_these(&self, text: &str) {
        std::fs::write(self.0.path().join("keys"), text).unwrap();
    }

    fn path(&self) -> String {
        self.0.path().join("keys").display().to_string()
    }

    fn serve(&self, database: &str) -> Service {
        self.serve_with(database, &["--workers", "0"])
    }

    fn serve_with(&self, database: &str, args: &[&str]) -> Service {
        let keys = ["--record-key-file", &self.path()];
        Service::over(database, TempDir::new().unwrap(), &[&keys, args].concat())
    }

    fn rekey(&self, database: &str) -> Output {
        careweave(&["rekey", "--record-key-file", &self.path(), "--database", database])
    }
}

fn careweave(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_careweave")).args(args).output().unwrap()
}

fn encrypted(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["encrypted"].take()
}

async fn programme(service: &Service) {
    let made = service.post("/v1/programs", &json!({ "id": "north", "name": "North" })).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let imported = service.post("/v1/programs/north/import", &fixture("tiny.json")).send().await.unwrap();
    assert_eq!(imported.status(), StatusCode::OK);
    let put = service.patch(WHO, &json!({ "record": { "name": "Maria Gonzalez", "phone": "555 0100" } }));
    assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
}

async fn name(service: &Service) -> Value {
    service.json(WHO).await["record"]["name"].take()
}

/// Whether a name stands in any file beside the database.
fn on_disk(database: &str, name: &str) -> bool {
    let file = Path::new(database.trim_start_matches("sqlite://"));
    let files = std::fs::read_dir(file.parent().unwrap()).unwrap();
    let contents = files.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    contents.into_iter().any(|bytes| bytes.windows(name.len()).any(|w| w == name.as_bytes()))
}

#[tokio::test]
async fn with_a_key_no_name_is_on_the_disk_and_without_it_the_service_does_not_start() {
    let keys = Keys::new(OLD);
    for scratch in testing::both() {
        let service = keys.serve(&scratch.address);
        programme(&service).await;
        assert_eq!(name(&service).await, "Maria Gonzalez");
        let all = service.json(&format!("{WHO}/records")).await;
        assert_eq!(all["record"]["phone"], "555 0100");
        // A patch merges with what is encrypted.
        let patch = service.patch(WHO, &json!({ "record": { "language": "es" } }));
        assert_eq!(patch.send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(service.json(WHO).await["record"]["phone"], "555 0100");
        let names = service.json("/v1/programs/north/names").await;
        assert_eq!(
            names["items"],
            json!([{ "participant": "p1", "initials": "M.G.", "name": "Maria Gonzalez", "language": "es" }])
        );
        drop(service);
        if scratch.address.starts_with("sqlite") {
            assert!(on_disk(&scratch.address, "North") && !on_disk(&scratch.address, "Maria"));
        }
        let other = Keys::new(NEW);
        let misnamed = Keys::new(&NEW.replace("2026", "2025"));
        for (args, why) in [
            (&[][..], "2025"),
            (&["--record-key-file", &other.path()], "2025"),
            (&["--record-key-file", &misnamed.path()], "2025"),
        ] {
            let serve = ["serve", "--listen", "127.0.0.1:0", "--database", &scratch.address];
            let refused = careweave(&[&serve, args].concat());
            let told = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(2), "{told}");
            assert!(told.contains(why) && told.contains("--record-key-file"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_key_is_changed_while_the_service_runs_and_the_old_one_is_needed_no_more() {
    for scratch in testing::both() {
        let keys = Keys::new(OLD);
        programme(&keys.serve(&scratch.address)).await;
        // First the service learns the new key, then everything is encrypted with it, then the old one goes.
        keys.become_these(&format!("{NEW}{OLD}"));
        let service = keys.serve(&scratch.address);
        let patch = service.patch("/v1/programs/north/participants/p2", &json!({ "record": { "name": "Tom" } }));
        assert_eq!(patch.send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(encrypted(&keys.rekey(&scratch.address)), 1); // p2's was written with the new one
        assert_eq!(name(&service).await, "Maria Gonzalez");
        assert_eq!(encrypted(&keys.rekey(&scratch.address)), 0);
        drop(service);
        keys.become_these(NEW);
        assert_eq!(name(&keys.serve(&scratch.address)).await, "Maria Gonzalez");
    }
}

#[tokio::test]
async fn what_was_kept_in_the_clear_is_encrypted_and_leaves_no_trace_in_the_file() {
    let scratch = testing::sqlite();
    let plain = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "0"]);
    programme(&plain).await;
    drop(plain);
    assert!(on_disk(&scratch.address, "Maria"));
    let keys = Keys::new(NEW);
    assert_eq!(encrypted(&keys.rekey(&scratch.address)), 1);
    assert!(!on_disk(&scratch.address, "Maria"));
    assert_eq!(name(&keys.serve(&scratch.address)).await, "Maria Gonzalez");
    // Whoever was erased is gone, encrypted or not.
    let service = keys.serve(&scratch.address);
    assert_eq!(service.delete(&format!("{WHO}/records")).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(service.get(WHO).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

/// A message whose line begins like this, once it has come.
async fn message(receiver: &Receiver, line: &str) -> Message {
    loop {
        if let Some(message) = receiver.got().into_iter().find(|m| m.line.starts_with(line)) {
            return message;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn secrets_of_what_is_sent_are_sealed_too_used_all_the_same_and_left_alone_by_a_worker_without_the_key() {
    let keys = Keys::new(OLD);
    for scratch in testing::both() {
        let receiver = Receiver::start(&[200]);
        let allowed = ["--outbound-allow", &receiver.address.to_string()];
        // What is sent by a worker that lacks the key would never arrive: it can't sign.
        let worker = Worker::with(&scratch.address, &allowed);
        let service =
            keys.serve_with(&scratch.address, &[&["--workers", "0"], &allowed[..]].concat()).with_draft().await;
        let hook = json!({ "url": receiver.url("/hook"), "events": ["week.published"] });
        let secret = service.done("/v1/programs/north/webhooks", &hook).await["secret"].as_str().unwrap().to_owned();
        let collection = json!({ "url": receiver.url("/dav/"), "username": "careweave", "password": "open sesame" });
        service.done("/v1/programs/north/caldav", &collection).await;
        let theirs = json!({ "participant": "p1", "url": receiver.url("/maria.ics") });
        let made = service.done("/v1/programs/north/busy/subscriptions", &theirs).await;
        assert_eq!(made["host"], "127.0.0.1");
        assert_eq!(service.json("/v1/programs/north/busy").await["items"][0]["host"], "127.0.0.1");
        service.done("/v1/programs/north/weeks/2026-11-30/publish", &json!({})).await;

        assert_eq!(signed(&message(&receiver, "POST /hook").await, &secret)["type"], "week.published");
        let put = message(&receiver, "PUT /dav/").await;
        assert_eq!(put.headers["authorization"], format!("Basic {}", STANDARD.encode("careweave:open sesame")));
        message(&receiver, "GET /maria.ics").await;
        if scratch.address.starts_with("sqlite") {
            let bare = secret.trim_start_matches("whsec_");
            for secret in [bare, "open sesame", "maria.ics"] {
                assert!(!on_disk(&scratch.address, secret), "{secret}");
            }
            assert!(on_disk(&scratch.address, &receiver.url("/hook")));
        }
        let log = worker.log.lock().unwrap().clone();
        assert!(!log.contains("outside"), "{log}");
    }
}
