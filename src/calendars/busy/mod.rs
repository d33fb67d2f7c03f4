//! iCalendar in: when somebody is busy, and nothing else of what the calendar says. What can't be read with certainty is
//! left out and told. Whatever the file, memory and time are bounded.

mod event;
mod freebusy;
mod recurrence;
mod zone;

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant as Moment},
};

use calcard::{Entry, Parser, icalendar::ICalendar};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::zone::Zones;

/// Most bytes of a calendar.
pub const BYTES: usize = 10 << 20;
/// Components of a calendar: events, zones, alarms.
const COMPONENTS: usize = 100_000;
/// Single times that all recurrences of a calendar may have.
const TIMES: usize = 200_000;
/// Times of somebody that are kept, once those that touch are one.
const KEPT: usize = 20_000;
/// Kinds of things that are told as not understood.
const TOLD: usize = 100;
/// Time to read a calendar.
const PATIENCE: Duration = Duration::from_secs(20);

/// From when to when, as seconds since 1970; without the end.
pub type Span = (i64, i64);

/// Whose calendar is read, and for which time.
#[derive(Debug, Clone)]
pub struct About {
    /// The zone of times that have none, and of days.
    pub zone: Tz,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// UIDs of our own events: who is told of a session by a calendar is not kept from it by that calendar.
    pub ours: BTreeSet<String>,
}

/// When somebody is busy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Busy {
    /// In their order; none touches another.
    pub spans: Vec<Span>,
    /// What was left out.
    pub not_understood: Vec<NotUnderstood>,
}

/// Something that was left out of what was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct NotUnderstood {
    /// What it is, such as `unknown-time-zone`.
    pub code: String,
    /// What is the matter with it.
    pub detail: String,
    /// How often it is there.
    pub count: u64,
}

/// Why nothing is made of a calendar: a code, and a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub code: &'static str,
    pub detail: String,
}

fn unreadable<T>(code: &'static str, detail: impl Into<String>) -> Result<T, Unreadable> {
    Err(Unreadable { code, detail: detail.into() })
}

/// What of a calendar was left out, counted.
#[derive(Default)]
struct Doubts(BTreeMap<(&'static str, String), u64>);

impl Doubts {
    fn note(&mut self, code: &'static str, detail: impl Into<String>) {
        let detail: String = detail.into().chars().filter(|c| !c.is_control()).take(200).collect();
        let known = self.0.len() < TOLD || self.0.contains_key(&(code, detail.clone()));
        let key = if known { (code, detail) } else { ("more", "There is more of such kinds.".into()) };
        *self.0.entry(key).or_default() += 1;
    }

    fn told(self) -> Vec<NotUnderstood> {
        let told = |((code, detail), count): ((&str, String), u64)| NotUnderstood { code: code.into(), detail, count };
        self.0.into_iter().map(told).collect()
    }
}

/// What reading a calendar may still cost.
struct Budget {
    times: usize,
    until: Moment,
}

impl Budget {
    /// Takes so many single times out of it.
    fn spend(&mut self, times: usize) -> Result<(), Unreadable> {
        self.times = match self.times.checked_sub(times) {
            Some(left) => left,
            None => {
                let detail = format!("The calendar's recurrences have more than {TIMES} times; leave old events out.");
                return unreadable("too-many-times", detail);
            }
        };
        if Moment::now() > self.until {
            let detail = format!("The calendar can't be read within {} s; leave old events out.", PATIENCE.as_secs());
            return unreadable("too-slow", detail);
        }
        Ok(())
    }
}

/// Reads when somebody is busy.
pub fn read(bytes: &[u8], about: &About) -> Result<Busy, Unreadable> {
    // The parser is somebody else's: a fault in it ends one calendar and not the service.
    catch_unwind(AssertUnwindSafe(|| read_all(bytes, about)))
        .unwrap_or_else(|_| unreadable("unreadable", "The calendar can't be read; export it anew."))
}

fn read_all(bytes: &[u8], about: &About) -> Result<Busy, Unreadable> {
    let calendars = parse(bytes)?;
    let mut budget = Budget { times: TIMES, until: Moment::now() + PATIENCE };
    let (mut spans, mut doubts) = (Vec::new(), Doubts::default());
    for calendar in &calendars {
        let zones = Zones::of(calendar, about, &mut budget)?;
        event::busy(calendar, &zones, about, (&mut spans, &mut doubts), &mut budget)?;
        freebusy::busy(calendar, &mut spans, &mut doubts);
    }
    let spans = merged(spans, (about.from.timestamp(), about.to.timestamp()));
    if spans.len() > KEPT {
        return unreadable("too-many-times", format!("The calendar has more than {KEPT} busy times; read less of it."));
    }
    Ok(Busy { spans, not_understood: doubts.told() })
}

/// The calendars of a file, which is whole.
fn parse(bytes: &[u8]) -> Result<Vec<ICalendar>, Unreadable> {
    if bytes.len() > BYTES {
        let detail = format!("The calendar is larger than {} MiB; leave old events out.", BYTES >> 20);
        return unreadable("too-large", detail);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(e) => {
            let detail = format!("The calendar is not UTF-8 (byte {}); save it as UTF-8.", e.valid_up_to());
            return unreadable("wrong-encoding", detail);
        }
    };
    let begins = |line: &str| text.trim_start().get(..line.len()).is_some_and(|s| s.eq_ignore_ascii_case(line));
    if !begins("BEGIN:VCALENDAR") {
        return unreadable("no-calendar", "This is no iCalendar file: it does not begin with BEGIN:VCALENDAR.");
    }
    let last = text.trim_end().rsplit(['\n', '\r']).next().unwrap_or_default();
    if !last.trim_end().eq_ignore_ascii_case("END:VCALENDAR") {
        return unreadable("cut-off", "The calendar is cut off: it does not end with END:VCALENDAR.");
    }
    let (mut parser, mut calendars, mut components) = (Parser::new(text), Vec::new(), 0);
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                components += calendar.components.len();
                if components > COMPONENTS {
                    let detail = format!("The calendar has more than {COMPONENTS} events; leave old ones out.");
                    return unreadable("too-many-events", detail);
                }
                calendars.push(calendar);
            }
            Entry::Eof => return Ok(calendars),
            // A line between two calendars, a card.
            _ => {}
        }
    }
}

/// Spans in their order, those that touch made one, within a window.
pub fn merged(mut spans: Vec<Span>, (from, to): Span) -> Vec<Span> {
    spans.retain(|s| s.0 < s.1 && s.0 < to && s.1 > from);
    spans.sort_unstable();
    let mut all: Vec<Span> = Vec::new();
    for (start, end) in spans {
        let (start, end) = (start.max(from), end.min(to));
        match all.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => all.push((start, end)),
        }
    }
    all
}

#[cfg(test)]
mod tests;
