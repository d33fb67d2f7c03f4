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
#[ignore]
fn measure() {
    let get = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok()).unwrap_or(0);
    let cpu = || {
        let s = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
        (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
    };
    for seed in get("FROM")..=get("TO") {
        let all = if get("ALL") == 1 { Features::All } else { Features::Everyday };
        let instance = drawn(&Draw { per_site: get("SIZE") as usize, seed, features: all, ..Draw::default() });
        let rounds = get("ROUNDS");
        let mut best = found(&instance, 1, rounds);
        let begin = cpu();
        let mut bound = proven(&instance, best, 3600);
        let first = (best, bound, cpu() - begin);
        if bound < best {
            best = best.min(found(&instance, 2, rounds * 8));
            bound = proven(&instance, best, 3600);
        }
        let word = if bound == best { "PROVEN" } else if bound > best { "WRONG" } else { "open" };
        println!("{} {seed}: {best} {bound} {word}; first {first:?}, all {:.1} cpu", get("SIZE"), cpu() - begin);
    }
}
