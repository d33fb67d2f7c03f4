//! Who is discharged and admitted again: the episode that is over is noted whoever writes the record, its weeks are what they were,
//! and nothing of it counts for the next. What was published stays, whatever is imported or erased.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};
use tempfile::TempDir;

use super::{Service, fixture, testing};

const NORTH: &str = "/v1/programs/north";
const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";
const NEXT: &str = "/v1/programs/north/weeks/2026-12-07";

impl Service {
    async fn set(&self, path: &str, patch: Value) -> Value {
        let patched = self.patch(&format!("{NORTH}/{path}"), &patch).send().await.unwrap();
        let status = patched.status();
        let text = patched.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Somebody in the problem of a week.
    async fn seen(&self, week: &str, who: &str) -> Option<Value> {
        let problem = self.json(&format!("{NORTH}/weeks/{week}")).await["problem"].clone();
        problem["participants"].as_array().unwrap().iter().find(|p| p["id"] == who).cloned()
    }

    /// Where an order of a week comes from, in words.
    async fn why(&self, week: &str, order: &str) -> String {
        let origins = self.json(&format!("{NORTH}/weeks/{week}")).await["origins"].clone();
        let origin =
            origins.as_array().unwrap().iter().find(|o| o["order"] == order).unwrap_or_else(|| panic!("{origins}"));
        origin["text"].as_str().unwrap().to_owned()
    }

    /// The days of the episodes that are noted of somebody.
    async fn noted(&self, who: &str) -> Vec<[String; 2]> {
        let episodes = self.json(&format!("{NORTH}/participants/{who}")).await["episodes"].clone();
        let days = |e: &Value| ["admitted", "discharged"].map(|name| e[name].as_str().unwrap_or("?").to_owned());
        episodes.as_array().into_iter().flatten().map(days).collect()
    }
}

fn ids(person: &Value) -> Vec<&str> {
    person["orders"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap()).collect()
}

fn days(admitted: &str, discharged: &str) -> Vec<[String; 2]> {
    vec![[admitted.to_owned(), discharged.to_owned()]]
}

#[tokio::test]
async fn a_week_of_an_earlier_episode_is_derived_seen_and_restored_as_it_was() {
    for scratch in testing::both() {
        let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).with_draft().await;
        let mut bo = fixture("tiny.json")["clinicians"][0].clone();
        bo["id"] = json!("bo");
        bo["shifts"] = json!([]);
        assert!(service.put(&format!("{NORTH}/clinicians/bo"), &bo).send().await.unwrap().status().is_success());
        let orders = json!([{ "id": "p1-process", "service": "process", "sessions": 2 },
            { "id": "p1-individual", "service": "individual", "sessions": 1, "prefer": ["bo"] }]);
        service.set("participants/p1", json!({ "admitted": "2026-11-30", "orders": orders })).await;
        service.solve(WEEK).await;
        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        let first = service.json(&format!("{WEEK}/versions/1")).await;
        let mut less = first.clone();
        less["sessions"].as_array_mut().unwrap().retain(|s| s["order"] != "p1-individual");
        service.put(&format!("{WEEK}/draft"), &less).send().await.unwrap();
        service.done(&format!("{WEEK}/publish"), &json!({})).await;
        service.set("participants/p1", json!({ "discharged": "2026-12-04" })).await;
        let again = json!({ "admitted": "2026-12-14", "discharged": null, "plan": { "min_minutes_per_week": 60 },
            "orders": [{ "id": "p1-again", "service": "individual", "sessions": 1 }] });
        service.set("participants/p1", again).await;

        let then = service.seen("2026-11-30", "p1").await.unwrap();
        assert_eq!(
            (ids(&then), &then["plan"]["min_minutes_per_week"]),
            (vec!["p1-process", "p1-individual"], &json!(180))
        );
        let text = service.why("2026-11-30", "p1-process").await;
        assert_eq!(text, "2 sessions a week, of the episode up to 2026-12-04.");
        assert_eq!(service.seen("2026-12-07", "p1").await, None);
        let now = service.seen("2026-12-14", "p1").await.unwrap();
        assert_eq!((ids(&now), &now["plan"]["min_minutes_per_week"]), (vec!["p1-again"], &json!(60)));
        // A clinician whom only the earlier episode names can leave, and its weeks stay valid.
        assert_eq!(then["orders"][1]["prefer"], json!(["bo"]));
        let gone = service.delete(&format!("{NORTH}/clinicians/bo")).send().await.unwrap();
        assert!(gone.status().is_success(), "{}", gone.text().await.unwrap());
        assert_eq!(service.seen("2026-11-30", "p1").await.unwrap()["orders"][1]["prefer"], json!([]));
        service.done(&format!("{WEEK}/versions/1/restore"), &json!({})).await;
        assert_eq!(service.done(&format!("{WEEK}/publish"), &json!({})).await["version"], 3);
        assert_eq!(service.json(&format!("{WEEK}/versions/3")).await, first);
        let dose = service.json(&format!("{WEEK}/dose?participant=p1")).await["items"][0].clone();
        assert_eq!((&dose["prescribed_minutes"], &dose["minimum_minutes"]), (&json!(180), &json!(180)));
    }
}

