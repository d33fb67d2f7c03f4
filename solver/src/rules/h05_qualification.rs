//! H5, qualification: credential, licence, language, and whom the group or the order names.

use super::{
    Rule, names,
    verdict::Verdict,
    view::{Seen, View},
};
use crate::{
    instance::{ClinicianIx, GroupIx, Instance, OrderIx, Owner, ParticipantIx, ServiceIx, SiteIx},
    problem::Modality,
};

pub(super) const RULE: Rule = Rule {
    name: "H5",
    title: "qualification",
    sentence: "Each holds one of the service's credentials (none listed = anyone), is licensed in the site's \
               jurisdiction (in person) or in every attendee's (telehealth), shares a language with the participant (or \
               speaks the group's), and is among the group's clinicians. Where an order names its clinician, that is one \
               of them.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        for &c in &s.clinicians {
            one(view.instance, s, c, verdict);
        }
        if let Owner::Order(o) = s.owner
            && let Some(named) = &view.instance.order_wire(o).clinician
            && !view.instance.orders[o.i()].clinician.is_some_and(|c| s.clinicians.contains(&c))
        {
            let detail = format!("{} must be with {named}.", s.id);
            verdict.breaks("H5", &[*s], detail).participant(view.instance.orders[o.i()].participant);
        }
    }
}

fn one(instance: &Instance, s: &Seen, c: ClinicianIx, verdict: &mut Verdict) {
    let id = names::clinician(instance, c);
    let mut lacks = |what: String| {
        verdict.breaks("H5", &[*s], format!("{id} {what}.")).clinician(c);
    };
    if let Some(service) = s.service.filter(|&v| !has_credential(instance, c, v)) {
        lacks(format!("holds none of the credentials for {}, {}", names::service(instance, service), s.id));
    }
    match (s.modality, s.site) {
        (Modality::InPerson, Some(site)) if !licensed_at(instance, c, site) => {
            lacks(format!("is not licensed in {}, where {} is", instance.problem.sites[site.i()].jurisdiction, s.id));
        }
        (Modality::Telehealth, _) => {
            if let Some(&p) = s.participants.iter().find(|&&p| !licensed_for(instance, c, p)) {
                let (where_, who) = (jurisdiction(instance, p), names::participant(instance, p));
                lacks(format!("is not licensed in {where_}, where {who} attends {} from", s.id));
            }
        }
        _ => {}
    }
    match s.owner {
        Owner::Group(g) => {
            let group = names::group(instance, g);
            if !speaks_for(instance, c, g) {
                lacks(format!("does not speak the language of {group}, {}", s.id));
            }
            if !leads(instance, c, g) {
                lacks(format!("is not among the clinicians of {group}, {}", s.id));
            }
        }
        Owner::Order(o) => {
            let p = instance.orders[o.i()].participant;
            if !share_language(instance, c, p) {
                lacks(format!("shares no language with {}, {}", names::participant(instance, p), s.id));
            }
        }
        Owner::Gone => {}
    }
}

/// Whether the clinician holds one of the service's credentials.
pub(crate) fn has_credential(instance: &Instance, c: ClinicianIx, service: ServiceIx) -> bool {
    let wanted = &instance.problem.services[service.i()].credentials;
    let held = &instance.problem.clinicians[c.i()].credentials;
    wanted.is_empty() || wanted.iter().any(|w| held.contains(w))
}

/// Whether the clinician may treat in person at this site.
pub(crate) fn licensed_at(instance: &Instance, c: ClinicianIx, site: SiteIx) -> bool {
    let held = &instance.problem.clinicians[c.i()].licensed_in;
    held.contains(&instance.problem.sites[site.i()].jurisdiction)
}

/// Whether the clinician may treat this participant by telehealth.
pub(crate) fn licensed_for(instance: &Instance, c: ClinicianIx, p: ParticipantIx) -> bool {
    let wanted = jurisdiction(instance, p);
    instance.problem.clinicians[c.i()].licensed_in.iter().any(|held| held == wanted)
}

