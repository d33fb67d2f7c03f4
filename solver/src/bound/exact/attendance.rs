//! Who attends which group on which days. First each person alone: the best week for each pattern of attendance, at the
//! starts that suit that person best. Then all together: the choices whose sum stays below the limit.

use std::{collections::HashMap, rc::Rc};

use super::{Costs, NEVER, Proof, gatherings::Gathering, person::WEEK};

/// Most choices of days and rosters of a group, and most choices for all, before this gives up.
const MOST: usize = 100_000;

/// A meeting whose start is still open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// Its group.
    pub group: usize,
    /// Its day.
    pub day: usize,
    /// Its participants, as a set.
    pub people: usize,
}

/// A choice of meetings and rosters.
pub struct Skeleton {
    /// The meetings.
    pub meetings: Vec<Meeting>,
    /// Least cost of all weeks together.
    pub bound: i64,
}

impl Skeleton {
    /// What the meetings cost by being held.
    pub fn held(&self, groups: &[Gathering]) -> i64 {
        self.meetings.iter().map(|m| groups[m.group].held).sum()
    }
}

/// A pattern: for each group the days attended, eight bits each.
type Pattern = u64;

/// The best weeks of each person by pattern, and by the patterns of the first groups alone.
pub struct Attendance {
    best: Vec<Vec<HashMap<Pattern, i64>>>,
}

impl Attendance {
    /// Each person alone; none where time ran out.
    pub fn new(proof: &mut Proof<'_>) -> Option<Self> {
        let mut best = Vec::new();
        for p in 0..proof.people.len() {
            let mut days: Vec<Vec<(usize, Costs)>> = Vec::new();
            for d in 0..WEEK {
                days.push(days_of(proof, p, d));
                if proof.is_over() {
                    return None;
                }
            }
            let monday = proof.people[p].monday();
            let mut levels = vec![HashMap::new(); proof.groups.len() + 1];
            extend(proof, p, &days, &monday, 0, &mut levels);
            if proof.over {
                return None;
            }
            best.push(levels);
        }
        Some(Attendance { best })
    }

    /// All choices whose bound is below the limit; none where they are too many or time ran out.
    pub fn skeletons(&self, proof: &mut Proof<'_>) -> Option<Vec<Skeleton>> {
        let mut options = Vec::new();
        for g in 0..proof.groups.len() {
            options.push(choices(&proof.groups[g], g, proof.people.len())?);
        }
        let mut found = Vec::new();
        let people = proof.people.len();
        self.choose(proof, &options, &vec![0; people], &mut Vec::new(), 0, &mut found)?;
        Some(found)
    }

    fn choose(
        &self,
        proof: &mut Proof<'_>,
        options: &[Vec<Vec<Meeting>>],
        patterns: &[Pattern],
        meetings: &mut Vec<Meeting>,
        held: i64,
        found: &mut Vec<Skeleton>,
    ) -> Option<()> {
        let Some((here, rest)) = options.split_first() else {
            let bound = self.bound(proof.groups.len(), patterns) + held;
            if bound < proof.limit() {
                found.push(Skeleton { meetings: meetings.clone(), bound });
            }
            return (found.len() <= MOST).then_some(());
        };
        let g = proof.groups.len() - options.len();
        for option in here {
            if proof.is_over() {
                return None;
            }
            let mut patterns = patterns.to_vec();
            for meeting in option {
                for (_, pattern) in patterns.iter_mut().enumerate().filter(|p| meeting.people >> p.0 & 1 == 1) {
                    *pattern |= 1 << (8 * g + meeting.day);
                }
            }
            let held = held + proof.groups[g].held * option.len() as i64;
            if self.bound(g + 1, &patterns) + held < proof.limit() {
                meetings.extend(option);
                self.choose(proof, rest, &patterns, meetings, held, found)?;
                meetings.truncate(meetings.len() - option.len());
            }
        }
        Some(())
    }

    /// The sum of the best weeks with these patterns of the first groups.
    fn bound(&self, level: usize, patterns: &[Pattern]) -> i64 {
        let each = self.best.iter().zip(patterns).map(|(best, p)| best[level].get(p).copied().unwrap_or(NEVER));
        each.fold(0, |sum: i64, cost| sum.saturating_add(cost)).min(NEVER)
    }
}

/// A person's day for each set of groups that could be attended on it, at the starts that suit best.
fn days_of(proof: &mut Proof<'_>, p: usize, d: usize) -> Vec<(usize, Costs)> {
    let able = |g: &usize| proof.groups[*g].starts_for(d, 1 << p).next().is_some();
    let able: Vec<usize> = (0..proof.groups.len()).filter(able).collect();
    let mut days = Vec::new();
    for choice in 0..1usize << able.len() {
        let groups: Vec<usize> = able.iter().enumerate().filter(|g| choice >> g.0 & 1 == 1).map(|g| *g.1).collect();
        let order = |g: usize| proof.groups[g].guests[p].as_ref().map(|x| (x.order, x.one_per_day));
        let twice = groups
            .iter()
            .enumerate()
            .any(|(k, &g)| groups[..k].iter().any(|&h| order(g).is_some_and(|o| o.1) && order(g) == order(h)));
        if twice {
            continue;
        }
        let mut least = vec![NEVER; 1 << proof.people[p].singles.len()];
        at_all_starts(proof, p, d, &groups, &mut Vec::new(), &mut least);
        if least.iter().any(|c| *c < NEVER) {
            days.push((groups.iter().fold(0, |set, g| set | 1 << g), Rc::new(least)));
        }
    }
    days
}

