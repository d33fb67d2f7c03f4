//! What a comparison says of its scenarios.

use std::sync::Mutex;

use super::*;

fn solved(comparison: &Comparison, k: usize) -> &Solved {
    comparison.scenarios[k].solved().unwrap_or_else(|| panic!("{:?}", comparison.scenarios[k]))
}

#[test]
fn a_scenario_that_changes_nothing_is_proven_the_same() {
    let comparison = compared(json!({ "same": [], "named": [{ "set": "/rooms/hall/closed", "to": [] }] }));
    for k in 0..2 {
        let same = solved(&comparison, k);
        let verdict = same.verdict.as_ref().unwrap();
        assert_eq!((same.difference, verdict.kind, verdict.effect), (0, Kind::Proven, Effect::Same), "{verdict:?}");
        assert_eq!((same.kpis.sessions_moved, same.kpis.sessions_added, same.kpis.sessions_dropped), (0, 0, 0));
    }
    assert_eq!(comparison.base.verdict, None);
}

#[test]
fn one_that_only_relaxes_is_never_worse_and_one_that_only_tightens_never_better() {
    let comparison = compared(json!({
        "longer": [{ "set": "/clinicians/ana/shifts/0/end", "to": "14:00" }],
        "shorter": [{ "set": "/clinicians/ana/shifts/0/end", "to": "11:00" }],
    }));
    let (longer, shorter) = (solved(&comparison, 0), solved(&comparison, 1));
    let edits = |s: &Solved| s.verdict.as_ref().unwrap().evidence.monotony.map(|m| (m.edits, m.checked));
    assert_eq!((edits(longer), edits(shorter)), (Some(("relax", true)), Some(("tighten", true))));
    assert!(longer.difference < 0 && shorter.difference > 0);
    assert!([longer, shorter].iter().all(|s| s.verdict.as_ref().unwrap().kind == Kind::Proven));
    assert!(longer.kpis.dose_met.minutes.share > comparison.base.kpis.dose_met.minutes.share);
    assert_eq!(longer.kpis.dose_met.minutes.of, 9 * 60);
}

#[test]
fn figures_of_a_calendar_add_up() {
    let base = compared(json!({})).base;
    let kpis = &base.kpis;
    let missing: u64 = kpis.unmet.by_service.values().map(|m| m.minutes).sum();
    assert_eq!(kpis.dose_met.minutes.of - kpis.dose_met.minutes.met, missing);
    assert_eq!(kpis.clinician_use.open_minutes, 6 * 60);
    let used: u64 = base.calendar.sessions.len() as u64 * 60;
    assert_eq!((kpis.clinician_use.used_minutes, kpis.room_use.used_minutes), (used, used));
    assert_eq!(kpis.room_use.open_minutes, 2 * 5 * 8 * 60);
    for use_of in [&kpis.clinician_use, &kpis.room_use] {
        assert_eq!(use_of.by_hour.iter().map(|h| h.used_minutes).sum::<u64>(), use_of.used_minutes);
        assert_eq!(use_of.by_hour.iter().map(|h| h.open_minutes).sum::<u64>(), use_of.open_minutes);
        assert!(use_of.by_hour.iter().all(|h| (9..17).contains(&h.hour)));
    }
    assert_eq!(kpis.evening_share, 0.0);
    let in_session: u64 = kpis.participants.iter().map(|p| p.session_minutes).sum();
    assert_eq!(in_session, kpis.dose_met.minutes.met);
}

