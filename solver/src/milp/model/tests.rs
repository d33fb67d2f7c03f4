//! The model against the judge: on drawn problems with every feature, also in the middle of a week.

use rand::{RngExt, seq::IndexedRandom};

use super::*;
use crate::{
    calendar::Calendar,
    generate::{Draw, generate, in_progress},
    instance::Owner,
    problem::Problem,
    rules,
};

/// What a problem's calendar is before anything is placed.
fn kept(instance: &Instance) -> Vec<Booked> {
    instance.previous.iter().filter(|p| p.kept()).map(|p| p.booked.clone()).collect()
}

/// Improves a calendar by sub-models drawn by `seed`, and holds each of them against the judge.
fn improve(problem: Problem, rounds: usize, seed: u64) -> (Arc<Instance>, Vec<Booked>) {
    let instance = Arc::new(Instance::new(Arc::new(problem)));
    let placements = Placements::new(&instance);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut calendar = kept(&instance);
    let mut judged = rules::judge(&instance, &calendar);
    assert!(judged.violations.is_empty(), "{seed}: {:?}", judged.violations);
    for round in 0..rounds {
        let groups: Vec<GroupIx> = GroupIx::all(instance.groups.len()).collect();
        let people: Vec<ParticipantIx> = ParticipantIx::all(instance.participants.len()).collect();
        let some: Vec<ParticipantIx> = people.sample(&mut random, 2).copied().collect();
        let free = Free {
            groups: groups.sample(&mut random, 1).copied().collect(),
            orders: some.iter().flat_map(|p| instance.participants[p.i()].orders.clone()).collect(),
            people: some,
        };
        let thinning = Thinning { starts: Some(5), clinicians: Some(2), seed: random.random(), ..Thinning::default() };
        let thinning = random.random_bool(0.8).then_some(&thinning);
        let begin = std::time::Instant::now();
        let model = SubModel::new(&instance, &placements, &calendar, judged.objective, free.clone(), thinning);
        assert_eq!(model.broken_rows(), Vec::<String>::new(), "{seed} {round}: the incumbent must fit the model");
        if model.size().0 > 1000 {
            continue; // not for a test that runs each time
        }
        let limits = Limits { nodes: Some(1), iterations: Some(2000), ..Limits::default() };
        let outcome = model.solve(&limits, &Stop::default());
        if std::env::var("MODEL_LOG").is_ok() {
            let (status, nodes, size) = (outcome.status, outcome.nodes, model.size());
            eprintln!(
                "{seed} {round} {size:?} {status:?} {nodes} nodes {:?}: {} ≥ {} from {}",
                begin.elapsed(),
                outcome.objective,
                outcome.bound,
                judged.objective
            );
        }
        let Some(sessions) = outcome.sessions else { continue };
        let now = rules::judge(&instance, &sessions);
        assert!(now.violations.is_empty(), "{seed} {round}: {:?} {free:?}", now.violations);
        assert!(
            (now.objective as f64 - outcome.objective).abs() < 1e-3,
            "{seed} {round}: {} is not {}\n{:?}\n{:?}",
            outcome.objective,
            now.objective,
            judged.penalties,
            now.penalties
        );
        assert!(now.objective <= judged.objective, "{seed} {round}: {} after {}", now.objective, judged.objective);
        (calendar, judged) = (sessions, now);
    }
    assert!(calendar.iter().any(|s| matches!(s.owner, Owner::Group(_) | Owner::Order(_))));
    (instance, calendar)
}

fn seeds() -> std::ops::Range<u64> {
    let env = |name: &str| std::env::var(name).ok().and_then(|v| v.parse().ok());
    let from = env("MODEL_SEED").unwrap_or(1);
    from..from + env("MODEL_SEEDS").unwrap_or(3)
}

#[test]
fn what_the_model_says_of_a_calendar_is_what_the_judge_says() {
    for seed in seeds() {
        improve(generate(&Draw::small(seed)), 6, seed);
    }
}

#[test]
fn in_the_middle_of_a_week_too() {
    for seed in seeds() {
        let problem = generate(&Draw::small(seed));
        let (instance, calendar) = improve(problem.clone(), 4, seed);
        let written = Calendar::write(&instance, &calendar, 0, 0.0).unwrap();
        let given: Vec<_> = written.sessions.iter().map(crate::problem::GivenSession::from).collect();
        improve(in_progress(&problem, &given, seed), 6, seed);
    }
}
