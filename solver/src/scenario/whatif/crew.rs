//! Who solves what, in which order: the base, then every scenario, then the comparisons; each turn on all threads.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    Comparison, Failed, Kept, Observer, Outcome, Solved, Stage, Step, WhatIf,
    compare::Compared,
    solve::{Budget, How, fault, solve},
};
use crate::{
    calendar::Calendar,
    instance::{Booked, Instance},
    problem::{Fault, GivenSession},
    scenario::{
        Scenario, edits, kpis,
        paired::PAIRS,
        uncertainty::{self, Drawn, Rates},
    },
    search::{Progress, SolveError, Stop, Unwatched, Watcher},
};

/// What the base's first calendar is called where it is kept; no scenario can have this id.
const BASE: &str = "base/1";
/// The same of its second one.
const AGAIN: &str = "base/2";

/// The work of a comparison.
pub struct Crew<'a> {
    pub base: &'a Arc<Instance>,
    pub scenarios: &'a [Scenario],
    pub observer: &'a dyn Observer,
    pub stop: &'a Stop,
    pub budget: Budget,
    threads: usize,
    pub seed: u64,
    pair_all: bool,
    rates: Option<Rates>,
    kept: &'a BTreeMap<String, Kept>,
    done: AtomicUsize,
}

/// A solved scenario, before it is compared.
struct Found {
    calendar: Calendar,
    /// Whether the base's calendar is one of the scenario, too.
    stays: bool,
}

/// A solved scenario, or why there is none.
type Answer = Result<Found, Vec<Fault>>;

/// Objectives of the base's paired solves.
struct Pairs {
    /// From its first calendar.
    warm: Vec<u64>,
    /// From nothing.
    cold: Vec<u64>,
}

impl<'a> Crew<'a> {
    pub fn new(
        base: &'a Arc<Instance>,
        scenarios: &'a [Scenario],
        options: &'a WhatIf,
        observer: &'a dyn Observer,
        stop: &'a Stop,
    ) -> Self {
        let budget = Budget::of(options, scenarios.len() + 1);
        let (threads, seed, pair_all) = (options.threads.max(1), options.seed, options.pair_all);
        let (rates, done) = (options.uncertainty.clone(), AtomicUsize::new(0));
        Crew { base, scenarios, observer, stop, budget, threads, seed, pair_all, rates, kept: &options.kept, done }
    }

    /// The whole comparison.
    pub fn compare(&self) -> Result<Comparison, SolveError> {
        let first = self.first()?;
        let start = given(&first);
        let again = How { start: Some(&start), ..self.how(true) };
        // The base once more, and every scenario, all from the same calendar.
        let answers = self.each(self.scenarios.len() + 1, |k| match k {
            0 => {
                let how = How { prove: false, ..again };
                let again = self.kept_or(AGAIN, self.base, || solve(self.base, &how, &Unwatched, self.stop));
                again.map(|calendar| Found { calendar, stays: true }).map_err(|e| vec![fault("", &e)])
            }
            _ => self.scenario(k - 1, &first, &again),
        });
        let mut answers = answers.into_iter();
        let again = answers.next().and_then(Result::ok);
        let mut base = best(first, again.map(|found| found.calendar));
        let answers: Vec<Answer> = answers.collect();
        // What a scenario has found may serve the base as well.
        for found in answers.iter().flatten() {
            base = best(base.clone(), self.judged(self.base, &found.calendar, base.bound));
        }
        let some = |stays: bool| {
            answers.iter().flatten().any(|found| found.stays == stays && self.pairs(&base, &found.calendar))
        };
        let wanted = [some(true), some(false)];
        let mut pairs = self.each(2, |k| match (wanted[k], k) {
            (false, _) => Vec::new(),
            (true, 0) => self.paired(self.base, Some(&start)),
            (true, _) => self.paired(self.base, None),
        });
        let cold = pairs.pop().unwrap_or_default();
        let pairs = Pairs { warm: pairs.pop().unwrap_or_default(), cold };
        let drawn = self.drawn(self.base, &base);
        // What time is left goes to those in doubt first.
        let doubtful = |k: usize| answers[k].as_ref().is_ok_and(|found| self.pairs(&base, &found.calendar));
        let mut order: Vec<usize> = (0..answers.len()).collect();
        order.sort_by_key(|&k| !doubtful(k));
        let answers: Vec<Mutex<Option<Answer>>> = answers.into_iter().map(|a| Mutex::new(Some(a))).collect();
        let mut told = self.each(order.len(), |j| {
            let k = order[j];
            let answer = answers[k].lock().unwrap_or_else(PoisonError::into_inner).take();
            (k, self.outcome(k, answer, &base, &start, &pairs, drawn.as_ref()))
        });
        told.sort_by_key(|told| told.0);
        let scenarios = told.into_iter().map(|told| told.1).collect();
        let sessions = self.booked(self.base, &base);
        let kpis = kpis::kpis(self.base, &sessions, &base, &base);
        let uncertainty = drawn.map(|drawn| drawn.told(None));
        let base = Solved { uncertainty, ..solved("base", "As it is", base, kpis, 0, None) };
        Ok(Comparison { base, scenarios })
    }

