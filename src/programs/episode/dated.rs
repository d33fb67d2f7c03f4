//! What is so from a day on, or only in some weeks: fields of an entity that change, commitments of a term.

use careweave_solver::problem::Date;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    fields::{Day, plus},
    share::clip,
};
use crate::programs::{Kind, edit::merge};

/// Fields of an entity that are others from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The first day.
    pub from: Day,
    /// A merge patch of the entity.
    pub set: Map<String, Value>,
}

/// Fields that are stored only, or have dates of their own.
const NEVER: [&str; 10] =
    ["id", "changes", "orders", "phases", "admitted", "discharged", "episodes", "hold", "licences", "certificates"];

impl Change {
    /// Why it can't be, in words.
    pub fn fault(&self) -> Option<String> {
        let name = self.set.keys().find(|name| NEVER.contains(&name.as_str()))?;
        Some(format!("`{name}` does not change so: it has dates of its own, or none"))
    }
}

/// The changes of an entity, by their day.
pub fn changes(body: &Value) -> Vec<Change> {
    let mut list = Vec::<Change>::deserialize(&body["changes"]).unwrap_or_default();
    list.sort_by_key(|change| change.from);
    list
}

/// An entity as in a week: with the changes that the fourth day of it has, in which most of it lies. Who changes sites
/// within the week may go to both.
pub fn changed(kind: Kind, body: &mut Value, week: Date) {
    let (middle, last) = (plus(week, 3), plus(week, 6));
    let all = changes(body);
    if let Some(members) = body.as_object_mut() {
        members.remove("changes");
    }
    let before = body.clone();
    let mut both: Vec<Value> = Vec::new();
    for change in all.iter().filter(|change| change.from.0 <= last) {
        if change.from.0 > week && kind == Kind::Participants {
            both.extend(sites(body));
            let mut after = before.clone();
            all.iter().filter(|c| c.from <= change.from).for_each(|c| merge(&mut after, Value::Object(c.set.clone())));
            both.extend(sites(&after));
        }
        if change.from.0 <= middle {
            merge(body, Value::Object(change.set.clone()));
        }
    }
    let here = sites(body);
    if both.iter().any(|site| !here.contains(site)) {
        let mut all = here;
        both.into_iter().for_each(|site| {
            if !all.contains(&site) {
                all.push(site);
            }
        });
        body["sites"] = all.into();
    }
}

/// Where a participant goes.
fn sites(body: &Value) -> Vec<Value> {
    body["sites"].as_array().cloned().unwrap_or_else(|| vec![body["home_site"].clone()])
}

/// Dates of a commitment, which no problem has.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Term {
    /// The first day on which it holds.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
    /// Only every so many weeks, from the week that `from` lies in.
    pub every_weeks: Option<u16>,
}

/// Their names.
const TERM: [&str; 3] = ["from", "until", "every_weeks"];

impl Term {
    /// Reads the dates of a commitment.
    pub fn read(commitment: &Value) -> Result<Self, String> {
        let term = Term::deserialize(commitment).map_err(|e| e.to_string())?;
        if term.from.zip(term.until).is_some_and(|(from, until)| until < from) {
            return Err("it ends before it begins".into());
        }
        match term.every_weeks {
            Some(0) => Err("`every_weeks` is 1 or more".into()),
            Some(_) if term.from.is_none() => Err("weeks are counted from `from`, which is missing".into()),
            _ => Ok(term),
        }
    }
}

/// Takes the dates out of a commitment; whether there were any.
pub fn bare_commitment(commitment: &mut Value) -> bool {
    let Some(members) = commitment.as_object_mut() else { return false };
    TERM.iter().filter(|name| members.remove(**name).is_some()).count() > 0
}

/// Leaves the commitments that a week has, on the days on which they hold.
pub fn commitments(body: &mut Value, week: Date) {
    let last = plus(week, 6);
    let Some(list) = body.get_mut("commitments").and_then(Value::as_array_mut) else { return };
    list.retain_mut(|commitment| {
        let term = Term::read(commitment).unwrap_or_default();
        if !bare_commitment(commitment) {
            return true;
        }
        let (from, until) = (term.from.map_or(week, |d| d.0), term.until.map_or(last, |d| d.0));
        let number = ((week.0 - from.0).num_days().max(0) + 6) / 7;
        if from > last || until < week || term.every_weeks.is_some_and(|n| number % i64::from(n) != 0) {
            return false;
        }
        if from > week || until < last {
            commitment["windows"] = clip(&commitment["windows"], week, (from.max(week), until.min(last)));
        }
        true
    });
}
