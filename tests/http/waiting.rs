//! The waiting list with verdicts, make-ups for what was missed, whole people recommended, weeks solved in series.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, fixture, problem_details, testing};

const WEEK: &str = "/v1/programs/north/weeks/2026-11-30";

/// Somebody like p1 of `tiny.json`, who waits.
fn waiter(id: &str, waiting: Value) -> Value {
    let mut person = fixture("tiny.json")["participants"][0].clone();
    person["id"] = json!(id);
    person["waiting"] = waiting;
    for order in person["orders"].as_array_mut().unwrap() {
        order["id"] = json!(order["id"].as_str().unwrap().replace("p1", id));
    }
    person
}

#[tokio::test]
async fn who_waits_is_in_no_week_and_each_has_a_verdict() {
    let service = Service::start().with_draft().await;
    let put = async |id: &str, waiting: Value| {
        service.put(&format!("/v1/programs/north/participants/{id}"), &waiter(id, waiting)).send().await.unwrap()
    };
    let contacts = json!([{ "on": "2026-11-20", "how": "phone", "outcome": "can come from January" }]);
    assert_eq!(put("w1", json!({ "since": "2026-11-10" })).await.status(), StatusCode::CREATED);
    assert_eq!(put("w2", json!({ "since": "2026-11-20", "priority": 3 })).await.status(), StatusCode::CREATED);
    let late = json!({ "since": "2026-11-01", "from": "2027-01-04", "contacts": contacts });
    assert_eq!(put("w3", late).await.status(), StatusCode::CREATED);
    let refused = problem_details(put("w4", json!({ "since": "soon", "colour": "red" })).await).await;
    assert_eq!(refused["errors"][0]["pointer"], "/waiting");

    let people = service.json(WEEK).await["problem"]["participants"].as_array().unwrap().len();
    assert_eq!(people, 3);
    let ids = |list: &Value| -> Vec<String> {
        list["items"].as_array().unwrap().iter().map(|w| w["participant"].as_str().unwrap().to_owned()).collect()
    };
    let list = service.json("/v1/programs/north/waiting").await;
    assert_eq!(ids(&list), ["w2", "w3", "w1"]);
    assert_eq!((&list["items"][1]["contacts"], list["items"][0].get("admission")), (&contacts, None));

    let asked = service.json("/v1/programs/north/waiting?week=2026-11-30").await;
    let of = |list: &Value, id: &str| {
        list["items"].as_array().unwrap().iter().find(|w| w["participant"] == id).unwrap().clone()
    };
    for id in ["w1", "w2"] {
        let waiter = of(&asked, id);
        let admission = &waiter["admission"];
        assert_eq!(admission["missing_sessions"], 3, "{waiter}");
        let placed = admission["plans"][0]["placed_sessions"].as_i64().unwrap_or(0);
        let left: i64 =
            admission["unmet"].as_array().unwrap().iter().map(|u| u["missing_sessions"].as_i64().unwrap()).sum();
        assert_eq!(placed + left, 3, "{waiter}");
        assert!(waiter["text"].as_str().unwrap().starts_with("Can"), "{waiter}");
    }
    assert_eq!(of(&asked, "w3")["text"], "Can't come in this week yet.");
    // In turn, the second has no more than alone.
    let in_turn = service.json("/v1/programs/north/waiting?week=2026-11-30&in_turn=true").await;
    assert_eq!(ids(&in_turn), ["w2", "w3", "w1"]);
    let missing = |waiter: Value| waiter["admission"]["unmet"].as_array().unwrap().len();
    assert!(missing(of(&in_turn, "w1")) >= missing(of(&asked, "w1")));

    // Admitted, they are in the week and no longer on the list.
    let admitted = json!({ "admitted": "2026-11-30" });
    service.patch("/v1/programs/north/participants/w2", &admitted).send().await.unwrap();
    assert_eq!(ids(&service.json("/v1/programs/north/waiting").await), ["w3", "w1"]);
    assert_eq!(service.json(WEEK).await["problem"]["participants"].as_array().unwrap().len(), 4);
}

