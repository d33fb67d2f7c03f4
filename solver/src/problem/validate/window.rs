//! Windows and zones: spans of time that exist, in zones that exist.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::{Check, Place, limits};
use crate::{
    instance::Zone,
    problem::{Stamp, Window, text::shortened},
};

/// The zones of a problem by name; none where there is no such zone.
#[derive(Default)]
pub(super) struct Zones(HashMap<String, Option<Zone>>);

impl Check<'_> {
    /// The zone of this name.
    pub(super) fn zone(&mut self, name: &str) -> Option<&Zone> {
        let axis = self.axis;
        let zones = &mut self.zones.0;
        if !zones.contains_key(name) {
            zones.insert(name.to_owned(), name.parse().ok().map(|tz| Zone::new(tz, axis)));
        }
        zones.get(name).and_then(Option::as_ref)
    }

    /// Tells a name that is no zone.
    pub(super) fn zone_name(&mut self, place: Place, name: &str) {
        if self.zone(name).is_none() {
            let hint = self
                .did_you_mean(name, TZ_VARIANTS.iter().map(|tz| tz.name()))
                .unwrap_or_else(|| "Use a name of the IANA time zone database, such as `America/New_York`.".to_owned());
            self.error_with_hint(place, "unknown-time-zone", format!("`{}` is no time zone.", shortened(name)), hint);
        }
    }

    /// A list of windows that somebody in `zone` has.
    pub(super) fn windows(&mut self, place: Place, windows: &[Window], zone: Option<&str>) {
        self.at_most(place, windows, limits::WINDOWS);
        let tz = zone.and_then(|name| self.zone(name)).map_or(Tz::UTC, |zone| zone.tz);
        for (k, window) in windows.iter().enumerate() {
            if let Some((field, detail)) = wrong(window, tz) {
                let entry = place.item(k);
                let at = if field.is_empty() { entry } else { entry.field(field) };
                self.error(at, "invalid-window", detail);
            }
        }
    }

    /// The same where the list may be absent.
    pub(super) fn maybe_windows(&mut self, place: Place, windows: &Option<Vec<Window>>, zone: Option<&str>) {
        if let Some(windows) = windows {
            self.windows(place, windows, zone);
        }
    }
}

/// What is wrong with a window, and at which of its fields (none: at all of it).
fn wrong(window: &Window, tz: Tz) -> Option<(&'static str, String)> {
    let Window { days, start, end, from, to } = window;
    let weekly = days.is_some() || start.is_some() || end.is_some();
    let dated = from.is_some() || to.is_some();
    let forms = "A window is weekly (`days`, `start`, `end`) or dated (`from`, `to`)";
    match (weekly, dated) {
        (true, true) => return Some(("", format!("{forms}; this one mixes both."))),
        (false, false) => return Some(("", format!("{forms}; this one is empty."))),
        _ => {}
    }
    let missing: Vec<&str> = if weekly {
        [("`days`", days.is_none()), ("`start`", start.is_none()), ("`end`", end.is_none())]
            .iter()
            .filter_map(|part| part.1.then_some(part.0))
            .collect()
    } else {
        [("`from`", from.is_none()), ("`to`", to.is_none())].iter().filter_map(|p| p.1.then_some(p.0)).collect()
    };
    if !missing.is_empty() {
        return Some(("", format!("{forms}; this one lacks {}.", missing.join(" and "))));
    }
    match (days, start, end, from, to) {
        (Some(days), ..) if days.is_empty() => Some(("days", "A weekly window needs at least one day.".to_owned())),
        (_, Some(start), Some(end), ..) if end <= start => {
            let detail = format!("The window ends at {end}, not after its start at {start}; it cannot pass midnight.");
            Some(("end", detail))
        }
        (.., Some(from), Some(to)) if utc(*to, tz) <= utc(*from, tz) => {
            Some(("to", format!("The window ends at {to}, not after its start at {from}.")))
        }
        _ => None,
    }
}

/// A dated time in UTC; inside a gap of the clocks, near enough to compare.
fn utc(stamp: Stamp, tz: Tz) -> NaiveDateTime {
    match stamp {
        Stamp::Fixed(at) => at.naive_utc(),
        Stamp::Local(wall) => tz.from_local_datetime(&wall).earliest().map_or(wall, |at| at.naive_utc()),
    }
}