    /// What becomes of a calendar in the drawn weeks, where rates were given.
    fn drawn(&self, instance: &Arc<Instance>, calendar: &Calendar) -> Option<Drawn> {
        let rates = self.rates.as_ref()?;
        Some(uncertainty::draw(instance, &self.booked(instance, calendar), rates, self.seed, self.stop))
    }

    /// The base, solved from nothing, with all threads.
    fn first(&self) -> Result<Calendar, SolveError> {
        if !self.kept.contains_key(BASE) {
            self.tell("base", Stage::Solving, None);
        }
        let threads = if self.budget.by_rounds() { 1 } else { self.threads };
        let how = How { threads, ..self.how(true) };
        let first = self.kept_or(BASE, self.base, || solve(self.base, &how, &Heard(self.observer), self.stop))?;
        self.tell("base", Stage::Solved, Some(&first));
        Ok(first)
    }

    /// The calendar that an earlier attempt has found, if it breaks no rule; else the one that is found now. What was
    /// stopped in the middle is nothing to go on from.
    fn kept_or<E>(
        &self,
        what: &str,
        instance: &Instance,
        find: impl FnOnce() -> Result<Calendar, E>,
    ) -> Result<Calendar, E> {
        let kept = self.kept.get(what).and_then(|kept| {
            let sessions: Vec<Booked> = kept.sessions.iter().map(|s| instance.book(s)).collect();
            Calendar::write(instance, &sessions, kept.bound, kept.seconds).ok()
        });
        let calendar = match kept {
            Some(calendar) => calendar,
            None => find()?,
        };
        if !self.stop.stopped() {
            self.observer.solved(what, &calendar);
        }
        Ok(calendar)
    }

