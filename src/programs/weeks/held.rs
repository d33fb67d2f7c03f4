//! What was held of each order in the weeks before, for orders that count what was.

use std::collections::{BTreeMap, BTreeSet};

use careweave_solver::problem::Date;
use chrono::Days;
use serde::Deserialize;
use serde_json::Value;

use super::Key;
use crate::{
    failure::Failure,
    programs::{
        Kind, Parts,
        assemble::Bases,
        episode::{Held, History, Recurrence},
        stored,
    },
    store::{On, args},
};

/// Recurrences that count what was held.
const COUNTING: [&str; 5] = ["every_days", " days\"", "\"total\"", "\"once\"", "\"make_up\""];
/// How many days back it is counted.
const BACK: u64 = 800;

/// What of a session says whose it was.
#[derive(Deserialize)]
struct Light {
    #[serde(default)]
    id: String,
    order: Option<String>,
    service: Option<String>,
    #[serde(default)]
    start: String,
    #[serde(default)]
    participants: Vec<String>,
}

#[derive(Deserialize)]
struct Calendar {
    #[serde(default)]
    sessions: Vec<Light>,
}

/// The history of all orders; nothing where no order needs it.
pub async fn history(on: &mut On<'_>, parts: &Parts, key: Key<'_>) -> Result<History, Failure> {
    Ok(histories(on, parts, key, &[]).await?.remove(&key.date).unwrap_or_default())
}

/// The history of all orders before the week of `key`, and before each of some `later` ones, in order: what was is read once.
pub async fn histories(
    on: &mut On<'_>,
    parts: &Parts,
    key: Key<'_>,
    later: &[Date],
) -> Result<BTreeMap<Date, History>, Failure> {
    let people = parts.list(Kind::Participants);
    let counts = |text: &str| text.contains("\"recurrence\"") && COUNTING.iter().any(|word| text.contains(word));
    let mut orders = Orders::default();
    for person in people.iter().filter(|p| counts(&p.body)) {
        orders.add(&person.id, &stored(&person.body)?);
    }
    if orders.0.is_empty() {
        return Ok(BTreeMap::new());
    }
    let last = later.last().map_or(key.date, |last| *last.max(&key.date));
    let from = Date(key.date.0.checked_sub_days(Days::new(BACK)).unwrap_or(key.date.0)).to_string();
    let span = || args![key.tenant, key.program, from.clone(), last.to_string()];
    let sql = "SELECT week, session, participant FROM attendance WHERE tenant = $1 AND program = $2 AND week >= $3 AND week < $4 \
               AND status IN ('no_show', 'cancelled')";
    let mut missed = BTreeSet::new();
    for row in on.read(sql, span()).await? {
        missed.insert((row.text(0)?, row.text(1)?, row.text(2)?));
    }
    let sql = "SELECT w.week, COALESCE(v.calendar, w.draft) FROM weeks w LEFT JOIN week_versions v ON v.tenant = w.tenant \
               AND v.program = w.program AND v.week = w.week AND v.version = w.published \
               WHERE w.tenant = $1 AND w.program = $2 AND w.week >= $3 AND w.week < $4 ORDER BY w.week";
    let mut all = BTreeMap::new();
    let mut asked = std::iter::once(key.date).chain(later.iter().copied()).peekable();
    let (mut history, mut bases) = (History::new(), Bases::new(parts, key.date)?);
    for row in on.read(sql, span()).await? {
        let Some(calendar) = row.maybe_bytes(1)? else { continue };
        let week = row.text(0)?;
        while let Some(date) = asked.next_if(|date| date.to_string() <= week) {
            all.insert(date, history.clone());
        }
        let calendar: Calendar = serde_json::from_slice(&calendar)
            .map_err(|e| Failure::Internal(format!("A stored calendar can't be read: {e}.")))?;
        orders
            .count(&week, &calendar.sessions, &missed, &mut history, |week, who, order| bases.of(week, who, order))?;
    }
    all.extend(asked.map(|date| (date, history.clone())));
    Ok(all)
}

/// An order of somebody.
struct Counted {
    id: String,
    service: String,
    /// Whether it asks for what was missed.
    make_up: bool,
    /// The admission: weeks that lie before it are of another episode.
    admitted: Option<Date>,
    /// From when sessions count towards a total.
    from: Option<Date>,
}

/// Orders by participant: a group's meetings do not say which order they serve, but its service does.
#[derive(Default)]
pub struct Orders(BTreeMap<String, Vec<Counted>>);

impl Orders {
    /// Those of a stored participant.
    pub fn add(&mut self, person: &str, body: &Value) {
        let phases = body["phases"].as_array().into_iter().flatten().map(|p| &p["orders"]);
        let all = [&body["orders"]].into_iter().chain(phases).filter_map(Value::as_array).flatten();
        let admitted = body["admitted"].as_str().and_then(|d| d.parse().ok());
        let order = |o: &Value| {
            let text = |name: &str| o[name].as_str().map(str::to_owned);
            let recurrence = Recurrence::read(&o["recurrence"]).unwrap_or_default();
            let (make_up, from) = (recurrence.make_up, recurrence.from.map(|d| d.0));
            Some(Counted { id: text("id")?, service: text("service")?, make_up, admitted, from })
        };
        self.0.insert(person.to_owned(), all.filter_map(order).collect());
    }

    /// Adds what a week held; weeks come in order. `base` says how many sessions of an order a week has, make-ups aside.
    fn count(
        &self,
        week: &str,
        sessions: &[Light],
        missed: &BTreeSet<(String, String, String)>,
        history: &mut History,
        mut base: impl FnMut(Date, &str, &str) -> Result<u32, Failure>,
    ) -> Result<(), Failure> {
        let first = week.parse::<Date>().ok();
        let last = first.map(|d| Date(d.0.checked_add_days(Days::new(6)).unwrap_or(d.0)));
        // Per order of this week: held and missed.
        let mut here: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
        for session in sessions {
            let day = session.start.get(..10).and_then(|d| d.parse::<Date>().ok());
            for who in &session.participants {
                let serves = |o: &&Counted| match &session.order {
                    Some(order) => o.id == *order,
                    None => Some(&o.service) == session.service.as_ref(),
                };
                let Some(order) = self.0.get(who).into_iter().flatten().find(serves) else { continue };
                if order.admitted.is_some_and(|admitted| last.is_some_and(|last| last < admitted)) {
                    continue;
                }
                let (held, lost) = here.entry((who, &order.id)).or_default();
                if missed.contains(&(week.to_owned(), session.id.clone(), who.clone())) {
                    *lost += 1;
                    continue;
                }
                *held += 1;
                let known: &mut Held = history.entry(order.id.clone()).or_default();
                known.sessions += u32::from(day.zip(order.from).is_none_or(|(day, from)| day >= from));
                known.last = known.last.max(day);
            }
        }
        let Some(date) = first else { return Ok(()) };
        for (who, order) in self.0.iter().flat_map(|(who, orders)| orders.iter().map(move |o| (who, o))) {
            if !order.make_up {
                continue;
            }
            let owed = history.get(&order.id).map_or(0, |h| h.missed);
            let (held, lost) = here.get(&(who.as_str(), order.id.as_str())).copied().unwrap_or_default();
            if owed + lost > 0 {
                let due = base(date, who, &order.id)? + owed;
                // What was never placed was not missed.
                let left = (owed + lost).min(due.saturating_sub(held));
                history.entry(order.id.clone()).or_default().missed = left;
            }
        }
        Ok(())
    }
}
