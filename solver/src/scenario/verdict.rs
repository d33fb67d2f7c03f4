//! Whether a scenario is better or worse than the base, how that is known, and in one sentence.

use serde::Serialize;
use utoipa::ToSchema;

use super::{monotony::Monotony, paired::Paired};

/// How a verdict is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = VerdictKind)]
pub enum Kind {
    /// No calendar, found or not, could change it.
    Proven,
    /// Paired solves differ beyond their spread.
    Likely,
    /// Neither.
    #[serde(rename = "cannot tell")]
    CannotTell,
}

/// What the best calendar of the scenario is, beside the best one of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It costs less.
    Better,
    /// It costs more.
    Worse,
    /// It costs the same.
    Same,
    /// It costs no more.
    #[serde(rename = "not worse")]
    NotWorse,
    /// It costs no less.
    #[serde(rename = "not better")]
    NotBetter,
    /// Not known.
    Unknown,
}

/// Where the least objectives lie: [bound, objective].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Intervals {
    /// Of the base.
    pub base: [u64; 2],
    /// Of the scenario.
    pub scenario: [u64; 2],
}

/// What a verdict rests on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Evidence {
    /// Where the least objectives lie.
    pub intervals: Intervals,
    /// What follows from the edits alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monotony: Option<Monotony>,
    /// What paired solves say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paired: Option<Paired>,
}