    fn how(&self, prove: bool) -> How<'static> {
        How { budget: self.budget, threads: 1, seed: self.seed, prove, start: None }
    }

    /// A scenario, solved from the base's calendar. Where that breaks a rule of it, what is left of it would be a handicap:
    /// the scenario is solved from nothing, and then once more from there, as the base is.
    fn scenario(&self, k: usize, base: &Calendar, how: &How) -> Answer {
        let scenario = &self.scenarios[k];
        if self.stop.stopped() {
            let detail = "The comparison was stopped before this scenario was begun.".to_owned();
            let pointer = format!("/scenarios/{k}");
            return Err(vec![Fault { path: pointer.clone(), pointer, code: "stopped", detail, hint: None }]);
        }
        if !self.kept.contains_key(&*scenario.id) {
            self.tell(&scenario.id, Stage::Solving, None);
        }
        let instance = self.instance(k)?;
        let of_base = self.judged(&instance, base, 0);
        let stays = of_base.is_some();
        let run = |how: &How| {
            let found = solve(&instance, how, &Unwatched, self.stop);
            found.map_err(|e| vec![fault(&format!("/scenarios/{k}"), &e)])
        };
        let calendar = self.kept_or(&scenario.id, &instance, || -> Result<Calendar, Vec<Fault>> {
            if stays {
                return Ok(best(run(how)?, of_base));
            }
            let first = run(&How { start: None, ..*how })?;
            let start = given(&first);
            let again = run(&How { start: Some(&start), prove: false, ..*how })?;
            Ok(best(first, Some(again)))
        })?;
        self.tell(&scenario.id, Stage::Solved, Some(&calendar));
        Ok(Found { calendar, stays })
    }

    /// The problem of a scenario, compiled; or what is wrong with its edits, by pointers into the scenarios.
    fn instance(&self, k: usize) -> Result<Arc<Instance>, Vec<Fault>> {
        let at = |f: Fault| {
            let edits = if f.pointer.is_empty() { "" } else { "/edits" };
            Fault { pointer: format!("/scenarios/{k}{edits}{}", f.pointer), ..f }
        };
        match edits::apply(&self.base.problem, &self.scenarios[k].edits) {
            Ok(problem) => Ok(Arc::new(Instance::new(Arc::new(problem)))),
            Err(faults) => Err(faults.0.into_iter().map(at).collect()),
        }
    }

    /// All that is known of a scenario in the end.
    fn outcome(
        &self,
        k: usize,
        answer: Option<Answer>,
        base: &Calendar,
        start: &[GivenSession],
        pairs: &Pairs,
        drawn: Option<&Drawn>,
    ) -> Outcome {
        let Scenario { id, name, .. } = &self.scenarios[k];
        let answer = answer.unwrap_or_else(|| Err(Vec::new()));
        let outcome = match answer.and_then(|found| Ok((found, self.instance(k)?))) {
            Err(errors) => Outcome::Failed(Failed { id: id.to_string(), name: name.clone(), errors }),
            Ok((Found { calendar: found, stays }, instance)) => {
                self.tell(id, Stage::Comparing, Some(&found));
                let of_base = self.judged(&instance, base, found.bound);
                let found = best(found, of_base.clone());
                let mut compared = Compared::new(self, base, &found, &instance, of_base.as_ref());
                let (beside, start) = if stays { (&pairs.warm, Some(start)) } else { (&pairs.cold, None) };
                if self.pairs(base, &found) && !beside.is_empty() {
                    compared.pair(beside, &self.paired(&instance, start));
                }
                let sessions = self.booked(&instance, &found);
                let kpis = kpis::kpis(&instance, &sessions, &found, base);
                let difference = found.objective as i64 - base.objective as i64;
                let uncertainty = self.drawn(&instance, &found).map(|own| own.told(drawn));
                let solved = solved(id, name, found, kpis, difference, Some(compared.verdict()));
                Outcome::Solved(Box::new(Solved { uncertainty, ..solved }))
            }
        };
        self.done.fetch_add(1, Ordering::Relaxed);
        match outcome.solved() {
            Some(solved) => self.tell(id, Stage::Done, Some(&solved.calendar)),
            None => self.tell(id, Stage::Failed, None),
        }
        self.observer.outcome(&outcome);
        outcome
    }

    /// Whether a scenario with this calendar is to be solved in pairs with the base.
    fn pairs(&self, base: &Calendar, found: &Calendar) -> bool {
        self.pair_all || Compared::doubtful(base, found)
    }

    /// Objectives of short solves from one calendar, or from nothing, seed by seed; as many as there was time for.
    fn paired(&self, instance: &Arc<Instance>, start: Option<&[GivenSession]>) -> Vec<u64> {
        let mut objectives = Vec::with_capacity(PAIRS);
        for pair in 1..=PAIRS as u64 {
            let seed = self.seed.wrapping_add(pair);
            let how = How { budget: self.budget.short(), seed, start, ..self.how(false) };
            match solve(instance, &how, &Unwatched, self.stop) {
                Ok(calendar) if !self.stop.stopped() => objectives.push(calendar.objective),
                _ => break,
            }
        }
        objectives
    }

    /// A calendar of another problem, judged in this one; none if it breaks a rule.
    pub fn judged(&self, instance: &Instance, calendar: &Calendar, bound: u64) -> Option<Calendar> {
        Calendar::write(instance, &self.booked(instance, calendar), bound, calendar.seconds).ok()
    }

    fn booked(&self, instance: &Instance, calendar: &Calendar) -> Vec<Booked> {
        given(calendar).iter().map(|session| instance.book(session)).collect()
    }

    /// Does so many pieces of work, as many at once as there are threads; their results in their order.
    fn each<T: Send>(&self, pieces: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let next = AtomicUsize::new(0);
        let results: Vec<Mutex<Option<T>>> = (0..pieces).map(|_| Mutex::new(None)).collect();
        std::thread::scope(|scope| {
            for _ in 0..self.threads.min(pieces) {
                scope.spawn(|| {
                    loop {
                        let k = next.fetch_add(1, Ordering::Relaxed);
                        let Some(place) = results.get(k) else { break };
                        let result = work(k);
                        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                    }
                });
            }
        });
        results.into_iter().filter_map(|r| r.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
    }

    fn tell(&self, id: &str, stage: Stage, calendar: Option<&Calendar>) {
        self.observer.step(&Step {
            id: id.to_owned(),
            stage,
            objective: calendar.map(|c| c.objective),
            bound: calendar.map(|c| c.bound),
            done: self.done.load(Ordering::Relaxed),
            of: self.scenarios.len(),
        });
    }
}

/// Passes on what the search of the base says.
struct Heard<'a>(&'a dyn Observer);

impl Watcher for Heard<'_> {
    fn progress(&self, progress: &Progress) {
        self.0.progress(progress);
    }
}

fn given(calendar: &Calendar) -> Vec<GivenSession> {
    calendar.sessions.iter().map(GivenSession::from).collect()
}

/// The cheaper calendar, with the greater bound of both: they are of one problem.
fn best(mut one: Calendar, other: Option<Calendar>) -> Calendar {
    let Some(mut other) = other else { return one };
    let bound = one.bound.max(other.bound);
    if other.objective < one.objective {
        other.set_bound(bound);
        return other;
    }
    one.set_bound(bound);
    one
}

fn solved(
    id: &str,
    name: &str,
    calendar: Calendar,
    kpis: kpis::Kpis,
    difference: i64,
    verdict: Option<crate::scenario::Verdict>,
) -> Solved {
    Solved {
        id: id.to_owned(),
        name: name.to_owned(),
        objective: calendar.objective,
        bound: calendar.bound,
        gap: calendar.gap,
        penalties: calendar.penalties.clone(),
        kpis,
        calendar,
        difference,
        verdict,
        uncertainty: None,
    }
}
