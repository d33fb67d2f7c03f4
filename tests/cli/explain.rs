//! `explain` and `recommend`: why an order is unmet, and where it could go.

use serde_json::Value;

use super::{Desk, careweave, json, text};

/// A calendar without its single sessions.
fn without_singles(desk: &Desk) -> (String, Value) {
    let mut calendar = desk.calendar();
    let sessions = calendar["sessions"].as_array().unwrap();
    let kept: Vec<Value> = sessions.iter().filter(|s| s.get("order").is_none()).cloned().collect();
    calendar["sessions"] = Value::Array(kept);
    (desk.put("without.json", &calendar), calendar)
}

#[test]
fn each_unmet_order_is_told_with_counts_that_add_up() {
    let desk = Desk::new();
    let (calendar, _) = without_singles(&desk);
    let done = careweave(["explain", &desk.problem, &calendar]).assert().success();
    let told = json(&done.get_output().stdout);
    let unmet = told["unmet"].as_array().unwrap();
    assert!(unmet.iter().any(|u| u["order"] == "p1-individual" && u["missing_minutes"] == 60), "{told}");
    for order in unmet {
        let counts = order["reasons"].as_array().unwrap().iter().map(|r| r["count"].as_u64().unwrap());
        assert_eq!(counts.sum::<u64>(), order["places"].as_u64().unwrap(), "{order}");
        assert!(order["reasons"].as_array().unwrap().iter().all(|r| r["ids"].is_array() && r["detail"].is_string()));
    }
}

#[test]
fn each_remedy_is_told_once_it_is_verified() {
    let desk = Desk::new();
    let (calendar, _) = without_singles(&desk);
    let done = careweave(["explain", &desk.problem, &calendar, "--progress", "json"]).assert().success();
    let told = text(&done.get_output().stderr);
    let events: Vec<Value> = told.lines().map(|line| json(line.as_bytes())).collect();
    let explained = json(&done.get_output().stdout);
    let shown = explained["unmet"].as_array().unwrap().iter().map(|u| u["remedies"].as_array().unwrap().len());
    assert_eq!(shown.sum::<usize>(), events.len());
    assert!(!events.is_empty() && events.iter().all(|e| e["event"] == "remedy" && e["remedy"]["text"].is_string()));
}

#[test]
fn one_order_is_told_also_where_it_is_met() {
    let desk = Desk::new();
    let done = careweave(["explain", &desk.problem, &desk.calendar, "--order", "p1-individual"]).assert().success();
    let told = json(&done.get_output().stdout);
    assert_eq!(told["unmet"][0]["order"], "p1-individual");
    assert_eq!(told["unmet"].as_array().unwrap().len(), 1);
    let mut spoken = careweave(["explain", &desk.problem, &desk.calendar, "--order", "p1-individual", "--text"]);
    assert!(text(&spoken.assert().success().get_output().stdout).starts_with("p1-individual of p1 "));
}

