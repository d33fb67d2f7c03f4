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
        p1["orders"][1]["recurrence"] = json!({ "every_days": 14, "from": "2026-12-02" });
        let put = service.put(P1, &p1).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::OK, "{}", put.text().await.unwrap());
        assert_eq!(service.json(P1).await, p1);
        service.solve("/v1/programs/north/weeks/2026-11-30").await;
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
        // What is only drafted is neither held nor planned.
        assert_eq!(kinds, ["order_due", "phase_begins", "hold_ends", "discharge"], "{due}");
        assert_eq!(due["items"][0]["text"], "p1-individual is due by 2026-12-02: it was never held.");

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

/// Orders of p1: the group, and a talk that recurs so.
fn orders(recurrence: Value) -> Value {
    json!([{ "id": "p1-process", "service": "process", "sessions": 2 },
        { "id": "p1-individual", "service": "individual", "sessions": 1, "recurrence": recurrence }])
}

#[tokio::test]
async fn what_a_published_week_prescribed_stays_whatever_the_record_says_later() {
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).with_draft().await;
        let week = "/v1/programs/north/weeks/2026-11-30";
        let patched = async |who: &str, patch: Value| {
            let response =
                service.patch(&format!("/v1/programs/north/participants/{who}"), &patch).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
        };
        patched("p1", json!({ "admitted": "2026-11-30", "orders": orders(json!({ "make_up": true })) })).await;
        service.done(&format!("{week}/publish"), &json!({})).await;
        for who in ["p1", "p2"] {
            let missed = json!({ "session": format!("{who}-individual/1"), "participant": who, "status": "no_show" });
            service.done(&format!("{week}/attendance"), &missed).await;
        }
        let doses = async || {
            let alone = service.json(&format!("{week}/dose")).await["items"].clone();
            let among = service.json("/v1/programs/north/dose?from=2026-11-30&to=2026-12-06").await["items"].clone();
            assert_eq!(alone, among);
            alone
        };
        let before = doses().await;
        assert_eq!((&before[0]["prescribed_minutes"], &before[0]["minimum_minutes"]), (&json!(180), &json!(180)));
        // The talk is owed, though the order is changed to begin only after the week in which it was missed.
        let changed = json!({ "orders": [{ "id": "p2-process", "service": "process", "sessions": 2 },
            { "id": "p2-individual", "service": "individual", "sessions": 3, "recurrence": { "from": "2026-12-07", "make_up": true } }] });
        patched("p2", changed).await;
        let next = service.json("/v1/programs/north/weeks/2026-12-07").await["origins"].clone();
        let owed = |who: &str| next.as_array().unwrap().iter().find(|o| o["order"] == *who).unwrap()["made_up"].clone();
        assert_eq!((owed("p1-individual"), owed("p2-individual")), (json!(1), json!(1)));
        assert_eq!(doses().await, before);
        // Discharged, and admitted again for less.
        patched("p1", json!({ "discharged": "2026-12-04" })).await;
        assert_eq!(doses().await, before);
        let again = json!({ "admitted": "2026-12-14", "discharged": null, "plan": { "min_minutes_per_week": 60 },
            "orders": [{ "id": "p1-process", "service": "process", "sessions": 1 }] });
        patched("p1", again).await;
        assert_eq!(doses().await, before);
        let noted = service.json(P1).await["episodes"][0].clone();
        assert_eq!(
            (&noted["admitted"], &noted["discharged"], &noted["plan"]["min_minutes_per_week"]),
            (&json!("2026-11-30"), &json!("2026-12-04"), &json!(180))
        );
        assert!(participant(&service.problem("2026-12-07").await, "p1").is_none());
        let later = service.problem("2026-12-14").await;
        let seen = participant(&later, "p1").unwrap();
        assert_eq!((&seen["orders"][0]["sessions"], seen.get("episodes")), (&json!(1), None));
        // A week that was never published is as the records say now.
        service.solve("/v1/programs/north/weeks/2026-12-14").await;
        let drafted = async || {
            service.json("/v1/programs/north/dose?from=2026-12-14&to=2026-12-20").await["items"][0]["prescribed_minutes"].clone()
        };
        assert_eq!(drafted().await, 60);
        patched("p1", json!({ "orders": orders(Value::Null) })).await;
        assert_eq!(drafted().await, 180);
        let kept = service.json(&format!("{P1}/records")).await["published"][0]["prescribed"].clone();
        assert_eq!(
            (&kept["id"], &kept["orders"][1]["sessions"], &kept["least"]),
            (&json!("p1"), &json!(1), &json!(180))
        );
        // An earlier episode is over before the present one begins.
        let wrong = json!({ "episodes": [{ "admitted": "2026-12-01", "discharged": "2026-12-20" }] });
        let refused = problem_details(service.patch(P1, &wrong).send().await.unwrap()).await;
        assert_eq!(refused["errors"][0]["pointer"], "/episodes/0");
        // Who is erased has no dose, of no week.
        service.delete(&format!("{P1}/records")).send().await.unwrap();
        let left = doses().await;
        assert_eq!(left, json!([before[1], before[2]]));
        // Who is admitted after the publication belongs to the week while it lasts.
        let late = json!({ "id": "p9", "home_site": "elm", "admitted": "2026-12-01", "plan": { "min_minutes_per_week": 60 },
            "orders": [{ "id": "p9-individual", "service": "individual", "sessions": 1 }] });
        let put = service.put("/v1/programs/north/participants/p9", &late).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::CREATED);
        let below = service.json(&format!("{week}/dose?below=true")).await["items"].clone();
        let hers = below.as_array().unwrap().iter().find(|d| d["participant"] == "p9").unwrap();
        assert_eq!((&hers["prescribed_minutes"], &hers["scheduled_minutes"]), (&json!(60), &json!(0)));
    }
}

