//! What an intensive outpatient programme offers.

use super::{Draw, id};
use crate::problem::{
    GroupSize, Minutes,
    Modality::{self, InPerson, Telehealth},
    Service,
    ServiceKind::{self, *},
};

/// Those who may lead therapy.
pub(super) const THERAPISTS: [&str; 4] = ["LCSW", "LMFT", "LPC", "LCADC"];

fn service(
    name: &str,
    text: &str,
    kind: ServiceKind,
    minutes: [u32; 2],
    who: &[&str],
    room: &str,
    code: &str,
) -> Service {
    let modalities: &[Modality] = if kind == Assessment { &[InPerson] } else { &[InPerson, Telehealth] };
    Service {
        id: id(name),
        name: text.to_owned(),
        kind,
        minutes: Minutes(minutes[0]),
        documentation_minutes: Minutes(minutes[1]),
        start_every: None,
        clinicians: 1,
        credentials: who.iter().map(|c| (*c).to_owned()).collect(),
        room_features: vec![room.to_owned()],
        modalities: modalities.to_vec(),
        billing_code: Some(code.to_owned()),
        public_name: "Appointment".to_owned(),
        group: None,
        counts: true,
    }
}

/// All nine kinds of session.
pub(super) fn services(draw: &Draw) -> Vec<Service> {
    // A handful of people still meet: a pair is a group there.
    let min = if draw.per_site < 12 { 2 } else { 3 };
    let group = |max, each| Some(GroupSize { min, max, participants_per_clinician: Some(each) });
    let [lcsw, lmft, lpc, lcadc] = THERAPISTS;
    let with_cm = [lcsw, lmft, lpc, lcadc, "CM"];
    vec![
        Service {
            group: group(12, 12),
            ..service("process", "Process group", GroupTherapy, [60, 15], &THERAPISTS, "group", "90853")
        },
        Service {
            group: group(14, 15),
            ..service("psychoed", "Psychoeducation", Psychoeducation, [60, 15], &with_cm, "group", "H2027")
        },
        Service {
            group: group(12, 12),
            ..service("skills", "Skills and coping", SkillsBuilding, [60, 15], &THERAPISTS, "group", "H2014")
        },
        service("individual", "Individual therapy", IndividualTherapy, [50, 10], &THERAPISTS, "private", "90837"),
        service("family", "Family therapy", FamilyTherapy, [50, 10], &[lmft, lcsw], "private", "90847"),
        Service {
            counts: false,
            ..service(
                "medication",
                "Medication management",
                MedicationManagement,
                [30, 0],
                &["MD", "NP"],
                "exam",
                "99214",
            )
        },
        Service {
            counts: false,
            ..service("case", "Case management", CaseManagement, [30, 15], &["CM"], "private", "T1016")
        },
        service("assessment", "Initial assessment", Assessment, [60, 20], &[lcsw, lmft, lpc], "private", "90791"),
        Service {
            start_every: Some(Minutes(30)),
            ..service("review", "Progress review", ProgressReview, [30, 15], &with_cm, "private", "T1007")
        },
    ]
}
