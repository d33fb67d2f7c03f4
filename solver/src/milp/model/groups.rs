//! Free groups: x (a meeting in a slot at a start), v (who leads it), r (its class of room), z (who comes), and for closed
//! groups h (it is held) and a (who is a member).

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Expression, Variable, constraint};

use super::{
    Builder, Days, Duty, Meeting, Visit,
    individuals::{same_team, sorted},
    rooms::ClassIx,
    slots::{self, OldRoom, Slot},
};
use crate::{
    instance::{Booked, ClinicianIx, Eligible, GroupIx, Owner, ParticipantIx, Span},
    problem::Modality,
};

/// A free group while its variables are made.
struct Group {
    ix: GroupIx,
    /// Closed and not begun: it holds all its meetings or none.
    whole: bool,
    /// Closed and begun.
    resumed: bool,
    /// Meetings that may still be held.
    left: usize,
    /// Days of its meetings that are fixed.
    taken: Days,
    /// The clinicians that all further meetings have.
    team: Option<Vec<ClinicianIx>>,
    /// The incumbent's meetings with their slots.
    current: Vec<(Option<usize>, Booked)>,
    /// Whether the incumbent holds any.
    held: bool,
}

impl Builder<'_> {
    pub(super) fn groups(&mut self) {
        for g in self.free.groups.clone() {
            if let Some(group) = self.free_group(g) {
                self.group(&group);
            }
        }
    }

    /// The group, or none where it can't meet any more.
    fn free_group(&self, g: GroupIx) -> Option<Group> {
        let instance = self.instance;
        let data = &instance.groups[g.i()];
        let kept: Vec<_> = instance.previous.iter().filter(|p| p.kept() && p.booked.owner == Owner::Group(g)).collect();
        let frozen = kept.iter().filter(|p| p.frozen).count();
        let mut team = None;
        if instance.problem.groups[g.i()].same_clinician {
            let of = |frozen: bool| -> BTreeSet<(Vec<ClinicianIx>, usize)> {
                let gone = |b: &Booked| b.unknown.iter().filter(|u| u.0 == "clinician").count();
                let chosen = kept.iter().filter(|p| p.frozen == frozen);
                chosen.map(|p| (sorted(&p.booked.clinicians), gone(&p.booked))).collect()
            };
            let (pinned, facts) = (of(false), of(true));
            let agreed = pinned.first().or_else(|| facts.first().filter(|_| facts.len() == 1)).cloned();
            if agreed.as_ref().is_some_and(|a| a.1 > 0) {
                return None;
            }
            team = agreed.map(|a| a.0);
        }
        let (slots, _) = slots::of(instance, &self.fixed, Owner::Group(g), data.meetings);
        let mine = |s: &&Booked| s.owner == Owner::Group(g) && !self.fixed.kept.contains_key(&s.id);
        let current: Vec<(Option<usize>, Booked)> =
            self.incumbent.iter().filter(mine).map(|s| (slots::taken_by(&slots, s), s.clone())).collect();
        Some(Group {
            ix: g,
            whole: data.closed && !data.begun,
            resumed: data.closed && data.begun,
            left: data.meetings.max(frozen).saturating_sub(kept.len()),
            taken: kept.iter().map(|p| instance.site_day(data.site, p.booked.start)).collect(),
            team,
            held: !current.is_empty(),
            current,
        })
    }

    fn group(&mut self, group: &Group) {
        let instance = self.instance;
        let data = &instance.groups[group.ix.i()];
        let places = &self.placements.groups[group.ix.i()];
        let who: Vec<&Eligible> = places
            .eligible
            .iter()
            .filter(|e| self.fixed.may_change(self.free, e.participant, group.ix))
            .filter(|e| !group.resumed || data.begun_roster.binary_search(&e.participant).is_ok())
            .filter(|e| !group.whole || self.left_of(e.participant, e.order) >= group.left)
            .collect();
        // Members attend every meeting: one who can't keeps the group from meeting.
        let able = data.members.iter().all(|m| who.iter().any(|e| e.participant == *m));
        let (slots, _) = slots::of(instance, &self.fixed, Owner::Group(group.ix), data.meetings);
        let first = self.meetings.len();
        if able && group.left > 0 {
            for (k, slot) in slots.iter().enumerate() {
                self.slot(group, k, slot, &who);
            }
        }
        let meetings = first..self.meetings.len();
        self.series(group, &slots, meetings.clone());
        self.roster(group, &who, meetings.clone());
        self.same_clinicians(group, meetings);
    }

    /// Sessions of an order that fixed ones leave (H11).
    pub(super) fn left_of(&self, p: ParticipantIx, o: crate::instance::OrderIx) -> usize {
        let order = &self.instance.orders[o.i()];
        let mine = |f: &&super::fixed::FixedVisit| match f.owner {
            Owner::Order(other) => other == o,
            Owner::Group(_) => f.service == Some(order.service),
            Owner::Gone => false,
        };
        let kept: Vec<_> = self.fixed.of_person(p).iter().filter(|f| !f.missed).filter(mine).collect();
        let frozen = kept.iter().filter(|f| f.frozen).count();
        order.sessions.max(frozen).saturating_sub(kept.len())
    }

    /// The meetings of a group in one slot.
    fn slot(&mut self, group: &Group, slot_ix: usize, slot: &Slot, who: &[&Eligible]) {
        let instance = self.instance;
        let data = &instance.groups[group.ix.i()];
        let places = &self.placements.groups[group.ix.i()];
        let service = &instance.services[data.service.i()];
        let grid = &self.placements.grids[places.grid].starts;
        let in_person = data.modality == Modality::InPerson;
        let site = in_person.then_some(data.site);
        let least = if data.begun { 1 } else { data.min.max(1) };
        let current: Vec<Booked> = group.current.iter().filter(|c| c.0 == Some(slot_ix)).map(|c| c.1.clone()).collect();
        for k in places.starts.iter() {
            let start = grid[k];
            let span = Span::new(start, start + service.minutes);
            let now = current.iter().find(|s| s.start == start);
            if group.taken.contains(&instance.site_day(data.site, start))
                || (now.is_none() && !self.meeting_wanted(group.ix, start))
            {
                continue;
            }
            let busy = Span::new(start, span.end + service.documentation);
            let leaders: Vec<ClinicianIx> = places
                .clinicians
                .iter()
                .filter(|c| self.placements.masks[c.1].has(k))
                .map(|c| c.0)
                .filter(|c| group.team.as_ref().is_none_or(|t| t.contains(c)))
                .filter(|&c| self.fixed.clinician_can(instance, c, busy, site))
                .collect();
            let classes: Vec<ClassIx> = {
                let open = places.rooms.iter().filter(|r| self.placements.masks[r.1].has(k));
                let classes: BTreeSet<ClassIx> = open.filter_map(|r| self.rooms.class(r.0)).collect();
                classes.into_iter().filter(|&c| self.rooms.left(c, span) > 0).collect()
            };
            let able = |e: &&&Eligible| {
                e.starts.has(k)
                    && self.fixed.person_can(instance, e.participant, span, data.modality, data.site)
                    && leaders.iter().any(|&c| self.may_meet(e.participant, c, data.modality))
            };
            let guests: Vec<&Eligible> = who.iter().filter(able).copied().collect();
            let whole_team = group.team.as_ref().is_none_or(|t| t.len() == service.clinicians);
            if leaders.len() < service.clinicians
                || !whole_team
                || (in_person && classes.is_empty())
                || guests.len() < least
                || !data.members.iter().all(|m| guests.iter().any(|e| e.participant == *m))
            {
                continue;
            }
            self.meeting(group, slot, span, busy, &leaders, &classes, &guests, now);
        }
    }

    /// Whether a thinned model offers this start.
    fn meeting_wanted(&self, g: GroupIx, start: i32) -> bool {
        let Some(thinning) = self.thinning else { return true };
        let data = &self.instance.groups[g.i()];
        let service = &self.instance.services[data.service.i()];
        let within = thinning.within.is_none_or(|w| w.start <= start && start < w.end);
        let step = (service.minutes + service.documentation).max(1);
        let on_lattice =
            || data.hours.iter().any(|h| h.start <= start && start < h.end && (start - h.start) % step == 0);
        within && (!thinning.lattice || on_lattice())
    }

    /// Whether a clinician may lead a meeting that a participant attends: licensed for telehealth, not to be kept from.
    pub(super) fn may_meet(&self, p: ParticipantIx, c: ClinicianIx, modality: Modality) -> bool {
        let apart = self.instance.participants[p.i()].not_with.contains(&c);
        let home = self.instance.participants[p.i()].home;
        !apart && (modality == Modality::InPerson || self.instance.licensed(c, modality, home, p))
    }

    #[allow(clippy::too_many_arguments)]
    fn meeting(
        &mut self,
        group: &Group,
        slot: &Slot,
        span: Span,
        busy: Span,
        leaders: &[ClinicianIx],
        classes: &[ClassIx],
        guests: &[&Eligible],
        now: Option<&Booked>,
    ) {
        let instance = self.instance;
        let data = &instance.groups[group.ix.i()];
        let n = instance.services[data.service.i()].clinicians;
        let in_person = data.modality == Modality::InPerson;
        let weights = self.weights().clone();
        let mut cost = i64::from(weights.held_meeting.0) * n as i64;
        if let Some(old) = slot.previous {
            cost += if old.booked.start == span.start { 0 } else { weights.moved.0.into() };
            if !in_person && slot.old_room() != Some(OldRoom::Known(None)) {
                cost += i64::from(weights.room_changed.0);
            }
        }
        let x = self.binary(cost, now.is_some());
        let mut team = Expression::default();
        let mut by_leader = Vec::new();
        for &c in leaders {
            let leads = now.is_some_and(|s| s.clinicians.contains(&c));
            let v = self.binary(0, leads);
            team += v;
            if n > 1 {
                self.program.hold(constraint!(v <= x));
            }
            let site = in_person.then_some(data.site);
            let duty = Duty { busy, minutes: span.minutes(), site, variable: v, now: leads };
            self.duties.entry(c).or_default().push(duty);
            by_leader.push((c, v));
        }
        if n > 0 {
            self.program.hold(constraint!(team == n as f64 * x));
        }
        self.clinician_change(slot, x, &by_leader, n, now);
        let rooms = self.take_room(x, span, classes, slot, now, !instance.previous.is_empty());
        let mut by_guest = Vec::new();
        let mut attending = Expression::default();
        for e in guests {
            let z = self.guest(group.ix, e, slot, span, x, &by_leader, n, now);
            attending += z;
            by_guest.push((e.participant, z));
        }
        let least = if data.begun { 1 } else { data.min.max(1) };
        self.program.hold(constraint!(attending.clone() >= least as f64 * x));
        let most = |class: ClassIx| self.rooms.classes.get(class).map_or(0, |c| data.max.min(c.capacity as usize));
        let seats: Expression =
            if in_person { rooms.iter().map(|&(class, r)| most(class) as f64 * r).sum() } else { data.max as f64 * x };
        self.program.hold(constraint!(attending <= seats));
        self.apart(x, &by_guest, now);
        self.meetings.push(Meeting {
            group: group.ix,
            slot: slot.previous.map(|_| slot.number),
            start: span.start,
            held: x,
            leaders: by_leader,
            rooms,
            guests: by_guest,
        });
    }

    /// A participant at a meeting: z ≤ x, and only with clinicians that may meet the participant (H5, H15).
    #[allow(clippy::too_many_arguments)]
    fn guest(
        &mut self,
        g: GroupIx,
        e: &Eligible,
        slot: &Slot,
        span: Span,
        x: Variable,
        leaders: &[(ClinicianIx, Variable)],
        n: usize,
        now: Option<&Booked>,
    ) -> Variable {
        let instance = self.instance;
        let data = &instance.groups[g.i()];
        let (p, order) = (e.participant, &instance.orders[e.order.i()]);
        let here = now.is_some_and(|s| s.participants.contains(&p));
        let mut cost = self.visit_cost(p, span, data.modality, data.site) - order.unmet
            + self.shifted_cost(p, Owner::Group(g), span.start, data.site);
        if slot.previous.is_some_and(|old| old.booked.participants.contains(&p)) {
            cost -= i64::from(self.weights().dropped.0);
        }
        let z = self.binary(cost, here);
        let able = |c: &&(ClinicianIx, Variable)| self.may_meet(p, c.0, data.modality);
        let all = leaders.iter().all(|c| able(&c));
        if all {
            self.program.hold(constraint!(z <= x));
        } else if n == 1 {
            let able: Expression = leaders.iter().filter(able).map(|c| c.1).sum();
            self.program.hold(constraint!(z <= able));
        } else {
            let barred: Vec<Variable> = leaders.iter().filter(|c| !able(c)).map(|c| c.1).collect();
            for v in barred {
                self.program.hold(constraint!(z + v <= x));
            }
        }
        if !order.prefer.is_empty() && self.weights().not_preferred_clinician.0 > 0 {
            let missed = here && now.is_some_and(|s| !s.clinicians.iter().any(|c| order.prefer.contains(c)));
            let np = self.real(1, self.weights().not_preferred_clinician.0.into(), f64::from(u8::from(missed)));
            let preferred: Expression = leaders.iter().filter(|c| order.prefer.contains(&c.0)).map(|c| c.1).sum();
            self.program.hold(constraint!(z - preferred <= np));
        }
        if data.members.contains(&p) {
            self.program.hold(constraint!(z == x));
        }
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
        z
    }

    /// What it costs that a meeting of `previous` has other clinicians than it had.
    fn clinician_change(
        &mut self,
        slot: &Slot,
        x: Variable,
        leaders: &[(ClinicianIx, Variable)],
        n: usize,
        now: Option<&Booked>,
    ) {
        let weight = i64::from(self.weights().clinician_changed.0);
        let Some(old) = slot.previous.map(|p| &p.booked).filter(|_| weight > 0) else { return };
        let gone = old.unknown.iter().any(|u| u.0 == "clinician");
        let possible = old.clinicians.iter().all(|c| leaders.iter().any(|l| l.0 == *c));
        if gone || !possible || old.clinicians.len() != n {
            self.program.charge(weight, x);
        } else if n == 1 {
            for l in leaders.iter().filter(|l| !old.clinicians.contains(&l.0)) {
                self.program.charge(weight, l.1);
            }
        } else {
            let differs = now.is_some_and(|s| !same_team(old, &s.clinicians));
            let changed = self.real(1, weight, f64::from(u8::from(differs)));
            for l in leaders.iter().filter(|l| old.clinicians.contains(&l.0)) {
                let v = l.1;
                self.program.hold(constraint!(x - v <= changed));
            }
        }
    }

    /// People and attributes that never meet (H15).
    pub(super) fn apart(&mut self, x: Variable, guests: &[(ParticipantIx, Variable)], now: Option<&Booked>) {
        for (k, &(p, z)) in guests.iter().enumerate() {
            for &(_, other) in guests[k + 1..].iter().filter(|q| self.instance.participants[p.i()].apart.contains(&q.0))
            {
                self.program.hold(constraint!(z + other <= x));
            }
        }
        let problem = self.instance.problem.clone();
        for (one, other) in &problem.separate {
            let with = |name: &String| -> Vec<(ParticipantIx, Variable)> {
                let has = |q: &&(ParticipantIx, Variable)| problem.participants[q.0.i()].attributes.contains(name);
                guests.iter().filter(has).copied().collect()
            };
            let (left, right) = (with(one), with(other));
            if left.is_empty() || right.is_empty() {
                continue;
            }
            let attending = |side: &[(ParticipantIx, Variable)]| {
                now.is_some_and(|s| side.iter().any(|q| s.participants.contains(&q.0)))
            };
            let side = self.real(1, 0, f64::from(u8::from(attending(&left))));
            for (_, z) in left {
                self.program.hold(constraint!(z <= side));
            }
            for (_, z) in right {
                self.program.hold(constraint!(z + side <= x));
            }
        }
    }

    /// All meetings or none, or so many at most; on different days; each id once (H1, H13).
    fn series(&mut self, group: &Group, slots: &[Slot], meetings: std::ops::Range<usize>) {
        let data = &self.instance.groups[group.ix.i()];
        let site = data.site;
        let meetings = &self.meetings[meetings];
        let mut days: BTreeMap<i32, Expression> = BTreeMap::new();
        for m in meetings {
            *days.entry(self.instance.site_day(site, m.start)).or_default() += m.held;
        }
        for sum in days.into_values() {
            self.program.hold(constraint!(sum <= 1));
        }
        for slot in slots {
            let number = slot.previous.map(|_| slot.number);
            let ids: Expression = meetings.iter().filter(|m| m.slot == number).map(|m| m.held).sum();
            if slots.len() > 1 || slot.most < group.left {
                self.program.hold(constraint!(ids <= slot.most as f64));
            }
        }
        if !group.whole {
            let all: Expression = meetings.iter().map(|m| m.held).sum();
            self.program.hold(constraint!(all <= group.left as f64));
        }
    }

    /// One roster for all meetings of a closed group (H13).
    fn roster(&mut self, group: &Group, who: &[&Eligible], meetings: std::ops::Range<usize>) {
        let instance = self.instance;
        let data = &instance.groups[group.ix.i()];
        if !data.closed {
            return;
        }
        let m = group.left as f64;
        let all: Expression = self.meetings[meetings.clone()].iter().map(|m| m.held).sum();
        let h = group.whole.then(|| {
            let h = self.binary(0, group.held);
            self.program.hold(constraint!(all == m * h));
            h
        });
        let mut size = Expression::default();
        for e in who {
            let p = e.participant;
            let attends: Vec<(i32, Variable, Variable)> = self.meetings[meetings.clone()]
                .iter()
                .filter_map(|m| {
                    let z = m.guests.iter().find(|g| g.0 == p)?.1;
                    Some((instance.site_day(data.site, m.start), z, m.held))
                })
                .collect();
            if attends.is_empty() {
                continue;
            }
            let member = group.current.first().is_some_and(|c| c.1.participants.contains(&p));
            let a = self.binary(0, member);
            size += a;
            let mut days: BTreeMap<i32, Expression> = BTreeMap::new();
            for &(day, z, _) in &attends {
                *days.entry(day).or_default() += z;
            }
            for sum in days.into_values() {
                self.program.hold(constraint!(sum <= a));
            }
            if let Some(h) = h {
                let sum: Expression = attends.iter().map(|t| t.1).sum();
                self.program.hold(constraint!(sum == m * a));
                self.program.hold(constraint!(a <= h));
            } else {
                // Held meetings at which the participant can't be bar the membership.
                for m in self.meetings[meetings.clone()].iter() {
                    let x = m.held;
                    self.program.hold(match m.guests.iter().find(|g| g.0 == p) {
                        Some(&(_, z)) => constraint!(a + x - z <= 1),
                        None => constraint!(a + x <= 1),
                    });
                }
            }
        }
        if let Some(h) = h {
            let least = data.min.max(1) as f64;
            self.program.hold(constraint!(size.clone() >= least * h));
            self.program.hold(constraint!(size <= data.max as f64 * h));
        }
    }

    /// One team for all meetings (H13).
    fn same_clinicians(&mut self, group: &Group, meetings: std::ops::Range<usize>) {
        let data = &self.instance.groups[group.ix.i()];
        if !self.instance.problem.groups[group.ix.i()].same_clinician || group.team.is_some() {
            return;
        }
        let n = self.instance.services[data.service.i()].clinicians as f64;
        let site = data.site;
        let mut by_leader: BTreeMap<ClinicianIx, BTreeMap<i32, Expression>> = BTreeMap::new();
        for m in &self.meetings[meetings.clone()] {
            for (c, v) in &m.leaders {
                let day = self.instance.site_day(site, m.start);
                *by_leader.entry(*c).or_default().entry(day).or_default() += *v;
            }
        }
        let mut team = Expression::default();
        for (c, days) in by_leader {
            let now = group.current.first().is_some_and(|s| s.1.clinicians.contains(&c));
            let lead = self.binary(0, now);
            team += lead;
            let mut all = Expression::default();
            for sum in days.into_values() {
                self.program.hold(constraint!(sum.clone() <= lead));
                all += sum;
            }
            if group.whole {
                self.program.hold(constraint!(all == group.left as f64 * lead));
            }
        }
        self.program.hold(constraint!(team <= n));
    }
}
