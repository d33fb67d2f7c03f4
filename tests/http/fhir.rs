//! FHIR R4 out: searched, paged, and validated by an independent implementation.

use std::{path::Path, process::Command};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Service;

const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";
const BASE: &str = "/v1/programs/north/fhir";

/// What python's `fhir.resources` counts, having found all of it valid.
fn counted(resource: &Value) -> Value {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("fhir.json");
    std::fs::write(&file, resource.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/run.sh");
    let read = Command::new(script).arg("validate_fhir.py").arg(file).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).unwrap()
}

#[tokio::test]
async fn what_is_published_is_searched_as_fhir_and_valid() {
    let service = Service::start().with_draft().await;
    // A draft is nobody's business yet.
    assert_eq!(service.json(&format!("{BASE}/Appointment")).await["total"], 0);
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let published = service.json(WEEK).await["published"].clone();
    let sessions = published["sessions"].as_array().unwrap();
    let all = service.json(&format!("{BASE}/Appointment")).await;
    assert_eq!((&all["type"], &all["total"]), (&json!("searchset"), &json!(sessions.len())));
    // One document for the validator: everything that is given out.
    let mut whole = all.clone();
    for kind in ["Schedule", "Slot", "Location", "HealthcareService", "Practitioner", "Patient"] {
        let found = service.json(&format!("{BASE}/{kind}")).await;
        assert!(found["total"].as_u64() > Some(0), "{kind}");
        whole["entry"].as_array_mut().unwrap().extend(found["entry"].as_array().unwrap().iter().cloned());
    }
    let statement = service.json(&format!("{BASE}/metadata")).await;
    assert_eq!(
        (&statement["resourceType"], &statement["fhirVersion"]),
        (&json!("CapabilityStatement"), &json!("4.0.1"))
    );
    whole["entry"].as_array_mut().unwrap().push(json!({ "resource": statement }));
    let counts = counted(&whole);
    assert_eq!((&counts["Appointment"], &counts["CapabilityStatement"]), (&json!(sessions.len()), &json!(1)));

    // Sessions by day, by who is in them, by how they stand.
    let total =
        async |query: String| service.json(&format!("{BASE}/Appointment?{query}")).await["total"].as_u64().unwrap();
    let day = &sessions[0]["start"].as_str().unwrap()[..10];
    let on = |s: &&Value| s["start"].as_str().unwrap().starts_with(day);
    assert_eq!(total(format!("date={day}")).await, sessions.iter().filter(on).count() as u64);
    assert_eq!(total(format!("date=ge{day}&date=lt2026-12-07")).await, {
        sessions.iter().filter(|s| &s["start"].as_str().unwrap()[..10] >= day).count() as u64
    });
    assert_eq!(total("date=gt2027".into()).await, 0);
    let with = |s: &&Value| s["participants"].as_array().unwrap().contains(&json!("p2"));
    let theirs = sessions.iter().filter(with).count() as u64;
    assert_eq!(total("actor=Patient/p2".into()).await, theirs);
    assert_eq!(total("patient=p2&status=booked".into()).await, theirs);
    assert_eq!(total("patient=p2&status=cancelled,noshow".into()).await, 0);
    assert_eq!(total("actor=Practitioner/p2".into()).await, 0);
    let busy = service.json(&format!("{BASE}/Slot?schedule=Schedule/ana&status=busy")).await;
    assert!(busy["total"].as_u64() > Some(0), "{busy}");

    // Page by page.
    let (mut seen, mut url) = (0, format!("{}{BASE}/Appointment?_count=2", service.url));
    loop {
        let page: Value = service.client.get(&url).send().await.unwrap().json().await.unwrap();
        seen += page["entry"].as_array().unwrap().len();
        let next = page["link"].as_array().unwrap().iter().find(|l| l["relation"] == "next");
        match next {
            Some(next) => url = next["url"].as_str().unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, sessions.len());

    // One by its address; what is not there, and what is not known.
    let first = &all["entry"][0];
    let response = service.client.get(first["fullUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/fhir+json");
    assert_eq!(response.json::<Value>().await.unwrap(), first["resource"]);
    for (path, status) in [
        ("Appointment/nothing", StatusCode::NOT_FOUND),
        ("Observation", StatusCode::NOT_FOUND),
        ("Appointment?colour=red", StatusCode::BAD_REQUEST),
        ("Appointment?date=soon", StatusCode::BAD_REQUEST),
    ] {
        let response = service.get(&format!("{BASE}/{path}")).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(counted(&response.json().await.unwrap()), json!({ "OperationOutcome": 1 }));
    }

    // Who came, and what was called off.
    let one = all["entry"].as_array().unwrap().iter().find(|e| {
        let actors = e["resource"]["participant"].as_array().unwrap();
        actors.iter().filter(|a| a["actor"]["reference"].as_str().unwrap().starts_with("Patient/")).count() == 1
    });
    let one = &one.unwrap()["resource"];
    let session = one["identifier"][0]["value"].as_str().unwrap().split_once('/').unwrap().1.to_owned();
    let who = sessions.iter().find(|s| s["id"] == session).unwrap()["participants"][0].clone();
    let note = json!({ "session": session, "participant": who, "status": "no_show" });
    service.done(&format!("{WEEK}/attendance"), &note).await;
    let path = format!("{BASE}/Appointment/{}", one["id"].as_str().unwrap());
    assert_eq!(service.json(&path).await["status"], "noshow");
}
