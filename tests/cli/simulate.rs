//! `simulate`: what becomes of a calendar in weeks as they happen.

use serde_json::json;

use super::{Desk, careweave, fixture, json as parsed, text};

#[test]
fn the_same_seed_draws_the_same_weeks() {
    let desk = Desk::new();
    let rates = fixture("whatif/tiny.rates.json");
    let simulate = |seed: &str| {
        let done = careweave(["simulate", &desk.problem, &desk.calendar, &rates, "--seed", seed]).assert().success();
        parsed(&done.get_output().stdout)
    };
    let told = simulate("4");
    assert_eq!(told, simulate("4"));
    assert_ne!(told, simulate("5"));
    assert_eq!((&told["draws"], &told["published"][0]["measure"]), (&json!(20), &json!("delivered_share")));
    let table = careweave(["simulate", &desk.problem, &desk.calendar, &rates, "--text"]).assert().success();
    let table = text(&table.get_output().stdout);
    assert!(table.contains("Ordered minutes delivered") && table.contains("Of 20 drawn weeks."), "{table}");
}

#[test]
fn rates_of_what_the_problem_does_not_have_are_faults() {
    let desk = Desk::new();
    let rates = desk.put("rates.json", &json!({ "no_shows": [{ "service": "nothing", "rate": 0.5 }] }));
    let mut command = careweave(["simulate", &desk.problem, &desk.calendar, &rates, "--errors", "json"]);
    let told = parsed(&command.assert().code(3).get_output().stderr);
    assert_eq!(
        (&told["code"], &told["errors"][0]["pointer"]),
        (&json!("invalid-rates"), &json!("/no_shows/0/service"))
    );
}
