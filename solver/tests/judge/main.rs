//! The rules against the referee, an independent judge in Python that came with the specification: the same broken rules
//! and the same penalties on its own examples and on calendars of drawn problems, correct and broken in every way.

mod breakage;
mod referee;

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use careweave_solver::{
    calendar::{Calendar, Session},
    explain,
    generate::{Draw, generate, in_progress},
    instance::Instance,
    problem::{self, Problem},
    recommend::recommend,
    remedies::{Search, remedies},
    rules::{self, CheckReport},
    scenario::edits,
    search::{Options, Stop, Unwatched, solve},
};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use self::referee::{Referee, Verdict};

type Chance = Xoshiro256PlusPlus;

/// What the rules say of a calendar as it is written.
fn checked(instance: &Instance, calendar: &Value) -> CheckReport {
    let calendar = problem::read_calendar(calendar.to_string().as_bytes()).expect("a calendar that can be read");
    rules::check(instance, &calendar.sessions)
}

/// The rules' verdict in the referee's form, less what only `problem.md` says.
fn verdict(report: &CheckReport, calendar: &Value) -> (Vec<&'static str>, BTreeMap<String, i64>) {
    let counted = report.violations.iter().filter(|v| !breakage::beyond_the_referee(v, calendar));
    let mut rules: Vec<&str> = counted.map(|v| v.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let penalties = report.penalties.iter().map(|(name, cost)| ((*name).to_owned(), *cost as i64)).collect();
    (rules, penalties)
}

/// How the rules and the referee differ on a calendar, if they do.
fn difference(what: &str, calendar: &Value, report: &CheckReport, theirs: &Verdict) -> Option<String> {
    let (rules, mut penalties) = verdict(report, calendar);
    let mut expected = theirs.penalties.clone();
    // Where everybody is double-booked the referee's waits fall below zero; a penalty is never negative.
    if expected.get("wait").is_some_and(|&w| w < 0) {
        expected.remove("wait");
        penalties.remove("wait");
    }
    if report.objective != report.penalties.values().sum::<u64>() {
        return Some(format!("{what}: the objective is not the sum of the penalties"));
    }
    if rules == theirs.rules && penalties == expected {
        return None;
    }
    let details: Vec<String> = report.violations.iter().map(|v| format!("{}: {}", v.rule, v.detail)).collect();
    Some(format!(
        "{what}\nrules: {rules:?} {details:#?} {penalties:?}\nreferee: {:?} {:#?} {expected:?}\n",
        theirs.rules, theirs.details
    ))
}

fn assert_none(differences: Vec<String>, of: usize) {
    let shown: Vec<&String> = differences.iter().take(5).collect();
    assert!(
        shown.is_empty(),
        "{} of {of} differ, the first:\n{}",
        differences.len(),
        shown.iter().map(|s| s.as_str()).collect::<String>()
    );
}

#[test]
fn the_referees_own_examples_get_the_same_verdict() {
    let (mut compared, mut differences) = (0, Vec::new());
    for example in referee::examples() {
        let Ok(problem) = deserr::deserialize::<Problem, _, problem::Faults>(example.problem.clone()) else {
            panic!("{}: a problem that cannot be read", example.test);
        };
        let instance = Instance::new(Arc::new(problem));
        let read = problem::read_calendar(example.calendar.to_string().as_bytes());
        if example.verdict.rules.contains(&"format".to_owned()) {
            // What the referee cannot read is no calendar either, or breaks the rule that problem.md names.
            if let Ok(calendar) = read {
                let report = rules::check(&instance, &calendar.sessions);
                let derived = example.calendar["sessions"].as_array().is_some_and(|all| all.iter().any(lacks_derived));
                assert!(derived || !report.feasible, "{}: {}", example.test, example.calendar);
            }
            continue;
        }
        // Fields that the referee never looks at must still be of their type.
        let Ok(calendar) = read else { continue };
        let report = rules::check(&instance, &calendar.sessions);
        differences.extend(difference(&example.test, &example.calendar, &report, &example.verdict));
        compared += 1;
    }
    assert_none(differences, compared);
    assert!(compared > 250, "only {compared} examples were compared");
}

/// Whether it lacks a field that problem.md derives and the referee wants.
fn lacks_derived(session: &Value) -> bool {
    ["service", "modality", "site", "end"].iter().any(|field| session.get(field).is_none_or(Value::is_null))
}

/// Draws a problem and solves it a little.
fn drawn(seed: u64) -> Option<(Problem, Calendar)> {
    let problem = generate(&Draw::small(seed));
    solved(&problem, seed).map(|calendar| (problem, calendar))
}

fn solved(problem: &Problem, seed: u64) -> Option<Calendar> {
    let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
    // A few rounds, with a deadline that only keeps the bound short.
    let options = Options { seconds: Some(5.0), rounds: Some(seed % 8), seed, ..Options::default() };
    solve(&instance, &options, &Unwatched, &Stop::default()).ok()
}

fn read(problem: &Problem) -> (Value, Instance) {
    let text = serde_json::to_string(problem).expect("JSON");
    let problem = problem::read(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}"));
    (serde_json::from_str(&text).expect("JSON"), Instance::new(Arc::new(problem)))
}

fn bare(calendar: &Calendar) -> Value {
    json!({ "sessions": calendar.sessions })
}

/// A calendar without the people and orders that a problem no longer has.
fn without_the_gone(calendar: &Value, problem: &Problem) -> Value {
    let mut calendar = calendar.clone();
    let people = |id: &Value| problem.participants.iter().any(|p| id == &*p.id);
    let ordered = |id: &Value| problem.participants.iter().flat_map(|p| &p.orders).any(|o| id == &*o.id);
    if let Some(sessions) = calendar["sessions"].as_array_mut() {
        for s in sessions.iter_mut() {
            s["participants"].as_array_mut().into_iter().for_each(|all| all.retain(people));
        }
        sessions.retain(|s| s["order"].is_null() || ordered(&s["order"]));
        sessions.retain(|s| s["participants"].as_array().is_some_and(|all| !all.is_empty()));
    }
    calendar
}

/// The sessions of a calendar as they can be brought in.
fn given(calendar: &Calendar) -> Vec<problem::GivenSession> {
    calendar.sessions.iter().map(problem::GivenSession::from).collect()
}

/// Compares `rounds` broken calendars of each problem, and the correct one, with the referee.
fn compare(seeds: std::ops::Range<u64>, rounds: usize) {
    let mut referee = Referee::start();
    let mut expected = Vec::new();
    let mut broken = std::collections::BTreeSet::new();
    for seed in seeds {
        let Some((problem, calendar)) = drawn(seed) else { continue };
        let mut chance = Chance::seed_from_u64(seed);
        let mut weeks = vec![(problem.clone(), bare(&calendar))];
        let later = in_progress(&problem, &given(&calendar), seed);
        let replanned = solved(&later, seed).map_or_else(|| without_the_gone(&bare(&calendar), &later), |c| bare(&c));
        weeks.push((later, replanned));
        for (problem, calendar) in weeks {
            let (written, instance) = read(&problem);
            referee.problem(&written);
            for round in 0..=rounds {
                let mut sessions = calendar.clone();
                if round > 0 {
                    for _ in 0..chance.random_range(1..=3) {
                        breakage::once(&mut sessions, &problem, &mut chance);
                    }
                }
                let report = checked(&instance, &sessions);
                broken.extend(report.violations.iter().map(|v| v.rule));
                referee.calendar(&sessions);
                expected.push((format!("seed {seed}, round {round}"), report, sessions));
            }
        }
    }
    let verdicts = referee.verdicts();
    assert_eq!(verdicts.len(), expected.len());
    let cases = expected.iter().zip(&verdicts);
    let differences = cases.filter_map(|((what, report, sessions), theirs)| difference(what, sessions, report, theirs));
    assert_none(differences.collect(), expected.len());
    let unbroken: Vec<&str> = rules::HARD.iter().map(|r| r.name).filter(|name| !broken.contains(name)).collect();
    assert!(unbroken.is_empty(), "no calendar broke {unbroken:?}");
}

#[test]
fn drawn_calendars_correct_and_broken_get_the_referees_verdict() {
    compare(0..24, 20);
}

/// The sessions of a calendar with some of them, by id, put in.
fn with(calendar: &Value, put: &[&Session]) -> Value {
    let mut sessions: Vec<Value> = calendar["sessions"].as_array().cloned().unwrap_or_default();
    sessions.retain(|s| put.iter().all(|new| s["id"] != *new.id));
    sessions.extend(put.iter().map(|s| json!(s)));
    json!({ "sessions": sessions })
}

/// What a place or a remedy says, to be held against the referee.
struct Told {
    what: String,
    objective: i64,
    /// The order, and how many of its sessions were missing.
    order: String,
    missing: i64,
}

#[test]
fn reasons_add_up_and_places_and_remedies_do_what_they_say_before_the_referee() {
    let mut referee = Referee::start();
    let mut expected: Vec<Told> = Vec::new();
    let (mut places, mut changes) = (0, 0);
    for seed in 0..10 {
        let Some((problem, mut calendar)) = drawn(seed) else { continue };
        let mut k = 0;
        // Every fourth single session is taken out, so that there are places.
        calendar.sessions.retain(|s| {
            k += 1;
            k % 4 != 0 || s.group.is_some()
        });
        let (written, instance) = read(&problem);
        let (instance, week) = (Arc::new(instance), bare(&calendar));
        let sessions: Vec<_> = given(&calendar).iter().map(|s| instance.book(s)).collect();
        let before = rules::judge(&instance, &sessions);
        let unmet = explain::unmet(&instance, &sessions, &before.missing);
        referee.problem(&written);
        for ((order, missing), why) in before.missing.iter().zip(&unmet).take(10) {
            for place in recommend(&instance, &sessions, *order, 6).places {
                places += 1;
                referee.calendar(&with(&week, &place.sessions.iter().chain(&place.moves).collect::<Vec<_>>()));
                expected.push(Told {
                    what: format!("seed {seed}: {place:?}"),
                    objective: before.objective as i64 + place.cost_difference,
                    order: why.order.to_string(),
                    missing: i64::from(*missing),
                });
            }
        }
        let all = Search { most: 3, deadline: None };
        let found = remedies(&instance, &sessions, &unmet, all, &mut |_, _| ControlFlow::Continue(()));
        for (why, found) in unmet.iter().zip(found) {
            assert_eq!(why.reasons.iter().map(|r| r.count).sum::<u64>(), why.places, "seed {seed}: {}", why.order);
            assert!(why.reasons.iter().all(|r| r.count > 0 && r.detail.ends_with('.')), "seed {seed}: {why:?}");
            for remedy in found.remedies {
                changes += 1;
                let edited = edits::apply(&problem, &remedy.edits).expect("edits that can be made");
                referee.problem(&json!(edited));
                referee.calendar(&with(&week, &remedy.sessions.iter().chain(&remedy.moves).collect::<Vec<_>>()));
                expected.push(Told {
                    what: format!("seed {seed}: {remedy:?}"),
                    objective: remedy.objective_after as i64,
                    order: why.order.to_string(),
                    missing: i64::from(why.missing_sessions),
                });
            }
        }
    }
    let verdicts = referee.verdicts();
    assert_eq!(verdicts.len(), expected.len());
    for (told, verdict) in expected.iter().zip(&verdicts) {
        let what = &told.what;
        assert!(verdict.rules.is_empty(), "{what}: {:?}", verdict.details);
        assert_eq!(verdict.penalties.values().sum::<i64>(), told.objective, "{what}");
        // A session by telehealth may have become an order of its own.
        let own = |id: &String| *id == told.order || *id == format!("{}.t", told.order);
        let left: i64 = verdict.missing.iter().filter(|(id, _)| own(id)).map(|m| m.1).sum();
        assert!(left < told.missing, "{what}: {left} are missing of {}", told.missing);
    }
    assert!(places > 40 && changes > 20, "{places} places, {changes} remedies");
}

#[test]
#[ignore = "minutes"]
fn many_drawn_calendars_get_the_referees_verdict() {
    compare(1000..2000, 60);
}
