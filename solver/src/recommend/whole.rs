//! Whether somebody can come: all that is ordered for a participant and missing in a calendar, placed as a whole, in part,
//! or why not. Who is new, who waits, and who missed sessions ask the same.

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    calendar::{Session, Unmet},
    explain,
    instance::{Booked, Instance, OrderIx, ParticipantIx},
    problem::Id,
    rules::{self, Judgement, names},
    search::{admit::Admitted, places::Board},
};

/// How much of what is missing a calendar has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AdmissionVerdict)]
pub enum Verdict {
    /// Everything.
    Whole,
    /// Something.
    Part,
    /// Nothing.
    None,
}

/// What a calendar can do for a participant.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Admission {
    /// Who.
    pub participant: Id,
    /// The best that can be done, by the plans; `whole` also where nothing is missing.
    pub verdict: Verdict,
    /// Sessions that are ordered and not in the calendar.
    pub missing_sessions: u32,
    /// First the one that moves nobody; a second one, where it places more, moves other single sessions.
    pub plans: Vec<Plan>,
    /// What stays missing after the first plan, and why.
    pub unmet: Vec<Unmet>,
}

/// One way to do it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AdmissionPlan)]
pub struct Plan {
    /// How much it does.
    pub verdict: Verdict,
    /// Sessions that are new, or that the participant joins, as they would be; by start.
    pub sessions: Vec<Session>,
    /// How many of the missing sessions that is.
    pub placed_sessions: u32,
    /// How many stay missing.
    pub missing_sessions: u32,
    /// By how much the objective changes; negative is better.
    pub cost_difference: i64,
    /// Other sessions that change for it: they move, or others join a meeting that is held for it.
    pub moves: Vec<Session>,
    /// Other participants for whom anything changes: who must be called.
    pub contacts: Vec<Id>,
}

/// What a calendar can do for each of some participants: alone, or (`in_turn`) with those before already there.
///
/// Every plan was judged by the rules: with it the calendar breaks no rule that it did not break before.
pub fn admissions(
    instance: &Arc<Instance>,
    sessions: &[Booked],
    people: &[ParticipantIx],
    in_turn: bool,
) -> Vec<Admission> {
    if !in_turn {
        let before = rules::judge(instance, sessions);
        return Board::with(instance, sessions, |board| {
            people.iter().map(|&p| one(instance, (sessions, &before), board, p).0).collect()
        });
    }
    let mut standing = sessions.to_vec();
    let mut all = Vec::new();
    for &p in people {
        let before = rules::judge(instance, &standing);
        let (admission, after) =
            Board::with(instance, &standing, |board| one(instance, (&standing, &before), board, p));
        all.push(admission);
        standing = after;
    }
    all
}

/// What can be done for one, and the calendar after the first plan.
fn one(
    instance: &Arc<Instance>,
    (sessions, before): (&[Booked], &Judgement),
    board: &mut Board<'_>,
    p: ParticipantIx,
) -> (Admission, Vec<Booked>) {
    let missing = missing(instance, before, p);
    let count: u32 = missing.iter().map(|m| m.1).sum();
    let participant = names::participant(instance, p).clone();
    let mut plans: Vec<(Plan, Vec<Booked>)> = Vec::new();
    if count > 0 {
        plans.extend(plan(instance, (sessions, before), p, board.admit(p, false)));
        if plans.first().is_none_or(|(plan, _)| plan.missing_sessions > 0) {
            let moving = plan(instance, (sessions, before), p, board.admit(p, true));
            let better = |(moving, _): &(Plan, _)| {
                plans.first().is_none_or(|(plan, _)| moving.missing_sessions < plan.missing_sessions)
            };
            let moving = moving.filter(better);
            plans.extend(moving);
        }
    }
    let after = plans.first().map_or_else(|| sessions.to_vec(), |(_, after)| after.clone());
    let left = match plans.first() {
        Some((_, after)) => self::missing(instance, &rules::judge(instance, after), p),
        None => missing,
    };
    let unmet = explain::unmet(instance, &after, &left);
    let verdict = plans.iter().map(|(plan, _)| plan.verdict).min();
    let verdict = verdict.unwrap_or(if count == 0 { Verdict::Whole } else { Verdict::None });
    let plans = plans.into_iter().map(|(plan, _)| plan).collect();
    (Admission { participant, verdict, missing_sessions: count, plans, unmet }, after)
}

/// The orders of a participant with missing sessions.
fn missing(instance: &Instance, judged: &Judgement, p: ParticipantIx) -> Vec<(OrderIx, u32)> {
    judged.missing.iter().filter(|(o, _)| instance.orders[o.i()].participant == p).copied().collect()
}

