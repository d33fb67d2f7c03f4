//! Plans after events, as they are told.

use std::sync::Arc;

use careweave_solver::{
    problem::{GivenSession, Problem},
    replan::{Events, Task, Unplannable},
};

use crate::failure::{Document, Failure};

/// What there is to plan. Faults of the events are those of the document `events`, at pointers inside it.
pub fn task(
    problem: Arc<Problem>,
    calendar: &[GivenSession],
    events: &Events,
    document: Document,
    at: &str,
) -> Result<Task, Failure> {
    Task::new(problem, calendar, events).map_err(|unplannable| match unplannable {
        Unplannable::Invalid(faults) => Failure::Invalid { document, faults: faults.inside(at).0 },
        Unplannable::KeptContradict(violations) => Failure::PinsContradict(violations),
    })
}
