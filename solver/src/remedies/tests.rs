//! Remedies, each made and judged from scratch.

mod kinds;

use std::{ops::ControlFlow, sync::Arc};

use super::{Remedy, Search, kind::KINDS, remedies};
use crate::{
    explain,
    generate::{Draw, generate},
    instance::{Booked, Instance},
    problem::GivenSession,
    rules,
    scenario::edits,
    search::{Options, Stop, Unwatched, solve},
};

#[test]
fn each_remedy_does_what_it_says_when_it_is_made_from_scratch() {
    let (mut shown, mut kinds) = (0, std::collections::BTreeSet::new());
    for seed in 0..3 {
        let instance = Arc::new(Instance::new(Arc::new(generate(&Draw::small(seed)))));
        let options = Options { seconds: Some(5.0), rounds: Some(1), seed, ..Options::default() };
        let Ok(calendar) = solve(&instance, &options, &Unwatched, &Stop::default()) else { continue };
        let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
        let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
        let before = rules::judge(&instance, &sessions);
        let unmet = explain::unmet(&instance, &sessions, &before.missing);
        let mut told = vec![Vec::new(); unmet.len()];
        let found = remedies(&instance, &sessions, &unmet, Search { most: 3, deadline: None }, &mut |k, remedy| {
            told[k].push(remedy.clone());
            ControlFlow::Continue(())
        });
        let shows: Vec<_> = found.iter().map(|f| f.remedies.clone()).collect();
        assert_eq!(told, shows);
        // Who has heard enough is told no more.
        let mut heard = 0;
        remedies(&instance, &sessions, &unmet, Search { most: 3, deadline: None }, &mut |_, _| {
            heard += 1;
            ControlFlow::Break(())
        });
        assert_eq!(heard, usize::from(shows.iter().any(|s| !s.is_empty())));
        assert_eq!(found.len(), unmet.len());
        for (unmet, found) in unmet.iter().zip(&found) {
            assert_eq!(found.remedies.is_empty(), !found.tried.is_empty(), "{found:?}");
            // Smallest first, and the largest only where there is nothing else.
            let rank = |remedy: &Remedy| KINDS.iter().position(|k| k.name == remedy.kind).expect("its kind");
            let ranks: Vec<usize> = found.remedies.iter().map(rank).collect();
            assert!(ranks.is_sorted(), "{found:?}");
            assert!(ranks.len() < 2 || ranks.iter().all(|&k| !KINDS[k].last_resort), "{found:?}");
            for remedy in &found.remedies {
                shown += 1;
                kinds.insert(remedy.kind);
                let problem = edits::apply(&instance.problem, &remedy.edits).expect("edits that can be made");
                let narrow = Instance::new(Arc::new(problem));
                let changed: Vec<GivenSession> = remedy.sessions.iter().chain(&remedy.moves).map(Into::into).collect();
                let rest = given.iter().filter(|s| !changed.iter().any(|c| c.id == s.id));
                let with: Vec<GivenSession> = rest.chain(&changed).cloned().collect();
                let after = rules::check(&narrow, &with);
                assert!(after.feasible, "{remedy:?}: {:?}", after.violations);
                assert_eq!((before.objective, after.objective), (remedy.objective_before, remedy.objective_after));
                assert!(remedy.objective_after < remedy.objective_before);
                assert_eq!(remedy.moved_sessions, remedy.moves.len());
                assert!(remedy.text.contains(&*unmet.order), "{}", remedy.text);
                let booked: Vec<Booked> = with.iter().map(|s| narrow.book(s)).collect();
                let order = narrow.order_named(&unmet.order).expect("the order");
                let apart = narrow.order_named(&format!("{}.t", unmet.order));
                let own = |o| o == order || Some(o) == apart;
                let left: u32 = rules::judge(&narrow, &booked).missing.iter().filter(|m| own(m.0)).map(|m| m.1).sum();
                assert!(left < unmet.missing_sessions, "{remedy:?}");
            }
        }
    }
    assert!(shown > 2 && kinds.len() > 1, "only {shown} remedies of {kinds:?}");
}
