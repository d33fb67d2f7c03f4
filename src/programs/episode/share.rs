//! Parts of a week: on which days of it somebody is in treatment, in which phase, and what part of a week's care that is.

use careweave_solver::problem::Date;
use serde_json::{Value, json};

use super::fields::{Day, Episode, Phase, plus};

/// Days of the week, from its first, on which a programme is open.
pub type Open = [bool; 7];

/// Days in a row in one phase.
#[derive(Debug)]
pub struct Part<'a> {
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
    /// The parts of a week; nothing where the participant is in treatment on no day of it.
    pub fn share(&self, week: Date, open: Open) -> Option<Share<'_>> {
        let away = self.away(week)?;
        let open = if open.contains(&true) { open } else { [true; 7] };
        let mut parts: Vec<Part> = Vec::new();
        for (k, open) in (0..7).zip(open) {
            let day = plus(week, k);
            let phase = self.phase(day);
            let same = |part: &Part| match (part.phase, phase) {
                (Some(a), Some(b)) => std::ptr::eq(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            if !parts.last().is_some_and(same) {
                parts.push(Part { phase, from: day, to: day, days: Vec::new() });
            }
            let Some(part) = parts.last_mut() else { continue };
            part.to = day;
            if open && !away.iter().any(|(from, to)| (*from..*to).contains(&day)) {
                part.days.push(day);
            }
        }
        Some(Share { parts, of: open.iter().filter(|o| **o).count(), away })
    }

    /// The days of a week on which the participant does not come, each up to the first day on which that is over; nothing
    /// where that is all of it.
    fn away(&self, week: Date) -> Option<Vec<(Date, Date)>> {
        // A session may end after the week.
        let end = plus(week, 8);
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
        let comes = |day: Date| !away.iter().any(|(from, to)| (*from..*to).contains(&day));
        if (0..7).any(|k| comes(plus(week, k))) { Some(away) } else { None }
    }

    /// The phase on a day; of those that begin on the same day the last.
    fn phase(&self, day: Date) -> Option<&Phase> {
        let begun = self.phases.iter().filter_map(|p| Some((self.begin(p)?, p))).filter(|(from, _)| *from <= day);
        begun.max_by_key(|(from, _)| *from).map(|(_, phase)| phase)
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
