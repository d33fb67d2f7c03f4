//! Stored programmes: entities, import and export, weeks; on SQLite, and the whole way on PostgreSQL too.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, fixture, problem_details, testing};

const LISTS: [&str; 6] = ["sites", "rooms", "services", "clinicians", "groups", "participants"];
const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";

impl Service {
    /// With the programme `north`, which is `tiny.json`.
    async fn with_tiny() -> Self {
        Service::start().given_tiny().await
    }

    async fn given_tiny(self) -> Self {
        self.make("north").await;
        let report = self.post("/v1/programs/north/import", &fixture("tiny.json")).send().await.unwrap();
        assert_eq!(report.status(), StatusCode::OK);
        self
    }

    async fn make(&self, id: &str) {
        let made = self.post("/v1/programs", &json!({ "id": id, "name": "North" })).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED);
        assert_eq!(made.headers()["location"], format!("/v1/programs/{id}"));
    }

    async fn tag(&self, path: &str) -> String {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.headers()["etag"].to_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_programme_is_made_shown_changed_and_removed() {
    let service = Service::start();
    service.make("north").await;
    let again = service.post("/v1/programs", &json!({ "id": "north", "name": "x" })).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert_eq!(problem_details(again).await["code"], "already-exists");
    let patched =
        service.patch("/v1/programs/north", &json!({ "weights": { "wait_minute": 2 } })).send().await.unwrap();
    assert_eq!(patched.status(), StatusCode::OK);
    let shown = json!({ "id": "north", "name": "North", "weights": { "wait_minute": 2 } });
    assert_eq!(service.json("/v1/programs/north").await, shown);
    assert_eq!(service.json("/v1/programs").await, json!({ "items": [shown], "next": null }));
    let wrong = service.patch("/v1/programs/north", &json!({ "weights": { "weight": 1 }, "colour": "red", "name": 3 }));
    let wrong = problem_details(wrong.send().await.unwrap()).await;
    assert_eq!(wrong["status"], 422);
    assert_eq!(service.delete("/v1/programs/north").send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(service.get("/v1/programs/north").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    for body in
        [json!({}), json!({ "id": "a b", "name": "x" }), json!([]), json!({ "id": "x", "name": "x", "sites": [] })]
    {
        let refused = service.post("/v1/programs", &body).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
}

#[tokio::test]
async fn an_imported_problem_comes_out_equal() {
    let service = Service::start();
    for (k, name) in ["tiny.json", "evening.json", "two-sites.json", "replan.json", "crisis.json"].iter().enumerate() {
        let problem = fixture(name);
        let program = format!("p{k}");
        service.make(&program).await;
        let report = service.post(&format!("/v1/programs/{program}/import"), &problem).send().await.unwrap();
        assert_eq!(report.status(), StatusCode::OK, "{name}");
        let report: Value = report.json().await.unwrap();
        assert_eq!(report["lists"]["participants"]["created"], problem["participants"].as_array().unwrap().len());
        let week = problem["week_start"].as_str().unwrap();
        let out = service.json(&format!("/v1/programs/{program}/export?week={week}")).await;
        assert!(out == problem, "{name}");
    }
}

#[tokio::test]
async fn a_dry_run_tells_the_difference_and_changes_nothing() {
    let service = Service::with_tiny().await;
    let mut problem = fixture("tiny.json");
    problem["rooms"][0]["capacity"] = json!(40);
    problem["participants"].as_array_mut().unwrap().pop();
    let report = service.post("/v1/programs/north/import?dry_run=true", &problem).send().await.unwrap();
    let report: Value = report.json().await.unwrap();
    assert_eq!(report["dry_run"], true);
    assert_eq!(
        (&report["lists"]["rooms"]["updated"], &report["lists"]["participants"]["deleted"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["changes"].as_array().unwrap().len(), 2, "{report}");
    assert_eq!(service.json("/v1/programs/north/export?week=2026-11-30").await, fixture("tiny.json"));
    problem["rooms"][0]["site"] = json!("nowhere");
    let refused = service.post("/v1/programs/north/import", &problem).send().await.unwrap();
    let refused = problem_details(refused).await;
    assert_eq!((&refused["status"], &refused["code"]), (&json!(422), &json!("invalid-problem")));
    assert_eq!(service.json("/v1/programs/north/export?week=2026-11-30").await, fixture("tiny.json"));
}

#[tokio::test]
async fn tables_go_out_and_in_again_and_a_bad_row_is_told_with_line_and_column() {
    let service = Service::with_tiny().await;
    service.make("evening").await;
    service.post("/v1/programs/evening/import", &fixture("evening.json")).send().await.unwrap();
    let week = fixture("evening.json")["week_start"].as_str().unwrap().to_owned();
    let csv = async |program: &str, table: &str| {
        let path = format!("/v1/programs/{program}/export?table={table}");
        let response = service.get(&path).send().await.unwrap();
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
        response.text().await.unwrap()
    };
    let import = async |program: &str, query: &str, body: String| {
        let url = format!("{}/v1/programs/{program}/import?{query}", service.url);
        service.client.post(url).header("content-type", "text/csv").body(body).send().await.unwrap()
    };
    for table in
        ["sites", "rooms", "services", "clinicians", "shifts", "groups", "participants", "commitments", "orders"]
    {
        let text = csv("evening", table).await;
        let report = import("evening", &format!("table={table}"), text.clone()).await;
        assert_eq!(report.status(), StatusCode::OK, "{table}: {}", report.text().await.unwrap());
        assert_eq!(csv("evening", table).await, text);
    }
    let out = service.json(&format!("/v1/programs/evening/export?week={week}")).await;
    // An empty list and none are the same; everything else is as it was.
    fn bare(value: Value) -> Value {
        match value {
            Value::Object(members) => {
                members.into_iter().map(|(k, v)| (k, bare(v))).filter(|(_, v)| *v != json!([])).collect()
            }
            Value::Array(list) => list.into_iter().map(bare).collect(),
            other => other,
        }
    }
    assert!(bare(out) == bare(fixture("evening.json")));

    // A column alone changes that column alone.
    let report = import("north", "table=rooms&dry_run=true", "id,capacity\nhall,40\noffice,3\n".into()).await;
    let report: Value = report.json().await.unwrap();
    assert_eq!(report["lists"]["rooms"]["updated"], 2, "{report}");
    let wrong = "id,site,capacity,colour\nhall,elm,many,red\noffice,oak,3,blue\n";
    let refused = problem_details(import("north", "table=rooms", wrong.into()).await).await;
    let told: Vec<&str> = refused["errors"].as_array().unwrap().iter().filter_map(|e| e["detail"].as_str()).collect();
    assert!(told.iter().any(|t| t.starts_with("Line 2, column 3 (`capacity`)")), "{told:?}");
    assert!(told.iter().any(|t| t.starts_with("Line 1, column 4 (`colour`)")), "{told:?}");
    let refused = problem_details(import("north", "table=rooms", "id,site,capacity\nhall,oak,3\n".into()).await).await;
    assert_eq!(refused["status"], 422);
    let told = refused["errors"][0]["detail"].as_str().unwrap();
    assert!(told.starts_with("Line 2, column 2 (`site`)"), "{told}");
    let refused =
        import("north", "table=orders", "participant,id,service,sessions\nnobody,o,individual,1\n".into()).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(service.json("/v1/programs/north/export?week=2026-11-30").await, fixture("tiny.json"));
    let unknown = service.get("/v1/programs/north/export?table=colours").send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn imported_orders_stand_from_their_week_on() {
    let service = Service::with_tiny().await;
    let orders = async |week: &str| {
        let problem = service.json(&format!("/v1/programs/north/export?week={week}")).await;
        problem["participants"].as_array().unwrap().iter().map(|p| p["orders"].as_array().unwrap().len()).sum::<usize>()
    };
    assert!(orders("2026-11-30").await > 0);
    assert_eq!(orders("2026-12-07").await, orders("2026-11-30").await);
    assert_eq!(orders("2026-11-23").await, 0);
    let week = service.json("/v1/programs/north/weeks/2026-12-07").await;
    assert_eq!(week["problem"]["week_start"], "2026-12-07");
    assert_eq!((&week["draft"], &week["published"], &week["versions"]), (&Value::Null, &Value::Null, &json!([])));
}

#[tokio::test]
async fn every_list_is_listed_got_put_patched_and_deleted() {
    let service = Service::with_tiny().await;
    let problem = fixture("tiny.json");
    for list in LISTS {
        let path = format!("/v1/programs/north/{list}");
        assert_eq!(service.json(&path).await["items"], problem[list]);
        let first = &problem[list][0];
        let one = format!("{path}/{}", first["id"].as_str().unwrap());
        assert_eq!(&service.json(&one).await, first);
        // A copy under another id.
        let mut copy = first.clone();
        copy["id"] = json!("copy");
        if let Some(orders) = copy.get_mut("orders") {
            *orders = json!([]);
        }
        let made = service.put(&format!("{path}/copy"), &copy).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED, "{list}: {}", made.text().await.unwrap());
        let same = service.put(&format!("{path}/copy"), &copy).send().await.unwrap();
        assert_eq!(same.status(), StatusCode::OK);
        let tag = same.headers()["etag"].to_str().unwrap().to_owned();
        let unchanged = service.get(&format!("{path}/copy")).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
        let unknown = service.patch(&format!("{path}/copy"), &json!({ "colour": "red" })).send().await.unwrap();
        let unknown = problem_details(unknown).await;
        assert_eq!((&unknown["status"], &unknown["errors"][0]["pointer"]), (&json!(422), &json!("/colour")), "{list}");
        let other = service.put(&format!("{path}/other"), &copy).send().await.unwrap();
        assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY, "{list}");
        let gone = service.delete(&format!("{path}/copy")).header("if-match", &tag).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::NO_CONTENT, "{list}");
        for method in ["GET", "DELETE", "PATCH"] {
            let request = service.client.request(method.parse().unwrap(), format!("{}{path}/copy", service.url));
            assert_eq!(
                request.json(&json!({})).send().await.unwrap().status(),
                StatusCode::NOT_FOUND,
                "{method} {list}"
            );
        }
    }
}

#[tokio::test]
async fn an_entity_may_leave_its_id_to_the_address() {
    let service = Service::with_tiny().await;
    let room = json!({ "site": fixture("tiny.json")["sites"][0]["id"], "capacity": 3 });
    let made = service.put("/v1/programs/north/rooms/attic", &room).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    assert_eq!(made.json::<Value>().await.unwrap()["id"], "attic");
    let twice = "{\"capacity\": 1, \"capacity\": 2, \"site\": \"elm\"}";
    let request = service.client.put(format!("{}/v1/programs/north/rooms/attic", service.url)).body(twice);
    let refused = problem_details(request.send().await.unwrap()).await;
    assert!(refused["errors"].as_array().unwrap().iter().any(|e| e["code"] == "duplicate-key"), "{refused}");
}

#[tokio::test]
async fn two_who_edit_the_same_thing_get_a_412_and_never_lose_an_edit() {
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "0"]).given_tiny().await;
        let path = "/v1/programs/north/rooms/hall";
        let tag = service.tag(path).await;
        let patch = |capacity: u64| service.patch(path, &json!({ "capacity": capacity })).header("if-match", &tag);
        let (one, two) = tokio::join!(patch(50).send(), patch(60).send());
        let mut statuses = [one.unwrap().status().as_u16(), two.unwrap().status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        // Stale is told whatever the body.
        let stale = service.client.put(format!("{}{path}", service.url)).header("if-match", &tag).body("{");
        let stale = problem_details(stale.send().await.unwrap()).await;
        assert_eq!((&stale["status"], &stale["code"]), (&json!(412), &json!("stale")));
        let absent = service.put("/v1/programs/north/rooms/nowhere", &json!({})).header("if-match", "*");
        assert_eq!(absent.send().await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
        let there = service.put(path, &json!({})).header("if-none-match", "*");
        assert_eq!(there.send().await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
        let stale = service.delete(path).header("if-match", &tag);
        assert_eq!(stale.send().await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
    }
}

#[tokio::test]
async fn what_is_in_use_is_not_deleted_and_the_uses_are_told() {
    let service = Service::with_tiny().await;
    let refused = problem_details(service.delete("/v1/programs/north/services/individual").send().await.unwrap()).await;
    assert_eq!((&refused["status"], &refused["code"]), (&json!(409), &json!("in-use")));
    let site = fixture("tiny.json")["sites"][0]["id"].as_str().unwrap().to_owned();
    let refused =
        problem_details(service.delete(&format!("/v1/programs/north/sites/{site}")).send().await.unwrap()).await;
    let uses: Vec<&str> = refused["uses"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(uses.contains(&"/rooms/hall/site") && uses.contains(&"/participants/p1/home_site"), "{uses:?}");
}

#[tokio::test]
async fn lists_are_paged_by_cursor_and_filtered() {
    let service = Service::with_tiny().await;
    let all = fixture("tiny.json");
    let all = all["participants"].as_array().unwrap();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = service.json(&format!("/v1/programs/north/participants?limit=2{cursor}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(&seen, all);
    let rooms = service.json("/v1/programs/north/rooms?features=group").await;
    for room in rooms["items"].as_array().unwrap() {
        assert!(room["features"].as_array().unwrap().contains(&json!("group")), "{room}");
    }
    assert_eq!(service.json("/v1/programs/north/rooms?site=nowhere").await["items"], json!([]));
    for query in ["colour=red", "limit=0", "limit=x", "cursor=x"] {
        let refused = service.get(&format!("/v1/programs/north/rooms?{query}")).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

#[tokio::test]
async fn a_week_is_solved_into_its_draft_edited_published_and_its_changes_told() {
    let folder = || TempDir::new().unwrap();
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, folder(), &["--workers", "1"]);
        service.make("north").await;
        service.post("/v1/programs/north/import", &fixture("tiny.json")).send().await.unwrap();
        let none = problem_details(service.post(&format!("{WEEK}/publish"), &json!({})).send().await.unwrap()).await;
        assert_eq!((&none["status"], &none["code"]), (&json!(409), &json!("no-draft")));
        let solved = service.post(&format!("{WEEK}/solve"), &json!({ "options": { "rounds": 5 } }));
        let solved = solved.header("prefer", "wait=60").send().await.unwrap();
        assert_eq!(solved.status(), StatusCode::OK);
        let solve: Value = solved.json().await.unwrap();
        let calendar = service.json(&format!("/v1/solves/{}/calendar", solve["id"].as_str().unwrap())).await;
        let week = service.json(WEEK).await;
        assert_eq!((&week["draft"], &week["solve"], &week["published"]), (&calendar, &Value::Null, &Value::Null));

        let published = service.post(&format!("{WEEK}/publish"), &json!({})).send().await.unwrap();
        assert_eq!(published.status(), StatusCode::OK);
        assert_eq!(published.json::<Value>().await.unwrap()["version"], 1);
        assert_eq!(service.json(&format!("{WEEK}/changes")).await["items"], json!([]));

        // Somebody takes a session out by hand.
        let mut edited = calendar.clone();
        let gone = edited["sessions"].as_array_mut().unwrap().pop().unwrap();
        let tag = service.tag(WEEK).await;
        let put = service.put(&format!("{WEEK}/draft"), &edited).header("if-match", &tag).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::OK);
        let put: Value = put.json().await.unwrap();
        assert!(put["check"]["objective"].as_u64() > calendar["objective"].as_u64(), "{put}");
        let stale = service.put(&format!("{WEEK}/draft"), &edited).header("if-match", &tag).send().await.unwrap();
        assert_eq!(stale.status(), StatusCode::PRECONDITION_FAILED);
        let changes = service.json(&format!("{WEEK}/changes")).await;
        assert_eq!(changes["since"], 1);
        for participant in gone["participants"].as_array().unwrap() {
            let item = changes["items"].as_array().unwrap().iter().find(|i| &i["participant"] == participant).unwrap();
            assert_eq!(item["removed"][0]["id"], gone["id"]);
        }

        // A draft that breaks a rule is kept, but not published.
        let mut broken = calendar.clone();
        broken["sessions"][0]["clinicians"] = json!(["nobody"]);
        let put = service.put(&format!("{WEEK}/draft"), &broken).send().await.unwrap();
        assert_eq!(put.json::<Value>().await.unwrap()["check"]["feasible"], false);
        let refused = problem_details(service.post(&format!("{WEEK}/publish"), &json!({})).send().await.unwrap()).await;
        assert_eq!((&refused["status"], &refused["code"]), (&json!(409), &json!("rules-broken")));
        assert!(refused["violations"].as_array().unwrap().iter().any(|v| v["rule"] == "H4"), "{refused}");
        let week = service.json(WEEK).await;
        assert_eq!((&week["published"], week["versions"].as_array().unwrap().len()), (&calendar, 1));
    }
}

#[tokio::test]
async fn a_week_under_solve_says_so_and_a_draft_put_meanwhile_stays() {
    let service = Service::start();
    service.make("north").await;
    service.post("/v1/programs/north/import", &fixture("evening.json")).send().await.unwrap();
    let date = fixture("evening.json")["week_start"].as_str().unwrap().to_owned();
    let week = format!("/v1/programs/north/weeks/{date}");
    let begun =
        service.post(&format!("{week}/solve"), &json!({ "options": { "seconds": 3600 } })).send().await.unwrap();
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    let solve: Value = begun.json().await.unwrap();
    let path = format!("/v1/solves/{}", solve["id"].as_str().unwrap());
    assert_eq!(service.json(&week).await["solve"], solve["id"]);
    let again = problem_details(service.post(&format!("{week}/solve"), &json!({})).send().await.unwrap()).await;
    assert_eq!((&again["status"], &again["code"]), (&json!(409), &json!("already-solving")));
    let empty = json!({ "sessions": [] });
    assert_eq!(service.put(&format!("{week}/draft"), &empty).send().await.unwrap().status(), StatusCode::OK);
    service.poll(&path, |s| s["objective"].is_u64()).await;
    service.delete(&path).send().await.unwrap();
    service.poll(&path, |s| s["status"] == "stopped").await;
    assert_eq!(service.json(&week).await["draft"], empty);
}

#[tokio::test]
async fn all_that_is_kept_of_a_participant_is_given_out_and_erased() {
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).given_tiny().await;
        let solve = json!({ "options": { "rounds": 5 } });
        service.post(&format!("{WEEK}/solve"), &solve).header("prefer", "wait=60").send().await.unwrap();
        service.post(&format!("{WEEK}/publish"), &json!({})).send().await.unwrap();
        let records = "/v1/programs/north/participants/p1/records";
        let kept = service.json(records).await;
        assert_eq!(kept["participant"], fixture("tiny.json")["participants"][0]);
        for sessions in [&kept["weeks"][0]["draft"], &kept["published"][0]["sessions"]] {
            assert!(!sessions.as_array().unwrap().is_empty(), "{kept}");
            assert!(sessions.as_array().unwrap().iter().all(|s| s["participants"] == json!(["p1"])));
        }
        assert_eq!(service.delete(records).send().await.unwrap().status(), StatusCode::NO_CONTENT);
        assert_eq!(service.get(records).send().await.unwrap().status(), StatusCode::NOT_FOUND);
        let left = service.json(WEEK).await;
        assert!(!left.to_string().contains("p1"), "{left}");
        assert!(!left["published"]["sessions"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let service = Service::with_tiny().await;
    for path in [
        "/v1/programs/south",
        "/v1/programs/south/sites",
        "/v1/programs/south/sites/elm",
        "/v1/programs/south/export",
        "/v1/programs/south/weeks/2026-11-30",
        "/v1/programs/south/weeks/2026-11-30/changes",
        "/v1/programs/north/colours",
        "/v1/programs/north/weeks/someday",
    ] {
        assert_eq!(service.get(path).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
    let nowhere = service.put("/v1/programs/south/rooms/a", &json!({})).send().await.unwrap();
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    let patch = service.client.patch(format!("{}/v1/programs/north/rooms/hall", service.url));
    let patch = patch.header("content-type", "application/json-patch+json").body("[]").send().await.unwrap();
    assert_eq!(patch.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
