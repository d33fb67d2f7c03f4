//! The problem of a week, made of what a programme stores.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use careweave_solver::problem::{self, Date, Fault, Faults, Problem, ReadError};
use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::{
    Kind, Stored,
    edit::merge,
    episode::{self, Course, History, InWeek, Open, Origin},
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

/// When somebody is busy, by list and id: dated windows.
pub type BusyTimes = BTreeMap<(Kind, String), Vec<Value>>;

/// What other weeks leave for one, and other calendars.
#[derive(Debug, Clone, Default)]
pub struct Around {
    pub members: Members,
    /// When people are busy, as their own calendars say.
    pub busy: BusyTimes,
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

    /// The problem of a week as JSON: of each entity what is so in that week, `given` (such as `previous`) and what other
    /// weeks leave added.
    pub fn problem_of(&self, seen: &Seen, given: &Map<String, Value>, around: &Around) -> Result<String, Failure> {
        let gone: BTreeSet<&str> = seen.entities.iter().filter(|(_, s)| s.is_none()).map(|((_, id), _)| *id).collect();
        self.text(&seen.calendar.week.to_string(), given, |kind, entity| {
            let body = match seen.entities.get(&(kind as usize, &*entity.id)) {
                None => entity.body.clone(),
                Some(None) => return Ok(None),
                Some(Some(seen)) => json(&seen.body)?,
            };
            let body = match around.busy.get(&(kind, entity.id.clone())) {
                Some(windows) => with_busy(kind, &body, windows)?,
                None => body,
            };
            Ok(Some(match kind {
                Kind::Participants => without(&body, "apart_from", &gone)?,
                Kind::Groups => without(&with_members(&entity.id, body, &around.members)?, "members", &gone)?,
                _ => body,
            }))
        })
    }

    /// Where the orders of a week come from.
    pub fn origins(&self, seen: &Seen, history: &History) -> Result<Vec<Origin>, Failure> {
        let mut all = Vec::new();
        for entity in self.list(Kind::Participants) {
            match seen.entities.get(&(Kind::Participants as usize, &*entity.id)) {
                Some(seen) => all.extend(seen.iter().flat_map(|s| s.origins.iter().cloned())),
                None => {
                    let seen = seen.calendar.entity(Kind::Participants, entity, history)?;
                    all.extend(seen.into_iter().flat_map(|s| s.origins));
                }
            }
        }
        Ok(all)
    }

    /// The zones that sites have in a week, by id.
    pub fn zones(&self, week: Date) -> Result<BTreeMap<String, Tz>, Failure> {
        let mut zones = BTreeMap::new();
        for site in self.list(Kind::Sites) {
            let mut body: Value = stored(&site.body)?;
            episode::changed(Kind::Sites, &mut body, week);
            if let Some(zone) = body["time_zone"].as_str().and_then(|zone| zone.parse().ok()) {
                zones.insert(site.id.clone(), zone);
            }
        }
        Ok(zones)
    }

    /// The entities in a week, after what was in the weeks before.
    pub fn seen(&self, week: Date, history: &History) -> Result<Seen<'_>, Failure> {
        let calendar = Calendar::of(self, week)?;
        let mut entities = BTreeMap::new();
        for kind in Kind::ALL {
            for entity in self.list(kind) {
                if entity.aside.len() > 2 || episode::may_have(kind, &entity.body) {
                    entities.insert((kind as usize, &*entity.id), calendar.entity(kind, entity, history)?);
                }
            }
        }
        Ok(Seen { calendar, entities })
    }

    /// Takes out of somebody's week what an earlier episode ordered and the programme no longer has. An order whose service, clinician
    /// or only groups are gone can't be held any more, nor one whose id is another's by now.
    fn leave_what_is_gone(&self, whose: &Stored, body: &mut Value) -> Result<(), Failure> {
        let is = |kind: Kind, id: &Value| self.list(kind).iter().any(|e| *id == *e.id);
        let family: Vec<Value> = body["family"].as_array().into_iter().flatten().map(|f| f["id"].clone()).collect();
        let others = |id: &str| -> Result<bool, Failure> {
            let written = format!("\"id\":{}", Value::from(id));
            for other in self.list(Kind::Participants).iter().filter(|e| e.id != whose.id && e.body.contains(&written))
            {
                let mut body: Value = stored(&other.body)?;
                episode::bare(Kind::Participants, &mut body);
                if body["orders"].as_array().is_some_and(|orders| orders.iter().any(|o| o["id"] == id)) {
                    return Ok(true);
                }
            }
            Ok(is(Kind::Groups, &id.into()))
        };
        let Some(orders) = body["orders"].as_array_mut() else { return Ok(()) };
        let mut left = Vec::new();
        for mut order in std::mem::take(orders) {
            let mut served = is(Kind::Services, &order["service"])
                && (order["clinician"].is_null() || is(Kind::Clinicians, &order["clinician"]))
                && !others(order["id"].as_str().unwrap_or_default())?;
            if let Some(groups) = order["groups"].as_array_mut().filter(|groups| !groups.is_empty()) {
                groups.retain(|id| is(Kind::Groups, id));
                served &= !groups.is_empty();
            }
            if let Some(prefer) = order["prefer"].as_array_mut() {
                prefer.retain(|id| is(Kind::Clinicians, id));
            }
            if let Some(members) = order["family"].as_array_mut() {
                members.retain(|id| family.contains(id));
            }
            // Asked about, a field that is not there is null.
            if let Some(fields) = order.as_object_mut() {
                fields.retain(|_, value| !value.is_null());
            }
            left.extend(served.then_some(order));
        }
        *orders = left;
        Ok(())
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
        for (name, value) in self.defaults.iter().filter(|(name, _)| !given.contains_key(*name)).chain(given) {
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
        self.everything(false)
    }

    /// Everything, before or after all changes that have a day.
    fn everything(&self, changed: bool) -> Result<String, Failure> {
        self.text(ANY_WEEK, &Map::new(), |kind, entity| {
            if !episode::may_have(kind, &entity.body) {
                return Ok(Some(entity.body.clone()));
            }
            let mut body: Value = stored(&entity.body)?;
            if changed {
                for change in episode::changes(&body) {
                    merge(&mut body, Value::Object(change.set));
                }
            }
            episode::bare(kind, &mut body);
            json(&body).map(Some)
        })
    }

    /// What is wrong with the problem that the parts make, whatever the week.
    pub fn faults(&self) -> Result<Vec<Fault>, Failure> {
        let faults = |text: String| match problem::read(text.as_bytes()) {
            Ok(_) => Ok(Vec::new()),
            Err(ReadError::Invalid(Faults(faults))) => Ok(faults),
            Err(syntax) => Err(Failure::reading(Document::Request, syntax)),
        };
        let now = faults(self.everything(false)?)?;
        let changes = self.lists.iter().flatten().any(|e| e.body.contains("\"changes\""));
        if changes && now.is_empty() { faults(self.everything(true)?) } else { Ok(now) }
    }
}

/// Somebody who is busy at other times too: a clinician is away, a participant has a commitment.
fn with_busy(kind: Kind, body: &str, windows: &[Value]) -> Result<String, Failure> {
    let mut body: Value = stored(body)?;
    let (list, more) = match kind {
        Kind::Clinicians => ("away", windows.to_vec()),
        _ => ("commitments", vec![serde_json::json!({ "kind": "other", "windows": windows })]),
    };
    match body[list].as_array_mut() {
        Some(list) => list.extend(more),
        None => body[list] = more.into(),
    }
    json(&body)
}

/// The entities in a week: those that are others than they are stored; nothing of who is not in treatment.
pub struct Seen<'a> {
    calendar: Calendar<'a>,
    entities: BTreeMap<(usize, &'a str), Option<InWeek>>,
}

/// A week, and on which days of it each site is open.
struct Calendar<'a> {
    parts: &'a Parts,
    week: Date,
    open: BTreeMap<String, Open>,
}

