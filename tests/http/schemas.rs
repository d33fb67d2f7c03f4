//! Answers are what the OpenAPI document says they are: all that the tests get by `Service::json` and `poll`, and here what
//! is asked by POST.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::Validator;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Service, fixture, short};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Fails where an answer is not what the document says of the route.
pub fn judge(method: &str, path: &str, status: StatusCode, answer: &Value) {
    // The document doesn't describe itself.
    let Some(route) = route(path.split('?').next().unwrap()) else { return assert_eq!(path, "/openapi.json") };
    let told = &DOCUMENT["paths"][route][method]["responses"][status.as_str()]["content"];
    let kinds = told.as_object().unwrap_or_else(|| panic!("{method} {route} tells nothing of {status}"));
    let (_, content) = kinds.iter().find(|(kind, _)| kind.ends_with("json")).unwrap();
    let schema = content["schema"].to_string();
    let known = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner).get(&schema).cloned();
    let validator = known.unwrap_or_else(|| {
        let mut whole = content["schema"].clone();
        whole["components"] = DOCUMENT["components"].clone();
        let made = Arc::new(jsonschema::validator_for(&whole).unwrap());
        VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner).insert(schema, made.clone());
        made
    });
    let faults = validator.iter_errors(answer).take(3).map(|e| format!("{}: {e}", e.instance_path()));
    let faults = faults.collect::<Vec<_>>().join("\n");
    assert!(faults.is_empty(), "{method} {route} answers {status} otherwise than the document says\n{faults}");
}

/// The route of the document that a path is of: the one with the fewest parameters.
fn route(path: &str) -> Option<&'static str> {
    let is = |(of, part): (&str, &str)| of == part || of.starts_with('{');
    let fits = |route: &str| {
        route.split('/').count() == path.split('/').count() && route.split('/').zip(path.split('/')).all(is)
    };
    let routes = DOCUMENT["paths"].as_object().unwrap().keys();
    routes.filter(|route| fits(route)).min_by_key(|route| route.matches('{').count()).map(String::as_str)
}

impl Service {
    /// What is answered to a POST that is done.
    async fn asked(&self, path: &str, body: &Value) -> Value {
        let response = self.post(path, body).header("prefer", "wait=60").send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{answer}");
        judge("post", path, status, &answer);
        answer
    }
}

#[tokio::test]
async fn what_is_asked_about_a_calendar_is_answered_as_the_document_says() {
    let service = Service::start();
    let solve = service.submit(&short()).await;
    service.poll(&solve, |s| s["status"] == "finished").await;
    let calendar = service.json(&format!("{solve}/calendar")).await;
    let problem = fixture("tiny.json");
    let session = calendar["sessions"].as_array().unwrap().iter().find(|s| s["order"].is_string()).unwrap();
    let rest: Vec<&Value> =
        calendar["sessions"].as_array().unwrap().iter().filter(|s| s["id"] != session["id"]).collect();
    let rest = json!({ "sessions": rest });
    let of = |calendar: &Value, more: Value| {
        let mut body = json!({ "problem": problem, "calendar": calendar });
        more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
        body
    };
    service.asked("/v1/check", &of(&calendar, json!({}))).await;
    service.asked("/v1/quality", &of(&calendar, json!({}))).await;

    let places = service.asked("/v1/places", &of(&calendar, json!({ "session": session["id"] }))).await;
    assert!(places["places"].as_array().unwrap().iter().any(|p| p["breaks"] != json!([])));
    let columns = json!([{ "room": null }, { "clinician": "ana" }]);
    let places =
        service.asked("/v1/places", &of(&calendar, json!({ "session": session["id"], "columns": columns }))).await;
    assert_eq!(places["columns"].as_array().unwrap().len(), 2);

    let order = &session["order"];
    let found = service.asked("/v1/recommend", &of(&rest, json!({ "order": order }))).await;
    assert!(!found["places"].as_array().unwrap().is_empty());
    let found =
        service.asked("/v1/recommend", &of(&rest, json!({ "participants": [session["participants"][0]] }))).await;
    assert!(!found["admissions"][0]["plans"].as_array().unwrap().is_empty());
    let found = service.asked("/v1/explain", &of(&rest, json!({ "order": order }))).await;
    assert!(!found["unmet"][0]["reasons"].as_array().unwrap().is_empty());

    let events = json!({ "at": "2026-11-30T06:00", "events": [
        { "kind": "clinician_away", "id": "ana", "from": "2026-11-30T10:00", "to": "2026-12-01T00:00" }] });
    let rounds = json!({ "rounds": 1 });
    let plans = service.asked("/v1/replans", &of(&calendar, json!({ "events": events, "options": rounds }))).await;
    assert!(!plans["plans"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn what_solves_several_weeks_answers_as_the_document_says() {
    let service = Service::start();
    let problem = fixture("tiny.json");
    let options = json!({ "rounds": 3 });
    let body = json!({ "problem": problem, "scenarios": fixture("whatif/tiny.scenarios.json"),
                       "uncertainty": fixture("whatif/tiny.rates.json"), "options": options });
    let found = service.asked("/v1/whatifs", &body).await;
    assert!(found["scenarios"][2]["errors"].is_array() && found["base"]["uncertainty"].is_object());
    let profiles = fixture("whatif/tiny.profiles.json");
    let body = json!({ "problem": problem, "profiles": profiles, "options": options });
    let found = service.asked("/v1/censuses", &body).await;
    assert!(found["tried"].is_array());
    let body = json!({ "problem": problem, "prices": fixture("whatif/tiny.prices.json"), "options": options });
    let found = service.asked("/v1/purchases", &body).await;
    assert!(found["tried"].is_array());
}

#[tokio::test]
async fn what_a_draft_by_hand_leaves_out_is_derived_in_every_answer() {
    let service = Service::start().with_draft().await;
    let week = "/v1/programs/north/weeks/2026-11-30";
    let whole = service.json(week).await["draft"]["sessions"].clone();
    service.asked(&format!("{week}/publish"), &json!(null)).await;
    let needed = ["id", "start", "clinicians", "participants", "group", "order"];
    let bare = |session: &Value| -> Value {
        let members = session.as_object().unwrap().iter().filter(|(name, _)| needed.contains(&name.as_str()));
        Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let mut bare: Vec<Value> = whole.as_array().unwrap().iter().map(bare).collect();
    bare.pop();
    let body = json!({ "sessions": bare, "goals": { "follow": [] } });
    let response = service.put(&format!("{week}/draft"), &body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let put: Value = response.json().await.unwrap();
    judge("put", &format!("{week}/draft"), StatusCode::OK, &put);
    assert!(put["draft"].get("goals").is_none());
    let draft = service.json(week).await["draft"]["sessions"].clone();
    for (session, before) in draft.as_array().unwrap().iter().zip(whole.as_array().unwrap()) {
        for name in ["service", "site", "modality", "end", "time_zone", "pinned"] {
            assert_eq!(session[name], before[name], "{name}");
        }
    }
    let changes = service.json(&format!("{week}/changes")).await;
    assert!(!changes["items"].as_array().unwrap().is_empty());
    service.asked(&format!("{week}/undo"), &json!(null)).await;
}
