//! One thing at a time: rows that hold for whatever a clinician, a participant or a room does in a stretch of time, though
//! the relaxation knows of each session only the cell in which it starts.

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Expression, Variable, constraint};

use crate::{
    instance::{BreakData, Minute, Span, Spans},
    milp::Program,
};

/// Most ends of windows on either side; beyond it they are rounded outwards.
const ENDS: usize = 10;

/// A session that may take the machine.
pub struct Job {
    /// How much of it is chosen.
    pub variable: Variable,
    /// How long the machine is busy with it.
    pub minutes: i32,
    /// When it may start, rising; not empty.
    pub starts: Vec<Minute>,
    /// Most that the variable can be.
    pub most: i64,
}

impl Job {
    fn first(&self) -> Minute {
        self.starts.first().copied().unwrap_or_default()
    }

    fn last(&self) -> Minute {
        self.starts.last().copied().unwrap_or_default()
    }

    /// Least minutes of a window that it takes, whenever it starts. The overlap rises and then falls with the start, so
    /// it is least at one of the ends.
    fn least(&self, window: Span) -> i32 {
        let at = |s: Minute| (window.end.min(s + self.minutes) - window.start.max(s)).max(0);
        at(self.first()).min(at(self.last()))
    }

    /// Whether all of it lies inside the window, whenever it starts.
    fn inside(&self, window: Span) -> bool {
        window.start <= self.first() && self.last() + self.minutes <= window.end
    }
}

/// A limit on what one machine does: Σ factor · session ≤ most.
struct Row {
    /// For each job, not negative.
    factors: Vec<i32>,
    most: i64,
}

impl Row {
    /// Whether whatever keeps `self` keeps `other`, as sessions are not negative: a other ≤ b other where, with what both
    /// allow made equal, no factor of the other is larger.
    fn implies(&self, other: &Row) -> bool {
        let larger = |(&mine, &theirs): (&i32, &i32)| i64::from(mine) * other.most >= i64::from(theirs) * self.most;
        self.factors.iter().zip(&other.factors).all(larger)
    }
}

/// Those that no other one implies; of equal ones the first.
fn undominated(rows: Vec<Row>) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        if kept.iter().any(|k| k.implies(&row)) {
            continue;
        }
        kept.retain(|k| !row.implies(k));
        kept.push(row);
    }
    kept
}

/// Some equal machines on one day.
pub struct Machine {
    /// What may take them.
    pub jobs: Vec<Job>,
    /// Breaks that each of them needs.
    pub breaks: Vec<BreakData>,
    /// How many there are.
    pub units: i64,
    /// Where given: nothing is done unless this is 1.
    pub on: Option<Variable>,
}

impl Machine {
    /// Adds the rows to the program, but for those that another one implies.
    pub fn constrain(&self, program: &mut Program) {
        for Row { factors, most } in undominated(self.rows()) {
            let sum: Expression =
                factors.iter().zip(&self.jobs).filter(|f| *f.0 > 0).map(|(&f, j)| f64::from(f) * j.variable).sum();
            let most = (most * self.units) as f64;
            program.hold(match self.on {
                Some(on) => constraint!(sum <= most * on),
                None => constraint!(sum <= most),
            });
        }
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let usable =
            Spans::merged(self.jobs.iter().flat_map(|j| j.starts.iter().map(move |&s| Span::new(s, s + j.minutes))));
        self.at_a_time(&mut rows);
        let (starts, ends) = self.ends();
        for &start in &starts {
            for &end in ends.iter().filter(|&&e| e > start) {
                let window = Span::new(start, end);
                self.capacity(&mut rows, window, usable.overlap(window) - self.pause(window));
                self.counts(&mut rows, window);
            }
        }
        rows
    }

    /// At each moment at most one session for each machine, of those that surely run then.
    fn at_a_time(&self, rows: &mut Vec<Row>) {
        let moments: BTreeSet<Minute> = self.jobs.iter().map(Job::last).collect();
        for moment in moments {
            let running = |j: &Job| j.last() <= moment && moment < j.first() + j.minutes;
            let row = Row { factors: self.jobs.iter().map(|j| running(j).into()).collect(), most: 1 };
            if self.largest(&row.factors) > self.units {
                rows.push(row);
            }
        }
    }

    /// What a weighed sum of the sessions is at most, each taken as often as it can be.
    fn largest(&self, factors: &[i32]) -> i64 {
        factors.iter().zip(&self.jobs).map(|(&f, j)| i64::from(f) * j.most).sum()
    }

