//! The model of a week with some of it free: groups (when they meet, who leads, where), people (which meetings they attend)
//! and individual orders. All else stays as in the incumbent. With everything free it is the whole problem, exactly.
//!
//! `docs/model.md` has the mathematics in the order of these files.

mod clinicians;
mod fixed;
mod groups;
mod individuals;
mod meetings;
mod people;
mod rooms;
mod slots;
#[cfg(test)]
mod tests;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::Datelike;
use good_lp::Variable;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use self::{
    fixed::Fixed,
    rooms::{ClassIx, Rooms},
};
use super::{Answer, Limits, Method, Program, Status};
use crate::{
    instance::{Booked, ClinicianIx, GroupIx, Instance, Minute, OrderIx, ParticipantIx, Placements, SiteIx, Span},
    problem::{Modality, Weights},
    search::Stop,
};

/// What a sub-model may change.
#[derive(Debug, Clone, Default)]
pub struct Free {
    /// Groups: their meetings' times, clinicians and rooms, and the attendance of those who are in them.
    pub groups: Vec<GroupIx>,
    /// Participants: their attendance at the meetings of all groups.
    pub people: Vec<ParticipantIx>,
    /// Orders: their individual sessions.
    pub orders: Vec<OrderIx>,
}

impl Free {
    /// Everything.
    pub fn all(instance: &Instance) -> Self {
        Free {
            groups: GroupIx::all(instance.groups.len()).collect(),
            people: ParticipantIx::all(instance.participants.len()).collect(),
            orders: OrderIx::all(instance.orders.len()).collect(),
        }
    }

    fn has_group(&self, g: GroupIx) -> bool {
        self.groups.binary_search(&g).is_ok()
    }

    fn has_person(&self, p: ParticipantIx) -> bool {
        self.people.binary_search(&p).is_ok()
    }

    fn has_order(&self, o: OrderIx) -> bool {
        self.orders.binary_search(&o).is_ok()
    }

    fn sorted(mut self) -> Self {
        self.groups.sort_unstable();
        self.groups.dedup();
        self.people.sort_unstable();
        self.people.dedup();
        self.orders.sort_unstable();
        self.orders.dedup();
        self
    }
}

/// Fewer places than there are. The current ones always stay; what such a model proves holds only for itself.
#[derive(Debug, Clone, Default)]
pub struct Thinning {
    /// At most so many starts of each order, drawn anew.
    pub starts: Option<usize>,
    /// At most so many clinicians of each order, drawn anew; preferred ones always stay.
    pub clinicians: Option<usize>,
    /// Groups start only at the start of their hours and then a meeting and its documentation apart.
    pub lattice: bool,
    /// Everything new starts inside.
    pub within: Option<Span>,
    /// Seed of what is drawn.
    pub seed: u64,
}

/// An individual session that may be booked.
struct Place {
    order: OrderIx,
    slot: Option<u32>,
    modality: Modality,
    site: SiteIx,
    start: Minute,
    chosen: Variable,
    teams: Vec<(Vec<ClinicianIx>, Variable)>,
    rooms: Vec<(ClassIx, Variable)>,
}

/// A meeting that may be held.
struct Meeting {
    group: GroupIx,
    slot: Option<u32>,
    start: Minute,
    held: Variable,
    leaders: Vec<(ClinicianIx, Variable)>,
    rooms: Vec<(ClassIx, Variable)>,
    guests: Vec<(ParticipantIx, Variable)>,
}

/// Attendance of a meeting that is fixed.
struct Joining {
    session: usize,
    participant: ParticipantIx,
    attends: Variable,
}

/// A session of a participant that may be.
struct Visit {
    order: OrderIx,
    /// The group, of a meeting.
    group: Option<GroupIx>,
    span: Span,
    modality: Modality,
    site: SiteIx,
    day: i32,
    variable: Variable,
    /// Whether it is in the incumbent.
    now: bool,
}

/// A session of a clinician that may be.
struct Duty {
    /// With documentation.
    busy: Span,
    minutes: i32,
    /// The site, in person.
    site: Option<SiteIx>,
    variable: Variable,
    now: bool,
}

/// A model under construction.
struct Builder<'a> {
    instance: &'a Instance,
    placements: &'a Placements,
    incumbent: &'a [Booked],
    free: &'a Free,
    thinning: Option<&'a Thinning>,
    random: Xoshiro256PlusPlus,
    fixed: Fixed,
    rooms: Rooms,
    program: Program,
    /// The value of each column in the incumbent.
    now: Vec<f64>,
    variables: Vec<Variable>,
    visits: BTreeMap<ParticipantIx, Vec<Visit>>,
    duties: BTreeMap<ClinicianIx, Vec<Duty>>,
    places: Vec<Place>,
    meetings: Vec<Meeting>,
    joinings: Vec<Joining>,
    exact: bool,
}

