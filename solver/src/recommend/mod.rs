//! Where one more session of an order could go: ranked places, each verified by the rules, with what it costs and whom it
//! moves.

mod whole;

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::whole::{Admission, Plan, Verdict, admissions};

use crate::{
    calendar::Session,
    instance::{Booked, Instance, OrderIx},
    problem::Id,
    rules::{self, names},
    search::places::{self, Way},
};

/// The places of an order, cheapest first; those that move nothing before those that move something.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Recommendation {
    /// The order.
    pub order: Id,
    /// Its places.
    pub places: Vec<Recommended>,
}

/// One place, or several meetings that are joined together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Recommended {
    /// The sessions of the order that are new, or that its participant joins, as they would be.
    pub sessions: Vec<Session>,
    /// By how much the objective changes; negative is better.
    pub cost_difference: i64,
    /// Other sessions that move for it, as they would be.
    pub moves: Vec<Session>,
    /// Participants whose sessions move: who must be called.
    pub contacts: Vec<Id>,
}

/// Places for one more session of an order in a calendar, at most `top`: first those that move nothing; where these are
/// fewer, those that move one other session, then those that move two.
///
/// Every one was judged by the rules: with it the calendar breaks no rule that it did not break before, and
/// `cost_difference` is the difference of the two objectives. An order that is met has no place.
pub fn recommend(instance: &Arc<Instance>, sessions: &[Booked], order: OrderIx, top: usize) -> Recommendation {
    let judged = |way: &Way| {
        let effect = rules::effect(instance, sessions, way.gained.iter().chain(&way.moved));
        effect.breaks.is_empty().then_some(effect.cost_difference)
    };
    let mut found = places::ways(instance, sessions, order, top, true, judged);
    found.sort_by_key(|way| (way.moved.len(), way.cost, start(way)));
    Recommendation {
        order: names::order(instance, order).clone(),
        places: found.iter().map(|way| write(instance, way)).collect(),
    }
}

fn start(way: &Way) -> Option<i32> {
    way.gained.first().map(|s| s.start)
}

fn write(instance: &Instance, way: &Way) -> Recommended {
    let written = |list: &[Booked]| list.iter().map(|b| Session::write(instance, b)).collect();
    let mut called: Vec<_> = way.moved.iter().flat_map(|s| s.participants.iter().copied()).collect();
    called.sort_unstable();
    called.dedup();
    Recommended {
        sessions: written(&way.gained),
        cost_difference: way.cost,
        moves: written(&way.moved),
        contacts: called.into_iter().map(|p| names::participant(instance, p).clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        generate::{Draw, generate},
        problem::GivenSession,
        rules::testing::{Case, TUE, on_tuesday, session},
        search::{Options, Stop, Unwatched, solve},
    };

    #[test]
    fn every_recommended_place_breaks_no_rule_and_costs_what_it_says() {
        let mut shown = 0;
        for seed in 0..4 {
            let instance = Arc::new(Instance::new(Arc::new(generate(&Draw::small(seed)))));
            let options = Options { seconds: Some(5.0), rounds: Some(1), seed, ..Options::default() };
            let Ok(calendar) = solve(&instance, &options, &Unwatched, &Stop::default()) else { continue };
            let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
            let all: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
            // Every fifth single session is taken out, so that there are places.
            let sessions: Vec<Booked> = all
                .iter()
                .enumerate()
                .filter(|(k, s)| k % 5 != 0 || matches!(s.owner, crate::instance::Owner::Group(_)))
                .map(|(_, s)| s.clone())
                .collect();
            let before = rules::judge(&instance, &sessions);
            for &(order, _) in before.missing.iter().take(12) {
                let places = recommend(&instance, &sessions, order, 6).places;
                let mut last = (0, i64::MIN);
                for place in &places {
                    shown += 1;
                    let changed: Vec<GivenSession> =
                        place.sessions.iter().chain(&place.moves).map(Into::into).collect();
                    let rest = sessions.iter().filter(|s| !changed.iter().any(|c| c.id == s.id)).cloned();
                    let with: Vec<Booked> = rest.chain(changed.iter().map(|c| instance.book(c))).collect();
                    let after = rules::judge(&instance, &with);
                    assert_eq!(after.violations, before.violations, "{place:?}");
                    assert_eq!(after.objective as i64 - before.objective as i64, place.cost_difference, "{place:?}");
                    assert_eq!(place.moves.is_empty(), place.contacts.is_empty());
                    let rank = (place.moves.len(), place.cost_difference);
                    assert!(rank >= last, "{places:?}");
                    last = rank;
                }
            }
        }
        assert!(shown > 10, "only {shown} places");
    }

    #[test]
    fn where_one_session_cannot_make_room_two_do() {
        // The first can only have Tuesday at ten, where the second is, which can only go to eleven, where the third is.
        let by_t1 = |windows: serde_json::Value| json!({ "clinician": "t1", "windows": [windows] });
        let case = Case::new()
            .only(&["p1", "p2", "p3"], 1)
            .having("orders", "p1-talk", by_t1(on_tuesday("10:00", "11:00")))
            .having("orders", "p2-talk", by_t1(on_tuesday("10:00", "12:00")))
            .having("orders", "p3-talk", by_t1(on_tuesday("09:00", "17:00")));
        let eleven = "2026-12-01T11:00:00-05:00";
        let (instance, sessions) = case.booked(&[session("p2-talk/1", TUE), session("p3-talk/1", eleven)]);
        let instance = Arc::new(instance);
        let order = instance.order_named("p1-talk").unwrap();
        let before = rules::judge(&instance, &sessions);
        let found = recommend(&instance, &sessions, order, 5).places;
        let first = found.first().expect("a place");
        assert_eq!(first.moves.iter().map(|m| &*m.id).collect::<Vec<_>>(), ["p2-talk/1", "p3-talk/1"]);
        assert_eq!(first.contacts.iter().map(|c| c.to_string()).collect::<Vec<_>>(), ["p2", "p3"]);
        let with: Vec<Booked> =
            first.sessions.iter().chain(&first.moves).map(|s| instance.book(&GivenSession::from(s))).collect();
        let after = rules::judge(&instance, &with);
        assert_eq!(after.violations, []);
        assert_eq!(after.objective as i64 - before.objective as i64, first.cost_difference);
    }
}