#[test]
fn one_hour_with_one_clinician_is_told_and_what_it_would_cost_whom() {
    let desk = Desk::new();
    let (calendar, _) = without_singles(&desk);
    let ask = |problem: &str, order: &str, at: &str, clinician: &str| {
        let args = ["explain", problem, &calendar, "--order", order, "--at", at, "--clinician", clinician];
        let done = careweave(args).args(["--seconds", "0"]).assert().success();
        json(&done.get_output().stdout)["unmet"][0].clone()
    };
    // Why not then, with her: the time of day is local to the home site.
    let told = ask(&desk.problem, "p2-individual", "2026-11-30T09:00", "ana");
    assert_eq!((&told["places"], told["reasons"].as_array().unwrap().len()), (&1.into(), 1), "{told}");
    let reason = &told["reasons"][0];
    assert_eq!((&reason["code"], &reason["count"]), (&"COMMITTED".into(), &1.into()));
    assert_eq!(
        reason["detail"],
        "p2 has other commitments or is on the way, for example on Monday at 09:00 EST (work)."
    );
    assert_eq!(ask(&desk.problem, "p2-individual", "2026-11-30T09:00-05:00", "ana"), told);
    // Where nothing forbids it, it says what it would cost, and whom.
    let told = ask(&desk.problem, "p1-individual", "2026-12-02T11:00", "ana");
    let detail = told["reasons"][0]["detail"].as_str().unwrap();
    let gain = "Nothing forbids it. A session on Wednesday at 11:00 EST with Ana Ruiz would bring p1 ";
    assert!(detail.starts_with(gain) && detail.ends_with("missing sessions 6000 less."), "{detail}");
    let mut dear = desk.problem();
    dear["weights"] = serde_json::json!({ "unmet_minute": 0, "shortfall_minute": 0 });
    let told = ask(&desk.put("dear.json", &dear), "p2-individual", "2026-11-30T11:00", "ana");
    assert_eq!(
        (&told["reasons"][0]["code"], &told["reasons"][0]["detail"]),
        (
            &"TRADE_OFF".into(),
            &"Nothing forbids it, but it would cost p2 more than it brings. A session on Monday at 11:00 EST with Ana \
              Ruiz would cost 180 more: time on soft commitments 180 more."
                .into()
        )
    );
    // Spoken too; and what is asked about must exist.
    let args = ["explain", &desk.problem, &calendar, "--order", "p2-individual", "--at", "2026-11-30T09:00", "--text"];
    let spoken = text(&careweave(args).args(["--clinician", "ana"]).assert().success().get_output().stdout);
    assert!(spoken.starts_with("p2-individual of p2 lacks 1 session (60 minutes). Of 1 place:\n"), "{spoken}");
    careweave(args).args(["--clinician", "nobody"]).assert().code(2);
    careweave(["explain", &desk.problem, &calendar, "--at", "2026-11-30T09:00"]).assert().code(2);
}

#[test]
fn remedies_come_smallest_first_and_where_none_helps_it_says_what_was_tried() {
    // Somebody new who works whenever Ana is there: her shift could be longer, or the work give way.
    let desk = Desk::new();
    let mut problem = desk.problem();
    let work = serde_json::json!([{ "kind": "work", "windows": [{ "days": ["mon", "wed"], "start": "08:00", "end": "11:30" }] }]);
    problem["participants"].as_array_mut().unwrap().push(serde_json::json!({
        "id": "p4", "home_site": "elm", "commitments": work,
        "orders": [{ "id": "p4-individual", "service": "individual", "sessions": 1 }]
    }));
    let problem = desk.put("four.json", &problem);
    let done = careweave(["explain", &problem, &desk.calendar, "--seconds", "60"]).assert().success();
    let told = json(&done.get_output().stdout);
    let of = |id: &str| told["unmet"].as_array().unwrap().iter().find(|u| u["order"] == id).unwrap().clone();
    let (helped, lost) = (of("p4-individual"), of("p3-process"));
    let kinds: Vec<&str> = helped["remedies"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds, &helped["tried"]), (vec!["commitment", "longer-shift"], &serde_json::json!([])), "{helped}");
    // p3 is in court, which nobody asks to give way, and the group meets at no other hour.
    assert_eq!(lost["remedies"], serde_json::json!([]));
    let tried = lost["tried"].as_array().unwrap();
    assert!(tried.contains(&"moving one other session".into()), "{lost}");
    assert!(tried.contains(&"one more clinician".into()), "{lost}");
    let spoken = careweave(["explain", &problem, &desk.calendar, "--seconds", "60", "--text"]).assert().success();
    let spoken = text(&spoken.get_output().stdout);
    assert!(spoken.contains("  Nothing helps that was tried: moving one other session; "), "{spoken}");
}

