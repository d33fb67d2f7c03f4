//! Whatever problem is drawn, its calendar breaks no rule and costs what the rules say.

use std::sync::Arc;

use careweave_solver::{
    generate::{Draw, generate, in_progress},
    instance::Instance,
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
