//! What would make an unmet order possible: small changes of the problem, smallest first. Each was made and its sessions
//! placed, and the whole calendar was judged by the rules afterwards; what does not help is not shown.

mod commitment;
mod group;
mod kind;
mod person;
mod place;
mod staff;
mod telehealth;
#[cfg(test)]
mod tests;

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use serde::Serialize;

use self::kind::{Case, KINDS, Kind, Look, Part};
use crate::{
    calendar::{Session, Unmet},
    instance::{Booked, Instance, OrderIx, Owner},
    problem::GivenSession,
    rules::{self, Judgement},
    scenario::edits::{self, Edit},
    search::places::{Board, Way},
};

/// Ways looked at for each kind of remedy of an order: those that need least.
const LOOKED_AT: usize = 4;
/// Most parts of a change that still is a small one.
const PARTS: usize = 3;

/// One small change, and what it brings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Remedy {
    /// The change of the problem; none where it is enough to move another session.
    pub edits: Vec<Edit>,
    /// The same as a sentence, with what becomes possible.
    pub text: String,
    /// What kind of change it is, such as `longer-shift`.
    pub kind: &'static str,
    /// Cost of the calendar at hand.
    pub objective_before: u64,
    /// Cost of the calendar with the sessions placed, in the changed problem.
    pub objective_after: u64,
    /// Other sessions that move.
    pub moved_sessions: usize,
    /// Sessions that are new, or that the participant joins, as they would be.
    pub sessions: Vec<Session>,
    /// Other sessions that move, as they would be.
    pub moves: Vec<Session>,
}

/// What was found for an order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Found {
    /// Remedies, smallest first.
    pub remedies: Vec<Remedy>,
    /// What was tried, in words, where nothing helps.
    pub tried: Vec<&'static str>,
}

/// How much is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// Remedies of each order at most.
    pub most: usize,
    /// When to end; orders not looked at by then have none.
    pub deadline: Option<Moment>,
}

impl Search {
    fn over(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Moment::now()))
    }

    /// When a kind has had its time. What moves another session is looked for longest, and leaves time for the others.
    fn until(&self, look: Look) -> Search {
        let share = if look == Look::Displacing { 0.4 } else { 1.0 };
        Search { deadline: self.left().map(|left| Moment::now() + left.mul_f64(share)), ..*self }
    }
}

/// Remedies of unmet orders of a calendar, one entry for each, in their order. Each is also told as soon as it is verified,
/// with the position of its order; whoever is told may end the search.
pub fn remedies(
    instance: &Arc<Instance>,
    sessions: &[Booked],
    unmet: &[Unmet],
    search: Search,
    tell: &mut dyn FnMut(usize, &Remedy) -> ControlFlow<()>,
) -> Vec<Found> {
    let mut ended = false;
    let mut found = vec![Found::default(); unmet.len()];
    let before = rules::judge(instance, sessions);
    let lacking = |order: OrderIx| before.missing.iter().any(|m| m.0 == order);
    let orders: Vec<(usize, OrderIx)> = unmet
        .iter()
        .enumerate()
        .filter_map(|(k, u)| Some((k, instance.order_named(&u.order)?)))
        .filter(|(_, order)| lacking(*order))
        .collect();
    let desk = Desk { instance, sessions, before };
    for kind in &KINDS {
        let open: Vec<(usize, OrderIx)> = orders
            .iter()
            .copied()
            .filter(|(k, _)| {
                let wanting = match kind.last_resort {
                    true => found[*k].remedies.is_empty(),
                    false => found[*k].remedies.len() < search.most,
                };
                wanting && kind.may_help(&unmet[*k])
            })
            .collect();
        if open.is_empty() || search.over() || ended {
            continue;
        }
        let until = search.until(kind.look);
        let asked: Vec<OrderIx> = open.iter().map(|x| x.1).collect();
        let Some(wide) = desk.widened(kind, &asked) else { continue };
        Board::with(&wide, sessions, |board| {
            for (k, order) in open {
                if until.over() || ended {
                    return;
                }
                found[k].tried.push(kind.tried);
                let ways = match kind.look {
                    Look::Displacing => board.displacing(order),
                    Look::AsItIs | Look::Widened => board.direct(order),
                    Look::Rearranging => board.rearranging(order),
                };
                if let Some(remedy) = desk.first(kind, &wide, order, ways) {
                    ended = tell(k, &remedy).is_break();
                    found[k].remedies.push(remedy);
                }
            }
        });
    }
    found.iter_mut().filter(|f| !f.remedies.is_empty()).for_each(|f| f.tried.clear());
    found
}

