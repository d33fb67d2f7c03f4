//! `/v1/solves`: from the submission to the calendar.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Service, long, problem_details, short};

#[tokio::test]
async fn a_solve_is_queued_then_finished_and_has_a_calendar_that_passes_the_check() {
    let service = Service::start();
    let path = service.submit(&short()).await;
    let solve = service.poll(&path, |s| s["status"] == "finished").await;
    let calendar: Value = service.get(&format!("{path}/calendar")).send().await.unwrap().json().await.unwrap();
    assert_eq!(solve["objective"], calendar["objective"]);
    assert_eq!(solve["bound"], calendar["bound"]);
    assert_eq!(solve["gap"], calendar["gap"]);
    assert!(solve["seconds"].is_number() && solve.get("sessions").is_none());
    let check = json!({ "problem": short()["problem"], "calendar": calendar });
    let report: Value = service.post("/v1/check", &check).send().await.unwrap().json().await.unwrap();
    assert_eq!((&report["feasible"], &report["objective"]), (&json!(true), &calendar["objective"]));
}

#[tokio::test]
async fn prefer_wait_answers_with_the_finished_solve_if_it_ends_in_time() {
    let service = Service::start();
    let response = service.post("/v1/solves", &short()).header("prefer", "wait=600").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["preference-applied"], "wait=600");
    assert!(response.headers()["location"].to_str().unwrap().starts_with("/v1/solves/"));
    assert_eq!(response.json::<Value>().await.unwrap()["status"], "finished");

    let response = service.post("/v1/solves", &long()).header("prefer", "wait=1").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_calendar_to_start_from_is_accepted() {
    let service = Service::start();
    let path = service.submit(&short()).await;
    service.poll(&path, |s| s["status"] == "finished").await;
    let start: Value = service.get(&format!("{path}/calendar")).send().await.unwrap().json().await.unwrap();
    let mut again = short();
    again["start"] = start.clone();
    let path = service.submit(&again).await;
    assert_eq!(service.poll(&path, |s| s["status"] == "finished").await["objective"], start["objective"]);
}

