//! What is known of a week, and the problem that it makes: the programme's entities, what the week before leaves (who is
//! in a closed group, the hours that people are used to), and this week so far, once it has a calendar.

use std::collections::{BTreeMap, BTreeSet};

use careweave_solver::{
    instance::Instance,
    problem::{Date, LARGEST, Weights, read_calendar},
    rules,
};
use chrono::{DateTime, Days, Duration};
use serde_json::{Map, Value, json};

use super::{Key, WeekRow, held, roll, row::text};
use crate::{
    failure::{Document, Failure},
    programs::{
        Kind, Parts,
        assemble::{self, Around, BusyTimes, Members, Seen},
        attendance::{self, Attended},
        busy,
        episode::{History, Origin},
        stored,
    },
    store::{On, args},
};

/// How many days back a calendar is still what people are used to.
const USED_TO: u64 = 56;
/// How many minutes of unmet care the hours of the week before are worth to each who is used to them.
const KEPT: u64 = 50;
/// How far the first and the last zone are from UTC.
const ZONES: Duration = Duration::hours(14);

/// What is known of a week.
pub struct Known {
    pub date: Date,
    pub parts: Parts,
    pub row: WeekRow,
    pub published: Option<String>,
    /// The sessions of the last week before that has a calendar.
    before: Vec<Value>,
    /// What is noted of who came.
    pub attendance: Vec<Attended>,
    history: History,
    busy: BusyTimes,
}

/// Which calendar a problem is made for.
#[derive(Clone, Copy)]
pub enum For<'a> {
    /// The draft or the publication that is there: to be solved on.
    Standing,
    /// This one: to be judged against what people were told.
    Calendar(&'a str),
}

impl Known {
    /// Reads it.
    pub async fn read(on: &mut On<'_>, parts: Parts, key: Key<'_>) -> Result<Self, Failure> {
        let history = held::history(on, &parts, key).await?;
        let before = before(on, &parts, key).await?;
        Ok(Known { before, ..Known::with(on, parts, key, history).await? })
    }

    /// Reads it, but for what was held before, which is known already, and for the week before, which counts only in the
    /// whole problem.
    pub async fn with(on: &mut On<'_>, parts: Parts, key: Key<'_>, history: History) -> Result<Self, Failure> {
        let row = WeekRow::read(on, key).await?;
        let published = super::version_of(on, key, row.published).await?;
        let before = Vec::new();
        let attendance = attendance::list(on, key).await?;
        let busy = busy::of_week(on, key).await?;
        Ok(Known { date: key.date, parts, row, published, before, attendance, history, busy })
    }

    /// The calendar as it stands: what was published last, or else the draft.
    pub fn standing(&self) -> Option<&str> {
        self.published.as_deref().or(self.row.draft.as_deref())
    }

    /// The sessions that the week has so far: those that were brought in with it, published, or drafted.
    pub fn so_far(&self) -> Result<Vec<Value>, Failure> {
        match self.row.given.get("previous").and_then(Value::as_array) {
            Some(previous) => Ok(previous.clone()),
            None => self.standing().map_or(Ok(Vec::new()), sessions),
        }
    }

