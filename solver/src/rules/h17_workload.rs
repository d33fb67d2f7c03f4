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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn session_minutes_stay_within_the_limits_of_day_and_week() {
        let limit = |field: &str, minutes: u32| Case::new().having("clinicians", "t1", json!({ field: minutes }));
        let day = [session("p1-talk/1", TUE), session("p2-talk/1", "2026-12-01T14:00:00-05:00")];
        let week = [session("p1-talk/1", TUE), session("p2-talk/1", WED)];
        limit("max_minutes_per_day", 100).keeps(&day);
        limit("max_minutes_per_day", 99).breaks("H17", &day).keeps(&week);
        limit("max_minutes_per_week", 100).keeps(&week);
        limit("max_minutes_per_week", 99).breaks("H17", &week);
    }
}
