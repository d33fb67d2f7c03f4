//! Where one more session of an order could go, as it is told.

use std::sync::Arc;

use careweave_solver::{
    instance::{Booked, Instance},
    problem::GivenSession,
    recommend::{self, Recommendation},
};

use super::order;
use crate::failure::Failure;

/// Places for one more session of the order of this id.
pub fn recommend(
    instance: &Arc<Instance>,
    sessions: &[GivenSession],
    id: &str,
    top: usize,
) -> Result<Recommendation, Failure> {
    let order = order(instance, id)?;
    let sessions: Vec<Booked> = sessions.iter().map(|s| instance.book(s)).collect();
    Ok(recommend::recommend(instance, &sessions, order, top))
}
