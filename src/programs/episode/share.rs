//! Parts of a week: on which days of it somebody is in treatment, in which phase, and what part of a week's care that is.

use careweave_solver::problem::Date;
use serde_json::{Value, json};

use super::fields::{Day, Episode, Phase, plus};

/// Days of the week, from its first, on which a programme is open.
pub type Open = [bool; 7];

/// Days in a row in one phase of one episode.
#[derive(Debug)]
pub struct Part<'a> {
    pub episode: &'a Episode,
    /// None before the first.
    pub phase: Option<&'a Phase>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Those days of it on which the participant is in treatment and the programme is open.
    pub days: Vec<Date>,
}

/// A week in parts.
#[derive(Debug)]
pub struct Share<'a> {
    /// In order; together they are the whole week.
    pub parts: Vec<Part<'a>>,
    /// On how many days of the week the programme is open; all, where that is none.
    pub of: usize,
    /// Days on which the participant does not come, each up to the first day on which that is over.
    pub away: Vec<(Date, Date)>,
}

impl Share<'_> {
    /// On how many open days the participant is in treatment.
    pub fn days(&self) -> usize {
        self.parts.iter().map(|part| part.days.len()).sum()
    }

    /// What so much a week in each part makes in this week: twice the amount, and what it is to be divided by.
    fn doubled(&self, amount: impl Fn(&Part) -> (u64, usize)) -> (u64, u64) {
        let sum = self.parts.iter().map(&amount).map(|(each, days)| each * days as u64).sum::<u64>();
        (2 * sum, 2 * self.of as u64)
    }

    /// The amount, a half rounded up.
    pub fn rounded(&self, amount: impl Fn(&Part) -> (u64, usize)) -> u64 {
        let (twice, by) = self.doubled(amount);
        (twice + by / 2) / by.max(1)
    }

    /// The amount, rounded down.
    pub fn whole(&self, amount: impl Fn(&Part) -> (u64, usize)) -> u64 {
        let (twice, by) = self.doubled(amount);
        twice / by.max(1)
    }
}

impl Episode {
    /// The days from the first of a week up to an end on which the participant does not come for all that this episode says,
    /// each up to the first day on which that is over.
    pub fn away(&self, week: Date, end: Date) -> Vec<(Date, Date)> {
        let mut away = Vec::new();
        if let Some(Day(admitted)) = self.admitted
            && admitted > week
        {
            away.push((week, admitted.min(end)));
        }
        if let Some(Day(discharged)) = self.discharged
            && discharged < plus(week, 6)
        {
            away.push((plus(discharged, 1).max(week), end));
        }
        for hold in &self.hold {
            let (from, to) = (hold.from.0.max(week), hold.to.map_or(end, |to| plus(to.0, 1).min(end)));
            if from < to {
                away.push((from, to));
            }
        }
        away
    }

    /// The phase on a day; of those that begin on the same day the last.
    pub fn phase(&self, day: Date) -> Option<&Phase> {
        let begun = self.phases.iter().filter_map(|p| Some((self.begin(p)?, p))).filter(|(from, _)| *from <= day);
        begun.max_by_key(|(from, _)| *from).map(|(_, phase)| phase)
    }

    /// All its orders: those that always stand, then those of the phases.
    pub fn ordered(&self) -> impl Iterator<Item = &Value> {
        self.orders.iter().chain(self.phases.iter().flat_map(|phase| phase.orders.iter().flatten()))
    }

    /// The orders that stand from one day to another, phase by phase: from when they do, up to the first day on which others do
    /// (none of the last), and as they stand then; an order of a phase goes before one of the same id that always stands.
    pub fn standing(&self, (from, to): (Date, Date)) -> Vec<(Date, Option<Date>, Vec<&Value>)> {
        let mut days: Vec<Date> = self.phases.iter().filter_map(|phase| self.begin(phase)).collect();
        days.retain(|day| from < *day && *day <= to);
        days.push(from);
        days.sort_unstable();
        days.dedup();
        let of = |(k, day): (usize, &Date)| {
            let own = self.phase(*day).and_then(|phase| phase.orders.as_deref()).unwrap_or_default();
            let others = self.orders.iter().filter(|order| own.iter().all(|o| o["id"] != order["id"]));
            (*day, days.get(k + 1).copied(), others.chain(own).collect())
        };
        days.iter().enumerate().map(of).collect()
    }

    /// The day on which a phase begins.
    pub fn begin(&self, phase: &Phase) -> Option<Date> {
        match (phase.from, phase.after_weeks, self.admitted) {
            (Some(Day(from)), ..) => Some(from),
            (None, Some(weeks), Some(Day(admitted))) => Some(plus(admitted, 7 * u64::from(weeks))),
            _ => None,
        }
    }
}

/// Midnight at which a day begins.
pub fn midnight(date: Date) -> String {
    format!("{date}T00:00")
}

/// Windows, without what of them is not from one day to another, both included.
pub fn clip(windows: &Value, week: Date, (from, to): (Date, Date)) -> Value {
    let whole = json!([{ "from": midnight(from), "to": midnight(plus(to, 1)) }]);
    let Some(windows) = windows.as_array() else { return whole };
    let inside =
        |name: &str| (0..7).map(|k| plus(week, k)).any(|day| (from..=to).contains(&day) && weekday(day) == name);
    let clipped = windows.iter().filter_map(|window| {
        let mut window = window.clone();
        if let Some(days) = window["days"].as_array_mut() {
            days.retain(|day| day.as_str().is_some_and(inside));
            return (!days.is_empty()).then_some(window);
        }
        // A day is told by how a time begins, with an offset or without.
        let day = |name: &str| window[name].as_str().and_then(|t| t.get(..10)?.parse::<Date>().ok());
        let (begins, ends) = (day("from")?, day("to")?);
        if ends < from || begins > to {
            return None;
        }
        if begins < from {
            window["from"] = midnight(from).into();
        }
        if ends > to {
            window["to"] = midnight(plus(to, 1)).into();
        }
        Some(window)
    });
    clipped.collect()
}

/// As a window calls a day.
pub fn weekday(day: Date) -> String {
    use chrono::Datelike;
    day.0.weekday().to_string().to_lowercase()
}

/// On which days of a week a site is open by its hours; those that it is closed on once are open all the same.
pub fn open(site: &Value, week: Date) -> Open {
    std::array::from_fn(|k| {
        let day = plus(week, k as u64);
        let name = weekday(day);
        site["hours"].as_array().into_iter().flatten().any(|window| match window["days"].as_array() {
            Some(days) => days.iter().any(|d| *d == *name),
            None => window["from"].as_str().is_some_and(|from| from.starts_with(&day.to_string())),
        })
    })
}
