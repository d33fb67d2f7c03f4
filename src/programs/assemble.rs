//! The problem of a week, made of what a programme stores.

use careweave_solver::problem::{self, Date, Fault, Faults, Problem, ReadError};
use chrono::Days;
use serde_json::{Map, Value};

use super::{Kind, Stored, json, stored};
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

    /// The problem of a week as JSON: orders that do not stand yet left out, `given` (such as `previous`) added.
    pub fn problem_of(&self, week: Date, given: &Map<String, Value>) -> Result<String, Failure> {
        self.text(&week.to_string(), given, Some(week))
    }

    fn text(&self, week: &str, given: &Map<String, Value>, standing: Option<Date>) -> Result<String, Failure> {
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
            let bodies: Vec<String> = match standing.filter(|_| kind == Kind::Participants) {
                Some(week) => self.list(kind).iter().map(|e| standing_in(e, week)).collect::<Result<_, _>>()?,
                None => self.list(kind).iter().map(|e| e.body.clone()).collect(),
            };
            member(kind.name(), &format!("[{}]", bodies.join(",")));
        }
        text.push('}');
        Ok(text)
    }

    /// Everything, as a problem of no particular week.
    pub fn whole(&self) -> Result<String, Failure> {
        self.text(ANY_WEEK, &Map::new(), None)
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

/// A participant as in a week: without orders that stand only from a later one on.
fn standing_in(entity: &Stored, week: Date) -> Result<String, Failure> {
    let aside: Map<String, Value> = stored(&entity.aside)?;
    let last = week.0 + Days::new(6);
    let later = |id: &Value| {
        let since = id.as_str().and_then(|id| aside.get("since")?.get(id)?.as_str()?.parse::<Date>().ok());
        since.is_some_and(|since| since.0 > last)
    };
    if aside.is_empty() {
        return Ok(entity.body.clone());
    }
    let mut body: Value = stored(&entity.body)?;
    if let Some(orders) = body["orders"].as_array_mut() {
        orders.retain(|order| !later(&order["id"]));
    }
    json(&body)
}

/// Reads a problem that the parts made.
pub fn read(text: &str) -> Result<Problem, Failure> {
    problem::read(text.as_bytes()).map_err(|e| Failure::reading(Document::Problem, e))
}
