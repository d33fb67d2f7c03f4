//! The judge: one file a rule of the contract, for any calendar, whoever made it. Shares nothing with the models.
//!
//! [`judge`] asks every rule in turn. A rule is a file with its sentence, its check, and the predicates that the
//! explanations share with it; to add one, write its file and put it into [`HARD`] or [`SOFT`].

mod check;
mod effect;
pub(crate) mod facts;
mod live;
pub(crate) mod names;
mod part;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod verdict;
pub(crate) mod view;

pub(crate) mod h01_identity;
pub(crate) mod h02_time;
pub(crate) mod h03_modality;
mod h04_staffing;
pub(crate) mod h05_qualification;
pub(crate) mod h06_place;
pub(crate) mod h07_one_at_a_time;
pub(crate) mod h08_participant_time;
pub(crate) mod h09_family;
pub(crate) mod h10_whereabouts;
pub(crate) mod h11_ordered;
pub(crate) mod h12_size;
pub(crate) mod h13_series;
pub(crate) mod h14_membership;
pub(crate) mod h15_apart;
pub(crate) mod h16_travel;
pub(crate) mod h17_workload;
pub(crate) mod h18_break;
pub(crate) mod h19_days;
pub(crate) mod h20_minutes;

mod attended_day;
pub(crate) mod away_site;
mod clinician_changed;
mod clinician_switch;
mod dropped;
mod group_switch;
mod held_meeting;
mod missing_day;
mod moved;
pub(crate) mod not_preferred_clinician;
mod room_changed;
pub(crate) mod shifted;
mod short_day;
mod shortfall;
pub(crate) mod soft_commitment;
pub(crate) mod unmet;
mod wait;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::{
    check::{CheckReport, check},
    effect::{Effect, effect},
    live::Live,
    part::Part,
};
use self::{
    verdict::Verdict,
    view::{Seen, View, Week},
};
use crate::{
    instance::{Booked, Instance, OrderIx, ParticipantIx},
    problem::Id,
};

/// A hard rule: a calendar that breaks it is never returned.
pub struct Rule {
    /// Its name in the contract, such as `H7`.
    pub name: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What it says.
    pub sentence: &'static str,
    check: fn(&View, &mut Verdict),
}

/// A soft rule: a part of the objective.
pub struct Penalty {
    /// Its name in the contract, such as `wait`.
    pub name: &'static str,
    /// What it counts.
    pub sentence: &'static str,
    cost: Cost,
}

/// What a penalty looks at.
enum Cost {
    /// The week of a participant.
    Week(fn(&Instance, &Week) -> i64),
    /// A session.
    Session(fn(&Instance, &Seen) -> i64),
    /// A session of the week so far that may change, and what has become of it.
    Change(fn(&Instance, &Seen, Option<&Seen>) -> i64),
}

/// The hard rules.
pub const HARD: [Rule; 20] = [
    h01_identity::RULE,
    h02_time::RULE,
    h03_modality::RULE,
    h04_staffing::RULE,
    h05_qualification::RULE,
    h06_place::RULE,
    h07_one_at_a_time::RULE,
    h08_participant_time::RULE,
    h09_family::RULE,
    h10_whereabouts::RULE,
    h11_ordered::RULE,
    h12_size::RULE,
    h13_series::RULE,
    h14_membership::RULE,
    h15_apart::RULE,
    h16_travel::RULE,
    h17_workload::RULE,
    h18_break::RULE,
    h19_days::RULE,
    h20_minutes::RULE,
];

/// The penalties.
pub const SOFT: [Penalty; 17] = [
    unmet::PENALTY,
    shortfall::PENALTY,
    short_day::PENALTY,
    missing_day::PENALTY,
    attended_day::PENALTY,
    wait::PENALTY,
    soft_commitment::PENALTY,
    not_preferred_clinician::PENALTY,
    away_site::PENALTY,
    group_switch::PENALTY,
    clinician_switch::PENALTY,
    shifted::PENALTY,
    held_meeting::PENALTY,
    moved::PENALTY,
    clinician_changed::PENALTY,
    room_changed::PENALTY,
    dropped::PENALTY,
];

/// A hard rule broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Violation {
    /// The rule, such as `H7`.
    pub rule: &'static str,
    /// What is wrong, as a sentence.
    pub detail: String,
    /// Ids of the sessions concerned.
    pub sessions: Vec<String>,
    /// Participants concerned.
    pub participants: Vec<Id>,
    /// Clinicians concerned.
    pub clinicians: Vec<Id>,
    /// Rooms concerned.
    pub rooms: Vec<Id>,
}

