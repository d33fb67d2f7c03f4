//! People: one thing at a time, the days they attend, how long they wait, the dose and its limits.
//!
//! F[t] says whether the participant has begun the day by t, L[t] whether something still ends at t or later; y whether the
//! day is attended. What runs at t has begun by t and ends later, so the rows that keep sessions apart carry F and L.

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Expression, Variable, constraint};

use super::{Builder, Visit, fixed::FixedVisit};
use crate::{
    instance::{GroupIx, Minute, OrderIx, Owner, ParticipantIx, SiteIx},
    problem::Modality,
};

/// What a participant does on one day.
struct Today<'a> {
    participant: ParticipantIx,
    visits: Vec<&'a Visit>,
    /// The fixed sessions, those missed left out.
    fixed: Vec<&'a FixedVisit>,
}

impl Today<'_> {
    fn minutes(&self) -> i32 {
        self.fixed.iter().map(|f| f.span.end - f.span.start).sum()
    }

    fn frozen_minutes(&self) -> i32 {
        self.fixed.iter().filter(|f| f.frozen).map(|f| f.span.end - f.span.start).sum()
    }
}

/// The larger of a limit and what facts already use, less what is used.
fn residual(limit: i32, frozen: i32, used: i32) -> i32 {
    (limit.max(frozen) - used).max(0)
}

