//! What clinicians forbid: where the best weeks around settled meetings want a clinician twice at a time, the search branches
//! on who of the two gives way.

use std::{cmp::Reverse, collections::BTreeMap, rc::Rc};

use super::{
    NEVER, Proof,
    attendance::Meeting,
    day::{self, Bar, Chosen, Day, Terms},
    meetings::{Choice, Way},
    person::WEEK,
};
use crate::instance::{ClinicianIx, OrderIx, Span};

/// Most branches for one choice of starts before its bound is taken as it is.
const MOST: usize = 20_000;

/// Conflicts of a node of which the one is taken whose branches cost most.
const TRIED: usize = 6;

/// Costs are multiplied by it where sessions in each other's way are shunned.
const SCALE: i64 = 4096;

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

/// A node below the limit: cost, node, single sessions.
type Child = (i64, Node, Vec<Stint>);

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
        let mut fresh = self.viable(choice, chosen, vec![first]);
        loop {
            for (cost, node, stints) in fresh.drain(..) {
                looked += 1;
                open.insert((cost, Reverse(looked)), (node, stints));
            }
            let Some(((cost, _), (node, stints))) = open.pop_first() else { return };
            if self.is_over() {
                return;
            }
            let conflicts = self.branches(choice, chosen, &node, &stints);
            if conflicts.is_empty() || looked > MOST {
                // Nothing known here forbids it; or it is left at that, as all below costs at least as much.
                self.limit = cost;
                return;
            }
            let mut dearest = None;
            for branches in conflicts {
                let children = self.viable(choice, chosen, branches);
                let least = children.iter().map(|c| c.0).min().unwrap_or(NEVER);
                if dearest
                    .as_ref()
                    .is_none_or(|d: &(i64, usize, Vec<Child>)| (least, Reverse(children.len())) > (d.0, Reverse(d.1)))
                {
                    dearest = Some((least, children.len(), children));
                }
                if least >= NEVER {
                    break;
                }
            }
            fresh = dearest.map_or(Vec::new(), |d| d.2);
        }
    }

    /// The nodes whose weeks cost less than the limit, with cost and sessions.
    fn viable(&mut self, choice: &Choice, chosen: &[usize], nodes: Vec<Node>) -> Vec<Child> {
        let mut viable = Vec::with_capacity(nodes.len());
        for mut node in nodes {
            if let Some((cost, stints)) = self.weeks(choice, chosen, &mut node)
                && cost < self.limit
            {
                viable.push((cost, node, stints));
            }
        }
        viable
    }

    /// The best weeks of all under the node's bars: their cost and the single sessions with a clinician. Among weeks of the
    /// same cost those are preferred in which a clinician is wanted least often twice.
    fn weeks(&mut self, choice: &Choice, chosen: &[usize], node: &mut Node) -> Option<(i64, Vec<Stint>)> {
        let mut total = choice.fixed;
        for p in 0..self.people.len() {
            if node.weeks[p].is_none() {
                let others = node.weeks.iter().flatten().flat_map(|w| &w.stints);
                let mut shunned: Vec<Bar> =
                    others.map(|s| Bar { order: None, clinician: s.clinician, span: s.span }).collect();
                for (busy, &t) in choice.busy.iter().zip(chosen) {
                    let duties =
                        busy.timings[t].ways.first().map_or(Vec::new(), |way| self.duties(&busy.meetings, way));
                    shunned.extend(duties.into_iter().map(|(clinician, span)| Bar { order: None, clinician, span }));
                }
                let terms = Terms { bars: &node.bars[p], shunned: &shunned, scale: SCALE };
                node.weeks[p] = Some(Rc::new(self.week(choice, chosen, p, &terms)?));
            }
            total += node.weeks[p].as_ref().map_or(0, |w| w.cost);
        }
        Some((total, node.weeks.iter().flatten().flat_map(|w| w.stints.iter().copied()).collect()))
    }

    /// A person's best week; none where there is none.
    fn week(&mut self, choice: &Choice, chosen: &[usize], p: usize, terms: &Terms<'_>) -> Option<Week> {
        let mut days: Vec<(Day, bool)> = Vec::with_capacity(WEEK);
        for d in 0..WEEK {
            let busy = choice.busy.iter().zip(chosen).find(|b| b.0.day == d);
            let met = busy.map_or(Vec::new(), |(b, &t)| Choice::met(&b.meetings, &b.timings[t].starts, p));
            let seats = self.seats(p, &met);
            let day = day::day(&self.people[p], d, &seats, terms, &mut self.scratch);
            days.push((day, !seats.is_empty()));
        }
        let costs: Vec<(&[i64], bool)> = days.iter().map(|d| (d.0.costs.as_slice(), d.1)).collect();
        let (cost, sets) = self.people[p].choose(&costs, choice.dose[p], terms.scale)?;
        if cost >= NEVER {
            return None;
        }
        let sessions = days.iter().zip(sets).flat_map(|(day, set)| day.0.sessions(set));
        let stint = |c: Chosen| {
            let single = &self.people[p].singles[c.single];
            let span = Span::new(c.start, c.start + single.busy);
            Some(Stint { person: p, clinician: c.clinician?, order: single.order, span })
        };
        Some(Week { cost: cost.div_euclid(terms.scale), stints: sessions.filter_map(stint).collect() })
    }

    /// What follows from a clinician wanted twice: for each conflict nodes that cover all weeks in which it is not there.
    fn branches(&self, choice: &Choice, chosen: &[usize], node: &Node, stints: &[Stint]) -> Vec<Vec<Node>> {
        let mut conflicts = Vec::new();
        for (k, a) in stints.iter().enumerate() {
            for b in &stints[..k] {
                // Sessions of one order can't be told apart by their order; they are left as they are.
                if a.clinician == b.clinician && a.order != b.order && a.span.overlaps(b.span) {
                    conflicts.push(gives_way(node, a, b));
                }
                if conflicts.len() >= TRIED {
                    return conflicts;
                }
            }
        }
        for (k, (busy, &t)) in choice.busy.iter().zip(chosen).enumerate() {
            if node.led[k] {
                continue;
            }
            let timing = &busy.timings[t];
            let duties = |way: &Way| self.duties(&busy.meetings, way);
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
            conflicts.push(timing.ways.iter().map(lead).collect());
        }
        conflicts
    }

    /// Who is busy when with a day's meetings.
    fn duties(&self, meetings: &[Meeting], (starts, leaders): &Way) -> Vec<(ClinicianIx, Span)> {
        let each = meetings.iter().zip(starts).zip(leaders);
        each.filter_map(|((m, &start), c)| Some(((*c)?, Span::new(start, start + self.groups[m.group].busy)))).collect()
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
