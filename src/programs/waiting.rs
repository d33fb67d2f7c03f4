//! The waiting list: who waits, and whether a week has room for each of them, as a whole, in part, or why not.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use careweave_solver::{
    instance::{Booked, Instance},
    problem::{Fault, Problem, read_calendar},
    recommend::{self, Admission, Plan, Verdict},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    Kind, Refusal, Stored, assemble, compute,
    episode::{Contact, Day, Waiting, plus},
    json, stored, table,
    weeks::{self, For, Key, Known},
};
use crate::{
    failure::{Document, Failure, counted},
    store::Store,
};

/// Somebody who waits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Waiter {
    pub participant: String,
    /// The day on which they asked.
    #[schema(value_type = String)]
    pub since: Day,
    /// The first day on which they could come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub from: Option<Day>,
    /// Larger goes first.
    pub priority: u32,
    /// What was said to them, and when.
    pub contacts: Vec<Contact>,
    /// What the week that was asked about can do: `verdict` `whole`, `part` or `none`, the sessions, who must be called, and
    /// what stays unmet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admission: Option<Admission>,
    /// The same in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why the week can't be looked at with this participant in it, so that there is no verdict; pointers are into the participant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// Who waits: those of higher priority first, then who has waited longer.
pub async fn list(store: &Store, (tenant, program): (&str, &str)) -> Result<Vec<Waiter>, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    Ok(waiters(parts.list(Kind::Participants))?)
}

fn waiters(people: &[Stored]) -> Result<Vec<Waiter>, Failure> {
    let mut all = Vec::new();
    for person in people.iter().filter(|p| p.body.contains("\"waiting\"")) {
        if let Some(waiting) = Waiting::of(&stored(&person.body)?) {
            let Waiting { since, from, priority, contacts } = waiting;
            let (participant, errors) = (person.id.clone(), Vec::new());
            all.push(Waiter { participant, since, from, priority, contacts, admission: None, text: None, errors });
        }
    }
    all.sort_by_key(|w| (Reverse(w.priority), w.since));
    Ok(all)
}

/// Those who wait, in their order, and the week's problem in which each of them is admitted on the first day of it that both
/// sides can; from here on the week is looked at so. Who makes it invalid is left out of it, with the errors.
pub fn admit_waiting(known: &mut Known) -> Result<(Vec<Waiter>, Problem), Failure> {
    let mut all = waiters(known.parts.list(Kind::Participants))?;
    let outside = known.parts.list(Kind::Participants).to_vec();
    loop {
        let mut open: Vec<&mut Waiter> = all.iter_mut().filter(|w| w.errors.is_empty()).collect();
        let faults = match admit(known, &outside, &open)? {
            Ok(problem) => return Ok((all, problem)),
            Err(faults) if open.is_empty() => return Err(Failure::Invalid { document: Document::Problem, faults }),
            Err(faults) => faults,
        };
        for waiter in &mut open {
            waiter.refuse(faults.iter().filter_map(|fault| of_participant(fault, &waiter.participant)).collect());
        }
        if open.iter().all(|w| w.errors.is_empty()) {
            // No fault names one of them: it is of the first with whom there is any.
            for n in 0..=open.len() {
                if let Err(faults) = admit(known, &outside, &open[..n])? {
                    let Some(last) = n.checked_sub(1) else {
                        return Err(Failure::Invalid { document: Document::Problem, faults });
                    };
                    open[last].refuse(faults);
                    break;
                }
            }
        }
    }
}

/// The week's problem with some of those who wait in it, and nobody else who does; or what is wrong with it.
fn admit(known: &mut Known, outside: &[Stored], some: &[&mut Waiter]) -> Result<Result<Problem, Vec<Fault>>, Failure> {
    let date = known.date;
    let last = plus(date, 6);
    for (person, outside) in known.parts.list_mut(Kind::Participants).iter_mut().zip(outside) {
        person.body.clone_from(&outside.body);
        let waiter = some.iter().find(|w| w.participant == person.id);
        let from = waiter.map(|w| w.from.map_or(date, |day| day.0));
        if let Some(from) = from.filter(|from| *from <= last) {
            let mut body: Value = stored(&person.body)?;
            body["admitted"] = json!(from.max(date));
            person.body = json(&body)?;
        }
    }
    match assemble::read(&known.problem(For::Standing)?) {
        Ok(problem) => Ok(Ok(problem)),
        Err(Failure::Invalid { document: Document::Problem, faults }) => Ok(Err(faults)),
        Err(other) => Err(other),
    }
}

/// A fault of a problem, if it is a participant's: with a pointer into it.
fn of_participant(fault: &Fault, id: &str) -> Option<Fault> {
    let rest = fault.path.strip_prefix("/participants/")?.strip_prefix(id)?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    let within = fault.pointer.splitn(4, '/').nth(3).map_or(String::new(), |rest| format!("/{rest}"));
    Some(Fault { pointer: within, ..fault.clone() })
}

