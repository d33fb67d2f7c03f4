//! Episodes of care: fields that are stored and that no problem has, the weeks that they make, what falls due.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, fixture, problem_details, testing};

const P1: &str = "/v1/programs/north/participants/p1";

impl Service {
    /// The problem of a week.
    async fn problem(&self, week: &str) -> Value {
        self.json(&format!("/v1/programs/north/weeks/{week}")).await["problem"].clone()
    }
}

fn participant<'a>(problem: &'a Value, id: &str) -> Option<&'a Value> {
    problem["participants"].as_array().unwrap().iter().find(|p| p["id"] == id)
}

#[tokio::test]
async fn an_episode_makes_each_week_what_it_is_and_an_order_counts_what_was_held() {
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).with_draft().await;
        let mut p1 = fixture("tiny.json")["participants"][0].clone();
        p1["admitted"] = json!("2026-12-01");
        p1["discharged"] = json!("2026-12-31");
        p1["hold"] = json!([{ "from": "2026-12-14", "to": "2026-12-20" }]);
        p1["phases"] = json!([{ "from": "2026-12-07", "name": "step-down", "level_of_care": "1",
            "plan": { "min_minutes_per_week": 60 }, "orders": [{ "id": "p1-process", "service": "process", "sessions": 1 }] }]);
        p1["orders"][1]["recurrence"] = json!("every 14 days");
        let put = service.put(P1, &p1).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::OK, "{}", put.text().await.unwrap());
        assert_eq!(service.json(P1).await, p1);
        service.patch("/v1/programs/north/groups/circle", &json!({ "members": ["p1", "p2"] })).send().await.unwrap();
        service.patch("/v1/programs/north/participants/p2", &json!({ "apart_from": ["p1"] })).send().await.unwrap();

        let first = service.problem("2026-11-30").await;
        let seen = participant(&first, "p1").unwrap();
        assert_eq!(
            seen["commitments"][0]["windows"][0],
            json!({ "from": "2026-11-30T00:00", "to": "2026-12-01T00:00" })
        );
        assert_eq!(seen["orders"].as_array().unwrap().len(), 2);
        for name in ["admitted", "discharged", "hold", "phases", "recurrence"] {
            assert!(!first.to_string().contains(&format!("\"{name}\"")), "{name}");
        }
        // Four of five days, and each order says where it comes from.
        let week = service.json("/v1/programs/north/weeks/2026-11-30").await;
        let origin = week["origins"].as_array().unwrap().iter().find(|o| o["order"] == "p1-process").unwrap();
        assert_eq!(origin["text"], "2 sessions a week, always stands; on 4 of 5 days: 2.");
        assert_eq!(seen["plan"]["min_minutes_per_week"], 144);
        let later = service.problem("2026-12-07").await;
        let seen = participant(&later, "p1").unwrap();
        assert_eq!(seen["plan"], json!({ "min_minutes_per_week": 60, "level_of_care": "1" }));
        // The individual session was drafted for the week before, so that it is not due again.
        assert_eq!(seen["orders"], json!([{ "id": "p1-process", "service": "process", "sessions": 1 }]));
        let again = service.problem("2026-12-21").await;
        assert_eq!(participant(&again, "p1").unwrap()["orders"].as_array().unwrap().len(), 2);
        // Who is on hold is in no week, and nobody else's problem is the worse for it.
        let hold = service.problem("2026-12-14").await;
        assert!(participant(&hold, "p1").is_none());
        assert_eq!(hold["groups"][0]["members"], json!(["p2"]));
        assert_eq!(participant(&hold, "p2").unwrap()["apart_from"], json!([]));

        let due = service.json("/v1/programs/north/due?from=2026-12-01&days=31").await;
        let kinds: Vec<&str> = due["items"].as_array().unwrap().iter().map(|d| d["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["phase_begins", "order_due", "hold_ends", "discharge"], "{due}");

        // A table says nothing of episodes, and takes nothing of them away.
        let table =
            service.get("/v1/programs/north/export?table=participants").send().await.unwrap().text().await.unwrap();
        let url = format!("{}/v1/programs/north/import?table=participants", service.url);
        let report = service.client.post(url).body(table).send().await.unwrap();
        assert_eq!(report.status(), StatusCode::OK, "{}", report.text().await.unwrap());
        assert_eq!(service.json(P1).await, p1);
    }
}

