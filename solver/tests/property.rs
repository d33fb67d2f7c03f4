//! Whatever problem is drawn, its calendar breaks no rule and costs what the rules say.

use std::sync::Arc;

use careweave_solver::{
    bound,
    generate::{Draw, generate, in_progress},
    instance::{Instance, Placements},
    problem::{GivenSession, Problem},
    rules,
    search::{Options, Stop, Unwatched, solve},
};
use proptest::prelude::*;

/// Solves with few rounds and judges what was written, read back.
fn judged(problem: &Problem, seed: u64) -> Result<Vec<GivenSession>, TestCaseError> {
    let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
    let options = Options { rounds: Some(2), seconds: None, seed, ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default())
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let written: Vec<GivenSession> = calendar.sessions.iter().map(GivenSession::from).collect();
    let booked: Vec<_> = written.iter().map(|s| instance.book(s)).collect();
    let judgement = rules::judge(&instance, &booked);
    prop_assert_eq!(&judgement.violations, &vec![]);
    prop_assert_eq!(judgement.objective, calendar.objective);
    prop_assert!(calendar.bound <= calendar.objective);
    Ok(written)
}

/// Compares what every relaxation proves with what a calendar costs, for a whole week and for one in progress; in whole
/// numbers too where there are `seconds` for it.
fn bounded(seed: u64, levels: usize, seconds: Option<u64>) -> Result<(), TestCaseError> {
    let mut problem = generate(&Draw::small(seed));
    for begun in [false, true] {
        let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
        let options = Options { rounds: Some(20), seconds: None, seed, prove: false, ..Options::default() };
        let calendar = solve(&instance, &options, &Unwatched, &Stop::default())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let places = Placements::new(&instance);
        let deadline = seconds.map(|s| std::time::Instant::now() + std::time::Duration::from_secs(s));
        let proven = bound::prove(&instance, &places, deadline, &Stop::default(), levels, &|| {}, &|_| {});
        prop_assert!(proven <= calendar.objective, "{} of {}", proven, calendar.objective);
        if !begun {
            let given: Vec<GivenSession> = calendar.sessions.iter().map(GivenSession::from).collect();
            problem = in_progress(&problem, &given, seed);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_calendar_of_a_drawn_week_breaks_no_rule(seed in any::<u64>()) {
        judged(&generate(&Draw::small(seed)), seed)?;
    }

    #[test]
    fn a_calendar_of_a_week_in_progress_keeps_what_is_frozen_and_pinned(seed in any::<u64>()) {
        let problem = generate(&Draw::small(seed));
        let first = judged(&problem, seed)?;
        let week = in_progress(&problem, &first, seed);
        let then = judged(&week, seed)?;
        for old in week.previous.iter().filter(|s| s.pinned || Some(s.start) < week.freeze_until) {
            let remains = old.participants.iter().any(|p| week.participants.iter().any(|q| *q.id == **p));
            let kept = then.iter().find(|s| s.id == old.id);
            prop_assert!(!remains || kept.is_some_and(|s| s.start == old.start), "{} was not kept", old.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_coarse_relaxation_proves_no_more_than_a_calendar_costs(seed in any::<u64>()) {
        bounded(seed, 1, None)?;
    }

    #[test]
    #[ignore = "takes minutes"]
    fn no_relaxation_proves_more_than_a_calendar_costs(seed in any::<u64>()) {
        bounded(seed, bound::LEVELS, Some(20))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_integer_program_proves_more_than_a_calendar_costs(seed in any::<u64>()) {
        bounded(seed, bound::LEVELS, Some(3))?;
    }
}
