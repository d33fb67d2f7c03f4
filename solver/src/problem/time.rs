//! Civil time as it is written in a problem: times of day, weekly and dated windows, instants with an offset.

use std::{fmt, str::FromStr};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use deserr::Deserr;
use serde::Serialize;

use super::{faults::Faults, text::text_type};

/// A length of time in whole elapsed minutes, 0 to 10⁹.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Minutes(pub u32);

/// A time of day in minutes past midnight, 0 to 1440 (`"24:00"`, only as an end).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(pub u16);

text_type!(Clock, "a time of day such as \"09:30\" (\"24:00\" at the latest)");

impl FromStr for Clock {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (h, m) = text.split_once(':').ok_or(())?;
        if h.len() != 2 || m.len() != 2 || !text.bytes().all(|b| b == b':' || b.is_ascii_digit()) {
            return Err(());
        }
        let (h, m): (u16, u16) = (h.parse().map_err(|_| ())?, m.parse().map_err(|_| ())?);
        let minutes = h * 60 + m;
        if m < 60 && minutes <= 1440 { Ok(Clock(minutes)) } else { Err(()) }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A calendar date such as `2026-11-30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

text_type!(Date, "a date such as \"2026-11-30\"");

impl FromStr for Date {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        if text.len() != 10 {
            return Err(());
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Date).map_err(|_| ())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

/// A dated wall-clock time: local to its owner's zone, or with an offset of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stamp {
    /// Wall time in the owner's zone.
    Local(NaiveDateTime),
    /// An instant, written with its offset.
    Fixed(DateTime<FixedOffset>),
}

text_type!(Stamp, "a date and time such as \"2026-12-02T09:00\", with or without an offset");

impl FromStr for Stamp {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(at) = Instant::from_str(text) {
            return Ok(Stamp::Fixed(at.0));
        }
        let (date, time) = text.split_once(['T', ' ']).ok_or(())?;
        let date = Date::from_str(date)?.0;
        let time = ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f"]
            .iter()
            .find_map(|f| NaiveTime::parse_from_str(time, f).ok())
            .ok_or(())?;
        Ok(Stamp::Local(date.and_time(time)))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stamp::Local(t) => write!(f, "{}", t.format("%Y-%m-%dT%H:%M:%S")),
            Stamp::Fixed(t) => Instant(*t).fmt(f),
        }
    }
}

/// A point in time, written as wall time with its offset: `2026-12-01T17:15:00-05:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub DateTime<FixedOffset>);

text_type!(Instant, "a date and time with an offset, such as \"2026-12-01T17:15:00-05:00\"");

impl FromStr for Instant {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M%:z"]
            .iter()
            .find_map(|f| DateTime::parse_from_str(text, f).ok())
            .or_else(|| DateTime::parse_from_rfc3339(text).ok())
            .or_else(|| {
                let utc = NaiveDateTime::parse_from_str(text.strip_suffix('Z')?, "%Y-%m-%dT%H:%M").ok()?;
                Some(utc.and_utc().fixed_offset())
            })
            .map(Instant)
            .ok_or(())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserr)]
#[serde(rename_all = "lowercase")]
#[deserr(error = Faults, rename_all = lowercase)]
#[allow(missing_docs)]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A span of time in which something is so: weekly (`days`, `start`, `end`) or dated (`from`, `to`).
/// Exactly one of the two forms is filled; validation sees to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserr)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Window {
    /// Weekdays of the horizon on which a weekly window lies.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Vec<Weekday>>,
    /// Start of a weekly window.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Clock>,
    /// End of a weekly window; never past midnight.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Clock>,
    /// Start of a dated window.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Stamp>,
    /// End of a dated window.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Stamp>,
}

impl Window {
    /// A weekly window.
    pub fn weekly(days: Vec<Weekday>, start: Clock, end: Clock) -> Self {
        Window { days: Some(days), start: Some(start), end: Some(end), ..Window::default() }
    }

    /// A dated window.
    pub fn dated(from: Stamp, to: Stamp) -> Self {
        Window { from: Some(from), to: Some(to), ..Window::default() }
    }
}

impl<E: deserr::DeserializeError> Deserr<E> for Minutes {
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        location: deserr::ValuePointerRef,
    ) -> Result<Self, E> {
        super::text::whole_number(value, location).map(Minutes)
    }
}
