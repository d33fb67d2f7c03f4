//! When the meetings of a choice could begin: its days, with all starts and leaders that go together.

use std::{collections::HashMap, rc::Rc};

use super::{
    Costs, NEVER, Proof,
    attendance::{Meeting, Skeleton},
    person::WEEK,
    sittings::{Seat, Sittings},
    tolls::Tolls,
};
use crate::instance::{ClinicianIx, Minute};

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
    /// By person: the meetings attended, at any of the starts.
    pub open: Vec<Sittings>,
}

/// What makes timings the same: each person's day, as a place in memory, and when which rooms are wanted.
type Alike = (Vec<*const Vec<i64>>, Vec<(Minute, Minute, u64)>);

/// A choice with all that its search needs.
pub struct Choice {
    /// Days with meetings, in the order in which they are settled.
    pub busy: Vec<Busy>,
    /// Each person's counted minutes of meetings.
    pub dose: Vec<i64>,
    /// What is charged whatever the starts: held meetings, missing group sessions.
    pub fixed: i64,
    /// Each person's days without meetings and what follows, before each busy day.
    pub ahead: Vec<Vec<Vec<i64>>>,
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
    pub fn bound(&self) -> i64 {
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
    /// Each person's days without meetings and what follows, in the order of the busy days.
    pub(super) fn look_ahead(&mut self, choice: &mut Choice) {
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
    pub(super) fn choice(&mut self, skeleton: &Skeleton, leaders: &[(usize, ClinicianIx)]) -> Option<Choice> {
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
            let open = |p| {
                let mut ways: Vec<Vec<Seat>> = Vec::new();
                for timing in &timings {
                    let way = self.seats(p, &Choice::met(&meetings, &timing.starts, p));
                    if !ways.contains(&way) {
                        ways.push(way);
                    }
                }
                Sittings::of(&ways.iter().map(Vec::as_slice).collect::<Vec<_>>())
            };
            let open = (0..self.people.len()).map(open).collect();
            busy.push(Busy { day, meetings, timings, together, open });
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
