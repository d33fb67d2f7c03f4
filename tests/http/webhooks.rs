//! Webhooks: told what happens, signed, again where they did not hear it, once where several services share a database.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;

use super::{
    Service, fixture, problem_details,
    receiver::{Message, Receiver},
    testing,
};

const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";
const HOOKS: &str = "/v1/programs/north/webhooks";

/// A service that may reach the receiver.
fn reaching(database: &str, receiver: &Receiver) -> Service {
    let allowed = receiver.address.to_string();
    Service::over(database, TempDir::new().unwrap(), &["--workers", "1", "--outbound-allow", &allowed])
}

/// The message of a webhook, once its signature is found right.
pub(super) fn signed(message: &Message, secret: &str) -> Value {
    let header = |name: &str| message.headers[name].clone();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), message.body).as_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    assert_eq!(header("content-type"), "application/json");
    serde_json::from_str(&message.body).unwrap()
}

#[tokio::test]
async fn a_webhook_that_fails_first_hears_it_again_and_what_it_heard_can_be_looked_at_and_replayed() {
    for scratch in testing::both() {
        let receiver = Receiver::start(&[500, 200]);
        let service = reaching(&scratch.address, &receiver);
        service.done("/v1/programs", &json!({ "id": "north", "name": "North" })).await;
        let made = service.done(HOOKS, &json!({ "url": receiver.url("/told?by=careweave") })).await;
        let (hook, secret) = (format!("{HOOKS}/{}", made["id"].as_str().unwrap()), made["secret"].as_str().unwrap());
        assert_eq!(made["events"], json!(["week.published", "solve.finished"]));
        service.done("/v1/programs/north/import", &fixture("tiny.json")).await;
        service.solve(WEEK).await;

        let got = receiver.wait(2).await;
        assert_eq!(got[0].line, "POST /told?by=careweave");
        let told = signed(&got[0], secret);
        assert_eq!((&told["type"], &told["data"]["status"]), (&json!("solve.finished"), &json!("finished")));
        assert_eq!((&told["data"]["program"], &told["data"]["week"]), (&json!("north"), &json!("2026-11-30")));
        assert_eq!(signed(&got[1], secret), told);
        assert_eq!(got[0].headers["webhook-id"], got[1].headers["webhook-id"]);

        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        let got = receiver.wait(3).await;
        let told = signed(&got[2], secret);
        assert_eq!(told["type"], "week.published");
        assert_eq!(told["data"], json!({ "program": "north", "week": "2026-11-30", "version": 1 }));

        let all = |log: &Value| log["items"].as_array().unwrap().iter().all(|d| d["status"] == "delivered");
        let log = service.poll(&format!("{hook}/deliveries"), all).await;
        let brief: Vec<Value> = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| json!([d["event"], d["tries"], d["answer"], d["id"]]))
            .collect();
        let id = |k: usize| got[k].headers["webhook-id"].clone();
        assert_eq!(brief[0], json!(["week.published", 1, "answered 200", id(2)]));
        assert_eq!(brief[1], json!(["solve.finished", 2, "answered 200", id(0)]));

        // Again: the same message with the same id.
        let again = service.done(&format!("{hook}/deliveries/{}/replay", id(2)), &json!({})).await;
        assert_eq!(again["status"], "waiting");
        let got = receiver.wait(4).await;
        assert_eq!((signed(&got[3], secret), &got[3].headers["webhook-id"]), (told, &id(2)));
        let none = service.post(&format!("{hook}/deliveries/nothing/replay"), &json!({})).send().await.unwrap();
        assert_eq!(none.status(), StatusCode::NOT_FOUND);

        // The secret was shown once; nothing of anybody is told.
        for shown in [service.json(HOOKS).await, service.json(&hook).await] {
            assert!(!shown.to_string().contains("whsec_"), "{shown}");
        }
        let log = service.log.lock().unwrap().clone();
        assert!(!log.contains(secret) && !log.contains("told?by"), "{log}");

        // Told nothing while it rests, and nothing once it is gone.
        let rests: Value =
            service.patch(&hook, &json!({ "active": false })).send().await.unwrap().json().await.unwrap();
        assert_eq!((&rests["active"], &rests["url"]), (&json!(false), &made["url"]));
        service.done(&format!("{WEEK}/versions/1/restore"), &json!({})).await;
        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        let log = service.json(&format!("{hook}/deliveries")).await;
        assert_eq!(log["items"].as_array().unwrap().len(), 2);
        assert_eq!(service.delete(&hook).send().await.unwrap().status(), StatusCode::NO_CONTENT);
        assert_eq!(service.get(&hook).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn several_services_on_one_database_tell_each_thing_once() {
    let scratch = testing::postgres();
    let receiver = Receiver::start(&[200]);
    let services = [reaching(&scratch.address, &receiver), reaching(&scratch.address, &receiver)];
    services[0].done("/v1/programs", &json!({ "id": "north", "name": "North" })).await;
    let mut hooks = Vec::new();
    for _ in 0..10 {
        let made = services[0].done(HOOKS, &json!({ "url": receiver.url("/"), "events": ["week.published"] })).await;
        hooks.push(made["id"].as_str().unwrap().to_owned());
    }
    services[1].done("/v1/programs/north/import", &fixture("tiny.json")).await;
    services[1].solve(WEEK).await;
    for k in 0..3 {
        services[k % 2].done(&format!("{WEEK}/publish"), &json!({})).await;
    }
    for hook in &hooks {
        let done =
            |log: &Value| log["items"].as_array().unwrap().iter().filter(|d| d["status"] == "delivered").count() == 3;
        services[0].poll(&format!("{HOOKS}/{hook}/deliveries"), done).await;
    }
    let got = receiver.got();
    let ids: BTreeSet<&String> = got.iter().map(|m| &m.headers["webhook-id"]).collect();
    assert_eq!((got.len(), ids.len()), (30, 30));
}

#[tokio::test]
async fn a_webhook_is_made_only_of_an_address_that_may_be_reached() {
    let service = Service::start();
    service.done("/v1/programs", &json!({ "id": "north", "name": "North" })).await;
    for (body, code) in [
        (json!({}), "missing-field"),
        (json!({ "url": 7 }), "wrong-type"),
        (json!({ "url": "http://example.org/" }), "invalid-address"),
        (json!({ "url": "https://127.0.0.1/" }), "invalid-address"),
        (json!({ "url": "https://[::ffff:192.168.1.1]/" }), "invalid-address"),
        (json!({ "url": "https://169.254.169.254/latest" }), "invalid-address"),
        (json!({ "url": "https://a:b@example.org/" }), "invalid-address"),
        (json!({ "url": "https://example.org/", "events": ["week.burnt"] }), "unknown-value"),
        (json!({ "url": "https://example.org/", "events": [] }), "unknown-value"),
        (json!({ "url": "https://example.org/", "active": "yes" }), "wrong-type"),
        (json!({ "url": "https://example.org/", "colour": "red" }), "unknown-field"),
    ] {
        let refused = problem_details(service.post(HOOKS, &body).send().await.unwrap()).await;
        assert_eq!((&refused["status"], &refused["errors"][0]["code"]), (&json!(422), &json!(code)), "{body}");
    }
    for _ in 0..20 {
        service.done(HOOKS, &json!({ "url": "https://example.org/", "active": false })).await;
    }
    let refused = service.post(HOOKS, &json!({ "url": "https://example.org/" })).send().await.unwrap();
    assert_eq!(problem_details(refused).await["code"], "too-many");
    assert_eq!(service.json(HOOKS).await["items"].as_array().unwrap().len(), 20);
}
