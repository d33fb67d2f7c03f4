//! Weeks as they happen: nothing happens without rates, everything with certainty, and the same to all that is compared.

use super::*;
use crate::{
    generate::{Draw, generate},
    instance::{Booked, Instance},
    problem::GivenSession,
    scenario::uncertainty::{Absence, Measured, Rates, draw, read, simulate},
    search::{Options, Unwatched, solve},
};

fn week() -> (Arc<Instance>, Vec<GivenSession>) {
    let drawn = Draw { per_site: 12, seed: 3, ..Draw::default() };
    let instance = Arc::new(Instance::new(Arc::new(generate(&drawn))));
    let options = Options { seconds: None, rounds: Some(5), prove: false, ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
    (instance, calendar.sessions.iter().map(Into::into).collect())
}

fn of<'m>(list: &'m [Measured], measure: &str) -> &'m Measured {
    list.iter().find(|m| m.measure == measure).unwrap()
}

#[test]
fn without_rates_every_week_is_as_planned_and_with_certainty_nothing_is_delivered() {
    let (instance, given) = week();
    let told = simulate(&instance, &given, &Rates { draws: 5, ..Rates::default() }, 1, &Stop::default());
    let attended: i64 = given
        .iter()
        .map(|s| {
            let booked = instance.book(s);
            i64::from(booked.end - booked.start) * booked.participants.len() as i64
        })
        .sum();
    let hours = of(&told.published, "delivered_hours");
    for value in [hours.p5, hours.mean, hours.p95] {
        assert!((value - attended as f64 / 60.0).abs() < 1e-6, "{hours:?}");
    }
    assert_eq!((of(&told.published, "sessions_cancelled").mean, of(&told.published, "idle_hours").mean), (0.0, 0.0));
    assert_eq!((told.replanned, told.arrivals), (None, None));
    let nobody = Rates { no_show: 1.0, draws: 3, ..Rates::default() };
    let told = simulate(&instance, &given, &nobody, 1, &Stop::default());
    assert_eq!(of(&told.published, "delivered_share").mean, 0.0);
    assert!(of(&told.published, "idle_hours").mean > 1.0);
    let ill = Rates { illness: 1.0, draws: 3, ..Rates::default() };
    let told = simulate(&instance, &given, &ill, 1, &Stop::default());
    assert_eq!(of(&told.published, "sessions_cancelled").mean, given.len() as f64);
}

#[test]
fn a_service_may_have_a_rate_of_its_own() {
    let (instance, given) = week();
    let service = instance.problem.services[0].id.clone();
    let own = Rates {
        no_shows: vec![Absence { service: Some(service.clone()), level_of_care: None, rate: 1.0 }],
        draws: 3,
        ..Rates::default()
    };
    let told = simulate(&instance, &given, &own, 1, &Stop::default());
    let others = given
        .iter()
        .map(|s| instance.book(s))
        .filter(|b| b.service.is_some_and(|s| instance.problem.services[s.i()].id != service));
    let minutes: i64 = others.map(|b| i64::from(b.end - b.start) * b.participants.len() as i64).sum();
    let hours = of(&told.published, "delivered_hours").mean;
    assert!((hours - minutes as f64 / 60.0).abs() < 1e-6, "{hours}");
}

#[test]
fn the_same_happens_to_every_calendar_that_is_compared() {
    let (instance, given) = week();
    let rates = Rates { no_show: 0.2, illness: 0.1, draws: 60, ..Rates::default() };
    let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
    let base = draw(&instance, &sessions, &rates, 5, &Stop::default());
    let same = draw(&instance, &sessions, &rates, 5, &Stop::default()).told(Some(&base));
    for measured in &same.published {
        let difference = measured.difference.unwrap();
        assert_eq!((difference.mean, difference.interval), (0.0, [0.0, 0.0]), "{measured:?}");
    }
    // With one session less, in each draw one session is missing: the interval is far smaller than that of the mean.
    let without = draw(&instance, &sessions[1..], &rates, 5, &Stop::default()).told(Some(&base));
    let hours = of(&without.published, "delivered_hours");
    let difference = hours.difference.unwrap();
    assert!(difference.mean < 0.0, "{difference:?}");
    let width = |interval: [f64; 2]| interval[1] - interval[0];
    assert!(width(difference.interval) < width(hours.interval) / 2.0, "{hours:?}");
}

#[test]
fn replanning_holds_sessions_that_would_not_be_held_and_calls_people() {
    let (instance, given) = week();
    let rates = Rates { illness: 0.05, replan: true, admissions: 1.0, draws: 12, ..Rates::default() };
    let told = simulate(&instance, &given, &rates, 2, &Stop::default());
    let replanned = told.replanned.as_ref().unwrap();
    assert!(of(&told.published, "sessions_cancelled").mean > 0.0);
    assert!(of(replanned, "calls").mean > 0.0);
    let delivered = |list: &[Measured]| of(list, "delivered_hours").mean;
    assert!(delivered(replanned) > delivered(&told.published), "{told:?}");
    let arrivals = told.arrivals.as_ref().unwrap();
    let placed = of(arrivals, "placed_in_whole").mean + of(arrivals, "placed_in_part").mean;
    assert!(of(arrivals, "arrive").mean > 0.0 && placed <= of(arrivals, "arrive").mean, "{arrivals:?}");
    assert_eq!(told, simulate(&instance, &given, &rates, 2, &Stop::default()));
}

#[test]
fn a_comparison_tells_what_becomes_of_each_calendar_beside_the_base() {
    let rates = Rates { no_show: 0.3, draws: 30, ..Rates::default() };
    let options = WhatIf { uncertainty: Some(rates), ..by_rounds(5) };
    let thursday = json!({ "days": ["thu"], "start": "09:00", "end": "12:00" });
    let scenarios = scenarios(json!({ "same": [], "more": [{ "add": "/clinicians/ana/shifts", "value": thursday }] }));
    let compared = what_if(&tiny(), &scenarios, &options, &Unobserved, &Stop::default()).unwrap();
    assert!(compared.base.uncertainty.as_ref().unwrap().published[0].difference.is_none());
    let told = |k: usize| compared.scenarios[k].solved().unwrap().uncertainty.clone().unwrap();
    let more = (0..2).map(told).find(|t| of(&t.published, "delivered_hours").difference.unwrap().mean > 0.0);
    let same = (0..2).map(told).find(|t| t.published.iter().all(|m| m.difference.unwrap().mean == 0.0));
    assert!(more.is_some() && same.is_some(), "{:?} {:?}", told(0), told(1));
}

#[test]
fn rates_are_read_with_all_faults_at_once() {
    let faults = |text: &str| match read(text.as_bytes()) {
        Err(problem::ReadError::Invalid(faults)) => faults.0.into_iter().map(|f| f.pointer).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let wrong =
        r#"{ "no_show": 2, "no_shows": [{ "service": "x" }], "illness": "often", "replan": 1, "draws": 0, "hope": 1 }"#;
    assert_eq!(faults(wrong), ["/hope", "/no_show", "/illness", "/draws", "/replan", "/no_shows/0"]);
    let rates = read(br#"{ "illnesses": [{ "clinician": "nobody", "rate": 0.5 }] }"#).unwrap();
    assert_eq!(rates.faults(&tiny()).0[0].pointer, "/illnesses/0/clinician");
}
