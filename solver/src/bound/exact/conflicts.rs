//! What clinicians forbid: where the best weeks around settled meetings want a clinician twice at a time, the search branches
//! on who of the two gives way.

use std::{cmp::Reverse, collections::BTreeMap, rc::Rc};

use super::{
    NEVER, Proof,
    day::{self, Bar, Chosen, Day},
    meetings::{Choice, Way},
    person::WEEK,
};
use crate::instance::{ClinicianIx, Minute, OrderIx, Span};

/// Most branches for one choice of starts before its bound is taken as it is.
const MOST: usize = 5000;

/// A node: what is forbidden to whom, and which leaders are settled.
#[derive(Clone)]
struct Node {
    /// By person.
    bars: Vec<Vec<Bar>>,
    /// By busy day: whether its leaders are settled.
    led: Vec<bool>,
    /// By person: the best week, where the bars are those under which it was found.
    weeks: Vec<Option<Rc<Week>>>,
}

/// A person's best week: its cost and the single sessions with a clinician.
struct Week {
    cost: i64,
    stints: Vec<Stint>,
}

/// A single session of a week in the making.
#[derive(Clone, Copy)]
struct Stint {
    person: usize,
    clinician: ClinicianIx,
    order: OrderIx,
    span: Span,
}

impl Proof<'_> {
    /// Looks for weeks below the limit in which no clinician is wanted twice at a time; what is found lowers the limit.
    pub(super) fn resolve(&mut self, choice: &Choice, chosen: &[usize]) {
        let people = self.people.len();
        let first =
            Node { bars: vec![Vec::new(); people], led: vec![false; choice.busy.len()], weeks: vec![None; people] };
        // Cheapest first, and of equals the latest: the first without a conflict is the cheapest there is.
        let mut open: BTreeMap<(i64, Reverse<usize>), (Node, Vec<Stint>)> = BTreeMap::new();
        let mut looked = 0;
        let mut fresh = vec![first];
        loop {
            for mut node in fresh.drain(..) {
                looked += 1;
                if let Some((cost, stints)) = self.weeks(choice, chosen, &mut node)
                    && cost < self.limit
                {
                    open.insert((cost, Reverse(looked)), (node, stints));
                }
            }
            let Some(((cost, _), (node, stints))) = open.pop_first() else { return };
            if self.is_over() {
                return;
            }
            fresh = self.branches(choice, chosen, &node, &stints);
            if fresh.is_empty() || looked > MOST {
                // Nothing known here forbids it; or it is left at that, as all below costs at least as much.
                self.limit = cost;
                return;
            }
        }
    }

    /// The best weeks of all under the node's bars: their cost and the single sessions with a clinician.
    fn weeks(&mut self, choice: &Choice, chosen: &[usize], node: &mut Node) -> Option<(i64, Vec<Stint>)> {
        let mut total = choice.fixed;
        let mut stints = Vec::new();
        for p in 0..self.people.len() {
            let week = match node.weeks[p].take() {
                Some(known) => known,
                None => Rc::new(self.week(choice, chosen, p, &node.bars[p])?),
            };
            total += week.cost;
            stints.extend_from_slice(&week.stints);
            node.weeks[p] = Some(week);
        }
        Some((total, stints))
    }

    /// A person's best week; none where there is none.
    fn week(&mut self, choice: &Choice, chosen: &[usize], p: usize, bars: &[Bar]) -> Option<Week> {
        let mut days: Vec<(Day, bool)> = Vec::with_capacity(WEEK);
        for d in 0..WEEK {
            let busy = choice.busy.iter().zip(chosen).find(|b| b.0.day == d);
            let met = busy.map_or(Vec::new(), |(b, &t)| Choice::met(&b.meetings, &b.timings[t].starts, p));
            let seats = self.seats(p, &met);
            let day = day::day(&self.people[p], d, &seats, bars, &mut self.scratch);
            days.push((day, !seats.is_empty()));
        }
        let costs: Vec<(&[i64], bool)> = days.iter().map(|d| (d.0.costs.as_slice(), d.1)).collect();
        let (cost, sets) = self.people[p].choose(&costs, choice.dose[p])?;
        let sessions = days.iter().zip(sets).flat_map(|(day, set)| day.0.sessions(set));
        let stint = |c: Chosen| {
            let single = &self.people[p].singles[c.single];
            let span = Span::new(c.start, c.start + single.busy);
            Some(Stint { person: p, clinician: c.clinician?, order: single.order, span })
        };
        Some(Week { cost, stints: sessions.filter_map(stint).collect() }).filter(|w| w.cost < NEVER)
    }

    /// What follows from a clinician wanted twice: nodes that cover all weeks in which this is not so. None where nobody is.
    fn branches(&self, choice: &Choice, chosen: &[usize], node: &Node, stints: &[Stint]) -> Vec<Node> {
        for (k, a) in stints.iter().enumerate() {
            for b in &stints[..k] {
                // Sessions of one order can't be told apart by their order; they are left as they are.
                if a.clinician == b.clinician && a.order != b.order && a.span.overlaps(b.span) {
                    return gives_way(node, a, b);
                }
            }
        }
        for (k, (busy, &t)) in choice.busy.iter().zip(chosen).enumerate() {
            if node.led[k] {
                continue;
            }
            let timing = &busy.timings[t];
            let duties = |(starts, leaders): &Way| -> Vec<(ClinicianIx, Span)> {
                let each = busy.meetings.iter().zip(starts).zip(leaders);
                each.filter_map(|((m, &start), c)| Some(((*c)?, self.duty(m.group, start)))).collect()
            };
            let free = |way: &Way| {
                let clash = |(c, span): &(ClinicianIx, Span)| {
                    stints.iter().any(|s| s.clinician == *c && s.span.overlaps(*span))
                };
                !duties(way).iter().any(clash)
            };
            if timing.ways.iter().any(free) {
                continue;
            }
            // Whoever leads is not there for single sessions.
            let lead = |way: &Way| {
                let mut next = node.clone();
                next.led[k] = true;
                next.weeks.iter_mut().for_each(|w| *w = None);
                for (clinician, span) in duties(way) {
                    next.bars.iter_mut().for_each(|b| b.push(Bar { order: None, clinician, span }));
                }
                next
            };
            return timing.ways.iter().map(lead).collect();
        }
        Vec::new()
    }

    /// When a meeting's clinician is busy with it.
    fn duty(&self, group: usize, start: Minute) -> Span {
        Span::new(start, start + self.groups[group].busy)
    }
}

/// Two sessions want the same minute of a clinician: one order or the other has to leave it.
fn gives_way(node: &Node, a: &Stint, b: &Stint) -> Vec<Node> {
    let minute = a.span.start.max(b.span.start);
    let bar = |s: &Stint| {
        let mut next = node.clone();
        let span = Span::new(minute, minute + 1);
        next.weeks[s.person] = None;
        next.bars[s.person].push(Bar { order: Some(s.order), clinician: s.clinician, span });
        next
    };
    vec![bar(a), bar(b)]
}
