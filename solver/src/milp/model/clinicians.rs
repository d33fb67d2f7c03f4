//! Clinicians: one thing at a time with documentation, breaks, limits of the day and the week, the site of a shift.

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Expression, Variable, constraint};

use super::{Builder, Duty, fixed};
use crate::instance::{BreakData, ClinicianIx, Minute, SiteIx, Span};

impl Builder<'_> {
    pub(super) fn clinicians(&mut self) {
        let everybody = std::mem::take(&mut self.duties);
        for (&c, duties) in &everybody {
            let pauses = self.breaks(c, duties);
            self.one_at_a_time(duties, &pauses);
            self.limits(c, duties);
            self.sites(c, duties);
        }
        self.duties = everybody;
    }

    /// Every maximal set of sessions and breaks that run at one moment holds at most one (H7).
    fn one_at_a_time(&mut self, duties: &[Duty], pauses: &[(Span, Variable)]) {
        let all: Vec<(Span, Variable)> =
            duties.iter().map(|d| (d.busy, d.variable)).chain(pauses.iter().copied()).collect();
        let moments: BTreeSet<Minute> = all.iter().map(|a| a.0.start).collect();
        let moments: Vec<Minute> = moments.into_iter().collect();
        for (k, &at) in moments.iter().enumerate() {
            let active: Vec<&(Span, Variable)> = all.iter().filter(|a| a.0.start <= at && at < a.0.end).collect();
            // Where all of them still run at the next start, its row says more.
            let next = moments.get(k + 1);
            if active.len() < 2 || next.is_some_and(|&n| active.iter().all(|a| n < a.0.end)) {
                continue;
            }
            let sum: Expression = active.iter().map(|a| a.1).sum();
            self.program.hold(constraint!(sum <= 1));
        }
    }

    /// b: where in its span the break lies; it begins with the span or where something ends (H18).
    fn breaks(&mut self, c: ClinicianIx, duties: &[Duty]) -> Vec<(Span, Variable)> {
        let breaks = self.instance.clinicians[c.i()].breaks.clone();
        let mut pauses = Vec::new();
        for pause in breaks {
            let near: Vec<&Duty> = duties.iter().filter(|d| d.busy.overlaps(pause.span)).collect();
            if near.is_empty() || !self.facts_leave(c, &pause) {
                continue;
            }
            let fixed: Vec<Span> = self.fixed.of_clinician(c).iter().map(|f| f.busy).collect();
            let ends = near.iter().map(|d| d.busy.end).chain(fixed.iter().map(|f| f.end));
            let moments: BTreeSet<Minute> = ends.chain([pause.span.start]).collect();
            let free: Vec<Span> = moments
                .into_iter()
                .map(|at| Span::new(at, at + pause.minutes))
                .filter(|s| pause.span.covers(*s) && !fixed.iter().any(|f| f.overlaps(*s)))
                .collect();
            if free.iter().any(|s| !near.iter().any(|d| d.busy.overlaps(*s))) {
                continue;
            }
            let now = free.iter().position(|s| !near.iter().any(|d| d.now && d.busy.overlaps(*s)));
            let mut sum = Expression::default();
            for (k, span) in free.into_iter().enumerate() {
                let b = self.binary(0, now == Some(k));
                sum += b;
                pauses.push((span, b));
            }
            self.program.hold(constraint!(sum == 1));
        }
        pauses
    }

    /// Whether frozen sessions alone leave room for a break; where they do not, none is asked for.
    fn facts_leave(&self, c: ClinicianIx, pause: &BreakData) -> bool {
        let frozen: Vec<Span> = self.fixed.of_clinician(c).iter().filter(|f| f.frozen).map(|f| f.busy).collect();
        let fits = |at: Minute| {
            let span = Span::new(at, at + pause.minutes);
            pause.span.covers(span) && !frozen.iter().any(|f| f.overlaps(span))
        };
        frozen.iter().map(|f| f.end).chain([pause.span.start]).any(fits)
    }

    /// Session minutes of the day and the week (H17).
    fn limits(&mut self, c: ClinicianIx, duties: &[Duty]) {
        let data = &self.instance.clinicians[c.i()];
        let (max_day, max_week) = (data.max_day, data.max_week);
        let fixed = self.fixed.of_clinician(c);
        let left = |limit: i32, chosen: &dyn Fn(i32) -> bool| {
            let mine = || fixed.iter().filter(|f| chosen(f.day));
            let frozen: i32 = mine().filter(|f| f.frozen).map(|f| f.minutes).sum();
            (limit.max(frozen) - mine().map(|f| f.minutes).sum::<i32>()).max(0)
        };
        let mut rows = Vec::new();
        let mut days: BTreeMap<i32, Vec<&Duty>> = BTreeMap::new();
        for d in duties {
            days.entry(self.instance.clinician_day(c, d.busy.start)).or_default().push(d);
        }
        if let Some(limit) = max_day {
            rows.extend(days.iter().map(|(&day, today)| (today.clone(), left(limit, &|d| d == day))));
        }
        if let Some(limit) = max_week {
            rows.push((duties.iter().collect(), left(limit, &|_| true)));
        }
        for (duties, left) in rows {
            let most: i64 = duties.iter().map(|d| i64::from(d.minutes)).sum();
            if most > left.into() {
                let sum: Expression = duties.iter().map(|d| f64::from(d.minutes) * d.variable).sum();
                self.program.hold(constraint!(sum <= left));
            }
        }
    }

    /// One site a shift, and time for the way between two shifts of a day (H16).
    fn sites(&mut self, c: ClinicianIx, duties: &[Duty]) {
        let data = &self.instance.clinicians[c.i()];
        let mut shifts: BTreeMap<usize, BTreeMap<SiteIx, Vec<&Duty>>> = BTreeMap::new();
        for d in duties {
            if let Some((site, shift)) = d.site.and_then(|s| Some((s, data.shift_for(d.busy, Some(s))?))) {
                shifts.entry(shift).or_default().entry(site).or_default().push(d);
            }
        }
        let clash =
            |a: (usize, SiteIx), b: (usize, SiteIx)| a.1 != b.1 && (a.0 == b.0 || !fixed::way(self.instance, c, a, b));
        let all: Vec<(usize, SiteIx)> =
            shifts.iter().flat_map(|(&k, sites)| sites.keys().map(move |&s| (k, s))).collect();
        let needed: BTreeSet<(usize, SiteIx)> =
            all.iter().copied().filter(|&a| all.iter().any(|&b| clash(a, b))).collect();
        let clashing: Vec<((usize, SiteIx), (usize, SiteIx))> = all
            .iter()
            .enumerate()
            .flat_map(|(k, &a)| all[k + 1..].iter().map(move |&b| (a, b)))
            .filter(|&(a, b)| a.0 != b.0 && clash(a, b))
            .collect();
        let mut at: BTreeMap<(usize, SiteIx), Variable> = BTreeMap::new();
        for key in needed {
            let Some(mine) = shifts.get(&key.0).and_then(|s| s.get(&key.1)) else { continue };
            let works = self.real(1, 0, f64::from(u8::from(mine.iter().any(|d| d.now))));
            for d in mine {
                let v = d.variable;
                self.program.hold(constraint!(v <= works));
            }
            at.insert(key, works);
        }
        for (&shift, sites) in shifts.iter().filter(|s| s.1.len() > 1) {
            let sum: Expression = sites.keys().filter_map(|&s| at.get(&(shift, s))).sum();
            self.program.hold(constraint!(sum <= 1));
        }
        for (a, b) in clashing {
            if let (Some(&x), Some(&y)) = (at.get(&a), at.get(&b)) {
                self.program.hold(constraint!(x + y <= 1));
            }
        }
    }
}