#[tokio::test]
async fn an_assessment_is_in_each_week_up_to_the_one_in_which_it_is_held_and_overdue_after_its_days() {
    let service = Service::start().with_draft().await;
    let admitted = json!({ "admitted": "2026-12-01", "orders": orders(json!("within 9 days")) });
    assert_eq!(service.patch(P1, &admitted).send().await.unwrap().status(), StatusCode::OK);
    // The draft that was solved before does not count.
    service.put("/v1/programs/north/weeks/2026-11-30/draft", &json!({ "sessions": [] })).send().await.unwrap();
    let talk = async |week: &str| {
        let problem = service.problem(week).await;
        let orders = participant(&problem, "p1").unwrap()["orders"].clone();
        orders.as_array().unwrap().iter().find(|o| o["id"] == "p1-individual").cloned()
    };
    assert_eq!(talk("2026-11-30").await.unwrap().get("windows"), None);
    assert_eq!(talk("2026-12-07").await.unwrap()["windows"][0]["to"], "2026-12-11T00:00");
    assert_eq!(talk("2026-12-14").await.unwrap().get("windows"), None);
    let due = async |from: &str| {
        let items = service.json(&format!("/v1/programs/north/due?from={from}")).await["items"].clone();
        items.as_array().unwrap().iter().find(|d| d["order"] == "p1-individual").cloned()
    };
    let open = due("2026-12-01").await.unwrap();
    assert_eq!(
        (&open["kind"], &open["date"], &open["overdue"]),
        (&json!("order_due"), &json!("2026-12-10"), &json!(false))
    );
    let late = due("2026-12-11").await.unwrap();
    assert_eq!((&late["date"], &late["overdue"]), (&json!("2026-12-10"), &json!(true)));
    assert_eq!(late["text"], "p1-individual is due by 2026-12-10: it was never held.");
    let week = service.json("/v1/programs/north/weeks/2026-12-14").await;
    let origin = week["origins"].as_array().unwrap().iter().find(|o| o["order"] == "p1-individual").unwrap();
    assert_eq!(origin["text"], "1 session, always stands; overdue since 2026-12-10, never held, 1 of 1 left.");
    // Held, it is due no more.
    service.solve("/v1/programs/north/weeks/2026-12-07").await;
    service.done("/v1/programs/north/weeks/2026-12-07/publish", &json!({})).await;
    assert_eq!((talk("2026-12-14").await, due("2026-12-11").await), (None, None));
    // Missed, it is.
    let missed = json!({ "session": "p1-individual/1", "participant": "p1", "status": "no_show" });
    service.done("/v1/programs/north/weeks/2026-12-07/attendance", &missed).await;
    assert!(talk("2026-12-14").await.is_some() && due("2026-12-11").await.is_some());
}