    /// The entities in the week.
    pub fn seen(&self) -> Result<Seen<'_>, Failure> {
        self.parts.seen(self.date, &self.history)
    }

    /// The problem of the week, as JSON.
    pub fn problem(&self, of: For) -> Result<String, Failure> {
        self.problem_of(&self.seen()?, of)
    }

    /// The problem of the week, of entities that are at hand.
    pub fn problem_of(&self, seen: &Seen, of: For) -> Result<String, Failure> {
        let mut given = self.row.given.clone();
        if !self.row.imported && !self.before.is_empty() && !given.contains_key("reference") {
            let zones = self.parts.zones(self.date)?;
            given.insert("reference".into(), self.before.iter().map(|s| roll::usual(s, &zones)).collect());
            given.insert("weights".into(), used_to(self.parts.defaults.get("weights")));
        }
        let own = match of {
            For::Standing => self.row.draft.as_deref().or(self.published.as_deref()),
            For::Calendar(calendar) => Some(calendar),
        };
        let told = match of {
            For::Standing => self.standing(),
            For::Calendar(_) => self.published.as_deref(),
        };
        if let (false, Some(told)) = (given.contains_key("previous"), told) {
            let told = sessions(told)?;
            let told = match own.map(sessions).transpose()? {
                Some(own) => pinned(told, own),
                None => told,
            };
            given.insert("previous".into(), told.into());
        }
        if let Some(previous) = given.get_mut("previous").and_then(Value::as_array_mut) {
            attendance::attach(previous, &self.attendance);
            if let Some(until) = self.frozen_until(previous) {
                given.insert("freeze_until".into(), json!(until));
            }
        }
        let members = if self.row.imported { Members::new() } else { self.members(seen, &given, own)? };
        self.parts.problem_of(seen, &given, &self.around(members))
    }

    fn around(&self, members: Members) -> Around {
        Around { members, busy: self.busy.clone() }
    }

    /// The problem without groups and hours of other weeks, and without this week so far.
    pub fn bare_problem(&self) -> Result<String, Failure> {
        self.parts.problem_of(&self.seen()?, &Map::new(), &self.around(Members::new()))
    }

    /// Where the orders of the week come from.
    pub fn origins(&self, seen: &Seen) -> Result<Vec<Origin>, Failure> {
        self.parts.origins(seen, &self.history)
    }

    /// Minutes of a session: up to its end, or those of its service.
    pub fn length(&self, session: &Value) -> Result<Option<i64>, Failure> {
        if let Some(length) = attendance::written_length(session) {
            return Ok(Some(length));
        }
        let find = |kind: Kind, id: &Value| -> Result<Value, Failure> {
            let entity = self.parts.list(kind).iter().find(|e| *id == *e.id);
            entity.map_or(Ok(Value::Null), |e| stored(&e.body))
        };
        let mut service = session["service"].clone();
        if service.is_null() {
            service = find(Kind::Groups, &session["group"])?["service"].take();
        }
        if service.is_null() {
            for participant in self.parts.list(Kind::Participants) {
                let body: Value = stored(&participant.body)?;
                let order = body["orders"].as_array().into_iter().flatten().find(|o| o["id"] == session["order"]);
                if let Some(order) = order {
                    service = order["service"].clone();
                }
            }
        }
        Ok(find(Kind::Services, &service)?["minutes"].as_i64())
    }

    /// Until when sessions are facts: until now, where the week is published and has begun, and at least until the last of
    /// which it is known who came. Of a draft that nobody was told nothing has happened.
    fn frozen_until(&self, previous: &[Value]) -> Option<String> {
        let instant = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc());
        let given = self.row.given.get("freeze_until").and_then(Value::as_str);
        let noted = previous.iter().filter(|s| s["attendance"].as_object().is_some_and(|a| !a.is_empty()));
        let last = noted.filter_map(|s| instant(s["start"].as_str()?)).max().map(|t| t + Duration::minutes(1));
        let (begins, now) = (self.date.0.and_time(chrono::NaiveTime::MIN).and_utc(), crate::clock::now());
        let under_way = (begins - ZONES..begins + Duration::days(7) + ZONES).contains(&now);
        // What was brought in says itself how far it is.
        let told = self.published.is_some() && !self.row.given.contains_key("previous");
        let clock = (under_way && told).then_some(now);
        let until = [given.and_then(instant), last, clock].into_iter().flatten().max()?;
        if given.and_then(instant) == Some(until) {
            return given.map(str::to_owned);
        }
        Some(until.format("%Y-%m-%dT%H:%M:00Z").to_string())
    }

    /// Who stays in each closed group: who was in it the week before, could be at the same hours again, and, where the
    /// week has a calendar that holds the group, is in it there.
    fn members(&self, seen: &Seen, given: &Map<String, Value>, own: Option<&str>) -> Result<Members, Failure> {
        let mut rosters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for group in self.parts.list(Kind::Groups) {
            let body: Value = stored(&group.body)?;
            // A group that says its members has these.
            if body["roster"].as_str().unwrap_or("closed") == "closed" && body["members"].is_null() {
                let roster = roster(&self.before, &group.id);
                if !roster.is_empty() {
                    rosters.insert(group.id.clone(), roster);
                }
            }
        }
        if rosters.is_empty() {
            return Ok(Members::new());
        }
        let text = self.parts.problem_of(seen, given, &self.around(Members::new()))?;
        let Ok(problem) = assemble::read(&text) else { return Ok(Members::new()) };
        let known: BTreeSet<String> = problem.participants.iter().map(|p| p.id.to_string()).collect();
        let again = json!({ "sessions": self.rolled(&known)? }).to_string();
        let again = read_calendar(again.as_bytes()).map_err(|e| Failure::reading(Document::Calendar, e))?;
        let instance = Instance::new(std::sync::Arc::new(problem));
        let check = rules::check(&instance, &again.sessions);
        let own = own.map_or(Ok(Vec::new()), sessions)?;
        for (group, people) in &mut rosters {
            people.retain(|id| known.contains(id));
            let of_group = |session: &String| session.strip_prefix(group.as_str()).is_some_and(|k| k.starts_with('/'));
            for broken in check.violations.iter().filter(|v| v.sessions.iter().any(of_group)) {
                people.retain(|id| !broken.participants.iter().any(|p| **p == **id));
            }
            let here = roster(&own, group);
            if !here.is_empty() {
                people.retain(|id| here.contains(id));
            }
        }
        Ok(rosters.into_iter().map(|(group, people)| (group, people.into_iter().collect())).collect())
    }

    /// The calendar from which a solve starts: the draft, the publication, or the week before at the same hours.
    pub fn start(&self) -> Result<Option<String>, Failure> {
        if let Some(own) = self.row.draft.as_ref().or(self.published.as_ref()) {
            return Ok(Some(own.clone()));
        }
        if self.row.imported || self.before.is_empty() {
            return Ok(None);
        }
        let known = self.parts.list(Kind::Participants).iter().map(|e| e.id.clone()).collect();
        Ok(Some(json!({ "sessions": self.rolled(&known)? }).to_string()))
    }

    fn rolled(&self, known: &BTreeSet<String>) -> Result<Vec<Value>, Failure> {
        let zones = self.parts.zones(self.date)?;
        Ok(self.before.iter().filter_map(|s| roll::into_week(s, self.date, &zones, known)).collect())
    }
}

