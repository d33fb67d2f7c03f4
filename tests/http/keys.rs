//! Who may: every route of the description with each role, without a key, and with another tenant's key.

use std::process::Command;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, fixture, problem_details, short, testing};

const ROLES: [&str; 5] = ["owner", "coordinator", "clinician", "viewer", "integration"];

/// A service whose database has keys, one for each role and one of another tenant's owner.
struct Guarded {
    service: Service,
    database: String,
    keys: Vec<(&'static str, String)>,
    other: String,
    _scratch: testing::Scratch,
}

/// Runs `careweave keys` and gives what it prints.
fn keys(database: &str, args: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_careweave"))
        .arg("keys")
        .args(args)
        .args(["--database", database])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn create(database: &str, args: &[&str]) -> String {
    keys(database, &[&["create"], args].concat())["key"].as_str().unwrap().to_owned()
}

impl Guarded {
    /// On SQLite, and on a PostgreSQL.
    fn both(args: &[&str]) -> impl Iterator<Item = Self> {
        testing::both().into_iter().map(|scratch| Guarded::over(scratch, args))
    }

    fn over(scratch: testing::Scratch, args: &[&str]) -> Self {
        let database = scratch.address.clone();
        let keys = ROLES.map(|role| (role, create(&database, &["--role", role, "--clinician", "ana"])));
        let other = create(&database, &["--role", "owner", "--tenant", "other"]);
        let service = Service::over(&database, TempDir::new().unwrap(), &[&["--workers", "1"], args].concat());
        Guarded { service, database, keys: keys.to_vec(), other, _scratch: scratch }
    }

    fn key(&self, role: &str) -> &str {
        &self.keys.iter().find(|(name, _)| *name == role).unwrap().1
    }

    async fn ask(&self, method: &Method, path: &str, key: &str) -> reqwest::Response {
        let request = self.service.client.request(method.clone(), format!("{}{path}", self.service.url));
        request.bearer_auth(key).send().await.unwrap()
    }

    /// Every method and path of the description.
    async fn routes(&self) -> Vec<(Method, String)> {
        let api: Value = self.service.get("/openapi.json").send().await.unwrap().json().await.unwrap();
        let paths = api["paths"].as_object().unwrap();
        let methods =
            |item: &Value| item.as_object().unwrap().keys().map(|m| m.to_uppercase().parse().unwrap()).collect();
        let each = |(path, item): (&String, &Value)| {
            let methods: Vec<Method> = methods(item);
            methods.into_iter().map(|m| (m, path.clone())).collect::<Vec<_>>()
        };
        paths.iter().flat_map(each).collect()
    }
}

const OPEN: [&str; 10] = [
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/docs",
    "/openapi.json",
    "/feeds/{token}",
    "/v1/session/ways",
    "/v1/session/oidc",
    "/v1/session/oidc/callback",
];

/// Whether a role may use a method of a path, as the documentation of the roles says it.
fn may(role: &str, method: &Method, path: &str) -> bool {
    if path == "/v1/session" {
        return true;
    }
    if path == "/v1/audit" || path.ends_with("/records") {
        return role == "owner";
    }
    if path.ends_with("/publish")
        || ["webhooks", "caldav"].iter().any(|r| path.starts_with(&format!("/v1/programs/{{program}}/{r}")))
    {
        return matches!(role, "owner" | "coordinator");
    }
    if path.ends_with("/names") || path.ends_with("/sign-in") {
        return matches!(role, "owner" | "coordinator");
    }
    let reads = *method == Method::GET
        || ["/v1/check", "/v1/explain", "/v1/recommend", "/v1/places", "/v1/quality"].contains(&path);
    let own = [
        "/v1/programs/{program}/participants",
        "/v1/programs/{program}/participants/{id}",
        "/v1/programs/{program}/clinicians/{id}",
        "/v1/programs/{program}/weeks/{date}",
    ];
    match role {
        "clinician" => *method == Method::GET && own.contains(&path),
        "viewer" => reads,
        _ => true,
    }
}

/// A path with ids that nothing has.
fn filled(path: &str) -> String {
    path.replace("{date}", "2026-11-30").replace(['{', '}'], "")
}

#[tokio::test]
async fn each_route_lets_each_role_do_what_it_may_and_nobody_without_a_key() {
    for guarded in Guarded::both(&[]) {
        for (method, path) in guarded.routes().await {
            if OPEN.contains(&&*path) || (path == "/v1/session" && method == Method::POST) {
                continue;
            }
            let request =
                guarded.service.client.request(method.clone(), format!("{}{}", guarded.service.url, filled(&path)));
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
            assert_eq!(problem_details(response).await["code"], "unauthorized");
            for (role, key) in &guarded.keys {
                let status = guarded.ask(&method, &filled(&path), key).await.status();
                let allowed = may(role, &method, &path);
                assert_eq!(status != StatusCode::FORBIDDEN, allowed, "{role}: {method} {path} is {status}");
                assert!(!status.is_server_error(), "{role}: {method} {path} is {status}");
            }
        }
    }
}

#[tokio::test]
async fn another_tenants_key_finds_nothing_of_ours() {
    for guarded in Guarded::both(&[]) {
        let ours = guarded.key("owner");
        let post = async |path: &str, body: &Value| {
            let response = guarded.service.post(path, body).bearer_auth(ours).send().await.unwrap();
            assert!(response.status().is_success(), "{path}: {}", response.status());
            response.json::<Value>().await.unwrap()
        };
        post("/v1/programs", &json!({ "id": "north", "name": "North" })).await;
        post("/v1/programs/north/import", &fixture("tiny.json")).await;
        let solve = post("/v1/programs/north/weeks/2026-11-30/solve", &json!({ "options": { "rounds": 1 } })).await;
        let solve = solve["id"].as_str().unwrap();
        let ids = [
            ("sites", "elm"),
            ("rooms", "hall"),
            ("services", "individual"),
            ("clinicians", "ana"),
            ("groups", "circle"),
        ];
        let mut tried = 0;
        for (method, route) in guarded.routes().await {
            let id = ids.iter().find(|(list, _)| route.contains(&format!("/{list}/"))).map_or("p1", |(_, id)| *id);
            let id = if route.starts_with("/v1/solves") { solve } else { id };
            let path = route.replace("{program}", "north").replace("{date}", "2026-11-30").replace("{id}", id);
            if path == route {
                continue;
            }
            tried += 1;
            // With a fitting query and body, so that nothing but the tenant stands in the way.
            let path = if path.ends_with("/makeups") { format!("{path}?participant=p1") } else { path };
            let request = guarded.service.client.request(method.clone(), format!("{}{path}", guarded.service.url));
            let body = if path.ends_with("/import") { fixture("tiny.json") } else { json!({}) };
            let response = request.bearer_auth(&guarded.other).json(&body).send().await.unwrap();
            // An address that the other tenant does not have can be made there: their own programme of the same id.
            let own = method == Method::PUT && path == "/v1/programs/north";
            assert_eq!(response.status() == StatusCode::NOT_FOUND, !own, "{method} {path}: {}", response.status());
        }
        assert!(tried > 30, "{tried}");
        let kept = guarded.ask(&Method::GET, "/v1/programs/north/participants/p1", ours).await;
        assert_eq!(kept.status(), StatusCode::OK);
        let theirs = guarded.ask(&Method::GET, "/v1/programs", &guarded.other).await;
        assert_eq!(theirs.json::<Value>().await.unwrap()["items"], json!([]));
    }
}

#[tokio::test]
async fn an_id_of_ours_is_nothing_in_another_tenants_programme_of_the_same_name() {
    for guarded in Guarded::both(&[]) {
        let ours = guarded.key("owner");
        let post = async |key: &str, path: &str, body: String| {
            let request = guarded.service.client.post(format!("{}/v1/programs{path}", guarded.service.url));
            let response = request.bearer_auth(key).body(body).send().await.unwrap();
            assert!(response.status().is_success(), "{path}: {}", response.status());
            response.json::<Value>().await.unwrap()
        };
        for key in [ours, &guarded.other] {
            post(key, "", json!({ "id": "north", "name": "North" }).to_string()).await;
        }
        post(ours, "/north/import", fixture("tiny.json").to_string()).await;
        let calendar = include_str!("../../fixtures/calendars/google.ics");
        let made = [
            ("feeds", "/north/feeds", json!({ "participant": "p1", "consent": true }).to_string()),
            ("webhooks", "/north/webhooks", json!({ "url": "https://example.org/", "active": false }).to_string()),
            (
                "caldav",
                "/north/caldav",
                json!({ "url": "https://dav.invalid/", "username": "a", "password": "b" }).to_string(),
            ),
            ("busy", "/north/busy?clinician=ana", calendar.to_owned()),
        ];
        let mut ids =
            vec![("participants", "p1".to_owned()), ("sites", "elm".to_owned()), ("rooms", "hall".to_owned())];
        for (list, path, body) in made {
            ids.push((list, post(ours, path, body).await["id"].as_str().unwrap().to_owned()));
        }
        let mut tried = 0;
        for (method, route) in guarded.routes().await {
            let of = |list: &str| route.starts_with(&format!("/v1/programs/{{program}}/{list}/{{id}}"));
            let Some((_, id)) = ids.iter().find(|(list, _)| of(list)) else { continue };
            if method == Method::PUT {
                continue; // It makes one of their own.
            }
            let path = route.replace("{program}", "north").replace("{id}", id).replace("{delivery}", "msg_1");
            let request = guarded.service.client.request(method.clone(), format!("{}{path}", guarded.service.url));
            let status = request.bearer_auth(&guarded.other).json(&json!({})).send().await.unwrap().status();
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
            tried += 1;
        }
        assert!(tried > 18, "{tried}");
        for (list, id) in &ids {
            let path = format!("/v1/programs/north/{list}");
            let theirs: Value = guarded.ask(&Method::GET, &path, &guarded.other).await.json().await.unwrap();
            assert_eq!(theirs["items"], json!([]), "{list}");
            let all: Value = guarded.ask(&Method::GET, &path, ours).await.json().await.unwrap();
            assert!(all["items"].as_array().unwrap().iter().any(|e| e["id"] == **id), "{list}");
        }
    }
}

#[tokio::test]
async fn a_clinician_sees_the_own_calendar_and_its_participants() {
    for guarded in Guarded::both(&[]) {
        let ours = guarded.key("owner");
        let post = async |path: &str, body: &Value| {
            let request = guarded.service.post(path, body).bearer_auth(ours).header("prefer", "wait=60");
            let response = request.send().await.unwrap();
            assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap());
        };
        post("/v1/programs", &json!({ "id": "north", "name": "North" })).await;
        post("/v1/programs/north/import", &fixture("tiny.json")).await;
        post("/v1/programs/north/weeks/2026-11-30/solve", &json!({ "options": { "rounds": 5 } })).await;
        post("/v1/programs/north/weeks/2026-11-30/publish", &json!({})).await;
        let all: Value =
            guarded.ask(&Method::GET, "/v1/programs/north/weeks/2026-11-30", ours).await.json().await.unwrap();
        let sessions = all["published"]["sessions"].as_array().unwrap();
        let ana: Vec<&Value> =
            sessions.iter().filter(|s| s["clinicians"].as_array().unwrap().contains(&json!("ana"))).collect();
        assert!(!ana.is_empty());
        let key = guarded.key("clinician");
        let own: Value =
            guarded.ask(&Method::GET, "/v1/programs/north/weeks/2026-11-30", key).await.json().await.unwrap();
        assert_eq!(own["published"]["sessions"].as_array().unwrap().iter().collect::<Vec<_>>(), ana);
        assert_eq!((&own["problem"], &own["draft"]), (&Value::Null, &Value::Null));
        let participants: Value =
            guarded.ask(&Method::GET, "/v1/programs/north/participants", key).await.json().await.unwrap();
        for participant in all["problem"]["participants"].as_array().unwrap() {
            let theirs = ana.iter().any(|s| s["participants"].as_array().unwrap().contains(&participant["id"]));
            assert_eq!(participants["items"].as_array().unwrap().contains(participant), theirs);
            let path = format!("/v1/programs/north/participants/{}", participant["id"].as_str().unwrap());
            assert_eq!(guarded.ask(&Method::GET, &path, key).await.status() == StatusCode::OK, theirs, "{path}");
        }
        assert_eq!(guarded.ask(&Method::GET, "/v1/programs/north/clinicians/ana", key).await.status(), StatusCode::OK);
        assert_eq!(
            guarded.ask(&Method::GET, "/v1/programs/north/clinicians/other", key).await.status(),
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn a_key_that_is_unknown_expired_or_revoked_is_401_at_once() {
    for guarded in Guarded::both(&[]) {
        let status = async |key: &str| guarded.ask(&Method::GET, "/v1/session", key).await.status();
        assert_eq!(status("cw_000000000000_nothing").await, StatusCode::UNAUTHORIZED);
        let viewer = guarded.key("viewer");
        assert_eq!(status(viewer).await, StatusCode::OK);
        let id = viewer.split('_').nth(1).unwrap();
        keys(&guarded.database, &["revoke", id]);
        assert_eq!(status(viewer).await, StatusCode::UNAUTHORIZED);
        let listed = keys(&guarded.database, &["list"]);
        let listed = listed["keys"].as_array().unwrap();
        assert_eq!(listed.len(), 6);
        assert!(listed.iter().all(|k| k.get("key").is_none() && k.get("hash").is_none()), "{listed:?}");
        assert!(listed.iter().any(|k| k["id"] == id && k["revoked"].is_i64()), "{listed:?}");
    }
}

#[tokio::test]
async fn a_scope_narrows_a_role() {
    for guarded in Guarded::both(&[]) {
        let narrow = create(&guarded.database, &["--role", "owner", "--scope", "read"]);
        assert_eq!(guarded.ask(&Method::GET, "/v1/audit", &narrow).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(guarded.ask(&Method::POST, "/v1/solves", &narrow).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(guarded.ask(&Method::POST, "/v1/check", &narrow).await.status(), StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn the_page_has_a_session_by_cookie_and_writes_need_an_origin_of_ours() {
    for guarded in Guarded::both(&[]) {
        let service = &guarded.service;
        let wrong = service.post("/v1/session", &json!({ "key": "cw_x_y" })).send().await.unwrap();
        assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
        let begun = service.post("/v1/session", &json!({ "key": guarded.key("coordinator") })).send().await.unwrap();
        assert_eq!(begun.status(), StatusCode::OK);
        let set = begun.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(set.contains(part), "{set}");
        }
        let cookie = set.split(';').next().unwrap();
        let shown = service.get("/v1/session").header("cookie", cookie).send().await.unwrap();
        assert_eq!(shown.json::<Value>().await.unwrap()["role"], "coordinator");
        let submit = || service.post("/v1/solves", &short()).header("cookie", cookie);
        assert_eq!(submit().send().await.unwrap().status(), StatusCode::FORBIDDEN);
        let foreign = submit().header("origin", "http://evil.example").send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
        let ours = submit().header("origin", &service.url).send().await.unwrap();
        assert_eq!(ours.status(), StatusCode::ACCEPTED);
        let end = service.delete("/v1/session").header("cookie", cookie).header("origin", &service.url);
        assert_eq!(end.send().await.unwrap().status(), StatusCode::NO_CONTENT);
        let over = service.get("/v1/session").header("cookie", cookie).send().await.unwrap();
        assert_eq!(over.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_429_with_the_time_to_wait() {
    for guarded in Guarded::both(&["--rate", "5"]) {
        let mut last = None;
        for _ in 0..100 {
            let response = guarded.ask(&Method::GET, "/v1/session", guarded.key("viewer")).await;
            if response.status() == StatusCode::TOO_MANY_REQUESTS {
                last = Some(response);
                break;
            }
        }
        let refused = last.unwrap();
        assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().is_ok());
        assert_eq!(problem_details(refused).await["code"], "too-many-requests");
        assert_eq!(guarded.ask(&Method::GET, "/v1/session", guarded.key("owner")).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn the_audit_says_who_did_what_to_which_record() {
    for guarded in Guarded::both(&[]) {
        let viewer = guarded.key("viewer");
        guarded.ask(&Method::GET, "/v1/solves/someone?room=secret", viewer).await;
        guarded.ask(&Method::POST, "/v1/solves", viewer).await;
        let id = viewer.split('_').nth(1).unwrap();
        loop {
            let page: Value = guarded.ask(&Method::GET, "/v1/audit", guarded.key("owner")).await.json().await.unwrap();
            let items = page["items"].as_array().unwrap();
            let of_viewer: Vec<&Value> = items.iter().filter(|e| e["actor"] == id).collect();
            if of_viewer.len() == 2 {
                assert!(of_viewer.iter().any(|e| e["action"] == "GET /v1/solves/{id}"
                    && e["record"] == "/v1/solves/someone"
                    && e["status"] == 404));
                assert!(
                    of_viewer.iter().any(|e| e["action"] == "POST /v1/solves" && e["status"] == 403),
                    "{of_viewer:?}"
                );
                assert!(!page.to_string().contains("secret"));
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let theirs: Value = guarded.ask(&Method::GET, "/v1/audit", &guarded.other).await.json().await.unwrap();
        assert!(theirs["items"].as_array().unwrap().iter().all(|e| e["actor"] != id));
    }
}

#[tokio::test]
async fn without_keys_the_service_does_not_listen_beyond_this_machine() {
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    let serve = |extra: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_careweave"));
        command.args(["serve", "--listen", "0.0.0.0:0", "--database", &database]).args(extra).output().unwrap()
    };
    let refused = serve(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("careweave keys create"));
}