#[tokio::test]
async fn delete_stops_a_running_solve_and_keeps_its_best() {
    let service = Service::start();
    let path = service.submit(&long()).await;
    service.poll(&path, |s| s["objective"].is_u64()).await;
    let response = service.delete(&path).send().await.unwrap();
    assert!(matches!(response.status(), StatusCode::OK | StatusCode::ACCEPTED));
    let solve = service.poll(&path, |s| s["status"] == "stopped").await;
    let calendar: Value = service.get(&format!("{path}/calendar")).send().await.unwrap().json().await.unwrap();
    assert_eq!(solve["objective"], calendar["objective"]);
    assert!(!calendar["sessions"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_solve_that_waits_has_no_calendar_yet_and_ends_at_once_when_stopped() {
    let service = Service::start();
    service.submit(&long()).await;
    let waiting = service.submit(&long()).await;
    assert_eq!(service.poll(&waiting, |_| true).await["status"], "queued");
    let response = service.get(&format!("{waiting}/calendar")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(problem_details(response).await["code"], "no-calendar-yet");
    let response = service.delete(&waiting).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.json::<Value>().await.unwrap()["status"], "stopped");
}

#[tokio::test]
async fn erase_removes_all_of_a_solve() {
    let service = Service::start();
    let path = service.submit(&long()).await;
    let response = service.delete(&format!("{path}?erase=true")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    for path in [path.clone(), format!("{path}/calendar"), format!("{path}/events")] {
        assert_eq!(service.get(&path).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn events_are_progress_and_at_last_finished() {
    let service = Service::start();
    let path = service.submit(&long()).await;
    let mut response = service.get(&format!("{path}/events")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    while !text.contains("event: progress\n") {
        text += std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap();
    }
    service.delete(&path).send().await.unwrap();
    while let Some(chunk) = response.chunk().await.unwrap() {
        text += std::str::from_utf8(&chunk).unwrap();
    }
    let events: Vec<(&str, Value)> = text
        .split("\n\n")
        .filter_map(|event| {
            let data = event.lines().find_map(|l| l.strip_prefix("data: "))?;
            Some((event.lines().find_map(|l| l.strip_prefix("event: "))?, serde_json::from_str(data).unwrap()))
        })
        .collect();
    let (last, before) = events.split_last().unwrap();
    assert!(before.iter().all(|(name, data)| *name == "progress" && data["stage"].is_string()), "{before:?}");
    assert_eq!((last.0, &last.1["status"]), ("finished", &json!("stopped")));
}

#[tokio::test]
async fn the_events_of_an_ended_solve_are_finished_alone() {
    let service = Service::start();
    let path = service.submit(&short()).await;
    service.poll(&path, |s| s["status"] == "finished").await;
    let text = service.get(&format!("{path}/events")).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("event: finished\n") && text.matches("event: ").count() == 1, "{text}");
}

#[tokio::test]
async fn a_calendar_is_given_in_parts_and_as_icalendar() {
    let service = Service::start();
    let path = service.submit(&short()).await;
    service.poll(&path, |s| s["status"] == "finished").await;
    let get = async |query: &str| -> Value {
        service.get(&format!("{path}/calendar{query}")).send().await.unwrap().json().await.unwrap()
    };
    let whole = get("").await;
    let sessions = whole["sessions"].as_array().unwrap();
    for (query, test) in [
        ("?room=office", &(|s: &Value| s["room"] == "office") as &dyn Fn(&Value) -> bool),
        ("?group=circle", &|s| s["group"] == "circle"),
        ("?clinician=ana", &|s| s["clinicians"] == json!(["ana"])),
        ("?participant=p1", &|s| s["participants"].as_array().unwrap().contains(&json!("p1"))),
    ] {
        let part = get(query).await;
        let expected: Vec<&Value> = sessions.iter().filter(|s| test(s)).collect();
        assert_eq!(part["sessions"].as_array().unwrap().iter().collect::<Vec<_>>(), expected, "{query}");
        assert_eq!(part["objective"], whole["objective"]);
        let ics =
            service.get(&format!("{path}/calendar{query}")).header("accept", "text/calendar").send().await.unwrap();
        assert!(ics.headers()["content-type"].to_str().unwrap().starts_with("text/calendar"));
        assert_eq!(ics.text().await.unwrap().matches("BEGIN:VEVENT").count(), expected.len(), "{query}");
    }
    assert_eq!(get("?participant=p1").await["unmet"], json!([]));
    assert_eq!(get("?participant=p3").await["unmet"].as_array().unwrap().len(), 1);
    for (query, status, code) in [
        ("?room=attic", StatusCode::NOT_FOUND, "unknown-id"),
        ("?room=office&group=circle", StatusCode::UNPROCESSABLE_ENTITY, "invalid-request"),
        ("?rom=office", StatusCode::UNPROCESSABLE_ENTITY, "invalid-request"),
    ] {
        let response = service.get(&format!("{path}/calendar{query}")).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(problem_details(response).await["code"], code);
    }
}

#[tokio::test]
async fn last_event_id_goes_on_after_it() {
    let service = Service::start();
    let path = service.submit(&long()).await;
    service.poll(&path, |s| s["objective"].is_u64()).await;
    service.delete(&path).send().await.unwrap();
    service.poll(&path, |s| s["status"] == "stopped").await;
    let after = async |id: u64| {
        let request = service.get(&format!("{path}/events")).header("last-event-id", id.to_string());
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    let ids = |text: &str| -> Vec<u64> { text.lines().filter_map(|l| l.strip_prefix("id: ")?.parse().ok()).collect() };
    let (_, all) = after(0).await;
    let all = ids(&all);
    assert!(all.len() >= 2 && all.windows(2).all(|pair| pair[1] == pair[0] + 1), "{all:?}");
    let (_, rest) = after(all[0]).await;
    assert_eq!(ids(&rest), all[1..]);
    assert!(rest.contains("event: finished\n"), "{rest}");
    assert_eq!(after(*all.last().unwrap()).await.0, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_idempotency_key_makes_a_repeat_the_same_solve_and_another_body_is_409() {
    let service = Service::start();
    let post = async |body: &Value, key: &str| {
        service.post("/v1/solves", body).header("idempotency-key", key).send().await.unwrap()
    };
    let first = post(&short(), "k-1").await;
    assert_eq!(first.status(), StatusCode::ACCEPTED);
    let first: Value = first.json().await.unwrap();
    let again: Value = post(&short(), "k-1").await.json().await.unwrap();
    assert_eq!(first["id"], again["id"]);
    let other: Value = post(&short(), "k-2").await.json().await.unwrap();
    assert_ne!(first["id"], other["id"]);
    let reused = post(&long(), "k-1").await;
    assert_eq!(reused.status(), StatusCode::CONFLICT);
    assert_eq!(problem_details(reused).await["code"], "idempotency-key-reused");
    let unfit = post(&short(), &"x".repeat(256)).await;
    assert_eq!(unfit.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_service_is_ready_and_its_metrics_count_solves_without_naming_anybody() {
    let service = Service::start();
    assert_eq!(service.get("/readyz").send().await.unwrap().status(), StatusCode::OK);
    let path = service.submit(&short()).await;
    service.poll(&path, |s| s["status"] == "finished").await;
    let text = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    for line in ["careweave_solves{status=\"finished\"} 1", "# TYPE careweave_request_seconds histogram"] {
        assert!(text.contains(line), "{text}");
    }
    assert!(text.contains("route=\"/v1/solves/{id}\"") && !text.contains(path.rsplit('/').next().unwrap()), "{text}");
}

#[tokio::test]
async fn goals_are_options_of_a_solve() {
    let service = Service::start();
    let mut body = short();
    body["options"]["goals"] = json!({ "follow": ["few_contacts", "quadratic_burden"], "within": 0.05 });
    let path = service.submit(&body).await;
    service.poll(&path, |s| s["status"] == "finished").await;
    let goals = service.json(&format!("{path}/calendar")).await["goals"].clone();
    assert_eq!(goals["follow"][1]["goal"], "quadratic_burden", "{goals}");
    body["options"]["goals"] = json!({ "follow": ["happiness"], "within": 2, "hope": 1 });
    let refused = problem_details(service.post("/v1/solves", &body).send().await.unwrap()).await;
    let pointers: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/options/goals/hope", "/options/goals/follow", "/options/goals/within"]);
}
