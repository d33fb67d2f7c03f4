//! Improve: ruin and recreate under simulated annealing, on one thread.

use std::time::{Duration, Instant as Moment};

use smallvec::SmallVec;

use super::{
    clock::Clock,
    groups::Starts,
    incumbent::{Best, Incumbent, Snapshot},
    individuals::Taste,
    neighbourhoods::{ALL, Neighbourhood},
    random::Chance,
    reach::Reach,
    state::State,
    submodel,
    tables::SlotIx,
    trace::Trace,
};
use crate::instance::SiteIx;

/// Tries in one round.
pub const ROUND: u64 = 200;

/// The first temperature of a leg of warmth 1, as a share of what a missing session costs on average.
const HOT: f64 = 1.0;
/// The last temperature: what a few minutes of waiting cost.
const COLD: f64 = 3.0;

/// Rounds between two sub-models where rounds count.
const BETWEEN: u64 = 100;
/// Share of the time that sub-models may take.
const EXACT: f64 = 0.08;
/// Share of the budget before which there are none.
const EARLY: f64 = 0.3;
/// Most participants of a problem with sub-models: in larger ones building them costs more than it brings.
const LARGEST: usize = 1000;

/// Sites worked on in one round.
const TOGETHER: usize = 3;

/// Share of the budget after which it stays cold.
const COOLED: f64 = 0.95;
/// Share of that in which the temperature falls to [`MIDDLE`]: which groups are held, and when, is decided there.
const KNEE: f64 = 0.7;
/// The temperature then, as a share of the first one.
const MIDDLE: f64 = 0.1;

/// One whose tries take this many times the work of the median one is drawn less often, as much as they take longer.
const LONG: f64 = 5.0;
/// Work of one try after which it is looked at once whether the time is over.
const BREATH: u64 = 50_000;

/// How a neighbourhood has done lately: gain and work, older tries counting less.
#[derive(Debug, Clone, Copy)]
struct Score {
    gain: f64,
    work: f64,
    tries: f64,
}

impl Score {
    /// Work of one try on average.
    fn each(&self) -> f64 {
        self.work / self.tries
    }
}

/// A stretch of the budget in which the temperature falls once.
#[derive(Debug, Clone, Copy)]
pub struct Leg {
    /// Shares of the budget at which it begins and ends.
    pub from: f64,
    /// See `from`.
    pub to: f64,
    /// Scales the first temperature.
    pub warmth: f64,
}

impl Leg {
    /// One leg over the whole budget.
    pub fn whole(warmth: f64) -> Leg {
        Leg { from: 0.0, to: 1.0, warmth }
    }

    /// How much of it is done once this share of the budget is used up.
    fn done(&self, spent: f64) -> f64 {
        (spent - self.from) / (self.to - self.from).max(1e-9)
    }
}

/// One thread of annealing, which can be paused and taken up again.
#[derive(Debug)]
pub struct Annealer<'t> {
    /// The calendar being worked on.
    pub state: State<'t>,
    /// The best one so far.
    pub best: Best,
    /// Rounds done.
    pub rounds: u64,
    /// Sites of its own; none: all. In each round a few of them are worked on.
    hand: Vec<SiteIx>,
    chance: Chance,
    scores: [Score; ALL.len()],
    leg: Leg,
    /// First temperature of a leg of warmth 1.
    hot: f64,
    trace: Trace,
    /// Time spent in sub-models, and in all.
    exact: Duration,
    whole: Duration,
}

impl<'t> Annealer<'t> {
    /// Begins with a calendar.
    pub fn new(state: State<'t>, chance: Chance, leg: Leg, trace: Trace) -> Self {
        let (best, hot) = (Best::new(Snapshot::of(&state)), first_temperature(&state));
        Annealer {
            state,
            best,
            rounds: 0,
            hand: Vec::new(),
            chance,
            scores: [Score { gain: 1.0, work: 1.0, tries: 1.0 }; ALL.len()],
            leg,
            hot,
            trace,
            exact: Duration::ZERO,
            whole: Duration::ZERO,
        }
    }

    /// Goes on with another calendar.
    pub fn adopt(&mut self, snapshot: &Snapshot) {
        snapshot.bring(&mut self.state);
        self.best.replace(snapshot.clone());
    }

    /// Works on these sites alone, and leaves alone what belongs to others.
    pub fn take_hand(&mut self, hand: &[SiteIx]) {
        self.hand = hand.to_vec();
        self.state.reach = Reach::of(hand, self.state.t.instance.sites.len());
    }

    /// Goes back to the best calendar so far.
    pub fn settle(&mut self) {
        self.best.keep(&self.state);
        self.best.restore(&mut self.state);
    }

    /// Begins a leg, from where it stands.
    pub fn set_out(&mut self, leg: Leg) {
        self.leg = leg;
    }

    /// Begins a leg from a calendar made anew.
    pub fn start_anew(&mut self, leg: Leg, stopped: &dyn Fn() -> bool) {
        self.set_out(leg);
        self.state = State::new(self.state.t);
        self.state.construct(&mut self.chance, stopped);
        self.best.replace(Snapshot::of(&self.state));
    }

    /// The temperature once this share of the budget is used up.
    fn heat(&self, spent: f64) -> f64 {
        let hot = (self.hot * self.leg.warmth).max(2.0 * COLD);
        let middle = (hot * MIDDLE).max(COLD);
        let done = (self.leg.done(spent) / COOLED).clamp(0.0, 1.0);
        if done < KNEE {
            hot * (middle / hot).powf(done / KNEE)
        } else {
            middle * (COLD / middle).powf((done - KNEE) / (1.0 - KNEE))
        }
    }

