//! What a solve is made of, timed: compiling a problem, its static candidates, a sub-model, the judge, the search itself.

use std::{hint::black_box, sync::Arc};

use careweave_solver::{
    generate::{Draw, generate},
    instance::{Booked, GroupIx, Instance, ParticipantIx, Placements},
    milp::{Free, SubModel, Thinning},
    problem, rules,
    search::{Options, Stop, Unwatched, solve},
};
use criterion::{Criterion, criterion_group, criterion_main};

fn by_rounds(rounds: u64) -> Options {
    Options { seconds: None, rounds: Some(rounds), ..Options::default() }
}

fn kernels(c: &mut Criterion) {
    let problem = generate(&Draw::default());
    let text = serde_json::to_vec(&problem).unwrap_or_default();
    let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
    let places = Placements::new(&instance);
    let Ok(calendar) = solve(&instance, &by_rounds(20), &Unwatched, &Stop::default()) else { return };
    let given = serde_json::to_vec(&calendar).unwrap_or_default();
    let Ok(given) = problem::read_calendar(&given) else { return };
    let sessions: Vec<Booked> = given.sessions.iter().map(|s| instance.book(s)).collect();

    c.bench_function("read and validate, 48 people", |b| b.iter(|| problem::read(black_box(&text)).is_ok()));
    c.bench_function("compile, 48 people", |b| b.iter(|| Instance::new(Arc::new(problem.clone()))));
    c.bench_function("static candidates, 48 people", |b| b.iter(|| Placements::new(black_box(&instance))));
    c.bench_function("judge a calendar, 48 people", |b| b.iter(|| rules::judge(&instance, black_box(&sessions))));
    c.bench_function("build a sub-model: 4 people, 2 groups", |b| {
        b.iter(|| {
            let people: Vec<ParticipantIx> = ParticipantIx::all(4).collect();
            let orders = people.iter().flat_map(|p| instance.participants[p.i()].orders.clone()).collect();
            let free = Free { groups: GroupIx::all(2).collect(), people, orders };
            let thinning = Thinning { starts: Some(30), clinicians: Some(4), ..Thinning::default() };
            SubModel::new(&instance, &places, &sessions, calendar.objective, free, Some(&thinning)).size()
        });
    });
    let mut slow = c.benchmark_group("search");
    slow.sample_size(10);
    slow.bench_function("construct and 5 rounds of 200 tries, 48 people", |b| {
        b.iter(|| solve(&instance, &by_rounds(5), &Unwatched, &Stop::default()).is_ok());
    });
    slow.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
