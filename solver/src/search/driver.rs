//! How threads share the work: alone, side by side on one site with an exchange now and then, or each with sites of its
//! own where there are several.

use std::collections::HashSet;

use super::{
    clock::{Budget, Clock},
    improve::{Annealer, Leg, ROUND},
    incumbent::{Incumbent, Snapshot},
    random::Chance,
    state::State,
    tables::{SlotIx, Tables},
    trace::{Listener, Trace},
};
use crate::instance::{Booked, Owner, SiteIx};

/// Share of the budget between two exchanges of threads that work on the same site.
const EXCHANGE: f64 = 0.04;
/// Share of the budget in which the speed is measured.
const TASTER: f64 = 0.02;
/// Tries for each session ordered that a fall of the temperature is worth; with more than that, several calendars are
/// made, each from the beginning, and the best of them is improved at the end.
const TRIES: f64 = 300.0;
/// Most legs of one thread before the last.
const LEGS: usize = 6;
/// Share of the budget at which the last leg begins, where there are several, and its warmth.
const LAST: f64 = 0.75;
/// See [`LAST`].
const LAST_WARMTH: f64 = 0.25;
/// Share of the budget between two deals of the sites.
const DEAL: f64 = 0.02;
/// Warmth where threads have sites of their own: there are fewer tries for each, and what is hot does not fit together
/// again.
const DEALT_WARMTH: f64 = 0.5;
/// From this share on what is merged is each thread's best, not what it stands at.
const LATE: f64 = 0.9;
/// What the threads work with.
pub struct Crew<'a, 't> {
    /// The static tables.
    pub tables: &'t Tables<'t>,
    /// The budget.
    pub clock: &'a Budget<'a>,
    /// Where the best calendar is kept.
    pub incumbent: &'a Incumbent,
    /// Seed of all threads.
    pub seed: u64,
    /// Scales the first temperature: less where the start is worth keeping.
    pub warmth: f64,
    /// Where tries are told.
    pub trace: Option<Listener>,
    /// When the solve began.
    pub begin: std::time::Instant,
}

