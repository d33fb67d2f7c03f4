//! Why what is unmet is unmet, and what would change it, as it is told.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use careweave_solver::{
    calendar::{self, Session, Unmet},
    explain::{self, Asked},
    instance::{Booked, Instance, OrderIx},
    problem::{GivenSession, Stamp},
    remedies::{self, Found, Search},
    rules,
    scenario::edits::Edit,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{order, unknown};
use crate::failure::Failure;

/// What is told of the unmet orders of a calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// One entry for each unmet order, in the calendar's order.
    pub unmet: Vec<Explained>,
    /// The group, where one was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<OfGroup>,
}

/// Why a group does not meet, or not more often.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfGroup {
    /// The group.
    pub group: String,
    /// Its service.
    pub service: String,
    /// Meetings that it has in the week.
    pub meetings: usize,
    /// Those that are held.
    pub held: usize,
    /// Fewest participants of a meeting.
    pub fewest: usize,
    /// Who lacks a session of its service and may join it.
    pub could_join: Vec<String>,
    /// Starts and clinicians that one more meeting could have; none where all are held.
    pub places: u64,
    /// Each place counted once, under the first code that forbids it.
    pub reasons: Vec<Reason>,
    /// The reason in a few words.
    pub text: String,
}

impl From<explain::Held> for OfGroup {
    fn from(told: explain::Held) -> Self {
        let explain::Held { group, service, meetings, held, fewest, could_join, places, reasons, text } = told;
        OfGroup {
            group: group.to_string(),
            service: service.to_string(),
            meetings,
            held,
            fewest,
            could_join: could_join.iter().map(ToString::to_string).collect(),
            places,
            reasons: reasons.into_iter().map(Reason::from).collect(),
            text,
        }
    }
}

/// Why an order is unmet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explained {
    /// Whose.
    pub participant: String,
    /// Which order.
    pub order: String,
    /// Of which service.
    pub service: String,
    /// How many sessions are missing.
    pub missing_sessions: u32,
    /// How many minutes that is.
    pub missing_minutes: u64,
    /// How many places there are at all.
    pub places: u64,
    /// Each place counted once, under the first code that forbids it.
    pub reasons: Vec<Reason>,
    /// Small changes that would give it one more session, smallest first; each was made and judged.
    pub remedies: Vec<Remedy>,
    /// What was tried where nothing helps; empty also where there was no time.
    pub tried: Vec<&'static str>,
}

/// One small change, and what it brings.
#[derive(Debug, Serialize, ToSchema)]
pub struct Remedy {
    /// Edits of the problem, by ids; none where another session moves, or nothing has to change.
    pub edits: Vec<Edit>,
    /// The same as a sentence, with what becomes possible.
    pub text: String,
    /// What kind of change it is, such as `longer-shift`.
    pub kind: &'static str,
    /// Cost of the calendar at hand.
    pub objective_before: u64,
    /// Cost of the calendar with the sessions placed, in the changed problem.
    pub objective_after: u64,
    /// Other sessions that move.
    pub moved_sessions: usize,
    /// Sessions that are new, or that the participant joins, as they would be.
    pub sessions: Vec<Session>,
    /// Other sessions that move, as they would be.
    pub moves: Vec<Session>,
}

impl From<remedies::Remedy> for Remedy {
    fn from(remedy: remedies::Remedy) -> Self {
        let remedies::Remedy { edits, text, kind, objective_before, objective_after, moved_sessions, sessions, moves } =
            remedy;
        Remedy { edits, text, kind, objective_before, objective_after, moved_sessions, sessions, moves }
    }
}

/// What forbids some of the places.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// Code, such as `COMMITTED`.
    pub code: &'static str,
    /// How many places it forbids.
    pub count: u64,
    /// The same as a sentence.
    pub detail: String,
    /// Who or what stands in the way.
    pub ids: Vec<String>,
}

impl From<calendar::Reason> for Reason {
    fn from(reason: calendar::Reason) -> Self {
        let calendar::Reason { code, count, detail, ids } = reason;
        Reason { code, count, detail, ids }
    }
}

