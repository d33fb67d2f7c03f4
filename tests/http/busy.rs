//! Other calendars: when people are busy is read as other programs read it, keeps sessions away, and is all that is kept.

use std::{path::Path, process::Command};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, problem_details, receiver::Receiver, testing};

const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";
const BUSY: &str = "/v1/programs/north/busy";
/// For the week of the fixture and the next, whenever this runs.
const THEN: &str = "from=2026-11-30&weeks=2";

fn calendar(lines: &str) -> String {
    let event = format!("BEGIN:VEVENT\nUID:1@example\nSUMMARY:Oncology\nLOCATION:Ward 9\n{lines}\nEND:VEVENT\n");
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{event}END:VCALENDAR\n").replace('\n', "\r\n")
}

/// Wednesday from 9 to 12 in New York, when Ana would work.
fn wednesday() -> String {
    calendar("DTSTART:20261202T140000Z\nDTEND:20261202T170000Z")
}

impl Service {
    async fn upload(&self, query: &str, text: impl Into<Vec<u8>>) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}{BUSY}?{query}", self.url)).header("content-type", "text/calendar");
        let response = request.body(text.into()).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    async fn uploaded(&self, query: &str, text: impl Into<Vec<u8>>) -> Value {
        let (status, report) = self.upload(query, text).await;
        assert_eq!(status, StatusCode::OK, "{report}");
        report
    }

    /// Somebody in the problem of the week.
    async fn in_week(&self, list: &str, id: &str) -> Value {
        let week = self.json(WEEK).await;
        week["problem"][list].as_array().unwrap().iter().find(|e| e["id"] == id).unwrap().clone()
    }
}

#[tokio::test]
async fn calendars_of_several_programs_are_read_as_an_independent_reader_reads_them() {
    let service = Service::start().with_draft().await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> =
        std::fs::read_dir(root.join("fixtures/calendars")).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 3, "{files:?}");
    for file in files.into_iter().filter(|f| f.extension().is_some_and(|e| e == "ics")) {
        let text = std::fs::read(&file).unwrap();
        // Ten weeks, with a change of the clock.
        let report = service.uploaded("clinician=ana&dry_run=true&from=2026-10-05&weeks=10", text).await;
        let read = Command::new(root.join("tests/readers/run.sh"))
            .args(["busy.py", file.to_str().unwrap(), "America/New_York"])
            .args([report["from"].as_str().unwrap(), report["to"].as_str().unwrap()])
            .output()
            .unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        let theirs: Value = serde_json::from_slice(&read.stdout).unwrap();
        assert!(theirs.as_array().unwrap().len() > 3, "{file:?}");
        assert_eq!((&report["busy"], &report["not_understood"]), (&theirs, &json!([])), "{file:?}");
    }
    assert_eq!(service.json(BUSY).await["items"], json!([]));
}

