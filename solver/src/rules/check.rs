//! The check of a calendar that anybody made: what the rules say of it, and where it contradicts itself.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Violation, judge, verdict::Verdict, view::Seen};
use crate::{
    instance::{Booked, Instance},
    problem::GivenSession,
};

/// What a check tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CheckReport {
    /// Whether no hard rule is broken.
    pub feasible: bool,
    /// The hard rules broken.
    pub violations: Vec<Violation>,
    /// Sum of the penalties.
    pub objective: u64,
    /// The cost by penalty; zeros left out.
    pub penalties: BTreeMap<&'static str, u64>,
}

/// Checks a calendar that was brought in. What is absent from its sessions is derived; what is given and differs from what
/// would be derived, and every id that the problem does not have, is a violation and never stops the rest.
pub fn check(instance: &Instance, given: &[GivenSession]) -> CheckReport {
    let booked: Vec<Booked> = given.iter().map(|g| instance.book(g)).collect();
    let judgement = judge(instance, &booked);
    let mut violations = written(instance, given.iter().zip(&booked));
    violations.extend(judgement.violations);
    sort(&mut violations);
    CheckReport {
        feasible: violations.is_empty(),
        violations,
        objective: judgement.objective,
        penalties: judgement.penalties,
    }
}

/// In the order in which they are told: by rule, then by session.
pub(super) fn sort(violations: &mut [Violation]) {
    let rule = |v: &Violation| v.rule.get(1..).and_then(|k| k.parse::<u32>().ok());
    // Two sessions of one id may break a rule in the same words: whom it concerns then tells them apart.
    let key = |v: &Violation| {
        (rule(v), v.sessions.clone(), v.detail.clone(), v.participants.clone(), v.clinicians.clone(), v.rooms.clone())
    };
    violations.sort_by_cached_key(key);
}

/// What only sessions as written show.
pub(super) fn written<'s>(
    instance: &Instance,
    sessions: impl Iterator<Item = (&'s GivenSession, &'s Booked)>,
) -> Vec<Violation> {
    let mut verdict = Verdict::new(instance);
    for (given, booked) in sessions {
        let session = Seen::new(instance, booked, instance.previous_named(&booked.id));
        as_written(instance, given, &session, &mut verdict);
    }
    verdict.into_violations()
}

fn as_written(instance: &Instance, given: &GivenSession, s: &Seen, verdict: &mut Verdict) {
    if given.group.is_some() && given.order.is_some() {
        verdict.breaks("H1", &[*s], format!("{} names both a group and an order.", s.id));
    }
    if s.fact() {
        return;
    }
    for (what, at) in [("start", Some(given.start)), ("end", given.end)] {
        if let Some(at) = at.filter(|&at| instance.axis.floor(at) != instance.axis.ceil(at)) {
            verdict.breaks("H2", &[*s], format!("{}: its {what} {at} is not a whole minute.", s.id));
        }
    }
    if let (Some(zone), Some(site)) = (&given.time_zone, s.site)
        && *zone != instance.problem.sites[site.i()].time_zone
    {
        let own = &instance.problem.sites[site.i()].time_zone;
        verdict.breaks("H2", &[*s], format!("{}: its site's time zone is {own}, not {zone}.", s.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_in_the_same_words_are_told_in_an_order_of_their_own() {
        let of = |participant: &str| Violation {
            rule: "H12",
            detail: "a/1 has 2 participants, not one.".into(),
            sessions: vec!["a/1".into()],
            participants: vec![participant.parse().unwrap()],
            clinicians: Vec::new(),
            rooms: Vec::new(),
        };
        let (mut one, mut other) = (vec![of("p3"), of("p2")], vec![of("p2"), of("p3")]);
        sort(&mut one);
        sort(&mut other);
        assert_eq!(one, other);
    }
}
