//! `soft_commitment`: session minutes that fall on soft commitments.

use super::{Cost, Penalty, view::Week};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "soft_commitment",
    sentence: "soft_commitment_minute × session minutes that fall on soft commitments (merged, with travel for in-person)",
    cost: Cost::Week(cost),
};

fn cost(instance: &Instance, week: &Week) -> i64 {
    let participant = &instance.participants[week.participant.i()];
    let hit = week.attended.iter().map(|s| {
        let soft = if s.in_person() { &participant.soft_in_person } else { &participant.soft_telehealth };
        i64::from(soft.overlap(s.span()))
    });
    i64::from(instance.problem.weights.soft_commitment_minute.0).saturating_mul(hit.sum())
}
