//! What follows from edits alone. A problem *covers* another one if each calendar of the other is a calendar of it, too, at
//! no more cost: then its best calendar can't cost more. Asked field by field; what is not known to be harmless is none.

mod people;
mod places;
mod staff;

use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::verdict::Effect;
use crate::{
    instance::{Instance, Spans},
    problem::{GivenSession, Id, Problem, Travel, Weights},
};

/// What follows from the edits of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Monotony {
    /// What the edits do: `relax`, `tighten`, `change nothing`.
    pub edits: &'static str,
    /// What follows for the best calendar of the scenario.
    pub effect: Effect,
    /// Whether a calendar at hand bears it out: that of the base, judged in the scenario, or the other way round, breaks no
    /// rule and costs no more.
    pub checked: bool,
}

impl Monotony {
    /// What follows for `scenario`, compared with `base`, and not yet checked.
    pub fn of(base: &Instance, scenario: &Instance) -> Option<Self> {
        let (edits, effect) = match (covers(scenario, base), covers(base, scenario)) {
            (true, true) => ("change nothing", Effect::Same),
            (true, false) => ("relax", Effect::NotWorse),
            (false, true) => ("tighten", Effect::NotBetter),
            (false, false) => return None,
        };
        Some(Monotony { edits, effect, checked: false })
    }
}

/// Whether each calendar of `narrow` is one of `wide`, at no more cost.
pub fn covers(wide: &Instance, narrow: &Instance) -> bool {
    let pair = Pair { narrow, wide };
    pair.frame() && places::covered(&pair) && staff::covered(&pair) && people::covered(&pair)
}

/// The two problems.
struct Pair<'a> {
    narrow: &'a Instance,
    wide: &'a Instance,
}

impl Pair<'_> {
    fn problems(&self) -> (&Problem, &Problem) {
        (&self.narrow.problem, &self.wide.problem)
    }

    /// What is neither place nor person.
    fn frame(&self) -> bool {
        let (n, w) = self.problems();
        let rest = |p: &Problem| {
            (p.version, p.week_start, p.grid_minutes, p.previous.clone(), p.freeze_until, p.reference.clone())
        };
        rest(n) == rest(w)
            && w.separate.iter().all(|pair| n.separate.contains(pair))
            && weights(&n.weights).iter().zip(weights(&w.weights)).all(|(n, w)| w <= *n)
            && self.travels()
    }

    /// Whether the way is nowhere longer.
    fn travels(&self) -> bool {
        let (n, w) = self.problems();
        let way = |travel: &Travel, a: &Id, b: &Id| {
            let pair = travel.pairs.iter().rev().find(|p| (&p.a == a && &p.b == b) || (&p.a == b && &p.b == a));
            pair.map_or(travel.default_minutes, |p| p.minutes)
        };
        n.travel == w.travel
            || n.sites.iter().all(|a| {
                n.sites.iter().all(|b| a.id == b.id || way(&w.travel, &a.id, &b.id) <= way(&n.travel, &a.id, &b.id))
            })
    }

    /// Whether this week so far, or an earlier week, names none of these ids: what they name may bind who has it.
    fn unnamed<'i>(&self, ids: impl Iterator<Item = &'i Id>) -> bool {
        let (n, _) = self.problems();
        let mut named: HashSet<&str> = HashSet::new();
        for s in n.previous.iter().chain(&n.reference) {
            let GivenSession { service, group, order, site, room, clinicians, participants, .. } = s;
            named.extend([service, group, order, site, room].into_iter().flatten().map(String::as_str));
            named.extend(clinicians.iter().chain(participants).map(String::as_str));
        }
        ids.into_iter().all(|id| !named.contains(&**id))
    }
}

fn weights(w: &Weights) -> [u32; 17] {
    [
        &w.unmet_minute,
        &w.shortfall_minute,
        &w.short_day_minute,
        &w.missing_day,
        &w.attended_day,
        &w.wait_minute,
        &w.soft_commitment_minute,
        &w.not_preferred_clinician,
        &w.away_site,
        &w.group_switch,
        &w.clinician_switch,
        &w.shifted,
        &w.held_meeting,
        &w.moved,
        &w.clinician_changed,
        &w.room_changed,
        &w.dropped,
    ]
    .map(|weight| weight.0)
}

/// Whether all of the first are in the second.
fn within<T: PartialEq>(few: &[T], many: &[T]) -> bool {
    few.iter().all(|item| many.contains(item))
}

/// The same of lists that allow everybody where they are empty.
fn allowed_within<T: PartialEq>(few: &[T], many: &[T]) -> bool {
    many.is_empty() || (!few.is_empty() && within(few, many))
}

/// Whether a limit is no lower; none is the highest.
fn no_lower<T: PartialOrd>(narrow: Option<T>, wide: Option<T>) -> bool {
    match (narrow, wide) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(narrow), Some(wide)) => wide >= narrow,
    }
}

/// Whether a demand is dropped, or the same.
fn no_stricter<T: PartialEq>(narrow: &Option<T>, wide: &Option<T>) -> bool {
    wide.is_none() || narrow == wide
}

/// Whether one set of minutes lies in another.
fn inside(few: &Spans, many: &Spans) -> bool {
    few.iter().all(|span| many.contains(span))
}
