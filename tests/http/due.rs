//! What falls due: held is what lies before the day that is asked about and was not missed; what a published week has from then on
//! is planned, and what is only drafted is neither.

use chrono::{Days, NaiveDate};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Service;

const P1: &str = "/v1/programs/north/participants/p1";
const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";

impl Service {
    async fn ordered(&self, patch: Value) {
        let patched = self.patch(P1, &patch).send().await.unwrap();
        assert_eq!(patched.status(), StatusCode::OK, "{}", patched.text().await.unwrap());
    }

    /// What is due of an order within forty days from one on: its texts, and the day on which it is planned.
    async fn told(&self, from: NaiveDate, order: &str) -> Vec<(String, Option<String>)> {
        let due = self.json(&format!("/v1/programs/north/due?from={from}&days=40")).await;
        let theirs = due["items"].as_array().unwrap().iter().filter(|d| d["order"] == order);
        let told = |d: &Value| (d["text"].as_str().unwrap().to_owned(), d["planned"].as_str().map(str::to_owned));
        theirs.map(told).collect()
    }
}

#[tokio::test]
async fn what_is_planned_is_not_held_and_what_is_drafted_is_not_even_planned() {
    let service = Service::start().with_draft().await;
    let shifts =
        json!({ "shifts": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "12:00" }] });
    service.patch("/v1/programs/north/clinicians/ana", &shifts).send().await.unwrap();
    let order = |id: &str, recurrence: Value| json!({ "id": id, "service": "individual", "sessions": 1, "recurrence": recurrence });
    let orders = json!([
        order("p1-review", json!({ "every_days": 30, "from": "2026-11-20" })),
        order("p1-units", json!({ "total": 6, "until": "2026-12-20" }))
    ]);
    service.ordered(json!({ "admitted": "2026-11-10", "plan": null, "orders": orders })).await;
    service.solve(WEEK).await;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let never = "p1-review is due by 2026-11-20: it was never held";
    let left = "p1-units ends on 2026-12-20, 6 sessions left";
    let nothing = |text: &str| vec![(format!("{text}."), None)];
    for from in ["2026-11-30", "2026-12-07"].map(day) {
        assert_eq!(service.told(from, "p1-review").await, nothing(never), "{from}");
        assert_eq!(service.told(from, "p1-units").await, nothing(left), "{from}");
    }
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let published = service.json(WEEK).await["published"]["sessions"].clone();
    let on = |order: &str| {
        let session = published.as_array().unwrap().iter().find(|s| s["order"] == order).unwrap();
        day(&session["start"].as_str().unwrap()[..10])
    };
    let (review, units) = (on("p1-review"), on("p1-units"));
    let planned = |text: &str, on: NaiveDate| vec![(format!("{text}; planned on {on}."), Some(on.to_string()))];
    // Up to the day itself, whoever asks however early.
    for from in [day("2026-11-24"), review] {
        assert_eq!(service.told(from, "p1-review").await, planned(never, review), "{from}");
    }
    assert_eq!(service.told(units, "p1-units").await, planned(left, units));
    let next = review + Days::new(1);
    let held = format!("p1-review is due by {}: it was held last on {review}", review + Days::new(30));
    assert_eq!(service.told(next, "p1-review").await, nothing(&held));
    assert_eq!(
        service.told(units + Days::new(1), "p1-units").await,
        nothing(&left.replace("6 sessions", "5 sessions"))
    );
    // Missed, it was not held; called off before its day, it is not planned either.
    let note = json!({ "session": "p1-review/1", "participant": "p1", "status": "no_show" });
    service.done(&format!("{WEEK}/attendance"), &note).await;
    for from in [review, next] {
        assert_eq!(service.told(from, "p1-review").await, nothing(never), "{from}");
    }
}

#[tokio::test]
async fn an_order_is_due_as_the_phase_has_it_that_stands_then() {
    let service = Service::start().with_draft().await;
    let order = |sessions: u8| json!([{ "id": "p1-talk", "service": "individual", "sessions": sessions, "recurrence": "within 20 days" }]);
    let review = json!({ "id": "p1-review", "service": "individual", "sessions": 1, "recurrence": "every 7 days" });
    let mut later = order(1);
    later.as_array_mut().unwrap().push(review);
    let phases = json!([{ "from": "2026-11-30", "orders": order(1) }, { "from": "2026-12-14", "orders": later }]);
    service.ordered(json!({ "admitted": "2026-11-23", "plan": null, "orders": order(2), "phases": phases })).await;
    let [before, after] = ["2026-11-24", "2026-12-05"].map(|day| day.parse::<NaiveDate>().unwrap());
    let talk = service.told(before, "p1-talk").await;
    assert_eq!(talk, [("p1-talk is due by 2026-12-13: it was never held.".to_owned(), None)]);
    // What only a phase to come orders is not due before it begins.
    let review = service.told(before, "p1-review").await;
    assert_eq!(review, [("p1-review is due by 2026-12-14: it was never held.".to_owned(), None)]);
    service.solve(WEEK).await;
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    // The phase asks for one, and that was held.
    assert_eq!(service.told(after, "p1-talk").await, []);
}
