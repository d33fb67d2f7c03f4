//! What was held of each order in the weeks before, for orders that count what was.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

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
        prescribed::{Person, Prescribed},
        stored,
    },
    store::{On, args},
};

/// Recurrences that count what was held.
const COUNTING: [&str; 8] = [
    "every_days",
    "within_days",
    "before_discharge",
    " days\"",
    " discharge\"",
    "\"total\"",
    "\"once\"",
    "\"make_up\"",
];
/// How many days back it is counted.
const BACK: u64 = 800;

/// Text of a stored calendar, read where it lies.
#[derive(Deserialize, Default, PartialEq)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// What of a session says whose it was.
#[derive(Deserialize)]
struct Light<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(borrow)]
    order: Option<Text<'a>>,
    #[serde(borrow)]
    service: Option<Text<'a>>,
    #[serde(borrow, default)]
    start: Text<'a>,
    #[serde(borrow, default)]
    participants: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Calendar<'a> {
    #[serde(borrow, default)]
    sessions: Vec<Light<'a>>,
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
    if orders.people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let last = later.last().map_or(key.date, |last| *last.max(&key.date));
    let from = Date(key.date.0.checked_sub_days(Days::new(BACK)).unwrap_or(key.date.0)).to_string();
    let span = || args![key.tenant, key.program, from.clone(), last.to_string()];
    // A row for each week, for there may be thousands of notes: participant and session, line by line.
    let sql = "SELECT week, string_agg(participant || ' ' || session, '\n') FROM attendance WHERE tenant = $1 AND program = $2 \
               AND week >= $3 AND week < $4 AND status IN ('no_show', 'cancelled') GROUP BY week";
    let mut missed = BTreeMap::new();
    for row in on.read(sql, span()).await? {
        missed.insert(row.text(0)?, row.text(1)?);
    }
    let sql = "SELECT w.week, COALESCE(v.calendar, w.draft), v.prescribed FROM weeks w LEFT JOIN week_versions v ON v.tenant = w.tenant \
               AND v.program = w.program AND v.week = w.week AND v.version = w.published \
               WHERE w.tenant = $1 AND w.program = $2 AND w.week >= $3 AND w.week < $4 ORDER BY w.week";
    let mut all = BTreeMap::new();
    let mut asked = std::iter::once(key.date).chain(later.iter().copied()).peekable();
    let mut bases = Bases::new(parts, key.date)?;
    for row in on.read(sql, span()).await? {
        let Some(calendar) = row.maybe_bytes(1)? else { continue };
        let week = row.text(0)?;
        while let Some(date) = asked.next_if(|date| date.to_string() <= week) {
            all.insert(date, orders.history());
        }
        let calendar: Calendar = serde_json::from_slice(&calendar)
            .map_err(|e| Failure::Internal(format!("A stored calendar can't be read: {e}.")))?;
        let missed =
            missed.get(&week).into_iter().flat_map(|text| text.split('\n')).filter_map(|line| line.split_once(' '));
        let kept = row.maybe_bytes(2)?;
        let kept = kept.as_deref().map(Prescribed::read).transpose()?;
        let here = Here { week: &week, sessions: &calendar.sessions, missed: &missed.collect() };
        orders.count(here, kept.as_ref(), |week, who, order| bases.of(week, who, order))?;
    }
    all.extend(asked.map(|date| (date, orders.history())));
    Ok(all)
}

/// An order of somebody.
struct Counted {
    /// Where it is counted.
    at: usize,
    service: String,
    /// Whether it asks for what was missed.
    make_up: bool,
    /// The admission: weeks that lie before it are of another episode.
    admitted: Option<Date>,
    /// From when sessions count towards a total.
    from: Option<Date>,
}

/// What a week held.
#[derive(Clone, Copy)]
struct Here<'a> {
    /// Its first day.
    week: &'a str,
    sessions: &'a [Light<'a>],
    /// What was missed: participant and session.
    missed: &'a HashSet<(&'a str, &'a str)>,
}

/// What is counted of an order.
struct Tally {
    order: String,
    known: Held,
    /// Of the week at hand: held and missed.
    here: (u32, u32),
}

/// Orders by participant: a group's meetings do not say which order they serve, but its service does.
#[derive(Default)]
struct Orders {
    people: BTreeMap<String, Vec<Counted>>,
    tallies: Vec<Tally>,
    /// Where each order is counted.
    at: HashMap<String, usize>,
}

