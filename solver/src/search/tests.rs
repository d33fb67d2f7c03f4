//! What the search keeps incrementally equals what the rules compute, and nothing it does breaks a rule.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant as Moment},
};

use super::{
    groups::Starts,
    incumbent::Snapshot,
    individuals::Taste,
    neighbourhoods::ALL,
    random::Chance,
    reach::Reach,
    state::State,
    tables::{SlotIx, Tables},
    *,
};
use crate::{
    generate::{Draw, generate, in_progress},
    instance::{Booked, MaskIx, OrderIx, Owner, Placements, RoomIx, SiteIx},
    problem::{Modality, Problem, Roster},
};

pub fn instance(problem: Problem) -> Arc<Instance> {
    Arc::new(Instance::new(Arc::new(problem)))
}

pub fn by_rounds(rounds: u64) -> Options {
    Options { seconds: None, rounds: Some(rounds), ..Options::default() }
}

/// The cost that the rules compute; fails where a rule is broken.
pub fn judged(state: &State<'_>, what: &str) -> i64 {
    let judgement = rules::judge(state.t.instance, &state.bookings());
    assert!(judgement.violations.is_empty(), "{what}: {:?}", judgement.violations);
    judgement.objective as i64
}

/// The penalties that the rules compute, for messages.
fn penalties(state: &State<'_>) -> String {
    format!("{:?}", rules::judge(state.t.instance, &state.bookings()).penalties)
}

/// Constructs, then tries each neighbourhood in turn, and compares after every change, kept or undone.
fn walk(problem: Problem, seed: u64, tries: usize) {
    let instance = instance(problem);
    assert!(contradictions(&instance).is_empty());
    let places = Placements::new(&instance);
    let stop = Stop::default();
    let tables = Tables::new(&instance, &places, &stop);
    let mut chance = Chance::new(seed, 0);
    let mut state = State::new(&tables);
    assert_eq!(state.cost, judged(&state, "nothing but what is kept"), "seed {seed}: {}", penalties(&state));
    state.construct(&mut chance, &|| false);
    assert_eq!(state.cost, judged(&state, "constructed"), "seed {seed}: {}", penalties(&state));
    for k in 0..tries {
        let kind = ALL[k % ALL.len()];
        let before = state.cost;
        let done = kind.ruin(&mut state, &mut chance);
        let taste = Taste { noise: 200, blink: 0.05 };
        if let Some(rebuild) = done {
            let starts = if k % 2 == 0 { Starts::Grid } else { Starts::Lattice };
            state.rebuild(rebuild, starts, 2, taste, &mut chance);
            let what = format!("seed {seed}, try {k}, {}", kind.name());
            assert_eq!(state.cost, judged(&state, &what), "{what}");
            if chance.chance(0.6) {
                state.commit();
                continue;
            }
        }
        state.rollback();
        assert_eq!(state.cost, before, "undone: seed {seed}, try {k}, {}", kind.name());
        assert_eq!(Snapshot::of(&state).restore(&tables).cost, before);
    }
}

#[test]
fn the_cost_kept_is_the_cost_that_the_rules_compute() {
    for seed in 0..12 {
        walk(generate(&Draw::small(seed)), seed, 70);
    }
}

#[test]
fn the_same_in_a_week_in_progress_with_facts_pins_and_usual_hours() {
    for seed in 0..10 {
        let problem = generate(&Draw::small(seed));
        let first = solve(&instance(problem.clone()), &by_rounds(1), &Unwatched, &Stop::default()).unwrap();
        let given: Vec<GivenSession> = first.sessions.iter().map(GivenSession::from).collect();
        walk(in_progress(&problem, &given, seed), seed, 70);
    }
}