fn at_all_starts(
    proof: &mut Proof<'_>,
    p: usize,
    d: usize,
    groups: &[usize],
    met: &mut Vec<(usize, i32)>,
    least: &mut [i64],
) {
    let Some((&g, rest)) = groups.split_first() else {
        let day = proof.day(p, d, met);
        least.iter_mut().zip(day.iter()).for_each(|(a, b)| *a = (*a).min(*b));
        return;
    };
    let starts: Vec<i32> = proof.groups[g].starts_for(d, 1 << p).map(|s| s.at).collect();
    for start in starts {
        let apart =
            |&(h, at): &(usize, i32)| start + proof.groups[g].minutes <= at || at + proof.groups[h].minutes <= start;
        if met.iter().all(apart) && !proof.is_over() {
            met.push((g, start));
            at_all_starts(proof, p, d, rest, met, least);
            met.pop();
        }
    }
}

/// Goes through the patterns day by day.
fn extend(
    proof: &mut Proof<'_>,
    p: usize,
    days: &[Vec<(usize, Costs)>],
    states: &[i64],
    pattern: Pattern,
    levels: &mut [HashMap<Pattern, i64>],
) {
    let d = WEEK - days.len();
    let Some((today, rest)) = days.split_first() else {
        let Some((dose, missing)) = proof.attended(p, pattern) else { return };
        let cost = super::week::meet(states, &proof.people[p].sunday(dose)) + missing;
        for (level, best) in levels.iter_mut().enumerate() {
            let known = if level < 8 { pattern & ((1 << (8 * level)) - 1) } else { pattern };
            let best = best.entry(known).or_insert(NEVER);
            *best = cost.min(*best);
        }
        return;
    };
    for (groups, day) in today {
        if proof.is_over() {
            return;
        }
        let bits = (0..proof.groups.len()).filter(|g| groups >> g & 1 == 1);
        let pattern = bits.fold(pattern, |sum, g| sum | 1 << (8 * g + d));
        let over = |g: usize| (pattern >> (8 * g) & 0xFF).count_ones() as usize > proof.groups[g].meetings;
        if (0..proof.groups.len()).any(over) {
            continue;
        }
        let after = proof.people[p].after(states, day, *groups != 0);
        if after.iter().any(|c| *c < proof.limit()) {
            extend(proof, p, rest, &after, pattern, levels);
        }
    }
}

impl Proof<'_> {
    /// What a person's pattern gives: counted minutes, and the cost of group sessions that are missing; none where the
    /// pattern breaks a rule (H11, H13).
    pub(super) fn attended(&self, p: usize, pattern: Pattern) -> Option<(i64, i64)> {
        let mut dose = 0;
        let mut had: HashMap<crate::instance::OrderIx, usize> = HashMap::new();
        for (g, group) in self.groups.iter().enumerate() {
            let n = (pattern >> (8 * g) & 0xFF).count_ones() as usize;
            if n == 0 {
                continue;
            }
            let guest = group.guests[p].as_ref()?;
            if group.closed && n != group.meetings {
                return None;
            }
            dose += guest.counted * n as i64;
            *had.entry(guest.order).or_default() += n;
        }
        let mut missing = 0;
        for &o in &self.instance.participants[self.people[p].ix.i()].orders {
            let order = &self.instance.orders[o.i()];
            if self.instance.services[order.service.i()].is_group {
                let left = order.sessions.checked_sub(had.get(&o).copied().unwrap_or(0))?;
                missing += order.unmet.saturating_mul(left as i64);
            }
        }
        Some((dose, missing))
    }
}

/// All ways to hold a group, or not: days with their participants.
fn choices(group: &Gathering, g: usize, people: usize) -> Option<Vec<Vec<Meeting>>> {
    let guests = group.guests.iter().enumerate().filter(|p| p.1.is_some()).fold(0usize, |set, p| set | 1 << p.0);
    let rosters: Vec<usize> = (1..1usize << people)
        .filter(|set| set & !guests == 0)
        .filter(|set| (group.size.0..=group.size.1).contains(&(set.count_ones() as usize)))
        .collect();
    let could = |d: usize, people: usize| group.starts_for(d, people).next().is_some();
    let mut all = vec![Vec::new()];
    if group.closed {
        for &people in &rosters {
            for days in 0..1usize << WEEK {
                let mut chosen = (0..WEEK).filter(|d| days >> d & 1 == 1);
                if days.count_ones() as usize == group.meetings && chosen.clone().all(|d| could(d, people)) {
                    all.push(chosen.by_ref().map(|day| Meeting { group: g, day, people }).collect());
                }
            }
        }
        return (all.len() <= MOST).then_some(all);
    }
    for day in 0..WEEK {
        for at in 0..all.len() {
            for &people in rosters.iter().filter(|r| could(day, **r)) {
                let Some(before) = all.get(at).filter(|m| m.len() < group.meetings) else { break };
                let mut longer = before.clone();
                longer.push(Meeting { group: g, day, people });
                all.push(longer);
                if all.len() > MOST {
                    return None;
                }
            }
        }
    }
    Some(all)
}