/// The calendar at hand.
struct Desk<'a> {
    instance: &'a Arc<Instance>,
    sessions: &'a [Booked],
    before: Judgement,
}

impl Desk<'_> {
    /// The instance with everything of a kind widened, to see what would be possible; none where there is nothing to widen.
    fn widened(&self, kind: &Kind, orders: &[OrderIx]) -> Option<Arc<Instance>> {
        let mut problem = (*self.instance.problem).clone();
        (kind.widen)(&mut problem, self.instance, orders);
        match problem == *self.instance.problem {
            true => (kind.look != Look::Widened).then(|| self.instance.clone()),
            false => Some(Arc::new(Instance::new(Arc::new(problem)))),
        }
    }

    /// The first remedy of a kind that some way leads to, those first that need least.
    fn first(&self, kind: &'static Kind, wide: &Instance, order: OrderIx, ways: Vec<Way>) -> Option<Remedy> {
        let paying = ways.iter().filter(|way| way.cost < 0);
        let mut cases: Vec<(usize, i64, Case, Vec<Part>)> = paying
            .filter_map(|way| {
                let case = Case { instance: self.instance, wide, standing: self.sessions, order, way };
                let change = (kind.narrow)(&case)?;
                Some((change.len(), way.cost, case, change))
            })
            .collect();
        cases.sort_by_key(|c| (c.0, c.1));
        cases.into_iter().take(LOOKED_AT).find_map(|(_, _, case, change)| self.least(kind, &case, change))
    }

    /// The remedy without those parts of the change that are not needed; none where it does not help, or is not small.
    fn least(&self, kind: &'static Kind, case: &Case, mut change: Vec<Part>) -> Option<Remedy> {
        let mut remedy = self.remedy(kind, case, &change)?;
        let mut k = 0;
        // What fits without any change is no remedy of this kind.
        if !change.is_empty() && self.remedy(kind, case, &[]).is_some() {
            return None;
        }
        while change.len() > 1 && k < change.len() {
            let mut without = change.clone();
            without.remove(k);
            match self.remedy(kind, case, &without) {
                Some(smaller) => (remedy, change) = (smaller, without),
                None => k += 1,
            }
        }
        (change.len() <= PARTS).then_some(remedy)
    }

    /// What a change brings, if the way then really is one and pays.
    fn remedy(&self, kind: &'static Kind, case: &Case, change: &[Part]) -> Option<Remedy> {
        let Case { wide, order, way, .. } = *case;
        let edits: Vec<Edit> = change.iter().flat_map(|part| part.edits.iter().cloned()).collect();
        let narrow = match edits.is_empty() {
            true => self.instance.clone(),
            false => Arc::new(Instance::new(Arc::new(edits::apply(&self.instance.problem, &edits).ok()?))),
        };
        let apart = change.iter().find_map(|part| part.apart.as_ref());
        // What the changed problem calls them: its new entities stand behind the known ones.
        let brought = |list: &[Booked]| -> Vec<Booked> {
            let one = |s: &Booked| {
                let mut session = Session::write(wide, s);
                if let Some(apart) = apart.filter(|_| s.owner == Owner::Order(order) && telehealth::single(s)) {
                    telehealth::of_order(&mut session, apart);
                }
                narrow.book(&GivenSession::from(&session))
            };
            list.iter().map(one).collect()
        };
        let (gained, moved) = (brought(&way.gained), brought(&way.moved));
        let changed: Vec<&Booked> = gained.iter().chain(&moved).collect();
        let rest = self.sessions.iter().filter(|s| !changed.iter().any(|c| c.id == s.id)).cloned();
        let with: Vec<Booked> = rest.chain(changed.iter().map(|c| (*c).clone())).collect();
        let after = rules::judge(&narrow, &with);
        let missing = |judgement: &Judgement, order: Option<OrderIx>| {
            judgement.missing.iter().find(|m| Some(m.0) == order).map_or(0, |m| m.1)
        };
        let left = missing(&after, Some(order)) + missing(&after, apart.and_then(|apart| narrow.order_named(apart)));
        let worse = after.violations.iter().any(|v| !self.before.violations.contains(v));
        if worse || left >= missing(&self.before, Some(order)) || after.objective >= self.before.objective {
            return None;
        }
        let written = |list: &[Booked]| list.iter().map(|s| Session::write(&narrow, s)).collect::<Vec<_>>();
        let (sessions, moves) = (written(&gained), written(&moved));
        Some(Remedy {
            edits,
            text: kind::sentence(case, change, &sessions, &moves),
            kind: kind.name,
            objective_before: self.before.objective,
            objective_after: after.objective,
            moved_sessions: moves.len(),
            sessions,
            moves,
        })
    }
}
