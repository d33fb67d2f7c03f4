//! FHIR in: a Bundle from an EHR becomes drafts, with a report of what was not understood.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Service, fixture, problem_details, readers::reader};

const FHIR: &str = "/v1/programs/north/fhir";
const NORTH: &str = "/v1/programs/north";

fn paths(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_bundle_becomes_drafts_that_plan_nobody_and_tells_what_was_not_understood() {
    let service = Service::start().with_draft().await;
    let bundle = fixture("fhir/referral.json");
    // What we take is what an independent implementation finds valid.
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fhir/referral.json");
    assert_eq!(reader("validate_fhir.py", &[file.to_str().unwrap()])["ServiceRequest"], 4);
    let week = format!("{NORTH}/weeks/2026-11-30");
    let before = service.json(&week).await["problem"].clone();

    let asked = service.done(&format!("{FHIR}?dry_run=true"), &bundle).await;
    assert_eq!(service.json(&week).await["problem"], before);
    let mut done = service.done(FHIR, &bundle).await;
    assert_eq!((&asked["dry_run"], &done["dry_run"]), (&json!(true), &json!(false)));
    done["dry_run"] = json!(true);
    assert_eq!(done, asked);

    assert_eq!(paths(&done["created"]), ["/sites/oak", "/rooms/oak-2", "/clinicians/cleo", "/participants/p7"]);
    assert_eq!(paths(&done["updated"]), ["/participants/p1"]);
    let complete: Vec<Value> =
        done["to_complete"].as_array().unwrap().iter().map(|c| json!([c["path"], c["fields"]])).collect();
    assert_eq!(
        complete,
        [
            json!(["/rooms/oak-2", ["capacity", "hours"]]),
            json!(["/clinicians/cleo", ["licensed_in", "shifts", "home_site"]]),
            json!(["/participants/p7", ["admitted", "home_site"]]),
        ]
    );
    let not: Vec<String> = done["not_understood"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| format!("{} {}", e["resource"].as_str().unwrap(), e["element"].as_str().unwrap()))
        .collect();
    assert_eq!(
        not,
        [
            "Location/oak telecom",
            "Practitioner/cleo gender",
            "Patient/p7 birthDate",
            "Patient/p7 gender",
            "ServiceRequest/p7-single reasonCode",
            "ServiceRequest/old status",
            "Observation/weight ",
            "ServiceRequest/p7-yoga code",
        ]
    );
    // Elements are named, never what they say.
    assert!(!done.to_string().contains("1990-01-02") && !done.to_string().contains("not for us"), "{done}");

    let site = service.json(&format!("{NORTH}/sites/oak")).await;
    assert_eq!(
        site,
        json!({
            "id": "oak", "name": "Oak House", "address": "7 Oak Lane, Albany, NY, 12207, USA", "jurisdiction": "US-NY",
            "time_zone": "America/New_York", "hours": [{ "days": ["mon", "tue", "wed"], "start": "08:30", "end": "16:00" }]
        })
    );
    assert_eq!(service.json(&format!("{NORTH}/rooms/oak-2")).await["site"], "oak");
    let cleo = service.json(&format!("{NORTH}/clinicians/cleo")).await;
    assert_eq!(
        json!([cleo["name"], cleo["credentials"], cleo["languages"], cleo["shifts"]]),
        json!(["Cleo J. Park", ["LMFT"], ["en", "ko"], []])
    );
    let p7 = service.json(&format!("{NORTH}/participants/p7")).await;
    assert_eq!(
        p7["orders"],
        json!([{
            "id": "p7-single", "service": "individual", "sessions": 2, "priority": 2, "prefer": ["cleo"],
            "recurrence": { "from": "2026-11-30", "until": "2027-01-29" }
        }])
    );
    assert_eq!(
        p7["record"],
        json!({ "name": "Luis Diaz", "preferred_name": "Lucho", "phone": "555-0102", "email": "luis@example.org", "language": "es" })
    );
    assert!(p7["waiting"]["since"].is_string());
    let p1 = service.json(&format!("{NORTH}/participants/p1")).await;
    let order = p1["orders"].as_array().unwrap().iter().find(|o| o["id"] == "p1-individual").unwrap();
    assert_eq!((&order["sessions"], p1["orders"].as_array().unwrap().len()), (&json!(2), 2));

    // Who is new waits, and is in no week.
    assert!(!service.json(&week).await["problem"]["participants"].to_string().contains("p7"));
    assert_eq!(service.json(&format!("{NORTH}/waiting")).await["items"][0]["participant"], "p7");

    // Once more changes nothing.
    let again = service.done(FHIR, &bundle).await;
    assert_eq!((&again["created"], &again["updated"]), (&json!([]), &json!([])));
    assert_eq!(again["unchanged"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn what_is_given_out_is_taken_back_as_it_is() {
    let service = Service::start().with_draft().await;
    let mut entries = Vec::new();
    for kind in ["Location", "Practitioner", "Patient"] {
        let found = service.json(&format!("{FHIR}/{kind}")).await;
        entries.extend(found["entry"].as_array().unwrap().iter().cloned());
    }
    let back = service.done(FHIR, &json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })).await;
    assert_eq!((&back["created"], &back["updated"]), (&json!([]), &json!([])), "{back}");
    assert_eq!(back["not_understood"], json!([]));
}

#[tokio::test]
async fn what_is_no_bundle_or_makes_something_invalid_changes_nothing() {
    let service = Service::start().with_draft().await;
    for body in [
        json!({}),
        json!([]),
        json!({ "resourceType": "Patient", "id": "p7" }),
        json!({ "resourceType": "Bundle", "entry": 7 }),
    ] {
        let refused = problem_details(service.post(FHIR, &body).send().await.unwrap()).await;
        assert_eq!(refused["errors"][0]["code"], "no-bundle", "{body}");
    }
    let broken = service.client.post(format!("{}{FHIR}", service.url)).body("{").send().await.unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    // An id that no programme takes, and a second order of one group service.
    let bundle = |resource: Value| json!({ "resourceType": "Bundle", "entry": [{ "resource": resource }] });
    for resource in [
        json!({ "resourceType": "Patient", "id": "p 7" }),
        json!({ "resourceType": "ServiceRequest", "id": "more", "status": "active", "intent": "order",
            "code": { "text": "Process group" }, "subject": { "reference": "Patient/p1" } }),
    ] {
        let refused = service.post(FHIR, &bundle(resource.clone())).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{resource}");
        assert!(!problem_details(refused).await["errors"].as_array().unwrap().is_empty());
    }
    let list = service.json(&format!("{NORTH}/participants")).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    // Oddities of every kind are told, and nothing breaks.
    for odd in [
        json!({ "resource": null }),
        json!({ "resource": { "resourceType": "Patient" } }),
        json!({ "resource": { "resourceType": "Patient", "id": "p1", "name": 7, "telecom": {}, "communication": [null, 7] } }),
        json!({ "resource": { "resourceType": "Location", "id": "elm", "hoursOfOperation": [{}], "address": [], "status": "inactive" } }),
        json!({ "resource": { "resourceType": "ServiceRequest", "id": "x", "status": "active", "subject": { "reference": "Group/1" } } }),
        json!(7),
    ] {
        let told = service.done(FHIR, &json!({ "resourceType": "Bundle", "entry": [odd] })).await;
        assert_eq!((&told["created"], &told["updated"]), (&json!([]), &json!([])), "{odd}");
    }
}