impl Orders {
    /// Those of a stored participant.
    fn add(&mut self, person: &str, body: &Value) {
        let phases = body["phases"].as_array().into_iter().flatten().map(|p| &p["orders"]);
        let all = [&body["orders"]].into_iter().chain(phases).filter_map(Value::as_array).flatten();
        let admitted = body["admitted"].as_str().and_then(|d| d.parse().ok());
        let (tallies, at) = (&mut self.tallies, &mut self.at);
        let order = |o: &Value| {
            let text = |name: &str| o[name].as_str().map(str::to_owned);
            let recurrence = Recurrence::read(&o["recurrence"]).unwrap_or_default();
            let (make_up, from) = (recurrence.make_up, recurrence.from.map(|d| d.0));
            let (id, service) = (text("id")?, text("service")?);
            let at = *at.entry(id.clone()).or_insert_with(|| {
                tallies.push(Tally { order: id, known: Held::default(), here: (0, 0) });
                tallies.len() - 1
            });
            Some(Counted { at, service, make_up, admitted, from })
        };
        self.people.insert(person.to_owned(), all.filter_map(order).collect());
    }

    /// What was counted up to now.
    fn history(&self) -> History {
        let counted = self.tallies.iter().filter(|tally| tally.known != Held::default());
        counted.map(|tally| (tally.order.clone(), tally.known.clone())).collect()
    }

    /// Adds what a week held; weeks come in order. What it prescribed, make-ups aside, is what was `kept` when it was published;
    /// of a week that was not, `base` says how many sessions of an order it has.
    fn count(
        &mut self,
        Here { week, sessions, missed }: Here<'_>,
        kept: Option<&Prescribed>,
        mut base: impl FnMut(Date, &str, &str) -> Result<u32, Failure>,
    ) -> Result<(), Failure> {
        let kept: Option<HashMap<&str, &Person>> = kept.map(|kept| kept.people.iter().map(|p| (&*p.id, p)).collect());
        let prescribed = |who: &str| kept.as_ref().and_then(|kept| kept.get(who)).map_or(&[][..], |p| &p.orders);
        let first = week.parse::<Date>().ok();
        let last = first.map(|d| Date(d.0.checked_add_days(Days::new(6)).unwrap_or(d.0)));
        self.tallies.iter_mut().for_each(|tally| tally.here = (0, 0));
        for session in sessions {
            let day = session.start.0.get(..10).and_then(|d| d.parse::<Date>().ok());
            for Text(who) in &session.participants {
                let Some(theirs) = self.people.get(&**who) else { continue };
                let found = match &session.order {
                    Some(Text(order)) => theirs.iter().find(|o| self.tallies[o.at].order == **order),
                    None => session.service.as_ref().and_then(|Text(service)| {
                        // The order that it served when it was published, or else the one that it would serve now.
                        let mut then = prescribed(who).iter().filter(|o| o.service == *service).peekable();
                        if then.peek().is_none() {
                            return theirs.iter().find(|o| o.service == **service);
                        }
                        then.find_map(|then| theirs.iter().find(|o| self.tallies[o.at].order == *then.id))
                    }),
                };
                let Some(order) = found else { continue };
                if order.admitted.is_some_and(|admitted| last.is_some_and(|last| last < admitted)) {
                    continue;
                }
                let Tally { known, here: (held, lost), .. } = &mut self.tallies[order.at];
                if missed.contains(&(&**who, &*session.id.0)) {
                    *lost += 1;
                    continue;
                }
                *held += 1;
                known.sessions += u32::from(day.zip(order.from).is_none_or(|(day, from)| day >= from));
                known.last = known.last.max(day);
            }
        }
        let Some(date) = first else { return Ok(()) };
        for (who, order) in self.people.iter().flat_map(|(who, orders)| orders.iter().map(move |o| (who, o))) {
            if !order.make_up {
                continue;
            }
            let Tally { order: id, known, here: (held, lost) } = &mut self.tallies[order.at];
            let owed = known.missed;
            if owed + *lost > 0 {
                let asked = match &kept {
                    Some(_) => {
                        prescribed(who).iter().find(|o| o.id == *id).map_or(0, |o| o.sessions.saturating_sub(o.made_up))
                    }
                    None => base(date, who, id)?,
                };
                let due = asked + owed;
                // What was never placed was not missed.
                known.missed = (owed + *lost).min(due.saturating_sub(*held));
            }
        }
        Ok(())
    }
}
