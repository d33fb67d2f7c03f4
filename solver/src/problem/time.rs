//! Civil time as it is written in a problem: times of day, weekly and dated windows, instants with an offset.

use std::{fmt, str::FromStr};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    faults::Faults,
    text::{number_schema, text_type, whole_number},
};

/// A length of time in whole elapsed minutes, 0 to 10⁹.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Minutes(pub u32);

number_schema!(Minutes, "Whole elapsed minutes.");

/// A time of day in minutes past midnight, 0 to 1440 (`"24:00"`, only as an end).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(pub u16);

text_type!(
    Clock,
    "a time of day such as \"09:30\" (\"24:00\" at the latest)",
    r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "09:30"
);

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

text_type!(Date, "a date such as \"2026-11-30\"", r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "2026-11-30");

impl FromStr for Date {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return Err(()) };
        let (year, month, day) = (digits(&[y1, y2, y3, y4])?, digits(&[m1, m2])?, digits(&[d1, d2])?);
        NaiveDate::from_ymd_opt(year as i32, month, day).map(Date).ok_or(())
    }
}

/// The number that some ASCII digits write.
fn digits(text: &[u8]) -> Result<u32, ()> {
    text.iter().try_fold(0, |n, b| if b.is_ascii_digit() { Ok(n * 10 + u32::from(b - b'0')) } else { Err(()) })
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

text_type!(
    Stamp,
    "a date and time such as \"2026-12-02T09:00\", with or without an offset",
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$",
    "2026-12-02T09:00"
);

impl FromStr for Stamp {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (wall, offset) = wall_time(text)?;
        if offset.is_empty() { Ok(Stamp::Local(wall)) } else { fixed(wall, offset).map(Stamp::Fixed) }
    }
}

/// `2026-12-02T09:00`, with seconds and a fraction of them or without, and what stands behind it.
fn wall_time(text: &str) -> Result<(NaiveDateTime, &str), ()> {
    let (date, rest) = text.split_at_checked(10).ok_or(())?;
    let date = Date::from_str(date)?.0;
    let rest = rest.strip_prefix(['T', ' ']).ok_or(())?;
    let (clock, mut rest) = rest.split_at_checked(5).ok_or(())?;
    let minutes = Clock::from_str(clock)?.0;
    let (mut seconds, mut nanos) = (0, 0);
    if let Some(more) = rest.strip_prefix(':') {
        let (two, more) = more.split_at_checked(2).ok_or(())?;
        (seconds, rest) = (digits(two.as_bytes())?, more);
        if let Some(more) = rest.strip_prefix('.') {
            let end = more.find(|c: char| !c.is_ascii_digit()).unwrap_or(more.len());
            let (fraction, more) = more.split_at_checked(end).filter(|_| (1..=9).contains(&end)).ok_or(())?;
            (nanos, rest) = (digits(format!("{fraction:0<9}").as_bytes())?, more);
        }
    }
    // No leap seconds: they are no minutes of any day. 24:00 is no time of a date either.
    let time = date.and_hms_nano_opt(u32::from(minutes / 60), u32::from(minutes % 60), seconds, nanos);
    Ok((time.ok_or(())?, rest))
}

/// A wall time with its offset: `Z` or `+05:45`.
fn fixed(wall: NaiveDateTime, offset: &str) -> Result<DateTime<FixedOffset>, ()> {
    let seconds = match offset.split_at_checked(1) {
        Some(("Z", "")) => 0,
        Some((sign @ ("+" | "-"), clock)) => {
            let minutes = i32::from(Clock::from_str(clock)?.0);
            minutes * if sign == "-" { -60 } else { 60 }
        }
        _ => return Err(()),
    };
    FixedOffset::east_opt(seconds).and_then(|offset| wall.and_local_timezone(offset).single()).ok_or(())
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

text_type!(
    Instant,
    "a date and time with an offset, such as \"2026-12-01T17:15:00-05:00\"",
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
    "2026-12-01T17:15:00-05:00"
);

impl FromStr for Instant {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (wall, offset) = wall_time(text)?;
        fixed(wall, offset).map(Instant)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserr, ToSchema)]
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

impl Weekday {
    /// Its English name.
    pub fn name(self) -> &'static str {
        match self {
            Weekday::Mon => "Monday",
            Weekday::Tue => "Tuesday",
            Weekday::Wed => "Wednesday",
            Weekday::Thu => "Thursday",
            Weekday::Fri => "Friday",
            Weekday::Sat => "Saturday",
            Weekday::Sun => "Sunday",
        }
    }
}

/// A span of time in which something is so: weekly (`days`, `start`, `end`) or dated (`from`, `to`).
/// Exactly one of the two forms is filled; validation sees to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
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
        whole_number(value, location).map(Minutes)
    }
}
