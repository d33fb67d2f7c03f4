//! Clinicians and groups of one problem beside those of another.

use super::{Pair, allowed_within, inside, no_lower, within};
use crate::{
    instance::{BreakData, ClinicianData, ShiftData},
    problem::{Clinician, Group},
};

/// Whether what the narrow problem has, the wide one has as well or better.
pub fn covered(pair: &Pair) -> bool {
    clinicians(pair) && groups(pair)
}

fn clinicians(pair: &Pair) -> bool {
    let (n, w) = pair.problems();
    let more = w.clinicians.iter().map(|c| &c.id).filter(|id| pair.narrow.clinician_named(id).is_none());
    pair.unnamed(more)
        && n.clinicians.iter().zip(&pair.narrow.clinicians).all(|(clinician, data)| {
            let Some(k) = pair.wide.clinician_named(&clinician.id) else { return false };
            let other = &w.clinicians[k.i()];
            let same = Clinician {
                name: clinician.name.clone(),
                credentials: clinician.credentials.clone(),
                licensed_in: clinician.licensed_in.clone(),
                languages: clinician.languages.clone(),
                shifts: clinician.shifts.clone(),
                away: clinician.away.clone(),
                max_minutes_per_day: clinician.max_minutes_per_day,
                max_minutes_per_week: clinician.max_minutes_per_week,
                break_: clinician.break_.clone(),
                ..other.clone()
            };
            same == *clinician
                && within(&clinician.credentials, &other.credentials)
                && within(&clinician.licensed_in, &other.licensed_in)
                && within(&clinician.languages, &other.languages)
                && no_lower(clinician.max_minutes_per_day, other.max_minutes_per_day)
                && no_lower(clinician.max_minutes_per_week, other.max_minutes_per_week)
                && hours(data, &pair.wide.clinicians[k.i()])
        })
}

/// Whether each shift lies in one of its own, no break is added, and no absence.
fn hours(narrow: &ClinicianData, wide: &ClinicianData) -> bool {
    let lies_in = |n: &ShiftData, w: &ShiftData| {
        w.day == n.day && w.span.covers(n.span) && within(&n.sites, &w.sites) && (w.telehealth || !n.telehealth)
    };
    // A shift is worked at one site: one that takes in two others binds them together.
    let alone = |w: &ShiftData| narrow.shifts.iter().filter(|n| n.span.overlaps(w.span)).count() <= 1;
    // The way from one shift of a day to the other is measured from end to start.
    let single = |n: &ShiftData| narrow.shifts.iter().filter(|other| other.day == n.day).count() == 1;
    let has_break = |b: &BreakData| narrow.breaks.iter().any(|n| n.span == b.span && n.minutes >= b.minutes);
    narrow
        .shifts
        .iter()
        .all(|n| wide.shifts.iter().any(|w| lies_in(n, w) && alone(w) && (w.span == n.span || single(n))))
        && inside(&wide.away, &narrow.away)
        && wide.breaks.iter().all(has_break)
}

fn groups(pair: &Pair) -> bool {
    let (n, w) = pair.problems();
    let more = w.groups.iter().map(|g| &g.id).filter(|id| pair.narrow.group_named(id).is_none());
    pair.unnamed(more)
        && n.groups.iter().zip(&pair.narrow.groups).all(|(group, data)| {
            let Some(k) = pair.wide.group_named(&group.id) else { return false };
            let (other, wide) = (&w.groups[k.i()], &pair.wide.groups[k.i()]);
            let same = Group {
                name: group.name.clone(),
                meetings: group.meetings,
                hours: group.hours.clone(),
                clinicians: group.clinicians.clone(),
                same_clinician: group.same_clinician,
                requires: group.requires.clone(),
                excludes: group.excludes.clone(),
                min: group.min,
                max: group.max,
                ..other.clone()
            };
            same == *group
                && (other.meetings == group.meetings || (!data.closed && other.meetings > group.meetings))
                && inside(&data.hours, &wide.hours)
                && allowed_within(&group.clinicians, &other.clinicians)
                && (group.same_clinician || !other.same_clinician)
                && within(&other.requires, &group.requires)
                && within(&other.excludes, &group.excludes)
                && wide.min <= data.min
                && wide.max >= data.max
        })
}
