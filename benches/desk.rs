//! What somebody at a desk waits for, timed: each kind of edit of a draft beside a full check, and the places of an order.
//! `benches/desk.py` makes a table of it.

use std::{hint::black_box, sync::Arc, time::Duration};

use careweave_solver::{
    generate::{Draw, generate},
    instance::{Booked, Instance},
    problem::{GivenSession, Instant},
    recommend::recommend,
    rules::{self, Live},
    search::{Options, Stop, Unwatched, solve},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// A kind of edit: how it changes the `k`-th session, if it can.
type Edit = fn(&Instance, &mut [GivenSession], usize) -> bool;

/// What a person does to a draft.
const EDITS: [(&str, Edit); 6] = [
    ("move a session", |_, week, k| {
        let quarter = chrono::Duration::minutes(15);
        week[k].start = Instant(week[k].start.0 + quarter);
        week[k].end = None;
        true
    }),
    ("swap two sessions", |_, week, k| {
        let other = (k + week.len() / 2) % week.len();
        (week[k].start, week[other].start) = (week[other].start, week[k].start);
        (week[k].end, week[other].end) = (None, None);
        true
    }),
    ("change the clinician", |instance, week, k| {
        let others = instance.problem.clinicians.iter().map(|c| c.id.to_string());
        let other = others.filter(|c| !week[k].clinicians.contains(c)).nth(k % instance.clinicians.len().max(2) - 1);
        other.map(|other| week[k].clinicians = vec![other]).is_some()
    }),
    ("change the room", |instance, week, k| {
        let others = instance.problem.rooms.iter().filter(|r| Some(&*r.site) == week[k].site.as_deref());
        let other = others.map(|r| Some(r.id.to_string())).find(|r| *r != week[k].room);
        week[k].room.is_some() && other.map(|other| week[k].room = other).is_some()
    }),
    ("add an attendee", |instance, week, k| {
        let others = instance.problem.participants.iter().map(|p| p.id.to_string());
        let other = others.filter(|p| !week[k].participants.contains(p)).nth(k % 7);
        week[k].group.is_some() && other.map(|other| week[k].participants.push(other)).is_some()
    }),
    ("drop an attendee", |_, week, k| week[k].group.is_some() && week[k].participants.pop().is_some()),
];

/// A drawn programme, and a calendar of some rounds.
fn week(draw: &Draw, rounds: u64) -> Option<(Arc<Instance>, Vec<GivenSession>)> {
    let instance = Arc::new(Instance::new(Arc::new(generate(draw))));
    let options = Options { seconds: None, rounds: Some(rounds), prove: false, ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).ok()?;
    Some((instance, calendar.sessions.iter().map(Into::into).collect()))
}

/// Each edit is made to one session after the other, and taken back, which is judged as an edit too.
fn edits(c: &mut Criterion, size: &str, (instance, given): &(Arc<Instance>, Vec<GivenSession>)) {
    let mut group = c.benchmark_group(size);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(40);
    for (name, edit) in EDITS {
        let mut edited: Vec<Vec<GivenSession>> = Vec::new();
        for k in (0..given.len()).step_by(given.len().div_ceil(60)) {
            let mut week = given.clone();
            if edit(instance, &mut week, k) {
                edited.extend([week, given.clone()]);
            }
        }
        assert!(edited.len() > 4, "{name}: no session to do it to");
        let mut weeks = edited.iter().cycle();
        let mut live = Live::new(instance.clone(), given.clone());
        group.bench_function(name, |b| {
            let next = || weeks.next().cloned().unwrap_or_default();
            b.iter_batched(next, |week| (live.replace(week), live.report()).1, BatchSize::SmallInput);
        });
    }
    group.bench_function("check the whole", |b| b.iter(|| rules::check(instance, black_box(given))));
    group.finish();
}

/// Places of one order after the other: of those with a session taken out, which have free places, and of those that lack a
/// session anyway, where others have to move.
fn places(c: &mut Criterion, (instance, given): &(Arc<Instance>, Vec<GivenSession>)) {
    let booked: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
    let missing: Vec<_> = rules::judge(instance, &booked).missing.iter().map(|m| m.0).collect();
    for (kind, free) in [("free places", true), ("places by moving others", false)] {
        let mut group = c.benchmark_group(kind);
        group.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(600)).sample_size(10);
        let mut asked: Vec<(_, Vec<Booked>)> = Vec::new();
        if free {
            let singles = given.iter().enumerate().filter(|(_, s)| s.order.is_some());
            for (k, session) in singles.step_by(given.len().div_ceil(60)) {
                let mut without = booked.clone();
                without.remove(k);
                asked.extend(session.order.as_deref().and_then(|id| Some((instance.order_named(id)?, without))));
            }
        } else {
            asked.extend(missing.iter().map(|&order| (order, booked.clone())));
        }
        // Of an order with several sessions one is enough.
        asked.sort_by_key(|a| a.0);
        asked.dedup_by_key(|a| a.0);
        for (order, sessions) in asked {
            let found = recommend(instance, &sessions, order, 10);
            let nothing_moves = found.places.first().is_some_and(|place| place.moves.is_empty());
            if nothing_moves == free {
                group.bench_function(&*found.order, |b| b.iter(|| recommend(instance, &sessions, order, 10)));
            }
        }
        group.finish();
    }
}

fn desk(c: &mut Criterion) {
    let Some(site) = week(&Draw { per_site: 48, ..Draw::default() }, 60) else { return };
    edits(c, "48 people", &site);
    if let Some(six) = week(&Draw { sites: 6, per_site: 60, ..Draw::default() }, 1) {
        edits(c, "6 sites of 60", &six);
    }
    places(c, &site);
}

criterion_group!(benches, desk);
criterion_main!(benches);
