//! A participant's day: for every set of single sessions, the least that a day costs that holds them and the given meetings,
//! by dynamic programming over (meetings attended, set, kind of the last session) along the starts of the day.

use super::{
    NEVER,
    person::{Person, Place, Single},
    sittings::{Sitting, Sittings},
    tolls::Tolls,
};
use crate::instance::{ClinicianIx, Minute, OrderIx, SiteIx, Span};

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

/// A state that waits for its time: node of the meetings and set, kind of the next session, cost less the wait up to now, trail.
type Waiting = (usize, usize, i64, u32);

/// A place by start: in person or not, cost, how chosen.
type Offer = (bool, i64, Chosen);

/// By node of the meetings, set and kind of the next session: cost less the wait up to minute 0, trail.
type Ready = Vec<[(i64, u32); 2]>;

/// Memory used again and again.
#[derive(Default)]
pub struct Scratch {
    waiting: Vec<Vec<Waiting>>,
    places: Vec<Offer>,
    ready: Ready,
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

/// The costs of day `d` with these meetings, at whichever of their starts suits best.
pub fn day(person: &Person, d: usize, meetings: &Sittings, terms: &Terms<'_>, scratch: &mut Scratch) -> Day {
    let sets = 1usize << person.singles.len();
    let mut trail = std::mem::take(&mut scratch.trail);
    trail.clear();
    let mut day = Day { costs: vec![NEVER; sets], last: vec![ROOT; sets], trail };
    for &site in &person.sites {
        if meetings.may_be_at(site) {
            Walk::new(person, d, meetings, terms, site, scratch).go(&mut day);
        }
    }
    for set in 0..sets {
        let attended = set != 0 || meetings.seated();
        if !attended {
            day.costs[set] = 0;
        } else if person.most_minutes.is_some_and(|m| person.minutes[set] + meetings.minutes > m) {
            day.costs[set] = NEVER;
        } else if day.costs[set] < NEVER {
            let short = (person.least_minutes - person.counted[set] - meetings.counted).max(0);
            day.costs[set] += (person.prices.day + person.prices.short_day * short) * terms.scale;
        }
    }
    day
}

/// One walk along the starts of a day whose in-person sessions are all at one site.
struct Walk<'a> {
    person: &'a Person,
    meetings: &'a Sittings,
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
        meetings: &'a Sittings,
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
        let seats = || meetings.steps.iter().map(|s| &s.seat);
        let starts = || places.iter().map(|p| p.2.start).chain(seats().map(|s| s.start));
        let (first, last) = (starts().min().unwrap_or(0), starts().max().unwrap_or(0));
        let longest = person.singles.iter().map(|s| s.minutes).chain(seats().map(|s| s.minutes)).max().unwrap_or(0);
        let ticks = (last - first + longest + person.commute + 1).max(1) as usize;
        if scratch.waiting.len() < ticks {
            scratch.waiting.resize_with(ticks, Vec::new);
        }
        scratch.waiting.iter_mut().for_each(Vec::clear);
        scratch.ready.clear();
        scratch.ready.resize(meetings.within.len() << person.singles.len(), [(NEVER, ROOT); 2]);
        let (scale, wait) = (terms.scale, person.prices.wait * terms.scale);
        scratch.places = places;
        Walk { person, meetings, first, scale, wait, released: 0, scratch }
    }

    fn go(mut self, day: &mut Day) {
        let mut steps = self.meetings.steps.iter().peekable();
        let places = std::mem::take(&mut self.scratch.places);
        for &place in &places {
            while let Some(step) = steps.next_if(|s| s.seat.start <= place.2.start) {
                self.sit(step, day);
            }
            self.take(place, day);
        }
        steps.for_each(|step| self.sit(step, day));
        self.scratch.places = places;
    }

    /// States whose time has come by `t` are ready.
    fn release(&mut self, t: Minute) {
        let until = ((t - self.first).max(0) as usize + 1).min(self.scratch.waiting.len());
        for waiting in self.scratch.waiting.get_mut(self.released..until).into_iter().flatten() {
            for (at, kind, cost, trail) in waiting.drain(..) {
                let ready = &mut self.scratch.ready[at][kind];
                if cost < ready.0 {
                    *ready = (cost, trail);
                }
            }
        }
        self.released = self.released.max(until);
    }

    /// After a session up to `end` the state waits, longer where the next session is of the other kind.
    fn rest(&mut self, at: usize, in_person: bool, end: Minute, total: i64, trail: u32) {
        let kind = usize::from(in_person);
        let cost = total - self.wait * i64::from(end);
        let tick = (end - self.first).max(0) as usize;
        let later = tick + self.person.commute as usize;
        for (tick, kind) in [(tick, kind), (later, 1 - kind)] {
            if let Some(list) = self.scratch.waiting.get_mut(tick) {
                list.push((at, kind, cost, trail));
            }
        }
    }

    /// A single session, wherever it stands among the meetings.
    fn take(&mut self, (in_person, cost, chosen): Offer, day: &mut Day) {
        let (i, start) = (chosen.single, chosen.start);
        self.release(start);
        let single = &self.person.singles[i];
        let (bit, sets) = (1usize << i, day.costs.len());
        let span = Span::new(start, start + single.minutes);
        for node in 0..self.meetings.within.len() {
            if !self.meetings.within[node].covers(span) {
                continue;
            }
            let complete = node == self.meetings.done();
            for &set in &self.person.after[i] {
                let set = usize::from(set);
                let (before, trail) = self.scratch.ready[node * sets + set][usize::from(in_person)];
                let (total, before) = if set == 0 && node == 0 {
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
                self.rest(node * sets + (set | bit), in_person, span.end, total, trail);
            }
        }
    }

    /// A meeting: the states before it may pass through it.
    fn sit(&mut self, step: &Sitting, day: &mut Day) {
        let seat = &step.seat;
        self.release(seat.start);
        let (kind, sets) = (usize::from(seat.in_person), day.costs.len());
        let complete = step.to == self.meetings.done();
        for set in 0..sets {
            let (before, trail) = self.scratch.ready[step.from * sets + set][kind];
            let (total, trail) = if set == 0 && step.from == 0 {
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
            self.rest(step.to * sets + set, seat.in_person, seat.start + seat.minutes, total, trail);
        }
    }
}
