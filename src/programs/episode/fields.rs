//! Fields that are stored and that no problem has: when somebody is in treatment, in which phase, how orders recur, until
//! when a licence holds. Reads them, and says everything that is wrong with them.

use careweave_solver::problem::{Date, Fault, Id};
use chrono::Days;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value};

use super::{
    Recurrence,
    dated::{self, Change, Term},
    earlier::Earlier,
    waiting::Waiting,
};
use crate::programs::Kind;

/// Stored-only fields of a participant, but for `record`, which is kept apart.
const OF_PARTICIPANT: [&str; 7] = ["admitted", "discharged", "episodes", "hold", "phases", "changes", "waiting"];
/// Bytes of what is noted of earlier episodes, at most.
const NOTED: usize = 1 << 20;
/// Stored-only fields of a clinician.
const OF_CLINICIAN: [&str; 3] = ["licences", "certificates", "changes"];
/// Stored-only fields of everything else.
const OF_OTHERS: [&str; 1] = ["changes"];

/// A day so many days later.
pub fn plus(date: Date, days: u64) -> Date {
    Date(date.0.checked_add_days(Days::new(days)).unwrap_or(date.0))
}

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Day).map_err(|()| D::Error::custom("a date such as \"2026-11-30\" is expected"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// When a participant is in treatment.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Episode {
    pub admitted: Option<Day>,
    /// The last day.
    pub discharged: Option<Day>,
    #[serde(default, deserialize_with = "holds")]
    pub hold: Vec<Hold>,
    #[serde(default)]
    pub phases: Vec<Phase>,
    /// The plan outside all phases.
    #[serde(default)]
    pub plan: Value,
    /// Orders that always stand.
    #[serde(default)]
    pub orders: Vec<Value>,
    /// Whether it is over, and another one follows.
    #[serde(skip)]
    pub earlier: bool,
}

/// Days on which a participant does not come, though the episode goes on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    pub from: Day,
    /// The last day; open where absent.
    pub to: Option<Day>,
}

/// One hold or several.
fn holds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hold>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Holds {
        One(Hold),
        Many(Vec<Hold>),
    }
    Ok(match Holds::deserialize(deserializer)? {
        Holds::One(hold) => vec![hold],
        Holds::Many(list) => list,
    })
}

/// A part of an episode, with a plan and orders of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub name: Option<String>,
    /// The first day; or `after_weeks` weeks after the admission.
    pub from: Option<Day>,
    pub after_weeks: Option<u16>,
    pub level_of_care: Option<String>,
    pub plan: Option<Map<String, Value>>,
    pub orders: Option<Vec<Value>>,
}

/// A licence or a certificate of a clinician.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// The jurisdiction, or the credential.
    #[serde(alias = "jurisdiction", alias = "credential")]
    pub of: String,
    pub from: Option<Day>,
    /// The last day on which it holds.
    pub until: Option<Day>,
}

/// The stored-only fields of an entity of this kind, by name.
pub fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Participants => &OF_PARTICIPANT,
        Kind::Clinicians => &OF_CLINICIAN,
        _ => &OF_OTHERS,
    }
}

/// Takes the stored-only fields out of an entity; what is left is as a problem has it. The orders of its phases, which a
/// problem must know as well as the others, are put among them.
pub fn bare(kind: Kind, entity: &mut Value) {
    let Some(members) = entity.as_object_mut() else { return };
    let phases = members.get("phases").cloned().unwrap_or_default();
    for name in names(kind) {
        members.remove(*name);
    }
    if kind != Kind::Participants {
        return;
    }
    for commitment in members.get_mut("commitments").and_then(Value::as_array_mut).into_iter().flatten() {
        dated::bare_commitment(commitment);
    }
    if let Some(orders) = members.get_mut("orders").and_then(Value::as_array_mut) {
        let known = |orders: &[Value], order: &Value| orders.iter().any(|o| o["id"] == order["id"]);
        for order in phases.as_array().into_iter().flatten().filter_map(|p| p["orders"].as_array()).flatten() {
            if !known(orders, order) {
                orders.push(order.clone());
            }
        }
        for order in orders {
            if let Some(order) = order.as_object_mut() {
                order.remove("recurrence");
            }
        }
    }
}

