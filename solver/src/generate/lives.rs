//! What people have to do besides treatment.

use super::{Dice, Draw, EVENINGS, WORKDAYS, clock, dated, weekly};
use crate::problem::{
    Commitment,
    CommitmentKind::{self, *},
    Flexibility::{self, Hard, Soft},
    Minutes, Weekday, Window,
};

fn commitment(kind: CommitmentKind, window: Window, travel: u32, flexibility: Flexibility) -> Commitment {
    Commitment { kind, windows: vec![window], travel_minutes: Minutes(travel), flexibility }
}

/// School, for an adolescent.
pub(super) fn school() -> Commitment {
    commitment(School, weekly(WORKDAYS, clock(8, 0), clock(14, 30)), 15, Hard)
}

/// The commitments of an adult.
pub(super) fn of_adult(draw: &Draw, dice: &mut Dice) -> Vec<Commitment> {
    let mut all = Vec::new();
    if dice.percent(draw.day_jobs) {
        // Some work from home or nearby, some have half an hour to drive.
        let start = dice.one([clock(8, 0), clock(8, 30), clock(9, 0)]);
        let end = dice.one([clock(16, 0), clock(16, 30), clock(17, 0)]);
        all.push(commitment(Work, weekly(WORKDAYS, start, end), dice.one([0, 15, 30]), Hard));
    } else {
        match dice.below(100) {
            0..15 => all.push(commitment(Work, weekly(WORKDAYS, clock(6, 0), clock(11, 30)), 20, Hard)),
            15..36 => {
                let days = dice.some(&WORKDAYS, 4);
                all.push(commitment(Work, weekly(days, clock(13, 0), clock(21, 0)), 20, Hard));
            }
            36..59 => {
                let days = [Weekday::Mon, Weekday::Wed, Weekday::Fri];
                let flexibility = dice.one([Hard, Soft]);
                all.push(commitment(School, weekly(days, clock(9, 0), clock(13, 0)), 15, flexibility));
            }
            _ => {}
        }
    }
    if dice.percent(24) {
        let flexibility = dice.one([Hard, Soft]);
        all.push(commitment(Childcare, weekly(WORKDAYS, clock(14, 30), clock(16, 30)), 0, flexibility));
    }
    if dice.percent(8) {
        let (from, to) = dice.one([(clock(9, 0), clock(12, 0)), (clock(13, 0), clock(16, 0))]);
        all.push(commitment(Court, dated(draw.week_start, dice.one(EVENINGS), from, to), 20, Hard));
    }
    if dice.percent(8) {
        let from = dice.one([clock(8, 30), clock(10, 0), clock(15, 0)]);
        let to = crate::problem::Clock(from.0 + 60);
        all.push(commitment(Medical, dated(draw.week_start, dice.one(WORKDAYS), from, to), 15, Hard));
    }
    all
}
