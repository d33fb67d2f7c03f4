//! The relaxation of one site's share of the problem: sessions choose cells of time instead of starts. Its variables are
//! those of the whole model summed over the starts of a cell; `docs/model.md` has its mathematics.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use good_lp::{Expression, Variable, constraint};

use super::{
    cells::{self, GroupCell},
    facts::Facts,
    machine::Job,
};
use crate::{
    instance::{ClinicianIx, GroupIx, Instance, Minute, OrderIx, ParticipantIx, Placements, RoomIx, SiteIx},
    milp::Program,
    problem::Weights,
};

/// How fine a relaxation is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grain {
    /// Length of a cell.
    pub minutes: i32,
    /// Whether what is counted is counted in whole numbers: an integer program instead of its relaxation.
    pub whole: bool,
}

/// An attendance or an individual session of a participant.
pub(super) struct Visit {
    pub order: OrderIx,
    pub variable: Variable,
    /// The participant's day, where it is known.
    pub day: Option<i32>,
    pub starts: Vec<Minute>,
    pub minutes: i32,
    pub counts: bool,
    pub most: i64,
}

/// A session of a clinician.
pub(super) struct Duty {
    pub clinician: ClinicianIx,
    pub job: Job,
    /// Its length without documentation.
    pub minutes: i32,
}

/// A session in a room, with the rooms that it may take.
pub(super) struct Stay {
    pub rooms: BTreeSet<RoomIx>,
    pub job: Job,
}

/// The relaxation while it is built.
pub(super) struct Relaxation<'a> {
    pub instance: &'a Instance,
    pub placements: &'a Placements,
    pub facts: &'a Facts,
    pub people: &'a [ParticipantIx],
    pub site: SiteIx,
    /// How fine it is.
    pub grain: Grain,
    pub program: Program,
    /// y: the participant attends on the day.
    pub attends: BTreeMap<(ParticipantIx, i32), Variable>,
    /// u: sessions of the order that are missing.
    pub missing: HashMap<OrderIx, Variable>,
    pub visits: BTreeMap<ParticipantIx, Vec<Visit>>,
    pub duties: Vec<Duty>,
    pub stays: Vec<Stay>,
    /// Whether it is too late to go on.
    pub over: &'a dyn Fn() -> bool,
}

/// The relaxation for the people whose home site is `site`, none where it is `over` before
/// it is written down.
pub fn program(
    instance: &Instance,
    placements: &Placements,
    facts: &Facts,
    people: &[ParticipantIx],
    site: SiteIx,
    grain: Grain,
    over: &dyn Fn() -> bool,
) -> Option<Program> {
    let mut relaxation = Relaxation {
        instance,
        placements,
        facts,
        people,
        site,
        grain,
        program: Program::default(),
        attends: BTreeMap::new(),
        missing: HashMap::new(),
        visits: BTreeMap::new(),
        duties: Vec::new(),
        stays: Vec::new(),
        over,
    };
    relaxation.days_and_orders();
    relaxation.individuals();
    relaxation.groups();
    relaxation.plans();
    relaxation.clinicians();
    relaxation.rooms();
    (!over()).then_some(relaxation.program)
}