impl<'t> Crew<'_, 't> {
    /// Improves the incumbent with so many threads until the clock is over.
    pub fn work(&self, threads: usize) {
        let first = self.incumbent.get();
        let mut crew: Vec<Annealer<'t>> = (0..threads.max(1))
            .map(|k| {
                let trace = Trace::new(self.trace.clone(), k, self.begin);
                let chance = Chance::new(self.seed, k as u64 + 1);
                Annealer::new(first.restore(self.tables), chance, Leg::whole(self.warmth), trace)
            })
            .collect();
        let peopled = SiteIx::all(self.tables.site_people.len()).filter(|s| !self.tables.site_people[s.i()].is_empty());
        let sites: Vec<SiteIx> = peopled.collect();
        if sites.len() >= threads && threads > 1 {
            let leg = Leg::whole(self.warmth * DEALT_WARMTH);
            crew.iter_mut().for_each(|annealer| annealer.set_out(leg));
            self.deal(&mut crew, sites, first);
        } else {
            let begin = self.legs(&mut crew);
            self.side_by_side(&mut crew, begin);
        }
        let mut best = self.incumbent.get().restore(self.tables);
        best.fill_up(&mut Chance::new(self.seed, 0xF111));
        self.incumbent.offer(&Snapshot::of(&best));
    }

    /// Where there is time for it, each thread makes some calendars, each from the beginning; the share of the budget used
    /// up then.
    fn legs(&self, crew: &mut [Annealer<'t>]) -> f64 {
        if self.warmth < 1.0 {
            return 0.0;
        }
        self.each(crew, TASTER);
        let spent = self.clock.spent(crew[0].rounds).max(1e-9);
        let sessions: usize = self.tables.instance.orders.iter().map(|o| o.sessions).sum();
        let tries = (crew[0].rounds * ROUND) as f64 / spent;
        let legs = ((tries * LAST / (TRIES * sessions.max(1) as f64)) as usize).min(LEGS);
        if legs < 2 || self.clock.over() {
            return spent;
        }
        let over = || self.clock.over();
        let bounds = |k: usize| spent + (LAST - spent) * k as f64 / legs as f64;
        std::thread::scope(|scope| {
            for annealer in crew.iter_mut() {
                scope.spawn(move || {
                    for k in 0..legs {
                        let leg = Leg { from: bounds(k), to: bounds(k + 1), warmth: self.warmth };
                        // The first goes on from where the speed was measured.
                        if k == 0 || over() {
                            annealer.set_out(leg);
                        } else {
                            annealer.start_anew(leg, &over);
                        }
                        annealer.run(self.clock, leg.to, self.incumbent);
                    }
                });
            }
        });
        let best = self.incumbent.get();
        for annealer in crew.iter_mut() {
            annealer.adopt(&best);
            annealer.set_out(Leg { from: LAST, to: 1.0, warmth: LAST_WARMTH });
        }
        LAST
    }

    /// Every thread on the whole; who has fallen behind goes on from the incumbent.
    fn side_by_side(&self, crew: &mut [Annealer<'t>], begin: f64) {
        let mut until = begin;
        while !self.clock.over() && until < 1.0 {
            until = (until.max(self.clock.spent(crew[0].rounds)) + EXCHANGE).min(1.0);
            self.each(crew, until);
            let best = self.incumbent.get();
            for annealer in crew.iter_mut() {
                let own = annealer.best.get().cost;
                if best.cost < own - (own / 50).max(100) {
                    annealer.adopt(&best);
                }
            }
        }
    }

    fn each(&self, crew: &mut [Annealer<'t>], until: f64) {
        std::thread::scope(|scope| {
            for annealer in crew.iter_mut() {
                scope.spawn(move || annealer.run(self.clock, until, self.incumbent));
            }
        });
    }

    /// Every thread on sites of its own, dealt anew each time; what they changed is put together in between.
    fn deal(&self, crew: &mut [Annealer<'t>], mut sites: Vec<SiteIx>, first: Snapshot) {
        let size = |s: SiteIx| self.tables.site_people[s.i()].len();
        let mut chance = Chance::new(self.seed, 0xDEA1);
        let mut merged = first.restore(self.tables);
        let mut current = first;
        let mut until: f64 = 0.0;
        while !self.clock.over() && until < 1.0 {
            until = (until.max(self.clock.spent(crew[0].rounds)) + DEAL).min(1.0);
            chance.shuffle(&mut sites);
            sites.sort_by_key(|s| std::cmp::Reverse(size(*s) / 8));
            let mut hands: Vec<(usize, Vec<SiteIx>)> = vec![(0, Vec::new()); crew.len()];
            for &site in &sites {
                if let Some(hand) = hands.iter_mut().min_by_key(|h| h.0) {
                    hand.0 += size(site);
                    hand.1.push(site);
                }
            }
            for (annealer, (_, hand)) in crew.iter_mut().zip(&hands) {
                annealer.adopt(&current);
                annealer.take_hand(hand);
            }
            self.each(crew, until);
            for (k, annealer) in crew.iter_mut().enumerate() {
                if until >= LATE {
                    annealer.settle();
                }
                let others: Vec<SiteIx> =
                    hands.iter().enumerate().filter(|h| h.0 != k).flat_map(|h| h.1.1.clone()).collect();
                merge(&mut merged, &current, &annealer.state, &others, &mut chance);
            }
            current = Snapshot::of(&merged);
            self.incumbent.offer(&current);
        }
    }
}

/// Takes over what `part` changed against `base`, but for what belongs to the sites of others, as far as it fits.
fn merge(merged: &mut State<'_>, base: &Snapshot, part: &State<'_>, others: &[SiteIx], chance: &mut Chance) {
    let t = merged.t;
    let theirs = |owner: Owner| match owner {
        Owner::Group(g) => others.contains(&t.instance.groups[g.i()].site),
        Owner::Order(o) => others.contains(&t.instance.participants[t.instance.orders[o.i()].participant.i()].home),
        Owner::Gone => true,
    };
    let slots = || (0..t.slots.len() as u32).map(SlotIx);
    let changed = slots().filter(|s| !base.agrees(part, *s)).map(|s| t.slots[s.i()].owner);
    let wanted: HashSet<Owner> = changed.filter(|owner| !theirs(*owner)).collect();
    for slot in slots() {
        let data = &t.slots[slot.i()];
        if wanted.contains(&data.owner) && !data.kept && merged.placed[slot.i()].is_some() {
            merged.remove_session(slot);
        }
    }
    let sessions: Vec<Booked> = part.bookings().into_iter().filter(|b| wanted.contains(&b.owner)).collect();
    merged.adopt(&sessions, chance);
}
