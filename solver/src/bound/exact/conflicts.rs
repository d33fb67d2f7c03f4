//! What clinicians forbid: where the best weeks around settled meetings want a clinician twice at a time, the search branches
//! on who of the two gives way.

use super::{
    Proof,
    day::{self, Bar, Chosen, Day},
    meetings::Choice,
    person::WEEK,
};
use crate::instance::{ClinicianIx, Minute, Span};

/// Most branches for one choice of starts before its bound is taken as it is.
const MOST: usize = 4000;

/// A node: what is forbidden to whom, and which leaders are settled.
#[derive(Clone)]
struct Node {
    /// By person.
    bars: Vec<Vec<Bar>>,
    /// By busy day: which of its timing's leaders.
    leaders: Vec<Option<usize>>,
}

/// A single session of a week in the making.
struct Stint {
    person: usize,
    clinician: ClinicianIx,
    order: crate::instance::OrderIx,
    span: Span,
}

impl Proof<'_> {
    /// Looks for weeks below the limit in which no clinician is wanted twice at a time; what is found lowers the limit.
    pub(super) fn resolve(&mut self, choice: &Choice, chosen: &[usize]) {
        let first = Node { bars: vec![Vec::new(); self.people.len()], leaders: vec![None; choice.busy.len()] };
        let mut open = vec![first];
        let mut looked = 0;
        while let Some(node) = open.pop() {
            if self.is_over() {
                return;
            }
            looked += 1;
            let Some((cost, stints)) = self.weeks(choice, chosen, &node) else { continue };
            if cost >= self.limit {
                continue;
            }
            let branches = self.branches(choice, chosen, &node, &stints);
            if branches.is_empty() || looked > MOST {
                // Nothing known here forbids it; or it is left at that, as all below costs at least as much.
                self.limit = cost;
                continue;
            }
            open.extend(branches);
        }
    }

    /// The best weeks of all under the node's bars: their cost and the single sessions with a clinician.
    fn weeks(&mut self, choice: &Choice, chosen: &[usize], node: &Node) -> Option<(i64, Vec<Stint>)> {
        let mut total = choice.fixed;
        let mut stints = Vec::new();
        for p in 0..self.people.len() {
            let mut days: Vec<(Day, bool)> = Vec::with_capacity(WEEK);
            for d in 0..WEEK {
                let busy = choice.busy.iter().zip(chosen).find(|b| b.0.day == d);
                let met = busy.map_or(Vec::new(), |(b, &t)| Choice::met(&b.meetings, &b.timings[t].starts, p));
                let seats = self.seats(p, &met);
                let day = day::day(&self.people[p], d, &seats, &node.bars[p], &mut self.scratch);
                days.push((day, !seats.is_empty()));
            }
            let costs: Vec<(&[i64], bool)> = days.iter().map(|d| (d.0.costs.as_slice(), d.1)).collect();
            let sets = self.people[p].choose(&costs, choice.dose[p])?;
            let mut states = self.people[p].monday();
            for (day, seated) in &costs {
                states = self.people[p].after(&states, day, *seated);
            }
            let cost = super::week::meet(&states, &self.people[p].sunday(choice.dose[p]));
            if cost >= super::NEVER {
                return None;
            }
            total += cost;
            let sessions = days.iter().zip(sets).flat_map(|(day, set)| day.0.sessions(set));
            stints.extend(sessions.filter_map(|c: Chosen| {
                let single = &self.people[p].singles[c.single];
                let span = Span::new(c.start, c.start + single.busy);
                Some(Stint { person: p, clinician: c.clinician?, order: single.order, span })
            }));
        }
        Some((total, stints))
    }

    /// What follows from a clinician wanted twice: nodes that cover all weeks in which this is not so. None where nobody is.
    fn branches(&self, choice: &Choice, chosen: &[usize], node: &Node, stints: &[Stint]) -> Vec<Node> {
        for (k, a) in stints.iter().enumerate() {
            for b in &stints[..k] {
                if a.clinician == b.clinician && a.span.overlaps(b.span) {
                    return gives_way(node, a, b);
                }
            }
        }
        for (k, (busy, &t)) in choice.busy.iter().zip(chosen).enumerate() {
            if node.leaders[k].is_some() {
                continue;
            }
            let timing = &busy.timings[t];
            let duties = |leaders: &[Option<ClinicianIx>]| -> Vec<(ClinicianIx, Span)> {
                let each = busy.meetings.iter().zip(&timing.starts).zip(leaders);
                each.filter_map(|((m, &start), c)| Some(((*c)?, self.duty(m.group, start)))).collect()
            };
            let free = |leaders: &Vec<Option<ClinicianIx>>| {
                duties(leaders).iter().all(|(c, span)| {
                    stints.iter().all(|s| s.clinician != *c || !s.span.overlaps(*span))
                })
            };
            if timing.leaders.iter().any(free) {
                continue;
            }
            // Whoever leads is not there for single sessions.
            let lead = |(l, leaders): (usize, &Vec<Option<ClinicianIx>>)| {
                let mut next = node.clone();
                next.leaders[k] = Some(l);
                for (clinician, span) in duties(leaders) {
                    next.bars.iter_mut().for_each(|b| b.push(Bar { order: None, clinician, span }));
                }
                next
            };
            return timing.leaders.iter().enumerate().map(lead).collect();
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
        next.bars[s.person].push(Bar { order: Some(s.order), clinician: s.clinician, span });
        next
    };
    vec![bar(a), bar(b)]
}
