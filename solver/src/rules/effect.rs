//! What a change of some sessions does to a calendar, judged on the part of it that the change can concern.

use super::{Part, Violation, judge, verdict::PLENTY};
use crate::instance::{Booked, Instance};

/// What a change does.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Hard rules that are broken with it and were not before.
    pub breaks: Vec<Violation>,
    /// By how much the objective changes; negative is better.
    pub cost_difference: i64,
}

/// What it does to put sessions into a calendar, each in the place of the one of its id where there is one.
pub fn effect<'b>(instance: &Instance, sessions: &[Booked], put: impl IntoIterator<Item = &'b Booked>) -> Effect {
    let put: Vec<&Booked> = put.into_iter().collect();
    let mut part = Part::new(instance);
    put.iter().for_each(|s| part.session(s));
    sessions.iter().filter(|s| put.iter().any(|new| new.id == s.id)).for_each(|s| part.session(s));
    let was: Vec<Booked> = sessions.iter().filter(|s| part.concerns(s)).cloned().collect();
    let (mut before, mut after) = (judge(instance, &was), judge(instance, &with(&was, &put)));
    // Pairs are no longer listed one by one where there are so many: then only the whole tells which are new.
    if before.violations.len().max(after.violations.len()) >= PLENTY {
        (before, after) = (judge(instance, sessions), judge(instance, &with(sessions, &put)));
    }
    let difference = i128::from(after.objective) - i128::from(before.objective);
    Effect {
        breaks: after.violations.into_iter().filter(|v| !before.violations.contains(v)).collect(),
        cost_difference: i64::try_from(difference).unwrap_or(i64::MAX),
    }
}

/// The sessions with some in their places; what is named pair by pair keeps its order.
fn with(sessions: &[Booked], put: &[&Booked]) -> Vec<Booked> {
    let of = |id: &str| put.iter().find(|new| new.id == id);
    let stand = sessions.iter().map(|s| of(&s.id).map_or(s, |new| new));
    let new = put.iter().copied().filter(|new| !sessions.iter().any(|s| s.id == new.id));
    stand.chain(new).cloned().collect()
}
