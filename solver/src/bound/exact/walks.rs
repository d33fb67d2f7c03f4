//! Days of participants under terms, kept: the same meetings, bars and shunned hours come again and again.

use std::rc::Rc;

use super::{
    NEVER, OPEN, PLAIN, Proof, TOLLED,
    day::{self, Bar, Chosen, Seat, Terms},
};

/// Most days that are kept, times the sets of single sessions: about 100 MB.
const MOST_WALKS: usize = 1 << 20;

/// A person's day under some terms: by the set of single sessions its cost and the sessions.
pub struct Walked {
    /// Least cost; `NEVER` where it is not possible.
    pub costs: Vec<i64>,
    /// The sessions of that day.
    pub sessions: Vec<Vec<Chosen>>,
}

/// Person, day, meetings, what is forbidden and what is shunned.
pub type WalkKey = (usize, usize, Vec<Seat>, Vec<Bar>, Vec<Bar>);

impl Proof<'_> {
    /// A person's day under these terms; each is worked out once.
    pub(super) fn walked(&mut self, p: usize, d: usize, seats: Vec<Seat>, terms: &Terms<'_>) -> Rc<Walked> {
        let kind = if terms.tolls.is_some() { TOLLED } else { PLAIN };
        let key = key(p, d, seats, terms);
        if let Some(known) = self.walks[kind].get(&key) {
            return known.clone();
        }
        let terms = Terms { bars: &key.3, shunned: &key.4, ..*terms };
        let day = day::day(&self.people[p], d, &key.2, &terms, &mut self.scratch);
        let sessions =
            (0..day.costs.len()).map(|set| if day.costs[set] < NEVER { day.sessions(set) } else { Vec::new() });
        let walked = Rc::new(Walked { sessions: sessions.collect(), costs: day.costs });
        self.keep(kind, key, walked.clone());
        walked
    }

    /// A person's day at whichever of several starts of the meetings suits best.
    pub(super) fn open(&mut self, p: usize, d: usize, several: &[Vec<Seat>], terms: &Terms<'_>) -> Rc<Walked> {
        let key = key(p, d, Vec::new(), terms);
        if let Some(known) = self.walks[OPEN].get(&key) {
            return known.clone();
        }
        let sets = 1 << self.people[p].singles.len();
        let mut best = Walked { costs: vec![NEVER; sets], sessions: vec![Vec::new(); sets] };
        for seats in several {
            let day = self.walked(p, d, seats.clone(), terms);
            for (set, &cost) in day.costs.iter().enumerate() {
                if cost < best.costs[set] {
                    best.costs[set] = cost;
                    best.sessions[set].clone_from(&day.sessions[set]);
                }
            }
        }
        let best = Rc::new(best);
        self.keep(OPEN, key, best.clone());
        best
    }

    fn keep(&mut self, kind: usize, key: WalkKey, walked: Rc<Walked>) {
        if self.walks[kind].len() >= MOST_WALKS >> self.people[key.0].singles.len() {
            self.walks[kind].clear();
        }
        self.walks[kind].insert(key, walked);
    }
}

/// What a person's day depends on, given the rest of the problem.
fn key(p: usize, d: usize, seats: Vec<Seat>, terms: &Terms<'_>) -> WalkKey {
    let today = |bars: &[Bar]| {
        let mut bars: Vec<Bar> = bars.iter().filter(|b| b.days >> d & 1 == 1).copied().collect();
        bars.sort_unstable();
        bars
    };
    (p, d, seats, today(terms.bars), today(terms.shunned))
}
