//! Login by a provider of identities: a real one (`tests/provider`), walked through as a browser does.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use reqwest::{Client, Method, Response, StatusCode, Url, redirect::Policy};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, problem_details, testing};

/// A running provider; dropping it ends it.
struct Provider {
    child: Child,
    url: String,
}

impl Provider {
    /// `place` is where its claims are: `userinfo` or `token`.
    fn start(place: &str) -> Self {
        let folder = installed();
        let mut child = Command::new("node")
            .args(["provider.js", place])
            .current_dir(folder)
            .stdin(Stdio::piped()) // it ends when this is closed
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url =
            lines.find(|line| line.starts_with("http://")).expect("the provider starts: Node 20 or later is needed");
        std::thread::spawn(move || lines.for_each(drop));
        Provider { child, url }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder of the provider, with what it needs.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
        if !folder.join("node_modules/.package-lock.json").exists() {
            let done = Command::new("npm").args(["ci", "--silent"]).current_dir(&folder).status();
            assert!(
                done.is_ok_and(|s| s.success()),
                "npm ci in {}; scripts/setup.sh --lints installs npm",
                folder.display()
            );
        }
        folder
    })
}

/// Cookies by site, and redirects followed one by one.
struct Browser {
    client: Client,
    cookies: HashMap<String, HashMap<String, String>>,
}

impl Browser {
    fn new() -> Self {
        Browser { client: Client::builder().redirect(Policy::none()).build().unwrap(), cookies: HashMap::new() }
    }

    fn jar(&mut self, url: &Url) -> &mut HashMap<String, String> {
        self.cookies.entry(url.authority().to_owned()).or_default()
    }

    async fn ask(&mut self, method: Method, url: &Url, form: &[(&str, &str)]) -> Response {
        let cookies: Vec<String> = self.jar(url).iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method.clone(), url.clone()).header("cookie", cookies.join("; "));
        if method == Method::POST {
            let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(pairs.join("&"));
        }
        let response = request.send().await.unwrap();
        for set in response.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.jar(url).insert(name.to_owned(), value.to_owned());
        }
        response
    }

    /// Follows redirects until there is none, or one to a path of `stop`.
    async fn follow(&mut self, mut url: Url, mut response: Response, stop: &str) -> (Url, Response) {
        while let Some(location) = response.headers().get("location") {
            url = url.join(location.to_str().unwrap()).unwrap();
            if url.path() == stop {
                break;
            }
            response = self.ask(Method::GET, &url, &[]).await;
        }
        (url, response)
    }

    /// From the button of the page through the provider's forms, up to the way back, which is not gone yet.
    async fn log_in(&mut self, service: &Service, name: &str) -> Url {
        let start = Url::parse(&format!("{}/v1/session/oidc", service.url)).unwrap();
        let begun = self.ask(Method::GET, &start, &[]).await;
        assert_eq!(begun.status(), StatusCode::SEE_OTHER);
        let (mut at, mut page) = self.follow(start, begun, CALLBACK).await;
        for form in [&[("prompt", "login"), ("login", name), ("password", "any")][..], &[("prompt", "consent")]] {
            assert_eq!(page.status(), StatusCode::OK, "{at}");
            assert!(page.text().await.unwrap().contains(&format!("name=\"prompt\" value=\"{}\"", form[0].1)), "{at}");
            let sent = self.ask(Method::POST, &at, form).await;
            (at, page) = self.follow(at, sent, CALLBACK).await;
        }
        assert_eq!(at.path(), CALLBACK, "{at}");
        at
    }

    /// Who the service says this browser is.
    async fn session(&mut self, service: &Service) -> Response {
        let url = Url::parse(&format!("{}/v1/session", service.url)).unwrap();
        self.ask(Method::GET, &url, &[]).await
    }
}

const CALLBACK: &str = "/v1/session/oidc/callback";
const ROLES: &str = "careweave-owners=owner,front-desk=coordinator,therapists=clinician";

/// A service that knows the provider.
fn service(provider: &str, more: &[&str]) -> Service {
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    over(&database, folder, provider, more)
}

