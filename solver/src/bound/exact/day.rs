//! A participant's day: for every set of single sessions, the least that a day costs that holds them and the given meetings,
//! by dynamic programming over (set, kind of the last session) along the starts of the day.

use super::{
    NEVER,
    person::{Person, Place, Single},
    tolls::Tolls,
};
use crate::instance::{ClinicianIx, Minute, OrderIx, SiteIx, Span};

/// A meeting that the participant attends, as far as it matters to the participant's day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seat {
    /// When it begins.
    pub start: Minute,
    /// Its length.
    pub minutes: i32,
    /// In person or by telehealth.
    pub in_person: bool,
    /// Where.
    pub site: SiteIx,
    /// What attending it costs by itself.
    pub cost: i64,
    /// Minutes that count.
    pub counted: i64,
}

/// What sessions are kept from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum From {
    /// A clinician.
    Clinician(ClinicianIx),
    /// Rooms, as a set: places that could use no other.
    Rooms(u64),
}

/// A span in which a clinician, or rooms, can't have an order's session, or any.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bar {
    /// Whose sessions; none: all of the participant's.
    pub order: Option<OrderIx>,
    /// Who or what is not there for them.
    pub from: From,
    /// When.
    pub span: Span,
    /// The days whose sessions it may concern, as a set.
    pub days: u8,
}

impl Bar {
    /// Whether it keeps a single session from this place with this clinician.
    fn keeps(&self, single: &Single, place: &Place, clinician: Option<ClinicianIx>) -> bool {
        let minutes = match self.from {
            From::Clinician(c) if clinician == Some(c) => single.busy,
            From::Rooms(rooms) if place.rooms != 0 && place.rooms & !rooms == 0 => single.minutes,
            _ => return false,
        };
        self.order.is_none_or(|o| o == single.order)
            && self.span.overlaps(Span::new(place.start, place.start + minutes))
    }
}

/// Under which terms a day is looked at.
pub struct Terms<'a> {
    /// What is forbidden.
    pub bars: &'a [Bar],
    /// What is shunned among days of the same cost: each session there adds 1 to the cost.
    pub shunned: &'a [Bar],
    /// What costs are multiplied by, so that shunning never outweighs them.
    pub scale: i64,
    /// What a clinician's minutes cost beside, scaled.
    pub tolls: Option<&'a Tolls>,
}

/// Nothing forbidden, shunned or charged beside.
pub const PLAIN: Terms<'static> = Terms { bars: &[], shunned: &[], scale: 1, tolls: None };

/// A day by the set of single sessions that it holds.
pub struct Day {
    /// Least cost; `NEVER` where it is not possible.
    pub costs: Vec<i64>,
    last: Vec<u32>,
    trail: Vec<Step>,
}

/// A single session as chosen.
#[derive(Clone, Copy)]
pub struct Chosen {
    /// Position among the participant's single sessions.
    pub single: usize,
    /// When it begins.
    pub start: Minute,
    /// Who gives it.
    pub clinician: Option<ClinicianIx>,
    /// The rooms that it could use.
    pub rooms: u64,
}

#[derive(Clone, Copy)]
struct Step {
    before: u32,
    chosen: Chosen,
}

const ROOT: u32 = u32::MAX;

/// A state that waits for its time: set, kind of the next session, cost less the wait up to now, trail.
type Waiting = (usize, usize, i64, u32);

/// A place by start: in person or not, cost, how chosen.
type Offer = (bool, i64, Chosen);

/// By set and kind of the next session: cost less the wait up to minute 0, trail.
type Ready = Vec<[(i64, u32); 2]>;

/// Memory used again and again.
#[derive(Default)]
pub struct Scratch {
    waiting: Vec<Vec<Waiting>>,
    places: Vec<Offer>,
    ready: Ready,
    passed: Ready,
    trail: Vec<Step>,
}

impl Scratch {
    /// Takes a day's trail back.
    pub fn reuse(&mut self, day: Day) -> Vec<i64> {
        self.trail = day.trail;
        day.costs
    }
}

