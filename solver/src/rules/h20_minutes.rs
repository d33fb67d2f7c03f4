//! H20, minutes: a participant's limits.

use super::{
    Rule,
    facts::beyond,
    names,
    verdict::Verdict,
    view::{Attended, Seen, View},
};

pub(super) const RULE: Rule = Rule {
    name: "H20",
    title: "minutes",
    sentence: "A participant has at most max_minutes_per_day session minutes a day and max_minutes_per_week counted \
               minutes.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for week in &view.weeks {
        let plan = &view.instance.participants[week.participant.i()].plan;
        let id = names::participant(view.instance, week.participant);
        for day in week.days() {
            if beyond(day, plan.max_day.map(i64::from), minutes) {
                let date = day.first().map(|a| view.instance.axis.date(a.day).to_string()).unwrap_or_default();
                let detail = format!("{id} has {} session minutes on {date}.", minutes(day));
                verdict.breaks("H20", &sessions(day), detail).participant(week.participant);
            }
        }
        let dose = |attended: &[Attended]| week.dose(view.instance, attended);
        if beyond(&week.attended, plan.max_week.map(i64::from), dose) {
            let detail = format!("{id} has {} counted minutes in the week.", dose(&week.attended));
            verdict.breaks("H20", &sessions(&week.attended), detail).participant(week.participant);
        }
    }
}

/// Session minutes, counted or not.
pub(crate) fn minutes(attended: &[Attended]) -> i64 {
    attended.iter().map(|a| a.session.minutes()).sum()
}

fn sessions<'a>(attended: &[Attended<'a>]) -> Vec<Seen<'a>> {
    attended.iter().map(|a| a.session).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn session_minutes_of_a_day_and_counted_minutes_of_the_week_are_limited() {
        let plan = |plan| Case::new().having("participants", "p1", json!({ "plan": plan }));
        let week = [session("p1-talk/1", TUE), session("p1-talk/2", WED), session("h/1", THU)];
        plan(json!({ "max_minutes_per_week": 160, "max_minutes_per_day": 60 })).keeps(&week);
        plan(json!({ "max_minutes_per_week": 159 })).breaks("H20", &week);
        plan(json!({ "max_minutes_per_day": 59 })).breaks("H20", &week);
        plan(json!({ "max_minutes_per_week": 59, "counts_modalities": ["telehealth"] })).keeps(&week);
    }
}
