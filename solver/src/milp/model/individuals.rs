//! Individual orders: x (a session in a slot, with a modality at a site, at a start), v (its team), r (its class of room).

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Expression, Variable, constraint};
use rand::seq::SliceRandom;

use super::{
    Builder, Days, Duty, Place, Visit,
    rooms::ClassIx,
    slots::{self, OldRoom, Slot},
};
use crate::{
    instance::{Booked, ClinicianIx, Minute, OrderIx, OrderOption, Owner, ParticipantIx, Span},
    problem::Modality,
};

/// Most teams of an order; services with several clinicians could have very many.
const TEAMS: usize = 200;

/// The sessions of one order while its variables are made.
struct Order {
    ix: OrderIx,
    participant: ParticipantIx,
    /// Days on which it is served already, where it may be only once.
    taken: Days,
    /// The incumbent's sessions with their slots.
    current: Vec<(Option<usize>, Booked)>,
    /// Of which a room must be told apart by a variable.
    rooms_matter: bool,
}

impl Builder<'_> {
    pub(super) fn individuals(&mut self) {
        for o in self.free.orders.clone() {
            let data = &self.instance.orders[o.i()];
            if !self.instance.services[data.service.i()].is_group {
                self.individual(o);
            }
        }
    }

    fn individual(&mut self, o: OrderIx) {
        let (instance, placements) = (self.instance, self.placements);
        let data = &instance.orders[o.i()];
        let p = data.participant;
        let most = data.sessions + data.missed;
        let (slots, _) = slots::of(instance, &self.fixed, Owner::Order(o), most);
        let kept: Vec<_> =
            self.fixed.of_person(p).iter().filter(|f| f.owner == Owner::Order(o) && !f.missed).cloned().collect();
        let frozen = kept.iter().filter(|f| f.frozen).count();
        let left = data.sessions.max(frozen).saturating_sub(kept.len());
        let mine = |s: &&Booked| s.owner == Owner::Order(o) && !self.fixed.kept.contains_key(&s.id);
        let current: Vec<(Option<usize>, Booked)> =
            self.incumbent.iter().filter(mine).map(|s| (slots::taken_by(&slots, s), s.clone())).collect();
        let order = Order {
            ix: o,
            participant: p,
            taken: if data.one_per_day { kept.iter().map(|f| f.day).collect() } else { Days::new() },
            current,
            rooms_matter: !instance.previous.is_empty() && self.weights().room_changed.0 > 0,
        };
        // Also without any place it is compared with what was.
        if left == 0 && order.current.is_empty() {
            return;
        }
        let first = self.places.len();
        for (k, slot) in slots.iter().enumerate() {
            for option in &placements.orders[o.i()] {
                self.option(&order, k, slot, option);
            }
        }
        self.order_rows(&order, first, left, &slots);
        self.clinician_switches(&order, first, left, &kept.iter().map(|f| f.team.clone()).collect());
    }

    /// The places of an order in one slot, by one modality at one site.
    fn option(&mut self, order: &Order, slot_ix: usize, slot: &Slot, option: &OrderOption) {
        let instance = self.instance;
        let data = &instance.orders[order.ix.i()];
        let service = &instance.services[data.service.i()];
        let grid = &self.placements.grids[option.grid].starts;
        let current: Vec<&Booked> = order
            .current
            .iter()
            .filter(|(k, s)| *k == Some(slot_ix) && s.modality == option.modality && s.site == Some(option.site))
            .map(|c| &c.1)
            .collect();
        let site = (option.modality == Modality::InPerson).then_some(option.site);
        let starts: Vec<usize> = option
            .starts
            .iter()
            .filter(|&k| {
                let span = Span::new(grid[k], grid[k] + service.minutes);
                !order.taken.contains(&instance.participant_day(order.participant, span.start))
                    && self.fixed.person_can(instance, order.participant, span, option.modality, option.site)
            })
            .collect();
        let starts = self.thin_starts(starts, grid, &current);
        let clinicians = self.thin_clinicians(order, option, &current);
        for k in starts {
            let start = grid[k];
            let span = Span::new(start, start + service.minutes);
            let busy = Span::new(start, span.end + service.documentation);
            let able: Vec<ClinicianIx> = clinicians
                .iter()
                .filter(|c| self.placements.masks[c.1].has(k))
                .map(|c| c.0)
                .filter(|&c| self.fixed.clinician_can(instance, c, busy, site))
                .collect();
            let teams = self.teams(order, &able, service.clinicians);
            let classes: Vec<ClassIx> = if site.is_some() {
                let open = option.rooms.iter().filter(|r| self.placements.masks[r.1].has(k));
                let classes: BTreeSet<ClassIx> = open.filter_map(|r| self.rooms.class(r.0)).collect();
                classes.into_iter().filter(|&c| self.rooms.left(c, span) > 0).collect()
            } else {
                Vec::new()
            };
            if teams.is_empty() || (site.is_some() && classes.is_empty()) {
                continue;
            }
            let now = current.iter().find(|s| s.start == start).copied();
            self.place(order, slot, option, span, busy, teams, classes, now);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn place(
        &mut self,
        order: &Order,
        slot: &Slot,
        option: &OrderOption,
        span: Span,
        busy: Span,
        teams: Vec<Vec<ClinicianIx>>,
        classes: Vec<ClassIx>,
        now: Option<&Booked>,
    ) {
        let data = &self.instance.orders[order.ix.i()];
        let owner = Owner::Order(order.ix);
        let mut cost = self.visit_cost(order.participant, span, option.modality, option.site) - data.unmet
            + self.shifted_cost(order.participant, owner, span.start, option.site);
        if let Some(old) = slot.previous {
            cost -= i64::from(self.weights().dropped.0);
            if old.booked.start != span.start {
                cost += i64::from(self.weights().moved.0);
            }
            if classes.is_empty() && slot.old_room() != Some(OldRoom::Known(None)) {
                cost += i64::from(self.weights().room_changed.0);
            }
        }
        let chosen = self.binary(cost, now.is_some());
        let team_now = now.map(|s| sorted(&s.clinicians));
        let mut by_team = Vec::new();
        let single = teams.len() == 1;
        let mut sum = Expression::default();
        for team in teams {
            let cost = self.team_cost(order, slot, &team);
            let here = team_now.as_ref() == Some(&team);
            let v = if single {
                self.program.charge(cost, chosen);
                chosen
            } else {
                self.binary(cost, here)
            };
            sum += v;
            for &c in &team {
                let site = (option.modality == Modality::InPerson).then_some(option.site);
                let duty = Duty { busy, minutes: span.minutes(), site, variable: v, now: here };
                self.duties.entry(c).or_default().push(duty);
            }
            by_team.push((team, v));
        }
        if !single {
            self.program.hold(constraint!(sum == chosen));
        }
        let rooms = self.take_room(chosen, span, &classes, slot, now, order.rooms_matter);
        self.visits.entry(order.participant).or_default().push(Visit {
            order: order.ix,
            group: None,
            span,
            modality: option.modality,
            site: option.site,
            day: self.instance.participant_day(order.participant, span.start),
            variable: chosen,
            now: now.is_some(),
        });
        self.places.push(Place {
            order: order.ix,
            slot: slot.previous.map(|_| slot.number),
            modality: option.modality,
            site: option.site,
            start: span.start,
            chosen,
            teams: by_team,
            rooms,
        });
    }

    /// A class of room for a session: the only one by the session's own variable, else one variable each.
    pub(super) fn take_room(
        &mut self,
        chosen: Variable,
        span: Span,
        classes: &[ClassIx],
        slot: &Slot,
        now: Option<&Booked>,
        rooms_matter: bool,
    ) -> Vec<(ClassIx, Variable)> {
        let class_now = now.and_then(|s| s.room).and_then(|r| self.rooms.class(r));
        let changed = |builder: &Self, class: ClassIx| match slot.old_room().filter(|_| rooms_matter) {
            Some(OldRoom::Known(Some(old))) if builder.rooms.class(old) == Some(class) => 0,
            Some(_) => i64::from(builder.weights().room_changed.0),
            None => 0,
        };
        if let [only] = classes {
            let cost = changed(self, *only);
            self.program.charge(cost, chosen);
            self.rooms.note(*only, span, chosen);
            return vec![(*only, chosen)];
        }
        let mut sum = Expression::default();
        let mut rooms = Vec::new();
        for &class in classes {
            let cost = changed(self, class);
            let r = self.binary(cost, class_now == Some(class));
            sum += r;
            self.rooms.note(class, span, r);
            rooms.push((class, r));
        }
        if !rooms.is_empty() {
            self.program.hold(constraint!(sum == chosen));
        }
        rooms
    }

    fn team_cost(&self, order: &Order, slot: &Slot, team: &[ClinicianIx]) -> i64 {
        let data = &self.instance.orders[order.ix.i()];
        let mut cost = 0;
        if !data.prefer.is_empty() && !team.iter().any(|c| data.prefer.contains(c)) {
            cost += i64::from(self.weights().not_preferred_clinician.0);
        }
        if slot.previous.is_some_and(|old| !same_team(&old.booked, team)) {
            cost += i64::from(self.weights().clinician_changed.0);
        }
        cost
    }

    /// The sets of clinicians that could give a session.
    fn teams(&mut self, order: &Order, able: &[ClinicianIx], size: usize) -> Vec<Vec<ClinicianIx>> {
        let named = self.instance.orders[order.ix.i()].clinician;
        let mut teams: Vec<Vec<ClinicianIx>> = vec![Vec::new()];
        for _ in 0..size {
            let longer = teams.iter().flat_map(|team| {
                able.iter().filter(|&&c| team.last().is_none_or(|&l| l < c)).map(|&c| {
                    let mut team = team.clone();
                    team.push(c);
                    team
                })
            });
            // One more than may stay, to see that there are more.
            let all: Vec<Vec<ClinicianIx>> = longer.take(TEAMS * 20 + 1).collect();
            self.exact &= all.len() <= TEAMS * 20;
            teams = all;
        }
        teams.retain(|team| named.is_none_or(|c| team.contains(&c)));
        if teams.len() > TEAMS {
            let current: Vec<Vec<ClinicianIx>> = order.current.iter().map(|c| sorted(&c.1.clinicians)).collect();
            self.exact = false;
            teams.shuffle(&mut self.random);
            teams.sort_by_key(|team| !current.contains(team));
            teams.truncate(TEAMS);
        }
        teams
    }

    /// Fewer starts, where the model is thinned; the current ones stay.
    fn thin_starts(&mut self, mut starts: Vec<usize>, grid: &[Minute], current: &[&Booked]) -> Vec<usize> {
        let Some(thinning) = self.thinning else { return starts };
        let is_current = |k: usize| current.iter().any(|s| s.start == grid[k]);
        if let Some(within) = thinning.within {
            starts.retain(|&k| (within.start <= grid[k] && grid[k] < within.end) || is_current(k));
        }
        if let Some(most) = thinning.starts.filter(|&most| most < starts.len()) {
            starts.shuffle(&mut self.random);
            starts.sort_by_key(|&k| !is_current(k));
            starts.truncate(most.max(current.len()));
            starts.sort_unstable();
        }
        starts
    }

    fn thin_clinicians(
        &mut self,
        order: &Order,
        option: &OrderOption,
        current: &[&Booked],
    ) -> Vec<(ClinicianIx, usize)> {
        let mut clinicians = option.clinicians.clone();
        let data = &self.instance.orders[order.ix.i()];
        if let Some(most) = self.thinning.and_then(|t| t.clinicians).filter(|&most| most < clinicians.len()) {
            let stays = |c: ClinicianIx| {
                data.prefer.contains(&c)
                    || data.clinician == Some(c)
                    || current.iter().any(|s| s.clinicians.contains(&c))
            };
            clinicians.shuffle(&mut self.random);
            clinicians.sort_by_key(|c| !stays(c.0));
            let kept = clinicians.iter().filter(|c| stays(c.0)).count();
            clinicians.truncate(most.max(kept));
            clinicians.sort_unstable();
        }
        clinicians
    }

    /// Never more than ordered, each id once, at most one a day (H1, H11).
    fn order_rows(&mut self, order: &Order, first: usize, left: usize, slots: &[Slot]) {
        let places = &self.places[first..];
        let sum = |chosen: &mut dyn Iterator<Item = &Place>| -> Expression { chosen.map(|p| p.chosen).sum() };
        self.program.hold({
            let all = sum(&mut places.iter());
            constraint!(all <= left as f64)
        });
        for slot in slots {
            let number = slot.previous.map(|_| slot.number);
            if slots.len() > 1 || slot.most < left {
                let ids = sum(&mut places.iter().filter(|p| p.slot == number));
                self.program.hold(constraint!(ids <= slot.most as f64));
            }
        }
        if self.instance.orders[order.ix.i()].one_per_day && left > 1 {
            let mut days: BTreeMap<i32, Expression> = BTreeMap::new();
            for place in places {
                let day = self.instance.participant_day(order.participant, place.start);
                *days.entry(day).or_default() += place.chosen;
            }
            for sum in days.into_values() {
                self.program.hold(constraint!(sum <= 1));
            }
        }
    }

    /// One penalty for each set of clinicians beyond the first that serves the order.
    fn clinician_switches(&mut self, order: &Order, first: usize, left: usize, kept: &BTreeSet<Vec<ClinicianIx>>) {
        let weight = i64::from(self.weights().clinician_switch.0);
        let kept: BTreeSet<Vec<ClinicianIx>> = kept.iter().map(|t| sorted(t)).collect();
        if weight == 0 || left + kept.len() < 2 {
            return;
        }
        let one_per_day = self.instance.orders[order.ix.i()].one_per_day;
        let mut by_team: BTreeMap<Vec<ClinicianIx>, BTreeMap<(i32, usize), Expression>> = BTreeMap::new();
        for (k, place) in self.places[first..].iter().enumerate() {
            let day = self.instance.participant_day(order.participant, place.start);
            let key = (day, if one_per_day { 0 } else { k });
            for (team, v) in &place.teams {
                *by_team.entry(team.clone()).or_default().entry(key).or_default() += *v;
            }
        }
        let now: BTreeSet<Vec<ClinicianIx>> = order.current.iter().map(|c| sorted(&c.1.clinicians)).collect();
        let mut used_teams = Expression::default();
        for (team, days) in by_team.into_iter().filter(|t| !kept.contains(&t.0)) {
            let used = self.real(1, weight, f64::from(u8::from(now.contains(&team))));
            used_teams += used;
            for sum in days.into_values() {
                self.program.hold(constraint!(sum <= used));
            }
        }
        if kept.is_empty() {
            // The first one is free.
            let any = self.real(1, -weight, f64::from(u8::from(!now.is_empty())));
            self.program.hold(constraint!(any <= used_teams));
        }
    }
}

/// The set of clinicians, in order.
pub(super) fn sorted(team: &[ClinicianIx]) -> Vec<ClinicianIx> {
    let mut team = team.to_vec();
    team.sort_unstable();
    team
}

/// Whether a session of `previous` had just these clinicians.
pub(super) fn same_team(old: &Booked, team: &[ClinicianIx]) -> bool {
    old.unknown.iter().all(|u| u.0 != "clinician") && sorted(&old.clinicians) == sorted(team)
}
