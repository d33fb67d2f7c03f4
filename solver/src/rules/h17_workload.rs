//! H17, workload: a clinician's limits of session minutes.

use super::{
    Rule,
    facts::{beyond, by_day},
    names,
    verdict::Verdict,
    view::{Seen, View},
};

pub(super) const RULE: Rule = Rule {
    name: "H17",
    title: "workload",
    sentence: "A clinician's session minutes (without documentation) stay within the day's and week's limits.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for (c, sessions) in view.staff() {
        let data = &view.instance.clinicians[c.i()];
        let id = names::clinician(view.instance, c);
        if data.max_day.is_some() {
            for (day, same) in by_day(sessions, |s| view.instance.clinician_day(c, s.start)) {
                if beyond(&same, data.max_day.map(i64::from), minutes) {
                    let detail =
                        format!("{id} has {} session minutes on {}.", minutes(&same), view.instance.axis.date(day));
                    verdict.breaks("H17", &same, detail).clinician(c);
                }
            }
        }
        if beyond(sessions, data.max_week.map(i64::from), minutes) {
            let detail = format!("{id} has {} session minutes in the week.", minutes(sessions));
            verdict.breaks("H17", sessions, detail).clinician(c);
        }
    }
}

/// Session minutes, without documentation.
pub(crate) fn minutes(sessions: &[Seen]) -> i64 {
    sessions.iter().map(Seen::minutes).sum()
}
