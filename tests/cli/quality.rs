//! `quality`: what a whole calendar is like, and for whom.

use super::{Desk, careweave, json, text};

#[test]
fn the_penalties_add_up_to_what_the_check_says() {
    let desk = Desk::new();
    let told = json(&careweave(["quality", &desk.problem, &desk.calendar]).assert().success().get_output().stdout);
    let check = json(&careweave(["check", &desk.problem, &desk.calendar]).assert().success().get_output().stdout);
    assert_eq!(told["objective"], check["objective"]);
    let penalties = told["penalties"].as_array().unwrap();
    assert_eq!(penalties.len(), check["penalties"].as_object().unwrap().len(), "{told}");
    for penalty in penalties {
        let borne = penalty["bearers"].as_array().unwrap().iter().map(|b| b["cost"].as_i64().unwrap());
        assert_eq!(borne.sum::<i64>(), check["penalties"][penalty["penalty"].as_str().unwrap()], "{penalty}");
    }
    assert_eq!(told["participants"].as_array().unwrap().len(), 3);
    assert!(told["fairness"].as_array().unwrap().iter().any(|s| s["measure"] == "waiting_minutes"), "{told}");
}

#[test]
fn it_is_told_in_tables_and_as_a_page() {
    let desk = Desk::new();
    let tables = careweave(["quality", &desk.problem, &desk.calendar, "--text"]).assert().success();
    let tables = text(&tables.get_output().stdout);
    for heading in ["Penalty", "Unevenness (Gini)", "Participant", "Clinician"] {
        assert!(tables.contains(heading), "{tables}");
    }
    let page = desk.path("quality.html");
    let path = page.display().to_string();
    careweave(["quality", &desk.problem, &desk.calendar, "--format", "html", "--out", &path]).assert().success();
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg role=\"img\""), "{page}");
}
