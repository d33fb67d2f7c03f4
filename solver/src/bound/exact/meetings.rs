//! When the meetings of a choice begin: day by day, with each person's best week around the starts that are settled and, for
//! the days to come, at the starts that suit that person best.

use std::{cmp::Reverse, collections::HashMap, rc::Rc};

use super::{
    Costs, NEVER, Proof,
    attendance::{Meeting, Skeleton},
    day::Seat,
    person::WEEK,
    tolls::{Minutes, Tolls},
    week::meet,
};
use crate::instance::{ClinicianIx, Minute};

/// Starts to come from which on it is looked at first whether what is settled is possible at all.
const MANY: usize = 8;

/// Nodes of the short search that tells which days come first.
const SHORT: u64 = 100;

/// Leaders of a day's meetings, one for each; none where they are not looked at.
pub type Leaders = Vec<Option<ClinicianIx>>;

/// Starts of a day's meetings and their leaders.
pub type Way = (Vec<Minute>, Leaders);

/// Ways to time a day's meetings that are the same to everybody.
pub struct Timing {
    /// Starts, one for each meeting, of one of the ways.
    pub starts: Vec<Minute>,
    /// All of the ways.
    pub ways: Vec<Way>,
    /// Each person's day.
    pub costs: Vec<Costs>,
}

/// A day with meetings.
pub struct Busy {
    /// Which.
    pub day: usize,
    /// Its meetings.
    pub meetings: Vec<Meeting>,
    /// The starts that are possible.
    pub timings: Vec<Timing>,
    /// What it costs at least that all have to come at the same time, beyond the starts that suit each best.
    pub together: i64,
    /// By person: the meetings attended, at each of the starts.
    pub seats: Vec<Vec<Vec<Seat>>>,
}

/// What makes timings the same: each person's day, as a place in memory, and when which rooms are wanted.
type Alike = (Vec<*const Vec<i64>>, Vec<(Minute, Minute, u64)>);

/// A person's day as it was met, the states after it, and the least cost of the week with them.
type Known = (*const Vec<i64>, Costs, i64);

/// A timing that may lead below the limit: its bound, its position, each person's states after it.
type Child = (i64, usize, Vec<Costs>);

/// A choice with all that its search needs.
pub struct Choice {
    /// Days with meetings, in the order in which they are settled.
    pub busy: Vec<Busy>,
    /// Each person's counted minutes of meetings.
    pub dose: Vec<i64>,
    /// What is charged whatever the starts: held meetings, missing group sessions.
    pub fixed: i64,
    /// Each person's days without meetings and what follows, before each busy day.
    ahead: Vec<Vec<Vec<i64>>>,
}

/// Starts of a choice: those of the first of its busy days, perhaps of all.
#[derive(Clone, Copy)]
pub struct Starts<'a> {
    /// The choice.
    pub choice: &'a Choice,
    /// By busy day, which of its timings, as far as they are settled.
    pub chosen: &'a [usize],
    /// What clinicians' minutes cost beside.
    pub tolls: Option<&'a Tolls>,
}

impl<'a> Starts<'a> {
    /// The busy days whose starts are settled, and these.
    pub fn settled(self) -> impl Iterator<Item = (&'a Busy, &'a Timing)> {
        self.choice.busy.iter().zip(self.chosen).map(|(busy, &t)| (busy, &busy.timings[t]))
    }
}

impl Choice {
    /// What it costs at least, whatever the starts.
    fn bound(&self) -> i64 {
        let weeks: i64 = self.ahead.iter().filter_map(|a| a.first()?.first()).sum();
        self.fixed + weeks + self.busy.iter().map(|b| b.together).sum::<i64>()
    }

    /// The meetings that a person attends on a busy day with these starts.
    pub fn met(meetings: &[Meeting], starts: &[Minute], p: usize) -> Vec<(usize, Minute)> {
        let mine = meetings.iter().zip(starts).filter(|m| m.0.people >> p & 1 == 1);
        mine.map(|(m, &start)| (m.group, start)).collect()
    }
}

