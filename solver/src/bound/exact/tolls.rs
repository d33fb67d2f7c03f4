//! Tolls on clinicians' minutes: each who wants a minute pays for it, so that fewer want the same one. Whatever the tolls, the
//! best weeks that pay them, less all tolls once, cost no more than weeks that share nobody (Lagrangian relaxation of H7).

use std::rc::Rc;

use super::{
    NEVER, Proof,
    conflicts::{Look, Node, SCALE},
    meetings::Starts,
    person::WEEK,
};
use crate::instance::{ClinicianIx, Minute, Span};

/// The first minute that may cost a toll, and how many from there; the rest of time is free.
const FIRST: Minute = -1440;
const MINUTES: usize = 10 * 1440;
/// Most rounds of the search for tolls.
const ROUNDS: usize = 60;
/// Rounds without a better bound after which steps are halved.
const PATIENCE: usize = 4;
/// Most of all tolls together, so that no week that is possible comes near `NEVER`.
const MOST: i64 = NEVER / 8;
/// The size of steps at which the search ends.
const SMALL: f64 = 0.02;

/// By clinician, the toll of each minute, scaled as costs are; nothing of those who could not give or lead anything.
pub type Minutes = Vec<Vec<i64>>;

/// Tolls of each clinician's minutes.
pub struct Tolls {
    /// By clinician: sums of the tolls before each minute.
    before: Vec<Vec<i64>>,
}

impl Tolls {
    /// From the toll of each minute.
    pub fn new(minutes: &Minutes) -> Self {
        let sums = |tolls: &Vec<i64>| {
            let mut sum = 0;
            let mut before = Vec::with_capacity(tolls.len() + 1);
            before.push(0);
            before.extend(tolls.iter().map(|toll| {
                sum += toll;
                sum
            }));
            before
        };
        Tolls { before: minutes.iter().map(sums).collect() }
    }

    /// What a clinician's minutes of a span cost.
    pub fn of(&self, clinician: ClinicianIx, span: Span) -> i64 {
        let before = &self.before[clinician.i()];
        before[place(span.end)] - before[place(span.start)]
    }

    /// All tolls once.
    pub fn all(&self) -> i64 {
        self.before.iter().filter_map(|b| b.last()).sum()
    }
}

/// Position of a minute.
fn place(minute: Minute) -> usize {
    (minute - FIRST).clamp(0, MINUTES as Minute) as usize
}

impl Proof<'_> {
    /// By day the first of its minutes that may cost a toll, and the number of all; what is before or behind the week belongs
    /// to its first and last day.
    pub(super) fn midnights(&self) -> [usize; WEEK + 1] {
        let begins = |d: usize| (0..MINUTES).find(|&m| self.day_of(FIRST + m as Minute) >= d).unwrap_or(MINUTES);
        std::array::from_fn(|d| if d < WEEK { begins(d) } else { MINUTES })
    }

    /// No tolls; rows only of clinicians who could give or lead something.
    pub(super) fn free(&self) -> Minutes {
        self.rows()
    }

    /// Nothing for each minute of those clinicians.
    fn rows<T: Clone + Default>(&self) -> Vec<Vec<T>> {
        let mut rows = vec![Vec::new(); self.instance.clinicians.len()];
        for &clinician in &self.clinicians {
            rows[clinician.i()] = vec![T::default(); MINUTES];
        }
        rows
    }

    /// Tolls that bring the bound of these starts up, from some that are known, by the subgradient method with steps after
    /// Polyak; none where with them nothing is left below the limit.
    pub(super) fn tolls(&mut self, starts: Starts, known: &Rc<Minutes>) -> Option<Rc<Minutes>> {
        let mut minutes = Minutes::clone(known);
        let mut best: Option<(i64, Minutes)> = None;
        let (mut length, mut waited) = (1.0, 0);
        for _ in 0..ROUNDS {
            let tolls = Tolls::new(&minutes);
            if tolls.all() > MOST {
                break;
            }
            self.walks.under(&minutes, &self.midnights, self.reach);
            let mut root = Node::root(self.people.len(), starts.choice.busy.len());
            let look = self.look(Starts { tolls: Some(&tolls), ..starts }, &mut root)?;
            if look.bound >= self.limit() {
                return None;
            }
            let wanted = self.wanted(&look);
            if best.as_ref().is_none_or(|b| look.value > b.0) {
                best = Some((look.value, minutes.clone()));
                waited = 0;
            } else {
                waited += 1;
            }
            if waited == PATIENCE {
                (length, waited) = (length / 2.0, 0);
            }
            // What is wanted more than once grows dearer, what nobody wants cheaper.
            let paid = |toll: i64, wanted: i32| wanted > 1 || toll > 0;
            let pairs = minutes.iter().zip(&wanted).flat_map(|(m, w)| m.iter().zip(w));
            let norm: i64 = pairs.filter(|(t, w)| paid(**t, **w)).map(|(_, w)| i64::from((w - 1) * (w - 1))).sum();
            if norm == 0 || length < SMALL || self.is_over() {
                break;
            }
            let step = length * (self.limit() * SCALE - look.value) as f64 / norm as f64;
            for (toll, &wanted) in minutes.iter_mut().zip(&wanted).flat_map(|(m, w)| m.iter_mut().zip(w)) {
                if paid(*toll, wanted) {
                    *toll = (*toll + (step * f64::from(wanted - 1)) as i64).max(0);
                }
            }
        }
        Some(best.map_or_else(|| known.clone(), |b| Rc::new(b.1)))
    }

    /// How often each clinician's minutes are wanted.
    fn wanted(&self, look: &Look) -> Vec<Vec<i32>> {
        let mut wanted: Vec<Vec<i32>> = self.rows();
        let stints = look.stints.iter().filter_map(|s| Some((s.clinician?, s.span)));
        for (clinician, span) in stints.chain(look.duties.iter().copied()) {
            wanted[clinician.i()][place(span.start)..place(span.end)].iter_mut().for_each(|n| *n += 1);
        }
        wanted
    }
}
