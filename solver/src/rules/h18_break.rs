//! H18, break: some minutes in a row without session or documentation.

use super::{
    Rule, names,
    verdict::Verdict,
    view::{Seen, View},
};
use crate::instance::{BreakData, Spans};

pub(super) const RULE: Rule = Rule {
    name: "H18",
    title: "break",
    sentence: "On each day on which one shift covers the whole of the clinician's break span, minutes in a row inside it \
               are free of sessions and documentation.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for (c, sessions) in view.staff() {
        for pause in &view.instance.clinicians[c.i()].breaks {
            let there: Vec<Seen> = sessions.iter().filter(|s| s.busy().overlaps(pause.span)).copied().collect();
            let facts = there.iter().filter(|s| s.fact());
            if !leaves_break(pause, there.iter().map(Seen::busy)) && leaves_break(pause, facts.map(Seen::busy)) {
                let zone = &view.instance.zones[view.instance.clinicians[c.i()].zone];
                let date = view.instance.axis.date(zone.day(pause.span.start));
                let detail = format!(
                    "{} has no break of {} minutes on {date}.",
                    names::clinician(view.instance, c),
                    pause.minutes
                );
                verdict.breaks("H18", &there, detail).clinician(c);
            }
        }
    }
}

/// Whether a break still fits beside these.
pub(crate) fn leaves_break(pause: &BreakData, busy: impl IntoIterator<Item = crate::instance::Span>) -> bool {
    let free = Spans::merged([pause.span]).minus(&Spans::merged(busy));
    free.iter().any(|s| s.minutes() >= pause.minutes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_break_stays_free_where_one_shift_covers_its_span() {
        let pause = |start: &str, end: &str| json!({ "break": { "minutes": 30, "start": start, "end": end } });
        let case = Case::new().having("clinicians", "t1", pause("10:30", "11:30"));
        case.keeps(&[session("p1-talk/1", TUE)]);
        let case = case.having("services", "talk", json!({ "documentation_minutes": 15 }));
        case.breaks("H18", &[session("p1-talk/1", TUE)]);
        let case = case.having("clinicians", "t1", json!({ "shifts": [daily("09:00", "11:15")] }));
        case.keeps(&[session("p1-talk/1", TUE)]);
    }
}
