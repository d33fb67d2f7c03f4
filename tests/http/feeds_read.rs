//! Five independent readers subscribe to a feed of a week in which the clock changes, after a publication, a change and a
//! cancellation, and all see the same instants.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Service, fixture,
    readers::{list, reader},
};

const WEEK: &str = "/v1/programs/north/weeks/2026-10-28";

/// From when to when each event is, and how it stands, by UID.
fn seen(told: &Value) -> BTreeMap<String, Value> {
    let events = list(told).into_iter();
    events.map(|e| (e["uid"].as_str().unwrap().to_owned(), json!([e["start"], e["end"], e["status"]]))).collect()
}

fn without_uids(all: &BTreeMap<String, Value>) -> Vec<String> {
    let mut all: Vec<String> = all.values().map(Value::to_string).collect();
    all.sort();
    all
}

/// What all readers see, once it is found to be the same.
fn agreed(url: &str) -> BTreeMap<String, Value> {
    let first = seen(&reader("feed_icalendar.py", &[url]));
    for script in ["feed_vobject.py", "feed_recurring.py", "node/feed_icaljs.cjs"] {
        assert_eq!(seen(&reader(script, &[url])), first, "{script}");
    }
    // It keeps UIDs of its own.
    let khal = seen(&reader("feed_khal.py", &[url, "2026-10-27", "10"]));
    assert_eq!(without_uids(&khal), without_uids(&first), "khal");
    first
}

/// A session as readers see it.
fn of(session: &Value, status: &str) -> String {
    let utc = |name: &str| {
        let at = chrono::DateTime::parse_from_rfc3339(session[name].as_str().unwrap()).unwrap();
        at.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    json!([utc("start"), utc("end"), status]).to_string()
}

#[tokio::test]
async fn five_readers_agree_on_a_week_in_which_the_clock_changes_published_changed_and_called_off() {
    let service = Service::start();
    service.done("/v1/programs", &json!({ "id": "north", "name": "North" })).await;
    let mut problem = fixture("tiny.json");
    problem["week_start"] = json!("2026-10-28");
    service.done("/v1/programs/north/import", &problem).await;
    service.solve(WEEK).await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let published = service.json(WEEK).await["published"].clone();
    let made = service.done("/v1/programs/north/feeds", &json!({ "clinician": "ana", "consent": true })).await;
    let url = made["url"].as_str().unwrap().to_owned();
    let read = async || {
        let url = url.clone();
        tokio::task::spawn_blocking(move || agreed(&url)).await.unwrap()
    };
    let expected = |calendar: &Value, called_off: &[Value]| {
        let held = calendar["sessions"].as_array().unwrap().iter().map(|s| of(s, "CONFIRMED"));
        let mut all: Vec<String> = held.chain(called_off.iter().map(|s| of(s, "CANCELLED"))).collect();
        all.sort();
        all
    };
    let starts = published["sessions"].to_string();
    assert!(starts.contains("2026-10-28T") && starts.contains("2026-11-02T"), "before and after the change: {starts}");
    let first = read().await;
    assert_eq!(without_uids(&first), expected(&published, &[]));

    // Moved.
    let problem = service.json(WEEK).await["problem"].clone();
    let ask = json!({ "problem": problem, "calendar": published, "session": "p1-individual/1" });
    let places = service.done("/v1/places", &ask).await;
    let own = &places["session"];
    let fits = |p: &&Value| p["breaks"] == json!([]) && p["session"]["start"] != own["start"];
    let moved = places["places"].as_array().unwrap().iter().find(fits).unwrap()["session"].clone();
    let mut edited = published.clone();
    let list = edited["sessions"].as_array_mut().unwrap();
    list.retain(|s| s["id"] != moved["id"]);
    list.push(moved);
    service.published(&edited).await;
    let second = read().await;
    assert_eq!(second.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
    let changed = service.json(WEEK).await["published"].clone();
    assert_eq!(without_uids(&second), expected(&changed, &[]));
    assert_ne!(second, first);

    // Called off.
    let list = edited["sessions"].as_array_mut().unwrap();
    let gone = list.remove(list.iter().position(|s| s["order"].is_string() && s["id"] != "p1-individual/1").unwrap());
    service.published(&edited).await;
    let third = read().await;
    assert_eq!(third.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
    let changed = service.json(WEEK).await["published"].clone();
    assert_eq!(without_uids(&third), expected(&changed, &[gone]));
}

impl Service {
    /// Puts a draft and publishes it.
    async fn published(&self, calendar: &Value) {
        let put = self.put(&format!("{WEEK}/draft"), calendar).send().await.unwrap();
        assert!(put.status().is_success());
        self.done(&format!("{WEEK}/publish"), &json!({})).await;
    }
}
