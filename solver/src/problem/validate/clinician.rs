//! Clinicians, their shifts and breaks.

use super::{Check, Place, limits};
use crate::{
    instance::Span,
    problem::{Clinician, Weekday},
};

impl Check<'_> {
    pub(super) fn clinicians(&mut self) {
        let list = Place::Root.field("clinicians");
        for (k, clinician) in self.problem.clinicians.iter().enumerate() {
            let place = list.entry(k, &clinician.id);
            let home = self.find_site(place.field("home_site"), &clinician.home_site);
            if let Some(zone) = &clinician.time_zone {
                self.zone_name(place.field("time_zone"), zone);
            }
            let zone = clinician.time_zone.as_deref().or(home.map(|site| site.time_zone.as_str()));
            self.at_most(place.field("credentials"), &clinician.credentials, limits::WORDS);
            self.at_most(place.field("licensed_in"), &clinician.licensed_in, limits::WORDS);
            self.at_most(place.field("languages"), &clinician.languages, limits::WORDS);
            self.windows(place.field("away"), &clinician.away, zone);
            self.shifts(place, clinician, zone);
            self.pause(place, clinician);
        }
    }

    fn shifts(&mut self, clinician: Place, of: &Clinician, zone: Option<&str>) {
        let list = clinician.field("shifts");
        self.at_most(list, &of.shifts, limits::SHIFTS);
        // Shifts that overlap do so in any zone, where theirs is unknown.
        let known = zone.filter(|name| self.zone(name).is_some()).unwrap_or("UTC");
        let zone = self.zone(known).cloned();
        let mut spans: Vec<(Span, usize, Weekday)> = Vec::new();
        for (k, shift) in of.shifts.iter().enumerate() {
            let place = list.item(k);
            let sites = place.field("sites");
            for (j, site) in shift.sites.iter().flatten().enumerate() {
                self.find_site(sites.item(j), site);
            }
            if shift.end <= shift.start {
                let detail = format!(
                    "The shift ends at {}, not after its start at {}; it cannot pass midnight.",
                    shift.end, shift.start
                );
                self.error(place.field("end"), "invalid-shift", detail);
            } else if let Some(zone) = &zone {
                let span = |day| self.axis.weekly(zone, day, shift.start, shift.end);
                spans.extend(shift.days.iter().take(8).map(|&day| (span(day), k, day)));
            }
        }
        spans.sort_unstable();
        let mut last: Option<(Span, usize, Weekday)> = None;
        for (span, k, day) in spans.into_iter().filter(|s| s.0.minutes() > 0) {
            if let Some((before, j, _)) = last.filter(|last| last.0.overlaps(span)) {
                let (a, b) = (j.min(k), j.max(k));
                let detail = match a == b {
                    true => format!("The shift is there twice on {}.", day.name()),
                    false => format!("Shifts {a} and {b} of `{}` overlap on {}.", of.id, day.name()),
                };
                self.error(list.item(b), "overlapping-shifts", detail);
                if before.end >= span.end {
                    continue;
                }
            }
            last = Some((span, k, day));
        }
    }

    fn pause(&mut self, clinician: Place, of: &Clinician) {
        let Some(pause) = &of.break_ else { return };
        let place = clinician.field("break");
        if pause.end <= pause.start {
            let detail = format!("The break ends at {}, not after its start at {}.", pause.end, pause.start);
            self.error(place.field("end"), "invalid-break", detail);
        } else if pause.minutes.0 > u32::from(pause.end.0 - pause.start.0) {
            let (is, from, to) = (pause.minutes.0, pause.start, pause.end);
            let detail = format!("A break of {is} minutes does not fit between {from} and {to}.");
            self.error(place.field("minutes"), "invalid-break", detail);
        }
    }
}
