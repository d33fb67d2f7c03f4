//! Who could come: per group and meeting the free seats, and who of those with missing sessions, and of those who wait, may
//! take them.

use std::{collections::BTreeSet, sync::Arc};

use careweave_solver::{
    instance::Instance,
    problem::{GivenSession, Group, Problem, Roster, read_calendar},
    rules,
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Refusal, compute,
    episode::Day,
    waiting::{Waiter, admit_waiting},
    weeks::{self, Key},
};
use crate::{
    failure::{Document, Failure},
    store::Store,
};

/// A meeting with free seats.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Opening {
    pub session: String,
    pub group: String,
    pub service: String,
    /// When it starts.
    pub start: String,
    /// How many it can have: by its size, its room and its clinicians.
    pub seats: usize,
    pub free: usize,
    /// Who may take one; of a closed group, in all its meetings.
    pub may: Vec<String>,
    /// Who of the waiting list may take one, in its order.
    pub waiting: Vec<Candidate>,
    /// Who has missing sessions of the service and may not: the rules that it would break.
    pub may_not: Vec<Refused>,
}

/// Somebody who waits and could come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Candidate {
    pub participant: String,
    /// Since when they wait.
    #[schema(value_type = String)]
    pub since: Day,
    /// The first day on which they can, where they said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub from: Option<Day>,
    /// Larger goes first.
    pub priority: u32,
}

impl Candidate {
    fn of(waiter: &Waiter) -> Self {
        let Waiter { since, from, priority, .. } = *waiter;
        Candidate { participant: waiter.participant.clone(), since, from, priority }
    }
}

/// Somebody who may not join.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Refused {
    pub participant: String,
    pub rules: BTreeSet<&'static str>,
}

/// The meetings of a week with free seats, by group and start; and those who wait of whom nothing can be said, with why.
pub async fn openings(
    store: &Store,
    key: Key<'_>,
    group: Option<String>,
) -> Result<(Vec<Opening>, Vec<Waiter>), Refusal> {
    let mut known = weeks::known(store, key).await?;
    Ok(compute(move || -> Result<_, Failure> {
        let (waiting, problem) = admit_waiting(&mut known)?;
        let (waiting, not_judged): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|w| w.errors.is_empty());
        let text = json!({ "sessions": known.so_far()? }).to_string();
        let given = read_calendar(text.as_bytes()).map_err(|e| Failure::reading(Document::Calendar, e))?;
        Ok((of_calendar(problem, &given.sessions, group.as_deref(), &waiting), not_judged))
    })
    .await??)
}

fn of_calendar(problem: Problem, sessions: &[GivenSession], only: Option<&str>, waiting: &[Waiter]) -> Vec<Opening> {
    let instance = Instance::new(Arc::new(problem));
    let problem = &instance.problem;
    let booked: Vec<_> = sessions.iter().map(|s| instance.book(s)).collect();
    let before = rules::judge(&instance, &booked);
    let missing: Vec<_> = before.missing.iter().map(|(order, _)| &instance.orders[order.i()]).collect();
    let mut openings = Vec::new();
    for group in problem.groups.iter().filter(|g| only.is_none_or(|only| *g.id == *only)) {
        let Some(service) = problem.services.iter().find(|s| *s.id == *group.service) else { continue };
        let is_held = |s: &GivenSession| s.group.as_deref() == Some(&*group.id);
        let mut held: Vec<&GivenSession> = sessions.iter().filter(|s| is_held(s)).collect();
        held.sort_by_key(|s| s.start);
        for session in &held {
            let seats = seats(problem, group, service, session);
            let free = seats.saturating_sub(session.participants.len());
            if free == 0 {
                continue;
            }
            let (mut may, mut may_not) = (Vec::new(), Vec::new());
            for order in &missing {
                let person = &problem.participants[order.participant.i()];
                let of_service = *problem.services[order.service.i()].id == *service.id;
                let wanted = person.orders.iter().find(|o| *o.service == *group.service);
                let allowed = wanted.is_some_and(|o| o.groups.is_empty() || o.groups.iter().any(|g| **g == *group.id));
                if !of_service || !allowed || session.participants.iter().any(|p| **p == *person.id) {
                    continue;
                }
                let joined: Vec<_> = sessions
                    .iter()
                    .map(|s| {
                        let joins = s.id == session.id || (group.roster == Roster::Closed && is_held(s));
                        let mut s = s.clone();
                        if joins {
                            s.participants.push(person.id.to_string());
                        }
                        instance.book(&s)
                    })
                    .collect();
                let after = rules::judge(&instance, &joined).violations;
                let broken: BTreeSet<&'static str> =
                    after.iter().filter(|v| !before.violations.contains(v)).map(|v| v.rule).collect();
                if broken.is_empty() {
                    may.push(person.id.to_string());
                } else {
                    may_not.push(Refused { participant: person.id.to_string(), rules: broken });
                }
            }
            let candidates = waiting.iter().filter(|w| may.contains(&w.participant)).map(Candidate::of);
            let candidates: Vec<Candidate> = candidates.collect();
            may.retain(|id| !candidates.iter().any(|c| c.participant == *id));
            openings.push(Opening {
                session: session.id.clone(),
                group: group.id.to_string(),
                service: service.id.to_string(),
                start: session.start.to_string(),
                seats,
                free,
                may,
                waiting: candidates,
                may_not,
            });
        }
    }
    openings
}

/// How many a meeting can have.
fn seats(
    problem: &Problem,
    group: &Group,
    service: &careweave_solver::problem::Service,
    session: &GivenSession,
) -> usize {
    let size = service.group.as_ref();
    let most = group.max.or(size.map(|s| s.max)).unwrap_or(1);
    let room = session.room.as_deref().and_then(|id| problem.rooms.iter().find(|r| *r.id == *id));
    let of_room = room.map_or(u32::MAX, |r| r.capacity);
    let each = size.and_then(|s| s.participants_per_clinician).filter(|_| service.clinicians > 0);
    let of_clinicians = each.map_or(u32::MAX, |each| each.saturating_mul(service.clinicians));
    most.min(of_room).min(of_clinicians) as usize
}