#[tokio::test]
async fn an_episode_is_noted_in_however_many_steps_somebody_is_admitted_again() {
    let service = Service::start().with_draft().await;
    let first = days("2026-11-02", "2026-11-20");
    for who in ["p1", "p2", "p3"] {
        service.set(&format!("participants/{who}"), json!({ "admitted": "2026-11-02" })).await;
        service.set(&format!("participants/{who}"), json!({ "discharged": "2026-11-20" })).await;
        assert_eq!(service.noted(who).await, Vec::<[String; 2]>::new());
    }
    // The discharge, then the admission.
    service.set("participants/p1", json!({ "admitted": "2026-12-14", "discharged": null })).await;
    assert_eq!(service.noted("p1").await, first);
    // The discharge is taken out first.
    service.set("participants/p2", json!({ "discharged": null })).await;
    service.set("participants/p2", json!({ "admitted": "2026-12-14" })).await;
    assert_eq!(service.noted("p2").await, first);
    // Both are taken out, something else is changed, and then somebody waits.
    service.set("participants/p3", json!({ "admitted": null, "discharged": null })).await;
    service.set("participants/p3", json!({ "telehealth": false })).await;
    service.set("participants/p3", json!({ "waiting": { "since": "2026-11-21" } })).await;
    assert_eq!(service.noted("p3").await, first);
    assert!(service.seen("2026-11-16", "p3").await.is_some() && service.seen("2026-12-14", "p3").await.is_none());
    // A second time; what was noted before stays, also where a record is put without it.
    let mut p1 = fixture("tiny.json")["participants"][0].clone();
    for (name, day) in [("admitted", "2026-12-14"), ("discharged", "2026-12-18")] {
        p1[name] = json!(day);
    }
    service.put(&format!("{NORTH}/participants/p1"), &p1).send().await.unwrap();
    p1["admitted"] = json!("2027-01-04");
    p1.as_object_mut().unwrap().remove("discharged");
    service.put(&format!("{NORTH}/participants/p1"), &p1).send().await.unwrap();
    let both = [first.clone(), days("2026-12-14", "2026-12-18")].concat();
    assert_eq!(service.noted("p1").await, both);
    let weeks = ["2026-11-02", "2026-11-23", "2026-12-14", "2026-12-21", "2027-01-04"];
    let mut there = Vec::new();
    for week in weeks {
        there.push(service.seen(week, "p1").await.is_some());
    }
    assert_eq!(there, [true, false, true, false, true]);
    // A discharge that is put right is no episode.
    service.set("participants/p2", json!({ "discharged": "2027-01-15" })).await;
    service.set("participants/p2", json!({ "discharged": null })).await;
    service.set("participants/p2", json!({ "discharged": "2027-01-29" })).await;
    service.set("participants/p2", json!({ "admitted": "2027-02-15", "discharged": null })).await;
    assert_eq!(service.noted("p2").await, [first, days("2026-12-14", "2027-01-29")].concat());
}

