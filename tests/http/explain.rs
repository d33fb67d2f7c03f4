//! `/v1/explain` and `/v1/recommend`.

use serde_json::{Value, json};

use super::{Service, fixture, problem_details};

#[tokio::test]
async fn every_unmet_order_of_an_empty_calendar_is_explained() {
    let service = Service::start();
    let body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] } });
    let told: Value = service.post("/v1/explain", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["unmet"].as_array().unwrap().len(), 6, "{told}");
    for order in told["unmet"].as_array().unwrap() {
        let counts = order["reasons"].as_array().unwrap().iter().map(|r| r["count"].as_u64().unwrap());
        assert_eq!(counts.sum::<u64>(), order["places"].as_u64().unwrap(), "{order}");
    }
    let one = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "order": "p2-individual" });
    let told: Value = service.post("/v1/explain", &one).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["unmet"][0]["order"], "p2-individual");
}

#[tokio::test]
async fn one_hour_with_one_clinician_is_asked_about() {
    let service = Service::start();
    let ask = async |at: &str, clinician: &str| {
        let body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "order": "p2-individual",
                           "at": at, "clinician": clinician, "seconds": 0 });
        service.post("/v1/explain", &body).send().await.unwrap()
    };
    let told: Value = ask("2026-11-30T09:30", "ana").await.json().await.unwrap();
    assert_eq!(
        (&told["unmet"][0]["places"], &told["unmet"][0]["reasons"][0]["code"]),
        (&json!(1), &json!("COMMITTED"))
    );
    let told: Value = ask("2026-12-02T10:00-05:00", "ana").await.json().await.unwrap();
    assert_eq!(told["unmet"][0]["reasons"][0]["code"], "TRADE_OFF", "{told}");
    assert_eq!(problem_details(ask("2026-12-02T10:00", "nobody").await).await["errors"][0]["pointer"], "/clinician");
    assert_eq!(problem_details(ask("soon", "ana").await).await["errors"][0]["pointer"], "/at");
}

#[tokio::test]
async fn a_group_is_asked_about() {
    let service = Service::start();
    let ask = async |members: Value| {
        let mut body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] } });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        service.post("/v1/explain", &body).send().await.unwrap()
    };
    let told: Value = ask(json!({ "group": "circle" })).await.json().await.unwrap();
    assert_eq!((&told["unmet"], &told["group"]["held"]), (&json!([]), &json!(0)), "{told}");
    let counts = told["group"]["reasons"].as_array().unwrap().iter().map(|r| r["count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), told["group"]["places"].as_u64().unwrap());
    for (members, pointer) in [
        (json!({ "group": "nobody" }), "/group"),
        (json!({ "group": 3 }), "/group"),
        (json!({ "group": "circle", "order": "p1-individual" }), "/group"),
    ] {
        assert_eq!(problem_details(ask(members).await).await["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn places_are_recommended_for_an_order() {
    let service = Service::start();
    let body =
        json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "order": "p1-individual", "top": 2 });
    let found: Value = service.post("/v1/recommend", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!((&found["order"], found["places"].as_array().unwrap().len()), (&json!("p1-individual"), 2), "{found}");
}

#[tokio::test]
async fn what_is_wrong_with_the_question_is_told_at_once() {
    let service = Service::start();
    let details = problem_details(service.post("/v1/recommend", &json!({ "top": 0 })).send().await.unwrap()).await;
    let pointers: Vec<_> =
        details["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/problem", "/calendar", "/order", "/top"]);
    let body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "order": "nobody" });
    let response = service.post("/v1/explain", &body).send().await.unwrap();
    assert_eq!(response.status(), 422);
    assert_eq!(problem_details(response).await["errors"][0]["code"], "unknown-id");
}