/// The same over a database.
fn over(database: &str, folder: TempDir, provider: &str, more: &[&str]) -> Service {
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "a secret of the tests, of no use elsewhere\n").unwrap();
    let secret = secret.to_str().unwrap().to_owned();
    let args = ["--workers", "0", "--oidc-issuer", provider, "--oidc-client-id", "careweave", "--oidc-role", ROLES];
    let claims =
        ["--oidc-client-secret-file", &secret, "--oidc-clinician-claim", "clinician", "--oidc-name", "the clinic"];
    Service::over(database, folder, &[&args[..], &claims[..], more].concat())
}

#[tokio::test]
async fn people_log_in_with_the_role_that_their_groups_have_here() {
    for (place, scratch) in ["userinfo", "token"].into_iter().zip(testing::both()) {
        let provider = Provider::start(place);
        let service = over(&scratch.address, TempDir::new().unwrap(), &provider.url, &[]);
        assert_eq!(service.json("/v1/session/ways").await, json!({ "oidc": "the clinic" }));
        // Where people can log in nobody is let in without.
        assert_eq!(service.get("/v1/session").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        for (name, role, clinician) in [("olga", "owner", Value::Null), ("ana", "clinician", json!("ana"))] {
            let mut browser = Browser::new();
            let back = browser.log_in(&service, name).await;
            let ended = browser.ask(Method::GET, &back, &[]).await;
            assert_eq!((ended.status(), &ended.headers()["location"]), (StatusCode::SEE_OTHER, &"/".parse().unwrap()));
            let set: Vec<&str> = ended.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
            let session = set.iter().find(|c| c.starts_with("careweave_session=")).unwrap();
            assert!(session.contains("HttpOnly") && session.contains("SameSite=Strict"), "{session}");
            assert!(set.iter().any(|c| c.starts_with("careweave_login=;") && c.contains("Max-Age=0")), "{set:?}");
            let who: Value = browser.session(&service).await.json().await.unwrap();
            assert_eq!(
                (&who["role"], &who["tenant"], &who["clinician"]),
                (&json!(role), &json!("default"), &clinician)
            );
            let entries = Url::parse(&format!("{}/v1/audit", service.url)).unwrap();
            let audit = browser.ask(Method::GET, &entries, &[]).await;
            assert_eq!(audit.status() == StatusCode::OK, role == "owner");
        }
    }
}

#[tokio::test]
async fn a_session_of_somebody_who_logged_in_is_audited_and_can_be_ended_by_whoever_runs_the_service() {
    for scratch in testing::both() {
        let provider = Provider::start("token");
        let service = Service::over(
            &scratch.address,
            TempDir::new().unwrap(),
            &[
                &["--workers", "0", "--oidc-issuer", &provider.url, "--oidc-client-id", "public", "--oidc-role", ROLES]
                    [..],
                &["--oidc-tenant-claim", "clinic"],
            ]
            .concat(),
        );
        let mut browser = Browser::new();
        let back = browser.log_in(&service, "nora").await;
        browser.ask(Method::GET, &back, &[]).await;
        let who: Value = browser.session(&service).await.json().await.unwrap();
        assert_eq!((&who["role"], &who["tenant"]), (&json!("coordinator"), &json!("north")));
        // Olga's clinic is another one: she sees nothing of it, but her own entry.
        let mut other = Browser::new();
        let back = other.log_in(&service, "olga").await;
        other.ask(Method::GET, &back, &[]).await;
        let entries = Url::parse(&format!("{}/v1/audit", service.url)).unwrap();
        let entry = loop {
            let page: Value = other.ask(Method::GET, &entries, &[]).await.json().await.unwrap();
            let items = page["items"].as_array().unwrap().clone();
            assert!(items.iter().all(|e| e["actor"] == "oidc:olga"), "{page}");
            if let Some(entry) = items.into_iter().find(|e| e["action"] == format!("GET {CALLBACK}")) {
                break entry;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        assert_eq!((&entry["record"], &entry["status"]), (&json!(CALLBACK), &json!(303)));
        let revoke = |who: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_careweave"));
            command.args(["keys", "revoke", who, "--database", &scratch.address]).output().unwrap().status.code()
        };
        assert_eq!(revoke("oidc:nora"), Some(0));
        assert_eq!(browser.session(&service).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(other.session(&service).await.status(), StatusCode::OK);
        assert_eq!(revoke("oidc:nora"), Some(2));
    }
}

#[tokio::test]
async fn whoever_has_no_role_here_gets_no_session() {
    let provider = Provider::start("userinfo");
    let service = service(&provider.url, &[]);
    // A therapist whose clinician the provider does not name is nobody, too.
    for name in ["eve", "tom"] {
        let mut browser = Browser::new();
        let back = browser.log_in(&service, name).await;
        let refused = browser.ask(Method::GET, &back, &[]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert!(refused.headers().get("set-cookie").is_none());
        assert_eq!(problem_details(refused).await["code"], "login-unknown");
        assert_eq!(browser.session(&service).await.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn what_comes_back_must_be_what_this_browser_was_sent_for() {
    let provider = Provider::start("token");
    let service = service(&provider.url, &[]);
    let login =
        |browser: &Browser| browser.cookies[service.url.trim_start_matches("http://")]["careweave_login"].clone();
    // Another state, another issuer, an error instead of a code, nothing at all.
    let mut browser = Browser::new();
    let back = browser.log_in(&service, "olga").await;
    let kept = login(&browser);
    let changed = |name: &str, value: &str| {
        let mut url = back.clone();
        let pairs: Vec<(String, String)> = back.query_pairs().into_owned().filter(|(n, _)| n != name).collect();
        url.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
        url
    };
    let mut bare = back.clone();
    bare.set_query(None);
    for url in [changed("state", "x"), changed("iss", "https://other.example"), changed("error", "access_denied"), bare]
    {
        let refused = browser.ask(Method::GET, &url, &[]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{url}");
        assert_eq!(problem_details(refused).await["code"], "login-failed", "{url}");
    }
    // Another browser, to whom somebody gives the address.
    let mut other = Browser::new();
    assert_eq!(other.ask(Method::GET, &back, &[]).await.status(), StatusCode::FORBIDDEN);
    // A nonce that the identity token does not have; a verifier that the provider was not told of.
    for part in [1, 2] {
        let mut browser = Browser::new();
        let back = browser.log_in(&service, "olga").await;
        let mut parts: Vec<String> = login(&browser).split('.').map(str::to_owned).collect();
        parts[part] = parts[part].chars().rev().collect();
        browser.jar(&back).insert("careweave_login".into(), parts.join("."));
        let refused = browser.ask(Method::GET, &back, &[]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{part}");
    }
    // The address is good once.
    browser.jar(&back).insert("careweave_login".into(), kept.clone());
    assert_eq!(browser.ask(Method::GET, &back, &[]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.session(&service).await.status(), StatusCode::OK);
    browser.jar(&back).insert("careweave_login".into(), kept);
    assert_eq!(browser.ask(Method::GET, &back, &[]).await.status(), StatusCode::FORBIDDEN);
    let log = service.log.lock().unwrap().clone();
    for secret in back.query_pairs().filter(|(name, _)| name != "iss") {
        assert!(!log.contains(&*secret.1), "{log}");
    }
}

#[tokio::test]
async fn a_person_is_led_back_to_the_page_and_told_what_went_wrong() {
    // Nobody listens there.
    let service = service("http://127.0.0.1:1", &[]);
    let begin = |accept: &str| service.get("/v1/session/oidc").header("accept", accept.to_owned());
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let page = client.execute(begin("text/html,*/*;q=0.8").build().unwrap()).await.unwrap();
    assert_eq!(page.headers()["location"], "/?login=provider-unavailable");
    let program = client.execute(begin("*/*").build().unwrap()).await.unwrap();
    assert_eq!(program.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(problem_details(program).await["code"], "provider-unavailable");
    // The service itself is there all the same.
    assert_eq!(service.get("/readyz").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_way_in() {
    let service = Service::start();
    assert_eq!(service.json("/v1/session/ways").await, json!({ "oidc": null }));
    for path in ["/v1/session/oidc", CALLBACK] {
        assert_eq!(service.get(path).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
}