impl Explained {
    fn new(unmet: Unmet, found: Found) -> Self {
        Explained {
            participant: unmet.participant.to_string(),
            order: unmet.order.to_string(),
            service: unmet.service.to_string(),
            missing_sessions: unmet.missing_sessions,
            missing_minutes: unmet.missing_minutes,
            places: unmet.places,
            reasons: unmet.reasons.into_iter().map(Reason::from).collect(),
            remedies: found.remedies.into_iter().map(Remedy::from).collect(),
            tried: found.tried,
        }
    }
}

/// Remedies of each order that are looked for.
const REMEDIES: usize = 3;
/// Seconds for looking for remedies by default.
pub const SECONDS: f64 = 5.0;

/// Which places of an order are asked about; all by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Places<'a> {
    /// Only those that begin then; without an offset it is local time of the participant's home site.
    pub at: Option<Stamp>,
    /// Only those with this clinician.
    pub clinician: Option<&'a str>,
}

impl Places<'_> {
    fn of(self, instance: &Instance, order: OrderIx) -> Result<Asked, Failure> {
        let home = instance.participants[instance.orders[order.i()].participant.i()].home;
        let start = self.at.map(|at| instance.axis.stamp(at, instance.site_zone(home)));
        let clinician = self.clinician.map(|id| {
            let known = instance.clinician_named(id);
            known.ok_or_else(|| unknown("clinician", id))
        });
        Ok(Asked { start, clinician: clinician.transpose()? })
    }
}

/// A calendar whose unmet orders are to be explained.
pub struct Question {
    instance: Arc<Instance>,
    sessions: Vec<Booked>,
    unmet: Vec<Unmet>,
}

impl Question {
    /// The unmet orders of a calendar, or one order, met or not, and of that all places or some.
    pub fn new(
        instance: Arc<Instance>,
        given: &[GivenSession],
        only: Option<&str>,
        places: Places,
    ) -> Result<Self, Failure> {
        let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
        let unmet = match only {
            Some(id) => {
                let order = order(&instance, id)?;
                vec![explain::places(&instance, &sessions, order, places.of(&instance, order)?)]
            }
            None => explain::unmet(&instance, &sessions, &rules::judge(&instance, &sessions).missing),
        };
        Ok(Question { instance, sessions, unmet })
    }

    /// Why the orders are unmet, and what would change it: looks so many seconds for remedies, and tells each once it is
    /// verified. Whoever hears of them may end the search.
    pub fn explain(self, seconds: f64, mut tell: impl FnMut(Verified) -> ControlFlow<()>) -> Explanation {
        let begin = Moment::now();
        let deadline = Some(begin + Duration::from_secs_f64(seconds.clamp(0.0, 3600.0)));
        let search = Search { most: REMEDIES, deadline };
        let Question { instance, sessions, unmet } = self;
        let found = remedies::remedies(&instance, &sessions, &unmet, search, &mut |k, remedy| {
            tell(Verified {
                order: unmet[k].order.to_string(),
                participant: unmet[k].participant.to_string(),
                seconds: begin.elapsed().as_secs_f64(),
                remedy: remedy.clone().into(),
            })
        });
        let each = unmet.into_iter().zip(found);
        Explanation { unmet: each.map(|(unmet, found)| Explained::new(unmet, found)).collect(), group: None }
    }
}

/// Why a group does not meet in a calendar, or not more often.
pub fn of_group(instance: &Instance, given: &[GivenSession], id: &str) -> Result<Explanation, Failure> {
    let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
    let group = instance.group_named(id).ok_or_else(|| unknown("group", id))?;
    Ok(Explanation { unmet: Vec::new(), group: Some(explain::group(instance, &sessions, group).into()) })
}

/// A remedy that was just verified.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verified {
    /// Of which order.
    pub order: String,
    /// Whose.
    pub participant: String,
    /// Since the search for remedies began.
    pub seconds: f64,
    /// What would give it one more session.
    pub remedy: Remedy,
}