/// The week of `tiny.json` as it stands: of Ana's hours only Wednesday at eleven is free.
fn standing() -> Value {
    let session = |id: &str, start: &str, room: &str, people: Value| {
        let (owner, _) = id.split_once('/').unwrap();
        let kind = if owner == "circle" { "group" } else { "order" };
        json!({ "id": id, kind: owner, "start": start, "room": room, "clinicians": ["ana"], "participants": people })
    };
    json!({ "sessions": [
        session("p3-individual/1", "2026-11-30T09:00:00-05:00", "office", json!(["p3"])),
        session("circle/1", "2026-11-30T10:00:00-05:00", "hall", json!(["p1", "p2"])),
        session("p1-individual/1", "2026-11-30T11:00:00-05:00", "office", json!(["p1"])),
        session("p2-individual/1", "2026-12-02T09:00:00-05:00", "office", json!(["p2"])),
        session("circle/2", "2026-12-02T10:00:00-05:00", "hall", json!(["p1", "p2"])),
    ] })
}

#[tokio::test]
async fn who_waits_is_ordered_by_priority_then_by_how_much_has_a_place_then_by_how_long() {
    let service = Service::start().with_draft().await;
    assert_eq!(service.put(&format!("{WEEK}/draft"), &standing()).send().await.unwrap().status(), StatusCode::OK);
    let busy = |days: &[&str], start: &str| json!([{ "kind": "work", "windows": [{ "days": days, "start": start, "end": "12:00" }] }]);
    let waiters = [
        ("none", json!({ "since": "2026-11-01" }), busy(&["mon", "wed"], "09:00")),
        ("part", json!({ "since": "2026-11-02" }), busy(&["wed"], "09:00")),
        ("calls", json!({ "since": "2026-11-03" }), busy(&["wed"], "11:00")),
        ("whole", json!({ "since": "2026-11-04" }), json!([])),
        ("longer", json!({ "since": "2026-10-31" }), json!([])),
        ("urgent", json!({ "since": "2026-11-20", "priority": 3 }), busy(&["mon", "wed"], "09:00")),
    ];
    for (id, waiting, commitments) in waiters {
        let mut person = waiter(id, waiting);
        person["commitments"] = commitments;
        let put = service.put(&format!("/v1/programs/north/participants/{id}"), &person).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::CREATED);
    }
    let told = |list: &Value, field: &str| -> Vec<String> {
        let items = list["items"].as_array().unwrap();
        items.iter().map(|w| w.pointer(field).unwrap().as_str().unwrap().to_owned()).collect()
    };
    // Without a week there is only how long they have waited.
    let list = service.json("/v1/programs/north/waiting").await;
    assert_eq!(told(&list, "/participant"), ["urgent", "longer", "none", "part", "calls", "whole"]);
    let asked = service.json("/v1/programs/north/waiting?week=2026-11-30").await;
    assert_eq!(told(&asked, "/participant"), ["urgent", "longer", "whole", "calls", "part", "none"]);
    assert_eq!(told(&asked, "/admission/verdict"), ["none", "whole", "whole", "whole", "part", "none"]);
    let text = |k: usize| asked["items"][k]["text"].as_str().unwrap();
    assert_eq!((text(1), text(2)), ("Can come as a whole: 3 sessions.", "Can come as a whole: 3 sessions."));
    // Who has an hour on Wednesday at nine moves to eleven for them.
    assert_eq!(text(3), "Can come in part: 2 of 3 sessions; missing 1 of calls-individual. As a whole, with 1 call.");
    assert_eq!(text(4), "Can come in part: 1 of 3 sessions, with 1 call; missing 2 of part-process.");
    assert!(text(5).starts_with("Can't come: none of 3 sessions has a place. "), "{}", text(5));
    // In turn, whoever has waited longest has taken the last hour.
    let in_turn = service.json("/v1/programs/north/waiting?week=2026-11-30&in_turn=true").await;
    let of = |id: &str| in_turn["items"].as_array().unwrap().iter().find(|w| w["participant"] == id).unwrap().clone();
    let (longer, whole) = (of("longer"), of("whole"));
    assert_eq!((&longer["admission"]["verdict"], &whole["admission"]["verdict"]), (&json!("whole"), &json!("part")));
}

