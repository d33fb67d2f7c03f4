//! The waiting list: who waits, and whether a week has room for each of them, as a whole, in part, or why not.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use careweave_solver::{
    instance::{Booked, Instance},
    problem::{Date, read_calendar},
    recommend::{self, Admission, Plan, Verdict},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    Kind, Refusal, assemble, compute,
    episode::Waiting,
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
    #[serde(flatten)]
    pub waiting: Waiting,
    /// What the week that was asked about can do: `verdict` `whole`, `part` or `none`, the sessions, who must be called, and
    /// what stays unmet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub admission: Option<Admission>,
    /// The same in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Who waits: those of higher priority first, then who has waited longer.
pub async fn list(store: &Store, (tenant, program): (&str, &str)) -> Result<Vec<Waiter>, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    Ok(waiters(parts.list(Kind::Participants))?)
}

fn waiters(people: &[super::Stored]) -> Result<Vec<Waiter>, Failure> {
    let mut all = Vec::new();
    for person in people.iter().filter(|p| p.body.contains("\"waiting\"")) {
        if let Some(waiting) = Waiting::of(&stored(&person.body)?) {
            all.push(Waiter { participant: person.id.clone(), waiting, admission: None, text: None });
        }
    }
    all.sort_by_key(|w| (Reverse(w.waiting.priority), w.waiting.since));
    Ok(all)
}

/// Those who wait, in their order; from here on the week is looked at as if each of them were admitted on the first day of
/// it that both sides can.
pub fn admit_waiting(known: &mut Known) -> Result<Vec<Waiter>, Failure> {
    let date = known.date;
    let last = Date(date.0.checked_add_days(chrono::Days::new(6)).unwrap_or(date.0));
    let all = waiters(known.parts.list(Kind::Participants))?;
    for person in known.parts.list_mut(Kind::Participants) {
        let Some(waiter) = all.iter().find(|w| w.participant == person.id) else { continue };
        let from = waiter.waiting.from.map_or(date, |day| day.0);
        let mut body: Value = stored(&person.body)?;
        if from <= last {
            body["admitted"] = json!(from.max(date));
            person.body = json(&body)?;
        }
    }
    Ok(all)
}

/// The same with each one's verdict for a week: alone, or (`in_turn`) with those before already there. Within a priority
/// whoever can come as a whole goes before who can in part, and these before others.
pub async fn verdicts(store: &Store, key: Key<'_>, in_turn: bool) -> Result<Vec<Waiter>, Refusal> {
    let mut known = weeks::known(store, key).await?;
    Ok(compute(move || -> Result<_, Failure> {
        let mut all = admit_waiting(&mut known)?;
        let ids: Vec<String> = all.iter().map(|w| w.participant.clone()).collect();
        let mut found: BTreeMap<String, Admission> = BTreeMap::new();
        for admission in admissions(&known, &ids, in_turn)? {
            found.insert(admission.participant.to_string(), admission);
        }
        for waiter in &mut all {
            waiter.admission = found.remove(&waiter.participant);
            waiter.text = Some(match &waiter.admission {
                Some(admission) => sentence(admission),
                None => "Can't come in this week yet.".to_owned(),
            });
        }
        let fit = |w: &Waiter| w.admission.as_ref().map_or((Verdict::None, u32::MAX), |a| (a.verdict, left(a)));
        if !in_turn {
            all.sort_by_key(|w| (Reverse(w.waiting.priority), fit(w), w.waiting.since));
        }
        Ok(all)
    })
    .await??)
}

/// What a week can still do for somebody who is in treatment: make-ups for what was missed, and whatever else is missing.
pub async fn makeups(store: &Store, key: Key<'_>, participant: String) -> Result<Option<Admission>, Refusal> {
    let known = weeks::known(store, key).await?;
    Ok(compute(move || admissions(&known, &[participant], false)).await??.pop())
}

/// What the calendar of a week, or else the hours of the week before, can do for those of some participants who are in it.
fn admissions(known: &Known, ids: &[String], in_turn: bool) -> Result<Vec<Admission>, Failure> {
    let problem = assemble::read(&known.problem(For::Standing)?)?;
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