impl Builder<'_> {
    pub(super) fn people(&mut self) {
        let everybody = std::mem::take(&mut self.visits);
        for (&p, visits) in &everybody {
            let fixed: Vec<FixedVisit> = self.fixed.of_person(p).iter().filter(|f| !f.missed).cloned().collect();
            self.orders(p, visits, &fixed);
            let mut days: BTreeMap<i32, Today> = BTreeMap::new();
            let empty = |_: &i32| Today { participant: p, visits: Vec::new(), fixed: Vec::new() };
            for v in visits {
                days.entry(v.day).or_insert_with_key(empty).visits.push(v);
            }
            for f in &fixed {
                days.entry(f.day).or_insert_with_key(empty).fixed.push(f);
            }
            let mut attended = Expression::default();
            for today in days.values().filter(|d| !d.visits.is_empty()) {
                attended += self.day(today);
            }
            self.week(p, visits, &fixed, attended);
            self.commute(p, visits);
        }
        self.visits = everybody;
    }

    fn visit_counts(&self, p: ParticipantIx, v: &Visit) -> bool {
        self.instance.counts(p, self.instance.orders[v.order.i()].service, v.modality)
    }

    fn fixed_counts(&self, p: ParticipantIx, f: &FixedVisit) -> bool {
        f.service.is_some_and(|s| self.instance.counts(p, s, f.modality))
    }

    /// Orders of group services: never more than ordered, at most one a day (H11); how many groups serve them.
    fn orders(&mut self, p: ParticipantIx, visits: &[Visit], fixed: &[FixedVisit]) {
        let orders: BTreeSet<OrderIx> = visits.iter().filter(|v| v.group.is_some()).map(|v| v.order).collect();
        for o in orders {
            let service = self.instance.orders[o.i()].service;
            let mine = || visits.iter().filter(move |v| v.order == o);
            let all: Expression = mine().map(|v| v.variable).sum();
            let left = self.left_of(p, o);
            self.program.hold(constraint!(all <= left as f64));
            let kept: Vec<&FixedVisit> =
                fixed.iter().filter(|f| matches!(f.owner, Owner::Group(_)) && f.service == Some(service)).collect();
            if self.instance.orders[o.i()].one_per_day {
                let mut days: BTreeMap<i32, Expression> = BTreeMap::new();
                for v in mine() {
                    *days.entry(v.day).or_default() += v.variable;
                }
                for (day, sum) in days {
                    let most = if kept.iter().any(|f| f.day == day) { 0 } else { 1 };
                    self.program.hold(constraint!(sum <= most));
                }
            }
            self.group_switches(mine().collect(), &kept);
        }
    }

    /// One penalty for each group beyond the first that serves an order.
    fn group_switches(&mut self, visits: Vec<&Visit>, kept: &[&FixedVisit]) {
        let weight = i64::from(self.weights().group_switch.0);
        let groups: BTreeSet<GroupIx> = visits.iter().filter_map(|v| v.group).collect();
        let kept: BTreeSet<Owner> = kept.iter().map(|f| f.owner).collect();
        if weight == 0 || groups.len() + kept.len() < 2 {
            return;
        }
        let mut all = Expression::default();
        let mut any_now = false;
        for g in groups.into_iter().filter(|&g| !kept.contains(&Owner::Group(g))) {
            let mine = || visits.iter().filter(move |v| v.group == Some(g));
            let now = mine().any(|v| v.now);
            any_now |= now;
            let used = self.real(1, weight, f64::from(u8::from(now)));
            all += used;
            let mut seen = Vec::new();
            for v in mine() {
                let z = v.variable;
                if !seen.contains(&z) {
                    seen.push(z);
                    self.program.hold(constraint!(z <= used));
                }
            }
        }
        if kept.is_empty() {
            let any = self.real(1, -weight, f64::from(u8::from(any_now)));
            self.program.hold(constraint!(any <= all));
        }
    }

    /// One day of a participant; gives y, or 1 where something fixed makes it attended anyway.
    fn day(&mut self, today: &Today) -> Expression {
        let p = today.participant;
        let plan = self.instance.participants[p.i()].plan;
        let weights = self.weights().clone();
        let now: Vec<&&Visit> = today.visits.iter().filter(|v| v.now).collect();
        let (first, last) =
            (today.fixed.iter().map(|f| f.span.start).min(), today.fixed.iter().map(|f| f.span.end).max());
        let attended = if today.fixed.is_empty() {
            let y = self.real(1, weights.attended_day.0.into(), f64::from(u8::from(!now.is_empty())));
            Some(y)
        } else {
            None
        };
        let y = || attended.map_or_else(|| Expression::from(1.0), Expression::from);
        self.begin_and_end(today, attended, first, last);
        if let Some(limit) = plan.max_day {
            let left = residual(limit, today.frozen_minutes(), today.minutes());
            let minutes: Expression = today.visits.iter().map(|v| f64::from(v.span.minutes()) * v.variable).sum();
            let most: i32 = today.visits.iter().map(|v| v.span.minutes()).sum();
            if most > left {
                self.program.hold(constraint!(minutes <= f64::from(left) * y()));
            }
        }
        if plan.min_day > 0 && weights.short_day_minute.0 > 0 {
            let fixed: i32 = today.fixed.iter().filter(|f| self.fixed_counts(p, f)).map(|f| f.came).sum();
            let counted = || today.visits.iter().filter(|v| self.visit_counts(p, v));
            let got = fixed + counted().filter(|v| v.now).map(|v| v.span.minutes()).sum::<i32>();
            let attends = !now.is_empty() || attended.is_none();
            let short_now = if attends { (plan.min_day - got).max(0) } else { 0 };
            let minutes: Expression = counted().map(|v| f64::from(v.span.minutes()) * v.variable).sum();
            let short = self.real(plan.min_day.into(), weights.short_day_minute.0.into(), short_now.into());
            self.program.hold(constraint!(short + minutes + fixed >= f64::from(plan.min_day) * y()));
        }
        self.site_of_the_day(today, attended);
        y()
    }

    /// One thing at a time (H8), and how long the participant waits between the day's first start and last end:
    /// with starts t₁ < … < tₘ and F[tₘ] = y the first start is tₘ y − Σ F[tₖ] (tₖ₊₁ − tₖ), and so the last end.
    fn begin_and_end(&mut self, today: &Today, y: Option<Variable>, first: Option<Minute>, last: Option<Minute>) {
        let wait = i64::from(self.weights().wait_minute.0);
        for v in &today.visits {
            self.program.charge(-wait * i64::from(v.span.minutes()), v.variable);
        }
        let now = || today.visits.iter().filter(|v| v.now);
        let now_first = now().map(|v| v.span.start).chain(first).min();
        let now_last = now().map(|v| v.span.end).chain(last).max();
        // What starts after something fixed, or ends before it, changes nothing.
        let starts: BTreeSet<Minute> =
            today.visits.iter().map(|v| v.span.start).filter(|&t| first.is_none_or(|f| t < f)).collect();
        let ends: BTreeSet<Minute> =
            today.visits.iter().map(|v| v.span.end).filter(|&t| last.is_none_or(|l| t > l)).collect();
        if let (Some(y), Some(&latest), Some(&earliest)) = (y, starts.last(), ends.first()) {
            self.program.charge(wait * i64::from(earliest - latest), y);
        }
        let sum = |chosen: &dyn Fn(&Visit) -> bool| -> Expression {
            today.visits.iter().filter(|v| chosen(v)).map(|v| v.variable).sum()
        };
        let forwards: Vec<(Minute, Expression)> = starts.iter().map(|&t| (t, sum(&|v| v.span.start == t))).collect();
        let begun = self.stairs(&forwards, first, y, wait, |t| now_first.is_some_and(|f| f <= t));
        let backwards: Vec<(Minute, Expression)> = ends.iter().rev().map(|&t| (t, sum(&|v| v.span.end == t))).collect();
        let going = self.stairs(&backwards, last, y, wait, |t| now_last.is_some_and(|l| l >= t));
        let running = |at: Minute| sum(&|v: &Visit| v.span.start <= at && at < v.span.end);
        let all_starts: BTreeSet<Minute> = today.visits.iter().map(|v| v.span.start).collect();
        for at in all_starts {
            let sum = running(at);
            self.program.hold(match begun.get(&at) {
                Some(&begun) => constraint!(sum <= begun),
                None => constraint!(sum <= 1),
            });
        }
        for at in ends {
            // What runs in the minute before has not ended earlier.
            if let Some(&going) = going.get(&at) {
                let sum = running(at - 1);
                self.program.hold(constraint!(sum <= going));
            }
        }
    }

    /// Variables that rise along `moments`, at each by at most what begins there, up to `y` at the last one, or up to 1 at
    /// something `fixed` behind it. Each costs the wait until the next moment.
    fn stairs(
        &mut self,
        moments: &[(Minute, Expression)],
        fixed: Option<Minute>,
        y: Option<Variable>,
        wait: i64,
        now: impl Fn(Minute) -> bool,
    ) -> BTreeMap<Minute, Variable> {
        let mut levels = BTreeMap::new();
        let mut before: Option<Variable> = None;
        for (k, (at, begins)) in moments.iter().enumerate() {
            let next = moments.get(k + 1).map(|m| m.0).or(fixed);
            let level = match (next, y) {
                (None, Some(y)) => y,
                _ => {
                    let way = next.map_or(0, |n| i64::from((n - at).abs()));
                    self.real(1, wait * way, f64::from(u8::from(now(*at))))
                }
            };
            let begins = begins.clone();
            match before {
                Some(before) => {
                    self.program.hold(constraint!(before <= level));
                    self.program.hold(constraint!(level - before <= begins));
                }
                None => self.program.hold(constraint!(level <= begins)),
            }
            before = Some(level);
            levels.insert(*at, level);
        }
        levels
    }

    /// One physical site a day (H10).
    fn site_of_the_day(&mut self, today: &Today, y: Option<Variable>) {
        let in_person = || today.visits.iter().filter(|v| v.modality == Modality::InPerson);
        let sites: BTreeSet<SiteIx> = in_person().map(|v| v.site).collect();
        if sites.len() < 2 {
            return;
        }
        let mut all = Expression::default();
        for site in sites {
            let here = || in_person().filter(move |v| v.site == site);
            let at = self.real(1, 0, f64::from(u8::from(here().any(|v| v.now))));
            all += at;
            for v in here() {
                let x = v.variable;
                self.program.hold(constraint!(x <= at));
            }
        }
        self.program.hold(match y {
            Some(y) => constraint!(all <= y),
            None => constraint!(all <= 1),
        });
    }

    /// Days and minutes of the week (H19, H20), and what is missing of them.
    fn week(&mut self, p: ParticipantIx, visits: &[Visit], fixed: &[FixedVisit], attended: Expression) {
        let plan = self.instance.participants[p.i()].plan;
        let weights = self.weights().clone();
        let open: BTreeSet<i32> = visits.iter().map(|v| v.day).collect();
        let days =
            |frozen: bool| -> BTreeSet<i32> { fixed.iter().filter(|f| f.frozen || !frozen).map(|f| f.day).collect() };
        // Days with something fixed and nothing free.
        let closed = days(false).difference(&open).count() as i32;
        let now: BTreeSet<i32> = visits.iter().filter(|v| v.now).map(|v| v.day).chain(days(false)).collect();
        let most = plan.max_days.map(|m| m.max(days(true).len() as i32));
        if let Some(most) = most.filter(|&m| open.len() as i32 + closed > m) {
            self.program.hold(constraint!(attended.clone() + closed <= most));
        }
        if plan.min_days > 0 && weights.missing_day.0 > 0 {
            let short = (plan.min_days - now.len() as i32).max(0);
            let missing = self.real(plan.min_days.into(), weights.missing_day.0.into(), short.into());
            self.program.hold(constraint!(missing + attended + closed >= plan.min_days));
        }
        let got = |frozen: bool| -> i32 {
            let counted = fixed.iter().filter(|f| (f.frozen || !frozen) && self.fixed_counts(p, f));
            counted.map(|f| f.came).sum()
        };
        let counted = || visits.iter().filter(|v| self.visit_counts(p, v));
        let minutes: Expression = counted().map(|v| f64::from(v.span.minutes()) * v.variable).sum();
        let (all, facts) = (got(false), got(true));
        if plan.min_week > 0 && weights.shortfall_minute.0 > 0 {
            let now = all + counted().filter(|v| v.now).map(|v| v.span.minutes()).sum::<i32>();
            let short_now = (plan.min_week - now).max(0);
            let short = self.real(plan.min_week.into(), weights.shortfall_minute.0.into(), short_now.into());
            self.program.hold(constraint!(short + minutes.clone() + all >= plan.min_week));
        }
        if let Some(limit) = plan.max_week {
            let left = residual(limit, facts, all);
            self.program.hold(constraint!(minutes <= left));
        }
    }

    /// Time for the way between an in-person and a telehealth session (H10).
    fn commute(&mut self, p: ParticipantIx, visits: &[Visit]) {
        let commute = self.instance.participants[p.i()].commute;
        if commute == 0 {
            return;
        }
        let of = |m: Modality| visits.iter().filter(move |v| v.modality == m);
        let mut online: BTreeMap<(Minute, Minute), Vec<Variable>> = BTreeMap::new();
        for v in of(Modality::Telehealth) {
            online.entry((v.span.start, v.span.end)).or_default().push(v.variable);
        }
        for ((start, end), tele) in online {
            let near: Vec<&Visit> = of(Modality::InPerson)
                .filter(|v| v.span.start < end + commute && start - commute < v.span.end)
                .collect();
            // Those that run at one moment exclude one another anyway: one row for each such moment.
            let moments: BTreeSet<Minute> = near.iter().map(|v| v.span.start).collect();
            let mut done = BTreeSet::new();
            for at in moments {
                let active: Vec<usize> =
                    (0..near.len()).filter(|&k| near[k].span.start <= at && at < near[k].span.end).collect();
                if done.insert(active.clone()) {
                    let sum: Expression = active.iter().map(|&k| near[k].variable).chain(tele.iter().copied()).sum();
                    self.program.hold(constraint!(sum <= 1));
                }
            }
        }
    }
}
