//! How well a calendar follows the goals, as values of which the smaller one is better, and as they are told.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Goal, Goals};
use crate::{instance::Instance, problem::Id};

/// A value for each goal, in their order; compared as it stands, the smaller is better.
pub(super) type Value = Vec<Vec<i128>>;

/// What the goals look at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measures {
    /// Each participant's burden, in the problem's order.
    pub burdens: Vec<i64>,
    /// People for whom anything differs from `previous`.
    pub contacts: usize,
    /// Whose burden is the largest.
    pub who: Option<Id>,
}

impl Measures {
    /// What follows from burdens and contacts.
    pub fn new(instance: &Instance, burdens: Vec<i64>, contacts: usize) -> Self {
        let largest = burdens.iter().max();
        let k = largest.and_then(|largest| burdens.iter().position(|b| b == largest));
        Measures { who: k.map(|k| instance.problem.participants[k].id.clone()), burdens, contacts }
    }

    /// How well the goals are followed.
    pub fn value(&self, goals: &Goals) -> Value {
        goals.follow.iter().map(|goal| value(*goal, &self.burdens, self.contacts)).collect()
    }

    /// One number of a goal: contacts, the largest burden, the quadratic mean of the burdens.
    fn figure(&self, goal: Goal) -> f64 {
        match goal {
            Goal::FewContacts => self.contacts as f64,
            Goal::LargestBurden => self.burdens.iter().max().copied().unwrap_or(0) as f64,
            Goal::QuadraticBurden => {
                let squares: f64 = self.burdens.iter().map(|b| (*b as f64).powi(2)).sum();
                let mean = (squares / self.burdens.len().max(1) as f64).sqrt();
                (mean * 100.0).round() / 100.0
            }
        }
    }
}

fn value(goal: Goal, burdens: &[i64], contacts: usize) -> Vec<i128> {
    match goal {
        Goal::FewContacts => vec![contacts as i128],
        Goal::LargestBurden => {
            let mut all: Vec<i128> = burdens.iter().map(|b| i128::from(*b)).collect();
            all.sort_unstable_by(|a, b| b.cmp(a));
            all
        }
        Goal::QuadraticBurden => {
            let square = |b: &i64| i128::from(*b).saturating_mul(i128::from(*b));
            vec![burdens.iter().map(square).fold(0, i128::saturating_add)]
        }
    }
}

/// What became of the goals, as the calendar tells it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = GoalsTold)]
pub struct Told {
    /// By which share the objective was allowed to be above the best one found.
    pub within: f64,
    /// The best objective found, from which the goals were followed.
    pub best_objective: u64,
    /// Each goal, the most important first.
    pub follow: Vec<Followed>,
}

/// One goal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = GoalFollowed)]
pub struct Followed {
    /// Which.
    pub goal: Goal,
    /// In the best calendar: people to be called, the largest burden, or the quadratic mean of the burdens.
    pub before: f64,
    /// In this calendar.
    pub after: f64,
    /// Of the largest burden: whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Id>,
}

impl Told {
    pub(super) fn new(goals: &Goals, best_objective: u64, before: &Measures, after: &Measures) -> Self {
        let followed = |goal: &Goal| Followed {
            goal: *goal,
            before: before.figure(*goal),
            after: after.figure(*goal),
            who: after.who.clone().filter(|_| *goal == Goal::LargestBurden),
        };
        Told { within: goals.within, best_objective, follow: goals.follow.iter().map(followed).collect() }
    }
}