#[test]
fn a_group_is_told_with_who_could_join_and_what_keeps_it_from_meeting() {
    let desk = Desk::new();
    let mut calendar = desk.calendar();
    calendar["sessions"].as_array_mut().unwrap().retain(|s| s["group"] != "circle");
    let without = desk.put("without.json", &calendar);
    let told = json(
        &careweave(["explain", &desk.problem, &without, "--group", "circle"]).assert().success().get_output().stdout,
    );
    let group = &told["group"];
    assert_eq!(
        (&told["unmet"], &group["held"], &group["group"]),
        (&serde_json::json!([]), &0.into(), &"circle".into())
    );
    let counts = group["reasons"].as_array().unwrap().iter().map(|r| r["count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), group["places"].as_u64().unwrap());
    assert!(group["reasons"].as_array().unwrap().iter().any(|r| r["code"] == "TRADE_OFF"), "{told}");
    let spoken = careweave(["explain", &desk.problem, &without, "--group", "circle", "--text"]).assert().success();
    assert!(text(&spoken.get_output().stdout).starts_with("circle holds 0 of its "), "{:?}", spoken.get_output());
    // The orders that wait for it say the same in few words.
    let orders =
        json(&careweave(["explain", &desk.problem, &without, "--seconds", "0"]).assert().success().get_output().stdout);
    let all = orders["unmet"].as_array().unwrap().iter().flat_map(|u| u["reasons"].as_array().unwrap());
    let waits: Vec<&Value> = all.filter(|r| r["code"] == "GROUP_NOT_HELD").collect();
    let why = format!("circle ({})", group["text"].as_str().unwrap());
    assert!(!waits.is_empty() && waits.iter().all(|r| r["detail"].as_str().unwrap().contains(&why)), "{waits:?}");
    careweave(["explain", &desk.problem, &without, "--group", "nobody"]).assert().code(2);
    careweave(["explain", &desk.problem, &without, "--group", "circle", "--order", "p1-individual"]).assert().code(2);
}

#[test]
fn an_order_that_does_not_exist_is_a_wrong_command_line() {
    let desk = Desk::new();
    careweave(["explain", &desk.problem, &desk.calendar, "--order", "nobody"]).assert().code(2);
    careweave(["recommend", &desk.problem, &desk.calendar, "--order", "nobody"]).assert().code(2);
    careweave(["recommend", &desk.problem, &desk.calendar, "--participant", "nobody"]).assert().code(2);
    careweave(["recommend", &desk.problem, &desk.calendar]).assert().code(2);
}

#[test]
fn all_that_is_missing_of_a_person_is_placed_at_once_and_passes_the_check() {
    let desk = Desk::new();
    let (path, calendar) = without_singles(&desk);
    let before = json(&careweave(["check", &desk.problem, &path]).assert().success().get_output().stdout);
    let done = careweave(["recommend", &desk.problem, &path, "--participant", "p1", "--participant", "p2"]).assert();
    let found = json(&done.success().get_output().stdout);
    for admission in found["admissions"].as_array().unwrap() {
        let plan = &admission["plans"][0];
        assert_eq!((&admission["verdict"], &plan["verdict"]), (&"whole".into(), &"whole".into()), "{found}");
        let mut with = calendar.clone();
        let sessions = with["sessions"].as_array_mut().unwrap();
        for session in plan["sessions"].as_array().unwrap().iter().chain(plan["moves"].as_array().unwrap()) {
            sessions.retain(|s| s["id"] != session["id"]);
            sessions.push(session.clone());
        }
        let with = desk.put("with.json", &with);
        let after = json(&careweave(["check", &desk.problem, &with]).assert().success().get_output().stdout);
        let difference = after["objective"].as_i64().unwrap() - before["objective"].as_i64().unwrap();
        assert_eq!(plan["cost_difference"], difference, "{plan}");
    }
    let text = careweave(["recommend", &desk.problem, &path, "--participant", "p1", "--text"]).assert().success();
    assert!(
        String::from_utf8_lossy(&text.get_output().stdout).starts_with("p1: all of 1 missing session can be placed.")
    );
}

#[test]
fn places_are_ranked_and_each_passes_the_check_at_the_cost_that_it_says() {
    let desk = Desk::new();
    let (path, calendar) = without_singles(&desk);
    let before = json(&careweave(["check", &desk.problem, &path]).assert().success().get_output().stdout);
    let done = careweave(["recommend", &desk.problem, &path, "--order", "p1-individual", "--top", "3"]).assert();
    let found = json(&done.success().get_output().stdout);
    assert_eq!(found["order"], "p1-individual");
    let places = found["places"].as_array().unwrap();
    assert!((1..=3).contains(&places.len()), "{found}");
    for place in places {
        let mut with = calendar.clone();
        let sessions = with["sessions"].as_array_mut().unwrap();
        let new = place["sessions"].as_array().unwrap().iter().chain(place["moves"].as_array().unwrap());
        for session in new {
            sessions.retain(|s| s["id"] != session["id"]);
            sessions.push(session.clone());
        }
        let with = desk.put("with.json", &with);
        let after = json(&careweave(["check", &desk.problem, &with]).assert().success().get_output().stdout);
        let difference = after["objective"].as_i64().unwrap() - before["objective"].as_i64().unwrap();
        assert_eq!(place["cost_difference"], difference, "{place}");
    }
}
