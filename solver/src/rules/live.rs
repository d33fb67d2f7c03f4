//! A calendar that stays judged while it is edited: a change is judged on the part of the calendar that it can concern.

use std::{collections::HashMap, sync::Arc};

use super::{CheckReport, Part, SOFT, Violation, check, judge, objective, penalties, verdict::PLENTY};
use crate::{
    instance::{Booked, Instance},
    problem::GivenSession,
};

/// A session of the calendar before, with its position there.
type Standing = (usize, (GivenSession, Booked));

/// A calendar and what the rules say of it.
#[derive(Debug)]
pub struct Live {
    instance: Arc<Instance>,
    sessions: Vec<(GivenSession, Booked)>,
    /// Hard rules broken, in no order.
    violations: Vec<Violation>,
    /// What each penalty costs, as [`super::Judgement`] sums it up.
    sums: [i64; SOFT.len()],
}

impl Live {
    /// Judges a calendar, all of it.
    pub fn new(instance: Arc<Instance>, given: Vec<GivenSession>) -> Self {
        let booked: Vec<Booked> = given.iter().map(|g| instance.book(g)).collect();
        let judged = judge(&instance, &booked);
        let mut violations = check::written(&instance, given.iter().zip(&booked));
        violations.extend(judged.violations);
        let sessions = given.into_iter().zip(booked).collect();
        Live { instance, sessions, violations, sums: judged.sums }
    }

    /// The problem, compiled.
    pub fn instance(&self) -> &Arc<Instance> {
        &self.instance
    }

    /// What [`super::check`] says of the calendar as it is now.
    pub fn report(&self) -> CheckReport {
        let mut violations = self.violations.clone();
        check::sort(&mut violations);
        let penalties = penalties(&self.sums);
        CheckReport { feasible: violations.is_empty(), violations, objective: objective(&penalties), penalties }
    }

    /// Takes sessions out, and puts others in or in the place of those of their ids.
    pub fn edit(&mut self, put: Vec<GivenSession>, gone: &[String]) {
        let mut given: Vec<GivenSession> = self.sessions.iter().map(|s| s.0.clone()).collect();
        given.retain(|s| !gone.contains(&s.id));
        for session in put {
            match given.iter_mut().find(|s| s.id == session.id) {
                Some(place) => *place = session,
                None => given.push(session),
            }
        }
        self.replace(given);
    }

    /// Takes over another calendar of the same problem; only what differs is judged.
    pub fn replace(&mut self, given: Vec<GivenSession>) {
        let mut standing: HashMap<String, Vec<Standing>> = HashMap::new();
        let before = std::mem::take(&mut self.sessions);
        let old: Vec<Booked> = before.iter().map(|s| s.1.clone()).collect();
        before.into_iter().enumerate().for_each(|(k, s)| standing.entry(s.0.id.clone()).or_default().push((k, s)));
        let once = once(&given);
        let (mut last, mut in_order) = (None, true);
        let mut part = Part::new(&self.instance);
        let mut new: Vec<usize> = Vec::new();
        for (k, (g, once)) in given.into_iter().zip(once).enumerate() {
            // Of sessions that share an id, the last is taken for it: all of them are judged again.
            let stands = |list: &Vec<Standing>| once && matches!(&list[..], [(_, only)] if only.0 == g);
            let stays = standing.get(&g.id).is_some_and(stands);
            let session = match stays.then(|| standing.remove(&g.id)).flatten().and_then(|mut list| list.pop()) {
                Some((at, session)) => {
                    in_order &= last.is_none_or(|last| last < at);
                    last = Some(at);
                    session
                }
                None => {
                    let booked = self.instance.book(&g);
                    part.session(&booked);
                    new.push(k);
                    (g, booked)
                }
            };
            self.sessions.push(session);
        }
        let gone: Vec<(GivenSession, Booked)> = standing.into_values().flatten().map(|(_, s)| s).collect();
        gone.iter().for_each(|s| part.session(&s.1));
        // Pairs are named in the order of the calendar.
        if !in_order {
            return self.judge_anew();
        }
        if new.is_empty() && gone.is_empty() {
            return;
        }
        let was: Vec<Booked> = old.into_iter().filter(|s| part.concerns(s)).collect();
        let is: Vec<Booked> = self.sessions.iter().map(|s| &s.1).filter(|s| part.concerns(s)).cloned().collect();
        let (was, is) = (judge(&self.instance, &was), judge(&self.instance, &is));
        // Pairs are no longer listed one by one where there are so many: then only the whole tells how many there are.
        if [&was.violations, &is.violations, &self.violations].iter().any(|list| list.len() >= PLENTY) {
            return self.judge_anew();
        }
        let mut mended = check::written(&self.instance, gone.iter().map(|s| (&s.0, &s.1)));
        mended.extend(was.violations);
        let fresh = new.iter().map(|&k| (&self.sessions[k].0, &self.sessions[k].1));
        let mut broken = check::written(&self.instance, fresh);
        broken.extend(is.violations);
        for violation in mended {
            // What is broken in both is broken still.
            if let Some(k) = broken.iter().position(|v| *v == violation) {
                broken.swap_remove(k);
            } else if let Some(k) = self.violations.iter().position(|v| *v == violation) {
                self.violations.swap_remove(k);
            }
        }
        self.violations.extend(broken);
        for (sum, (is, was)) in self.sums.iter_mut().zip(is.sums.iter().zip(&was.sums)) {
            *sum = sum.saturating_add(is.saturating_sub(*was));
        }
    }

