//! H7, one thing at a time: rooms and clinicians are in one session only, clinicians inside their shifts.

use super::{Rule, facts::clashes, names, verdict::Verdict, view::View};
use crate::{
    instance::{ClinicianIx, Instance, SiteIx, Span},
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
            && match modality {
                Modality::InPerson => site.is_some_and(|site| shift.sites.contains(&site)),
                Modality::Telehealth => shift.telehealth,
            }
    })
}
