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