/// Openings, prices and offers of every order against what is found start by start.
fn look_around(state: &mut State<'_>, chance: &mut Chance, what: &str) {
    let t = state.t;
    for o in OrderIx::all(t.instance.orders.len()) {
        let p = t.instance.orders[o.i()].participant;
        let Some(slot) = t.sessions(o).find(|s| state.placed[s.i()].is_none()) else { continue };
        for option in &t.places.orders[o.i()] {
            let grid = &t.places.grids[option.grid];
            let Some(k) = option.starts.iter().next() else { continue };
            let seat = |k: usize| state.seat_for(p, slot, Some(o), grid.starts[k], option.modality, option.site);
            let open = state.openings(p, &seat(k), option.grid, &option.starts);
            let tally = &state.people[p.i()].tally;
            let plan = &t.instance.participants[p.i()].plan;
            let by_day = tally.day_costs(&seat(k), plan, &t.costs);
            for k in option.starts.iter() {
                let seat = seat(k);
                assert_eq!(open.has(k), state.person_can(p, &seat), "{what}: order {o:?} at {}", seat.start);
                let price = by_day[seat.day] + tally.wait_of(seat.day, seat.start, seat.end, &t.costs);
                assert_eq!(price, tally.cost_of(&seat, plan, &t.costs), "{what}: order {o:?} at {}", seat.start);
                assert_eq!(grid.position(seat.start), Some(k));
            }
        }
        if let Some(offer) = state.best_session(o, Taste::EXACT, chance, |_, _| true) {
            let (mark, before, cost) = (state.mark(), state.cost, offer.cost);
            state.take(o, offer);
            assert_eq!(state.cost - before, cost, "{what}: order {o:?}");
            state.rollback_to(mark);
        }
    }
}

#[test]
fn openings_and_prices_are_those_of_each_start() {
    for seed in 0..12 {
        let problem = generate(&Draw::small(seed));
        let first = solve(&instance(problem.clone()), &by_rounds(1), &Unwatched, &Stop::default()).unwrap();
        let given: Vec<GivenSession> = first.sessions.iter().map(GivenSession::from).collect();
        for problem in [problem.clone(), in_progress(&problem, &given, seed)] {
            let instance = instance(problem);
            let (places, stop) = (Placements::new(&instance), Stop::default());
            let tables = Tables::new(&instance, &places, &stop);
            let mut chance = Chance::new(seed, 1);
            let mut state = State::new(&tables);
            look_around(&mut state, &mut chance, &format!("seed {seed}, empty"));
            state.construct(&mut chance, &|| false);
            for k in 0..8 {
                if ALL[k % ALL.len()].ruin(&mut state, &mut chance).is_some() {
                    look_around(
                        &mut state,
                        &mut chance,
                        &format!("seed {seed}, ruined by {}", ALL[k % ALL.len()].name()),
                    );
                }
                state.rollback();
            }
        }
    }
}

#[test]
fn no_order_is_left_that_still_has_a_free_place_worth_its_cost() {
    for seed in 0..6 {
        let draw = Draw { per_site: 20, seed, ..Draw::default() };
        let calendar = solve(&instance(generate(&draw)), &by_rounds(2), &Unwatched, &Stop::default()).unwrap();
        for unmet in &calendar.unmet {
            let free = unmet.reasons.iter().find(|r| r.code == "TRADE_OFF");
            assert!(free.is_none(), "seed {seed}: {} has {free:?}", unmet.order);
        }
    }
}

/// What a session more of an order could look like: every start, clinician and room that nobody has at that time.
fn each_place(t: &Tables<'_>, o: OrderIx, bookings: &[Booked], mut judge: impl FnMut(Booked)) {
    let order = &t.instance.orders[o.i()];
    let minutes = t.instance.services[order.service.i()].minutes;
    let taken = |n: &u32| bookings.iter().any(|b| b.owner == Owner::Order(o) && b.number == Some(*n));
    let number = (1..).find(|n| !taken(n)).unwrap();
    for option in &t.places.orders[o.i()] {
        for k in option.starts.iter() {
            let start = t.places.grids[option.grid].starts[k];
            let at_once = |b: &Booked| b.start < start + minutes && start < b.end;
            if bookings.iter().any(|b| b.participants.contains(&order.participant) && at_once(b)) {
                continue;
            }
            let of = |masks: &[MaskIx]| masks.iter().all(|m| t.places.masks[*m].has(k));
            let rooms: Vec<_> = option.rooms.iter().filter(|r| of(&[r.1])).map(|r| Some(r.0)).collect();
            let rooms = if option.modality == Modality::Telehealth { vec![None] } else { rooms };
            for &(clinician, mask) in &option.clinicians {
                if !of(&[mask]) || bookings.iter().any(|b| b.clinicians.contains(&clinician) && at_once(b)) {
                    continue;
                }
                let free = |r: &Option<RoomIx>| r.is_none() || !bookings.iter().any(|b| b.room == *r && at_once(b));
                for &room in rooms.iter().filter(|r| free(r)) {
                    judge(Booked {
                        id: format!("{}/{number}", t.instance.order_wire(o).id),
                        owner: Owner::Order(o),
                        number: Some(number),
                        service: Some(order.service),
                        modality: option.modality,
                        site: Some(option.site),
                        room,
                        clinicians: vec![clinician],
                        participants: vec![order.participant],
                        start,
                        end: start + minutes,
                        unknown: Vec::new(),
                    });
                }
            }
        }
    }
}