#[tokio::test]
async fn the_places_of_a_session_are_told_with_what_each_would_break() {
    let service = Service::start();
    let problem = fixture("tiny.json");
    let solved = json!({ "problem": problem, "options": { "rounds": 3 } });
    let solve = service.submit(&solved).await;
    service.poll(&solve, |s| s["status"] == "finished").await;
    let calendar = service.json(&format!("{solve}/calendar")).await;
    let session = calendar["sessions"][0]["id"].as_str().unwrap();
    let body = json!({ "problem": problem, "calendar": calendar, "session": session });
    let found: Value = service.post("/v1/places", &body).send().await.unwrap().json().await.unwrap();
    let places = found["places"].as_array().unwrap();
    assert_eq!(found["session"], session);
    let here = places.iter().find(|p| p["session"]["start"] == calendar["sessions"][0]["start"]).unwrap();
    assert_eq!((&here["cost_difference"], &here["breaks"]), (&json!(0), &json!([])));
    assert!(places.iter().any(|p| p["breaks"][0]["detail"].is_string()), "{found}");
    let nothing = json!({ "problem": problem, "calendar": calendar, "session": "nothing/1" });
    let refused = problem_details(service.post("/v1/places", &nothing).send().await.unwrap()).await;
    assert_eq!((&refused["status"], &refused["errors"][0]["pointer"]), (&json!(422), &json!("/session")));

    // Column by column: in this room, online, with this clinician.
    let one = calendar["sessions"].as_array().unwrap().iter().find(|s| s["order"] == "p1-individual").unwrap();
    let columns =
        json!([{ "room": one["room"] }, { "room": null }, { "clinician": "ana", "instead_of": one["clinicians"][0] }]);
    let body = json!({ "problem": problem, "calendar": calendar, "session": one["id"], "columns": columns });
    let found: Value = service.post("/v1/places", &body).send().await.unwrap().json().await.unwrap();
    let held: [&dyn Fn(&Value) -> bool; 3] =
        [&|s| s["room"] == one["room"], &|s| s["room"].is_null() && s["modality"] == "telehealth", &|s| {
            s["clinicians"] == json!(["ana"])
        }];
    assert_eq!((found["columns"].as_array().map(Vec::len), found.get("places")), (Some(3), None), "{found}");
    for (column, held) in found["columns"].as_array().unwrap().iter().zip(held) {
        let places = column.as_array().unwrap();
        assert!(!places.is_empty() && places.iter().all(|p| held(&p["session"])), "{column}");
    }
    let wrong = json!([{ "room": "nowhere" }, { "clinician": "nobody", "instead_of": "none" }]);
    let body = json!({ "problem": problem, "calendar": calendar, "session": one["id"], "columns": wrong });
    let refused = problem_details(service.post("/v1/places", &body).send().await.unwrap()).await;
    let pointers: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/columns/0/room", "/columns/1/clinician", "/columns/1/instead_of"]);
    for wrong in
        [json!([]), json!([{}]), json!([{ "room": "r", "clinician": "c" }]), json!(vec![json!({ "room": null }); 9])]
    {
        let body = json!({ "problem": problem, "calendar": calendar, "session": one["id"], "columns": wrong });
        let refused = problem_details(service.post("/v1/places", &body).send().await.unwrap()).await;
        assert_eq!((&refused["status"], &refused["errors"][0]["pointer"]), (&json!(422), &json!("/columns")));
    }
}

#[tokio::test]
async fn remedies_are_streamed_as_they_are_verified() {
    let service = Service::start();
    let body = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] } });
    let asked = service.post("/v1/explain", &body).header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(asked.headers()["content-type"], "text/event-stream");
    let text = asked.text().await.unwrap();
    let data = |event: &str| -> Vec<Value> {
        let parts = text.split("\n\n").filter(|part| part.contains(&format!("event: {event}")));
        let json = parts.filter_map(|part| part.lines().find_map(|line| line.strip_prefix("data: ")));
        json.map(|json| serde_json::from_str(json).unwrap()).collect()
    };
    let (remedies, finished) = (data("remedy"), data("finished"));
    assert!(!remedies.is_empty() && finished.len() == 1, "{text}");
    let unmet = finished[0]["unmet"].as_array().unwrap();
    let shown: usize = unmet.iter().map(|u| u["remedies"].as_array().unwrap().len()).sum();
    assert_eq!(shown, remedies.len());
    let first = unmet.iter().find(|u| u["order"] == remedies[0]["order"]).unwrap();
    assert!(first["remedies"].as_array().unwrap().contains(&remedies[0]["remedy"]), "{text}");
    // What is wrong with the question is no stream.
    let wrong = service.post("/v1/explain", &json!({})).header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(problem_details(wrong).await["status"], 422);
}