impl<'a> Calendar<'a> {
    fn of(parts: &'a Parts, week: Date) -> Result<Self, Failure> {
        let mut open = BTreeMap::new();
        for site in parts.list(Kind::Sites) {
            open.insert(site.id.clone(), episode::open(&stored(&site.body)?, week));
        }
        Ok(Calendar { parts, week, open })
    }

    fn open(&self, site: &Value) -> Open {
        site.as_str().and_then(|site| self.open.get(site)).copied().unwrap_or([true; 7])
    }

    /// An entity as in the week; nothing of who is not in treatment in it.
    fn entity(&self, kind: Kind, entity: &Stored, history: &History) -> Result<Option<InWeek>, Failure> {
        let aside: Map<String, Value> = stored(&entity.aside)?;
        let open = |site: &Value| self.open(site);
        let mut seen = episode::entity(kind, stored(&entity.body)?, self.week, (since(&aside), &open), history);
        if let Some(seen) = seen.as_mut().filter(|_| entity.body.contains("\"episodes\"")) {
            self.parts.leave_what_is_gone(entity, &mut seen.body)?;
        }
        Ok(seen)
    }
}

/// How many sessions of an order a week has, whatever was missed before: of week after week, each looked at once.
pub struct Bases<'a> {
    parts: &'a Parts,
    calendar: Calendar<'a>,
    /// Those who were asked about, read.
    people: BTreeMap<String, Person>,
}

/// Somebody, and the sessions of each order in the week at hand, once they were asked for.
struct Person {
    home_site: Value,
    aside: Map<String, Value>,
    course: Course,
    here: Option<BTreeMap<String, u32>>,
}

impl<'a> Bases<'a> {
    /// Of a programme; `week` is the first that will be asked about.
    pub fn new(parts: &'a Parts, week: Date) -> Result<Self, Failure> {
        Ok(Bases { parts, calendar: Calendar::of(parts, week)?, people: BTreeMap::new() })
    }

    /// The sessions of an order in a week.
    pub fn of(&mut self, week: Date, participant: &str, order: &str) -> Result<u32, Failure> {
        if self.calendar.week != week {
            self.calendar = Calendar::of(self.parts, week)?;
            self.people.values_mut().for_each(|person| person.here = None);
        }
        if !self.people.contains_key(participant) {
            let Some(entity) = self.parts.list(Kind::Participants).iter().find(|e| e.id == participant) else {
                return Ok(0);
            };
            let mut body: Value = stored(&entity.body)?;
            let (course, aside) = (Course::of(&body), stored(&entity.aside)?);
            let home_site = body["home_site"].take();
            self.people.insert(participant.to_owned(), Person { home_site, aside, course, here: None });
        }
        let Some(person) = self.people.get_mut(participant) else { return Ok(0) };
        let Person { home_site, aside, course, here } = person;
        let here = here.get_or_insert_with(|| {
            let open = self.calendar.open(home_site);
            episode::bases(course, week, (since(aside), open))
        });
        Ok(here.get(order).copied().unwrap_or(0))
    }
}

/// Since when orders stand, by order.
fn since(aside: &Map<String, Value>) -> &Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    aside.get("since").and_then(Value::as_object).unwrap_or(&NONE)
}

/// A group with those who stay in it.
fn with_members(id: &str, body: String, members: &Members) -> Result<String, Failure> {
    let Some(members) = members.get(id) else { return Ok(body) };
    let mut body: Value = stored(&body)?;
    body["members"] = members.clone().into();
    json(&body)
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
