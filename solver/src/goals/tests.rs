//! Goals change which calendar is chosen, never what it costs, breaks or proves.

use serde_json::json;

use super::*;
use crate::{
    generate::{Draw, generate},
    rules::{
        self,
        testing::{Case, THU, TUE, WED, session},
    },
    search::Unwatched,
};

fn followed(instance: &Arc<Instance>, seed: u64, goals: &Goals) -> Calendar {
    let options = Options { seconds: None, rounds: Some(15), seed, prove: false, ..Options::default() };
    solve(instance, &options, goals, &Unwatched, &Stop::default()).unwrap()
}

#[test]
fn what_follows_a_goal_breaks_no_rule_and_stays_within_its_share_of_the_objective() {
    let mut better = 0;
    for seed in 0..6 {
        let instance = Arc::new(Instance::new(Arc::new(generate(&Draw::small(seed)))));
        let plain = followed(&instance, seed, &Goals::default());
        assert_eq!(plain.goals, None);
        for goal in [Goal::LargestBurden, Goal::QuadraticBurden] {
            let goals = Goals { follow: vec![goal], within: 0.05 };
            let calendar = followed(&instance, seed, &goals);
            let told = calendar.goals.clone().expect("what became of the goal");
            assert_eq!(told.best_objective, plain.objective);
            assert!(calendar.objective as f64 <= plain.objective as f64 * 1.05, "{told:?}");
            assert!(told.follow[0].after <= told.follow[0].before, "{told:?}");
            better += usize::from(told.follow[0].after < told.follow[0].before);
            let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
            let booked: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
            let judged = rules::judge(&instance, &booked);
            assert_eq!((judged.violations, judged.objective), (Vec::new(), calendar.objective));
            let told_of = crate::quality::quality(&instance, &booked);
            let largest = told_of.participants.iter().map(|p| p.burden).max().unwrap_or(0);
            if goal == Goal::LargestBurden {
                assert_eq!(told.follow[0].after, largest as f64);
            }
            // The same seed and rounds: the same calendar.
            let again = followed(&instance, seed, &goals);
            assert_eq!(again.sessions, calendar.sessions);
        }
    }
    assert!(better > 0, "no goal was followed any further");
}

#[test]
fn an_hour_that_two_want_goes_to_whom_the_goals_name() {
    // One hour of one clinician. p2's session matters more, but p1 lacks nearly the whole dose.
    let by_t1 = |priority: u32| json!({ "clinician": "t1", "priority": priority });
    let case = Case::new()
        .only(&["p1", "p2"], 1)
        .having("orders", "p1-talk", by_t1(1))
        .having("orders", "p2-talk", by_t1(2))
        .having("participants", "p1", json!({ "plan": { "min_minutes_per_week": 10_000 } }))
        .having("clinicians", "t1", json!({ "max_minutes_per_week": 50 }));
    let instance = Arc::new(case.instance());
    let first = |goals: &Goals| followed(&instance, 1, goals).sessions[0].id.clone();
    assert_eq!(first(&Goals::default()), "p2-talk/1");
    for goal in [Goal::LargestBurden, Goal::QuadraticBurden] {
        assert_eq!(first(&Goals { follow: vec![goal], within: 0.05 }), "p1-talk/1");
        // 2 % would be needed.
        assert_eq!(first(&Goals { follow: vec![goal], within: 0.01 }), "p2-talk/1");
    }
}

#[test]
fn few_contacts_takes_back_what_was_moved_for_little() {
    // p1 was told of three days; all on one day would cost less. Nobody can serve p2, which is what most of the cost is.
    let previous = [session("p1-talk/1", TUE), session("p1-talk/2", WED), session("p1-talk/3", THU)];
    let weights = json!({ "moved": 0, "clinician_changed": 0, "attended_day": 300, "wait_minute": 0 });
    let case = Case::new()
        .only(&["p1", "p2"], 3)
        .having("orders", "p1-talk", json!({ "one_per_day": false }))
        .having("participants", "p2", json!({ "not_with": ["t1", "t2"] }))
        .with(json!({ "previous": previous, "weights": weights }));
    let instance = Arc::new(case.instance());
    let days = |calendar: &Calendar| {
        let mut days: Vec<_> = calendar.sessions.iter().map(|s| s.start.0.date_naive()).collect();
        days.dedup();
        days.len()
    };
    assert_eq!(days(&followed(&instance, 1, &Goals::default())), 1);
    let calendar = followed(&instance, 1, &Goals { follow: vec![Goal::FewContacts], within: 0.1 });
    let told = &calendar.goals.as_ref().expect("what became of the goal").follow[0];
    assert!(told.before > 0.0, "{told:?}");
    assert_eq!((told.after, days(&calendar)), (0.0, 3));
}