#[tokio::test]
async fn who_is_busy_is_away_or_committed_in_the_week_and_nothing_else_is_kept() {
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).with_draft().await;
        let (ana, p1) = (service.in_week("clinicians", "ana").await, service.in_week("participants", "p1").await);
        let before = service.json(WEEK).await["problem"].clone();
        let window = json!({ "from": "2026-12-02T14:00:00Z", "to": "2026-12-02T17:00:00Z" });

        let told = service.uploaded(&format!("clinician=ana&dry_run=true&{THEN}"), wednesday()).await;
        assert_eq!((&told["id"], &told["busy"]), (&Value::Null, &json!([window])));
        assert_eq!(service.in_week("clinicians", "ana").await, ana);

        let kept = service.uploaded(&format!("clinician=ana&{THEN}"), wednesday()).await;
        assert_eq!(service.in_week("clinicians", "ana").await["away"], json!([window]));
        let of_p1 = service.uploaded(&format!("participant=p1&{THEN}"), wednesday()).await;
        let commitments = service.in_week("participants", "p1").await["commitments"].clone();
        assert_eq!(commitments.as_array().unwrap().last().unwrap(), &json!({ "kind": "other", "windows": [window] }));
        let next = service.json("/v1/programs/north/weeks/2026-12-07").await.to_string();
        assert!(!next.contains("2026-12-02T14:00:00Z"));

        // It holds for the solver and for the judge.
        service.solve(WEEK).await;
        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        let published = service.json(WEEK).await["published"]["sessions"].clone();
        let starts: Vec<&str> = published.as_array().unwrap().iter().map(|s| s["start"].as_str().unwrap()).collect();
        assert!(!starts.is_empty() && starts.iter().all(|s| s.starts_with("2026-11-30")), "{starts:?}");

        // Once more takes the place of what was there; two who are busy at once are it once.
        let again = service.uploaded(&format!("clinician=ana&{THEN}"), wednesday()).await;
        assert_ne!(again["id"], kept["id"]);
        let sources = service.json(BUSY).await["items"].clone();
        let ids: Vec<&Value> = sources.as_array().unwrap().iter().map(|s| &s["id"]).collect();
        assert_eq!(ids, [&of_p1["id"], &again["id"]]);
        let shown = service.json(&format!("{BUSY}/{}", again["id"].as_str().unwrap())).await;
        assert_eq!(
            (&shown["clinician"], &shown["times"], &shown["busy"]),
            (&json!("ana"), &json!(1), &json!([window]))
        );
        let records = service.json("/v1/programs/north/participants/p1/records").await;
        assert_eq!(records["busy"][0]["id"], of_p1["id"]);
        for text in [shown.to_string(), records.to_string(), service.json(WEEK).await.to_string()] {
            assert!(!text.contains("Oncology") && !text.contains("Ward 9"), "{text}");
        }
        for id in [&again["id"], &of_p1["id"]] {
            let gone = service.delete(&format!("{BUSY}/{}", id.as_str().unwrap())).send().await.unwrap();
            assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        }
        let after = service.json(WEEK).await["problem"].clone();
        assert_eq!((&after["clinicians"], &after["participants"]), (&before["clinicians"], &before["participants"]));
        assert_eq!(service.in_week("participants", "p1").await, p1);
    }
}