impl Relaxation<'_> {
    pub(super) fn weights(&self) -> &Weights {
        &self.instance.problem.weights
    }

    /// Sessions of an order that are not yet served.
    pub(super) fn left(&self, o: OrderIx) -> i64 {
        self.instance.orders[o.i()].sessions.saturating_sub(self.facts.served[o.i()]) as i64
    }

    /// How often something is done, which rows or its cost keep at most at `most` anyway.
    fn count(&mut self, most: i64, cost: i64) -> Variable {
        if self.grain.whole { self.program.integer(most, cost) } else { self.program.kept(most, cost) }
    }

    fn days_and_orders(&mut self) {
        let cost = self.weights().attended_day.0.into();
        for &p in self.people {
            for day in 0..7 {
                let y = if self.grain.whole { self.program.binary(cost) } else { self.program.real(1, cost) };
                if self.facts.days[p.i()].contains(&day) {
                    self.program.hold(constraint!(y == 1));
                }
                self.attends.insert((p, day), y);
            }
            for &o in &self.instance.participants[p.i()].orders {
                let u = self.count(self.left(o), self.instance.orders[o.i()].unmet);
                self.missing.insert(o, u);
            }
        }
    }

    /// t[o,k]: sessions of an order in a cell; w[o,k,c]: its clinicians.
    fn individuals(&mut self) {
        for o in self.people.iter().flat_map(|p| &self.instance.participants[p.i()].orders) {
            let order = &self.instance.orders[o.i()];
            let service = &self.instance.services[order.service.i()];
            let left = self.left(*o);
            if service.is_group || left == 0 || (self.over)() {
                continue;
            }
            let most = if order.one_per_day { 1 } else { left };
            for ((day, _), cell) in cells::of_order(self.instance, self.placements, *o, self.grain.minutes) {
                if cell.clinicians.len() < service.clinicians {
                    continue;
                }
                let t = self.count(most, cell.cost);
                let mut team = Expression::default();
                for (&clinician, choice) in &cell.clinicians {
                    let w = self.count(most, choice.cost);
                    team += w;
                    let starts = choice.starts.iter().copied().collect();
                    let minutes = service.minutes + service.documentation;
                    let job = Job { variable: w, minutes, starts, most };
                    self.duties.push(Duty { clinician, job, minutes: service.minutes });
                    if service.clinicians > 1 {
                        self.program.hold(constraint!(w <= t));
                    }
                }
                let n = service.clinicians as i32;
                self.program.hold(constraint!(team == n * t));
                let starts: Vec<Minute> = cell.starts.iter().copied().collect();
                if let Some(rooms) = cell.rooms {
                    let job = Job { variable: t, minutes: service.minutes, starts: starts.clone(), most };
                    self.stays.push(Stay { rooms, job });
                }
                let day = (0..7).contains(&day).then_some(day);
                let (counts, minutes) = (cell.counts, service.minutes);
                let visit = Visit { order: *o, variable: t, day, starts, minutes, counts, most };
                self.visits.entry(order.participant).or_default().push(visit);
            }
        }
    }

    /// m[g,k]: a meeting in a cell; v[g,k,c]: who leads it; z[p,g,k]: who comes.
    fn groups(&mut self) {
        for g in GroupIx::all(self.instance.groups.len()) {
            let group = &self.instance.groups[g.i()];
            let places = &self.placements.groups[g.i()];
            let mine = |p: ParticipantIx| self.people.binary_search(&p).is_ok();
            let strangers = places.eligible.iter().filter(|e| !mine(e.participant)).count();
            if group.site == self.site {
                let held = self.weights().held_meeting.0 as i64 * self.facts.leaders[g.i()] as i64;
                self.program.constant(held);
            }
            if strangers == places.eligible.len() || (self.over)() {
                continue;
            }
            let cells = cells::of_group(self.instance, self.placements, g, self.grain.minutes);
            self.group(g, &cells, strangers);
        }
    }

    fn group(&mut self, g: GroupIx, cells: &[GroupCell], strangers: usize) {
        let group = &self.instance.groups[g.i()];
        let service = &self.instance.services[group.service.i()];
        let n = service.clinicians as i32;
        let cost = if group.site == self.site { i64::from(self.weights().held_meeting.0) * i64::from(n) } else { 0 };
        let meetings = group.meetings.saturating_sub(self.facts.met[g.i()]) as i32;
        let whole = group.closed && !group.begun;
        let least = if group.begun { 0 } else { group.min.max(1).saturating_sub(strangers) as i32 };
        let mut all = Expression::default();
        let mut by_day: BTreeMap<i32, Expression> = BTreeMap::new();
        let mut guests: BTreeMap<ParticipantIx, (OrderIx, Expression, BTreeSet<Option<i32>>)> = BTreeMap::new();
        let mut leads: BTreeMap<ClinicianIx, Expression> = BTreeMap::new();
        for cell in cells {
            if cell.clinicians.len() < service.clinicians {
                continue;
            }
            let m = self.count(1, cost);
            all += m;
            *by_day.entry(cell.day).or_default() += m;
            let mut team = Expression::default();
            for (c, starts) in &cell.clinicians {
                let v = self.count(1, 0);
                team += v;
                *leads.entry(*c).or_default() += v;
                if n > 1 {
                    self.program.hold(constraint!(v <= m));
                }
                let minutes = service.minutes + service.documentation;
                let job = Job { variable: v, minutes, starts: starts.clone(), most: 1 };
                self.duties.push(Duty { clinician: *c, job, minutes: service.minutes });
            }
            self.program.hold(constraint!(team == n * m));
            if !cell.rooms.is_empty() {
                let job = Job { variable: m, minutes: service.minutes, starts: cell.starts.clone(), most: 1 };
                self.stays.push(Stay { rooms: cell.rooms.clone(), job });
            }
            let mut roster = Expression::default();
            for guest in &cell.guests {
                let p = guest.participant;
                if self.people.binary_search(&p).is_err() || (whole && self.left(guest.order) < meetings.into()) {
                    continue;
                }
                let z = self.count(1, guest.cost);
                roster += z;
                self.program.hold(constraint!(z <= m));
                let entry = guests.entry(p).or_insert_with(|| (guest.order, Expression::default(), BTreeSet::new()));
                entry.1 += z;
                entry.2.insert(guest.day);
                self.visits.entry(p).or_default().push(Visit {
                    order: guest.order,
                    variable: z,
                    day: guest.day.filter(|d| (0..7).contains(d)),
                    starts: guest.starts.clone(),
                    minutes: service.minutes,
                    counts: self.instance.counts(p, group.service, group.modality),
                    most: 1,
                });
            }
            self.program.hold(constraint!(roster.clone() <= cell.capacity as i32 * m));
            if least > 0 {
                self.program.hold(constraint!(roster >= least * m));
            }
        }
        for meetings_of_day in by_day.into_values() {
            self.program.hold(constraint!(meetings_of_day <= 1));
        }
        if !whole {
            self.program.hold(constraint!(all <= meetings));
            return;
        }
        // h: it is held; a[p]: the participant is a member.
        let h = self.count(1, 0);
        self.program.hold(constraint!(all == meetings * h));
        let mut members = Expression::default();
        for (_, sum, days) in guests.into_values() {
            let a = self.count(1, 0);
            members += a;
            // Too few days: nobody who could attend all meetings.
            let able = days.contains(&None) || days.len() as i32 >= meetings;
            self.program.hold(if able { constraint!(sum == meetings * a) } else { constraint!(sum <= 0) });
            self.program.hold(constraint!(a <= h));
        }
        self.program.hold(constraint!(members.clone() <= group.max as i32 * h));
        if least > 0 {
            self.program.hold(constraint!(members >= least * h));
        }
        if self.same_clinician(g) {
            let mut team = Expression::default();
            for sum in leads.into_values() {
                let lead = self.count(1, 0);
                team += lead;
                self.program.hold(constraint!(sum == meetings * lead));
            }
            self.program.hold(constraint!(team == n * h));
        }
    }

    fn same_clinician(&self, g: GroupIx) -> bool {
        self.instance.problem.groups[g.i()].same_clinician
    }
}
