//! The exact bound against what the search finds.

use std::{
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use super::prove;
use crate::{
    generate::{Draw, Features, generate},
    instance::{Instance, Placements},
    search::{Options, Stop, Unwatched, solve},
};

fn found(instance: &Arc<Instance>, seed: u64, rounds: u64) -> u64 {
    let options = Options { seconds: None, rounds: Some(rounds), seed, ..Options::default() };
    solve(instance, &options, &Unwatched, &Stop::default()).unwrap().objective
}

fn proven(instance: &Instance, upper: u64, seconds: u64) -> u64 {
    let deadline = Moment::now() + Duration::from_secs(seconds);
    prove(instance, &Placements::new(instance), upper, Some(deadline), &Stop::default(), &|_| ())
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
fn rooms_that_do_not_suffice_raise_the_bound() {
    let four = drawn(&Draw { per_site: 4, seed: 12, ..Draw::default() });
    assert_eq!(proven(&four, 1300, 3600), 1235);
}
