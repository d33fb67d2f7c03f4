//! What was held of each order in the weeks before, for orders that count what was.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use careweave_solver::problem::Date;
use chrono::Days;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Key;
use crate::{
    failure::Failure,
    programs::{
        Kind, Parts,
        assemble::Bases,
        attendance,
        episode::{Course, Held, History, Recurrence, plus},
        prescribed::{Person, Prescribed, takes_newcomers},
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
    group: Option<Text<'a>>,
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
/// What is planned in the weeks before counts as held.
pub async fn histories(
    on: &mut On<'_>,
    parts: &Parts,
    key: Key<'_>,
    later: &[Date],
) -> Result<BTreeMap<Date, History>, Failure> {
    let mut orders = Orders::counting(parts, None)?;
    if orders.people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let last = later.last().map_or(key.date, |last| *last.max(&key.date));
    let mut all = BTreeMap::new();
    let mut asked = std::iter::once(key.date).chain(later.iter().copied()).peekable();
    let mut bases = Bases::new(parts, key.date)?;
    for then in weeks(on, key, last, true).await? {
        while let Some(date) = asked.next_if(|date| *date <= then.week) {
            all.insert(date, orders.history(plus(date, 6)));
        }
        orders.count(&then, |week, who, order| bases.of(week, who, order))?;
    }
    all.extend(asked.map(|date| (date, orders.history(plus(date, 6)))));
    Ok(all)
}

/// What was held of all orders before a day, and on which day each is planned from then on in a week that is published; of the
/// episodes that have begun by another day.
pub async fn so_far(on: &mut On<'_>, parts: &Parts, key: Key<'_>, begun: Date) -> Result<History, Failure> {
    let mut orders = Orders::counting(parts, Some(key.date))?;
    if !orders.people.is_empty() {
        for then in weeks(on, key, plus(key.date, BACK), false).await? {
            orders.count(&then, |_, _, _| Ok(0))?;
        }
    }
    Ok(orders.history(begun))
}

/// The weeks before one that have a calendar, in order; with or without those that have only a draft.
async fn weeks(on: &mut On<'_>, key: Key<'_>, before: Date, drafts: bool) -> Result<Vec<Then>, Failure> {
    let from = Date(key.date.0.checked_sub_days(Days::new(BACK)).unwrap_or(key.date.0)).to_string();
    let span = || args![key.tenant, key.program, from.clone(), before.to_string()];
    // A row for each week, for there may be thousands of notes: participant and session, line by line.
    let sql = "SELECT week, string_agg(participant || ' ' || session, '\n') FROM attendance WHERE tenant = $1 AND program = $2 \
               AND week >= $3 AND week < $4 AND status IN ('no_show', 'cancelled') GROUP BY week";
    let mut missed = BTreeMap::new();
    for row in on.read(sql, span()).await? {
        missed.insert(row.text(0)?, row.text(1)?);
    }
    let calendar = if drafts { "COALESCE(v.calendar, w.draft)" } else { "v.calendar" };
    let sql = format!(
        "SELECT w.week, {calendar}, v.prescribed, CASE WHEN w.given = '{{}}' THEN NULL ELSE w.given END FROM weeks w \
         LEFT JOIN week_versions v ON v.tenant = w.tenant AND v.program = w.program AND v.week = w.week AND v.version = w.published \
         WHERE w.tenant = $1 AND w.program = $2 AND w.week >= $3 AND w.week < $4 ORDER BY w.week"
    );
    let mut all = Vec::new();
    for row in on.read(&sql, span()).await? {
        let text = row.text(0)?;
        let Ok(week) = text.parse() else { continue };
        let given = row.maybe_text(3)?.map(|given| stored::<Value>(&given)).transpose()?.unwrap_or_default();
        all.extend(match given["previous"].as_array() {
            Some(previous) => Some(Then::brought_in(on, Key { date: week, ..key }, previous.clone()).await?),
            None => row
                .maybe_bytes(1)?
                .map(|calendar| {
                    let missed = missed.remove(&text).unwrap_or_default();
                    Ok::<_, Failure>(Then { week, calendar, kept: row.maybe_bytes(2)?, missed })
                })
                .transpose()?,
        });
    }
    Ok(all)
}

/// A week that has a calendar.
struct Then {
    week: Date,
    calendar: Vec<u8>,
    /// What it prescribed when it was published.
    kept: Option<Vec<u8>>,
    /// What was missed: participant and session, line by line.
    missed: String,
}

impl Then {
    /// A week so far, as it was brought in: it goes before what was published before, and says itself who came where nothing is
    /// noted. It is the same that its dose is of.
    async fn brought_in(on: &mut On<'_>, key: Key<'_>, mut sessions: Vec<Value>) -> Result<Self, Failure> {
        attendance::attach(&mut sessions, &attendance::list(on, key).await?);
        let mut missed = Vec::new();
        for session in &sessions {
            let of = session["attendance"].as_object().into_iter().flatten();
            let lost = of.filter(|(_, note)| matches!(note["status"].as_str(), Some("no_show" | "cancelled")));
            missed.extend(lost.map(|(who, _)| format!("{who} {}", session["id"].as_str().unwrap_or_default())));
        }
        let calendar = json!({ "sessions": sessions }).to_string().into_bytes();
        Ok(Then { week: key.date, calendar, kept: None, missed: missed.join("\n") })
    }
}

/// An order of somebody.
struct Counted {
    /// Where it is counted.
    at: usize,
    service: String,
    /// From when sessions count towards a total.
    from: Option<Date>,
}

/// The orders of an episode.
struct Ordered {
    /// From when it is the episode that holds; none of the first.
    begins: Option<Date>,
    /// Sessions before it are of no episode, or of another one.
    admitted: Option<Date>,
    orders: Vec<Counted>,
}

/// What is counted of an order in an episode.
struct Tally {
    participant: String,
    order: String,
    /// Whether it asks for what was missed.
    make_up: bool,
    /// From when the episode holds; none of the first.
    begins: Option<Date>,
    known: Held,
    /// Of the week at hand: held and missed.
    here: (u32, u32),
}

/// Orders by participant and episode: a group's meetings do not say which order they serve, but its service does.
#[derive(Default)]
struct Orders {
    people: BTreeMap<String, Vec<Ordered>>,
    tallies: Vec<Tally>,
    /// Services of groups, for calendars that do not say them.
    groups: HashMap<String, String>,
    /// The day from which what is in a calendar is only planned; none where all of it counts as held.
    today: Option<Date>,
}

impl Orders {
    /// Those of everybody who has one that counts what was held.
    fn counting(parts: &Parts, today: Option<Date>) -> Result<Self, Failure> {
        let counts = |text: &str| text.contains("\"recurrence\"") && COUNTING.iter().any(|word| text.contains(word));
        let mut orders = Orders { today, ..Orders::default() };
        for person in parts.list(Kind::Participants).iter().filter(|p| counts(&p.body)) {
            orders.add(&person.id, &Course::of(&stored(&person.body)?));
        }
        for group in parts.list(Kind::Groups) {
            let body: Value = stored(&group.body)?;
            orders.groups.extend(body["service"].as_str().map(|service| (group.id.clone(), service.to_owned())));
        }
        Ok(orders)
    }

    /// Those of a participant.
    fn add(&mut self, person: &str, course: &Course) {
        let tallies = &mut self.tallies;
        let mut all = Vec::new();
        for (begins, episode) in course.episodes() {
            let mut at: HashMap<&str, usize> = HashMap::new();
            let mut orders = Vec::new();
            for order in episode.ordered() {
                let recurrence = Recurrence::read(&order["recurrence"]).unwrap_or_default();
                let (Some(id), Some(service)) = (order["id"].as_str(), order["service"].as_str()) else { continue };
                let at = *at.entry(id).or_insert(tallies.len());
                if at == tallies.len() {
                    let (participant, order) = (person.to_owned(), id.to_owned());
                    let known = Held::default();
                    tallies.push(Tally { participant, order, make_up: false, begins, known, here: (0, 0) });
                }
                tallies[at].make_up |= recurrence.make_up;
                orders.push(Counted { at, service: service.to_owned(), from: recurrence.from.map(|d| d.0) });
            }
            all.push(Ordered { begins, admitted: episode.admitted.map(|d| d.0), orders });
        }
        self.people.insert(person.to_owned(), all);
    }

    /// What was counted up to now, of each order in the last episode that has begun by a day.
    fn history(&self, begun: Date) -> History {
        let mut history = History::new();
        for Tally { order, begins, known, .. } in &self.tallies {
            match begins {
                Some(begins) if *begins > begun => {}
                _ if *known != Held::default() => drop(history.insert(order.clone(), known.clone())),
                Some(_) => drop(history.remove(order)),
                None => {}
            }
        }
        history
    }

    /// Adds what a week held; weeks come in order. What it prescribed, make-ups aside, is what was kept when it was published;
    /// of a week that was not, and of whoever came since, `base` says how many sessions of an order it has.
    fn count(
        &mut self,
        then: &Then,
        mut base: impl FnMut(Date, &str, &str) -> Result<u32, Failure>,
    ) -> Result<(), Failure> {
        let calendar: Calendar = serde_json::from_slice(&then.calendar)
            .map_err(|e| Failure::Internal(format!("A stored calendar can't be read: {e}.")))?;
        let missed: HashSet<(&str, &str)> = then.missed.split('\n').filter_map(|line| line.split_once(' ')).collect();
        let kept = then.kept.as_deref().map(Prescribed::read).transpose()?;
        let kept: Option<HashMap<&str, &Person>> =
            kept.as_ref().map(|kept| kept.people.iter().map(|p| (&*p.id, p)).collect());
        let prescribed = |who: &str| kept.as_ref().and_then(|kept| kept.get(who)).map(|p| &p.orders[..]);
        self.tallies.iter_mut().for_each(|tally| tally.here = (0, 0));
        for session in &calendar.sessions {
            let day = session.start.0.get(..10).and_then(|d| d.parse::<Date>().ok());
            let of_group = || session.group.as_ref().and_then(|Text(group)| self.groups.get(&**group)).map(|s| &**s);
            let service = session.service.as_ref().map(|Text(service)| &**service).or_else(of_group);
            for Text(who) in &session.participants {
                let Some(theirs) = self.people.get(&**who) else { continue };
                let held = |e: &&Ordered| e.begins.is_none_or(|begins| day.is_none_or(|day| begins <= day));
                let Some(Ordered { admitted, orders, .. }) = theirs.iter().rfind(held) else { continue };
                if admitted.is_some_and(|admitted| day.is_some_and(|day| day < admitted)) {
                    continue;
                }
                let named = |id: &str| orders.iter().find(|o| self.tallies[o.at].order == *id);
                let found = match &session.order {
                    Some(Text(order)) => named(order),
                    None => service.and_then(|service| {
                        // The order that it served when it was published, or else the one that it would serve now.
                        let then = prescribed(who).unwrap_or_default().iter();
                        let mut then = then.filter(|o| o.service == *service).peekable();
                        if then.peek().is_none() {
                            return orders.iter().find(|o| *o.service == *service);
                        }
                        then.find_map(|then| named(&then.id))
                    }),
                };
                let Some(order) = found else { continue };
                let Tally { known, here: (held, lost), .. } = &mut self.tallies[order.at];
                if missed.contains(&(&**who, &*session.id.0)) {
                    *lost += 1;
                    continue;
                }
                if self.today.is_some_and(|today| day.is_none_or(|day| day >= today)) {
                    known.planned = known.planned.into_iter().chain(day).min();
                    continue;
                }
                *held += 1;
                known.sessions += u32::from(day.zip(order.from).is_none_or(|(day, from)| day >= from));
                known.last = known.last.max(day);
            }
        }
        for Tally { participant: who, order: id, make_up, known, here: (held, lost), .. } in &mut self.tallies {
            if !*make_up || (*held, *lost) == (0, 0) || known.missed + *lost == 0 {
                continue;
            }
            let asked = match (prescribed(who), &kept) {
                (Some(orders), _) => {
                    orders.iter().find(|o| o.id == *id).map_or(0, |o| o.sessions.saturating_sub(o.made_up))
                }
                (None, Some(_)) if !takes_newcomers(then.week) => 0,
                (None, _) => base(then.week, who, id)?,
            };
            // What was never placed was not missed.
            known.missed = (known.missed + *lost).min((asked + known.missed).saturating_sub(*held));
        }
        Ok(())
    }
}
