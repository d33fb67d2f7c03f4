//! Changes of a participant's commitments: one day of a hard one gives way, one day of a soft one is moved elsewhere.

use serde_json::json;

use super::kind::{Case, Change, Kind, Look, Part, unless_empty};
use crate::{
    instance::{Booked, Instance, OrderIx},
    problem::{Commitment, CommitmentKind, Flexibility, Modality, Problem, Window},
    rules::{names, verdict::listed},
    scenario::edits::Edit,
};

/// A hard commitment gives way. Nobody asks a court to.
pub(super) const GIVES_WAY: Kind = Kind {
    name: "commitment",
    tried: "a commitment that gives way",
    helps: &["COMMITTED"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        let movable = |c: &&mut Commitment| c.kind != CommitmentKind::Court;
        each(problem, instance, orders, |commitments| {
            commitments.iter_mut().filter(movable).for_each(|c| c.flexibility = Flexibility::Soft);
        });
    },
    narrow: |case| {
        let soft = |commitment: &Commitment, path: String, hours: Hours| {
            if hours.rest.is_empty() {
                return vec![Edit::set(format!("{path}/flexibility"), "soft")];
            }
            let given = Commitment { windows: hours.taken, flexibility: Flexibility::Soft, ..commitment.clone() };
            let list = format!("{}/commitments", case.person());
            vec![Edit::set(format!("{path}/windows"), json!(hours.rest)), Edit::add(list, json!(given))]
        };
        changed(case, Flexibility::Hard, "can give way", soft)
    },
};

/// A soft commitment, which would cost more than the session brings, is moved out of its way.
pub(super) const MOVED: Kind = Kind {
    name: "soft-commitment",
    tried: "a soft commitment that moves",
    helps: &["TRADE_OFF"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        each(problem, instance, orders, |commitments| {
            let soft = commitments.iter_mut().filter(|c| c.flexibility == Flexibility::Soft);
            soft.for_each(|c| c.windows.clear());
        });
    },
    narrow: |case| {
        let away =
            |_: &Commitment, path: String, hours: Hours| vec![Edit::set(format!("{path}/windows"), json!(hours.rest))];
        changed(case, Flexibility::Soft, "is moved elsewhere", away)
    },
};

fn each(problem: &mut Problem, instance: &Instance, orders: &[OrderIx], change: impl Fn(&mut Vec<Commitment>)) {
    for &o in orders {
        change(&mut problem.participants[instance.orders[o.i()].participant.i()].commitments);
    }
}

/// The hours of a commitment: days that sessions need, and the rest.
struct Hours {
    taken: Vec<Window>,
    rest: Vec<Window>,
}

/// The commitments of one flexibility that the sessions of a way need, each with the edits for the days on which they do.
fn changed(
    case: &Case,
    flexibility: Flexibility,
    words: &str,
    edits: impl Fn(&Commitment, String, Hours) -> Vec<Edit>,
) -> Option<Change> {
    let p = case.participant();
    let who = names::participant(case.instance, p);
    let mut parts = Vec::new();
    for (k, commitment) in case.instance.problem.participants[p.i()].commitments.iter().enumerate() {
        let needs = |s: &&Booked| taken(case, commitment, &commitment.windows, s);
        let sessions: Vec<&Booked> = case.changed().filter(|s| s.participants.contains(&p)).filter(needs).collect();
        if commitment.flexibility != flexibility || sessions.is_empty() {
            continue;
        }
        let hours = divided(case, commitment, &sessions);
        let path = format!("{}/commitments/{k}", case.person());
        let when: Vec<String> = sessions.iter().map(|s| case.when(s)).collect();
        let when = listed(when.iter().map(String::as_str));
        let kind = serde_json::to_value(commitment.kind).ok()?;
        let kind = kind.as_str().filter(|kind| *kind != "other").unwrap_or("commitment");
        parts.push(Part::new(edits(commitment, path, hours), format!("{who}'s {kind} on {when} {words}")));
    }
    unless_empty(parts)
}

/// Whether a session lies on some of these hours of a commitment, the way there and back included.
fn taken(case: &Case, commitment: &Commitment, windows: &[Window], s: &Booked) -> bool {
    let travel = if s.modality == Modality::InPerson { commitment.travel_minutes.0 as i32 } else { 0 };
    let zone = &case.instance.zones[case.instance.participants[case.participant().i()].zone];
    case.instance.axis.windows(windows, zone).touches(s.span().widened(travel))
}

/// The hours of a commitment day by day, apart by whether these sessions lie on them.
fn divided(case: &Case, commitment: &Commitment, sessions: &[&Booked]) -> Hours {
    let mut hours = Hours { taken: Vec::new(), rest: Vec::new() };
    for window in &commitment.windows {
        let of = |days| Window { days, ..window.clone() };
        let lies = |window: &Window| sessions.iter().any(|s| taken(case, commitment, std::slice::from_ref(window), s));
        let Some(days) = &window.days else {
            (if lies(window) { &mut hours.taken } else { &mut hours.rest }).push(window.clone());
            continue;
        };
        let (needed, left): (Vec<_>, Vec<_>) = days.iter().partition(|day| lies(&of(Some(vec![**day]))));
        for (days, list) in [(needed, &mut hours.taken), (left, &mut hours.rest)] {
            if !days.is_empty() {
                list.push(of(Some(days)));
            }
        }
    }
    hours
}
