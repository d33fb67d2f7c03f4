//! What the solver gives, of every fixture and of 200 drawn problems, passes the rules and the independent referee, with
//! the same objective to the unit.

mod referee;

use std::{fs, path::Path, sync::Arc};

use careweave_solver::{
    generate::{Draw, Region, generate, in_progress},
    goals::{self, Goal, Goals},
    instance::Instance,
    problem::{self, GivenSession, Problem},
    rules,
    scenario::{self, Outcome, Unobserved, WhatIf, edits},
    search::{Options, Stop, Unwatched, solve},
};
use referee::Case;

/// Solves, and reads what was written back for the rules to judge; says what is wrong, if anything is.
fn solved(name: String, problem: Problem, options: &Options) -> Result<Case, String> {
    let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
    let calendar =
        solve(&instance, options, &Unwatched, &Stop::default()).map_err(|error| format!("{name}: {error:?}"))?;
    let written: Vec<GivenSession> = calendar.sessions.iter().map(GivenSession::from).collect();
    let report = rules::check(&instance, &written);
    if !report.violations.is_empty() || report.objective != calendar.objective {
        return Err(format!("{name}: {:?}, {} and not {}", report.violations, report.objective, calendar.objective));
    }
    Ok(Case { name, problem, calendar })
}

/// Fails unless all were solved and the referee passes them.
fn all_pass(cases: Vec<Result<Case, String>>) {
    let mut good = Vec::new();
    let mut wrong = Vec::new();
    for case in cases {
        match case {
            Ok(case) => good.push(case),
            Err(error) => wrong.push(error),
        }
    }
    assert!(wrong.is_empty(), "{} problems were not solved:\n{}", wrong.len(), wrong.join("\n"));
    referee::passes(&good);
}

fn rounds(rounds: u64) -> Options {
    Options { rounds: Some(rounds), seconds: None, ..Options::default() }
}

/// Every problem of a folder of fixtures, by name.
fn fixtures(folder: &str) -> Vec<(String, Problem)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
    paths.sort();
    let read = |path: &Path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let problem = problem::read(&fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, problem)
    };
    paths.iter().map(|path| read(path)).collect()
}

#[test]
fn the_referee_passes_the_calendar_of_every_fixture() {
    let cases: Vec<_> = fixtures("fixtures").into_iter().map(|(n, p)| solved(n, p, &rounds(3))).collect();
    assert!(cases.len() >= 14);
    all_pass(cases);
}

#[test]
fn the_referee_passes_the_calendar_of_every_instance() {
    let few_seconds = Options { seconds: Some(8.0), ..Options::default() };
    let cases: Vec<_> = fixtures("fixtures/instances").into_iter().map(|(n, p)| solved(n, p, &few_seconds)).collect();
    assert_eq!(cases.len(), 5);
    all_pass(cases);
}

#[test]
fn the_referee_passes_the_calendar_of_every_scenario() {
    let mut cases = Vec::new();
    for name in ["tiny", "crisis"] {
        let base = fixtures("fixtures").into_iter().find(|f| f.0 == name).unwrap().1;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/whatif/{name}.scenarios.json"));
        let scenarios = scenario::read(&fs::read(path).unwrap()).unwrap();
        let options = WhatIf { seconds: None, rounds: Some(3), threads: 2, ..WhatIf::default() };
        let compared =
            scenario::what_if(&Arc::new(base.clone()), &scenarios, &options, &Unobserved, &Stop::default()).unwrap();
        let calendar = compared.base.calendar;
        cases.push(Case { name: format!("{name} as it is"), problem: base.clone(), calendar });
        for (scenario, outcome) in scenarios.iter().zip(compared.scenarios) {
            let Outcome::Solved(solved) = outcome else { continue };
            let problem = edits::apply(&base, &scenario.edits).unwrap();
            cases.push(Case { name: format!("{name} {}", scenario.id), problem, calendar: solved.calendar });
        }
    }
    assert_eq!(cases.len(), 2 + 2 + 5);
    referee::passes(&cases);
}

#[test]
fn the_referee_passes_calendars_that_follow_goals() {
    let mut cases = Vec::new();
    for seed in 0..8 {
        let mut problem = generate(&Draw::small(seed));
        for _ in 0..2 {
            let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
            let goals = Goals { follow: Goal::ALL.to_vec(), within: 0.1 };
            let calendar = goals::solve(&instance, &rounds(5), &goals, &Unwatched, &Stop::default()).unwrap();
            let sessions: Vec<GivenSession> = calendar.sessions.iter().map(GivenSession::from).collect();
            cases.push(Case { name: format!("small {seed} with goals"), problem: problem.clone(), calendar });
            problem = in_progress(&problem, &sessions, seed);
        }
    }
    referee::passes(&cases);
}