    fn judge_anew(&mut self) {
        let given = self.sessions.iter().map(|s| s.0.clone()).collect();
        *self = Live::new(self.instance.clone(), given);
    }
}

/// Of each session, whether no other has its id.
fn once(given: &[GivenSession]) -> Vec<bool> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    given.iter().for_each(|g| *times.entry(&g.id).or_default() += 1);
    given.iter().map(|g| times.get(&*g.id) == Some(&1)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        generate::{Draw, generate, in_progress},
        problem::Instant,
        search::{Options, Stop, Unwatched, solve},
    };

    /// A drawn week with a calendar; every other one is under way.
    fn drawn(seed: u64) -> (Arc<Instance>, Vec<GivenSession>) {
        let mut problem = generate(&Draw::small(seed));
        loop {
            let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
            let options = Options { seconds: None, rounds: Some(1), seed, prove: false, ..Options::default() };
            let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
            let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
            if seed.is_multiple_of(2) || !instance.previous.is_empty() || given.is_empty() {
                return (instance, given);
            }
            problem = in_progress(&problem, &given, seed);
        }
    }

    /// One edit of a person at the board, by four numbers.
    fn edited(instance: &Instance, mut given: Vec<GivenSession>, [what, a, b, c]: [usize; 4]) -> Vec<GivenSession> {
        if given.is_empty() {
            return given;
        }
        let (k, other) = (a % given.len(), b % given.len());
        let problem = &instance.problem;
        match what % 10 {
            0 => {
                let quarters = chrono::Duration::minutes(15 * (c as i64 % 300 - 150));
                given[k].start = Instant(given[k].start.0 + quarters);
                given[k].end = given[k].end.map(|end| Instant(end.0 + quarters));
            }
            1 => {
                let (one, two) = (given[k].start, given[other].start);
                (given[k].start, given[other].start, given[k].end, given[other].end) = (two, one, None, None);
            }
            2 => given[k].clinicians = vec![problem.clinicians[c % problem.clinicians.len()].id.to_string()],
            3 => given[k].room = Some(problem.rooms[c % problem.rooms.len()].id.to_string()),
            4 => given[k].participants.push(problem.participants[c % problem.participants.len()].id.to_string()),
            5 => {
                given[k].participants.pop();
            }
            6 => {
                given.remove(k);
            }
            7 => {
                let twice = GivenSession { start: given[other].start, end: None, ..given[k].clone() };
                given.push(twice);
            }
            8 => given[k].clinicians.push("nobody".to_owned()),
            _ => given.swap(k, other),
        }
        given
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn after_every_edit_it_says_what_a_check_of_the_whole_says(
            seed in 0_u64..6,
            edits in prop::collection::vec(prop::array::uniform4(0_usize..100_000), 25),
        ) {
            let (instance, mut given) = drawn(seed);
            let mut live = Live::new(instance.clone(), given.clone());
            prop_assert_eq!(live.report(), check(&instance, &given));
            for edit in edits {
                given = edited(&instance, given, edit);
                live.replace(given.clone());
                prop_assert_eq!(live.report(), check(&instance, &given), "{:?}", edit);
            }
        }
    }

    #[test]
    fn edits_by_id_put_and_take_away() {
        let (instance, given) = drawn(0);
        let mut live = Live::new(instance.clone(), given.clone());
        let moved = GivenSession { start: given[1].start, end: None, ..given[0].clone() };
        live.edit(vec![moved.clone()], &[given[2].id.clone()]);
        let mut whole = given.clone();
        whole[0] = moved;
        whole.remove(2);
        assert_eq!(live.report(), check(&instance, &whole));
        live.replace(given.clone());
        assert_eq!(live.report(), check(&instance, &given));
    }
}
