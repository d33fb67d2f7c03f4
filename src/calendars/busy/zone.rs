//! Time zones of a calendar: those of the world's registry by any of their names, else as the file's own VTIMEZONE says.

use std::{collections::HashMap, sync::Arc};

use calcard::{
    common::{PartialDateTime, timezone::Tz as Named},
    icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue},
};
use chrono::{DateTime, Duration, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::{About, Budget, Unreadable, recurrence};

/// Changes of the clock that a zone of a file may have.
const CHANGES: usize = 2_000;

/// Where a wall clock hangs.
#[derive(Debug, Clone)]
pub enum Zone {
    Known(Tz),
    /// So many seconds east of Greenwich, always.
    Fixed(i32),
    /// As a VTIMEZONE says; the earliest change first.
    Own(Arc<[Change]>),
}

/// A change of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// What the clock shows just before.
    wall: NaiveDateTime,
    /// Seconds east of Greenwich before and after it.
    before: i32,
    after: i32,
}

impl Change {
    fn instant(&self) -> i64 {
        self.wall.and_utc().timestamp() - i64::from(self.before)
    }
}

impl Zone {
    /// The instant at which a clock shows a time, in seconds since 1970: the first of two, and in a gap that which the
    /// clock would show without it (RFC 5545, 3.3.5).
    pub fn instant(&self, wall: NaiveDateTime) -> i64 {
        let shown = wall.and_utc().timestamp();
        match self {
            Zone::Fixed(offset) => shown - i64::from(*offset),
            Zone::Known(tz) => match tz.from_local_datetime(&wall).earliest() {
                Some(at) => at.timestamp(),
                None => {
                    let offset = |hours| {
                        let before = wall.checked_sub_signed(Duration::hours(hours))?;
                        Some(tz.from_local_datetime(&before).earliest()?.offset().fix().local_minus_utc())
                    };
                    // The longest gap so far was a day, when a country changed sides of the date line.
                    shown - i64::from([3, 26].into_iter().find_map(offset).unwrap_or(0))
                }
            },
            Zone::Own(changes) => {
                let offset = match last(changes, |change| change.wall <= wall) {
                    Some(change) => {
                        let gap = Duration::seconds(i64::from(change.after - change.before));
                        if wall < change.wall + gap { change.before } else { change.after }
                    }
                    None => changes.first().map_or(0, |change| change.before),
                };
                shown - i64::from(offset)
            }
        }
    }

    /// What the clock shows at an instant.
    pub fn wall(&self, instant: i64) -> Option<NaiveDateTime> {
        let offset = match self {
            Zone::Fixed(offset) => *offset,
            Zone::Known(tz) => {
                let at = DateTime::from_timestamp(instant, 0)?;
                tz.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
            }
            Zone::Own(changes) => match last(changes, |change| change.instant() <= instant) {
                Some(change) => change.after,
                None => changes.first()?.before,
            },
        };
        Some(DateTime::from_timestamp(instant.checked_add(offset.into())?, 0)?.naive_utc())
    }
}

/// The last of the changes that `was`.
fn last(changes: &[Change], was: impl Fn(&Change) -> bool) -> Option<&Change> {
    changes.partition_point(was).checked_sub(1).and_then(|k| changes.get(k))
}

/// The zones of a calendar, by name.
pub struct Zones {
    own: HashMap<String, Zone>,
    /// Where nothing is said.
    standing: Zone,
}

impl Zones {
    /// Reads them.
    pub fn of(calendar: &ICalendar, about: &About, budget: &mut Budget) -> Result<Self, Unreadable> {
        let mut own = HashMap::new();
        for component in calendar.timezones() {
            let said = component.property(&ICalendarProperty::Tzid).and_then(|entry| entry.values.first());
            let Some(name) = said.and_then(ICalendarValue::as_text) else { continue };
            if own.contains_key(name) || known(name).is_some() {
                continue;
            }
            // What programs write beside a name of their own.
            let zone = match component.timezone() {
                Some((_, Named::Tz(tz))) => Some(Zone::Known(tz)),
                _ => changes(calendar, component, about, budget)?.map(|changes| Zone::Own(changes.into())),
            };
            if let Some(zone) = zone {
                own.insert(name.to_owned(), zone);
            }
        }
        Ok(Zones { own, standing: Zone::Known(about.zone) })
    }

    /// The zone of a name, or the name again, if nobody knows it.
    pub fn named<'n>(&self, name: Option<&'n str>) -> Result<Zone, &'n str> {
        let Some(name) = name else { return Ok(self.standing.clone()) };
        self.own.get(name).cloned().or_else(|| known(name)).ok_or(name)
    }
}

/// A zone of the registry, by one of its names.
fn known(name: &str) -> Option<Zone> {
    match name.parse::<Named>().ok()? {
        Named::Tz(tz) => Some(Zone::Known(tz)),
        Named::Fixed(offset) => Some(Zone::Fixed(offset.local_minus_utc())),
        Named::Floating => None,
    }
}

/// The changes of the clock up to the end of what is read.
fn changes(
    calendar: &ICalendar,
    zone: &ICalendarComponent,
    about: &About,
    budget: &mut Budget,
) -> Result<Option<Vec<Change>>, Unreadable> {
    let mut all = Vec::new();
    for id in &zone.component_ids {
        let Some(part) = calendar.components.get(*id as usize) else { continue };
        if !matches!(part.component_type, ICalendarComponentType::Standard | ICalendarComponentType::Daylight) {
            continue;
        }
        let value = |name: &ICalendarProperty| part.property(name).and_then(|entry| entry.values.first());
        let offset = |name: &ICalendarProperty| match value(name) {
            Some(ICalendarValue::PartialDateTime(at)) => east(at),
            _ => None,
        };
        let begins = match value(&ICalendarProperty::Dtstart) {
            Some(ICalendarValue::PartialDateTime(at)) => at.to_date_time().map(|at| at.date_time),
            _ => None,
        };
        let (before, after) = (offset(&ICalendarProperty::Tzoffsetfrom), offset(&ICalendarProperty::Tzoffsetto));
        let (Some(begins), Some(before), Some(after)) = (begins, before, after) else { return Ok(None) };
        let mut walls = vec![begins];
        for entry in &part.entries {
            match (&entry.name, entry.values.first()) {
                (ICalendarProperty::Rrule, Some(ICalendarValue::RecurrenceRule(rule))) => {
                    let end = about.to.naive_utc() + Duration::days(2);
                    match recurrence::times(begins, rule, end, |until| until + Duration::seconds(before.into())) {
                        Ok(times) => walls.extend(times),
                        Err(_) => return Ok(None),
                    }
                }
                (ICalendarProperty::Rdate, _) => walls.extend(entry.values.iter().filter_map(|value| match value {
                    ICalendarValue::PartialDateTime(at) => at.to_date_time().map(|at| at.date_time),
                    _ => None,
                })),
                _ => {}
            }
        }
        budget.spend(walls.len())?;
        all.extend(walls.into_iter().map(|wall| Change { wall, before, after }));
    }
    all.sort_unstable();
    all.dedup();
    Ok(if all.is_empty() || all.len() > CHANGES { None } else { Some(all) })
}

/// Seconds east of Greenwich, as TZOFFSETTO writes them.
fn east(at: &PartialDateTime) -> Option<i32> {
    let seconds = i32::from(at.tz_hour?) * 3600 + i32::from(at.tz_minute.unwrap_or(0)) * 60;
    if seconds >= 24 * 3600 {
        return None;
    }
    Some(if at.tz_minus { -seconds } else { seconds })
}