/// What the rules say of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Hard rules broken.
    pub violations: Vec<Violation>,
    /// The cost by penalty; zeros left out.
    pub penalties: BTreeMap<&'static str, u64>,
    /// Sum of the penalties.
    pub objective: u64,
    /// The same sum where nothing is cut off at 0: sessions of a participant at one time wait less than nothing. Differences
    /// of it are those of a larger calendar of which this is a part.
    pub(crate) cost: i64,
    /// What each penalty adds to `cost`, in the order of [`SOFT`].
    pub(crate) sums: [i64; SOFT.len()],
    /// Orders with missing sessions, in the order of the problem, and how many.
    pub missing: Vec<(OrderIx, u32)>,
}

/// Judges a calendar: every hard rule, every penalty.
pub fn judge(instance: &Instance, sessions: &[Booked]) -> Judgement {
    let view = View::new(instance, sessions);
    let mut verdict = Verdict::new(instance);
    for rule in &HARD {
        (rule.check)(&view, &mut verdict);
    }
    let sums = SOFT.each_ref().map(|penalty| penalty.sum(&view));
    let penalties = penalties(&sums);
    let missing = OrderIx::all(instance.orders.len())
        .map(|o| (o, unmet::missing(instance, &view.weeks[instance.orders[o.i()].participant.i()], o)))
        .filter(|&(_, missing)| missing > 0)
        .map(|(o, missing)| (o, u32::try_from(missing).unwrap_or(u32::MAX)))
        .collect();
    Judgement {
        violations: verdict.into_violations(),
        objective: objective(&penalties),
        penalties,
        cost: sums.iter().fold(0, |all, sum| all.saturating_add(*sum)),
        sums,
        missing,
    }
}

/// What each penalty costs that costs something; nothing costs less than nothing.
fn penalties(sums: &[i64; SOFT.len()]) -> BTreeMap<&'static str, u64> {
    let each = SOFT.iter().zip(sums).map(|(penalty, sum)| (penalty.name, u64::try_from(*sum).unwrap_or(0)));
    each.filter(|(_, cost)| *cost > 0).collect()
}

fn objective(penalties: &BTreeMap<&'static str, u64>) -> u64 {
    penalties.values().fold(0, |sum, cost| sum.saturating_add(*cost))
}

/// On whom or what a part of a penalty falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bearer<'a> {
    /// A participant, of whose week it is.
    Participant(ParticipantIx),
    /// A session, by its id.
    Session(&'a str),
}

impl Penalty {
    fn sum(&self, view: &View) -> i64 {
        let mut sum = 0_i64;
        self.each(view, |_, cost| sum = sum.saturating_add(cost));
        sum
    }

    /// Tells the parts of which the penalty is the sum, and on whom each falls.
    pub(crate) fn each<'a>(&self, view: &View<'a>, mut tell: impl FnMut(Bearer<'a>, i64)) {
        let instance: &'a Instance = view.instance;
        match self.cost {
            Cost::Week(cost) => {
                view.weeks.iter().for_each(|w| tell(Bearer::Participant(w.participant), cost(instance, w)));
            }
            Cost::Session(cost) => {
                view.sessions.iter().for_each(|s| tell(Bearer::Session(&s.booking().id), cost(instance, s)));
            }
            Cost::Change(cost) => {
                for old in instance.previous.iter().filter(|p| !p.kept()) {
                    let before = Seen::new(instance, &old.booked, Some(old));
                    let id = &old.booked.id;
                    tell(Bearer::Session(id), cost(instance, &before, view.named(id)));
                }
            }
        }
    }
}

/// What a participant's week costs, by each penalty that looks at weeks.
pub(crate) fn costs_of_week(instance: &Instance, week: &Week) -> impl Iterator<Item = (&'static str, i64)> {
    SOFT.iter().filter_map(move |p| match p.cost {
        Cost::Week(cost) => Some((p.name, cost(instance, week))),
        _ => None,
    })
}

/// The same, all of them together.
pub(crate) fn cost_of_week(instance: &Instance, week: &Week) -> i64 {
    costs_of_week(instance, week).map(|c| c.1).fold(0, i64::saturating_add)
}

/// What it costs that a session of the week so far, which may change, has become this; by penalty.
pub(crate) fn costs_of_change(
    instance: &Instance,
    before: &Seen,
    now: Option<&Seen>,
) -> impl Iterator<Item = (&'static str, i64)> {
    SOFT.iter().filter_map(move |p| match p.cost {
        Cost::Change(cost) => Some((p.name, cost(instance, before, now))),
        _ => None,
    })
}