#[tokio::test]
async fn aftercare_is_planned_in_the_last_days_before_the_discharge() {
    let service = Service::start().with_draft().await;
    let aftercare = json!({ "admitted": "2026-11-30", "orders": [{ "id": "p1-process", "service": "process", "sessions": 2 },
        { "id": "p1-aftercare", "service": "individual", "sessions": 1, "recurrence": "13 days before discharge" }] });
    service.patch(P1, &aftercare).send().await.unwrap();
    let planned = async |week: &str| {
        let week = service.json(&format!("/v1/programs/north/weeks/{week}")).await;
        let orders = participant(&week["problem"], "p1").unwrap()["orders"].clone();
        let origin = week["origins"].as_array().unwrap().iter().find(|o| o["order"] == "p1-aftercare").unwrap();
        (orders.as_array().unwrap().get(1).map(|o| o["windows"].clone()), origin["text"].as_str().unwrap().to_owned())
    };
    assert_eq!(planned("2026-12-14").await, (None, "1 session, always stands; no discharge is planned.".into()));
    service.patch(P1, &json!({ "discharged": "2026-12-29" })).send().await.unwrap();
    let (none, why) = planned("2026-12-07").await;
    assert_eq!(
        (none, &*why),
        (None, "1 session, always stands; it begins on 2026-12-16, 13 days before the discharge.")
    );
    let window = |from: &str, to: &str| Some(json!([{ "from": format!("{from}T00:00"), "to": format!("{to}T00:00") }]));
    assert_eq!(planned("2026-12-14").await.0, window("2026-12-16", "2026-12-21"));
    assert_eq!(planned("2026-12-21").await.0, Some(Value::Null));
    assert_eq!(planned("2026-12-28").await.0, window("2026-12-28", "2026-12-30"));
    let due = service.json("/v1/programs/north/due?from=2026-12-20").await;
    let item = due["items"].as_array().unwrap().iter().find(|d| d["order"] == "p1-aftercare").unwrap();
    assert_eq!((&item["kind"], &item["date"]), (&json!("order_due"), &json!("2026-12-29")));
    service.solve("/v1/programs/north/weeks/2026-12-14").await;
    service.done("/v1/programs/north/weeks/2026-12-14/publish", &json!({})).await;
    let published = service.json("/v1/programs/north/weeks/2026-12-14").await["published"]["sessions"].clone();
    let held = published.as_array().unwrap().iter().find(|s| s["order"] == "p1-aftercare").unwrap();
    assert!(held["start"].as_str().unwrap() > "2026-12-16", "{held}");
    assert_eq!(planned("2026-12-21").await.0, None);
    let due = service.json("/v1/programs/north/due?from=2026-12-20").await;
    assert!(!due.to_string().contains("p1-aftercare"), "{due}");
}

#[tokio::test]
async fn what_falls_due_names_certificates_that_end_recertifications_and_what_is_left_of_an_authorisation() {
    let service = Service::start().with_draft().await;
    let certificates = json!({ "certificates": [{ "credential": "LCSW", "until": "2026-12-10" }] });
    service.patch("/v1/programs/north/clinicians/ana", &certificates).send().await.unwrap();
    let orders = json!([{ "id": "p1-recertification", "service": "individual", "sessions": 1,
          "recurrence": { "every_days": 60, "from": "2026-11-10" } },
        { "id": "p1-family", "service": "process", "sessions": 2, "recurrence": { "total": 6, "until": "2026-12-04" } }]);
    service.patch(P1, &json!({ "admitted": "2026-11-02", "orders": orders })).send().await.unwrap();
    service.put("/v1/programs/north/weeks/2026-11-30/draft", &json!({ "sessions": [] })).send().await.unwrap();
    let due = async |from: &str| {
        let items = service.json(&format!("/v1/programs/north/due?from={from}&days=10")).await["items"].clone();
        let told = |d: &Value| {
            (d["kind"].as_str().unwrap().to_owned(), d["text"].as_str().unwrap().to_owned(), d["overdue"] == true)
        };
        items.as_array().unwrap().iter().map(told).collect::<Vec<_>>()
    };
    let recertify = "p1-recertification is due by 2026-11-10: it was never held.";
    let left = "p1-family ends on 2026-12-04, 6 sessions left.";
    let certificate = "LCSW of ana holds up to 2026-12-10.";
    let told = |kind: &str, text: &str, overdue: bool| (kind.to_owned(), text.to_owned(), overdue);
    assert_eq!(
        due("2026-12-01").await,
        [
            told("order_due", recertify, true),
            told("order_ends", left, false),
            told("certificate_ends", certificate, false)
        ]
    );
    assert_eq!(
        due("2026-12-11").await,
        [told("order_due", recertify, true), told("certificate_ends", certificate, true)]
    );
    // In the week in which it ends nobody may rely on it.
    let credentials = async |week: &str| service.problem(week).await["clinicians"][0]["credentials"].clone();
    assert_eq!((credentials("2026-11-30").await, credentials("2026-12-07").await), (json!(["LCSW"]), json!([])));
    // Held, the recertification is due sixty days later.
    service.patch("/v1/programs/north/clinicians/ana", &json!({ "certificates": null })).send().await.unwrap();
    service.solve("/v1/programs/north/weeks/2026-11-30").await;
    service.done("/v1/programs/north/weeks/2026-11-30/publish", &json!({})).await;
    let later = service.json("/v1/programs/north/due?from=2026-12-05&days=60").await;
    let item = later["items"].as_array().unwrap().iter().find(|d| d["order"] == "p1-recertification").unwrap();
    assert!(item["overdue"] == false && item["date"].as_str().unwrap() > "2027-01-28", "{item}");
}