/// Better or worse, and how that is known.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ScenarioVerdict)]
pub struct Verdict {
    /// How it is known.
    pub kind: Kind,
    /// What it is.
    pub effect: Effect,
    /// The same as a sentence.
    pub text: String,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Intervals {
    /// What the intervals prove by themselves: they do not touch, or both are the same point.
    pub fn prove(&self) -> Option<Effect> {
        let (base, scenario) = (self.base, self.scenario);
        if scenario[1] < base[0] {
            Some(Effect::Better)
        } else if scenario[0] > base[1] {
            Some(Effect::Worse)
        } else if base[0] == base[1] && scenario == base {
            Some(Effect::Same)
        } else {
            None
        }
    }
}

impl Verdict {
    /// The strongest statement that the evidence bears. Paired solves count only where the long solves agree with them.
    pub fn of(evidence: Evidence) -> Self {
        let Evidence { intervals, monotony, paired } = &evidence;
        let difference = intervals.scenario[1] as i64 - intervals.base[1] as i64;
        let paired_sign = paired.as_ref().and_then(Paired::sign).filter(|sign| *sign == difference.signum());
        let likely = paired_sign.map(|sign| if sign < 0 { Effect::Better } else { Effect::Worse });
        let by_intervals = intervals.prove();
        let by_edits = monotony.as_ref().filter(|m| m.checked).map(|m| m.effect);
        let (kind, effect) = match (by_intervals, by_edits, likely) {
            (Some(effect), ..) | (None, Some(effect), _) => (Kind::Proven, effect),
            (None, None, Some(effect)) => (Kind::Likely, effect),
            (None, None, None) => (Kind::CannotTell, Effect::Unknown),
        };
        let mut text = match kind {
            Kind::Proven if by_intervals.is_some() => proven_by_intervals(effect, intervals),
            Kind::Proven => proven_by_edits(effect),
            Kind::Likely => String::new(),
            Kind::CannotTell => "Cannot tell: what is proven of the two overlaps".to_owned(),
        };
        match (kind, likely, paired) {
            (Kind::Likely, Some(effect), Some(paired)) => text = likely_text(effect, paired),
            (Kind::Proven, Some(effect), Some(paired)) if by_intervals.is_none() => {
                text += &format!(" {}", likely_text(effect, paired));
            }
            (Kind::CannotTell, _, Some(paired)) => {
                text += &format!(
                    ", and {} paired solves do not differ beyond their spread (mean {:+.0}, 95 % interval {:+.0} to {:+.0}).",
                    paired.n, paired.mean, paired.interval[0], paired.interval[1]
                );
            }
            (Kind::CannotTell, _, None) => text += ", and there was no time for paired solves.",
            _ => {}
        }
        Verdict { kind, effect, text, evidence }
    }
}

fn proven_by_intervals(effect: Effect, Intervals { base, scenario }: &Intervals) -> String {
    match effect {
        Effect::Better => format!(
            "Proven better: its calendar costs {}, and no calendar of the base can cost less than {}.",
            scenario[1], base[0]
        ),
        Effect::Worse => format!(
            "Proven worse: no calendar of it can cost less than {}, and that of the base costs {}.",
            scenario[0], base[1]
        ),
        _ => format!("Proven the same: both can cost {} and no less.", base[1]),
    }
}

fn proven_by_edits(effect: Effect) -> String {
    match effect {
        Effect::NotWorse => {
            "Proven not worse: its edits only relax, and the base calendar passes every rule of it, at no more cost."
        }
        Effect::NotBetter => {
            "Proven not better: its edits only tighten, and its calendar passes every rule of the base, at no more cost."
        }
        _ => "Proven the same: its edits change nothing that rules or costs look at.",
    }
    .to_owned()
}

fn likely_text(effect: Effect, paired: &Paired) -> String {
    let word = if effect == Effect::Better { "better" } else { "worse" };
    format!(
        "Likely {word}: in {0} of {0} paired solves, by {1:.0} on average (95 % interval {2:.0} to {3:.0}).",
        paired.n,
        paired.mean.abs(),
        paired.interval[0].abs().min(paired.interval[1].abs()),
        paired.interval[0].abs().max(paired.interval[1].abs()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(base: [u64; 2], scenario: [u64; 2]) -> Evidence {
        Evidence { intervals: Intervals { base, scenario }, monotony: None, paired: None }
    }

    fn told(evidence: Evidence) -> (Kind, Effect) {
        let verdict = Verdict::of(evidence);
        assert!(verdict.text.ends_with('.'), "{}", verdict.text);
        (verdict.kind, verdict.effect)
    }

    fn pairs(differences: [i64; 5]) -> Option<Paired> {
        Paired::of(&differences.map(|d| (1000, (1000 + d) as u64)))
    }

    #[test]
    fn intervals_that_do_not_touch_prove() {
        assert_eq!(told(evidence([50, 60], [10, 49])), (Kind::Proven, Effect::Better));
        assert_eq!(told(evidence([50, 60], [61, 90])), (Kind::Proven, Effect::Worse));
        assert_eq!(told(evidence([60, 60], [60, 60])), (Kind::Proven, Effect::Same));
    }

    #[test]
    fn intervals_that_touch_prove_nothing() {
        for scenario in [[10, 50], [60, 90], [0, 100], [55, 55]] {
            assert_eq!(told(evidence([50, 60], scenario)), (Kind::CannotTell, Effect::Unknown));
        }
    }

    #[test]
    fn edits_that_only_relax_prove_that_it_is_not_worse_once_a_calendar_bears_it_out() {
        let monotony = |checked| Some(Monotony { edits: "relax", effect: Effect::NotWorse, checked });
        let at = |checked| Evidence { monotony: monotony(checked), ..evidence([50, 60], [40, 55]) };
        assert_eq!(told(at(true)), (Kind::Proven, Effect::NotWorse));
        assert_eq!(told(at(false)), (Kind::CannotTell, Effect::Unknown));
        // What the intervals say is more.
        let better = Evidence { monotony: monotony(true), ..evidence([50, 60], [40, 45]) };
        assert_eq!(told(better), (Kind::Proven, Effect::Better));
        // How much better it is may still be only likely.
        let both = Evidence { paired: pairs([-5, -6, -5, -7, -5]), ..at(true) };
        assert!(Verdict::of(both).text.contains("Likely better: in 5 of 5 paired solves, by 6 on average"));
    }

    #[test]
    fn paired_solves_make_it_likely_where_the_long_solves_agree() {
        let at = |scenario, paired| Evidence { paired, ..evidence([0, 60], scenario) };
        assert_eq!(told(at([0, 50], pairs([-5, -6, -5, -7, -5]))), (Kind::Likely, Effect::Better));
        assert_eq!(told(at([0, 70], pairs([5, 6, 5, 7, 5]))), (Kind::Likely, Effect::Worse));
        assert_eq!(told(at([0, 70], pairs([-5, -6, -5, -7, -5]))), (Kind::CannotTell, Effect::Unknown));
        assert_eq!(told(at([0, 50], pairs([-5, 6, -5, 7, -5]))), (Kind::CannotTell, Effect::Unknown));
    }
}
