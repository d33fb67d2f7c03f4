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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_session_has_the_services_number_of_clinicians_all_different() {
        let by = |clinicians: &[&str]| [but(session("p1-talk/1", TUE), json!({ "clinicians": clinicians }))];
        Case::new().breaks("H4", &by(&[])).breaks("H4", &by(&["t1", "t2"])).breaks("H4", &by(&["nobody"]));
        let pair = Case::new().having("services", "talk", json!({ "clinicians": 2 }));
        pair.keeps(&by(&["t1", "t2"])).breaks("H4", &by(&["t1", "t1"])).breaks("H4", &by(&["t1"]));
    }
}
