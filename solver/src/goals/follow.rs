//! The moves by which a calendar comes to follow goals better: of whoever has the largest burden first, of whoever would
//! have to be called.

use std::time::Instant as Moment;

use super::{
    Goal,
    desk::{Change, Desk},
};
use crate::{
    instance::{Booked, Owner, ParticipantIx},
    search::{Stop, places::Board},
};

/// How long goals are followed.
pub(super) struct Effort<'a> {
    pub deadline: Option<Moment>,
    /// Changes that are weighed at most.
    pub steps: usize,
    pub stop: &'a Stop,
}

impl Effort<'_> {
    fn over(&self, steps: usize) -> bool {
        steps >= self.steps || self.stop.stopped() || self.deadline.is_some_and(|end| Moment::now() >= end)
    }
}

/// People looked at in one round: those with the largest burdens.
const PEOPLE: usize = 12;
/// Ways of each kind that are weighed for one order or session: the cheapest.
const WAYS: usize = 12;

impl Desk<'_> {
    /// Takes changes that are better until there is none, or the effort is over.
    pub fn follow(&mut self, effort: &Effort) {
        let mut steps = 0;
        let fairness = self.goals.follow.iter().any(|goal| *goal != Goal::FewContacts);
        loop {
            let back = self.going_back();
            if self.first_better(back.into_iter(), effort, &mut steps) {
                continue;
            }
            if effort.over(steps) || !fairness || !self.relieve(effort, &mut steps) {
                return;
            }
        }
    }

    /// Takes the first change that is better; whether there was one.
    fn first_better(&mut self, changes: impl Iterator<Item = Change>, effort: &Effort, steps: &mut usize) -> bool {
        for change in changes {
            if effort.over(*steps) {
                return false;
            }
            *steps += 1;
            if let Some(weighed) = self.better(&change) {
                self.take(weighed);
                return true;
            }
        }
        false
    }

    /// Relieves one of those with the largest burdens; whether anybody could be.
    fn relieve(&mut self, effort: &Effort, steps: &mut usize) -> bool {
        let burdens = self.measures().burdens;
        let mut people: Vec<ParticipantIx> = ParticipantIx::all(burdens.len()).collect();
        people.sort_by_key(|p| std::cmp::Reverse(burdens[p.i()]));
        people.truncate(PEOPLE);
        let (instance, sessions) = (self.instance.clone(), self.sessions().to_vec());
        Board::with(&instance, &sessions, |board| {
            people.into_iter().any(|p| {
                if effort.over(*steps) {
                    return false;
                }
                let changes = relief(board, &sessions, &burdens, p);
                self.first_better(changes.into_iter(), effort, steps)
            })
        })
    }

    /// Ways back to `previous`: one session after the other, and all of a person's at once.
    fn going_back(&self) -> Vec<Change> {
        if !self.goals.follow.contains(&Goal::FewContacts) || self.instance.previous.is_empty() {
            return Vec::new();
        }
        let old: Vec<&Booked> = self.instance.previous.iter().map(|p| &p.booked).collect();
        let mut all = Change::default();
        for was in &old {
            if self.sessions().iter().all(|now| now != *was) {
                all.put.push((*was).clone());
            }
        }
        all.gone.extend(self.sessions().iter().filter(|now| old.iter().all(|was| was.id != now.id)).cloned());
        let each = all.put.iter().map(|s| Change { put: vec![s.clone()], gone: Vec::new() });
        let each = each.chain(all.gone.iter().map(|s| Change { put: Vec::new(), gone: vec![s.clone()] }));
        let of = |p: ParticipantIx| {
            let own = |list: &[Booked]| -> Vec<Booked> {
                list.iter().filter(|s| s.participants.contains(&p)).cloned().collect()
            };
            Change { put: own(&all.put), gone: own(&all.gone) }
        };
        let people = ParticipantIx::all(self.instance.participants.len());
        let bundles = people.map(of).filter(|change| change.put.len() + change.gone.len() > 1);
        let mut changes: Vec<Change> = each.collect();
        changes.extend(bundles);
        changes
    }
}

/// Changes that may relieve a participant: places for what is missing, where others move, or where somebody with a smaller
/// burden gives one up; other places for the single sessions that there are.
fn relief(board: &mut Board<'_>, sessions: &[Booked], burdens: &[i64], p: ParticipantIx) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut kept, mut given_up) = (Vec::new(), Vec::new());
    for order in board.lacking(p) {
        kept.extend(board.displacing(order).into_iter().take(WAYS));
        for other in sessions.iter().filter(|s| matches!(s.owner, Owner::Order(_))) {
            let theirs = other.participants.first().is_some_and(|q| *q != p && burdens[q.i()] < burdens[p.i()]);
            if theirs {
                let places = board.instead_of(order, other);
                given_up.extend(places.into_iter().take(1).map(|way| (way.cost, way.gained, other.clone())));
            }
        }
    }
    kept.sort_by_key(|way| way.cost);
    changes.extend(kept.into_iter().map(|way| {
        let put = way.gained.into_iter().chain(way.moved).collect();
        Change { put, gone: Vec::new() }
    }));
    given_up.sort_by_key(|way| way.0);
    changes.extend(given_up.into_iter().map(|(_, put, other)| Change { put, gone: vec![other] }));
    for own in sessions.iter().filter(|s| s.participants[..] == [p]) {
        let places = board.elsewhere(own).into_iter().take(WAYS);
        changes.extend(places.map(|place| Change { put: vec![place], gone: Vec::new() }));
    }
    changes
}
