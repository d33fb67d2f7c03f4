//! Threads that settle the choices of meetings together: each takes the cheapest that nobody has begun, and where none is left
//! it helps with what others have begun.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use super::{Proof, Witness, attendance::Skeleton};
use crate::instance::ClinicianIx;

/// A choice of meetings, by its place among the skeletons, and of the leaders of groups that have the same one throughout.
pub type Part = (usize, Vec<(usize, ClinicianIx)>);

/// What all threads share.
pub struct Common {
    /// Only calendars that cost less are looked for.
    pub limit: AtomicI64,
    /// The order in which the days of a part are settled.
    orders: Mutex<HashMap<Part, Vec<usize>>>,
    /// The timings of a part's first day that somebody has taken.
    taken: Mutex<HashSet<(Part, usize)>>,
}

impl Common {
    /// Looks for calendars that cost less than this.
    pub fn new(limit: i64) -> Self {
        Common { limit: AtomicI64::new(limit), orders: Mutex::default(), taken: Mutex::default() }
    }

    /// In which order another thread settles a part's days, where one has begun.
    pub fn order(&self, part: &Part) -> Option<Vec<usize>> {
        locked(&self.orders).get(part).cloned()
    }

    /// The order in which all threads settle a part's days: this one, if none is agreed upon yet.
    pub fn agree(&self, part: &Part, order: Vec<usize>) -> Vec<usize> {
        locked(&self.orders).entry(part.clone()).or_insert(order).clone()
    }

    /// Takes a timing of a part's first day; whether nobody else has.
    pub fn take(&self, part: &Part, timing: usize) -> bool {
        locked(&self.taken).insert((part.clone(), timing))
    }
}

/// The choices of meetings and how far they are settled.
pub struct Desk<'a> {
    /// The cheapest first.
    skeletons: Vec<Skeleton>,
    common: &'a Common,
    open: Mutex<Open>,
    witness: &'a dyn Witness,
}

/// Where the threads are.
#[derive(Default)]
struct Open {
    /// The first that nobody has begun.
    next: usize,
    /// Those begun and not settled, with the number of threads that work on them.
    begun: BTreeMap<usize, usize>,
    /// What was told.
    proven: u64,
}

impl<'a> Desk<'a> {
    /// Nothing begun; the skeletons in order of their bounds.
    pub fn new(skeletons: Vec<Skeleton>, common: &'a Common, witness: &'a dyn Witness) -> Self {
        Desk { skeletons, common, open: Mutex::default(), witness }
    }

    /// Settles what is left until time is up or nothing is below the limit.
    pub fn work(&self, proof: &mut Proof<'_>) {
        let mut done = HashSet::new();
        while let Some(k) = self.next(&done) {
            done.insert(k);
            proof.settle(k, &self.skeletons[k]);
            if proof.over {
                return;
            }
            let mut open = locked(&self.open);
            if let Some(workers) = open.begun.get_mut(&k) {
                *workers -= 1;
                if *workers == 0 {
                    open.begun.remove(&k);
                }
            }
            self.tell(&mut open);
        }
    }

    /// The next choice that may cost less than the limit and on which this thread was not yet.
    fn next(&self, done: &HashSet<usize>) -> Option<usize> {
        let mut open = locked(&self.open);
        self.tell(&mut open);
        let promising = |k: &usize| self.skeletons.get(*k).is_some_and(|s| s.bound < self.limit());
        let next = Some(open.next).filter(promising);
        open.next += usize::from(next.is_some());
        let k = next.or_else(|| open.begun.keys().copied().find(|k| promising(k) && !done.contains(k)))?;
        *open.begun.entry(k).or_default() += 1;
        Some(k)
    }

    /// What is not settled yet costs at least the first one's bound; what was found, and may be possible, lowers the limit.
    fn tell(&self, open: &mut Open) {
        let first = open.begun.keys().next().map_or(open.next, |k| open.next.min(*k));
        let bound = self.skeletons.get(first).map_or(self.limit(), |s| s.bound.min(self.limit()));
        if let Ok(bound) = u64::try_from(bound)
            && bound > open.proven
        {
            open.proven = bound;
            self.witness.proven(bound);
        }
    }

    fn limit(&self) -> i64 {
        self.common.limit.load(Ordering::Relaxed)
    }

    /// The bound that is proven so far.
    pub fn proven(&self) -> u64 {
        locked(&self.open).proven
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
