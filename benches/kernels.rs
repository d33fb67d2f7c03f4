//! What a solve is made of, timed: compiling a problem, its static candidates, a sub-model, the judge, the search itself.

use std::{hint::black_box, sync::Arc};

use careweave_solver::{
    generate::{Draw, generate},
    instance::{Booked, GroupIx, Instance, ParticipantIx, Placements},
    milp::{Free, SubModel, Thinning},
    problem::{self, GivenSession},
    recommend::recommend,
    rules::{self, Live},
    search::{Options, Stop, Unwatched, solve},
};
use criterion::{Criterion, criterion_group, criterion_main};

fn by_rounds(rounds: u64) -> Options {
    Options { seconds: None, rounds: Some(rounds), ..Options::default() }
}

/// An edit of a draft (two sessions exchange their hours, there and back), judged by what it can concern and as a whole.
fn live(c: &mut Criterion, size: &str, instance: &Arc<Instance>, given: Vec<GivenSession>) {
    let mut swapped = given.clone();
    let last = swapped.len() - 1;
    let (one, other) = (swapped[0].start, swapped[last].start);
    (swapped[0].start, swapped[0].end, swapped[last].start, swapped[last].end) = (other, None, one, None);
    let mut live = Live::new(instance.clone(), given.clone());
    let mut there = false;
    c.bench_function(&format!("an edit of a draft, {size}"), |b| {
        b.iter(|| {
            there = !there;
            live.replace(if there { swapped.clone() } else { given.clone() });
            live.report()
        });
    });
    c.bench_function(&format!("a full check of it, {size}"), |b| {
        b.iter(|| rules::check(instance, black_box(&swapped)));
    });
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
    let missing: Vec<_> = rules::judge(&instance, &sessions).missing.iter().map(|m| m.0).collect();
    let mut orders = missing.iter().cycle();
    c.bench_function("places for an unmet order, each in turn, 48 people", |b| {
        b.iter(|| orders.next().map(|order| recommend(&instance, &sessions, *order, 10)));
    });
    live(c, "48 people", &instance, given.sessions);
    let six = Arc::new(Instance::new(Arc::new(generate(&Draw { sites: 6, per_site: 60, ..Draw::default() }))));
    if let Ok(calendar) = solve(&six, &by_rounds(1), &Unwatched, &Stop::default()) {
        live(c, "6 sites of 60", &six, calendar.sessions.iter().map(Into::into).collect());
    }
    let mut slow = c.benchmark_group("search");
    slow.sample_size(10);
    slow.bench_function("construct and 5 rounds of 200 tries, 48 people", |b| {
        b.iter(|| solve(&instance, &by_rounds(5), &Unwatched, &Stop::default()).is_ok());
    });
    slow.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
