//! The calendar that goals are followed in, and what a change of it would do: weighed on the part that it can concern.

use std::sync::Arc;

use super::{
    Goal, Goals,
    measure::{Measures, Value},
};
use crate::{
    calendar::Session,
    instance::{Booked, Instance, ParticipantIx},
    replan,
    rules::{self, Part, view::View},
};

/// Sessions that change: some are put in or in the place of those of their ids, others go.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    pub put: Vec<Booked>,
    pub gone: Vec<Booked>,
}

/// A calendar that breaks no rule, with what the goals look at.
pub(super) struct Desk<'a> {
    pub(super) instance: &'a Arc<Instance>,
    pub(super) goals: &'a Goals,
    sessions: Vec<Booked>,
    cost: i64,
    /// The most that it may cost.
    limit: i64,
    measures: Measures,
    value: Value,
}

/// What a change would make of it.
pub(super) struct Weighed {
    sessions: Vec<Booked>,
    cost: i64,
    measures: Measures,
    value: Value,
}

impl<'a> Desk<'a> {
    pub fn new(instance: &'a Arc<Instance>, sessions: Vec<Booked>, goals: &'a Goals) -> Self {
        let cost = rules::judge(instance, &sessions).cost;
        let more = (cost.max(0) as f64 * goals.within.clamp(0.0, 1.0)).floor() as i64;
        let view = View::new(instance, &sessions);
        let burdens = view.weeks.iter().map(|week| rules::cost_of_week(instance, week)).collect();
        let contacts = contacts(instance, goals, &sessions);
        let measures = Measures::new(instance, burdens, contacts);
        let value = measures.value(goals);
        Desk { instance, goals, sessions, cost, limit: cost.saturating_add(more), measures, value }
    }

    pub fn sessions(&self) -> &[Booked] {
        &self.sessions
    }

    pub fn measures(&self) -> Measures {
        self.measures.clone()
    }

    /// What a change would do, if it breaks no rule, costs no more than it may, and follows the goals better.
    pub fn better(&self, change: &Change) -> Option<Weighed> {
        let mut part = Part::new(self.instance);
        let id = |id: &str| change.put.iter().chain(&change.gone).any(|s| s.id == id);
        self.sessions.iter().filter(|s| id(&s.id)).chain(&change.put).for_each(|s| part.session(s));
        let sessions: Vec<Booked> = self.sessions.iter().filter(|s| !id(&s.id)).chain(&change.put).cloned().collect();
        let concerned = |all: &[Booked]| all.iter().filter(|s| part.concerns(s)).cloned().collect::<Vec<_>>();
        let (was, is) = (concerned(&self.sessions), concerned(&sessions));
        let (before, after) = (rules::judge(self.instance, &was), rules::judge(self.instance, &is));
        let cost = self.cost.saturating_add(after.cost.saturating_sub(before.cost));
        if cost > self.limit || after.violations.iter().any(|v| !before.violations.contains(v)) {
            return None;
        }
        let mut burdens = self.measures.burdens.clone();
        let view = View::new(self.instance, &is);
        for p in ParticipantIx::all(burdens.len()).filter(|p| part.has(*p)) {
            burdens[p.i()] = rules::cost_of_week(self.instance, &view.weeks[p.i()]);
        }
        let contacts = contacts(self.instance, self.goals, &sessions);
        let measures = Measures::new(self.instance, burdens, contacts);
        let value = measures.value(self.goals);
        // What follows them alike and costs less is better, too.
        ((&value, cost) < (&self.value, self.cost)).then_some(Weighed { sessions, cost, measures, value })
    }

    /// Makes it so.
    pub fn take(&mut self, weighed: Weighed) {
        let Weighed { sessions, cost, measures, value } = weighed;
        (self.sessions, self.cost, self.measures, self.value) = (sessions, cost, measures, value);
    }
}

/// For how many people anything differs from `previous`; not counted where nobody asks.
fn contacts(instance: &Instance, goals: &Goals, sessions: &[Booked]) -> usize {
    if !goals.follow.contains(&Goal::FewContacts) || instance.previous.is_empty() {
        return 0;
    }
    let write = |all: &mut dyn Iterator<Item = &Booked>| all.map(|s| Session::write(instance, s)).collect::<Vec<_>>();
    let before = write(&mut instance.previous.iter().map(|p| &p.booked));
    replan::contacts(&instance.problem, &before, &write(&mut sessions.iter())).len()
}
