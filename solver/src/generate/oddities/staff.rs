//! Clinicians who work nights, at two sites on one day, in another zone than they live in; absences with an offset.

use super::super::{Dice, clock, dated};
use crate::problem::{Id, Minutes, Problem, Shift, Weekday};

pub(super) fn strew(problem: &mut Problem, dice: &mut Dice) {
    let first = problem.week_start;
    let sites: Vec<Id> = problem.sites.iter().map(|s| s.id.clone()).collect();
    let zones: Vec<String> = problem.sites.iter().map(|s| s.time_zone.clone()).collect();
    let everywhere: Vec<String> = problem.sites.iter().map(|s| s.jurisdiction.clone()).collect();
    for c in &mut problem.clinicians {
        if dice.percent(35) {
            let night = |days, start, end| Shift { days: vec![days], start, end, sites: None, telehealth: true };
            c.shifts.push(night(Weekday::Sat, clock(20, 0), clock(24, 0)));
            c.shifts.push(night(Weekday::Sun, clock(0, 0), clock(8, 0)));
            c.shifts.push(night(Weekday::Sun, clock(21, 0), clock(24, 0)));
        }
        if sites.len() > 1 && dice.percent(30) {
            // Two shifts of a Saturday at different sites: the way between them matters.
            let at = |site: Option<&Id>, from, to| Shift {
                days: vec![Weekday::Sat],
                start: clock(from, 0),
                end: clock(to, 0),
                sites: site.map(|s| vec![s.clone()]),
                telehealth: false,
            };
            c.shifts.push(at(sites.first(), 8, 12));
            c.shifts.push(at(sites.last(), 12, 16));
            c.licensed_in = everywhere.clone();
        }
        if dice.percent(10) {
            c.time_zone = dice.pick(&zones).cloned();
        }
        if dice.percent(15) {
            c.max_minutes_per_day = Some(Minutes(dice.one([60, 110, 180])));
        }
        if dice.percent(10) {
            c.max_minutes_per_week = Some(Minutes(dice.one([0, 120, 300])));
        }
        if let (Some(pause), true) = (&mut c.break_, dice.percent(30)) {
            pause.minutes = Minutes(dice.one([45, 60, 75]));
        }
        if dice.percent(15) {
            c.away.push(dated(first, dice.one([Weekday::Mon, Weekday::Sun, Weekday::Thu]), clock(10, 0), clock(15, 0)));
        }
        for shift in &mut c.shifts {
            if dice.percent(10) {
                shift.telehealth = false;
            }
        }
    }
}
