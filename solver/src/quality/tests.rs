//! What is told of a calendar adds up to what the judge says of it.

use std::sync::Arc;

use super::*;
use crate::{
    generate::{Draw, generate},
    problem::GivenSession,
    rules,
    search::{Options, Stop, Unwatched, solve},
};

/// A drawn week, solved for a moment, and a calendar of it without every seventh session.
fn drawn(seed: u64) -> (Arc<Instance>, Vec<Booked>) {
    let instance = Arc::new(Instance::new(Arc::new(generate(&Draw::small(seed)))));
    let options = Options { seconds: Some(5.0), rounds: Some(1), seed, ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
    let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
    let kept = given.iter().enumerate().filter(|(k, _)| k % 7 != 0);
    let sessions = kept.map(|(_, s)| instance.book(s)).collect();
    (instance, sessions)
}

#[test]
fn what_each_bears_adds_up_to_the_penalties_and_the_objective() {
    for seed in 1..6 {
        let (instance, sessions) = drawn(seed);
        let told = quality(&instance, &sessions);
        let judged = rules::judge(&instance, &sessions);
        assert_eq!(told.objective, judged.objective);
        let costs: BTreeMap<&str, u64> = told.penalties.iter().map(|p| (p.penalty, p.cost as u64)).collect();
        assert_eq!(costs, judged.penalties.iter().map(|(name, cost)| (*name, *cost)).collect());
        for penalty in &told.penalties {
            assert_eq!(penalty.cost, penalty.bearers.iter().map(|b| b.cost).sum::<i64>());
            assert!(penalty.bearers.windows(2).all(|pair| pair[0].cost >= pair[1].cost));
        }
        let by_people = told.penalties.iter().filter(|p| p.by == "participant").map(|p| p.cost).sum::<i64>();
        assert_eq!(told.participants.iter().map(|p| p.burden).sum::<i64>(), by_people);
        let weights = &instance.problem.weights;
        let waiting: i64 = told.participants.iter().map(|p| p.waiting_minutes).sum();
        let cost = costs.get("wait").copied().unwrap_or(0);
        assert_eq!(waiting * i64::from(weights.wait_minute.0), cost as i64);
        for spread in &told.fairness {
            assert!((0.0..1.0).contains(&spread.gini), "{spread:?}");
            assert!(spread.largest >= spread.mean, "{spread:?}");
        }
    }
}

#[test]
fn a_clinician_is_busy_or_idle_or_at_the_break_between_the_first_and_the_last_session() {
    use crate::rules::testing::{Case, TUE, but, session};
    let case = Case::new().only(&["p1"], 2).having("orders", "p1-talk", serde_json::json!({ "one_per_day": false }));
    let late = but(session("p1-talk/2", "2026-12-01T16:00:00-05:00"), serde_json::json!({}));
    let (instance, booked) = case.booked(&[session("p1-talk/1", TUE), late]);
    let told = quality(&instance, &booked);
    let t1 = told.clinicians.iter().find(|c| c.id == "t1").unwrap();
    assert_eq!((t1.sessions, t1.busy_minutes, t1.idle_minutes), (2, 120, 300)); // 10:00–11:00 and 16:00–17:00
    assert_eq!((t1.evening_minutes, t1.shift_minutes), (0, 7 * 480));
    assert_eq!((told.participants[0].waiting_minutes, told.participants[0].days), (310, 1));
}
