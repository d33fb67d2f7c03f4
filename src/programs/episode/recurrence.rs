//! How an order recurs: in which weeks it is, with how many sessions, and up to which day.

use careweave_solver::problem::Date;
use chrono::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::{Day, plus};

/// What was held of an order in the weeks before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// How many sessions that were not missed.
    pub sessions: u32,
    /// The day of the last of them.
    pub last: Option<Date>,
    /// How many were missed and not made up since.
    pub missed: u32,
}

/// How an order recurs. `"weekly"` is the same as nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// The week, or the day, from which it counts; the admission by default.
    pub from: Option<Day>,
    /// The last day on which it may be held.
    pub until: Option<Day>,
    /// Every so many weeks.
    pub every_weeks: Option<u16>,
    /// So many days after it was held last.
    pub every_days: Option<u16>,
    /// Only in these weeks, 1 for the first.
    pub weeks: Option<Vec<u16>>,
    /// So many sessions in all.
    pub total: Option<u32>,
    /// Whether what was missed is made up in the weeks after.
    #[serde(default)]
    pub make_up: bool,
    /// Whether a part of a week has all of a week's sessions.
    #[serde(default)]
    pub whole: bool,
}

/// What an order is in a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InWeek {
    pub sessions: u32,
    /// How many of them are made up.
    pub made_up: u32,
    /// The last day on which they may be, where that is not the week's.
    pub latest: Option<Date>,
    /// What of its recurrence makes it so, in words; or why it is not in the week.
    pub why: Vec<String>,
}

impl InWeek {
    fn not(why: String) -> Self {
        InWeek { sessions: 0, made_up: 0, latest: None, why: vec![why] }
    }
}

impl Recurrence {
    /// Reads the field of an order.
    pub fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Recurrence::default()),
            Value::String(text) => match text.split(' ').collect::<Vec<_>>()[..] {
                ["weekly"] => Ok(Recurrence::default()),
                ["once"] => Ok(Recurrence { total: Some(1), ..Recurrence::default() }),
                ["every", n, unit @ ("weeks" | "days")] => {
                    let n: u16 = n.parse().map_err(|_| format!("`{n}` is no number"))?;
                    let field = if unit == "weeks" { "every_weeks" } else { "every_days" };
                    Recurrence::read(&json!({ field: n }))
                }
                _ => Err("a recurrence is `weekly`, `once`, `every 2 weeks`, `every 30 days` or an object".into()),
            },
            other => {
                let read = Recurrence::deserialize(other).map_err(|e| e.to_string())?;
                let zero = [read.every_weeks, read.every_days].into_iter().flatten().any(|n| n == 0);
                if zero || (read.every_weeks.is_some() && read.every_days.is_some()) {
                    return Err("an order recurs every 1 or more weeks or days, not both".into());
                }
                if read.from.zip(read.until).is_some_and(|(from, until)| until < from) {
                    return Err("an order ends before it begins".into());
                }
                Ok(read)
            }
        }
    }

    /// Whether it is so many sessions a week, so that a part of a week has a part of them. Others are appointed for their
    /// week or day, or counted, and stay whole.
    pub fn prorated(&self) -> bool {
        let appointed = self.every_weeks.is_some() || self.every_days.is_some() || self.weeks.is_some();
        !appointed && self.total.is_none() && !self.whole
    }

    /// The number of a week, 0 for the one that the first day lies in.
    fn number(from: Option<Date>, week: Date) -> i64 {
        (from.map_or(0, |from| (week.0 - from.0).num_days().max(0)) + 6) / 7
    }

    /// What of `sessions` a week there are in this one.
    pub fn in_week(&self, mut sessions: u32, week: Date, since: Option<Date>, held: &Held) -> InWeek {
        let last = plus(week, 6);
        let from = self.from.map(|d| d.0).or(since);
        if let Some(from) = from.filter(|from| *from > last) {
            return InWeek::not(format!("it begins on {from}"));
        }
        if let Some(until) = self.until.filter(|until| until.0 < week) {
            return InWeek::not(format!("it ended on {}", until.0));
        }
        let number = Self::number(from, week);
        let mut why = Vec::new();
        if let Some(n) = self.every_weeks {
            if number % i64::from(n) != 0 {
                let next = i64::from(n) - number % i64::from(n);
                return InWeek::not(format!(
                    "every {n} weeks, again in {}",
                    crate::failure::counted(next as usize, "week")
                ));
            }
            why.push(format!("every {n} weeks"));
        }
        if let Some(weeks) = &self.weeks {
            if !weeks.iter().any(|k| i64::from(*k) == number + 1) {
                return InWeek::not(format!("this is week {}, not one of {weeks:?}", number + 1));
            }
            why.push(format!("week {} of it", number + 1));
        }
        let mut latest = self.until.map(|d| d.0).filter(|until| *until < last);
        if let Some(until) = latest {
            why.push(format!("up to {until}"));
        }
        if let Some(due) = self.due(from, held) {
            if due > last {
                return InWeek::not(format!("it is due by {due}"));
            }
            let before = held.last.map_or("never held".to_owned(), |last| format!("held last on {last}"));
            // What is overdue may be at any time.
            if due >= week {
                latest = Some(latest.map_or(due, |l| l.min(due)));
                why.push(format!("due by {due}, {before}"));
            } else {
                why.push(format!("overdue since {due}, {before}"));
            }
        }
        let mut made_up = if self.make_up { held.missed } else { 0 };
        sessions += made_up;
        if let Some(total) = self.total {
            let left = total.saturating_sub(held.sessions);
            if left == 0 {
                return InWeek::not(format!("all {total} were held"));
            }
            why.push(format!("{left} of {total} left"));
            sessions = sessions.min(left);
            made_up = made_up.min(left);
        }
        if made_up > 0 {
            why.push(format!("{made_up} to make up"));
        }
        InWeek { sessions, made_up, latest, why }
    }

    /// By when it is to be held next, where it recurs after days.
    pub fn due(&self, from: Option<Date>, held: &Held) -> Option<Date> {
        let every = Duration::days(self.every_days?.into());
        Some(match held.last {
            Some(last) => Date(last.0.checked_add_signed(every).unwrap_or(last.0)),
            None => from.unwrap_or(Date(chrono::NaiveDate::MIN)),
        })
    }
}
