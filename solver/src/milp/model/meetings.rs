//! Meetings that are fixed: z (a free participant attends), for all meetings of a closed group at once.

use std::collections::BTreeMap;

use good_lp::{Expression, Variable, constraint};

use super::{Builder, Joining, Visit};
use crate::{
    instance::{Booked, Eligible, GroupIx, Owner, ParticipantIx},
    problem::Modality,
};

impl Builder<'_> {
    pub(super) fn fixed_meetings(&mut self) {
        let mut by_group: BTreeMap<GroupIx, Vec<usize>> = BTreeMap::new();
        for (k, session) in self.incumbent.iter().enumerate() {
            let frozen = self.kept(session).is_some_and(|old| old.frozen);
            if let (Owner::Group(g), true, false) = (session.owner, self.fixed.sessions[k], frozen) {
                by_group.entry(g).or_default().push(k);
            }
        }
        for (g, sessions) in by_group {
            self.fixed_group(g, &sessions);
        }
    }

    fn kept(&self, session: &Booked) -> Option<&crate::instance::Previous> {
        self.fixed.kept.get(&session.id).and_then(|&k| self.instance.previous.get(k))
    }

    fn fixed_group(&mut self, g: GroupIx, sessions: &[usize]) {
        let instance = self.instance;
        let data = &instance.groups[g.i()];
        let (pinned, plain): (Vec<usize>, Vec<usize>) =
            sessions.iter().partition(|&&k| self.kept(&self.incumbent[k]).is_some());
        // Closed: who comes to one of those that are not pinned comes to all of them.
        let bundles: Vec<Vec<usize>> = if data.closed && !plain.is_empty() {
            pinned.iter().map(|&k| vec![k]).chain([plain]).collect()
        } else {
            sessions.iter().map(|&k| vec![k]).collect()
        };
        for bundle in bundles {
            let who: Vec<&Eligible> = self.placements.groups[g.i()]
                .eligible
                .iter()
                .filter(|e| self.free.has_person(e.participant))
                .filter(|e| bundle.iter().all(|&k| !self.fixed.attendees[k].contains(&e.participant)))
                .filter(|e| !(data.closed && data.begun) || data.begun_roster.binary_search(&e.participant).is_ok())
                .filter(|e| self.left_of(e.participant, e.order) >= bundle.len())
                .filter(|e| bundle.iter().all(|&k| self.can_join(g, e, k)))
                .collect();
            let guests: Vec<(ParticipantIx, Variable)> =
                who.into_iter().map(|e| (e.participant, self.join(g, e, &bundle))).collect();
            self.seats(g, &bundle, &guests);
        }
    }

    /// Whether a participant can be at a fixed meeting, with its clinicians and those who stay in it.
    fn can_join(&self, g: GroupIx, e: &Eligible, k: usize) -> bool {
        let (instance, session) = (self.instance, &self.incumbent[k]);
        let data = &instance.groups[g.i()];
        let p = e.participant;
        let grid = &self.placements.grids[self.placements.groups[g.i()].grid].starts;
        let allowed = grid.binary_search(&session.start).is_ok_and(|at| e.starts.has(at));
        let attributes =
            |q: ParticipantIx, name: &String| instance.problem.participants[q.i()].attributes.contains(name);
        let apart =
            |q: &ParticipantIx| {
                instance.participants[p.i()].apart.contains(q)
                    || instance.problem.separate.iter().any(|(a, b)| {
                        (attributes(p, a) && attributes(*q, b)) || (attributes(p, b) && attributes(*q, a))
                    })
            };
        allowed
            && self.fixed.person_can(instance, p, session.span(), data.modality, data.site)
            && session.clinicians.iter().all(|&c| self.may_meet(p, c, data.modality))
            && !self.fixed.attendees[k].iter().any(apart)
    }

    /// The attendance of a participant at all meetings of a bundle.
    fn join(&mut self, g: GroupIx, e: &Eligible, bundle: &[usize]) -> Variable {
        let instance = self.instance;
        let data = &instance.groups[g.i()];
        let (p, order) = (e.participant, &instance.orders[e.order.i()]);
        let weights = self.weights().clone();
        let mut cost = 0;
        let mut here = false;
        for &k in bundle {
            let session = &self.incumbent[k];
            here = session.participants.contains(&p);
            cost += self.visit_cost(p, session.span(), data.modality, data.site) - order.unmet
                + self.shifted_cost(p, Owner::Group(g), session.start, data.site);
            if !order.prefer.is_empty() && !session.clinicians.iter().any(|c| order.prefer.contains(c)) {
                cost += i64::from(weights.not_preferred_clinician.0);
            }
            let old = instance.previous.iter().find(|old| !old.kept() && old.booked.id == session.id);
            if old.is_some_and(|old| old.booked.participants.contains(&p)) {
                cost -= i64::from(weights.dropped.0);
            }
        }
        let z = self.binary(cost, here);
        for &k in bundle {
            let session = &self.incumbent[k];
            let span = session.span();
            self.joinings.push(Joining { session: k, participant: p, attends: z });
            self.visits.entry(p).or_default().push(Visit {
                order: e.order,
                group: Some(g),
                span,
                modality: data.modality,
                site: data.site,
                day: instance.participant_day(p, span.start),
                variable: z,
                now: here,
            });
        }
        z
    }

    /// Between the minimum and the seats that those who stay leave (H6, H12), and who must not meet (H15).
    fn seats(&mut self, g: GroupIx, bundle: &[usize], guests: &[(ParticipantIx, Variable)]) {
        if guests.is_empty() {
            return;
        }
        let data = &self.instance.groups[g.i()];
        let least = if data.begun { 1 } else { data.min.max(1) };
        let (mut most, mut need) = (usize::MAX, 0);
        for &k in bundle {
            let session = &self.incumbent[k];
            let room = session.room.filter(|_| data.modality == Modality::InPerson);
            let seats = room.map_or(usize::MAX, |r| self.instance.rooms[r.i()].capacity as usize);
            let staying = self.fixed.attendees[k].len();
            most = most.min(data.max.min(seats).saturating_sub(staying));
            need = need.max(least.saturating_sub(staying));
        }
        let sum = || -> Expression { guests.iter().map(|z| z.1).sum() };
        if most < guests.len() {
            self.program.hold({
                let sum = sum();
                constraint!(sum <= most as f64)
            });
        }
        if need > 0 {
            self.program.hold({
                let sum = sum();
                constraint!(sum >= need as f64)
            });
        }
        let (Some(&first), held) = (bundle.first(), self.binary(0, true)) else { return };
        self.program.hold(constraint!(held == 1));
        let now = self.incumbent[first].clone();
        self.apart(held, guests, Some(&now));
    }
}