/// An entity with the stored-only fields that it had before.
pub fn kept(kind: Kind, entity: &Value, before: &Value) -> Value {
    let mut entity = entity.clone();
    for name in names(kind) {
        if !before[*name].is_null() {
            entity[*name] = before[*name].clone();
        }
    }
    if kind == Kind::Participants {
        keep_terms(&mut entity, before);
        let orders = |of: &Value| of["orders"].as_array().cloned().unwrap_or_default();
        let (had, of_phases) = (orders(before), before["phases"].as_array().cloned().unwrap_or_default());
        let of_phases: Vec<Value> = of_phases.iter().flat_map(orders).collect();
        let find = |list: &[Value], id: &Value| list.iter().find(|o| o["id"] == *id).cloned();
        if let Some(list) = entity["orders"].as_array_mut() {
            // Orders of phases alone were among the others only to be checked.
            list.retain(|o| find(&had, &o["id"]).is_some() || find(&of_phases, &o["id"]).is_none());
            for order in list {
                if let Some(recurrence) =
                    find(&had, &order["id"]).map(|o| o["recurrence"].clone()).filter(|r| !r.is_null())
                {
                    order["recurrence"] = recurrence;
                }
            }
        }
    }
    entity
}

/// A commitment that is as it was keeps its dates.
fn keep_terms(entity: &mut Value, before: &Value) {
    for commitment in entity.get_mut("commitments").and_then(Value::as_array_mut).into_iter().flatten() {
        let same = |had: &&Value| {
            let mut bare = (*had).clone();
            dated::bare_commitment(&mut bare) && bare == *commitment
        };
        if let Some(had) = before["commitments"].as_array().into_iter().flatten().find(same) {
            *commitment = had.clone();
        }
    }
}

/// Whether an entity's text may have stored-only fields.
pub fn may_have(kind: Kind, text: &str) -> bool {
    names(kind).iter().any(|name| text.contains(&format!("\"{name}\"")))
        || (kind == Kind::Participants && ["\"recurrence\"", "\"commitments\""].iter().any(|name| text.contains(name)))
}

/// Everything that is wrong with an entity's stored-only fields.
pub fn faults(kind: Kind, entity: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |pointer: String, detail: String| {
        faults.push(Fault { path: pointer.clone(), pointer, code: "invalid-value", detail, hint: None });
    };
    for (k, change) in list(entity, "changes", &mut fault).iter().enumerate() {
        let wrong =
            serde_json::from_value::<Change>(change.clone()).map_or_else(|e| Some(e.to_string()), |c| c.fault());
        if let Some(why) = wrong {
            fault(format!("/changes/{k}"), format!("This is no change `{{\"from\": DATE, \"set\": {{…}}}}`: {why}."));
        }
    }
    match kind {
        Kind::Participants => {
            for (k, commitment) in entity["commitments"].as_array().into_iter().flatten().enumerate() {
                if let Err(e) = Term::read(commitment) {
                    fault(format!("/commitments/{k}"), format!("The dates of this commitment can't be: {e}."));
                }
            }
            if let Err(e) = Waiting::read(entity) {
                fault("/waiting".into(), format!("This is no place on the waiting list: {e}."));
            }
            let date = |name: &str| entity[name].as_str().and_then(|d| d.parse::<Date>().ok());
            for name in ["admitted", "discharged"] {
                if !entity[name].is_null() && date(name).is_none() {
                    fault(format!("/{name}"), format!("`{name}` is a date such as 2026-11-30."));
                }
            }
            if let (Some(from), Some(to)) = (date("admitted"), date("discharged"))
                && to < from
            {
                fault("/discharged".into(), "Nobody is discharged before the admission.".into());
            }
            for (k, earlier) in list(entity, "episodes", &mut fault).iter().enumerate() {
                let read = Earlier::deserialize(earlier);
                let begins = read.as_ref().map(|e| (e.discharged, e.admitted));
                let over = |to: Day| date("admitted").is_none_or(|again| again > to.0);
                if !begins.is_ok_and(|(to, from)| from.is_none_or(|from| from <= to) && over(to)) {
                    let detail = "An earlier episode is `{\"admitted\"?: DATE, \"discharged\": DATE}`, and over before the admission.";
                    fault(format!("/episodes/{k}"), detail.into());
                    continue;
                }
                let own = read.iter().flat_map(Earlier::faults).chain(of_episode(earlier, &|_| true));
                own.for_each(|(pointer, detail)| fault(format!("/episodes/{k}{pointer}"), detail));
            }
            if entity["episodes"].to_string().len() > NOTED {
                let detail =
                    "What is noted of earlier episodes is more than a megabyte; a note with its days alone is short.";
                fault("/episodes".into(), detail.into());
            }
            if Earlier::noted(entity).windows(2).any(|two| two[1].admitted.is_none_or(|from| from <= two[0].discharged))
            {
                fault("/episodes".into(), "An episode is over before the next begins.".into());
            }
            of_episode(entity, &|at| at != "/orders").into_iter().for_each(|(pointer, detail)| fault(pointer, detail));
        }
        Kind::Clinicians => {
            for name in ["licences", "certificates"] {
                for (k, licence) in list(entity, name, &mut fault).iter().enumerate() {
                    if let Err(e) = serde_json::from_value::<Licence>(licence.clone()) {
                        fault(format!("/{name}/{k}"), format!("This can't be read: {e}."));
                    }
                }
            }
        }
        _ => {}
    }
    faults
}