#[tokio::test]
async fn an_import_keeps_the_episodes_that_are_over() {
    let service = Service::start().with_draft().await;
    let (first, none) = (days("2026-11-02", "2026-11-20"), Vec::<[String; 2]>::new());
    service.set("participants/p1", json!({ "admitted": "2026-11-02", "discharged": "2026-11-20" })).await;
    // Of whom a problem brought in nobody has said when they were admitted.
    service.set("participants/p2", json!({ "discharged": "2026-11-20" })).await;
    // A table says nothing of episodes.
    let table = service.get(&format!("{NORTH}/export?table=participants")).send().await.unwrap().text().await.unwrap();
    let import = async |query: &str, body: String| {
        let url = format!("{}{NORTH}/import{query}", service.url);
        let report = service.client.post(url).body(body).send().await.unwrap();
        assert_eq!(report.status(), StatusCode::OK, "{}", report.text().await.unwrap());
    };
    import("?table=participants", table.clone()).await;
    assert_eq!(service.noted("p1").await, none);
    service.set("participants/p1", json!({ "discharged": null })).await;
    import("?table=participants", table).await;
    service.set("participants/p1", json!({ "admitted": "2026-12-14" })).await;
    assert_eq!(service.noted("p1").await, first);
    // A problem of a later week has who is admitted again by then, with another order.
    let mut problem = fixture("tiny.json");
    problem["week_start"] = json!("2026-12-14");
    problem["participants"][1]["orders"] = json!([{ "id": "p2-new", "service": "individual", "sessions": 1 }]);
    for _ in 0..2 {
        import("", problem.to_string()).await;
        let unknown = days("?", "2026-11-20");
        assert_eq!((service.noted("p1").await, service.noted("p2").await), (first.clone(), unknown));
    }
    assert_eq!(ids(&service.seen("2026-11-16", "p2").await.unwrap()), ["p2-process", "p2-individual"]);
    assert_eq!(ids(&service.seen("2026-12-14", "p2").await.unwrap()), ["p2-new"]);
    // Whose discharge was taken out stayed, and is no new episode by being in a problem.
    service.set("participants/p3", json!({ "admitted": "2026-11-02", "discharged": "2026-11-20" })).await;
    service.set("participants/p3", json!({ "discharged": null })).await;
    import("", problem.to_string()).await;
    assert_eq!(service.noted("p3").await, none);
}

#[tokio::test]
async fn what_a_hand_noted_episode_says_is_looked_at_like_the_rest() {
    let service = Service::start().with_draft().await;
    let p1 = format!("{NORTH}/participants/p1");
    let refused = async |episodes: Value| {
        let patch = json!({ "admitted": "2026-12-14", "episodes": episodes });
        let refused = super::problem_details(service.patch(&p1, &patch).send().await.unwrap()).await;
        let pointers = refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap().to_owned());
        pointers.collect::<Vec<_>>()
    };
    let over = |more: Value| {
        let mut note = json!({ "admitted": "2026-11-02", "discharged": "2026-11-20" });
        note.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([note])
    };
    assert_eq!(refused(over(json!({ "colour": "red" }))).await, ["/episodes/0"]);
    let order = |more: Value| {
        let mut order = json!({ "id": "o", "service": "gone", "sessions": 1 });
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        over(json!({ "orders": [order] }))
    };
    assert_eq!(refused(order(json!({ "colour": "red" }))).await, ["/episodes/0/orders/0/colour"]);
    assert_eq!(refused(order(json!({ "recurrence": "now and then" }))).await, ["/episodes/0/orders/0/recurrence"]);
    assert_eq!(refused(over(json!({ "hold": { "from": "soon" }, "plan": { "min_days": -1 } }))).await.len(), 2);
    let long = vec![json!({ "id": "o", "service": "x".repeat(1000), "sessions": 1 }); 1100];
    assert!(refused(over(json!({ "orders": long }))).await.contains(&"/episodes".to_owned()));
    let mut two = over(json!({}));
    two.as_array_mut().unwrap().push(json!({ "admitted": "2026-11-16", "discharged": "2026-11-27" }));
    assert_eq!(refused(two).await, ["/episodes"]);
    // With days alone it was as the record says now; an order of a service that is gone is in no week.
    service.set("participants/p1", json!({ "admitted": "2026-12-14", "episodes": over(json!({})) })).await;
    assert_eq!(ids(&service.seen("2026-11-09", "p1").await.unwrap()), ["p1-process", "p1-individual"]);
    service.set("participants/p1", json!({ "episodes": order(json!({})) })).await;
    assert_eq!(ids(&service.seen("2026-11-09", "p1").await.unwrap()), Vec::<&str>::new());
}

