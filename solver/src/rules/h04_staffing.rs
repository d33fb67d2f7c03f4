//! H4, staffing: as many clinicians as the service takes, all different.

use super::{
    Rule,
    verdict::Verdict,
    view::{View, set},
};

pub(super) const RULE: Rule = Rule {
    name: "H4",
    title: "staffing",
    sentence: "It has exactly the service's number of clinicians, all different.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        for id in s.names("clinician") {
            verdict.breaks("H4", &[*s], format!("{}: the problem has no clinician {id}.", s.id));
        }
        if let Some(service) = s.service {
            let wanted = view.instance.services[service.i()].clinicians;
            if s.staff() != wanted {
                let detail = format!("{} has {} clinicians; it takes {wanted}.", s.id, s.staff());
                verdict.breaks("H4", &[*s], detail).clinicians(&s.clinicians);
            }
        }
        if set(s.clinicians.iter()).len() != s.clinicians.len() {
            verdict.breaks("H4", &[*s], format!("{} names a clinician twice.", s.id)).clinicians(&s.clinicians);
        }
    }
}
