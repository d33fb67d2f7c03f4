//! The exact bound of a small problem, by enumeration in whole numbers: who attends which group on which days, when the
//! meetings begin, and each person's best week around them, until nothing below the incumbent is left.
//!
//! What is left out can only lower the bound: the turnover of rooms, breaks, limits of clinicians, people to be kept apart,
//! switches of clinicians and groups, usual hours. `docs/model.md` has the mathematics.

mod attendance;
mod conflicts;
mod crowds;
mod day;
mod gatherings;
mod meetings;
mod person;
mod settle;
#[cfg(test)]
mod tests;
mod tolls;
mod walks;
mod week;

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
    time::Instant as Moment,
};

use self::{
    attendance::Attendance,
    day::{Scratch, Seat},
    gatherings::Gathering,
    person::Person,
    walks::Walks,
};
use crate::{
    instance::{ClinicianIx, Instance, Placements},
    search::Stop,
};

/// More than any cost; sums of a few of them still fit.
const NEVER: i64 = i64::MAX / 64;
/// Most that a calendar may cost here; many times that, scaled, still fits below `NEVER`.
const MOST_COST: i64 = 1_000_000_000_000;
/// Most participants.
const MOST_PEOPLE: usize = 8;
/// Most single sessions of a participant.
const MOST_SINGLES: usize = 9;
/// Most groups that could be held.
const MOST_GROUPS: usize = 8;
/// Most clinicians who could give or lead something: each minute of theirs may cost a toll.
const MOST_CLINICIANS: usize = 64;

/// A day's costs by the set of single sessions that it holds.
type Costs = Rc<Vec<i64>>;
/// Person, day and the meetings attended, whichever groups they are of.
type DayKey = (usize, usize, Vec<Seat>);

/// What is known while one problem is worked on.
struct Proof<'a> {
    instance: &'a Instance,
    people: Vec<Person>,
    groups: Vec<Gathering>,
    /// Clinicians who could give or lead something.
    clinicians: Vec<ClinicianIx>,
    /// Days of a person with given meetings, as far as they were asked for.
    days: HashMap<DayKey, Costs>,
    /// Days of a person under given terms.
    walks: Walks,
    scratch: Scratch,
    deadline: Option<Moment>,
    stop: &'a Stop,
    /// Only calendars that cost less are looked for.
    limit: i64,
    /// By day, how often a clinician or a room was wanted twice.
    clashes: [u64; person::WEEK],
    /// Nodes that a search may still look at, where it is a short one.
    left: Option<u64>,
    /// Steps done, for looking at the clock now and then.
    steps: u64,
    over: bool,
}

impl Proof<'_> {
    /// Whether time is up.
    fn is_over(&mut self) -> bool {
        self.steps += 1;
        if self.steps.is_multiple_of(64) {
            self.look_at_the_clock();
        }
        self.over
    }

    fn look_at_the_clock(&mut self) {
        self.over |= self.stop.stopped() || self.deadline.is_some_and(|d| Moment::now() >= d);
    }

    /// A person's day with these meetings, by the set of single sessions.
    fn day(&mut self, p: usize, d: usize, met: &[(usize, i32)]) -> Costs {
        let key = (p, d, self.seats(p, met));
        if let Some(known) = self.days.get(&key) {
            return known.clone();
        }
        let costs = Rc::new(day::day(&self.people[p], d, &key.2, &day::PLAIN, &mut self.scratch).costs);
        self.days.insert(key, costs.clone());
        costs
    }

    /// The meetings as the participant sits in them, in order of time.
    fn seats(&self, p: usize, met: &[(usize, i32)]) -> Vec<Seat> {
        let mut seats: Vec<Seat> = met.iter().map(|&(g, start)| self.groups[g].seat(p, start)).collect();
        seats.sort_by_key(|s| s.start);
        seats
    }
}

/// Proves a lower bound on the objective of every calendar, at most `upper`, the cost of one that is known; reports what it
/// has, better and better. 0 where the problem is too large or has what is not modelled here.
pub fn prove(
    instance: &Instance,
    placements: &Placements,
    upper: u64,
    deadline: Option<Moment>,
    stop: &Stop,
    report: &dyn Fn(u64),
) -> u64 {
    let Some((people, groups)) = compile(instance, placements) else { return 0 };
    let clinicians = clinicians(&people, &groups);
    if clinicians.len() > MOST_CLINICIANS {
        return 0;
    }
    let Ok(limit) = i64::try_from(upper) else { return 0 };
    if limit > MOST_COST {
        return 0;
    }
    let mut proof = Proof {
        instance,
        people,
        groups,
        clinicians,
        days: HashMap::new(),
        walks: Walks::default(),
        scratch: Scratch::default(),
        deadline,
        stop,
        limit,
        clashes: [0; person::WEEK],
        left: None,
        steps: 0,
        over: false,
    };
    let Some(attendance) = Attendance::new(&mut proof) else { return 0 };
    let Some(mut skeletons) = attendance.skeletons(&mut proof) else { return 0 };
    skeletons.sort_by_key(|s| s.bound);
    let mut proven = 0;
    let mut tell = |bound: i64| {
        if let Ok(bound) = u64::try_from(bound)
            && bound > proven
        {
            proven = bound;
            report(bound);
        }
    };
    // What is not looked at yet costs at least the next one's bound; what was found, and may be possible, lowers the limit.
    for skeleton in &skeletons {
        tell(skeleton.bound.min(proof.limit));
        if skeleton.bound >= proof.limit {
            break;
        }
        proof.settle(skeleton);
        if proof.over {
            return proven;
        }
    }
    tell(proof.limit);
    proven
}

/// Those who could give a single session or lead a meeting.
fn clinicians(people: &[Person], groups: &[Gathering]) -> Vec<ClinicianIx> {
    let places = people.iter().flat_map(|p| &p.singles).flat_map(|s| s.places.iter().flatten());
    let giving = places.flat_map(|place| &place.by).filter_map(|by| by.0);
    let leading = groups.iter().flat_map(Gathering::leaders);
    let all: BTreeSet<ClinicianIx> = giving.chain(leading).collect();
    all.into_iter().collect()
}

/// People and groups; none where something occurs that is not modelled here.
fn compile(instance: &Instance, placements: &Placements) -> Option<(Vec<Person>, Vec<Gathering>)> {
    if !instance.previous.is_empty() || instance.participants.is_empty() || instance.participants.len() > MOST_PEOPLE {
        return None;
    }
    // One calendar for all: days are then the same for participants and sites.
    let zone = instance.participants.first()?.zone;
    let same = instance.participants.iter().all(|p| p.zone == zone) && instance.sites.iter().all(|s| s.zone == zone);
    if !same {
        return None;
    }
    let people = person::people(instance, placements);
    let groups = gatherings::gatherings(instance, placements);
    let small = groups.len() <= MOST_GROUPS && people.iter().all(|p| p.singles.len() <= MOST_SINGLES);
    let modest = people.iter().all(Person::is_modest) && groups.iter().all(|g| g.held <= 1_000_000);
    (small && modest).then_some((people, groups))
}