#[tokio::test]
async fn sessions_that_come_back_in_somebodys_own_calendar_keep_nobody_busy() {
    let service = Service::start().with_draft().await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let made = service.done("/v1/programs/north/feeds", &json!({ "clinician": "ana", "consent": true })).await;
    let feed = service.client.get(made["url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert!(feed.contains("BEGIN:VEVENT"));
    let report = service.uploaded(&format!("clinician=ana&dry_run=true&{THEN}"), feed).await;
    assert_eq!(report["busy"], json!([]));
}

#[tokio::test]
async fn a_subscribed_calendar_is_read_again_and_holds_while_it_can_not_be() {
    let day = chrono::Utc::now().date_naive() + chrono::Days::new(7);
    let text = move |hour: u32| calendar(&format!("DTSTART:{0}T{hour:02}0000Z\nDURATION:PT1H", day.format("%Y%m%d")));
    let receiver = Receiver::answering(move |k, message| match k {
        0 | 2 => (500, "", String::new()),
        1 | 3 => (200, "etag: \"one\"\r\n", text(14)),
        4 if message.headers["if-none-match"] == "\"one\"" => (304, "", String::new()),
        5 => (200, "content-type: text/html\r\n", "<html>Sign in</html>".into()),
        _ => (200, "", text(15)),
    });
    let allowed = receiver.address.to_string();
    let args = ["--workers", "1", "--outbound-allow", &allowed];
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    let service = Service::over(&database, folder, &args).with_draft().await;
    let url = receiver.url("/calendar/secret-token.ics");
    // First somebody looks, in vain and then in earnest; nothing is kept of that.
    let theirs = json!({ "participant": "p1", "url": url });
    let preview = async || {
        let asked = service.post(&format!("{BUSY}/subscriptions?dry_run=true"), &theirs).send().await.unwrap();
        asked.json::<Value>().await.unwrap()
    };
    let refused = preview().await;
    assert_eq!((&refused["status"], &refused["errors"][0]["code"]), (&json!(422), &json!("not-fetched")));
    let seen = preview().await;
    assert_eq!((&seen["dry_run"], &seen["id"], &seen["times"]), (&json!(true), &Value::Null, &json!(1)));
    assert_eq!(service.json(BUSY).await["items"], json!([]));
    let made = service.done(&format!("{BUSY}/subscriptions"), &theirs).await;
    assert_eq!(made["host"], "127.0.0.1");
    let path = format!("{BUSY}/{}", made["id"].as_str().unwrap());

    let at =
        |hour: u32| json!([{ "from": format!("{day}T{hour}:00:00Z"), "to": format!("{day}T{}:00:00Z", hour + 1) }]);
    let first = service.poll(&path, |s| s["times"] == 1).await;
    assert_eq!((&first["busy"], &first["failure"]), (&at(14), &Value::Null));
    let monday = day - chrono::Days::new(u64::from(chrono::Datelike::weekday(&day).num_days_from_monday()));
    let week = service.json(&format!("/v1/programs/north/weeks/{monday}")).await;
    assert!(week["problem"]["participants"].to_string().contains(&format!("{day}T14:00:00Z")));

    let refresh = async || service.post(&format!("{path}/refresh"), &json!({})).send().await.unwrap().status();
    assert_eq!(refresh().await, StatusCode::ACCEPTED);
    receiver.wait(5).await;
    let unchanged = service.poll(&path, |s| s["fetched"].as_i64() > first["fetched"].as_i64()).await;
    assert_eq!(unchanged["busy"], at(14));
    refresh().await;
    let failing = service.poll(&path, |s| s["failure"].is_string()).await;
    assert_eq!(failing["busy"], at(14));
    assert!(failing["failure"].as_str().unwrap().contains("BEGIN:VCALENDAR"), "{failing}");
    let second = service.poll(&path, |s| s["busy"] == at(15)).await;
    assert_eq!(second["failure"], Value::Null);
    let log = service.log.lock().unwrap().clone();
    assert!(!log.contains("secret-token") && !second.to_string().contains("secret-token"), "{log}");
}

#[tokio::test]
async fn what_is_no_calendar_too_large_or_of_nobody_is_told_clearly() {
    let service = Service::start().with_draft().await;
    let big = "BEGIN:VCALENDAR\r\n".to_owned()
        + &"X-FILLER:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n".repeat(1_000_000)
        + "END:VCALENDAR\r\n";
    assert!(big.len() > 50_000_000);
    for (query, text, status, code) in [
        ("clinician=ana", "<html></html>".to_owned(), 422, "no-calendar"),
        ("clinician=ana", wednesday().replace("END:VCALENDAR\r\n", ""), 422, "cut-off"),
        ("clinician=nobody", wednesday(), 422, "unknown-id"),
        ("participant=ana", wednesday(), 422, "unknown-id"),
        ("", wednesday(), 422, ""),
        ("clinician=ana&participant=p1", wednesday(), 422, ""),
        ("clinician=ana&weeks=0", wednesday(), 422, ""),
        ("clinician=ana&weeks=1000", wednesday(), 422, ""),
        ("clinician=ana&from=soon", wednesday(), 422, ""),
        ("clinician=ana&from=9999-12-31", wednesday(), 422, ""),
        ("clinician=ana&colour=red", wednesday(), 422, ""),
        ("clinician=ana", big, 413, ""),
    ] {
        let (answered, body) = service.upload(query, text).await;
        let told = body["errors"][0]["code"].as_str().unwrap_or_default();
        assert_eq!((answered.as_u16(), told), (status, code), "{query}: {body}");
    }
    for (body, code) in [
        (json!({ "clinician": "ana" }), "missing-field"),
        (json!({ "url": "https://example.org/a.ics" }), "one-of"),
        (json!({ "clinician": "ana", "url": "https://127.0.0.1/a.ics" }), "invalid-address"),
        (json!({ "clinician": "ana", "url": "webcal://10.0.0.1/a.ics" }), "invalid-address"),
        (json!({ "clinician": "ana", "url": 5 }), "wrong-type"),
        (json!({ "clinician": "nobody", "url": "https://example.org/a.ics" }), "unknown-id"),
    ] {
        let refused = service.post(&format!("{BUSY}/subscriptions"), &body).send().await.unwrap();
        assert_eq!(problem_details(refused).await["errors"][0]["code"], code, "{body}");
    }
    assert_eq!(service.json(BUSY).await["items"], json!([]));
}
