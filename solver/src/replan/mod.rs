//! Replan: from a calendar in force and what has happened since, plans that call as few people as possible, against what
//! more calls would bring.

mod aftermath;
mod contacts;
mod events;
mod plans;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::contacts::contacts;
pub use self::{
    contacts::Contact,
    events::{Burden, EditList, Event, EventKind, Events, read, schema},
};
use crate::{
    calendar::{Calendar, Session},
    instance::{Instance, OrderIx},
    problem::{Faults, GivenSession, Problem},
    rules::Violation,
    search::{self, Options, SolveError, Stop, repair::Calls},
};

/// The plans after some events, fewest contacts first; each further plan costs less and lacks no more sessions.
#[derive(Debug, Clone, Serialize)]
pub struct Replan {
    /// The plans.
    pub plans: Vec<Plan>,
    /// The problem after the events, with the calendar in force as its `previous`: what the plans are judged against.
    #[serde(serialize_with = "whole")]
    pub problem: Arc<Problem>,
}

fn whole<S: serde::Serializer>(problem: &Arc<Problem>, serializer: S) -> Result<S::Ok, S::Error> {
    problem.serialize(serializer)
}

/// One plan.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReplanPlan)]
pub struct Plan {
    /// The week after it.
    pub calendar: Calendar,
    /// Everybody for whom something changes.
    pub contacts: Vec<Contact>,
    /// What the calls to them weigh together: their number, where the events say nothing else.
    pub burden: u64,
    /// Cost of the calendar.
    pub objective: u64,
    /// Ordered sessions that are missing in it.
    pub missing_sessions: u64,
}

/// Why there is nothing to plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Unplannable {
    /// What is wrong with the events.
    Invalid(Faults),
    /// What is to be kept contradicts the hard rules after the events.
    KeptContradict(Vec<Violation>),
}

/// What there is to plan: the week after the events.
pub struct Task {
    /// The problem after the events.
    instance: Arc<Instance>,
    /// The calendar in force, as it was written.
    before: Vec<Session>,
    /// Orders that the events brought.
    new: Vec<OrderIx>,
    /// Pins that the events made impossible.
    fallen: Vec<String>,
    /// What calls weigh that do not weigh 1, by the id of whom they are to.
    burden: BTreeMap<String, u64>,
}

impl Task {
    /// Takes the events in. A pin of the calendar or problem that they make impossible falls away, and is told in the
    /// warnings of each plan; what the events themselves say to keep must be possible.
    pub fn new(problem: Arc<Problem>, calendar: &[GivenSession], events: &Events) -> Result<Self, Unplannable> {
        let original = Instance::new(problem);
        let before = calendar.iter().map(|s| Session::write(&original, &original.book(s))).collect();
        let mut after = aftermath::aftermath(&original, calendar, events).map_err(Unplannable::Invalid)?;
        let mut fallen = Vec::new();
        loop {
            let instance = Arc::new(Instance::new(Arc::new(after)));
            let violations = search::contradictions(&instance);
            let blamed: BTreeSet<&str> = violations.iter().flat_map(|v| &v.sessions).map(String::as_str).collect();
            let loose = |s: &GivenSession| s.pinned && blamed.contains(&*s.id) && !events.keep.contains(&s.id);
            let falling: Vec<String> =
                instance.problem.previous.iter().filter(|s| loose(s)).map(|s| s.id.clone()).collect();
            if falling.is_empty() {
                return match violations.is_empty() {
                    true => {
                        let is_new = |o: &OrderIx| original.order_named(&instance.order_wire(*o).id).is_none();
                        let new = OrderIx::all(instance.orders.len()).filter(is_new).collect();
                        let burden = events.burden.iter().map(|call| (call.id.clone(), u64::from(call.weight)));
                        Ok(Task { instance, before, new, fallen, burden: burden.collect() })
                    }
                    false => Err(Unplannable::KeptContradict(violations)),
                };
            }
            after = (*instance.problem).clone();
            after.previous.iter_mut().filter(|s| falling.contains(&s.id)).for_each(|s| s.pinned = false);
            fallen.extend(falling);
        }
    }
}

impl Task {
    /// What a call to somebody weighs.
    fn weight(&self, id: &str) -> u64 {
        self.burden.get(id).copied().unwrap_or(1)
    }

    /// What a call to each person of the problem weighs.
    fn calls(&self) -> Calls {
        let problem = &self.instance.problem;
        Calls {
            participants: problem.participants.iter().map(|p| self.weight(&p.id)).collect(),
            clinicians: problem.clinicians.iter().map(|c| self.weight(&c.id)).collect(),
        }
    }

    /// What the calls to these weigh together.
    fn burden_of(&self, contacts: &[Contact]) -> u64 {
        let whom = |c: &Contact| c.participant.as_ref().or(c.clinician.as_ref()).map_or(1, |id| self.weight(id));
        contacts.iter().map(whom).sum()
    }
}

/// Plans within the budget of the options; `tell` is told each time that there are better ones.
pub fn replan(
    task: &Task,
    options: &Options,
    tell: &(dyn Fn(&Replan) + Sync),
    stop: &Stop,
) -> Result<Replan, SolveError> {
    plans::plan(task, options, tell, stop)
}
