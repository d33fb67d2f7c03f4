//! `census`, `buy` and `worth`: how many more, for how much, and what an hour is worth.

use serde_json::{Value, json};

use super::{Desk, careweave, fixture, json, text};

#[test]
fn a_census_tells_how_many_more_and_what_stops_the_next() {
    let args = ["census", &fixture("tiny.json"), &fixture("whatif/tiny.profiles.json"), "--rounds", "6"];
    let census = json(&careweave(args).assert().success().get_output().stdout);
    assert_eq!(census["additional"], 4, "{}", census["tried"]);
    assert_eq!(census["edits"], json!([{ "copy": "/participants/p1", "count": 4 }]));
    assert_eq!(census["next"]["reached"]["holds"], false);
    assert!(!census["next"]["bottleneck"]["remedies"].as_array().unwrap().is_empty());
    let told = careweave(["census", args[1], args[2], "--rounds", "6", "--text"]).assert().success();
    assert!(text(&told.get_output().stdout).starts_with("4 more participants can be taken.\n"));
    let page = careweave(["census", args[1], args[2], "--rounds", "6", "--format", "html"]).assert().success();
    let page = text(&page.get_output().stdout).to_owned();
    assert!(page.starts_with("<!doctype html>") && page.contains("4 more participants can be taken."), "{page}");
    assert!(page.contains("What stops the next one") && page.contains("one more clinician like ana"), "{page}");
}

#[test]
fn a_purchase_tells_the_cheapest_that_serves_and_what_was_tried() {
    let args = ["buy", &fixture("tiny.json"), &fixture("whatif/tiny.prices.json"), "--rounds", "6"];
    let purchase = json(&careweave(args).assert().success().get_output().stdout);
    assert_eq!((&purchase["served"], &purchase["cost"]), (&json!(true), &json!(100)), "{purchase}");
    assert_eq!(purchase["items"][0]["id"], "thursday");
    let costs: Vec<&Value> = purchase["tried"].as_array().unwrap().iter().map(|t| &t["cost"]).collect();
    assert_eq!(costs, [&json!(0), &json!(50), &json!(100)]);
    let desk = Desk::new();
    let mut problem = desk.problem();
    let thursday = json!({ "days": ["thu"], "start": "09:00", "end": "12:00" });
    problem["clinicians"][0]["shifts"].as_array_mut().unwrap().push(thursday);
    let (problem, calendar) = (desk.put("problem.json", &problem), desk.put("calendar.json", &purchase["calendar"]));
    careweave(["check", &problem, &calendar]).assert().success();
}

#[test]
fn what_is_wrong_with_profiles_or_prices_is_told_all_at_once() {
    let desk = Desk::new();
    for (command, document, code, pointers) in [
        (
            "census",
            json!({ "profiles": [{ "participant": "nobody" }, { "participant": "p9" }] }),
            "invalid-profiles",
            vec!["/profiles/0/participant", "/profiles/1/participant"],
        ),
        (
            "buy",
            json!({ "prices": [{ "id": "a", "cost": 1, "edits": [{ "remove": "/rooms/attic" }] }, { "id": "b", "cost": 1, "edits": [{ "copy": "/rooms/x" }] }] }),
            "invalid-prices",
            vec!["/prices/0/edits/0", "/prices/1/edits/0"],
        ),
    ] {
        let document = desk.put("bad.json", &document);
        let told = json(
            &careweave([command, &desk.problem, &document, "--errors", "json"]).assert().code(3).get_output().stderr,
        );
        assert_eq!(told["code"], code);
        let told: Vec<&str> =
            told["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(told, pointers);
    }
}

#[test]
fn hours_are_ranked_by_what_they_are_worth() {
    let values =
        json(&careweave(["worth", &fixture("tiny.json"), "--rounds", "6"]).assert().success().get_output().stdout);
    let ranked = values["values"].as_array().unwrap();
    assert!(ranked[0]["id"].as_str().unwrap().starts_with("ana-"), "{ranked:?}");
    assert!(ranked.iter().all(|w| w["n"].as_u64() >= Some(5) && w["interval"].as_array().unwrap().len() == 2));
}

#[test]
fn the_schemas_are_printed() {
    for document in ["scenarios", "profiles", "prices"] {
        let schema = json(&careweave(["schema", document]).assert().success().get_output().stdout);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}
