//! What is known of a scenario beside the base, put together for its verdict.

use super::crew::Crew;
use crate::{
    calendar::Calendar,
    instance::Instance,
    scenario::{Effect, Evidence, Intervals, Monotony, Paired, Verdict},
};

/// The evidence so far.
pub struct Compared(Evidence);

impl Compared {
    /// What the calendars and the edits say. `of_base` is the base's calendar as the scenario judges it, where it breaks no
    /// rule of it.
    pub fn new(
        crew: &Crew,
        base: &Calendar,
        found: &Calendar,
        instance: &Instance,
        of_base: Option<&Calendar>,
    ) -> Self {
        let monotony = Monotony::of(crew.base, instance).map(|monotony| {
            let here = || of_base.is_some_and(|c| c.objective <= base.objective);
            let there = || crew.judged(crew.base, found, 0).is_some_and(|c| c.objective <= found.objective);
            let checked = match monotony.effect {
                Effect::NotWorse => here(),
                Effect::NotBetter => there(),
                _ => here() && there(),
            };
            Monotony { checked, ..monotony }
        });
        Compared(Evidence { intervals: intervals(base, found), monotony, paired: None })
    }

    /// Whether what is proven of the two leaves open which is better.
    pub fn doubtful(base: &Calendar, found: &Calendar) -> bool {
        intervals(base, found).prove().is_none()
    }

    /// Takes in the objectives of paired solves.
    pub fn pair(&mut self, base: &[u64], scenario: &[u64]) {
        let pairs: Vec<(u64, u64)> = base.iter().copied().zip(scenario.iter().copied()).collect();
        self.0.paired = Paired::of(&pairs);
    }

    /// The verdict.
    pub fn verdict(self) -> Verdict {
        Verdict::of(self.0)
    }
}

fn intervals(base: &Calendar, found: &Calendar) -> Intervals {
    Intervals { base: [base.bound, base.objective], scenario: [found.bound, found.objective] }
}
