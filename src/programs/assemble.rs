//! The problem of a week, made of what a programme stores.

use std::collections::{BTreeMap, BTreeSet};

use careweave_solver::problem::{self, Date, Fault, Faults, Problem, ReadError};
use serde_json::{Map, Value};

use super::{
    Kind, Stored,
    episode::{self, History},
    json, stored,
};
use crate::failure::{Document, Failure};

/// What a problem is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The programme's own fields of a problem, such as `weights`.
    pub defaults: Map<String, Value>,
    /// Counts the changes of the programme.
    pub clock: i64,
    /// The lists, in the order of [`Kind::ALL`].
    pub lists: [Vec<Stored>; 6],
}

/// Who stays in a group from the week before, by group.
pub type Members = BTreeMap<String, Vec<String>>;

/// What other weeks leave for one.
#[derive(Debug, Clone, Default)]
pub struct Around {
    pub members: Members,
    pub history: History,
}

/// A week in which everything is looked at that belongs to no week.
const ANY_WEEK: &str = "2026-01-05";

impl Parts {
    /// A list.
    pub fn list(&self, kind: Kind) -> &[Stored] {
        &self.lists[kind as usize]
    }

    /// A list, to be changed.
    pub fn list_mut(&mut self, kind: Kind) -> &mut Vec<Stored> {
        &mut self.lists[kind as usize]
    }

    /// The problem of a week as JSON: of each participant and clinician what is so in that week, `given` (such as
    /// `previous`) and what other weeks leave added.
    pub fn problem_of(&self, week: Date, given: &Map<String, Value>, around: &Around) -> Result<String, Failure> {
        let mut gone = BTreeSet::new();
        let mut bodies: BTreeMap<(usize, &str), String> = BTreeMap::new();
        for kind in [Kind::Clinicians, Kind::Participants] {
            for entity in self.list(kind) {
                match in_week(kind, entity, week, &around.history)? {
                    Some(body) => drop(bodies.insert((kind as usize, &*entity.id), body)),
                    None => drop(gone.insert(entity.id.as_str())),
                }
            }
        }
        self.text(&week.to_string(), given, |kind, entity| {
            Ok(match kind {
                Kind::Clinicians => bodies.get(&(kind as usize, &*entity.id)).cloned(),
                Kind::Participants => match bodies.get(&(kind as usize, &*entity.id)) {
                    Some(body) => Some(without(body, "apart_from", &gone)?),
                    None => None,
                },
                Kind::Groups => Some(without(&with_members(entity, &around.members)?, "members", &gone)?),
                _ => Some(entity.body.clone()),
            })
        })
    }

    fn text(
        &self,
        week: &str,
        given: &Map<String, Value>,
        shown: impl Fn(Kind, &Stored) -> Result<Option<String>, Failure>,
    ) -> Result<String, Failure> {
        let mut text = format!("{{\"version\":1,\"week_start\":\"{week}\"");
        let mut member = |name: &str, value: &str| {
            for part in [",\"", name, "\":", value] {
                text.push_str(part);
            }
        };
        for (name, value) in self.defaults.iter().chain(given) {
            member(name, &json(value)?);
        }
        for kind in Kind::ALL {
            let bodies = self.list(kind).iter().filter_map(|e| shown(kind, e).transpose());
            let bodies: Vec<String> = bodies.collect::<Result<_, _>>()?;
            member(kind.name(), &format!("[{}]", bodies.join(",")));
        }
        text.push('}');
        Ok(text)
    }

    /// Everything, as a problem of no particular week.
    pub fn whole(&self) -> Result<String, Failure> {
        self.text(ANY_WEEK, &Map::new(), |kind, entity| {
            if !episode::may_have(kind, &entity.body) {
                return Ok(Some(entity.body.clone()));
            }
            let mut body: Value = stored(&entity.body)?;
            episode::bare(kind, &mut body);
            json(&body).map(Some)
        })
    }

    /// What is wrong with the problem that the parts make, whatever the week.
    pub fn faults(&self) -> Result<Vec<Fault>, Failure> {
        let text = self.whole()?;
        match problem::read(text.as_bytes()) {
            Ok(_) => Ok(Vec::new()),
            Err(ReadError::Invalid(Faults(faults))) => Ok(faults),
            Err(syntax) => Err(Failure::reading(Document::Request, syntax)),
        }
    }
}

/// A group with those who stay in it.
fn with_members(group: &Stored, members: &Members) -> Result<String, Failure> {
    let Some(members) = members.get(&group.id) else { return Ok(group.body.clone()) };
    let mut body: Value = stored(&group.body)?;
    body["members"] = members.clone().into();
    json(&body)
}

/// A participant or clinician as in a week; nothing of who is not in treatment in it.
fn in_week(kind: Kind, entity: &Stored, week: Date, history: &History) -> Result<Option<String>, Failure> {
    let aside: Map<String, Value> = stored(&entity.aside)?;
    if aside.is_empty() && !episode::may_have(kind, &entity.body) {
        return Ok(Some(entity.body.clone()));
    }
    let body: Value = stored(&entity.body)?;
    let empty = Map::new();
    let since = aside.get("since").and_then(Value::as_object).unwrap_or(&empty);
    let seen = match kind {
        Kind::Clinicians => Some(episode::clinician(body, week)),
        _ => episode::participant(body, week, since, history),
    };
    seen.map(|body| json(&body)).transpose()
}

/// An entity without references to who is gone.
fn without(body: &str, field: &str, gone: &BTreeSet<&str>) -> Result<String, Failure> {
    if gone.is_empty() || !body.contains(field) {
        return Ok(body.to_owned());
    }
    let mut body: Value = stored(body)?;
    if let Some(list) = body[field].as_array_mut() {
        list.retain(|id| id.as_str().is_some_and(|id| !gone.contains(id)));
    }
    if body[field].is_null()
        && let Some(members) = body.as_object_mut()
    {
        members.remove(field);
    }
    json(&body)
}

/// Reads a problem that the parts made.
pub fn read(text: &str) -> Result<Problem, Failure> {
    problem::read(text.as_bytes()).map_err(|e| Failure::reading(Document::Problem, e))
}