/// What is wrong with the hold, the phases and the orders of an episode; `with_ids` says of which lists of orders the ids are
/// looked at.
fn of_episode(entity: &Value, with_ids: &dyn Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut fault = |pointer: String, detail: String| faults.push((pointer, detail));
    let hold = entity["hold"].clone();
    match if hold.is_null() { Ok(Vec::new()) } else { holds(hold) } {
        Ok(holds) if holds.iter().any(|hold| hold.to.is_some_and(|to| to < hold.from)) => {
            fault("/hold".into(), "A hold ends before it begins.".into());
        }
        Ok(_) => {}
        Err(_) => fault("/hold".into(), "A hold is `{\"from\": DATE, \"to\"?: DATE}`, or a list of them.".into()),
    }
    let admitted = entity["admitted"].as_str().is_some_and(|d| d.parse::<Date>().is_ok());
    for (k, phase) in list(entity, "phases", &mut fault).iter().enumerate() {
        match serde_json::from_value::<Phase>(phase.clone()) {
            Ok(phase) if phase.from.is_some() == phase.after_weeks.is_some() => {
                let detail = "A phase begins `from` a day, or `after_weeks` weeks: one of them.";
                fault(format!("/phases/{k}"), detail.into());
            }
            Ok(phase) if phase.after_weeks.is_some() && !admitted => {
                let detail = "Weeks are counted from `admitted`, which is missing.";
                fault(format!("/phases/{k}/after_weeks"), detail.into());
            }
            Ok(_) => {}
            Err(e) => fault(format!("/phases/{k}"), format!("This is no phase: {e}.")),
        }
    }
    let phases = entity["phases"].as_array().into_iter().flatten().enumerate();
    let of_phases = phases.map(|(k, p)| (format!("/phases/{k}/orders"), &p["orders"]));
    for (at, orders) in [("/orders".to_owned(), &entity["orders"])].into_iter().chain(of_phases) {
        for (k, order) in orders.as_array().into_iter().flatten().enumerate() {
            if let Err(e) = Recurrence::read(&order["recurrence"]) {
                fault(format!("{at}/{k}/recurrence"), format!("This is no recurrence: {e}."));
            }
            if order["id"].as_str().is_none_or(|id| id.parse::<Id>().is_err()) && with_ids(&at) {
                fault(format!("{at}/{k}/id"), "An order has an id.".into());
            }
        }
    }
    faults
}

/// A list, or nothing and a fault where it is none.
fn list(entity: &Value, name: &str, fault: &mut impl FnMut(String, String)) -> Vec<Value> {
    match &entity[name] {
        Value::Null => Vec::new(),
        Value::Array(list) => list.clone(),
        _ => {
            fault(format!("/{name}"), format!("`{name}` is a list."));
            Vec::new()
        }
    }
}