/// The first way that breaks no rule, told.
fn plan(
    instance: &Arc<Instance>,
    (sessions, before): (&[Booked], &Judgement),
    p: ParticipantIx,
    ways: Vec<Admitted>,
) -> Option<(Plan, Vec<Booked>)> {
    let wanted: u32 = missing(instance, before, p).iter().map(|m| m.1).sum();
    ways.into_iter().find_map(|way| {
        let rest = sessions.iter().filter(|s| !way.changed.iter().any(|c| c.id == s.id)).cloned();
        let after: Vec<Booked> = rest.chain(way.changed.iter().cloned()).collect();
        let judged = rules::judge(instance, &after);
        let left: u32 = missing(instance, &judged, p).iter().map(|m| m.1).sum();
        if left >= wanted || judged.violations.iter().any(|v| !before.violations.contains(v)) {
            return None;
        }
        let plan = told(instance, sessions, &way.changed, p);
        let difference = i128::from(judged.objective) - i128::from(before.objective);
        let plan = Plan {
            verdict: if left == 0 { Verdict::Whole } else { Verdict::Part },
            placed_sessions: wanted - left,
            missing_sessions: left,
            cost_difference: i64::try_from(difference).unwrap_or(i64::MAX),
            ..plan
        };
        Some((plan, after))
    })
}

/// Whose sessions change, and how.
fn told(instance: &Instance, sessions: &[Booked], changed: &[Booked], p: ParticipantIx) -> Plan {
    let mut changed: Vec<&Booked> = changed.iter().collect();
    changed.sort_by_key(|s| (s.start, &s.id));
    let mut called: BTreeSet<ParticipantIx> = BTreeSet::new();
    let (mut own, mut moves) = (Vec::new(), Vec::new());
    for session in changed {
        let stood = sessions.iter().find(|s| s.id == session.id);
        let same = stood
            .is_some_and(|s| s.start == session.start && s.clinicians == session.clinicians && s.room == session.room);
        let was = |q: &ParticipantIx| same && stood.is_some_and(|s| s.participants.contains(q));
        called.extend(session.participants.iter().filter(|q| **q != p && !was(q)));
        let theirs = session.participants.contains(&p);
        (if theirs { &mut own } else { &mut moves }).push(Session::write(instance, session));
    }
    Plan {
        verdict: Verdict::None,
        sessions: own,
        placed_sessions: 0,
        missing_sessions: 0,
        cost_difference: 0,
        moves,
        contacts: called.into_iter().map(|p| names::participant(instance, p).clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        generate::{Draw, generate},
        problem::GivenSession,
        search::{Options, Stop, Unwatched, solve},
    };

    /// Weeks with few clinicians, and with many: there whole people find their places.
    fn draw(seed: u64) -> Draw {
        Draw { seed, staff: if seed.is_multiple_of(2) { 60 } else { 300 }, per_site: 12, ..Draw::default() }
    }

    #[test]
    fn every_plan_for_a_whole_person_breaks_no_rule_and_does_what_it_says() {
        let (mut whole, mut part, mut moving) = (0, 0, 0);
        for seed in 1..5 {
            let instance = Arc::new(Instance::new(Arc::new(generate(&draw(seed)))));
            let options = Options { seconds: Some(5.0), rounds: Some(4), seed, ..Options::default() };
            let Ok(calendar) = solve(&instance, &options, &Unwatched, &Stop::default()) else { continue };
            let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
            let mut sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
            // Two people are not there yet: one who has all that is ordered where there is one, and one who lacks most.
            let judged = rules::judge(&instance, &sessions);
            let mut people: Vec<ParticipantIx> = ParticipantIx::all(instance.participants.len()).collect();
            people.sort_by_key(|&p| missing(&instance, &judged, p).len());
            let people = [people[0], people[people.len() - 1]];
            sessions.iter_mut().for_each(|s| s.participants.retain(|p| !people.contains(p)));
            sessions.retain(|s| !s.participants.is_empty());
            let before = rules::judge(&instance, &sessions);
            for admission in admissions(&instance, &sessions, &people, false) {
                for plan in &admission.plans {
                    let changed: Vec<GivenSession> = plan.sessions.iter().chain(&plan.moves).map(Into::into).collect();
                    let rest = sessions.iter().filter(|s| !changed.iter().any(|c| c.id == s.id)).cloned();
                    let with: Vec<Booked> = rest.chain(changed.iter().map(|c| instance.book(c))).collect();
                    let after = rules::judge(&instance, &with);
                    let told = |v| before.violations.contains(v);
                    assert!(after.violations.iter().all(told), "{plan:?} {:?}", after.violations);
                    assert_eq!(after.objective as i64 - before.objective as i64, plan.cost_difference);
                    assert_eq!(plan.placed_sessions + plan.missing_sessions, admission.missing_sessions);
                    let all = |j: &Judgement| j.missing.iter().map(|m| m.1).sum::<u32>();
                    assert!(all(&before) >= all(&after) + plan.placed_sessions, "{plan:?}");
                    *(if plan.verdict == Verdict::Whole { &mut whole } else { &mut part }) += 1;
                    moving += usize::from(!plan.contacts.is_empty());
                }
                let left: u32 = admission.unmet.iter().map(|u| u.missing_sessions).sum();
                assert_eq!(left, admission.plans.first().map_or(admission.missing_sessions, |p| p.missing_sessions));
                for unmet in &admission.unmet {
                    assert_eq!(unmet.reasons.iter().map(|r| r.count).sum::<u64>(), unmet.places);
                }
            }
            // In turn, the second finds what the first has left.
            let in_turn = admissions(&instance, &sessions, &people, true);
            assert_eq!(in_turn.len(), 2);
        }
        assert!(whole > 0 && part > 0, "{whole} whole, {part} in part, {moving} with calls");
    }
}
