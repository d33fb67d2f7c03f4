//! H12, size: how many people a session has.

use super::{
    Rule, names,
    verdict::Verdict,
    view::{Seen, View},
};
use crate::instance::{GroupIx, Instance, Owner, ServiceIx};

pub(super) const RULE: Rule = Rule {
    name: "H12",
    title: "size",
    sentence: "A held group meeting has between min and max participants and at most participants_per_clinician for each \
               clinician (where the service has clinicians); any other session exactly one participant.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        match s.owner {
            Owner::Group(g) => meeting(view.instance, s, g, verdict),
            Owner::Order(_) if s.people() != 1 => {
                let detail = format!("{} has {} participants, not one.", s.id, s.people());
                verdict.breaks("H12", &[*s], detail).participants(&s.participants);
            }
            _ => {}
        }
    }
}

fn meeting(instance: &Instance, s: &Seen, g: GroupIx, verdict: &mut Verdict) {
    let (group, people) = (names::group(instance, g), s.people());
    if people < fewest(instance, g) {
        let detail = format!("{} has {people} participants; {group} takes at least {}.", s.id, fewest(instance, g));
        verdict.breaks("H12", &[*s], detail).participants(&s.participants);
    }
    let most = most(instance, g, s.service, s.staff());
    if people > most {
        let detail = format!("{} has {people} participants; {group} takes at most {most}.", s.id);
        verdict.breaks("H12", &[*s], detail).participants(&s.participants);
    }
}

/// Fewest participants of a meeting; what has begun may go on below the group's `min`.
pub(crate) fn fewest(instance: &Instance, g: GroupIx) -> usize {
    let group = &instance.groups[g.i()];
    if group.begun { 1 } else { group.min }
}

/// Most participants of a meeting with so many clinicians, held as this service.
pub(crate) fn most(instance: &Instance, g: GroupIx, held_as: Option<ServiceIx>, staff: usize) -> usize {
    let services = &instance.problem.services;
    let size = services[instance.groups[g.i()].service.i()].group.as_ref();
    let max = instance.problem.groups[g.i()].max.or(size.map(|s| s.max)).unwrap_or(0) as usize;
    let staffed = held_as.is_some_and(|service| services[service.i()].clinicians > 0);
    match size.and_then(|s| s.participants_per_clinician) {
        Some(each) if staffed => max.min((each as usize).saturating_mul(staff)),
        _ => max,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_held_meeting_has_between_min_and_max_participants() {
        let with = |people: &[&str]| [but(session("h/1", TUE), json!({ "participants": people }))];
        Case::new().breaks("H12", &with(&["p1"])).keeps(&with(&["p1", "p2", "p3"]));
        let all = with(&["p1", "p2", "p3", "p4"]);
        let case = Case::new().having("rooms", "r1", json!({ "capacity": 4 }));
        case.breaks("H12", &all);
        let case = case.having("groups", "h", json!({ "max": 4 }));
        case.breaks("H12", &all); // three for each clinician
        let pair = but(all[0].clone(), json!({ "clinicians": ["t1", "t2"] }));
        case.having("services", "circle", json!({ "clinicians": 2 })).keeps(&[pair]);
    }

    #[test]
    fn any_other_session_has_one_participant() {
        let with = |people: &[&str]| [but(session("p1-talk/1", TUE), json!({ "participants": people }))];
        Case::new().breaks("H11 H12", &with(&["p1", "p2"])).breaks("H12", &with(&[]));
    }
}
