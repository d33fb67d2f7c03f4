//! How an order recurs: in which weeks it is, with how many sessions, and up to which day.

use careweave_solver::problem::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::{Day, Episode, plus};

/// What was held of an order in the weeks before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// How many sessions that were not missed.
    pub sessions: u32,
    /// The day of the last of them.
    pub last: Option<Date>,
    /// How many were missed and not made up since.
    pub missed: u32,
    /// The first day on which it is planned; known only of what is asked as of a day.
    pub planned: Option<Date>,
}

impl Episode {
    /// Of an order that counts from `since` where it does not say so itself. What is due within days is so from the admission,
    /// however long the order has been known.
    pub fn span(&self, order: &Recurrence, since: Option<Date>) -> Span {
        let admitted = self.admitted.filter(|_| order.within_days.is_some()).map(|d| d.0);
        Span { since: admitted.or(since), discharged: self.discharged.map(|d| d.0) }
    }
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
    /// Once, at most so many days after the first day, and until it was held.
    pub within_days: Option<u16>,
    /// Once, on one of the last so many days up to the discharge.
    pub before_discharge: Option<u16>,
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

/// The first and the last day of what an order is part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// From when it counts where it does not say so itself.
    pub since: Option<Date>,
    /// The discharge.
    pub discharged: Option<Date>,
}

/// What an order is in a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InWeek {
    pub sessions: u32,
    /// How many of them are made up.
    pub made_up: u32,
    /// The first day on which they may be, where that is not the week's.
    pub earliest: Option<Date>,
    /// The last day on which they may be, where that is not the week's.
    pub latest: Option<Date>,
    /// What of its recurrence makes it so, in words; or why it is not in the week.
    pub why: Vec<String>,
}

impl InWeek {
    fn not(why: String) -> Self {
        InWeek { sessions: 0, made_up: 0, earliest: None, latest: None, why: vec![why] }
    }
}

/// The recurrence of one number.
fn read_count(field: &str, n: &str) -> Result<Recurrence, String> {
    let n: u16 = n.parse().map_err(|_| format!("`{n}` is no number"))?;
    Recurrence::read(&json!({ field: n }))
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
                    read_count(if unit == "weeks" { "every_weeks" } else { "every_days" }, n)
                }
                ["within", n, "days"] => read_count("within_days", n),
                [n, "days", "before", "discharge"] => read_count("before_discharge", n),
                _ => Err("a recurrence is `weekly`, `once`, `every 2 weeks`, `every 30 days`, `within 3 days`, \
                          `14 days before discharge` or an object"
                    .into()),
            },
            other => {
                let read = Recurrence::deserialize(other).map_err(|e| e.to_string())?;
                let zero = [read.every_weeks, read.every_days].into_iter().flatten().any(|n| n == 0);
                if zero || (read.every_weeks.is_some() && read.every_days.is_some()) {
                    return Err("an order recurs every 1 or more weeks or days, not both".into());
                }
                let again = read.every_weeks.is_some() || read.every_days.is_some() || read.weeks.is_some();
                if read.is_once() && (again || (read.within_days.is_some() && read.before_discharge.is_some())) {
                    return Err(
                        "what is held once, within days of the first day or before the discharge, does not recur"
                            .into(),
                    );
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
        !appointed && !self.is_once() && self.total.is_none() && !self.whole
    }

    /// Whether it is held once, by a day that the episode says.
    fn is_once(&self) -> bool {
        self.within_days.is_some() || self.before_discharge.is_some()
    }

    /// How many sessions there are in all, of an order of so many.
    fn total(&self, sessions: u32) -> Option<u32> {
        self.total.or(self.is_once().then_some(sessions))
    }

    /// The number of a week, 0 for the one that the first day lies in.
    fn number(from: Option<Date>, week: Date) -> i64 {
        (from.map_or(0, |from| (week.0 - from.0).num_days().max(0)) + 6) / 7
    }

    /// What of `sessions` a week there are in this one.
    pub fn in_week(&self, mut sessions: u32, week: Date, span: Span, held: &Held) -> InWeek {
        let last = plus(week, 6);
        let from = self.from.map(|d| d.0).or(span.since);
        let total = self.total(sessions);
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
        let mut earliest = None;
        if let Some(days) = self.before_discharge {
            let Some(discharged) = span.discharged else {
                return InWeek::not("no discharge is planned".to_owned());
            };
            let begins = Date(discharged.0.checked_sub_days(chrono::Days::new(days.into())).unwrap_or(discharged.0));
            if begins > last {
                return InWeek::not(format!("it begins on {begins}, {days} days before the discharge"));
            }
            why.push(format!("within {days} days before the discharge on {discharged}"));
            earliest = Some(begins).filter(|begins| *begins > week);
        }
        if let Some(due) = self.due(sessions, span, held) {
            let before = held.last.map_or("never held".to_owned(), |last| format!("held last on {last}"));
            // What is held once may be so at any time up to its day; what is overdue, in any case.
            if due > last && self.is_once() {
                why.push(format!("due by {due}, {before}"));
            } else if due > last {
                return InWeek::not(format!("it is due by {due}"));
            } else if due >= week {
                latest = Some(latest.map_or(due, |l| l.min(due)));
                why.push(format!("due by {due}, {before}"));
            } else {
                why.push(format!("overdue since {due}, {before}"));
            }
        }
        let mut made_up = if self.make_up { held.missed } else { 0 };
        sessions += made_up;
        if let Some(total) = total {
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
        InWeek { sessions, made_up, earliest, latest, why }
    }

    /// By when an order of so many sessions is to be held next, where it recurs after days, or is held once by a day.
    pub fn due(&self, sessions: u32, span: Span, held: &Held) -> Option<Date> {
        let from = self.from.map(|d| d.0).or(span.since);
        if self.is_once() && self.total(sessions).is_some_and(|total| held.sessions >= total) {
            return None;
        }
        if let Some(days) = self.within_days {
            return from.map(|from| plus(from, days.into()));
        }
        if self.before_discharge.is_some() {
            return span.discharged;
        }
        let every = self.every_days?;
        Some(match held.last {
            Some(last) => plus(last, every.into()),
            None => from.unwrap_or(Date(chrono::NaiveDate::MIN)),
        })
    }
}
