//! How threads share the work: alone, side by side on one site with an exchange now and then, or each with sites of its
//! own where there are several.

use super::{
    clock::{Budget, Clock},
    improve::Annealer,
    incumbent::{Incumbent, Snapshot},
    random::Chance,
    state::State,
    tables::{SlotIx, Tables},
    trace::{Listener, Trace},
};
use crate::instance::{Booked, Owner, SiteIx};

/// Share of the budget between two exchanges of threads that work on the same site.
const EXCHANGE: f64 = 0.04;
/// Share of the budget between two deals of the sites.
const DEAL: f64 = 0.02;
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
                Annealer::new(first.restore(self.tables), chance, self.warmth, trace)
            })
            .collect();
        let peopled = SiteIx::all(self.tables.site_people.len()).filter(|s| !self.tables.site_people[s.i()].is_empty());
        let sites: Vec<SiteIx> = peopled.collect();
        if let [alone] = crew.as_mut_slice() {
            alone.run(self.clock, 1.0, self.incumbent);
        } else if sites.len() >= threads {
            self.deal(&mut crew, sites, first);
        } else {
            self.side_by_side(&mut crew);
        }
        let mut best = self.incumbent.get().restore(self.tables);
        best.fill_up(&mut Chance::new(self.seed, 0xF111));
        self.incumbent.offer(&Snapshot::of(&best));
    }

    /// Every thread on the whole; who has fallen behind goes on from the incumbent.
    fn side_by_side(&self, crew: &mut [Annealer<'t>]) {
        let mut until: f64 = 0.0;
        while !self.clock.over() && until < 1.0 {
            until = (until.max(self.clock.spent(crew[0].rounds)) + EXCHANGE).min(1.0);
            self.each(crew, until);
            let best = self.incumbent.get();
            for annealer in crew.iter_mut() {
                if best.cost < annealer.best.cost - (annealer.best.cost / 50).max(100) {
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
        let mut chance = Chance::new(self.seed, 0xDEA1);
        let mut current = first;
        let mut until: f64 = 0.0;
        while !self.clock.over() && until < 1.0 {
            until = (until.max(self.clock.spent(crew[0].rounds)) + DEAL).min(1.0);
            chance.shuffle(&mut sites);
            sites.sort_by_key(|s| std::cmp::Reverse(self.tables.site_people[s.i()].len() / 8));
            let mut hands: Vec<(usize, Vec<SiteIx>)> = vec![(0, Vec::new()); crew.len()];
            for &site in &sites {
                if let Some(hand) = hands.iter_mut().min_by_key(|h| h.0) {
                    hand.0 += self.tables.site_people[site.i()].len();
                    hand.1.push(site);
                }
            }
            for (annealer, (_, hand)) in crew.iter_mut().zip(&hands) {
                annealer.adopt(&current);
                annealer.state.focus = hand.clone();
            }
            self.each(crew, until);
            let late = until >= LATE;
            let parts: Vec<State<'t>> =
                crew.iter().map(|a| if late { a.best.restore(self.tables) } else { a.state.clone() }).collect();
            let mut merged = current.restore(self.tables);
            for (part, (_, hand)) in parts.iter().zip(&hands) {
                merge(&mut merged, &current, part, hand, &mut chance);
            }
            current = Snapshot::of(&merged);
            self.incumbent.offer(&current);
            if late {
                current = self.incumbent.get();
            }
        }
    }
}

/// Takes over what `part` changed against `base` at these sites, as far as it fits what others changed.
fn merge(merged: &mut State<'_>, base: &Snapshot, part: &State<'_>, sites: &[SiteIx], chance: &mut Chance) {
    let t = merged.t;
    let ours = |owner: Owner| match owner {
        Owner::Group(g) => sites.contains(&t.instance.groups[g.i()].site),
        Owner::Order(o) => sites.contains(&t.instance.participants[t.instance.orders[o.i()].participant.i()].home),
        Owner::Gone => false,
    };
    let changed = |slot: SlotIx| {
        let (place, people) = base.slot(slot);
        part.placed[slot.i()].as_ref() != place || part.seated[slot.i()] != people
    };
    let mut owners: Vec<Owner> = (0..t.slots.len() as u32)
        .map(SlotIx)
        .filter(|s| ours(t.slots[s.i()].owner) && changed(*s))
        .map(|s| t.slots[s.i()].owner)
        .collect();
    owners.dedup();
    let wanted: std::collections::HashSet<Owner> = owners.iter().copied().collect();
    for slot in (0..t.slots.len() as u32).map(SlotIx) {
        let data = &t.slots[slot.i()];
        if wanted.contains(&data.owner) && !data.kept && merged.placed[slot.i()].is_some() {
            merged.remove_session(slot);
        }
    }
    let sessions: Vec<Booked> = part.bookings().into_iter().filter(|b| wanted.contains(&b.owner)).collect();
    merged.adopt(&sessions, chance);
}