impl Builder<'_> {
    fn note(&mut self, variable: Variable, now: f64) -> Variable {
        self.variables.push(variable);
        self.now.push(now);
        variable
    }

    /// A variable that is 0 or 1, and what it is in the incumbent.
    fn binary(&mut self, cost: i64, now: bool) -> Variable {
        let variable = self.program.binary(cost);
        self.note(variable, f64::from(u8::from(now)))
    }

    /// A real variable from 0 to `most`, and what it is in the incumbent.
    fn real(&mut self, most: i64, cost: i64, now: f64) -> Variable {
        let variable = self.program.real(most, cost);
        self.note(variable, now)
    }

    fn weights(&self) -> &Weights {
        &self.instance.problem.weights
    }

    /// What a session costs by itself where and when it is: soft commitments, another site than home.
    fn visit_cost(&self, p: ParticipantIx, span: Span, modality: Modality, site: SiteIx) -> i64 {
        let participant = &self.instance.participants[p.i()];
        let in_person = modality == Modality::InPerson;
        let soft = if in_person { &participant.soft_in_person } else { &participant.soft_telehealth };
        let soft = i64::from(self.weights().soft_commitment_minute.0) * i64::from(soft.overlap(span));
        let away = in_person && site != participant.home;
        soft + if away { self.weights().away_site.0.into() } else { 0 }
    }

    /// What it costs that a session is not at a wall time the participant is used to.
    fn shifted_cost(&self, p: ParticipantIx, owner: crate::instance::Owner, start: Minute, site: SiteIx) -> i64 {
        let Some(usual) = self.instance.usual.get(&(p, owner)).filter(|u| !u.is_empty()) else { return 0 };
        let zone = self.instance.site_zone(site);
        let first = self.instance.axis.first.weekday().num_days_from_monday() as i32;
        let weekday = (first + zone.day(start)).rem_euclid(7);
        let used = usual.contains(&(weekday, zone.clock(start)));
        if used { 0 } else { self.weights().shifted.0.into() }
    }
}

/// A model of the week with some of it free.
pub struct SubModel {
    instance: Arc<Instance>,
    program: Arc<Program>,
    incumbent: Vec<Booked>,
    fixed: Fixed,
    rooms: Rooms,
    places: Vec<Place>,
    meetings: Vec<Meeting>,
    joinings: Vec<Joining>,
    start: Vec<(Variable, f64)>,
    /// The incumbent's objective less what the program says of it.
    constant: f64,
    exact: bool,
}

/// What solving a sub-model gives.
#[derive(Debug)]
pub struct Outcome {
    /// How the call ended.
    pub status: Status,
    /// The whole calendar, better than the incumbent where the model says so; it has yet to be judged.
    pub sessions: Option<Vec<Booked>>,
    /// What the model says that it costs.
    pub objective: f64,
    /// Lower bound on all calendars of this model, as the solver claims it.
    pub bound: f64,
    /// Nodes of the search tree.
    pub nodes: i64,
}

impl SubModel {
    /// The model around `incumbent`, which costs `objective` and breaks no rule, with `free` free.
    pub fn new(
        instance: &Arc<Instance>,
        placements: &Placements,
        incumbent: &[Booked],
        objective: u64,
        free: Free,
        thinning: Option<&Thinning>,
    ) -> Self {
        let free = free.sorted();
        let fixed = Fixed::new(instance, incumbent, &free);
        let rooms = Rooms::new(instance, &fixed);
        let mut builder = Builder {
            instance,
            placements,
            incumbent,
            free: &free,
            thinning,
            random: Xoshiro256PlusPlus::seed_from_u64(thinning.map_or(0, |t| t.seed)),
            fixed,
            rooms,
            program: Program::default(),
            now: Vec::new(),
            variables: Vec::new(),
            visits: BTreeMap::new(),
            duties: BTreeMap::new(),
            places: Vec::new(),
            meetings: Vec::new(),
            joinings: Vec::new(),
            exact: thinning.is_none(),
        };
        builder.individuals();
        builder.groups();
        builder.fixed_meetings();
        builder.people();
        builder.clinicians();
        builder.rooms.constrain(&mut builder.program);
        let start: Vec<(Variable, f64)> = builder.variables.iter().copied().zip(builder.now.iter().copied()).collect();
        let said = builder.program.value(&builder.now);
        SubModel {
            instance: instance.clone(),
            program: Arc::new(builder.program),
            incumbent: incumbent.to_vec(),
            fixed: builder.fixed,
            rooms: builder.rooms,
            places: builder.places,
            meetings: builder.meetings,
            joinings: builder.joinings,
            start,
            constant: objective as f64 - said,
            exact: builder.exact,
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        self.program.size()
    }

    /// Whether it holds every calendar that leaves the rest as it is. Only then does it prove something.
    pub fn exact(&self) -> bool {
        self.exact
    }

    /// Solves it, from the incumbent. Without a cut-off of its own only calendars that cost less are looked for; `None`
    /// where nothing better was found.
    pub fn solve(&self, limits: &Limits, stop: &Stop) -> Outcome {
        let mut limits = limits.clone();
        limits.cutoff = limits.cutoff.map(|c| c - self.constant);
        let answer = super::solve(&self.program, Method::Branch, &self.start, &limits, stop);
        self.outcome(&answer)
    }

    fn outcome(&self, answer: &Answer) -> Outcome {
        Outcome {
            status: answer.status,
            sessions: answer.values.as_ref().and_then(|values| self.write(values)),
            objective: answer.objective + self.constant,
            bound: answer.bound + self.constant,
            nodes: answer.nodes,
        }
    }

    /// Every row that the incumbent breaks, for tests: it should break none.
    #[cfg(test)]
    fn broken_rows(&self) -> Vec<String> {
        let values: Vec<f64> = self.start.iter().map(|s| s.1).collect();
        self.program.broken(&values)
    }
}

/// Days of the groups' meetings on which something is booked already.
type Days = BTreeSet<i32>;