#[tokio::test]
async fn a_week_in_which_one_episode_ends_and_the_next_begins_has_a_part_of_each_and_each_counts_its_own_days() {
    let service = Service::start().with_draft().await;
    let orders = |sessions: u8| {
        json!([{ "id": "p1-process", "service": "process", "sessions": sessions },
            { "id": "p1-individual", "service": "individual", "sessions": 1, "recurrence": { "total": 3 } }])
    };
    service.set("participants/p1", json!({ "admitted": "2026-11-23", "orders": orders(4) })).await;
    let talk = json!({ "id": "p1-individual/1", "order": "p1-individual", "start": "2026-11-30T09:00:00-05:00", "room": "office",
        "clinicians": ["ana"], "participants": ["p1"] });
    service.put(&format!("{WEEK}/draft"), &json!({ "sessions": [talk] })).send().await.unwrap();
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    assert!(service.why("2026-12-07", "p1-individual").await.ends_with("2 of 3 left."));
    service.set("participants/p1", json!({ "discharged": "2026-12-01" })).await;
    service.set("participants/p1", json!({ "admitted": "2026-12-03", "discharged": null, "orders": orders(1) })).await;
    // Monday's talk was of the episode before.
    assert!(service.why("2026-12-07", "p1-individual").await.ends_with("3 of 3 left."));
    let week = service.seen("2026-11-30", "p1").await.unwrap();
    // Four a week on two of five days, and one on two.
    assert_eq!((&week["orders"][0]["id"], &week["orders"][0]["sessions"]), (&json!("p1-process"), &json!(2)));
    let away = json!([{ "kind": "other", "windows": [{ "from": "2026-12-02T00:00", "to": "2026-12-03T00:00" }] }]);
    assert_eq!(week["commitments"], away);
}

#[tokio::test]
async fn who_is_brought_in_after_a_publication_has_one_dose_and_owes_what_it_says_was_missed() {
    let service = Service::start().with_draft().await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let mut problem = fixture("tiny.json");
    let published = service.json(WEEK).await["published"]["sessions"].as_array().unwrap().clone();
    let talk = published.iter().find(|s| s["id"] == "p1-individual/1").unwrap();
    // Somebody new has the hour of p1, and did not come.
    let late = json!({ "id": "p9", "home_site": "elm", "orders": [{ "id": "p9-individual", "service": "individual", "sessions": 1 }] });
    problem["participants"].as_array_mut().unwrap().push(late);
    problem["previous"] = json!([{ "id": "p9-individual/1", "order": "p9-individual", "start": talk["start"], "room": "office",
        "clinicians": ["ana"], "participants": ["p9"], "attendance": { "p9": { "status": "no_show" } } }]);
    problem["freeze_until"] = json!("2026-12-05T00:00:00-05:00");
    service.done(&format!("{NORTH}/import"), &problem).await;
    let order =
        json!({ "id": "p9-individual", "service": "individual", "sessions": 1, "recurrence": { "make_up": true } });
    service.set("participants/p9", json!({ "orders": [order] })).await;
    let dose = async || service.json(&format!("{WEEK}/dose?participant=p9")).await["items"][0].clone();
    let before = dose().await;
    assert_eq!((&before["prescribed_sessions"], before["missed"].as_array().unwrap().len()), (&json!(1), 1));
    let owed = async || service.why("2026-12-07", "p9-individual").await;
    assert_eq!(owed().await, "1 session a week, always stands; 1 to make up.");
    // A note that puts it right holds for both.
    let came = json!({ "session": "p9-individual/1", "participant": "p9", "status": "attended" });
    service.done(&format!("{WEEK}/attendance"), &came).await;
    assert_eq!((&dose().await["missed"], &*owed().await), (&json!([]), "1 session a week, always stands."));
}

