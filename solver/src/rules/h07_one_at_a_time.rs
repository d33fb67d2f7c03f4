//! H7, one thing at a time: rooms and clinicians are in one session only, clinicians inside their shifts.

use super::{Rule, facts::clashes, names, verdict::Verdict, view::View};
use crate::{
    instance::{ClinicianIx, Instance, ShiftData, SiteIx, Span},
    problem::Modality,
};

pub(super) const RULE: Rule = Rule {
    name: "H7",
    title: "one thing at a time",
    sentence: "No room and no clinician in two sessions at once; a room is busy turnover_minutes longer, a clinician \
               documentation_minutes longer. Session plus documentation lies inside one of the clinician's shifts that \
               covers the site (in person) or allows telehealth, and outside away.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    let instance = view.instance;
    for (room, sessions) in view.room_use() {
        let turnover = instance.rooms[room.i()].turnover;
        clashes(
            verdict,
            sessions,
            |u| u.end.saturating_add(turnover),
            |verdict, u, v| {
                let id = names::room(instance, room);
                verdict
                    .breaks("H7", &[*u, *v], format!("{id} is still busy with {} when {} starts.", u.id, v.id))
                    .room(room);
            },
        );
    }
    for (clinician, sessions) in view.staff() {
        let id = names::clinician(instance, clinician);
        clashes(
            verdict,
            sessions,
            |u| u.busy().end,
            |verdict, u, v| {
                let detail = format!("{id} is still busy with {} when {} starts.", u.id, v.id);
                verdict.breaks("H7", &[*u, *v], detail).clinician(clinician);
            },
        );
        for s in sessions.iter().filter(|s| !s.fact()) {
            if is_away(instance, clinician, s.busy()) {
                verdict.breaks("H7", &[*s], format!("{id} is away during {}.", s.id)).clinician(clinician);
            }
            if shift_of(instance, clinician, s.busy(), s.modality, s.site).is_none() {
                let detail = format!("{} and its documentation fit into no shift of {id} there.", s.id);
                verdict.breaks("H7", &[*s], detail).clinician(clinician);
            }
        }
    }
}

/// Whether the clinician is away at any minute of it.
pub(crate) fn is_away(instance: &Instance, clinician: ClinicianIx, busy: Span) -> bool {
    instance.clinicians[clinician.i()].away.touches(busy)
}

/// Which shift (by start) covers a session with its documentation, held so and there.
pub(crate) fn shift_of(
    instance: &Instance,
    clinician: ClinicianIx,
    busy: Span,
    modality: Modality,
    site: Option<SiteIx>,
) -> Option<usize> {
    instance.clinicians[clinician.i()].shifts.iter().position(|shift| {
        shift.span.covers(busy)
            && match site {
                Some(site) => serves(shift, modality, site),
                None => modality == Modality::Telehealth && shift.telehealth,
            }
    })
}

/// Whether sessions held so and there fit into a shift at all.
pub(crate) fn serves(shift: &ShiftData, modality: Modality, site: SiteIx) -> bool {
    match modality {
        Modality::InPerson => shift.sites.contains(&site),
        Modality::Telehealth => shift.telehealth,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn no_room_and_no_clinician_is_in_two_sessions_at_once() {
        let a = session("p1-talk/1", TUE);
        let b = |room: &str, by: &str| {
            let at = session("p2-talk/1", "2026-12-01T10:45:00-05:00");
            but(at, json!({ "room": room, "clinicians": [by] }))
        };
        let case = Case::new();
        case.keeps(&[a.clone(), b("r2", "t2")]);
        case.breaks("H7", &[a.clone(), b("r1", "t2")]).breaks("H7", &[a, b("r2", "t1")]);
    }

    #[test]
    fn a_clinician_is_busy_for_the_documentation_and_a_room_for_the_turnover() {
        let case = Case::new().having("services", "talk", json!({ "start_every": 5 }));
        let a = session("p1-talk/1", TUE);
        let b = |minute: u32, change| {
            but(
                session("p2-talk/1", &format!("2026-12-01T{:02}:{:02}:00-05:00", 10 + minute / 60, minute % 60)),
                change,
            )
        };
        case.breaks("H7", &[a.clone(), b(55, json!({ "room": "r2" }))])
            .keeps(&[a.clone(), b(60, json!({ "room": "r2" }))]);
        let case = case.having("rooms", "r1", json!({ "turnover_minutes": 15 }));
        case.breaks("H7", &[a.clone(), b(60, json!({ "clinicians": ["t2"] }))]);
        case.keeps(&[a, b(65, json!({ "clinicians": ["t2"] }))]);
    }

    #[test]
    fn session_and_documentation_lie_inside_one_shift_and_outside_away() {
        let case = Case::new();
        case.keeps(&[session("p1-talk/1", "2026-12-01T16:00:00-05:00")]);
        case.breaks("H7", &[session("p1-talk/1", "2026-12-01T16:15:00-05:00")]);
        let away = json!({ "away": [on_tuesday("10:55", "12:00")] });
        case.having("clinicians", "t1", away).breaks("H7", &[session("p1-talk/1", TUE)]);
        let halves = json!({ "shifts": [daily("09:00", "10:30"), daily("10:30", "17:00")] });
        let case = Case::new().having("clinicians", "t1", halves);
        case.breaks("H7", &[session("p1-talk/1", TUE)]).breaks("H7", &[tele("p1-talk/1", "2026-12-01T11:00:00-05:00")]);
    }

    #[test]
    fn facts_may_clash_with_one_another_but_nothing_may_be_added() {
        let a = session("p1-talk/1", TUE);
        let b = session("p2-talk/1", "2026-12-01T10:15:00-05:00");
        let new = session("p3-talk/1", "2026-12-01T10:45:00-05:00");
        let case = Case::new().with(json!({ "previous": [a, b], "freeze_until": "2026-12-01T10:30:00-05:00" }));
        case.keeps(&[a.clone(), b.clone()]).breaks("H7", &[a, b, new]);
    }
}