/// Where telehealth finds the participant.
pub(crate) fn jurisdiction(instance: &Instance, p: ParticipantIx) -> &str {
    let home = instance.participants[p.i()].home;
    let own = &instance.problem.participants[p.i()].jurisdiction;
    own.as_ref().unwrap_or(&instance.problem.sites[home.i()].jurisdiction)
}

/// Whether the two have a language in common.
pub(crate) fn share_language(instance: &Instance, c: ClinicianIx, p: ParticipantIx) -> bool {
    let theirs = &instance.problem.participants[p.i()].languages;
    instance.problem.clinicians[c.i()].languages.iter().any(|l| theirs.contains(l))
}

/// Whether the clinician speaks the language of the group, English where it names none.
pub(crate) fn speaks_for(instance: &Instance, c: ClinicianIx, g: GroupIx) -> bool {
    let wanted = instance.problem.groups[g.i()].language.as_deref().unwrap_or("en");
    instance.problem.clinicians[c.i()].languages.iter().any(|l| l == wanted)
}

/// Whether the clinician is among those of the group.
pub(crate) fn leads(instance: &Instance, c: ClinicianIx, g: GroupIx) -> bool {
    let named = &instance.problem.groups[g.i()].clinicians;
    named.is_empty() || named.contains(names::clinician(instance, c))
}

/// Whether the order may be given by this clinician alone.
pub(crate) fn is_named(instance: &Instance, c: ClinicianIx, o: OrderIx) -> bool {
    let named = &instance.order_wire(o).clinician;
    named.is_none() || instance.orders[o.i()].clinician == Some(c)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_clinician_holds_one_of_the_credentials() {
        let case = Case::new().having("clinicians", "t1", json!({ "credentials": ["CM"] }));
        case.breaks("H5", &[session("p1-talk/1", TUE)]);
        case.having("services", "talk", json!({ "credentials": [] })).keeps(&[session("p1-talk/1", TUE)]);
    }

    #[test]
    fn a_clinician_is_licensed_where_the_site_is_or_where_every_attendee_is() {
        let case = Case::new().having("clinicians", "t1", json!({ "licensed_in": ["US-NJ"] }));
        case.breaks("H5", &[session("p1-talk/1", TUE)]);
        case.keeps(&[but(session("p1-talk/1", TUE), json!({ "site": "s2", "room": "q1" }))]);
        case.breaks("H5", &[tele("p1-talk/1", TUE)]);
        let case = case.having("participants", "p1", json!({ "jurisdiction": "US-NJ" }));
        case.keeps(&[tele("p1-talk/1", TUE)]);
        let case = case.having("groups", "h", json!({ "modality": "telehealth" }));
        case.breaks("H5", &[tele("h/1", WED)]);
    }

    #[test]
    fn a_clinician_shares_a_language_with_the_participant_or_speaks_the_groups() {
        let case = Case::new().having("clinicians", "t1", json!({ "languages": ["es"] }));
        case.breaks("H5", &[session("p1-talk/1", TUE)]).breaks("H5", &[session("h/1", TUE)]);
        let case = case.having("participants", "p1", json!({ "languages": ["fr", "es"] }));
        case.keeps(&[session("p1-talk/1", TUE)]).breaks("H5", &[session("h/1", TUE)]);
    }

    #[test]
    fn a_clinician_is_among_those_of_the_group_and_the_one_of_the_order() {
        let case = Case::new().having("groups", "h", json!({ "clinicians": ["t2"] })).having(
            "orders",
            "p1-talk",
            json!({ "clinician": "t2" }),
        );
        case.breaks("H5", &[session("h/1", TUE)]).breaks("H5", &[session("p1-talk/1", TUE)]);
        case.keeps(&[but(session("h/1", TUE), json!({ "clinicians": ["t2"] }))]);
        case.keeps(&[but(session("p1-talk/1", TUE), json!({ "clinicians": ["t2"] }))]);
    }
}
