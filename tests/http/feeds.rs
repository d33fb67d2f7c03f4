//! Calendar feeds: private, revocable, read back by an independent reader after a publication, a change, a cancellation.

use std::{path::Path, process::Command};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, problem_details, testing};

const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";
const FEEDS: &str = "/v1/programs/north/feeds";

/// What python's `icalendar` reads, by UID.
fn read_back(text: &str) -> Vec<Value> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("feed.ics");
    std::fs::write(&file, text).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/run.sh");
    let read = Command::new(script).arg("ics.py").arg(file).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let told: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(told["errors"], json!([]));
    let mut events = told["events"].as_array().unwrap().clone();
    events.sort_by_key(|e| e["uid"].as_str().unwrap().to_owned());
    events
}

impl Service {
    async fn feed(&self, of: &str, id: &str) -> (String, String) {
        let made = self.done(FEEDS, &json!({ of: id, "consent": true })).await;
        (made["id"].as_str().unwrap().to_owned(), made["url"].as_str().unwrap().to_owned())
    }

    async fn fetch(&self, url: &str, known: &str) -> (StatusCode, String, String) {
        let response = self.client.get(url).header("if-none-match", known).send().await.unwrap();
        let tag = response.headers().get("etag").map_or(String::new(), |t| t.to_str().unwrap().to_owned());
        (response.status(), tag, response.text().await.unwrap())
    }
}

fn of<'a>(calendar: &'a Value, who: &'a str) -> Vec<&'a Value> {
    let theirs = |s: &&Value| s["participants"].as_array().unwrap().contains(&json!(who));
    calendar["sessions"].as_array().unwrap().iter().filter(theirs).collect()
}

#[tokio::test]
async fn a_reader_finds_a_feed_right_after_a_publication_a_change_and_a_cancellation() {
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).with_draft().await;
        let (_, url) = service.feed("participant", "p1").await;
        let (status, empty, text) = service.fetch(&url, "").await;
        assert_eq!((status, text.matches("BEGIN:VEVENT").count()), (StatusCode::OK, 0));
        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        let published = service.json(WEEK).await["published"].clone();

        let (status, tag, text) = service.fetch(&url, &empty).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("REFRESH-INTERVAL;VALUE=DURATION:PT1H"), "{text}");
        let first = read_back(&text);
        let own = of(&published, "p1");
        assert_eq!(first.len(), own.len());
        for event in &first {
            assert_eq!(
                (&event["summary"], &event["sequence"], &event["status"]),
                (&json!("Appointment"), &json!(0), &json!("CONFIRMED"))
            );
            assert_eq!(event["location"], "3 Elm Street");
        }
        for told in
            ["p1", "p2", "circle", "process", "Process", "individual", "Individual", "ana", "north", "North", "hall"]
        {
            assert!(!text.contains(told), "{told} is in\n{text}");
        }
        assert_eq!(service.fetch(&url, &tag).await.0, StatusCode::NOT_MODIFIED);
        // A draft alone changes nothing.
        let mut edited = published.clone();
        let single = own.iter().find(|s| s["order"].is_string()).unwrap()["id"].clone();
        let list = edited["sessions"].as_array_mut().unwrap();
        let moved = list.iter_mut().find(|s| s["id"] == single).unwrap();
        let alone = moved["start"].clone();
        list.retain(|s| s["id"] != single);
        service.put(&format!("{WEEK}/draft"), &edited).send().await.unwrap();
        assert_eq!(service.fetch(&url, &tag).await.0, StatusCode::NOT_MODIFIED);

        // Cancelled: the same event, counted up.
        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        let (status, second, text) = service.fetch(&url, &tag).await;
        assert_eq!((status, second != tag), (StatusCode::OK, true));
        let after = read_back(&text);
        assert_eq!(after.len(), first.len());
        let cancelled: Vec<&Value> = after.iter().filter(|e| e["status"] == "CANCELLED").collect();
        assert_eq!((cancelled.len(), &cancelled[0]["sequence"]), (1, &json!(1)));
        for (before, after) in first.iter().zip(&after).filter(|(_, after)| after["status"] == "CONFIRMED") {
            assert_eq!(before, after);
        }
        // Back again: once more the same event, counted up again.
        service.done(&format!("{WEEK}/versions/1/restore"), &json!({})).await;
        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        let events = read_back(&service.fetch(&url, &second).await.2);
        let back = events.iter().find(|e| e["uid"] == cancelled[0]["uid"]).unwrap();
        assert_eq!((&back["sequence"], &back["status"]), (&json!(2), &json!("CONFIRMED")));
        assert!(alone.as_str().unwrap().starts_with(back["start"]["wall"].as_str().unwrap()), "{back}");
    }
}

#[tokio::test]
async fn feeds_of_rooms_groups_and_clinicians_carry_counts_and_no_names() {
    let service = Service::start().with_draft().await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    for (part, id) in [("clinician", "ana"), ("room", "hall"), ("group", "circle")] {
        let (_, url) = service.feed(part, id).await;
        let text = service.fetch(&url, "").await.2;
        assert!(text.contains("DESCRIPTION:3 participants") || text.contains("DESCRIPTION:2 participants"), "{text}");
        for told in ["p1", "p2", "p3", "circle", "Circle", "Process", "hall"] {
            assert!(!text.contains(told), "{part}: {told} is in\n{text}");
        }
    }
}