impl Day {
    /// The single sessions of the cheapest day with this set.
    pub fn sessions(&self, set: usize) -> impl Iterator<Item = Chosen> {
        let step = |at: u32| self.trail.get(at as usize);
        std::iter::successors(step(self.last[set]), move |last| step(last.before)).map(|step| step.chosen)
    }
}

/// The least cost of a place, with whom, under these terms.
fn cheapest(place: &Place, single: &Single, terms: &Terms<'_>) -> Option<(i64, Option<ClinicianIx>)> {
    let span = Span::new(place.start, place.start + single.busy);
    let toll = |c: Option<ClinicianIx>| terms.tolls.zip(c).map_or(0, |(tolls, c)| tolls.of(c, span));
    let shunned = |c| terms.shunned.iter().filter(|b| b.keeps(single, place, c)).count() as i64;
    let able = place.by.iter().filter(|by| !terms.bars.iter().any(|b| b.keeps(single, place, by.0)));
    able.map(|by| ((place.cost + by.1) * terms.scale + toll(by.0) + shunned(by.0), by.0)).min_by_key(|by| by.0)
}

/// The costs of day `d` with these meetings, which are in order of time.
pub fn day(person: &Person, d: usize, seats: &[Seat], terms: &Terms<'_>, scratch: &mut Scratch) -> Day {
    let sets = 1usize << person.singles.len();
    let mut trail = std::mem::take(&mut scratch.trail);
    trail.clear();
    let mut day = Day { costs: vec![NEVER; sets], last: vec![ROOT; sets], trail };
    for &site in &person.sites {
        if seats.iter().all(|s| !s.in_person || s.site == site) {
            Walk::new(person, d, seats, terms, site, scratch).go(&mut day);
        }
    }
    let taken: i32 = seats.iter().map(|s| s.minutes).sum();
    let counted: i64 = seats.iter().map(|s| s.counted).sum();
    for set in 0..sets {
        let attended = set != 0 || !seats.is_empty();
        if !attended {
            day.costs[set] = 0;
        } else if person.most_minutes.is_some_and(|m| person.minutes[set] + taken > m) {
            day.costs[set] = NEVER;
        } else if day.costs[set] < NEVER {
            let short = (person.least_minutes - person.counted[set] - counted).max(0);
            day.costs[set] += (person.prices.day + person.prices.short_day * short) * terms.scale;
        }
    }
    day
}

/// One walk along the starts of a day whose in-person sessions are all at one site.
struct Walk<'a> {
    person: &'a Person,
    seats: &'a [Seat],
    first: Minute,
    /// See [`Terms`].
    scale: i64,
    /// Cost of each minute of waiting, scaled.
    wait: i64,
    /// Up to which minute waiting states were released.
    released: usize,
    scratch: &'a mut Scratch,
}

impl<'a> Walk<'a> {
    fn new(
        person: &'a Person,
        d: usize,
        seats: &'a [Seat],
        terms: &Terms<'_>,
        site: SiteIx,
        scratch: &'a mut Scratch,
    ) -> Self {
        let mut places = std::mem::take(&mut scratch.places);
        places.clear();
        for (i, single) in person.singles.iter().enumerate() {
            for place in single.places[d].iter().filter(|p| !p.in_person || p.site == site) {
                if let Some((cost, clinician)) = cheapest(place, single, terms) {
                    let chosen = Chosen { single: i, start: place.start, clinician, rooms: place.rooms };
                    places.push((place.in_person, cost, chosen));
                }
            }
        }
        places.sort_unstable_by_key(|p| p.2.start);
        let starts = || places.iter().map(|p| p.2.start).chain(seats.iter().map(|s| s.start));
        let (first, last) = (starts().min().unwrap_or(0), starts().max().unwrap_or(0));
        let longest =
            person.singles.iter().map(|s| s.minutes).chain(seats.iter().map(|s| s.minutes)).max().unwrap_or(0);
        let ticks = (last - first + longest + person.commute + 1).max(1) as usize;
        if scratch.waiting.len() < ticks {
            scratch.waiting.resize_with(ticks, Vec::new);
        }
        scratch.waiting.iter_mut().for_each(Vec::clear);
        scratch.ready.clear();
        scratch.ready.resize(1 << person.singles.len(), [(NEVER, ROOT); 2]);
        let (scale, wait) = (terms.scale, person.prices.wait * terms.scale);
        scratch.places = places;
        Walk { person, seats, first, scale, wait, released: 0, scratch }
    }