/// 100 drawn problems; of every third, its week in progress too.
fn drawn(seeds: std::ops::Range<u64>) {
    let mut cases = Vec::new();
    for seed in seeds {
        let problem = generate(&Draw::small(seed));
        let case = solved(format!("small {seed}"), problem, &rounds(3));
        if let (true, Ok(case)) = (seed % 3 == 0, &case) {
            let sessions: Vec<GivenSession> = case.calendar.sessions.iter().map(GivenSession::from).collect();
            let week = in_progress(&case.problem, &sessions, seed);
            cases.push(solved(format!("small {seed} in progress"), week, &rounds(3)));
        }
        cases.push(case);
    }
    all_pass(cases);
}

#[test]
fn the_referee_passes_the_calendars_of_drawn_problems() {
    drawn(0..100);
}

#[test]
fn the_referee_passes_the_calendars_of_more_drawn_problems() {
    drawn(100..200);
}

#[test]
fn a_drawn_problem_is_valid_and_reads_back_as_it_was_written() {
    for seed in 0..200 {
        let problem = generate(&Draw::small(seed));
        let text = serde_json::to_vec(&problem).unwrap();
        let read = problem::read(&text).unwrap_or_else(|error| panic!("small {seed}: {error}"));
        assert_eq!(read, problem, "small {seed}");
    }
}

#[test]
fn the_drawn_fixtures_are_what_their_command_draws() {
    let usual = |per_site, seed| Draw { per_site, seed, ..Draw::default() };
    let night = |sites, per_site, seed, week: &str, regions: &[(&str, &str)]| {
        let mut draw = Draw { sites, nights: true, week_start: week.parse().unwrap(), ..usual(per_site, seed) };
        if !regions.is_empty() {
            draw.regions = regions.iter().map(|r| Region::new(r.0, r.1)).collect();
        }
        draw
    };
    let london = [("Europe/London", "GB"), ("Asia/Kathmandu", "NP")];
    let sydney = [("Australia/Sydney", "AU-NSW"), ("Australia/Lord_Howe", "AU-NSW")];
    let lord_howe = [("Australia/Lord_Howe", "AU-NSW")];
    let atlantic = [("America/New_York", "US-NY"), ("Europe/London", "GB")];
    let drawn = [
        ("evening", Draw { day_jobs: 100, staff: 170, ..usual(24, 3) }),
        ("two-sites", Draw { sites: 2, ..usual(24, 15) }),
        ("crisis", Draw { staff: 50, ..usual(36, 9) }),
        ("dst-new-york-spring", night(2, 5, 11, "2026-03-02", &[])),
        ("dst-new-york-autumn", night(2, 5, 12, "2026-10-26", &[])),
        ("dst-london-spring", night(2, 5, 13, "2026-03-23", &london)),
        ("dst-london-autumn", night(2, 5, 14, "2026-10-19", &london)),
        ("dst-sydney-spring", night(2, 5, 15, "2026-09-28", &sydney)),
        ("dst-sydney-autumn", night(2, 5, 16, "2026-03-30", &sydney)),
        ("dst-lord-howe-spring", night(1, 6, 17, "2026-09-28", &lord_howe)),
        ("dst-lord-howe-autumn", night(1, 6, 18, "2026-03-30", &lord_howe)),
        ("dst-kathmandu", night(1, 6, 19, "2026-10-26", &[("Asia/Kathmandu", "NP")])),
        ("dst-wednesday", night(2, 5, 20, "2026-10-28", &atlantic)),
    ];
    let kept = fixtures("fixtures");
    for (name, draw) in drawn {
        let fixture = kept.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(fixture.1, generate(&draw), "{name}");
    }
}

#[test]
fn every_kind_of_session_is_ordered_in_some_fixture() {
    let mut kinds: Vec<_> = Vec::new();
    for (_, problem) in fixtures("fixtures") {
        for order in problem.participants.iter().flat_map(|p| &p.orders) {
            kinds.extend(problem.services.iter().filter(|s| s.id == order.service).map(|s| s.kind));
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
}

#[test]
fn tiny_costs_what_was_worked_out_by_hand() {
    let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/expected/tiny.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let tiny = fixtures("fixtures").into_iter().find(|f| f.0 == "tiny").unwrap().1;
    let options = Options { seconds: Some(30.0), threads: 2, ..Options::default() };
    let calendar = solved("tiny".to_owned(), tiny, &options).unwrap().calendar;
    let said = serde_json::to_value(&calendar).unwrap();
    assert_eq!(said["objective"], expected["objective"]);
    assert_eq!(said["penalties"], expected["penalties"]);
    assert_eq!(said["status"], expected["status"]);
    assert_eq!(said["unmet"][0]["order"], expected["unmet"][0]["order"]);
    assert_eq!(calendar.unmet.len(), 1);
}
