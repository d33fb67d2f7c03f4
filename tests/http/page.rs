//! The page at `/`, and the demo that it opens with.

use std::{path::Path, time::Duration};

use reqwest::StatusCode;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::Service;

const WEEK: &str = "/v1/programs/demo/weeks/2026-11-30";

#[tokio::test]
async fn the_page_comes_from_here_alone_and_has_no_script_in_its_document() {
    let service = Service::start();
    let start = service.get("/").send().await.unwrap();
    assert_eq!(start.status(), StatusCode::OK);
    let policy = start.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let document = start.text().await.unwrap();
    assert!(!document.contains("<style") && !document.contains(" style="), "{document}");
    assert!(document.split("<script").skip(1).all(|s| s.contains("src=\"/page/app.js\"></script>")), "{document}");
    for (file, media_type) in [("app.js", "text/javascript"), ("app.css", "text/css"), ("icon.svg", "image/svg+xml")] {
        assert!(document.contains(&format!("/page/{file}")), "{file}");
        let sent = service.get(&format!("/page/{file}")).send().await.unwrap();
        assert!(sent.headers()["content-type"].to_str().unwrap().starts_with(media_type), "{file}");
        assert_eq!(sent.headers()["x-content-type-options"], "nosniff");
        let tag = sent.headers()["etag"].to_str().unwrap().to_owned();
        let again = service.get(&format!("/page/{file}")).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{file}");
    }
    assert_eq!(service.get("/page/nothing.js").send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_demo_is_stored_before_the_service_says_that_it_lives_and_its_first_calendar_is_published() {
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    let service = Service::over(&database, folder, &["--workers", "1", "--demo"]);
    assert_eq!(service.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    let week = service.json(WEEK).await;
    assert_eq!(week["problem"]["participants"].as_array().unwrap().len(), 48);
    assert!(week["published"].is_null());
    let solve = format!("/v1/solves/{}", week["solve"].as_str().unwrap());
    service.poll(&solve, |s| !s["objective"].is_null()).await;
    // Nobody waits for the half minute: what is stopped is published as well.
    service.delete(&solve).send().await.unwrap();
    let week = service.poll(WEEK, |w| !w["published"].is_null()).await;
    assert_eq!(week["versions"].as_array().unwrap().len(), 1);
    assert_eq!(week["published"], week["draft"]);
}

#[tokio::test]
async fn a_draft_that_somebody_put_meanwhile_is_not_published_for_the_demo() {
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    let service = Service::over(&database, folder, &["--workers", "1", "--demo"]);
    let solve = service.json(WEEK).await["solve"].as_str().unwrap().to_owned();
    let put = service.put(&format!("{WEEK}/draft"), &json!({ "sessions": [] })).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);
    service.delete(&format!("/v1/solves/{solve}")).send().await.unwrap();
    service.poll(&format!("/v1/solves/{solve}"), |s| s["status"] == "stopped").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let week = service.json(WEEK).await;
    assert!(week["published"].is_null() && week["draft"]["sessions"].as_array().unwrap().is_empty(), "{week}");
}

#[test]
fn the_page_that_is_committed_is_the_build_of_its_sources() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    let mut sources = Vec::new();
    for path in ["index.html", "package-lock.json", "public", "src", "svelte.config.js", "vite.config.ts"] {
        list(&web, path, &mut sources);
    }
    let mut hash = Sha256::new();
    for path in sources.iter().filter(|path| *path != "src/api/schema.d.ts") {
        hash.update(path);
        hash.update([0]);
        hash.update(std::fs::read(web.join(path)).unwrap());
        hash.update([0]);
    }
    let stamp = std::fs::read_to_string(web.join("dist/sources.sha256")).unwrap();
    assert_eq!(stamp.trim(), format!("{:x}", hash.finalize()), "web/dist is old: run `make page` and commit it");
}

/// The files at a path, in the order of `web/scripts/stamp.js`.
fn list(web: &Path, path: &str, files: &mut Vec<String>) {
    if !web.join(path).is_dir() {
        return files.push(path.to_owned());
    }
    let entries = std::fs::read_dir(web.join(path)).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.iter().for_each(|name| list(web, &format!("{path}/{name}"), files));
}
