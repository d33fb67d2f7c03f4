//! Sites open at night and closed for an afternoon; rooms with hours of their own, turnover, little space.

use super::super::{Dice, EVENINGS, WORKDAYS, clock, dated, weekly};
use crate::problem::{Minutes, Problem, Weekday};

pub(super) fn strew(problem: &mut Problem, dice: &mut Dice) {
    let first = problem.week_start;
    for site in &mut problem.sites {
        if dice.percent(40) {
            // Whole weekend days, so that sessions fall into hours that DST skips or repeats.
            site.hours.push(weekly([Weekday::Sat, Weekday::Sun], clock(0, 0), clock(24, 0)));
        }
        if dice.percent(25) {
            site.closed.push(dated(first, dice.one(WORKDAYS), clock(13, 0), clock(18, 0)));
        }
    }
    for room in &mut problem.rooms {
        if dice.percent(30) {
            room.turnover_minutes = Minutes(dice.one([5, 10, 15]));
        }
        if dice.percent(10) {
            room.capacity = dice.one([1, 2]);
        }
        if dice.percent(10) {
            room.hours = Some(vec![weekly(EVENINGS, clock(7, 0), clock(20, 0))]);
        }
        if dice.percent(10) {
            room.closed.push(dated(first, dice.one(WORKDAYS), clock(9, 0), clock(12, 0)));
        }
    }
    if dice.percent(30) {
        for pair in &mut problem.travel.pairs {
            pair.minutes = Minutes(dice.one([0, 10, 90]));
        }
    }
}
