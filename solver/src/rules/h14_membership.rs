//! H14, membership: who may join a group, and who is always there.

use super::{Rule, names, verdict::Verdict, view::View};
use crate::{
    instance::{GroupIx, Instance, Owner, ParticipantIx},
    problem::Modality,
};

pub(super) const RULE: Rule = Rule {
    name: "H14",
    title: "membership",
    sentence: "Who joins has all of requires, none of excludes, speaks the group's language if it has one, and attends \
               its site (or has telehealth). members attend every held meeting.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    let instance = view.instance;
    for s in view.fresh() {
        let Owner::Group(g) = s.owner else { continue };
        let id = names::group(instance, g);
        for &p in &s.participants {
            if let Some(why) =
                refused(instance, p, g).or_else(|| (!speaks(instance, p, g)).then_some("does not speak its language"))
            {
                let who = names::participant(instance, p);
                verdict.breaks("H14", &[*s], format!("{who} may not join {id}, {}: {why}.", s.id)).participant(p);
            }
        }
        for &p in instance.groups[g.i()].members.iter().filter(|p| !s.participants.contains(p)) {
            let who = names::participant(instance, p);
            verdict
                .breaks("H14", &[*s], format!("{who} is a member of {id} and missing from {}.", s.id))
                .participant(p);
        }
    }
}

/// Why the participant may not join the group, language aside.
pub(crate) fn refused(instance: &Instance, p: ParticipantIx, g: GroupIx) -> Option<&'static str> {
    let (group, data) = (&instance.problem.groups[g.i()], &instance.groups[g.i()]);
    let participant = &instance.participants[p.i()];
    let has = &instance.problem.participants[p.i()].attributes;
    let attends = match data.modality {
        Modality::InPerson => participant.sites.contains(&data.site),
        Modality::Telehealth => participant.telehealth,
    };
    if !group.requires.iter().all(|a| has.contains(a)) {
        Some("lacks what it requires")
    } else if group.excludes.iter().any(|a| has.contains(a)) {
        Some("has what it excludes")
    } else if !attends {
        Some(if data.modality == Modality::InPerson { "does not attend its site" } else { "has no telehealth" })
    } else {
        None
    }
}

/// Whether the participant speaks the language of the group, if it has one.
pub(crate) fn speaks(instance: &Instance, p: ParticipantIx, g: GroupIx) -> bool {
    let wanted = instance.problem.groups[g.i()].language.as_ref();
    wanted.is_none_or(|l| instance.problem.participants[p.i()].languages.contains(l))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn who_joins_has_what_the_group_requires_and_nothing_that_it_excludes() {
        for change in [json!({ "requires": ["adult", "women"] }), json!({ "excludes": ["adult"] })] {
            Case::new().having("groups", "h", change).breaks("H14", &[session("h/1", TUE)]);
        }
    }

    #[test]
    fn members_attend_every_held_meeting() {
        let case = Case::new().having("groups", "h", json!({ "members": ["p3"] }));
        case.breaks("H14", &[session("h/1", TUE)]).keeps(&[]);
    }

    #[test]
    fn who_joins_speaks_the_language_of_the_group_if_it_has_one() {
        let case = Case::new().having("participants", "p1", json!({ "languages": ["es"] }));
        case.keeps(&[session("h/1", TUE)]);
        case.having("groups", "h", json!({ "language": "en" })).breaks("H14", &[session("h/1", TUE)]);
    }

    #[test]
    fn who_joins_attends_the_site_or_has_telehealth() {
        let case = Case::new().having("participants", "p1", json!({ "sites": ["s2"], "telehealth": false }));
        case.breaks("H14", &[session("h/1", TUE)]);
        case.having("groups", "h", json!({ "modality": "telehealth" })).breaks("H14", &[tele("h/1", TUE)]);
    }
}
