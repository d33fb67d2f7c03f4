//! H8, the participant's time: one session at a time, inside what is available, off hard commitments, in the windows.

use super::{
    Rule,
    facts::clashes,
    names,
    verdict::Verdict,
    view::{Seen, View, set},
};
use crate::{
    instance::{Instance, OrderIx, Owner, ParticipantIx, Span},
    problem::Modality,
};

pub(super) const RULE: Rule = Rule {
    name: "H8",
    title: "the participant's time",
    sentence: "No participant in two sessions at once; every session inside available and off every hard commitment, \
               which for in-person sessions is longer by travel_minutes on both sides; sessions of an order with windows \
               inside them.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    let instance = view.instance;
    for week in &view.weeks {
        let id = names::participant(instance, week.participant);
        clashes(
            verdict,
            &week.seats,
            |u| u.end,
            |verdict, u, v| {
                let detail = format!("{id} is in {} and {} at once.", u.id, v.id);
                verdict.breaks("H8", &[*u, *v], detail).participant(week.participant);
            },
        );
    }
    for s in view.fresh() {
        if let Owner::Order(o) = s.owner {
            windows(instance, s, o, verdict);
        }
        for p in set(s.participants.iter().copied()) {
            let id = names::participant(instance, p);
            for &o in instance.participants[p.i()].orders.iter().filter(|_| s.meeting()) {
                if Some(instance.orders[o.i()].service) == s.service {
                    windows(instance, s, o, verdict);
                }
            }
            if !available(instance, p, s.span()) {
                verdict.breaks("H8", &[*s], format!("{id} is not available for {}.", s.id)).participant(p);
            }
            if let Some(kind) = committed(instance, p, s.span(), s.modality) {
                let detail = format!("{id} is committed ({kind}) during {} or on the way.", s.id);
                verdict.breaks("H8", &[*s], detail).participant(p);
            }
        }
    }
}

fn windows(instance: &Instance, s: &Seen, order: OrderIx, verdict: &mut Verdict) {
    if !in_windows(instance, order, s.span()) {
        let detail = format!("{} is outside the windows of {}.", s.id, names::order(instance, order));
        verdict.breaks("H8", &[*s], detail).participant(instance.orders[order.i()].participant);
    }
}

/// Whether the participant is available throughout.
pub(crate) fn available(instance: &Instance, p: ParticipantIx, span: Span) -> bool {
    instance.participants[p.i()].available.contains(span)
}

/// The hard commitment in the way, if any: its kind.
pub(crate) fn committed(instance: &Instance, p: ParticipantIx, span: Span, modality: Modality) -> Option<&'static str> {
    use crate::problem::CommitmentKind::*;
    let commitments = &instance.participants[p.i()].commitments;
    let hard = commitments.iter().enumerate().filter(|(_, c)| !c.soft);
    let mut hit = hard.filter(|(_, c)| {
        let travel = if modality == Modality::InPerson { c.travel } else { 0 };
        c.spans.touches(span.widened(travel))
    });
    hit.next().map(|(k, _)| match instance.problem.participants[p.i()].commitments[k].kind {
        Work => "work",
        School => "school",
        Childcare => "childcare",
        Court => "court",
        Medical => "medical",
        Other => "other",
    })
}

/// Whether it lies inside the windows of the order.
pub(crate) fn in_windows(instance: &Instance, order: OrderIx, span: Span) -> bool {
    instance.orders[order.i()].windows.contains(span)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_participant_is_in_one_session_at_a_time() {
        let case = Case::new().having("orders", "p1-talk", json!({ "one_per_day": false }));
        let other = |start| but(session("p1-talk/2", start), json!({ "clinicians": ["t2"], "room": "r2" }));
        case.breaks("H8", &[session("p1-talk/1", TUE), other("2026-12-01T10:45:00-05:00")]);
        case.keeps(&[session("p1-talk/1", TUE), other("2026-12-01T11:00:00-05:00")]);
    }

    #[test]
    fn a_session_lies_inside_what_is_available() {
        let available = |windows| Case::new().having("participants", "p1", json!({ "available": windows }));
        available(json!([on_tuesday("10:00", "10:30"), on_tuesday("10:30", "10:50")]))
            .keeps(&[session("p1-talk/1", TUE)]);
        available(json!([on_tuesday("10:00", "10:45")])).breaks("H8", &[session("p1-talk/1", TUE)]);
        available(json!([])).breaks("H8", &[session("p1-talk/1", TUE)]);
    }

    #[test]
    fn a_session_is_off_hard_commitments_with_travel_where_it_is_in_person() {
        let work = |travel: u32, flexibility: &str| {
            let windows = [on_tuesday("11:00", "12:00")];
            let work =
                json!({ "kind": "work", "windows": windows, "travel_minutes": travel, "flexibility": flexibility });
            Case::new().having("participants", "p1", json!({ "commitments": [work] }))
        };
        work(10, "hard").keeps(&[session("p1-talk/1", TUE)]);
        work(15, "hard").breaks("H8", &[session("p1-talk/1", TUE)]).keeps(&[tele("p1-talk/1", TUE)]);
        work(15, "hard").keeps(&[session("p1-talk/1", "2026-12-01T12:15:00-05:00")]);
        work(15, "soft").keeps(&[session("p1-talk/1", TUE)]);
    }

    #[test]
    fn sessions_of_an_order_with_windows_lie_inside_them() {
        let narrow = json!({ "windows": [on_tuesday("10:00", "10:45")] });
        Case::new().having("orders", "p1-talk", narrow.clone()).breaks("H8", &[session("p1-talk/1", TUE)]);
        Case::new().having("orders", "p2-circle", narrow).breaks("H8", &[session("h/1", TUE)]);
    }
}
