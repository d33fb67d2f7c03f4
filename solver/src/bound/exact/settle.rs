//! Settles a choice: when its meetings begin, day by day, with each person's best week around the starts that are settled and,
//! for the days to come, at the starts that suit that person best.

use std::{cmp::Reverse, rc::Rc};

use super::{
    Costs, Proof,
    attendance::Skeleton,
    desk::Part,
    meetings::{Choice, Starts},
    person::WEEK,
    tolls::Minutes,
    week::meet,
};
use crate::instance::ClinicianIx;

/// Starts to come from which on it is looked at first whether what is settled is possible at all.
const MANY: usize = 8;

/// Nodes of the short search that tells which days come first.
const SHORT: u64 = 100;

/// A person's day as it was met, the states after it, and the least cost of the week with them.
type Known = (*const Vec<i64>, Costs, i64);

/// A timing that may lead below the limit: its bound, its position, each person's states after it.
type Child = (i64, usize, Vec<Costs>);

impl Proof<'_> {
    /// Looks for calendars below the limit with the meetings of the `k`-th skeleton; what may be one lowers the limit.
    pub(super) fn settle(&mut self, k: usize, skeleton: &Skeleton) {
        let fixed: Vec<usize> = (0..self.groups.len())
            .filter(|&g| self.groups[g].same_clinician && self.groups[g].clinicians == 1)
            .filter(|&g| skeleton.meetings.iter().any(|m| m.group == g))
            .collect();
        self.with_leaders(skeleton, &fixed, &mut (k, Vec::new()));
    }

    /// Goes through the leaders of groups that have the same one throughout.
    fn with_leaders(&mut self, skeleton: &Skeleton, groups: &[usize], part: &mut Part) {
        let Some((&g, rest)) = groups.split_first() else {
            let choice = self.choice(skeleton, &part.1);
            if let Some(choice) = choice.filter(|c| c.bound() < self.limit()) {
                self.search(choice, part);
            }
            return;
        };
        let mut able: Option<Vec<ClinicianIx>> = None;
        for m in skeleton.meetings.iter().filter(|m| m.group == g) {
            let today: Vec<ClinicianIx> =
                self.groups[g].starts_for(m.day, m.people).flat_map(|s| s.leaders.iter().copied()).collect();
            able = Some(able.map_or(today.clone(), |all| all.into_iter().filter(|c| today.contains(c)).collect()));
        }
        let mut able = able.unwrap_or_default();
        able.sort_unstable();
        able.dedup();
        for c in able {
            part.1.push((g, c));
            self.with_leaders(skeleton, rest, part);
            part.1.pop();
            if self.over || skeleton.bound >= self.limit() {
                return;
            }
        }
    }

    /// Searches a choice: for a short while with the days first that have few timings, then with those first on which most is
    /// in each other's way, together with other threads that are there, too.
    fn search(&mut self, mut choice: Choice, part: &Part) {
        self.walks.next_choice();
        let spent: Vec<Costs> = self.people.iter().map(|p| Rc::new(p.monday())).collect();
        let free = Rc::new(self.free());
        let order = self.common.order(part).or_else(|| {
            self.clashes = [0; WEEK];
            self.left = Some(SHORT);
            self.days_from(&choice, 0, &spent, &mut Vec::new(), &free);
            let unsettled = self.left.take() == Some(0) && choice.bound() < self.limit();
            unsettled.then(|| {
                let mut days: Vec<usize> = choice.busy.iter().map(|b| b.day).collect();
                days.sort_by_key(|d| Reverse(self.clashes[*d]));
                self.common.agree(part, days)
            })
        });
        if let Some(order) = order {
            choice.busy.sort_by_key(|b| order.iter().position(|d| *d == b.day));
            self.look_ahead(&mut choice);
            self.part = Some(part.clone());
            self.days_from(&choice, 0, &spent, &mut Vec::new(), &free);
            self.part = None;
        }
    }

    /// Settles the busy days from the `k`-th on; tolls are those of the days before it.
    fn days_from(&mut self, choice: &Choice, k: usize, spent: &[Costs], chosen: &mut Vec<usize>, tolls: &Rc<Minutes>) {
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return;
            }
            *left -= 1;
        }
        let Some(today) = choice.busy.get(k) else {
            let total: i64 = spent.iter().zip(&choice.ahead).map(|(s, a)| meet(s, &a[k])).sum();
            if !self.is_over() && total + choice.fixed < self.limit() {
                self.resolve(Starts { choice, chosen, tolls: None }, tolls);
            }
            return;
        };
        // Where what is settled is not possible, the starts to come make no difference.
        let left = choice.busy[k..].iter().fold(1usize, |n, b| n.saturating_mul(b.timings.len()));
        let possible = if left >= MANY {
            self.possible(Starts { choice, chosen, tolls: None }, tolls)
        } else {
            Some(tolls.clone())
        };
        let Some(tolls) = possible else { return };
        let later: i64 = choice.busy[k + 1..].iter().map(|b| b.together).sum();
        // Timings that look the same to a person are worked out once.
        let mut known: Vec<Vec<Known>> = vec![Vec::new(); self.people.len()];
        let mut children: Vec<Child> = Vec::new();
        for (t, timing) in today.timings.iter().enumerate() {
            if self.is_over() {
                return;
            }
            let mut total = choice.fixed + later;
            let mut after = Vec::with_capacity(self.people.len());
            for (p, costs) in timing.costs.iter().enumerate() {
                let same = known[p].iter().find(|k| std::ptr::eq(k.0, Rc::as_ptr(costs)));
                let (states, cost) = match same {
                    Some((_, states, cost)) => (states.clone(), *cost),
                    None => {
                        let seated = today.meetings.iter().any(|m| m.people >> p & 1 == 1);
                        let states = Rc::new(self.people[p].after(&spent[p], costs, seated));
                        let cost = meet(&states, &choice.ahead[p][k + 1]);
                        known[p].push((Rc::as_ptr(costs), states.clone(), cost));
                        (states, cost)
                    }
                };
                total += cost;
                after.push(states);
            }
            if total < self.limit() {
                children.push((total, t, after));
            }
        }
        children.sort_by_key(|c| c.0);
        for (total, t, after) in children {
            if self.over || self.left == Some(0) || total >= self.limit() {
                return;
            }
            // Others may be at the same part: each takes other timings of its first day.
            if k == 0 && self.part.as_ref().is_some_and(|part| !self.common.take(part, t)) {
                continue;
            }
            chosen.push(t);
            self.days_from(choice, k + 1, &after, chosen, &tolls);
            chosen.pop();
        }
    }
}
