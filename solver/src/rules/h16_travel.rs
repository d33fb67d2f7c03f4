//! H16, travel: a clinician works a shift at one site and has time for the way to the next.

use super::{
    Rule,
    facts::all_facts,
    h07_one_at_a_time::shift_of,
    names,
    verdict::Verdict,
    view::{Seen, View, set},
};
use crate::{
    instance::{ClinicianIx, Instance, SiteIx},
    problem::Modality,
};

pub(super) const RULE: Rule = Rule {
    name: "H16",
    title: "travel",
    sentence: "A clinician's in-person sessions of one shift are all at one site; two shifts of a day at different sites \
               have at least the travel time between them.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for (c, sessions) in view.staff() {
        if sessions.windows(2).all(|two| two[0].site == two[1].site) {
            continue;
        }
        let worked = worked(view.instance, c, sessions);
        for shift in worked.iter().filter(|shift| shift.sites.len() > 1 && !all_facts(&shift.sessions)) {
            let sites = super::verdict::listed(shift.sites.iter().map(|&s| &**names::site(view.instance, s)));
            let detail = format!("{} works one shift at {sites}.", names::clinician(view.instance, c));
            verdict.breaks("H16", &shift.sessions, detail).clinician(c);
        }
        for (k, one) in worked.iter().enumerate() {
            for other in &worked[k + 1..] {
                on_the_way(view.instance, c, one, other, verdict);
            }
        }
    }
}

/// A shift as it is worked in person.
pub(crate) struct Worked<'a> {
    /// Which of the clinician's shifts.
    pub shift: usize,
    /// At which sites.
    pub sites: Vec<SiteIx>,
    sessions: Vec<Seen<'a>>,
}

/// The shifts that a clinician works in person, by start, with these sessions.
pub(crate) fn worked<'a>(instance: &Instance, c: ClinicianIx, sessions: &[Seen<'a>]) -> Vec<Worked<'a>> {
    let mut worked: Vec<Worked> = Vec::new();
    for s in sessions.iter().filter(|s| s.in_person()) {
        let shift = shift_of(instance, c, s.busy(), Modality::InPerson, s.site);
        let (Some(shift), Some(site)) = (shift, s.site) else { continue };
        let k = worked.iter().position(|w| w.shift == shift).unwrap_or_else(|| {
            worked.push(Worked { shift, sites: Vec::new(), sessions: Vec::new() });
            worked.len() - 1
        });
        worked[k].sites.push(site);
        worked[k].sessions.push(*s);
    }
    for w in &mut worked {
        w.sites = set(w.sites.iter().copied());
    }
    worked.sort_by_key(|w| w.shift);
    worked
}

fn on_the_way(instance: &Instance, c: ClinicianIx, one: &Worked, other: &Worked, verdict: &mut Verdict) {
    let (Some(x), Some(y)) = (first_site(instance, &one.sites), first_site(instance, &other.sites)) else { return };
    if let Some(minutes) = too_far(instance, c, (one.shift, x), (other.shift, y)) {
        let sessions: Vec<Seen> = one.sessions.iter().chain(&other.sessions).copied().collect();
        if !all_facts(&sessions) {
            let (id, x, y) = (names::clinician(instance, c), names::site(instance, x), names::site(instance, y));
            let detail =
                format!("{id} has {minutes} minutes from the shift at {x} to that at {y}, too few for the way.");
            verdict.breaks("H16", &sessions, detail).clinician(c);
        }
    }
}

/// The site that stands for a shift worked at several (only facts can be so): the first by id.
pub(crate) fn first_site(instance: &Instance, sites: &[SiteIx]) -> Option<SiteIx> {
    sites.iter().copied().min_by_key(|&s| names::site(instance, s))
}

/// The minutes between two shifts of one day (the earlier first), worked at these sites, if they are too few for the way.
pub(crate) fn too_far(instance: &Instance, c: ClinicianIx, a: (usize, SiteIx), b: (usize, SiteIx)) -> Option<i32> {
    let shifts = &instance.clinicians[c.i()].shifts;
    let (one, other) = (&shifts[a.0], &shifts[b.0]);
    let gap = other.span.start - one.span.end;
    (one.day == other.day && a.1 != b.1 && gap < instance.travel(a.1, b.1)).then_some(gap)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn one_shift_is_worked_at_one_site() {
        let there = but(session("p2-talk/1", "2026-12-01T14:00:00-05:00"), json!({ "site": "s2", "room": "q1" }));
        Case::new().breaks("H16", &[session("p1-talk/1", TUE), there.clone()]);
        Case::new().keeps(&[session("p1-talk/1", TUE), tele("p2-talk/1", "2026-12-01T14:00:00-05:00")]);
    }

    #[test]
    fn two_shifts_of_a_day_have_the_way_between_them() {
        let shift = |start, end| but(daily(start, end), json!({ "sites": ["s1", "s2"] }));
        let shifts = json!({ "shifts": [shift("09:00", "12:00"), shift("12:30", "17:00")] });
        let day = [
            session("p1-talk/1", TUE),
            but(session("p2-talk/1", "2026-12-01T14:00:00-05:00"), json!({ "site": "s2", "room": "q1" })),
        ];
        let case = Case::new().having("clinicians", "t1", shifts);
        case.keeps(&day);
        let far = json!({ "travel": { "pairs": [{ "a": "s2", "b": "s1", "minutes": 31 }] } });
        case.with(far).breaks("H16", &day);
    }
}
