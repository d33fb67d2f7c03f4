//! Who arrives in a drawn week, and how many of them find places for all that is ordered, with nothing else moved.

use std::{collections::HashMap, sync::Arc};

use super::{Rates, chance::Draw, measured::Measure};
use crate::{
    instance::{Booked, Instance, ParticipantIx},
    problem::{GivenSession, Id},
    recommend::{Verdict, admissions},
    scenario::edits::{self, Edit},
};

/// What is found for those who arrive in one week.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Found {
    arrive: u32,
    /// They get all that is ordered.
    whole: u32,
    /// They get a part of it.
    part: u32,
}

/// What is told of it.
pub(super) const MEASURES: [Measure<Found>; 3] = [
    ("arrive", |f| f64::from(f.arrive)),
    ("placed_in_whole", |f| f64::from(f.whole)),
    ("placed_in_part", |f| f64::from(f.part)),
];

/// What was found for whoever arrived, each combination once.
pub(super) struct Arrivals<'a> {
    instance: &'a Arc<Instance>,
    sessions: &'a [Booked],
    /// Whom they are like, each with the sum of the weights up to it.
    like: Vec<(Id, u64)>,
    known: HashMap<Vec<Id>, Found>,
}

impl<'a> Arrivals<'a> {
    pub fn new(instance: &'a Arc<Instance>, sessions: &'a [Booked], rates: &Rates) -> Self {
        let mut sum = 0;
        let mut up_to = |id: &Id, weight: u64| {
            sum += weight;
            (id.clone(), sum)
        };
        let like = match rates.like.is_empty() {
            true => instance.problem.participants.iter().map(|p| up_to(&p.id, 1)).collect(),
            false => rates.like.iter().map(|p| up_to(&p.participant, p.weight)).collect(),
        };
        Arrivals { instance, sessions, like, known: HashMap::new() }
    }

    /// What is found for those of a drawn week.
    pub fn find(&mut self, week: &Draw) -> Found {
        let all = self.like.last().map_or(0, |last| last.1);
        let one = |k: usize| {
            let at = (week.unit(&format!("arrives {k}")) * all as f64) as u64;
            self.like.iter().find(|(_, up_to)| at < *up_to).map(|(id, _)| id.clone())
        };
        let mut who: Vec<Id> = (0..week.arrivals()).filter_map(one).collect();
        who.sort();
        let (instance, sessions) = (self.instance, self.sessions);
        *self.known.entry(who).or_insert_with_key(|who| found(instance, sessions, who))
    }
}

fn found(instance: &Instance, sessions: &[Booked], who: &[Id]) -> Found {
    let arrive = u32::try_from(who.len()).unwrap_or(u32::MAX);
    let copies: Vec<Edit> = who.iter().map(|id| Edit::Copy { copy: format!("/participants/{id}"), count: 1 }).collect();
    let Ok(problem) = edits::apply(&instance.problem, &copies) else { return Found { arrive, ..Found::default() } };
    let with = Arc::new(Instance::new(Arc::new(problem)));
    let new: Vec<ParticipantIx> =
        ParticipantIx::all(with.participants.len()).skip(instance.participants.len()).collect();
    let given = sessions.iter().map(|s| GivenSession::from(&crate::calendar::Session::write(instance, s)));
    let standing: Vec<Booked> = given.map(|s| with.book(&s)).collect();
    let verdicts: Vec<Verdict> = admissions(&with, &standing, &new, true)
        .into_iter()
        .map(|a| a.plans.iter().find(|plan| plan.contacts.is_empty()).map_or(Verdict::None, |plan| plan.verdict))
        .collect();
    let count = |verdict: Verdict| verdicts.iter().filter(|v| **v == verdict).count() as u32;
    Found { arrive, whole: count(Verdict::Whole), part: count(Verdict::Part) }
}
