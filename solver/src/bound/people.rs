//! The rows of the relaxation that belong to people and rooms: plans of care, working days, one thing at a time.

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Expression, constraint};

use super::{
    machine::{Job, Machine},
    relax::{Relaxation, Visit},
};
use crate::instance::{ClinicianIx, ParticipantIx, RoomIx};

impl Job {
    fn copy(&self) -> Job {
        Job { variable: self.variable, minutes: self.minutes, starts: self.starts.clone(), most: self.most }
    }
}

impl Relaxation<'_> {
    /// Orders and plans of the participants (H8, H11, H19, H20 and the penalties of the dose).
    pub(super) fn plans(&mut self) {
        for &p in self.people {
            let visits = self.visits.remove(&p).unwrap_or_default();
            self.orders(p, &visits);
            self.days(p, &visits);
            self.week(p, &visits);
        }
    }

    fn orders(&mut self, p: ParticipantIx, visits: &[Visit]) {
        for &o in &self.instance.participants[p.i()].orders {
            let left = self.left(o);
            let mine = || visits.iter().filter(|v| v.order == o);
            let sum: Expression = mine().map(|v| v.variable).sum();
            if let Some(&u) = self.missing.get(&o) {
                self.program.hold(constraint!(sum.clone() + u >= left as f64));
            }
            self.program.hold(constraint!(sum <= left as f64));
            let mut by_day: BTreeMap<i32, Vec<&Visit>> = BTreeMap::new();
            mine().filter_map(|v| Some((v.day?, v))).for_each(|(d, v)| by_day.entry(d).or_default().push(v));
            for (day, visits) in by_day {
                let Some(&y) = self.attends.get(&(p, day)) else { continue };
                if self.instance.orders[o.i()].one_per_day {
                    let sum: Expression = visits.iter().map(|v| v.variable).sum();
                    self.program.hold(constraint!(sum <= y));
                } else {
                    for v in visits {
                        let x = v.variable;
                        self.program.hold(constraint!(x <= v.most as f64 * y));
                    }
                }
            }
        }
    }

    /// One thing at a time and the day's limits; what an attended day should have at least.
    fn days(&mut self, p: ParticipantIx, visits: &[Visit]) {
        let plan = &self.instance.participants[p.i()].plan;
        for day in 0..7 {
            if (self.over)() {
                return;
            }
            let Some(&y) = self.attends.get(&(p, day)) else { continue };
            let today: Vec<&Visit> = visits.iter().filter(|v| v.day == Some(day)).collect();
            let job =
                |v: &&Visit| Job { variable: v.variable, minutes: v.minutes, starts: v.starts.clone(), most: v.most };
            let machine = Machine { jobs: today.iter().map(job).collect(), breaks: Vec::new(), units: 1, on: Some(y) };
            machine.constrain(&mut self.program);
            // What a frozen session already uses of a day is not known here: such a day is left alone.
            if self.facts.days[p.i()].contains(&day) {
                continue;
            }
            let known = visits.iter().all(|v| v.day.is_some());
            if known {
                let some: Expression = today.iter().map(|v| v.variable).sum();
                self.program.hold(constraint!(y <= some));
            }
            if let Some(most) = plan.max_day {
                let minutes: Expression = today.iter().map(|v| f64::from(v.minutes) * v.variable).sum();
                self.program.hold(constraint!(minutes <= f64::from(most) * y));
            }
            let weight = self.weights().short_day_minute.0;
            if plan.min_day > 0 && weight > 0 && known {
                let short = self.program.kept(plan.min_day.into(), weight.into());
                let counted: Expression =
                    today.iter().filter(|v| v.counts).map(|v| f64::from(v.minutes) * v.variable).sum();
                self.program.hold(constraint!(short + counted >= f64::from(plan.min_day) * y));
            }
        }
    }

    fn week(&mut self, p: ParticipantIx, visits: &[Visit]) {
        let plan = &self.instance.participants[p.i()].plan;
        let attended: Expression = (0..7).filter_map(|d| self.attends.get(&(p, d))).sum();
        let before = self.facts.days[p.i()].len() as i32;
        if let Some(most) = plan.max_days {
            let most = most.max(before);
            self.program.hold(constraint!(attended.clone() <= most));
        }
        let missing_day = self.weights().missing_day.0;
        if plan.min_days > 0 && missing_day > 0 {
            let missing = self.program.kept(plan.min_days.into(), missing_day.into());
            self.program.hold(constraint!(missing + attended >= plan.min_days));
        }
        let counted: Expression = visits.iter().filter(|v| v.counts).map(|v| f64::from(v.minutes) * v.variable).sum();
        let dose = self.facts.dose[p.i()];
        let shortfall = self.weights().shortfall_minute.0;
        if plan.min_week > dose && shortfall > 0 {
            let short = self.program.kept(plan.min_week.into(), shortfall.into());
            self.program.hold(constraint!(short + counted >= plan.min_week - dose));
        }
        if let Some(most) = plan.max_week {
            // A visit counts here if it might count; what surely counts is what the limit is about.
            let sure: Expression = visits
                .iter()
                .filter(|v| v.counts && plan.counts_in_person && plan.counts_telehealth)
                .map(|v| f64::from(v.minutes) * v.variable)
                .sum();
            self.program.hold(constraint!(sure <= (most - dose).max(0)));
        }
    }

    /// Working days of the clinicians (H7, H17, H18).
    pub(super) fn clinicians(&mut self) {
        let mut by_clinician: BTreeMap<ClinicianIx, Vec<(Option<i32>, usize)>> = BTreeMap::new();
        for (k, duty) in self.duties.iter().enumerate() {
            let day = |s: &i32| self.instance.clinician_day(duty.clinician, *s);
            let first = duty.job.starts.first().map(day);
            let same = duty.job.starts.iter().all(|s| Some(day(s)) == first);
            by_clinician.entry(duty.clinician).or_default().push((first.filter(|_| same), k));
        }
        for (c, duties) in by_clinician {
            let data = &self.instance.clinicians[c.i()];
            let minutes = |chosen: &mut dyn Iterator<Item = usize>| -> Expression {
                chosen.map(|k| f64::from(self.duties[k].minutes) * self.duties[k].job.variable).sum()
            };
            if let Some(most) = data.max_week {
                let sum = minutes(&mut duties.iter().map(|d| d.1));
                self.program.hold(constraint!(sum <= most));
            }
            let days: BTreeSet<i32> = duties.iter().filter_map(|d| d.0).collect();
            for day in days {
                if (self.over)() {
                    return;
                }
                let today = || duties.iter().filter(move |d| d.0 == Some(day)).map(|d| d.1);
                if let Some(most) = data.max_day {
                    let sum = minutes(&mut today());
                    self.program.hold(constraint!(sum <= most));
                }
                // Frozen sessions may leave no break; the rule then asks for none.
                let breaks = data
                    .breaks
                    .iter()
                    .filter(|b| b.span.start >= self.instance.freeze)
                    .filter(|b| self.instance.clinician_day(c, b.span.start) == day)
                    .copied()
                    .collect();
                let jobs = today().map(|k| self.duties[k].job.copy()).collect();
                Machine { jobs, breaks, units: 1, on: None }.constrain(&mut self.program);
            }
        }
    }

    /// Rooms (H6, H7): for each set of rooms that sessions are confined to, on each day.
    pub(super) fn rooms(&mut self) {
        let sets: BTreeSet<BTreeSet<RoomIx>> = self.stays.iter().map(|s| s.rooms.clone()).collect();
        for set in sets {
            let turnover = set.iter().map(|r| self.instance.rooms[r.i()].turnover).min().unwrap_or(0);
            let Some(site) = set.first().map(|r| self.instance.rooms[r.i()].site) else { continue };
            let mut days: BTreeMap<i32, Vec<Job>> = BTreeMap::new();
            for stay in self.stays.iter().filter(|s| s.rooms.is_subset(&set)) {
                let Some(&first) = stay.job.starts.first() else { continue };
                let mut job = stay.job.copy();
                job.minutes += turnover;
                days.entry(self.instance.site_day(site, first)).or_default().push(job);
            }
            for jobs in days.into_values() {
                if (self.over)() {
                    return;
                }
                let machine = Machine { jobs, breaks: Vec::new(), units: set.len() as i64, on: None };
                machine.constrain(&mut self.program);
            }
        }
    }
}