#[tokio::test]
async fn an_entity_changes_from_a_day_on_and_the_erased_are_in_no_change() {
    let service = Service::start().with_draft().await;
    let hall = "/v1/programs/north/rooms/hall";
    let changes = json!([{ "from": "2026-12-07", "set": { "capacity": 4 } }]);
    let put = service.patch(hall, &json!({ "changes": changes })).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK, "{}", put.text().await.unwrap());
    let capacity = async |week: &str| service.problem(week).await["rooms"][0]["capacity"].clone();
    assert_eq!((capacity("2026-11-30").await, capacity("2026-12-07").await), (json!(6), json!(4)));
    // What it becomes must be as good as what it is.
    let wrong = json!({ "changes": [{ "from": "2026-12-07", "set": { "site": "nowhere" } }] });
    let refused = problem_details(service.patch(hall, &wrong).send().await.unwrap()).await;
    assert_eq!(refused["status"], 422);
    let apart = json!({ "changes": [{ "from": "2026-12-07", "set": { "apart_from": ["p3"] } }] });
    service.patch("/v1/programs/north/participants/p2", &apart).send().await.unwrap();
    assert_eq!(participant(&service.problem("2026-12-07").await, "p2").unwrap()["apart_from"], json!(["p3"]));
    let erased = service.delete("/v1/programs/north/participants/p3/records").send().await.unwrap();
    assert!(erased.status().is_success(), "{}", erased.text().await.unwrap());
    assert!(!service.json("/v1/programs/north/participants/p2").await.to_string().contains("p3"));
}

#[tokio::test]
async fn what_is_wrong_with_an_episode_is_told_all_at_once() {
    let service = Service::start().with_draft().await;
    let mut p1 = fixture("tiny.json")["participants"][0].clone();
    p1["admitted"] = json!("soon");
    p1["phases"] = json!([{ "level_of_care": "1" }, { "from": "2026-12-01", "colour": "red" }]);
    p1["hold"] = json!({ "from": "2026-12-02", "to": "2026-12-01" });
    p1["orders"][0]["recurrence"] = json!("now and then");
    p1["colour"] = json!("red");
    let refused = problem_details(service.put(P1, &p1).send().await.unwrap()).await;
    let mut pointers: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/admitted", "/colour", "/hold", "/orders/0/recurrence", "/phases/0", "/phases/1"],
        "{refused}"
    );
    let licence = json!({ "licences": [{ "jurisdiction": "US-NY", "until": "2026-12-04" }] });
    let put = service.patch("/v1/programs/north/clinicians/ana", &licence).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);
    let due = service.json("/v1/programs/north/due?from=2026-12-01").await;
    assert_eq!((&due["items"][0]["kind"], &due["items"][0]["clinician"]), (&json!("licence_ends"), &json!("ana")));
}

#[tokio::test]
async fn a_record_is_kept_apart_and_in_no_problem() {
    let service = Service::start().with_draft().await;
    let record = json!({ "name": "Maria Gonzalez", "phone": "+1 518 555 0100" });
    let put = service.patch(P1, &json!({ "record": record })).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK, "{}", put.text().await.unwrap());
    assert_eq!(service.json(P1).await["record"], record);
    // Put without it, it stays; a patch changes part of it.
    service.put(P1, &fixture("tiny.json")["participants"][0]).send().await.unwrap();
    service.patch(P1, &json!({ "record": { "phone": null, "preferred_name": "Mia" } })).send().await.unwrap();
    let now = json!({ "name": "Maria Gonzalez", "preferred_name": "Mia" });
    assert_eq!(service.json(P1).await["record"], now);
    assert_eq!(service.json(&format!("{P1}/records")).await["record"], now);
    let wrong = json!({ "record": { "name": 1, "shoe_size": "44" } });
    let refused = problem_details(service.patch(P1, &wrong).send().await.unwrap()).await;
    assert_eq!((&refused["status"], refused["errors"].as_array().unwrap().len()), (&json!(422), 2));
    for path in
        ["weeks/2026-11-30", "export?week=2026-11-30", "export?table=participants", "participants", "fhir/Patient"]
    {
        let text = service.get(&format!("/v1/programs/north/{path}")).send().await.unwrap().text().await.unwrap();
        assert!(!text.contains("Maria") && !text.contains("Mia"), "{path}");
    }
    assert!(!service.log.lock().unwrap().contains("Maria"));
    service.patch(P1, &json!({ "record": null })).send().await.unwrap();
    assert_eq!(service.json(P1).await.get("record"), None);
}
