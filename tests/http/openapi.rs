//! `/openapi.json`, and the copy of it in `docs/`.

use std::path::Path;

use serde_json::Value;

use super::Service;

/// Run the tests with `UPDATE_SNAPSHOTS=1` to write the copy anew.
#[tokio::test]
async fn the_description_is_the_one_in_docs() {
    let service = Service::start();
    let served = service.get("/openapi.json").send().await.unwrap().text().await.unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, format!("{served}\n")).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(
        kept.trim_end() == served.trim_end(),
        "docs/openapi.json is not what the service says; look at the difference, then run with UPDATE_SNAPSHOTS=1"
    );
}

#[tokio::test]
async fn the_description_is_openapi_3_1_and_resolves_all_its_references() {
    let service = Service::start();
    let api: Value = service.get("/openapi.json").send().await.unwrap().json().await.unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1."));
    for path in [
        "/v1/solves",
        "/v1/solves/{id}",
        "/v1/solves/{id}/calendar",
        "/v1/solves/{id}/events",
        "/v1/check",
        "/healthz",
        "/readyz",
        "/v1/session",
    ] {
        assert!(api["paths"][path].is_object(), "{path}");
    }
    let operations = api["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut names: Vec<&str> = operations.map(|o| o["operationId"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "each operation has a name of its own: {names:?}");
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|v| references(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| references(v, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&api, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(api.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}