/// The bookings with one participant more of an order: in one meeting of an open group, in all of a closed one.
fn each_seat(instance: &Instance, o: OrderIx, bookings: &[Booked], mut judge: impl FnMut(Vec<Booked>)) {
    let order = &instance.orders[o.i()];
    for (k, session) in bookings.iter().enumerate() {
        let Owner::Group(g) = session.owner else { continue };
        if session.service != Some(order.service) || session.participants.contains(&order.participant) {
            continue;
        }
        let closed = instance.problem.groups[g.i()].roster == Roster::Closed;
        let mut with = bookings.to_vec();
        for (j, other) in with.iter_mut().enumerate() {
            if j == k || closed && other.owner == session.owner {
                other.participants.push(order.participant);
                other.participants.sort_unstable();
            }
        }
        judge(with);
    }
}

#[test]
fn each_session_that_is_left_after_the_construction_is_inserted_everywhere_and_breaks_a_rule_or_costs_more() {
    for seed in 1..3 {
        let instance = instance(generate(&Draw { per_site: 100, seed, ..Draw::default() }));
        let (places, stop) = (Placements::new(&instance), Stop::default());
        let tables = Tables::new(&instance, &places, &stop);
        let mut state = State::new(&tables);
        state.construct(&mut Chance::new(1, 0), &|| false);
        let bookings = state.bookings();
        let cost = judged(&state, "constructed");
        let seated = |o: OrderIx| {
            let order = &instance.orders[o.i()];
            let mine = |b: &&Booked| b.service == Some(order.service) && b.participants.contains(&order.participant);
            bookings.iter().filter(mine).count()
        };
        let (mut left, mut places, mut seats) = (0, 0, 0);
        let judge = |o: OrderIx, with: &[Booked]| {
            let judgement = rules::judge(&instance, with);
            let dearer = judgement.objective as i64 >= cost;
            assert!(
                !judgement.violations.is_empty() || dearer,
                "seed {seed}: {} has a free place",
                instance.order_wire(o).id
            );
        };
        for o in OrderIx::all(instance.orders.len()) {
            let order = &instance.orders[o.i()];
            if seated(o) >= order.sessions {
                continue;
            }
            left += 1;
            each_seat(&instance, o, &bookings, |with| {
                seats += 1;
                judge(o, &with);
            });
            each_place(&tables, o, &bookings, |session| {
                places += 1;
                judge(o, &[&bookings[..], &[session]].concat());
            });
        }
        assert!(left > 0 && places > 0 && seats > 0, "{left} orders left, {places} places and {seats} seats tried");
    }
}

#[test]
fn the_deadline_is_kept_within_a_second_and_a_stop_within_half_a_second() {
    let text = include_str!("../../../fixtures/instances/i-1-48-3.json");
    let one = crate::problem::read(text.as_bytes()).unwrap();
    let several = generate(&Draw { sites: 3, per_site: 20, seed: 1, ..Draw::default() });
    for instance in [one, several].map(instance) {
        let options = |seconds| Options { seconds: Some(seconds), threads: 2, ..Options::default() };
        // What else the machine does may hold one try up.
        let middle = |late: &dyn Fn() -> f64| {
            let mut all = [late(), late(), late()];
            all.sort_by(f64::total_cmp);
            all[1]
        };
        let after_the_deadline = middle(&|| {
            let begin = Moment::now();
            solve(&instance, &options(1.5), &Unwatched, &Stop::default()).unwrap();
            begin.elapsed().as_secs_f64() - 1.5
        });
        assert!(after_the_deadline < 1.0, "{after_the_deadline} s after the deadline");
        let after_the_stop = middle(&|| {
            let stop = Stop::default();
            thread::scope(|scope| {
                let solving = scope.spawn(|| solve(&instance, &options(3600.0), &Unwatched, &stop).unwrap());
                thread::sleep(Duration::from_millis(1500));
                let begin = Moment::now();
                stop.stop();
                solving.join().unwrap();
                begin.elapsed().as_secs_f64()
            })
        });
        assert!(after_the_stop < 0.5, "{after_the_stop} s after the stop");
    }
}

