//! What a whole calendar is like for those who live by it: who bears each penalty, and how evenly waiting, evenings, days,
//! lost preferences and work are spread.

mod people;
mod spread;
mod staff;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::{people::PersonWeek, spread::Spread, staff::StaffWeek};
use crate::{
    instance::{Booked, Instance},
    rules::{Bearer, SOFT, names, view::View},
};

/// Minute of the local day at which the evening begins.
pub(crate) const EVENING: i32 = 17 * 60;

/// What a calendar is like.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Quality {
    /// Sum of the penalties.
    pub objective: u64,
    /// What each penalty costs and who bears it, the dearest first; penalties that cost nothing are left out.
    pub penalties: Vec<Borne>,
    /// How evenly things are spread over participants, then over clinicians.
    pub fairness: Vec<Spread>,
    /// Each participant's week, in the problem's order.
    pub participants: Vec<PersonWeek>,
    /// Each clinician's week, in the problem's order.
    pub clinicians: Vec<StaffWeek>,
}

/// A penalty and who bears it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Borne {
    /// Its name, such as `wait`.
    pub penalty: &'static str,
    /// What it counts.
    pub counts: &'static str,
    /// What it costs: the sum of what its bearers bear.
    pub cost: i64,
    /// Whether its bearers are `participant`s or `session`s.
    pub by: &'static str,
    /// Who bears it, those who bear most first.
    pub bearers: Vec<Portion>,
}

/// What one bears of a penalty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Portion {
    /// Id of the participant or session.
    pub id: String,
    /// What falls on it.
    pub cost: i64,
}

/// What a calendar is like; any calendar, one that breaks rules too.
pub fn quality(instance: &Instance, sessions: &[Booked]) -> Quality {
    let view = View::new(instance, sessions);
    let mut penalties: Vec<Borne> = SOFT.iter().filter_map(|penalty| borne(&view, penalty)).collect();
    penalties.sort_by_key(|p| std::cmp::Reverse(p.cost));
    let participants: Vec<PersonWeek> = view.weeks.iter().map(|week| PersonWeek::of(instance, week)).collect();
    let clinicians: Vec<StaffWeek> = view.staff().map(|(c, own)| StaffWeek::of(instance, c, own)).collect();
    let fairness = people::spreads(&participants).into_iter().chain(staff::spreads(&clinicians)).collect();
    Quality {
        objective: penalties.iter().fold(0, |sum, p| sum.saturating_add(u64::try_from(p.cost).unwrap_or(0))),
        penalties,
        fairness,
        participants,
        clinicians,
    }
}

/// Who bears a penalty; none where it costs nobody anything.
fn borne(view: &View, penalty: &crate::rules::Penalty) -> Option<Borne> {
    let mut by_bearer: BTreeMap<Bearer, i64> = BTreeMap::new();
    penalty.each(view, |bearer, cost| {
        if cost != 0 {
            let sum = by_bearer.entry(bearer).or_default();
            *sum = sum.saturating_add(cost);
        }
    });
    let by = match by_bearer.keys().next()? {
        Bearer::Participant(_) => "participant",
        Bearer::Session(_) => "session",
    };
    let mut bearers: Vec<Portion> = by_bearer
        .into_iter()
        .map(|(bearer, cost)| Portion {
            id: match bearer {
                Bearer::Participant(p) => names::participant(view.instance, p).to_string(),
                Bearer::Session(id) => id.to_owned(),
            },
            cost,
        })
        .collect();
    // Equal ones stay in the order of the problem, or of their ids.
    bearers.sort_by_key(|share| std::cmp::Reverse(share.cost));
    let cost = bearers.iter().fold(0_i64, |sum, share| sum.saturating_add(share.cost));
    Some(Borne { penalty: penalty.name, counts: penalty.sentence, cost, by, bearers })
}