    /// Anneals until `clock` says that `until` of the budget is used up, or that it is over. `best` is up to date then.
    pub fn run(&mut self, clock: &dyn Clock, until: f64, incumbent: &Incumbent) {
        let mut told = 0.0;
        self.state.deadline = clock.deadline();
        loop {
            let begin = Moment::now();
            let spent = clock.spent(self.rounds);
            if spent >= until || clock.over() {
                break;
            }
            let heat = self.heat(spent);
            self.look_around();
            let mut looked = self.state.work.get();
            for k in 0..ROUND {
                let work = self.state.work.get();
                if (k % 8 == 0 || work - looked > BREATH) && clock.over() {
                    break;
                }
                looked = work;
                self.attempt(heat, spent);
            }
            self.rounds += 1;
            incumbent.count(ROUND);
            if self.leg.done(spent) > EARLY && !clock.over() {
                self.sub_model(clock, spent);
            }
            self.whole += begin.elapsed();
            if spent - told > 0.004 {
                told = spent;
                self.best.keep(&self.state);
                incumbent.offer(self.best.get());
            }
        }
        self.best.keep(&self.state);
        incumbent.offer(self.best.get());
    }

    /// Turns to some of its sites: with fewer at once there are more tries a second.
    fn look_around(&mut self) {
        self.chance.shuffle(&mut self.hand);
        self.state.reach.focus.clear();
        self.state.reach.focus.extend(self.hand.iter().take(TOGETHER));
    }

    /// Solves a part of the calendar at hand exactly, now and then.
    fn sub_model(&mut self, clock: &dyn Clock, spent: f64) {
        let due = if clock.by_rounds() {
            self.rounds.is_multiple_of(BETWEEN)
        } else {
            self.exact.as_secs_f64() < EXACT * self.whole.as_secs_f64()
        };
        if !due || self.state.people.len() > LARGEST {
            return;
        }
        let (begin, before) = (Moment::now(), self.state.cost);
        let found = submodel::better(&self.state, &mut self.chance, clock.deadline(), clock.by_rounds());
        self.exact += begin.elapsed();
        let after = found.as_ref().map_or(before, |f| f.cost);
        self.trace.tried("submodel", 0, before, after, after < before, spent);
        if let Some(found) = found {
            self.best.keep(&self.state);
            self.state = found;
            let slots = (0..self.state.placed.len() as u32).map(SlotIx);
            self.best.note(slots.filter(|s| !self.best.get().agrees(&self.state, *s)).collect::<Vec<_>>());
        }
    }

    /// One try: ruin, recreate, keep or undo.
    fn attempt(&mut self, heat: f64, spent: f64) {
        let kind = self.choose();
        let before = self.state.cost;
        let work = self.state.work.get();
        let done = ruin_and_recreate(&mut self.state, ALL[kind], &mut self.chance);
        let after = self.state.cost;
        let effort = (self.state.work.get() - work) as f64 + 4.0 * self.state.mark() as f64 + 20.0;
        let accepted = done && after as f64 <= before as f64 - heat * self.chance.unit().max(1e-12).ln();
        let score = &mut self.scores[kind];
        score.work = score.work * 0.999 + effort;
        score.tries = score.tries * 0.999 + 1.0;
        score.gain = score.gain * 0.999 + if accepted { (before - after).max(0) as f64 } else { 0.0 };
        self.trace.tried(ALL[kind].name(), self.state.mark(), before, after, accepted, spent);
        if !accepted {
            self.state.rollback();
            return;
        }
        let slots: SmallVec<[SlotIx; 64]> = self.state.touched().map(|t| t.0).collect();
        if after > before && before < self.best.get().cost {
            // About to leave the best calendar so far: step back, keep it, step forward again.
            self.state.step_back();
            self.best.keep(&self.state);
            self.state.rollback();
        }
        self.best.note(slots);
        self.state.commit();
    }

    /// A neighbourhood, those with more gain for the same work more often.
    fn choose(&mut self) -> usize {
        let rates = self.scores.map(|s| (s.gain / s.work).max(0.0).sqrt());
        let floor = rates.iter().sum::<f64>() / ALL.len() as f64 * 0.3 + 1e-9;
        let mut each = self.scores.map(|s| s.each());
        each.sort_by(f64::total_cmp);
        let long = LONG * each[ALL.len() / 2];
        let mut weights = rates;
        for (weight, score) in weights.iter_mut().zip(&self.scores) {
            *weight = (*weight + floor) * (long / score.each()).min(1.0);
        }
        let mut at = self.chance.unit() * weights.iter().sum::<f64>();
        for (k, weight) in weights.iter().enumerate() {
            at -= weight;
            if at < 0.0 {
                return k;
            }
        }
        0
    }
}

/// The first temperature: a part of what a missing session costs on average.
fn first_temperature(state: &State<'_>) -> f64 {
    let orders = &state.t.instance.orders;
    HOT * orders.iter().map(|o| o.unmet as f64).sum::<f64>() / orders.len().max(1) as f64
}

/// False where the neighbourhood had nothing to take; what it did is then to be undone.
fn ruin_and_recreate(state: &mut State<'_>, kind: &dyn Neighbourhood, chance: &mut Chance) -> bool {
    let Some(rebuild) = kind.ruin(state, chance) else { return false };
    let taste = Taste { noise: if chance.chance(0.5) { 0 } else { 150 }, blink: 0.02 };
    let starts = if chance.chance(0.5) { Starts::Lattice } else { Starts::Grid };
    state.rebuild(rebuild, starts, kind.plans(), taste, chance);
    true
}
