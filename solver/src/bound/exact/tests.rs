//! The exact bound against what the search finds.

use std::{
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use serde_json::json;

use super::{Witness, prove};
use crate::{
    generate::{Draw, Features, generate},
    instance::{Instance, Placements},
    problem::read,
    search::{Options, Stop, Unwatched, solve},
};

fn found(instance: &Arc<Instance>, seed: u64, rounds: u64) -> u64 {
    let options = Options { seconds: None, rounds: Some(rounds), seed, ..Options::default() };
    solve(instance, &options, &Unwatched, &Stop::default()).unwrap().objective
}

/// Told, and silent.
struct Silent;

impl Witness for Silent {
    fn proven(&self, _bound: u64) {}
}

fn proven(instance: &Instance, upper: u64, seconds: u64) -> u64 {
    proven_by(2, instance, upper, seconds)
}

fn proven_by(threads: usize, instance: &Instance, upper: u64, seconds: u64) -> u64 {
    let deadline = Moment::now() + Duration::from_secs(seconds);
    prove(instance, &Placements::new(instance), upper, threads, Some(deadline), &Stop::default(), &Silent)
}

fn drawn(draw: &Draw) -> Arc<Instance> {
    Arc::new(Instance::new(Arc::new(generate(draw))))
}

#[test]
fn no_calendar_costs_less_than_the_bound_even_where_it_is_told_to_look_further_up() {
    let strewn = |seed| Draw { per_site: 3, seed, features: Features::All, ..Draw::default() };
    let draws = (0..8).map(Draw::small).filter(|d| d.sites * d.per_site <= 5).chain((0..6).map(strewn));
    for draw in draws {
        let instance = drawn(&draw);
        let best = found(&instance, 1, 20).min(found(&instance, 2, 40));
        let bound = proven(&instance, best + 500, 1);
        assert!(bound <= best, "{draw:?}: {bound} above {best}");
    }
}

#[test]
fn the_bound_of_three_people_is_the_optimum_also_where_only_a_worse_calendar_is_known() {
    let three = |seed| drawn(&Draw { per_site: 3, seed, ..Draw::default() });
    assert_eq!(proven(&three(1), 6605, 3600), 6605);
    assert_eq!(proven(&three(2), 3650, 3600), 3640);
}

#[test]
fn however_many_threads_prove_the_bound_is_the_same() {
    let three = drawn(&Draw { per_site: 3, seed: 2, ..Draw::default() });
    for threads in [1, 2, 5] {
        assert_eq!(proven_by(threads, &three, 3800, 3600), 3640);
    }
}

#[test]
fn rooms_that_do_not_suffice_raise_the_bound() {
    let four = drawn(&Draw { per_site: 4, seed: 12, ..Draw::default() });
    assert_eq!(proven(&four, 1300, 3600), 1235);
}

/// Two groups with the same people, one after the other in two hours of a morning: one of them needs the room that somebody's
/// own session needs in the first of these hours.
fn one_room_for_two() -> Arc<Instance> {
    let morning = |start: &str, end: &str| json!([{ "days": ["mon"], "start": start, "end": end }]);
    let group = |name: &str, features: &str| {
        json!({ "id": name, "name": name, "kind": "group_therapy", "minutes": 60, "credentials": [name],
            "room_features": [features], "group": { "min": 2, "max": 6 } })
    };
    let therapist = |name: &str| {
        json!({ "id": name, "name": name, "home_site": "elm", "credentials": [name], "licensed_in": ["US-NY"],
            "shifts": morning("09:00", "11:00") })
    };
    let guest = |name: &str| {
        json!({ "id": name, "home_site": "elm", "orders": [
            { "id": format!("{name}-art"), "service": "art", "sessions": 1 },
            { "id": format!("{name}-talk"), "service": "talk", "sessions": 1 }] })
    };
    let problem = json!({
        "version": 1, "week_start": "2026-11-30", "grid_minutes": 60,
        "sites": [{ "id": "elm", "name": "Elm House", "time_zone": "America/New_York", "jurisdiction": "US-NY",
            "hours": morning("09:00", "11:00") }],
        "rooms": [{ "id": "studio", "site": "elm", "capacity": 6, "features": ["easels", "chairs"] },
            { "id": "hall", "site": "elm", "capacity": 6, "features": ["chairs"] }],
        "services": [group("art", "easels"), group("talk", "chairs"),
            { "id": "own", "name": "Own", "kind": "individual_therapy", "minutes": 60, "credentials": ["own"], "room_features": ["easels"] }],
        "clinicians": [therapist("art"), therapist("talk"), therapist("own")],
        "groups": [{ "id": "g-art", "name": "Art", "service": "art", "site": "elm", "meetings": 1 },
            { "id": "g-talk", "name": "Talk", "service": "talk", "site": "elm", "meetings": 1 }],
        "participants": [guest("p1"), guest("p2"),
            { "id": "p3", "home_site": "elm", "available": morning("09:00", "10:00"),
                "orders": [{ "id": "p3-own", "service": "own", "sessions": 1 }] }]
    });
    Arc::new(Instance::new(Arc::new(read(problem.to_string().as_bytes()).unwrap())))
}

#[test]
fn meetings_that_only_their_rooms_tell_apart_are_all_looked_at() {
    let instance = one_room_for_two();
    let options = Options { seconds: None, rounds: Some(40), ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
    assert!(calendar.unmet.is_empty());
    assert_eq!(proven(&instance, calendar.objective + 1000, 60), calendar.objective);
}
