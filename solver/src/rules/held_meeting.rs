//! `held_meeting`: what a group meeting costs in clinicians.

use super::{Cost, Penalty, view::Seen};
use crate::instance::Instance;

pub(super) const PENALTY: Penalty = Penalty {
    name: "held_meeting",
    sentence: "held_meeting × held group meetings × clinicians",
    cost: Cost::Session(cost),
};

fn cost(instance: &Instance, session: &Seen) -> i64 {
    let staff = if session.meeting() { session.staff() as i64 } else { 0 };
    i64::from(instance.problem.weights.held_meeting.0).saturating_mul(staff)
}
