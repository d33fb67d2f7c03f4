//! What was held of each order in the weeks before, for orders that count what was.

use std::collections::{BTreeMap, BTreeSet};

use careweave_solver::problem::Date;
use chrono::Days;
use serde_json::Value;

use super::{Key, sessions, text};
use crate::{
    failure::Failure,
    programs::{
        Kind, Parts,
        episode::{Held, History},
        stored,
    },
    store::{On, args},
};

/// Recurrences that count what was held.
const COUNTING: [&str; 5] = ["every_days", " days\"", "\"total\"", "\"once\"", "\"make_up\""];
/// How many days back it is counted.
const BACK: u64 = 800;

/// The history of all orders; nothing where no order needs it.
pub async fn history(on: &mut On<'_>, parts: &Parts, key: Key<'_>) -> Result<History, Failure> {
    let people = parts.list(Kind::Participants);
    let counts = |text: &str| text.contains("\"recurrence\"") && COUNTING.iter().any(|word| text.contains(word));
    if !people.iter().any(|p| counts(&p.body)) {
        return Ok(History::new());
    }
    let mut orders = Orders::default();
    for person in people.iter().filter(|p| counts(&p.body)) {
        orders.add(&person.id, &stored(&person.body)?);
    }
    let from = Date(key.date.0.checked_sub_days(Days::new(BACK)).unwrap_or(key.date.0)).to_string();
    let span = || args![key.tenant, key.program, from.clone(), key.date.to_string()];
    let sql = "SELECT week, session, participant FROM attendance WHERE tenant = $1 AND program = $2 AND week >= $3 AND week < $4 \
               AND status IN ('no_show', 'cancelled')";
    let mut missed = BTreeSet::new();
    for row in on.read(sql, span()).await? {
        missed.insert((row.text(0)?, row.text(1)?, row.text(2)?));
    }
    let sql = "SELECT w.week, COALESCE(v.calendar, w.draft) FROM weeks w LEFT JOIN week_versions v ON v.tenant = w.tenant \
               AND v.program = w.program AND v.week = w.week AND v.version = w.published \
               WHERE w.tenant = $1 AND w.program = $2 AND w.week >= $3 AND w.week < $4 ORDER BY w.week";
    let mut history = History::new();
    for row in on.read(sql, span()).await? {
        let Some(calendar) = row.maybe_bytes(1)? else { continue };
        let week = row.text(0)?;
        let before = week.parse::<Date>().is_ok_and(|w| (key.date.0 - w.0).num_days() <= 7);
        orders.count(&week, &sessions(&text(calendar)?)?, &missed, before, &mut history);
    }
    Ok(history)
}

/// Orders by participant and service: a group's meetings do not say which order they serve.
#[derive(Default)]
struct Orders(BTreeMap<String, Vec<(String, String, u64)>>);

impl Orders {
    fn add(&mut self, person: &str, body: &Value) {
        let phases = body["phases"].as_array().into_iter().flatten().map(|p| &p["orders"]);
        let all = [&body["orders"]].into_iter().chain(phases).filter_map(Value::as_array).flatten();
        let order = |o: &Value| {
            let text = |name: &str| o[name].as_str().map(str::to_owned);
            Some((text("id")?, text("service")?, o["sessions"].as_u64().unwrap_or(1)))
        };
        self.0.insert(person.to_owned(), all.filter_map(order).collect());
    }

    fn count(
        &self,
        week: &str,
        sessions: &[Value],
        missed: &BTreeSet<(String, String, String)>,
        before: bool,
        history: &mut History,
    ) {
        // Per order of the week before: held and missed.
        let mut last: BTreeMap<&str, (u64, u64, u64)> = BTreeMap::new();
        for session in sessions {
            let text = |name: &str| session[name].as_str().unwrap_or_default();
            let day = text("start").get(..10).and_then(|d| d.parse::<Date>().ok());
            for who in session["participants"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let own = self.0.get(who).into_iter().flatten();
                let serves = |(id, service, _): &&(String, String, u64)| match session["order"].as_str() {
                    Some(order) => id == order,
                    None => service == text("service"),
                };
                let Some((id, _, ordered)) = own.into_iter().find(serves) else { continue };
                let (held, lost, of) = last.entry(id).or_default();
                *of = *ordered;
                if missed.contains(&(week.to_owned(), text("id").to_owned(), who.to_owned())) {
                    *lost += 1;
                    continue;
                }
                *held += 1;
                let known: &mut Held = history.entry(id.clone()).or_default();
                known.sessions += 1;
                known.last = known.last.max(day);
            }
        }
        if before {
            for (id, (held, lost, ordered)) in last {
                let left = lost.min(ordered.saturating_sub(held));
                history.entry(id.to_owned()).or_default().missed = u32::try_from(left).unwrap_or(0);
            }
        }
    }
}