    /// Starts and ends of windows that matter.
    fn ends(&self) -> (BTreeSet<Minute>, BTreeSet<Minute>) {
        let mut step = 1;
        loop {
            let starts: BTreeSet<Minute> = self.jobs.iter().map(|j| j.first().div_euclid(step) * step).collect();
            let ends: BTreeSet<Minute> =
                self.jobs.iter().map(|j| -(-(j.last() + j.minutes)).div_euclid(step) * step).collect();
            if (starts.len() <= ENDS && ends.len() <= ENDS) || step >= 240 {
                return (starts, ends);
            }
            step = if step == 1 { 30 } else { step * 2 };
        }
    }

    /// Least minutes of a window that breaks take.
    fn pause(&self, window: Span) -> i32 {
        let outside =
            |b: &BreakData| b.span.minutes() - (window.end.min(b.span.end) - window.start.max(b.span.start)).max(0);
        self.breaks.iter().map(|b| (b.minutes - outside(b)).max(0)).sum()
    }

    /// The minutes of a window are as many as they are.
    fn capacity(&self, rows: &mut Vec<Row>, window: Span, minutes: i32) {
        let factors: Vec<i32> = self.jobs.iter().map(|j| j.least(window)).collect();
        if self.largest(&factors) > i64::from(minutes) * self.units {
            rows.push(Row { factors, most: minutes.max(0).into() });
        }
    }

    /// Whole sessions fit into a window only so often: for several ways to weigh them, the most that one machine can do.
    fn counts(&self, rows: &mut Vec<Row>, window: Span) {
        let inside: Vec<bool> = self.jobs.iter().map(|j| j.inside(window)).collect();
        let lengths: BTreeSet<i32> = self.jobs.iter().zip(&inside).filter(|j| *j.1).map(|j| j.0.minutes).collect();
        let mut seen = BTreeSet::new();
        for &length in &lengths {
            for weigh in [|m: i32, l: i32| m / l, |m: i32, l: i32| i32::from(m >= l), |m: i32, l: i32| (2 * m) / l] {
                let weight = |j: (&Job, &bool)| if *j.1 { weigh(j.0.minutes, length) } else { 0 };
                let factors: Vec<i32> = self.jobs.iter().zip(&inside).map(weight).collect();
                if !seen.insert(factors.clone()) {
                    continue;
                }
                let weighed: Vec<(i32, &Job)> = factors.iter().copied().zip(&self.jobs).filter(|w| w.0 > 0).collect();
                let most = self.best(&weighed, window);
                if i64::from(most) * self.units < self.by_minutes(&weighed, window) {
                    rows.push(Row { factors, most: most.into() });
                }
            }
        }
    }

    /// What the minutes alone would allow, rounded up.
    fn by_minutes(&self, weighed: &[(i32, &Job)], window: Span) -> i64 {
        let mut left = i64::from(window.minutes() - self.pause(window)) * self.units;
        let mut sorted: Vec<&(i32, &Job)> = weighed.iter().collect();
        sorted.sort_by(|a, b| (b.0 * a.1.minutes).cmp(&(a.0 * b.1.minutes)));
        let mut total = 0;
        for (weight, job) in sorted {
            let whole = (left / i64::from(job.minutes.max(1))).min(job.most);
            total += i64::from(*weight) * whole;
            left -= whole * i64::from(job.minutes);
            if whole < job.most {
                // Part of one more.
                return total + i64::from(left * i64::from(*weight) > 0);
            }
        }
        total
    }

    /// Most weight of sessions one after the other inside a window, each as often as one likes, with the breaks that lie
    /// wholly inside.
    fn best(&self, weighed: &[(i32, &Job)], window: Span) -> i32 {
        let mut at: BTreeMap<Minute, BTreeMap<i32, i32>> = BTreeMap::new();
        for (weight, job) in weighed {
            for &start in &job.starts {
                let longest = at.entry(start).or_default().entry(job.minutes).or_default();
                *longest = (*longest).max(*weight);
            }
        }
        let pause = self.breaks.iter().find(|b| window.covers(b.span));
        let n = window.minutes() as usize;
        // best[t][k]: from minute t on, with the break taken (k = 1) or still to come.
        let mut best = vec![[0i32, 0]; n + 1];
        if pause.is_some() {
            best[n][0] = i32::MIN / 2;
        }
        for t in (0..n).rev() {
            let minute = window.start + t as Minute;
            best[t] = best[t + 1];
            for (&minutes, &weight) in at.get(&minute).into_iter().flatten() {
                if let Some(&after) = best.get(t + minutes as usize) {
                    for k in 0..2 {
                        best[t][k] = best[t][k].max(weight + after[k]);
                    }
                }
            }
            let now = pause.filter(|b| b.span.covers(Span::new(minute, minute + b.minutes)));
            if let Some(&after) = now.and_then(|b| best.get(t + b.minutes as usize)) {
                best[t][0] = best[t][0].max(after[1]);
            }
        }
        if pause.is_some() { best[0][0].max(0) } else { best[0][1] }
    }
}