impl Proof<'_> {
    /// Looks for calendars below the limit with these meetings; what may be one lowers the limit.
    pub(super) fn settle(&mut self, skeleton: &Skeleton) {
        let fixed: Vec<usize> = (0..self.groups.len())
            .filter(|&g| self.groups[g].same_clinician && self.groups[g].clinicians == 1)
            .filter(|&g| skeleton.meetings.iter().any(|m| m.group == g))
            .collect();
        self.with_leaders(skeleton, &fixed, &mut Vec::new());
    }

    /// Goes through the leaders of groups that have the same one throughout.
    fn with_leaders(&mut self, skeleton: &Skeleton, groups: &[usize], leaders: &mut Vec<(usize, ClinicianIx)>) {
        let Some((&g, rest)) = groups.split_first() else {
            let choice = self.choice(skeleton, leaders);
            if let Some(choice) = choice.filter(|c| c.bound() < self.limit) {
                self.search(choice);
            }
            return;
        };
        let mut able: Option<Vec<ClinicianIx>> = None;
        for m in skeleton.meetings.iter().filter(|m| m.group == g) {
            let today: Vec<ClinicianIx> =
                self.groups[g].starts_for(m.day, m.people).flat_map(|s| s.leaders.iter().copied()).collect();
            able = Some(able.map_or(today.clone(), |all| all.into_iter().filter(|c| today.contains(c)).collect()));
        }
        let mut able = able.unwrap_or_default();
        able.sort_unstable();
        able.dedup();
        for c in able {
            leaders.push((g, c));
            self.with_leaders(skeleton, rest, leaders);
            leaders.pop();
            if self.over || skeleton.bound >= self.limit {
                return;
            }
        }
    }

    /// Searches a choice: for a short while with the days first that have few timings, then with those first on which most is
    /// in each other's way.
    fn search(&mut self, mut choice: Choice) {
        self.walks.next_choice();
        self.clashes = [0; WEEK];
        let spent: Vec<Costs> = self.people.iter().map(|p| Rc::new(p.monday())).collect();
        let free = Rc::new(self.free());
        self.left = Some(SHORT);
        self.days_from(&choice, 0, &spent, &mut Vec::new(), &free);
        if self.left.take() == Some(0) && choice.bound() < self.limit {
            choice.busy.sort_by_key(|b| Reverse(self.clashes[b.day]));
            self.look_ahead(&mut choice);
            self.days_from(&choice, 0, &spent, &mut Vec::new(), &free);
        }
    }

    /// Each person's days without meetings and what follows, in the order of the busy days.
    fn look_ahead(&mut self, choice: &mut Choice) {
        choice.ahead.clear();
        for p in 0..self.people.len() {
            let mut rest = self.people[p].sunday(choice.dose[p]);
            for day in (0..WEEK).filter(|d| choice.busy.iter().all(|b| b.day != *d)) {
                let costs = self.day(p, day, &[]);
                rest = self.people[p].ahead(&costs, false, &rest);
            }
            let mut mine = vec![rest];
            for today in choice.busy.iter().rev() {
                let least = least(&today.timings, p);
                let seated = today.meetings.iter().any(|m| m.people >> p & 1 == 1);
                let next = mine.last().map(|rest| self.people[p].ahead(&least, seated, rest));
                mine.extend(next);
            }
            mine.reverse();
            choice.ahead.push(mine);
        }
    }

    /// The days with meetings and their timings; none where some day has none.
    fn choice(&mut self, skeleton: &Skeleton, leaders: &[(usize, ClinicianIx)]) -> Option<Choice> {
        let mut busy = Vec::new();
        for day in 0..WEEK {
            let meetings: Vec<Meeting> = skeleton.meetings.iter().filter(|m| m.day == day).copied().collect();
            if meetings.is_empty() {
                continue;
            }
            let mut ways = Vec::new();
            self.ways(&meetings, leaders, &mut Vec::new(), &mut ways);
            let mut timings: Vec<Timing> = Vec::new();
            let mut known: HashMap<Alike, usize> = HashMap::new();
            for (starts, leaders) in ways {
                let people = 0..self.people.len();
                let costs: Vec<Costs> = people.map(|p| self.day(p, day, &Choice::met(&meetings, &starts, p))).collect();
                // Each person's days are kept once, so that the same place in memory means the same day. Rooms have to be
                // the same, too: they are asked of one of the ways.
                let room = |(m, &start): (&Meeting, &Minute)| {
                    let group = &self.groups[m.group];
                    (start, group.minutes, group.rooms(day, start))
                };
                let mut rooms: Vec<_> = meetings.iter().zip(&starts).map(room).collect();
                rooms.sort_unstable();
                let key = (costs.iter().map(Rc::as_ptr).collect(), rooms);
                let at = *known.entry(key).or_insert(timings.len());
                if at == timings.len() {
                    timings.push(Timing { starts: starts.clone(), ways: Vec::new(), costs });
                }
                timings[at].ways.push((starts, leaders));
            }
            if timings.is_empty() || self.is_over() {
                return None;
            }
            let together = together(&timings, self.people.len());
            let seats = |p| {
                let mut all: Vec<Vec<Seat>> = Vec::new();
                for timing in &timings {
                    let seats = self.seats(p, &Choice::met(&meetings, &timing.starts, p));
                    if !all.contains(&seats) {
                        all.push(seats);
                    }
                }
                all
            };
            let seats = (0..self.people.len()).map(seats).collect();
            busy.push(Busy { day, meetings, timings, together, seats });
        }
        busy.sort_by_key(|b: &Busy| b.timings.len());
        let mut fixed = skeleton.held(&self.groups);
        let mut dose = Vec::new();
        for p in 0..self.people.len() {
            let mine = skeleton.meetings.iter().filter(|m| m.people >> p & 1 == 1);
            let pattern = mine.fold(0, |sum, m| sum | 1 << (8 * m.group + m.day));
            let (minutes, missing) = self.attended(p, pattern)?;
            fixed += missing;
            dose.push(minutes);
        }
        let mut choice = Choice { busy, dose, fixed, ahead: Vec::new() };
        self.look_ahead(&mut choice);
        Some(choice)
    }

    /// All starts and leaders of a day's meetings that people, clinicians and an only room allow together.
    fn ways(
        &mut self,
        meetings: &[Meeting],
        leaders: &[(usize, ClinicianIx)],
        chosen: &mut Vec<(Minute, Option<ClinicianIx>)>,
        found: &mut Vec<Way>,
    ) {
        let Some(meeting) = meetings.get(chosen.len()) else {
            found.push(chosen.iter().copied().unzip());
            return;
        };
        let group = &self.groups[meeting.group];
        let named = leaders.iter().find(|l| l.0 == meeting.group).map(|l| l.1);
        let mut ways: Vec<(Minute, Option<ClinicianIx>)> = Vec::new();
        for start in group.starts_for(meeting.day, meeting.people) {
            if group.clinicians != 1 {
                ways.push((start.at, None));
                continue;
            }
            for &c in start.leaders.iter().filter(|c| named.is_none_or(|n| n == **c)) {
                if !self.kept_from(meeting.people, c) {
                    ways.push((start.at, Some(c)));
                }
            }
        }
        ways.retain(|&(at, leader)| {
            chosen.iter().zip(meetings).all(|(&(other, other_leader), m)| {
                let with = &self.groups[m.group];
                let people_clash =
                    m.people & meeting.people != 0 && at < other + with.minutes && other < at + group.minutes;
                let leader_clash =
                    leader.is_some() && leader == other_leader && at < other + with.busy && other < at + group.busy;
                let room_clash = group.room.is_some()
                    && group.room == with.room
                    && at < other + with.minutes
                    && other < at + group.minutes;
                !people_clash && !leader_clash && !room_clash
            })
        });
        for way in ways {
            chosen.push(way);
            self.ways(meetings, leaders, chosen, found);
            chosen.pop();
        }
    }

    /// Whether one of these people is to be kept from the clinician.
    fn kept_from(&self, people: usize, c: ClinicianIx) -> bool {
        let mine = self.people.iter().enumerate().filter(|p| people >> p.0 & 1 == 1);
        mine.map(|p| &self.instance.participants[p.1.ix.i()].not_with).any(|not| not.contains(&c))
    }

    /// Settles the busy days from the `k`-th on; tolls are those of the days before it.
    fn days_from(&mut self, choice: &Choice, k: usize, spent: &[Costs], chosen: &mut Vec<usize>, tolls: &Rc<Minutes>) {
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return;
            }
            *left -= 1;
        }
        let Some(today) = choice.busy.get(k) else {
            let total: i64 = spent.iter().zip(&choice.ahead).map(|(s, a)| meet(s, &a[k])).sum();
            if !self.is_over() && total + choice.fixed < self.limit {
                self.resolve(Starts { choice, chosen, tolls: None }, tolls);
            }
            return;
        };
        // Where what is settled is not possible, the starts to come make no difference.
        let left = choice.busy[k..].iter().fold(1usize, |n, b| n.saturating_mul(b.timings.len()));
        let possible = if left >= MANY {
            self.possible(Starts { choice, chosen, tolls: None }, tolls)
        } else {
            Some(tolls.clone())
        };
        let Some(tolls) = possible else { return };
        let later: i64 = choice.busy[k + 1..].iter().map(|b| b.together).sum();
        // Timings that look the same to a person are worked out once.
        let mut known: Vec<Vec<Known>> = vec![Vec::new(); self.people.len()];
        let mut children: Vec<Child> = Vec::new();
        for (t, timing) in today.timings.iter().enumerate() {
            if self.is_over() {
                return;
            }
            let mut total = choice.fixed + later;
            let mut after = Vec::with_capacity(self.people.len());
            for (p, costs) in timing.costs.iter().enumerate() {
                let same = known[p].iter().find(|k| std::ptr::eq(k.0, Rc::as_ptr(costs)));
                let (states, cost) = match same {
                    Some((_, states, cost)) => (states.clone(), *cost),
                    None => {
                        let seated = today.meetings.iter().any(|m| m.people >> p & 1 == 1);
                        let states = Rc::new(self.people[p].after(&spent[p], costs, seated));
                        let cost = meet(&states, &choice.ahead[p][k + 1]);
                        known[p].push((Rc::as_ptr(costs), states.clone(), cost));
                        (states, cost)
                    }
                };
                total += cost;
                after.push(states);
            }
            if total < self.limit {
                children.push((total, t, after));
            }
        }
        children.sort_by_key(|c| c.0);
        for (total, t, after) in children {
            if self.over || self.left == Some(0) || total >= self.limit {
                return;
            }
            chosen.push(t);
            self.days_from(choice, k + 1, &after, chosen, &tolls);
            chosen.pop();
        }
    }
}

/// A person's day at the starts that suit best, by the set of single sessions.
fn least(timings: &[Timing], p: usize) -> Vec<i64> {
    let mut least: Vec<i64> = Vec::new();
    for costs in timings.iter().filter_map(|t| t.costs.get(p)) {
        if least.is_empty() {
            least = costs.to_vec();
        }
        least.iter_mut().zip(costs.iter()).for_each(|(a, b)| *a = (*a).min(*b));
    }
    least
}

/// See [`Busy::together`]: the least sum, over the timings, of what each person loses whatever the single sessions.
fn together(timings: &[Timing], people: usize) -> i64 {
    let best: Vec<Vec<i64>> = (0..people).map(|p| least(timings, p)).collect();
    let loss = |costs: &Costs, best: &[i64]| {
        let possible = costs.iter().zip(best).filter(|c| *c.1 < NEVER);
        possible.map(|(cost, best)| cost - best).min().unwrap_or(0)
    };
    let sums = timings.iter().map(|t| t.costs.iter().zip(&best).map(|(c, b)| loss(c, b)).sum::<i64>());
    sums.min().unwrap_or(0).clamp(0, NEVER)
}