#[test]
fn a_scenario_with_errors_tells_all_of_them_and_stops_no_other() {
    let comparison = compared(json!({
        "bad": [{ "set": "/rooms/nowhere/capacity", "to": 3 }, { "remove": "/groups/nobody" }],
        "pins": [{ "set": "/freeze_until", "to": "never" }],
        "good": [{ "set": "/rooms/hall/capacity", "to": 8 }],
    }));
    let errors = |k: usize| match &comparison.scenarios[k] {
        Outcome::Failed(failed) => failed.errors.iter().map(|e| e.pointer.clone()).collect(),
        Outcome::Solved(_) => Vec::new(),
    };
    assert_eq!(comparison.scenarios.iter().map(|s| s.solved().is_some()).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(errors(0), ["/scenarios/0/edits/0", "/scenarios/0/edits/1"]);
    assert_eq!(errors(2), ["/scenarios/2/edits/0"]);
}

#[test]
fn a_stop_keeps_what_is_solved() {
    /// Stops once the base is solved.
    struct Stopper(Stop, Mutex<Vec<Stage>>);
    impl Observer for Stopper {
        fn step(&self, step: &Step) {
            self.1.lock().unwrap().push(step.stage);
            if step.stage == Stage::Solved {
                self.0.stop();
            }
        }
    }
    let stop = Stop::default();
    let observer = Stopper(stop.clone(), Mutex::default());
    let all = scenarios(json!({ "a": [], "b": [] }));
    let comparison = what_if(&tiny(), &all, &by_rounds(20), &observer, &stop).unwrap();
    assert!(!comparison.base.calendar.sessions.is_empty());
    for scenario in &comparison.scenarios {
        let Outcome::Failed(failed) = scenario else { panic!("{scenario:?}") };
        assert_eq!(failed.errors[0].code, "stopped");
    }
    let stages = observer.1.into_inner().unwrap();
    assert_eq!(stages, [Stage::Solving, Stage::Solved, Stage::Failed, Stage::Failed]);
}

#[test]
fn the_same_seed_and_rounds_give_the_same_report_on_any_number_of_threads() {
    let all = scenarios(json!({ "more": [{ "copy": "/clinicians/ana" }], "less": [{ "remove": "/rooms/office" }] }));
    let report = |threads| {
        let comparison =
            what_if(&tiny(), &all, &WhatIf { threads, ..by_rounds(12) }, &Unobserved, &Stop::default()).unwrap();
        let mut report = json!(comparison);
        report["base"]["calendar"]["seconds"] = json!(0);
        for scenario in report["scenarios"].as_array_mut().unwrap() {
            scenario["calendar"]["seconds"] = json!(0);
        }
        report.to_string()
    };
    assert_eq!(report(1), report(3));
}

/// Notes what is searched, and keeps what is found.
#[derive(Default)]
struct Notes {
    searched: std::sync::Mutex<Vec<String>>,
    kept: std::sync::Mutex<std::collections::BTreeMap<String, Kept>>,
}

impl Observer for Notes {
    fn step(&self, step: &Step) {
        if step.stage == Stage::Solving {
            self.searched.lock().unwrap().push(step.id.clone());
        }
    }

    fn solved(&self, what: &str, calendar: &crate::calendar::Calendar) {
        let sessions = calendar.sessions.iter().map(Into::into).collect();
        let kept = Kept { sessions, bound: calendar.bound, seconds: calendar.seconds };
        self.kept.lock().unwrap().insert(what.to_owned(), kept);
    }
}

#[test]
fn what_an_earlier_attempt_has_found_is_not_searched_again() {
    let scenarios = scenarios(json!({ "more": [{ "copy": "/participants/p1", "count": 1 }], "same": [] }));
    let run = |kept: std::collections::BTreeMap<String, Kept>| {
        let (options, notes) = (WhatIf { kept, ..by_rounds(8) }, Notes::default());
        let compared = what_if(&tiny(), &scenarios, &options, &notes, &Stop::default()).unwrap();
        (compared, notes.searched.into_inner().unwrap(), notes.kept.into_inner().unwrap())
    };
    let (whole, searched, mut kept) = run(Default::default());
    assert_eq!(searched, ["base", "more", "same"]);
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["base/1", "base/2", "more", "same"]);
    let told = |c: &Comparison| {
        let figures = |s: &Solved| (s.id.clone(), s.objective, s.bound, s.calendar.sessions.clone(), s.verdict.clone());
        let each = c.scenarios.iter().filter_map(Outcome::solved);
        std::iter::once(&c.base).chain(each).map(figures).collect::<Vec<_>>()
    };
    // The service was killed after the first scenario.
    kept.remove("same");
    let (again, searched, _) = run(kept.clone());
    assert_eq!(searched, ["same"]);
    assert_eq!(told(&again), told(&whole));
    // What breaks a rule, whatever the reason, is searched.
    kept.get_mut("more").unwrap().sessions[0].clinicians.clear();
    assert_eq!(told(&run(kept).0), told(&whole));
}