#[test]
fn a_start_is_taken_over_and_never_made_worse() {
    let draw = Draw { per_site: 16, seed: 3, ..Draw::default() };
    let instance = instance(generate(&draw));
    let good = solve(&instance, &by_rounds(40), &Unwatched, &Stop::default()).unwrap();
    let given = |c: &Calendar| {
        let text = serde_json::to_vec(c).unwrap();
        crate::problem::read_calendar(&text).unwrap().sessions
    };
    let options = Options { start: Some(given(&good)), seed: 9, ..by_rounds(1) };
    let again = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
    assert!(again.objective <= good.objective, "{} after {}", again.objective, good.objective);
    // A broken one, every session at the time of the first: repaired and used.
    let mut broken = given(&good);
    let start = broken[0].start;
    broken.iter_mut().for_each(|s| s.start = start);
    broken.iter_mut().for_each(|s| s.end = None);
    let options = Options { start: Some(broken), ..by_rounds(1) };
    assert!(solve(&instance, &options, &Unwatched, &Stop::default()).is_ok());
}

#[test]
fn the_same_seed_and_rounds_give_the_same_calendar() {
    let instance = instance(generate(&Draw { per_site: 14, seed: 5, ..Draw::default() }));
    let once = || {
        let mut calendar = solve(&instance, &by_rounds(4), &Unwatched, &Stop::default()).unwrap();
        calendar.seconds = 0.0;
        calendar
    };
    let (first, second) = (once(), once());
    assert_eq!((first.objective, first.bound), (second.objective, second.bound));
    assert_eq!(first, second);
}

#[test]
fn a_stopped_solve_gives_its_best() {
    let instance = instance(generate(&Draw { per_site: 14, seed: 6, ..Draw::default() }));
    let stop = Stop::default();
    stop.stop();
    let options = Options { seconds: Some(3600.0), threads: 2, ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &stop).unwrap();
    assert!(!calendar.sessions.is_empty());
}

#[test]
fn several_sites_are_dealt_to_threads_and_put_together_again() {
    let draw = Draw { sites: 3, per_site: 8, seed: 2, ..Draw::default() };
    let instance = instance(generate(&draw));
    let options = Options { threads: 2, ..by_rounds(100) };
    assert!(solve(&instance, &options, &Unwatched, &Stop::default()).is_ok());
}

#[test]
fn what_belongs_to_sites_out_of_reach_is_left_alone() {
    for seed in 1..5 {
        let draw = Draw { sites: 4, per_site: 9, ..Draw::small(seed) };
        let instance = instance(generate(&draw));
        let places = Placements::new(&instance);
        let stop = Stop::default();
        let tables = Tables::new(&instance, &places, &stop);
        let mut chance = Chance::new(seed, 0);
        let mut state = State::new(&tables);
        state.construct(&mut chance, &|| false);
        let before = Snapshot::of(&state).restore(&tables);
        state.reach = Reach::of(&[SiteIx(0), SiteIx(2)], instance.sites.len());
        state.reach.focus = vec![SiteIx(0), SiteIx(2)];
        let mut changed = 0;
        for k in 0..300 {
            match ALL[k % ALL.len()].ruin(&mut state, &mut chance) {
                Some(rebuild) => {
                    let taste = Taste { noise: 200, blink: 0.05 };
                    state.rebuild(rebuild, Starts::Grid, 3, taste, &mut chance);
                    state.commit();
                }
                None => state.rollback(),
            }
        }
        for (slot, data) in (0..).map(SlotIx).zip(&tables.slots) {
            let own = match data.owner {
                Owner::Group(g) => state.reaches_group(g),
                Owner::Order(o) => state.reaches(instance.orders[o.i()].participant),
                Owner::Gone => false,
            };
            let (old, new) = (&before.placed[slot.i()], &state.placed[slot.i()]);
            if !own {
                assert_eq!(old, new, "seed {seed}, slot {slot:?}");
                assert_eq!(before.seated[slot.i()], state.seated[slot.i()], "seed {seed}, slot {slot:?}");
            } else if let Some(place) = new.as_ref().filter(|p| old.as_ref().is_none_or(|o| o.start != p.start)) {
                changed += 1;
                assert!(
                    place.team.iter().all(|c| state.reaches_clinician(*c)),
                    "seed {seed}, slot {slot:?}: {place:?}"
                );
            }
        }
        assert!(changed > 10, "seed {seed}: {changed}");
    }
}
