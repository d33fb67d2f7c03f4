//! What became of the sessions that were published, version after version: how often each changed, and which are called off.

use std::collections::BTreeMap;

use careweave_solver::problem::Date;
use chrono::{Datelike, Days};
use serde_json::Value;

use super::weeks::{sessions, text};
use crate::{
    failure::Failure,
    store::{Store, args},
};

/// A session of a week, over all its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Occasion {
    /// First day of its week.
    pub week: String,
    /// As it was published last.
    pub session: Value,
    /// How often it was changed or called off.
    pub sequence: u32,
    /// When that was last so, in milliseconds since 1970.
    pub at: i64,
    /// It was called off, for those who are asked about.
    pub cancelled: bool,
}

/// Which weeks: `from` some first day on, up to another.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub from: Date,
    pub to: Date,
}

impl Span {
    /// The first and the last of the dates as they are stored, where years have four digits.
    pub fn bounds(&self) -> (String, String) {
        let written = |date: Date| match date.0.year() {
            year if year < 0 => "0000-01-01".to_owned(),
            year if year > 9999 => "9999-12-31".to_owned(),
            _ => date.to_string(),
        };
        (written(self.from), written(self.to))
    }
}

/// Days before the last published week that a calendar still shows.
const BACK: u64 = 56;

/// The weeks that a calendar shows: those published last, and the two months before them.
pub async fn latest(store: &Store, tenant: &str, program: &str) -> Result<Option<Span>, Failure> {
    let sql = "SELECT MAX(week) FROM weeks WHERE tenant = $1 AND program = $2 AND published IS NOT NULL";
    let rows = store.read(sql, args![tenant, program]).await?;
    let last = rows.first().map(|row| row.maybe_text(0)).transpose()?.flatten();
    let Some(to) = last.and_then(|last| last.parse::<Date>().ok()) else { return Ok(None) };
    Ok(to.0.checked_sub_days(Days::new(BACK)).map(|from| Span { from: Date(from), to }))
}

/// Versions of weeks, by week and number: `(week, at, calendar)`.
pub type Versions = Vec<(String, i64, Vec<u8>)>;

/// The versions of some weeks.
pub async fn versions(store: &Store, tenant: &str, program: &str, span: Span) -> Result<Versions, Failure> {
    let sql = "SELECT week, at, calendar FROM week_versions WHERE tenant = $1 AND program = $2 AND week >= $3 AND week <= $4 \
               ORDER BY week, version";
    let (from, to) = span.bounds();
    let rows = store.read(sql, args![tenant, program, from, to]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?, row.bytes(2)?))).collect()
}

/// What became of the sessions that concern somebody; `shown` is what of a session makes a change for them.
pub fn occasions(
    versions: Versions,
    concerns: impl Fn(&Value) -> bool,
    shown: impl Fn(&Value) -> Value,
) -> Result<Vec<Occasion>, Failure> {
    let mut all: BTreeMap<(String, String), Occasion> = BTreeMap::new();
    for (week, at, calendar) in versions {
        let mut here: BTreeMap<String, Value> = sessions(&text(calendar)?)?
            .into_iter()
            .filter(|s| concerns(s))
            .filter_map(|s| Some((s["id"].as_str()?.to_owned(), s)))
            .collect();
        for ((_, id), known) in all.iter_mut().filter(|((of, _), _)| *of == week) {
            match here.remove(id) {
                Some(session) => {
                    if known.cancelled || shown(&session) != shown(&known.session) {
                        (known.sequence, known.at) = (known.sequence + 1, at);
                    }
                    (known.session, known.cancelled) = (session, false);
                }
                None if !known.cancelled => {
                    (known.sequence, known.at, known.cancelled) = (known.sequence + 1, at, true);
                }
                None => {}
            }
        }
        for (id, session) in here {
            let new = Occasion { week: week.clone(), session, sequence: 0, at, cancelled: false };
            all.insert((week.clone(), id), new);
        }
    }
    Ok(all.into_values().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_session_is_counted_up_when_it_changes_is_called_off_and_comes_back() {
        let version =
            |at: i64, list: Value| ("2026-11-30".to_owned(), at, json!({ "sessions": list }).to_string().into_bytes());
        let session = |id: &str, start: &str, who: &[&str]| json!({ "id": id, "start": start, "participants": who });
        let versions = [
            version(1, json!([session("g/1", "9", &["a", "b"]), session("o/1", "10", &["a"])])),
            version(2, json!([session("g/1", "9", &["b"]), session("o/1", "11", &["a"])])),
            version(3, json!([session("g/1", "9", &["a", "b", "c"]), session("o/1", "11", &["a"])])),
            version(4, json!([session("g/1", "9", &["a"])])),
        ];
        let told = |who: &'static str, most: usize| {
            let concerns = move |s: &Value| s["participants"].as_array().unwrap().contains(&json!(who));
            let occasions = occasions(versions[..most].to_vec(), concerns, |s| s["start"].clone()).unwrap();
            let brief = |o: Occasion| (o.session["id"].as_str().unwrap().to_owned(), o.sequence, o.at, o.cancelled);
            occasions.into_iter().map(brief).collect::<Vec<_>>()
        };
        let group = |sequence, at, cancelled| ("g/1".to_owned(), sequence, at, cancelled);
        let own = |sequence, at, cancelled| ("o/1".to_owned(), sequence, at, cancelled);
        assert_eq!(told("a", 1), [group(0, 1, false), own(0, 1, false)]);
        assert_eq!(told("a", 2), [group(1, 2, true), own(1, 2, false)]);
        assert_eq!(told("a", 3), [group(2, 3, false), own(1, 2, false)]);
        assert_eq!(told("a", 4), [group(2, 3, false), own(2, 4, true)]);
        assert_eq!(told("b", 4), [group(1, 4, true)]);
    }
}