    fn go(mut self, day: &mut Day) {
        let mut seats = self.seats.iter();
        let mut next = seats.next();
        let mut met = 0;
        let places = std::mem::take(&mut self.scratch.places);
        for &place in &places {
            while let Some(seat) = next.filter(|s| s.start <= place.2.start) {
                self.sit(seat, met == 0, met + 1 == self.seats.len(), day);
                met += 1;
                next = seats.next();
            }
            self.take(place, met == 0, met == self.seats.len(), day);
        }
        while let Some(seat) = next {
            self.sit(seat, met == 0, met + 1 == self.seats.len(), day);
            met += 1;
            next = seats.next();
        }
        self.scratch.places = places;
    }

    /// States whose time has come by `t` are ready.
    fn release(&mut self, t: Minute) {
        let until = ((t - self.first).max(0) as usize + 1).min(self.scratch.waiting.len());
        for waiting in self.scratch.waiting.get_mut(self.released..until).into_iter().flatten() {
            for (set, kind, cost, trail) in waiting.drain(..) {
                let ready = &mut self.scratch.ready[set][kind];
                if cost < ready.0 {
                    *ready = (cost, trail);
                }
            }
        }
        self.released = self.released.max(until);
    }

    /// After a session up to `end` the state waits, longer where the next session is of the other kind.
    fn rest(&mut self, set: usize, in_person: bool, end: Minute, total: i64, trail: u32) {
        let kind = usize::from(in_person);
        let cost = total - self.wait * i64::from(end);
        let at = (end - self.first).max(0) as usize;
        let later = at + self.person.commute as usize;
        for (tick, kind) in [(at, kind), (later, 1 - kind)] {
            if let Some(list) = self.scratch.waiting.get_mut(tick) {
                list.push((set, kind, cost, trail));
            }
        }
    }

    fn take(&mut self, (in_person, cost, chosen): Offer, fresh: bool, complete: bool, day: &mut Day) {
        let (i, start) = (chosen.single, chosen.start);
        self.release(start);
        let single = &self.person.singles[i];
        let bit = 1usize << i;
        for &set in &self.person.after[i] {
            let set = usize::from(set);
            let (before, trail) = self.scratch.ready[set][usize::from(in_person)];
            let (total, before) = if set == 0 && fresh {
                (cost, ROOT)
            } else if before < NEVER / 2 {
                (before + self.wait * i64::from(start) + cost, trail)
            } else {
                continue;
            };
            let trail = day.trail.len() as u32;
            day.trail.push(Step { before, chosen });
            if complete && total < day.costs[set | bit] {
                day.costs[set | bit] = total;
                day.last[set | bit] = trail;
            }
            self.rest(set | bit, in_person, start + single.minutes, total, trail);
        }
    }

    /// A meeting: every state has to pass through it.
    fn sit(&mut self, seat: &Seat, fresh: bool, complete: bool, day: &mut Day) {
        self.release(seat.start);
        let kind = usize::from(seat.in_person);
        let mut passed = std::mem::take(&mut self.scratch.passed);
        passed.clear();
        passed.resize(self.scratch.ready.len(), [(NEVER, ROOT); 2]);
        std::mem::swap(&mut passed, &mut self.scratch.ready);
        self.scratch.waiting.iter_mut().for_each(Vec::clear);
        for (set, state) in passed.iter().enumerate() {
            let (before, trail) = state[kind];
            let (total, trail) = if set == 0 && fresh {
                (seat.cost * self.scale, ROOT)
            } else if before < NEVER / 2 {
                (before + self.wait * i64::from(seat.start) + seat.cost * self.scale, trail)
            } else {
                continue;
            };
            if complete && total < day.costs[set] {
                day.costs[set] = total;
                day.last[set] = trail;
            }
            self.rest(set, seat.in_person, seat.start + seat.minutes, total, trail);
        }
        self.scratch.passed = passed;
    }
}
