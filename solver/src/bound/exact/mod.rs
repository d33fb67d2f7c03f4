//! The exact bound of a small problem, by enumeration in whole numbers: who attends which group on which days, when the
//! meetings begin, and each person's best week around them, until nothing below the incumbent is left.
//!
//! What is left out can only lower the bound: the turnover of rooms, breaks, limits of clinicians, people to be kept apart,
//! switches of clinicians and groups, usual hours. `docs/model.md` has the mathematics.

mod attendance;
mod conflicts;
mod crowds;
mod day;
mod desk;
mod gatherings;
mod leaf;
mod meetings;
mod person;
mod settle;
mod sittings;
#[cfg(test)]
mod tests;
mod tolls;
mod unit;
mod walks;
mod week;

use std::{collections::BTreeSet, rc::Rc, sync::atomic::Ordering, time::Instant as Moment};

use rustc_hash::FxHashMap;

use self::{
    attendance::Attendance,
    day::Scratch,
    desk::{Common, Desk, Part},
    gatherings::Gathering,
    person::Person,
    sittings::{Seat, Sittings},
    walks::Walks,
};
use crate::{
    instance::{Booked, ClinicianIx, Instance, Placements},
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

/// Who is told what comes up while a bound is proven.
pub trait Witness: Sync {
    /// No calendar costs less, unless it costs as much as the one that was known; each is more than the last.
    fn proven(&self, bound: u64);
    /// Sessions, without rooms, that may be a calendar that costs less than the one that was known. Some of them may break a
    /// rule that is not modelled here.
    fn found(&self, _sessions: &[Booked]) {}
}

/// Minutes that no day is shorter than, whatever its clocks do.
const SHORTEST_DAY: i32 = 1200;

/// Most threads: each keeps days of its own, up to some hundreds of megabytes.
const MOST_THREADS: usize = 8;

/// A day's costs by the set of single sessions that it holds.
type Costs = Rc<Vec<i64>>;
/// Person, day and the meetings attended, whichever groups they are of.
type DayKey = (usize, usize, Vec<Seat>);

/// What is known while one problem is worked on.
struct Proof<'a> {
    instance: &'a Instance,
    people: Vec<Person>,
    groups: Vec<Gathering>,
    /// See [`unit`].
    unit: i64,
    /// Clinicians who could give or lead something.
    clinicians: Vec<ClinicianIx>,
    /// Days of a person with given meetings, as far as they were asked for.
    days: FxHashMap<DayKey, Costs>,
    /// Days of a person under given terms.
    walks: Walks,
    /// See [`Proof::midnights`].
    midnights: [usize; person::WEEK + 1],
    /// How many days after its own a single session may end.
    reach: usize,
    scratch: Scratch,
    deadline: Option<Moment>,
    stop: &'a Stop,
    /// Told of what may be a calendar below the limit.
    witness: &'a dyn Witness,
    /// What all threads share.
    common: &'a Common,
    /// By day, how often a clinician or a room was wanted twice.
    clashes: [u64; person::WEEK],
    /// What is searched together with other threads, where it is.
    part: Option<Part>,
    /// Nodes that a search may still look at, where it is a short one.
    left: Option<u64>,
    /// Steps done, for looking at the clock now and then.
    steps: u64,
    over: bool,
}

impl<'a> Proof<'a> {
    /// Nothing looked at yet; none where the problem is too large or has what is not modelled here.
    fn new(
        instance: &'a Instance,
        placements: &Placements,
        common: &'a Common,
        deadline: Option<Moment>,
        stop: &'a Stop,
        witness: &'a dyn Witness,
    ) -> Option<Self> {
        let (people, groups) = compile(instance, placements)?;
        let clinicians = clinicians(&people, &groups);
        let unit = unit::unit(instance, &people, &groups);
        let mut proof = Proof {
            instance,
            people,
            groups,
            unit,
            clinicians,
            days: FxHashMap::default(),
            walks: Walks::default(),
            midnights: [0; person::WEEK + 1],
            reach: 0,
            scratch: Scratch::default(),
            deadline,
            stop,
            witness,
            common,
            clashes: [0; person::WEEK],
            part: None,
            left: None,
            steps: 0,
            over: false,
        };
        proof.midnights = proof.midnights();
        proof.reach = 1 + (proof.longest() / SHORTEST_DAY) as usize;
        (proof.clinicians.len() <= MOST_CLINICIANS).then_some(proof)
    }

    /// The cost below which calendars are looked for.
    fn limit(&self) -> i64 {
        self.common.limit.load(Ordering::Relaxed)
    }

    /// Nothing that costs as much is looked for any more.
    fn lower(&self, cost: i64) {
        self.common.limit.fetch_min(cost, Ordering::Relaxed);
    }

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
        let day = day::day(&self.people[p], d, &Sittings::of(&[&key.2]), &day::PLAIN, &mut self.scratch);
        let costs = Rc::new(self.scratch.reuse(day));
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

/// Proves a lower bound on the objective of every calendar, at most `upper`, the cost of one that is known, on so many threads, eight at
/// most.
/// 0 where the problem is too large or has what is not modelled here.
pub fn prove(
    instance: &Instance,
    placements: &Placements,
    upper: u64,
    threads: usize,
    deadline: Option<Moment>,
    stop: &Stop,
    witness: &dyn Witness,
) -> u64 {
    let Some(common) = i64::try_from(upper).ok().filter(|l| *l <= MOST_COST).map(Common::new) else { return 0 };
    let begin = || Proof::new(instance, placements, &common, deadline, stop, witness);
    let Some(mut first) = begin() else { return 0 };
    let Some(mut skeletons) = Attendance::new(&mut first).and_then(|a| a.skeletons(&mut first)) else { return 0 };
    skeletons.sort_by_key(|s| s.bound);
    let desk = Desk::new(skeletons, &common, witness);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(MOST_THREADS) {
            scope.spawn(|| begin().map(|mut proof| desk.work(&mut proof)));
        }
        desk.work(&mut first);
    });
    desk.proven()
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