#[tokio::test]
async fn a_family_feed_has_only_the_sessions_to_which_they_come_too() {
    let service = Service::start();
    service.done("/v1/programs", &json!({ "id": "north", "name": "North" })).await;
    let mut problem = super::fixture("tiny.json");
    problem["participants"][0]["family"] = json!([{ "id": "mother" }, { "id": "uncle" }]);
    problem["participants"][0]["orders"][1]["family"] = json!(["mother"]);
    service.done("/v1/programs/north/import", &problem).await;
    service.solve(WEEK).await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let published = service.json(WEEK).await["published"].clone();
    let feed = async |family: &str| {
        let wish = json!({ "participant": "p1", "family": family, "consent": true });
        service.done(FEEDS, &wish).await["url"].as_str().unwrap().to_owned()
    };
    let (mothers, uncles) = (feed("mother").await, feed("uncle").await);
    let (_, tag, text) = service.fetch(&mothers, "").await;
    let all = of(&published, "p1");
    let own: Vec<&&Value> = all.iter().filter(|s| s["order"] == "p1-individual").collect();
    assert_eq!((own.len(), read_back(&text).len()), (1, 1));
    assert!(all.len() > 1);
    let start = &read_back(&text)[0]["start"]["wall"];
    assert!(own[0]["start"].as_str().unwrap().starts_with(start.as_str().unwrap()), "{text}");
    assert!(!text.contains("mother") && !text.contains("p1"), "{text}");
    assert_eq!(read_back(&service.fetch(&uncles, "").await.2), [Value::Null; 0]);
    // From now on the uncle comes.
    assert_eq!(service.fetch(&mothers, &tag).await.0, StatusCode::NOT_MODIFIED);
    let mut orders = problem["participants"][0]["orders"].clone();
    orders[1]["family"] = json!(["uncle"]);
    let changed =
        service.patch("/v1/programs/north/participants/p1", &json!({ "orders": orders })).send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
    let (status, _, text) = service.fetch(&mothers, &tag).await;
    assert_eq!((status, read_back(&text).len()), (StatusCode::OK, 0));
    assert_eq!(read_back(&service.fetch(&uncles, "").await.2).len(), 1);
    assert_eq!(service.json(FEEDS).await["items"][0]["family"], "mother");
    for (body, code) in [
        (json!({ "participant": "p1", "family": "nobody", "consent": true }), "unknown-id"),
        (json!({ "participant": "p1", "family": 7, "consent": true }), "wrong-type"),
        (json!({ "clinician": "ana", "family": "mother", "consent": true }), "wrong-type"),
        (json!({ "participant": "p1", "family": "mother" }), "consent-needed"),
    ] {
        let refused = problem_details(service.post(FEEDS, &body).send().await.unwrap()).await;
        assert_eq!(refused["errors"][0]["code"], code, "{body}");
    }
}

#[tokio::test]
async fn a_feed_needs_consent_is_ended_at_once_and_its_token_is_kept_nowhere() {
    let service = Service::start().with_draft().await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    for body in [
        json!({ "participant": "p1" }),
        json!({ "participant": "p1", "consent": false }),
        json!({ "clinician": "ana", "consent": false }),
    ] {
        let refused = problem_details(service.post(FEEDS, &body).send().await.unwrap()).await;
        assert_eq!(
            (&refused["status"], &refused["errors"][0]["code"]),
            (&json!(422), &json!("consent-needed")),
            "{body}"
        );
    }
    for body in [
        json!({ "consent": true }),
        json!({ "participant": "p1", "room": "hall", "consent": true }),
        json!({ "participant": "nobody", "consent": true }),
        json!({ "participant": 1, "consent": true }),
        json!({ "participant": "p1", "consent": true, "colour": "red" }),
        json!([]),
    ] {
        assert_eq!(
            service.post(FEEDS, &body).send().await.unwrap().status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}"
        );
    }
    let (id, url) = service.feed("participant", "p1").await;
    let (other, _) = service.feed("clinician", "ana").await;
    let token = url.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let listed = service.json(FEEDS).await;
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["participant"]), (&json!(id), &json!("p1")));
    assert_eq!(listed["items"][1]["id"], json!(other));
    assert!(!listed.to_string().contains(&token));
    assert_eq!(service.fetch(&url, "").await.0, StatusCode::OK);
    assert_eq!(service.delete(&format!("{FEEDS}/{id}")).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let (status, _, gone) = service.fetch(&url, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        service.fetch(&format!("{}/feeds/x.ics", service.url), "").await.2.replace("x", ""),
        gone.replace("x", "")
    );
    assert_eq!(service.delete(&format!("{FEEDS}/{id}")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    // The fetch is in the audit, by the feed's id.
    let audit = service.poll("/v1/audit", |a| a.to_string().contains("feed:")).await;
    let read = audit["items"].as_array().unwrap().iter().find(|e| e["actor"] == format!("feed:{id}")).unwrap();
    assert_eq!((&read["status"], &read["action"]), (&json!(200), &json!("GET /feeds/{token}")));
    let log = service.log.lock().unwrap().clone();
    assert!(log.contains("/feeds/{token}") && !log.contains(&token) && !audit.to_string().contains(&token));
    assert!(!service.get("/metrics").send().await.unwrap().text().await.unwrap().contains(&token));
}