#[tokio::test]
async fn what_was_missed_has_a_place_for_its_make_up_that_passes_the_check() {
    let service = Service::start().with_draft().await;
    assert_eq!(service.put(&format!("{WEEK}/draft"), &standing()).send().await.unwrap().status(), StatusCode::OK);
    service.done(&format!("{WEEK}/publish"), &json!({})).await;
    let asked = async || service.json(&format!("{WEEK}/makeups?participant=p1")).await;
    assert_eq!(asked().await["missing_sessions"], 0);
    let note = json!({ "session": "p1-individual/1", "participant": "p1", "status": "no_show" });
    service.done(&format!("{WEEK}/attendance"), &note).await;
    let after = asked().await;
    assert_eq!((&after["missing_sessions"], &after["verdict"]), (&json!(1), &json!("whole")), "{after}");
    let plan = &after["plans"][0];
    let places: Vec<Value> = plan["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| json!([s["id"], s["start"], s["room"], s["clinicians"]]))
        .collect();
    assert_eq!(places, [json!(["p1-individual/2", "2026-12-02T11:00:00-05:00", "office", ["ana"]])]);
    assert_eq!((&plan["moves"], &plan["contacts"]), (&json!([]), &json!([])));
    // Put into the week, it breaks no rule, and costs what was said.
    let week = service.json(WEEK).await;
    let check = async |sessions: Vec<Value>| {
        service.done("/v1/check", &json!({ "problem": week["problem"], "calendar": { "sessions": sessions } })).await
    };
    let published = week["published"]["sessions"].as_array().unwrap().clone();
    let before = check(published.clone()).await;
    let made_up = check([published, plan["sessions"].as_array().unwrap().clone()].concat()).await;
    assert_eq!((&made_up["feasible"], &made_up["violations"]), (&json!(true), &json!([])), "{made_up}");
    let difference = made_up["objective"].as_i64().unwrap() - before["objective"].as_i64().unwrap();
    assert_eq!(plan["cost_difference"], difference);
    let none = service.get(&format!("{WEEK}/makeups?participant=nobody")).send().await.unwrap();
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_person_is_recommended_as_a_whole_by_the_stateless_door() {
    let service = Service::start();
    let mut problem = fixture("tiny.json");
    let mut new = waiter("p4", Value::Null);
    new.as_object_mut().unwrap().remove("waiting");
    problem["participants"].as_array_mut().unwrap().push(new);
    let body =
        json!({ "problem": problem, "calendar": { "sessions": [] }, "participants": ["p4", "p1"], "in_turn": true });
    let found = service.done("/v1/recommend", &body).await;
    let admissions = found["admissions"].as_array().unwrap();
    assert_eq!((&admissions[0]["participant"], &admissions[0]["missing_sessions"]), (&json!("p4"), &json!(3)));
    assert!(admissions[0]["plans"][0]["placed_sessions"].as_i64().unwrap() > 0, "{found}");
    let wrong = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "participants": ["nobody"] });
    let refused = problem_details(service.post("/v1/recommend", &wrong).send().await.unwrap()).await;
    assert_eq!((&refused["status"], &refused["errors"][0]["pointer"]), (&json!(422), &json!("/participants/0")));
    let both = json!({ "problem": fixture("tiny.json"), "calendar": { "sessions": [] }, "participants": ["p1"], "order": "p1-process" });
    assert_eq!(service.post("/v1/recommend", &both).send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_next_weeks_are_solved_in_series_at_the_same_hours() {
    let service = Service::start().with_draft().await;
    let first = "/v1/programs/north/weeks/2026-12-07/series/solve";
    let body = json!({ "weeks": 3, "options": { "rounds": 5 } });
    let asked = service.post(first, &body).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    let asked: Value = asked.json().await.unwrap();
    assert_eq!(asked, json!({ "weeks": ["2026-12-07", "2026-12-14", "2026-12-21"], "kept": [] }));
    let last = service.poll("/v1/programs/north/weeks/2026-12-21", |week| !week["draft"].is_null()).await;
    let hours = |calendar: &Value| {
        let hour = |s: &Value| format!("{} {}", s["id"].as_str().unwrap(), &s["start"].as_str().unwrap()[11..]);
        let mut hours: Vec<String> = calendar["sessions"].as_array().unwrap().iter().map(hour).collect();
        hours.sort();
        hours
    };
    assert_eq!(hours(&last["draft"]), hours(&service.json(WEEK).await["draft"]));
    let again: Value = service.post(first, &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(again["weeks"], json!([]));
    let wrong = service.post(first, &json!({ "weeks": 99 })).send().await.unwrap();
    assert_eq!(problem_details(wrong).await["errors"][0]["pointer"], "/weeks");
}

#[tokio::test]
async fn a_series_goes_on_after_the_service_was_killed_in_the_middle_of_it() {
    for scratch in testing::both() {
        let args = ["--workers", "1", "--lease", "2"];
        let mut service = Service::over(&scratch.address, TempDir::new().unwrap(), &args).with_draft().await;
        let body = json!({ "weeks": 3, "options": { "rounds": 5 } });
        let asked = service.post("/v1/programs/north/weeks/2026-12-07/series/solve", &body).send().await.unwrap();
        assert_eq!(asked.status(), StatusCode::ACCEPTED);
        service.child.kill().unwrap(); // SIGKILL
        service.child.wait().unwrap();
        let next = Service::over(&scratch.address, TempDir::new().unwrap(), &args);
        for date in ["2026-12-07", "2026-12-14", "2026-12-21"] {
            next.poll(&format!("/v1/programs/north/weeks/{date}"), |week| !week["draft"].is_null()).await;
        }
        assert!(next.json("/v1/programs/north/weeks/2026-12-28").await["draft"].is_null());
    }
}

#[tokio::test]
async fn openings_say_which_meetings_have_free_seats_and_who_may_take_them() {
    let service = Service::start().with_draft().await;
    let openings = async || service.json(&format!("{WEEK}/openings?group=circle")).await["items"].clone();
    let meeting = |items: &Value, k: usize| {
        let item = &items[k];
        (item["session"].clone(), item["free"].clone(), item["may"].clone(), item["may_not"].clone())
    };
    // p3 is in court on Wednesday, and a closed group is joined as a whole.
    let first = openings().await;
    assert_eq!(first.as_array().unwrap().len(), 2);
    let court = json!([{ "participant": "p3", "rules": ["H8"] }]);
    assert_eq!(meeting(&first, 0), (json!("circle/1"), json!(4), json!([]), court));
    let p3 = "/v1/programs/north/participants/p3";
    service.patch(p3, &json!({ "commitments": [] })).send().await.unwrap();
    let then = openings().await;
    assert_eq!(meeting(&then, 1), (json!("circle/2"), json!(4), json!(["p3"]), json!([])));
    assert_eq!(service.json(&format!("{WEEK}/openings?group=none")).await["items"], json!([]));
}

#[tokio::test]
async fn a_free_seat_may_be_taken_by_who_waits_in_the_order_of_the_list() {
    let service = Service::start().with_draft().await;
    let put = async |id: &str, waiting: Value| {
        let put =
            service.put(&format!("/v1/programs/north/participants/{id}"), &waiter(id, waiting)).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::CREATED);
    };
    put("w1", json!({ "since": "2026-11-20" })).await;
    put("w2", json!({ "since": "2026-11-10", "from": "2026-11-30" })).await;
    put("w3", json!({ "since": "2026-11-25", "priority": 3 })).await;
    // From Wednesday on nobody joins a closed group that meets on Monday, too; and in January it is another week.
    put("w4", json!({ "since": "2026-11-01", "from": "2026-12-02" })).await;
    put("w5", json!({ "since": "2026-11-01", "from": "2027-01-04" })).await;
    let items = service.json(&format!("{WEEK}/openings?group=circle")).await["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 2);
    for item in items.as_array().unwrap() {
        let candidates = json!([
            { "participant": "w3", "since": "2026-11-25", "priority": 3 },
            { "participant": "w2", "since": "2026-11-10", "from": "2026-11-30", "priority": 1 },
            { "participant": "w1", "since": "2026-11-20", "priority": 1 },
        ]);
        assert_eq!((&item["waiting"], &item["may"]), (&candidates, &json!([])), "{item}");
        let refused: Vec<&str> =
            item["may_not"].as_array().unwrap().iter().map(|r| r["participant"].as_str().unwrap()).collect();
        assert_eq!(refused, ["p3", "w4"], "{item}");
    }
}

#[tokio::test]
async fn who_waits_can_come_as_a_whole_in_part_or_not_and_is_told_why() {
    let service = Service::start().with_draft().await;
    let put = async |id: &str, sessions: [u32; 2], more: Value| {
        let mut person = waiter(id, json!({ "since": "2026-11-10" }));
        person["orders"][0]["sessions"] = json!(sessions[0]);
        person["orders"][1]["sessions"] = json!(sessions[1]);
        for (name, value) in more.as_object().unwrap() {
            person[name] = value.clone();
        }
        let put = service.put(&format!("/v1/programs/north/participants/{id}"), &person).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::CREATED, "{}", put.text().await.unwrap());
    };
    put("some", [2, 2], json!({})).await;
    put("none", [2, 1], json!({ "available": [{ "days": ["sat"], "start": "09:00", "end": "12:00" }] })).await;
    put("all", [2, 1], json!({})).await;
    let asked = service.json("/v1/programs/north/waiting?week=2026-11-30").await["items"].clone();
    let told: Vec<(&str, &str)> = asked
        .as_array()
        .unwrap()
        .iter()
        .map(|w| (w["participant"].as_str().unwrap(), w["admission"]["verdict"].as_str().unwrap()))
        .collect();
    // Within a priority whoever fits best goes first.
    assert_eq!(told, [("all", "whole"), ("some", "part"), ("none", "none")], "{asked}");
    let texts: Vec<&str> = asked.as_array().unwrap().iter().map(|w| w["text"].as_str().unwrap()).collect();
    assert_eq!(texts[0], "Can come as a whole: 3 sessions.");
    assert_eq!(texts[1], "Can come in part: 3 of 4 sessions; missing 1 of some-individual.");
    assert!(texts[2].starts_with("Can't come: none of 3 sessions has a place. "), "{}", texts[2]);
    let [part, none] = [&asked[1]["admission"], &asked[2]["admission"]];
    assert_eq!(
        (&part["unmet"][0]["order"], &part["unmet"][0]["missing_sessions"]),
        (&json!("some-individual"), &json!(1))
    );
    for admission in [part, none] {
        for unmet in admission["unmet"].as_array().unwrap() {
            let reasons = unmet["reasons"].as_array().unwrap();
            assert!(
                reasons.iter().all(|r| !r["detail"].as_str().unwrap().is_empty()) && !reasons.is_empty(),
                "{unmet}"
            );
        }
    }
    let codes: Vec<&str> =
        none["unmet"][0]["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"NOT_AVAILABLE"), "{none}");
}

#[tokio::test]
async fn who_would_make_the_week_invalid_is_told_why_and_the_others_are_judged_all_the_same() {
    let service = Service::start().with_draft().await;
    // Between two changes of the record somebody is not to be with a clinician whom there is not; before and after it all is well.
    let mut wrong = waiter("w1", json!({ "since": "2026-11-10" }));
    wrong["changes"] = json!([{ "from": "2026-11-23", "set": { "not_with": ["ghost"] } },
        { "from": "2026-12-14", "set": { "not_with": [] } }]);
    for (id, body) in [("w1", wrong), ("w2", waiter("w2", json!({ "since": "2026-11-20" })))] {
        let put = service.put(&format!("/v1/programs/north/participants/{id}"), &body).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::CREATED, "{}", put.text().await.unwrap());
    }
    let openings = service.json(&format!("{WEEK}/openings?group=circle")).await;
    assert_eq!(openings["items"].as_array().unwrap().len(), 2);
    for item in openings["items"].as_array().unwrap() {
        assert_eq!(item["waiting"], json!([{ "participant": "w2", "since": "2026-11-20", "priority": 1 }]));
    }
    let told = |waiter: &Value| {
        let error = &waiter["errors"][0];
        (waiter["participant"].clone(), error["pointer"].clone(), error["code"].clone(), waiter["text"].clone())
    };
    let text = json!("Can't be judged: There is no clinician `ghost`.");
    let expected = (json!("w1"), json!("/not_with/0"), json!("unknown-id"), text);
    let not_judged = openings["not_judged"].as_array().unwrap();
    assert_eq!((not_judged.len(), told(&not_judged[0])), (1, expected.clone()));
    let list = service.json("/v1/programs/north/waiting?week=2026-11-30").await["items"].clone();
    let of = |id: &str| list.as_array().unwrap().iter().find(|w| w["participant"] == id).unwrap();
    assert_eq!((told(of("w1")), of("w1").get("admission")), (expected, None));
    assert_eq!((&of("w2")["admission"]["missing_sessions"], of("w2").get("errors")), (&json!(3), None));
    // Later all of it is well.
    let later = service.json("/v1/programs/north/weeks/2026-12-14/openings").await;
    assert_eq!(later["not_judged"], json!([]));
}