impl Waiter {
    /// Notes why there can be no verdict, if there is a reason.
    fn refuse(&mut self, errors: Vec<Fault>) {
        if !errors.is_empty() {
            let details: Vec<&str> = errors.iter().map(|fault| &*fault.detail).collect();
            self.text = Some(format!("Can't be judged: {}", details.join(" ")));
            self.errors = errors;
        }
    }
}

/// The same with each one's verdict for a week: alone, or (`in_turn`) with those before already there. Within a priority
/// whoever can come as a whole goes before who can in part, and these before others.
pub async fn verdicts(store: &Store, key: Key<'_>, in_turn: bool) -> Result<Vec<Waiter>, Refusal> {
    let mut known = weeks::known(store, key).await?;
    Ok(compute(move || -> Result<_, Failure> {
        let (mut all, problem) = admit_waiting(&mut known)?;
        let ids: Vec<String> = all.iter().map(|w| w.participant.clone()).collect();
        let mut found: BTreeMap<String, Admission> = BTreeMap::new();
        for admission in admissions(&known, problem, &ids, in_turn)? {
            found.insert(admission.participant.to_string(), admission);
        }
        for waiter in all.iter_mut().filter(|w| w.errors.is_empty()) {
            waiter.admission = found.remove(&waiter.participant);
            waiter.text = Some(match &waiter.admission {
                Some(admission) => sentence(admission),
                None => "Can't come in this week yet.".to_owned(),
            });
        }
        let fit = |w: &Waiter| w.admission.as_ref().map_or((Verdict::None, u32::MAX), |a| (a.verdict, left(a)));
        if !in_turn {
            all.sort_by_key(|w| (Reverse(w.priority), fit(w), w.since));
        }
        Ok(all)
    })
    .await??)
}

/// What a week can still do for somebody who is in treatment: make-ups for what was missed, and whatever else is missing.
pub async fn makeups(store: &Store, key: Key<'_>, participant: String) -> Result<Option<Admission>, Refusal> {
    let known = weeks::known(store, key).await?;
    let found = move || {
        let problem = assemble::read(&known.problem(For::Standing)?)?;
        admissions(&known, problem, &[participant], false)
    };
    Ok(compute(found).await??.pop())
}

/// What the calendar of a week, or else the hours of the week before, can do for those of some participants who are in it.
fn admissions(known: &Known, problem: Problem, ids: &[String], in_turn: bool) -> Result<Vec<Admission>, Failure> {
    let so_far = known.so_far()?;
    let text = match (so_far.is_empty(), known.start()?) {
        (true, Some(start)) => start,
        _ => json!({ "sessions": so_far }).to_string(),
    };
    let given = read_calendar(text.as_bytes()).map_err(|e| Failure::reading(Document::Calendar, e))?;
    let instance = Arc::new(Instance::new(Arc::new(problem)));
    let sessions: Vec<Booked> = given.sessions.iter().map(|s| instance.book(s)).collect();
    let people: Vec<_> = ids.iter().filter_map(|id| instance.participant_named(id)).collect();
    Ok(recommend::admissions(&instance, &sessions, &people, in_turn))
}

fn left(admission: &Admission) -> u32 {
    admission.unmet.iter().map(|u| u.missing_sessions).sum()
}

/// A verdict in words.
fn sentence(admission: &Admission) -> String {
    let all = counted(admission.missing_sessions as usize, "session");
    let Some(plan) = admission.plans.first() else {
        let reasons = || admission.unmet.iter().flat_map(|u| &u.reasons);
        let reason = reasons().filter(|r| r.code != "TRADE_OFF").max_by_key(|r| r.count).map_or("", |r| &r.detail);
        // Where some place breaks no rule, what was tried did not use it: that is no proof that nobody could.
        return match reasons().any(|r| r.code == "TRADE_OFF") {
            true => format!("No way was found for any of {all}. {reason}"),
            false => format!("Can't come: none of {all} has a place. {reason}"),
        };
    };
    let calls = |plan: &Plan| match plan.contacts.len() {
        0 => String::new(),
        n => format!(", with {}", counted(n, "call")),
    };
    if plan.missing_sessions == 0 {
        return format!("Can come as a whole: {all}{}.", calls(plan));
    }
    let missing: Vec<String> =
        admission.unmet.iter().map(|u| format!("{} of {}", u.missing_sessions, u.order)).collect();
    let (placed, missing) = (plan.placed_sessions, missing.join(", "));
    let part = format!("Can come in part: {placed} of {all}{}; missing {missing}.", calls(plan));
    // A further plan places more, for more calls.
    match admission.plans.get(1) {
        None => part,
        Some(more) if more.missing_sessions == 0 => format!("{part} As a whole{}.", calls(more)),
        Some(more) => format!("{part} {} of {all}{}.", more.placed_sessions, calls(more)),
    }
}