#[tokio::test]
async fn an_erasure_rewrites_only_what_has_something_of_who_is_erased() {
    let scratch = testing::sqlite();
    let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).with_draft().await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let late = json!({ "id": "p9", "home_site": "elm", "admitted": "2026-12-07", "orders": [
        { "id": "p9-individual", "service": "individual", "sessions": 1, "priority": 9 }] });
    assert!(service.put(&format!("{NORTH}/participants/p9"), &late).send().await.unwrap().status().is_success());
    service.solve(NEXT).await;
    service.done(&format!("{NEXT}/publish"), &json!({})).await;
    let kept = async || {
        let mut database = SqliteConnection::connect(&scratch.address).await.unwrap();
        let mut all = Vec::new();
        for sql in [
            "SELECT week, calendar, prescribed FROM week_versions ORDER BY week",
            "SELECT week, draft, CAST(given || revision AS BLOB) FROM weeks ORDER BY week",
            "SELECT week, calendar, calendar FROM week_drafts ORDER BY week, step",
        ] {
            let rows = sqlx::query(sql).fetch_all(&mut database).await.unwrap();
            all.extend(
                rows.iter().map(|row| (row.get::<String, _>(0), row.get::<Vec<u8>, _>(1), row.get::<Vec<u8>, _>(2))),
            );
        }
        all
    };
    let before = kept().await;
    let erased = service.delete(&format!("{NORTH}/participants/p9/records")).send().await.unwrap();
    assert!(erased.status().is_success());
    let after = kept().await;
    assert_eq!(before.len(), after.len());
    for (was, is) in before.iter().zip(&after) {
        assert_eq!(was == is, was.0 == "2026-11-30", "{}", was.0);
        assert!(!String::from_utf8_lossy(&is.1).contains("p9") && !String::from_utf8_lossy(&is.2).contains("p9"));
    }
    // Of the publication that had it, all else is as it was.
    let read = |all: &[(String, Vec<u8>, Vec<u8>)]| {
        let (_, calendar, prescribed) = all.iter().find(|row| row.0 == "2026-12-07").unwrap();
        [calendar, prescribed].map(|bytes| serde_json::from_slice::<Value>(bytes).unwrap())
    };
    let ([mut calendar, mut prescribed], left) = (read(&before), read(&after));
    calendar["sessions"].as_array_mut().unwrap().retain(|s| s["order"] != "p9-individual");
    prescribed["people"].as_array_mut().unwrap().retain(|p| p["id"] != "p9");
    assert_eq!([calendar, prescribed], left);
}

#[tokio::test]
async fn a_version_that_was_published_before_anything_was_kept_with_it_still_has_a_dose() {
    let scratch = testing::sqlite();
    let service = Service::over(&scratch.address, TempDir::new().unwrap(), &["--workers", "1"]).with_draft().await;
    let make_up = json!([{ "id": "p1-process", "service": "process", "sessions": 2 },
        { "id": "p1-individual", "service": "individual", "sessions": 1, "recurrence": { "make_up": true } }]);
    service.set("participants/p1", json!({ "orders": make_up })).await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let missed = json!({ "session": "p1-individual/1", "participant": "p1", "status": "no_show" });
    service.done(&format!("{WEEK}/attendance"), &missed).await;
    let told = async || {
        let dose = service.json(&format!("{WEEK}/dose")).await["items"].clone();
        let among = service.json(&format!("{NORTH}/dose?from=2026-11-30&to=2026-12-06")).await["items"].clone();
        assert_eq!((&dose, dose.as_array().unwrap().len()), (&among, 3));
        (dose, service.why("2026-12-07", "p1-individual").await)
    };
    let before = told().await;
    assert_eq!(before.1, "1 session a week, always stands; 1 to make up.");
    let mut database = SqliteConnection::connect(&scratch.address).await.unwrap();
    let done = sqlx::query("UPDATE week_versions SET prescribed = NULL").execute(&mut database).await.unwrap();
    assert_eq!((done.rows_affected(), told().await), (1, before));
}
