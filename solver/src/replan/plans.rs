//! The plans themselves: repairs first, then searches that hold on to the calendar in force more and less firmly; what is
//! kept of all of them is the frontier of calls against cost.

use std::{
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use super::{Plan, Replan, Task, contacts::contacts};
use crate::{
    calendar::Calendar,
    instance::{Booked, Instance, Owner, ParticipantIx},
    problem::{GivenSession, LARGEST, Weight},
    rules,
    search::{self, Options, SolveError, Stop, Unwatched, repair},
};

/// How many times as dear a change is to each search; the last may change whatever brings something.
const HOLD: [u32; 4] = [16, 4, 1, 0];
/// Share of the time left that each search gets.
const SHARE: [f64; 4] = [0.3, 0.4, 0.5, 1.0];
/// Most plans that are shown.
const SHOWN: usize = 6;
/// Least time that a search is worth.
const LEAST: Duration = Duration::from_millis(200);

/// See [`super::replan`].
pub(super) fn plan(
    task: &Task,
    options: &Options,
    tell: &(dyn Fn(&Replan) + Sync),
    stop: &Stop,
) -> Result<Replan, SolveError> {
    let begin = Moment::now();
    let mut frontier = Frontier { task, begin, plans: Vec::new() };
    let first = repair::repair(&task.instance, &task.new, &task.calls(), options.seed, stop);
    let mut fault = None;
    for sessions in &first {
        fault = frontier.offer(sessions).err().or(fault);
    }
    tell(&frontier.shown());
    let end = options.seconds.map(|s| begin + Duration::from_secs_f64(s.max(0.0)));
    // Each search begins where the one before, which was held back more, has ended.
    let mut start = first.last().map(|sessions| given(&task.instance, sessions));
    for (hold, share) in HOLD.into_iter().zip(SHARE) {
        let left = end.map(|end| end.saturating_duration_since(Moment::now()));
        if stop.stopped() || left.is_some_and(|left| left < LEAST) {
            break;
        }
        let seconds = left.map(|left| left.mul_f64(share).max(LEAST).as_secs_f64());
        let options = Options { seconds, start: start.clone(), target_gap: 0.0, ..options.clone() };
        let held = Arc::new(holding(&task.instance, hold));
        match search::solve(&held, &options, &Unwatched, stop) {
            Ok(calendar) => {
                let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
                let found: Vec<Booked> = given.iter().map(|s| task.instance.book(s)).collect();
                fault = frontier.offer(&found).err().or(fault);
                if !stop.stopped() {
                    fault = frontier.offer(&settled(&task.instance, found, end)).err().or(fault);
                }
                tell(&frontier.shown());
                start = Some(given);
            }
            Err(error) => fault = Some(error),
        }
    }
    match (frontier.plans.is_empty(), fault) {
        (true, Some(fault)) => Err(fault),
        _ => Ok(frontier.shown()),
    }
}

/// The instance with changes so many times as dear.
fn holding(instance: &Instance, hold: u32) -> Instance {
    let mut problem = (*instance.problem).clone();
    let weights = &mut problem.weights;
    for weight in [&mut weights.moved, &mut weights.clinician_changed, &mut weights.room_changed, &mut weights.dropped]
    {
        *weight = Weight(weight.0.saturating_mul(hold).min(LARGEST as u32));
    }
    Instance::new(Arc::new(problem))
}

fn given(instance: &Instance, sessions: &[Booked]) -> Vec<GivenSession> {
    sessions.iter().map(|s| (&crate::calendar::Session::write(instance, s)).into()).collect()
}

/// A calendar with sessions back in their rooms, and the single sessions of each participant back where they were, as far
/// as that breaks no rule and loses no session: what a search moved for little is not worth a call.
fn settled(instance: &Instance, mut sessions: Vec<Booked>, end: Option<Moment>) -> Vec<Booked> {
    let old: Vec<&Booked> = instance.previous.iter().filter(|p| !p.kept()).map(|p| &p.booked).collect();
    let missing = |sessions: &[Booked]| {
        let judgement = rules::judge(instance, sessions);
        let missing: u64 = judgement.missing.iter().map(|m| u64::from(m.1)).sum();
        judgement.violations.is_empty().then_some(missing)
    };
    let Some(mut least) = missing(&sessions) else { return sessions };
    let in_place = |s: &Booked| {
        let was = old.iter().find(|was| was.id == s.id && was.start == s.start && was.modality == s.modality);
        Booked { room: was.map_or(s.room, |was| was.room), ..s.clone() }
    };
    let back: Vec<Booked> = sessions.iter().map(in_place).collect();
    if let Some(lacking) = missing(&back).filter(|lacking| *lacking <= least) {
        (least, sessions) = (lacking, back);
    }
    for p in ParticipantIx::all(instance.participants.len()) {
        if end.is_some_and(|end| Moment::now() >= end) {
            break;
        }
        let own = |s: &Booked| matches!(s.owner, Owner::Order(_)) && s.participants.contains(&p);
        let was: Vec<Booked> = old.iter().filter(|s| own(s)).map(|s| (*s).clone()).collect();
        let kept = |s: &Booked| instance.previous_named(&s.id).is_some_and(|known| known.kept());
        let as_it_was = was.iter().all(|s| sessions.contains(s));
        if was.is_empty() || as_it_was {
            continue;
        }
        let rest = sessions.iter().filter(|s| !own(s) || kept(s)).cloned();
        let back: Vec<Booked> = rest.chain(was).collect();
        if let Some(lacking) = missing(&back).filter(|lacking| *lacking <= least) {
            (least, sessions) = (lacking, back);
        }
    }
    sessions
}

/// Plans of which none is beaten in calls, missing sessions and cost by another.
struct Frontier<'a> {
    task: &'a Task,
    begin: Moment,
    plans: Vec<Plan>,
}

impl Frontier<'_> {
    fn offer(&mut self, sessions: &[Booked]) -> Result<(), SolveError> {
        let instance = &self.task.instance;
        let seconds = self.begin.elapsed().as_secs_f64();
        let mut calendar = Calendar::write(instance, sessions, 0, seconds).map_err(SolveError::Internal)?;
        let fell = |id: &String| format!("The pin on {id} fell away: the events make it impossible.");
        calendar.warnings.extend(self.task.fallen.iter().map(fell));
        let contacts = contacts(&instance.problem, &self.task.before, &calendar.sessions);
        let plan = Plan {
            burden: self.task.burden_of(&contacts),
            contacts,
            objective: calendar.objective,
            missing_sessions: calendar.unmet.iter().map(|u| u64::from(u.missing_sessions)).sum(),
            calendar,
        };
        self.plans.push(plan);
        self.plans.sort_by_key(|p| (p.burden, p.contacts.len(), p.missing_sessions, p.objective));
        let (mut objective, mut missing) = (u64::MAX, u64::MAX);
        self.plans.retain(|p| {
            let better = p.objective < objective && p.missing_sessions <= missing;
            if better {
                (objective, missing) = (p.objective, p.missing_sessions);
            }
            better
        });
        Ok(())
    }

    /// The plans, at most some: those that bring least for their further calls are left out.
    fn shown(&self) -> Replan {
        let mut plans: Vec<&Plan> = self.plans.iter().collect();
        while plans.len() > SHOWN {
            let gain = |k: usize| plans[k - 1].objective - plans[k].objective;
            let Some(least) = (1..plans.len() - 1).min_by_key(|&k| gain(k)) else { break };
            plans.remove(least);
        }
        Replan { plans: plans.into_iter().cloned().collect(), problem: self.task.instance.problem.clone() }
    }
}