/// Sessions as they are known, but what is pinned is what a calendar pins, where it has it: the next solve leaves it there,
/// and what is no longer pinned is free.
fn pinned(mut known: Vec<Value>, calendar: Vec<Value>) -> Vec<Value> {
    let pins: BTreeMap<&str, &Value> =
        calendar.iter().filter(|s| s["pinned"] == true).filter_map(|s| Some((s["id"].as_str()?, s))).collect();
    known.retain(|s| s["id"].as_str().is_none_or(|id| !pins.contains_key(id)));
    for session in known.iter_mut().filter(|s| s["pinned"] == true) {
        session["pinned"] = Value::Bool(false);
    }
    known.extend(pins.into_values().cloned());
    known
}

/// The weights of a programme; where they do not say what it costs to be at another hour than one is used to, it is as much as
/// [`KEPT`] minutes of care that is ordered and not held.
fn used_to(weights: Option<&Value>) -> Value {
    let mut weights = weights.cloned().unwrap_or_else(|| json!({}));
    if weights["shifted"].is_null() {
        let minute = weights["unmet_minute"].as_u64().unwrap_or(Weights::default().unmet_minute.0.into());
        weights["shifted"] = minute.saturating_mul(KEPT).min(LARGEST).into();
    }
    weights
}

/// Who is in every held meeting of a group.
fn roster(sessions: &[Value], group: &str) -> BTreeSet<String> {
    let ids = |s: &Value| -> BTreeSet<String> {
        s["participants"].as_array().into_iter().flatten().filter_map(|p| Some(p.as_str()?.to_owned())).collect()
    };
    let held = sessions.iter().filter(|s| s["group"] == group).map(ids);
    held.reduce(|a, b| a.intersection(&b).cloned().collect()).unwrap_or_default()
}

/// The sessions of a calendar.
pub fn sessions(calendar: &str) -> Result<Vec<Value>, Failure> {
    let mut calendar: Value = stored(calendar)?;
    match calendar["sessions"].take() {
        Value::Array(list) => Ok(list),
        _ => Ok(Vec::new()),
    }
}

/// The sessions of the last week before this one that has a calendar.
async fn before(on: &mut On<'_>, parts: &Parts, key: Key<'_>) -> Result<Vec<Value>, Failure> {
    let from = Date(key.date.0.checked_sub_days(Days::new(USED_TO)).unwrap_or(key.date.0));
    let sql = "SELECT week, draft, published FROM weeks WHERE tenant = $1 AND program = $2 AND week < $3 AND week >= $4 \
               AND (draft IS NOT NULL OR published IS NOT NULL) ORDER BY week DESC LIMIT 1";
    let rows = on.read(sql, args![key.tenant, key.program, key.date.to_string(), from.to_string()]).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let Ok(date) = row.text(0)?.parse() else { return Ok(Vec::new()) };
    let published = super::version_of(on, Key { date, ..key }, row.maybe_int(2)?).await?;
    let draft = row.maybe_bytes(1)?.map(text).transpose()?;
    let mut before = published.or(draft).map_or(Ok(Vec::new()), |calendar| sessions(&calendar))?;
    roll::place(&mut before, parts, date)?;
    Ok(before)
}
