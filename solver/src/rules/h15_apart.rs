//! H15, kept apart: people who must not meet.

use super::{
    Rule, names,
    verdict::Verdict,
    view::{Seen, View, set},
};
use crate::instance::{ClinicianIx, Instance, ParticipantIx};

pub(super) const RULE: Rule = Rule {
    name: "H15",
    title: "kept apart",
    sentence: "Participants who are apart_from one another (listed on either side) never share a session, nor does \
               anyone with a clinician of not_with, nor two people with the two attributes of a pair in separate.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    let instance = view.instance;
    for s in view.fresh() {
        let people = set(s.participants.iter().copied());
        for (k, &p) in people.iter().enumerate() {
            for &c in s.clinicians.iter().filter(|&&c| kept_from(instance, p, c)) {
                let (who, whom) = (names::participant(instance, p), names::clinician(instance, c));
                let detail = format!("{} brings {who} together with {whom}, from whom {who} is kept.", s.id);
                verdict.breaks("H15", &[*s], detail).participant(p).clinician(c);
            }
            for &q in people[k + 1..].iter().filter(|&&q| apart(instance, p, q)) {
                let (who, whom) = (names::participant(instance, p), names::participant(instance, q));
                let detail = format!("{} brings {who} together with {whom}, who are kept apart.", s.id);
                verdict.breaks("H15", &[*s], detail).participant(p).participant(q);
            }
        }
        if people.len() > 1 {
            separate(instance, s, &people, verdict);
        }
    }
}

fn separate(instance: &Instance, s: &Seen, people: &[ParticipantIx], verdict: &mut Verdict) {
    for (x, y) in &instance.problem.separate {
        let with = |name: &str| people.iter().copied().filter(|&p| has(instance, p, name)).collect::<Vec<_>>();
        let (a, b) = (with(x), with(y));
        let mixed = set(a.iter().chain(&b).copied());
        if !a.is_empty() && !b.is_empty() && mixed.len() > 1 {
            verdict.breaks("H15", &[*s], format!("{} mixes {x} and {y}.", s.id)).participants(&mixed);
        }
    }
}

fn has(instance: &Instance, p: ParticipantIx, attribute: &str) -> bool {
    instance.problem.participants[p.i()].attributes.iter().any(|a| a == attribute)
}

/// Whether the participant is kept from the clinician.
pub(crate) fn kept_from(instance: &Instance, p: ParticipantIx, c: ClinicianIx) -> bool {
    instance.participants[p.i()].not_with.contains(&c)
}

/// Whether the two are kept apart by name.
pub(crate) fn apart(instance: &Instance, p: ParticipantIx, q: ParticipantIx) -> bool {
    instance.participants[p.i()].apart.binary_search(&q).is_ok()
}

/// Whether two people may never meet because of what they are.
pub(crate) fn separated(instance: &Instance, p: ParticipantIx, q: ParticipantIx) -> bool {
    let either = |x: &str, y: &str| has(instance, p, x) && has(instance, q, y);
    p != q && instance.problem.separate.iter().any(|(x, y)| either(x, y) || either(y, x))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn people_kept_apart_never_share_a_session() {
        for (who, other) in [("p1", "p2"), ("p2", "p1")] {
            let case = Case::new().having("participants", who, json!({ "apart_from": [other] }));
            case.breaks("H15", &[session("h/1", TUE)]);
        }
    }

    #[test]
    fn nobody_meets_a_clinician_of_not_with() {
        let case = Case::new().having("participants", "p1", json!({ "not_with": ["t1"] }));
        case.breaks("H15", &[session("h/1", TUE)]).breaks("H15", &[session("p1-talk/1", TUE)]);
    }

    #[test]
    fn separate_attributes_never_meet() {
        let case = Case::new().with(json!({ "separate": [["minor", "adult"]] }));
        case.keeps(&[session("h/1", TUE)]);
        case.having("participants", "p1", json!({ "attributes": ["minor"] })).breaks("H15", &[session("h/1", TUE)]);
    }
}
