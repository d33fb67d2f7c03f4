//! Records of participants where a key is configured: what is on the disk, and how keys are changed.

use std::{
    path::Path,
    process::{Command, Output},
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, fixture, testing};

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
        let args = ["--workers", "0", "--record-key-file", &self.path()];
        Service::over(database, TempDir::new().unwrap(), &args)
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
