//! H19, days: how many a participant attends.

use super::{
    Rule,
    facts::beyond,
    names,
    verdict::Verdict,
    view::{Attended, Seen, View},
};

pub(super) const RULE: Rule =
    Rule { name: "H19", title: "days", sentence: "A participant attends at most max_days days.", check };

fn check(view: &View, verdict: &mut Verdict) {
    for week in &view.weeks {
        let limit = view.instance.participants[week.participant.i()].plan.max_days;
        if beyond(&week.attended, limit.map(i64::from), days) {
            let id = names::participant(view.instance, week.participant);
            let sessions: Vec<Seen> = week.attended.iter().map(|a| a.session).collect();
            let detail = format!("{id} attends {} days.", days(&week.attended));
            verdict.breaks("H19", &sessions, detail).participant(week.participant);
        }
    }
}

/// How many days these (by start) fall on.
pub(crate) fn days(attended: &[Attended]) -> i64 {
    attended.chunk_by(|a, b| a.day == b.day).count() as i64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_participant_attends_at_most_max_days() {
        let days = |max: u32| Case::new().having("participants", "p1", json!({ "plan": { "max_days": max } }));
        let week = [session("p1-talk/1", TUE), session("p1-talk/2", WED), session("h/1", THU)];
        days(3).keeps(&week);
        days(2).breaks("H19", &week);
    }
}
