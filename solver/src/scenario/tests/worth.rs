//! What an hour is worth.

use super::*;
use crate::{
    generate::{Draw, generate},
    instance::Instance,
    problem::Minutes,
    scenario::edits::{self, Edit},
    search::{Options, Unwatched, solve},
};

#[test]
fn hours_that_are_short_are_worth_most_and_each_value_has_its_error_bar() {
    let values = worth(&tiny(), &by_rounds(20), &Unobserved, &Stop::default()).unwrap();
    assert!(values.values.iter().all(|w| w.n >= LEAST_PAIRS && w.interval[0] <= w.value && w.value <= w.interval[1]));
    let of =
        |id: &str| values.values.iter().find(|w| w.id == id).unwrap_or_else(|| panic!("{id}: {:?}", values.values));
    // Ana is the only therapist, and there are rooms enough.
    let ana = of("ana-afternoon");
    assert!(ana.clear && ana.value > 0.0 && ana.hours == Some(25.0), "{ana:?}");
    assert_eq!(of("office-afternoon").value, 0.0);
    // The site closes at five.
    assert_eq!(of("office-evening").hours, Some(0.0));
    let first = &values.values[0];
    assert!(first.id.starts_with("ana-"), "{first:?}");
}

/// The mean objective of some solves with these edits, from nothing and with seeds that the values did not see.
fn bought(problem: &Problem, edits: &[Edit]) -> f64 {
    let edited = edits::apply(problem, edits).expect("edits that can be made");
    let instance = Arc::new(Instance::new(Arc::new(edited)));
    let seeds = 101..107;
    let all = seeds.clone().map(|seed| {
        let options = Options { seconds: None, rounds: Some(12), seed, prove: false, ..Options::default() };
        solve(&instance, &options, &Unwatched, &Stop::default()).expect("a calendar").objective as f64
    });
    all.sum::<f64>() / seeds.count() as f64
}

#[test]
fn buying_the_top_ranked_hour_helps_more_than_a_low_ranked_one() {
    for seed in [3, 4] {
        let mut problem = generate(&Draw { per_site: 10, seed, ..Draw::default() });
        problem.clinicians.iter_mut().for_each(|c| c.max_minutes_per_week = Some(Minutes(420)));
        let problem = Arc::new(problem);
        let values = worth(&problem, &by_rounds(10), &Unobserved, &Stop::default()).unwrap().values;
        let hours: Vec<_> = values.iter().filter(|w| w.hours.is_some_and(|h| h > 0.0)).collect();
        let (top, low) = (hours[0], hours[hours.len() - 1]);
        assert!(top.clear && top.per_hour > low.per_hour, "{top:?} {low:?}");
        let per_hour = |w: &Worth| (bought(&problem, &[]) - bought(&problem, &w.edits)) / w.hours.unwrap_or(1.0);
        let (of_top, of_low) = (per_hour(top), per_hour(low));
        assert!(of_top > of_low, "seed {seed}: {} brings {of_top} an hour, {} {of_low}", top.id, low.id);
    }
}
