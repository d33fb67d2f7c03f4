//! Days of participants under terms, kept: the same meetings, bars and shunned hours come again and again.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::{
    NEVER, Proof,
    day::{self, Bar, Chosen, Terms},
    person::WEEK,
    sittings::{Seat, Sittings},
    tolls::Minutes,
};

/// Most days that are kept in a place, times the sets of single sessions: about 20 MB.
const MOST: usize = 1 << 18;

/// Days that are kept.
#[derive(Default)]
pub struct Walks {
    /// Those without tolls.
    plain: Kept,
    /// Those of the choice at hand whose starts are open, without tolls.
    open: Kept,
    /// By day, those with the tolls at hand.
    tolled: [Kept; WEEK],
    /// By day, those with the tolls at hand whose starts are open.
    tolled_open: [Kept; WEEK],
    /// The tolls at hand.
    tolls: Minutes,
}

impl Walks {
    /// Another choice: forgets the days whose starts are open.
    pub fn next_choice(&mut self) {
        self.open.clear();
        self.tolled_open.iter_mut().for_each(Kept::clear);
    }

    /// From now on these tolls: forgets the days on which they are others, and those before them, as many as a session may reach
    /// over. The `d`-th day is the minutes from `midnights[d]` on.
    pub fn under(&mut self, tolls: &Minutes, midnights: &[usize; WEEK + 1], reach: usize) {
        for d in 0..WEEK {
            let today = midnights[d]..midnights[d + 1];
            let mut rows = tolls.iter().zip(&self.tolls);
            let alike = |(a, b): (&Vec<i64>, &Vec<i64>)| a.get(today.clone()) == b.get(today.clone());
            let same = tolls.len() == self.tolls.len() && rows.all(alike);
            if !same {
                for d in d.saturating_sub(reach)..=d {
                    self.tolled[d].clear();
                    self.tolled_open[d].clear();
                }
            }
        }
        self.tolls.clone_from(tolls);
    }

    /// Where a day is kept.
    fn of(&mut self, d: usize, tolled: bool, open: bool) -> &mut Kept {
        match (tolled, open) {
            (false, false) => &mut self.plain,
            (false, true) => &mut self.open,
            (true, false) => &mut self.tolled[d],
            (true, true) => &mut self.tolled_open[d],
        }
    }
}

type Kept = FxHashMap<Key, Rc<Walked>>;

/// Person, day, meetings, what is forbidden and what is shunned.
type Key = (usize, usize, Vec<Seat>, Vec<Bar>, Vec<Bar>);

/// A person's day under some terms: by the set of single sessions its cost and the sessions.
pub struct Walked {
    /// Least cost; `NEVER` where it is not possible.
    pub costs: Vec<i64>,
    /// The sessions of all sets, those of the first set first.
    sessions: Vec<Chosen>,
    /// By set, how many sessions there are up to its last.
    ends: Vec<u32>,
}

impl Proof<'_> {
    /// A person's day with these meetings under these terms; each is worked out once. When time is up it is none, as is all
    /// that is made of it.
    pub(super) fn walked(&mut self, p: usize, d: usize, seats: Vec<Seat>, terms: &Terms<'_>) -> Rc<Walked> {
        let key = key(p, d, seats, terms);
        let known = self.walks.of(d, terms.tolls.is_some(), false).get(&key).cloned();
        known.unwrap_or_else(|| {
            let meetings = Sittings::of(&[&key.2]);
            self.walk(key, &meetings, terms, false)
        })
    }

    /// The same at whichever of several starts of the meetings suits best.
    pub(super) fn open(&mut self, p: usize, d: usize, meetings: &Sittings, terms: &Terms<'_>) -> Rc<Walked> {
        let key = key(p, d, Vec::new(), terms);
        let known = self.walks.of(d, terms.tolls.is_some(), true).get(&key).cloned();
        known.unwrap_or_else(|| self.walk(key, meetings, terms, true))
    }

    fn walk(&mut self, key: Key, meetings: &Sittings, terms: &Terms<'_>, open: bool) -> Rc<Walked> {
        let (p, d) = (key.0, key.1);
        self.look_at_the_clock();
        let sets = 1 << self.people[p].singles.len();
        if self.over {
            return Rc::new(Walked::none(sets));
        }
        let terms = Terms { bars: &key.3, shunned: &key.4, ..*terms };
        let day = day::day(&self.people[p], d, meetings, &terms, &mut self.scratch);
        let mut walked = Walked { costs: Vec::new(), sessions: Vec::new(), ends: Vec::with_capacity(sets) };
        for (set, &cost) in day.costs.iter().enumerate() {
            walked.sessions.extend(day.sessions(set).take_while(|_| cost < NEVER));
            walked.ends.push(walked.sessions.len() as u32);
        }
        walked.costs = self.scratch.reuse(day);
        let walked = Rc::new(walked);
        keep(self.walks.of(d, terms.tolls.is_some(), open), key, &walked);
        walked
    }
}

impl Walked {
    /// A day that is not possible.
    fn none(sets: usize) -> Self {
        Walked { costs: vec![NEVER; sets], sessions: Vec::new(), ends: vec![0; sets] }
    }

    /// The sessions of that day.
    pub fn sessions(&self, set: usize) -> &[Chosen] {
        let begin = set.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.sessions[begin as usize..self.ends[set] as usize]
    }
}

/// Keeps a day; where there are too many, the others no longer.
fn keep(kept: &mut Kept, key: Key, walked: &Rc<Walked>) {
    if kept.len() >= MOST / walked.costs.len() {
        kept.clear();
    }
    kept.insert(key, walked.clone());
}

/// What a person's day depends on, given the rest of the problem.
fn key(p: usize, d: usize, seats: Vec<Seat>, terms: &Terms<'_>) -> Key {
    let today = |bars: &[Bar]| {
        let mut bars: Vec<Bar> = bars.iter().filter(|b| b.days >> d & 1 == 1).copied().collect();
        bars.sort_unstable();
        bars
    };
    (p, d, seats, today(terms.bars), today(terms.shunned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_tolls_forget_their_day_and_those_that_reach_over_to_it() {
        let midnights: [usize; WEEK + 1] = std::array::from_fn(|d| 10 * d);
        let tolls = |minute: usize| vec![(0..10 * WEEK).map(|m| i64::from(m == minute)).collect()];
        let kept = |reach: usize| {
            let mut walks = Walks::default();
            walks.under(&tolls(usize::MAX), &midnights, reach);
            for d in 0..WEEK {
                keep(
                    walks.of(d, true, d % 2 == 0),
                    (0, d, Vec::new(), Vec::new(), Vec::new()),
                    &Rc::new(Walked::none(1)),
                );
            }
            // A toll on the fourth day.
            walks.under(&tolls(35), &midnights, reach);
            (0..WEEK).filter(|&d| !walks.of(d, true, d % 2 == 0).is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(kept(1), [0, 1, 4, 5, 6]);
        assert_eq!(kept(2), [0, 4, 5, 6]);
        assert_eq!(kept(9), [4, 5, 6]);
    }
}
