//! An exact step: a few people's weeks and a group or two of theirs are solved as an integer program, all else as it is.

use std::time::{Duration, Instant as Moment};

use super::{
    neighbourhoods::{companion, somebody},
    random::Chance,
    state::State,
};
use crate::{
    instance::{GroupIx, Owner},
    milp::{Free, Limits, SubModel, Thinning},
};

/// Longest time for one sub-model.
const LONGEST: Duration = Duration::from_secs(2);
/// Effort for one sub-model where no clock counts.
const NODES: i32 = 20;
const ITERATIONS: i64 = 20_000;
/// Most columns there: iterations are only counted between two LPs, so that one LP must not take long.
const SMALL: usize = 1000;

/// Tries to better a calendar by one sub-model; none where that does not. For some time, or, where `by_effort`, for some
/// nodes and iterations; in no case beyond `deadline`.
pub fn better<'t>(
    state: &State<'t>,
    chance: &mut Chance,
    deadline: Option<Moment>,
    by_effort: bool,
) -> Option<State<'t>> {
    let t = state.t;
    let free = draw(state, chance)?;
    let thinning =
        Thinning { starts: Some(30), clinicians: Some(4), seed: chance.below(1 << 30) as u64, ..Thinning::default() };
    let sessions = state.bookings();
    let cost = state.cost.max(0) as u64;
    let model = SubModel::new(t.instance, t.places, &sessions, cost, free, Some(&thinning));
    if by_effort && model.size().0 > SMALL {
        return None;
    }
    let by = Moment::now() + LONGEST;
    let limits = Limits {
        deadline: if by_effort { deadline } else { Some(deadline.map_or(by, |d| d.min(by))) },
        nodes: by_effort.then_some(NODES),
        iterations: by_effort.then_some(ITERATIONS),
        cutoff: Some(state.cost as f64 - 0.5),
        ..Limits::default()
    };
    let sessions = model.solve(&limits, t.stop).sessions?;
    let mut found = State::new(t);
    found.adopt(&sessions, chance);
    found.reach = state.reach.clone();
    (found.cost < state.cost).then_some(found)
}

/// Somebody, up to three who share sessions or the site, all their orders, and one or two groups of theirs.
fn draw(state: &State<'_>, chance: &mut Chance) -> Option<Free> {
    let first = somebody(state, chance)?;
    let mut people = vec![first];
    for _ in 0..1 + chance.below(3) {
        people.extend(companion(state, first, chance));
    }
    let mut groups: Vec<GroupIx> = people
        .iter()
        .flat_map(|p| &state.people[p.i()].seats)
        .filter_map(|s| match state.t.slots.get(s.slot.i())?.owner {
            Owner::Group(g) => Some(g),
            _ => None,
        })
        .collect();
    groups.sort_unstable();
    groups.dedup();
    chance.shuffle(&mut groups);
    groups.truncate(chance.below(3));
    let orders = people.iter().flat_map(|p| state.t.instance.participants[p.i()].orders.clone()).collect();
    Some(Free { groups, people, orders })
}
