//! What everyday programmes rarely have and the contract knows all the same, strewn over a drawn problem by chance.

mod care;
mod people;
mod places;
mod staff;

use super::Dice;
use crate::problem::{Minutes, Problem, Weight};

/// Strews them: each kind of oddity in about one problem of three, so that they meet in all combinations.
pub(super) fn strew(problem: &mut Problem, dice: &mut Dice) {
    problem.grid_minutes = Minutes(dice.one([15, 15, 15, 5, 10, 20, 30]));
    places::strew(problem, dice);
    care::strew(problem, dice);
    staff::strew(problem, dice);
    people::strew(problem, dice);
    if dice.percent(20) {
        let w = &mut problem.weights;
        w.wait_minute = Weight(dice.one([0, 2, 7]));
        w.attended_day = Weight(dice.one([0, 30, 250]));
        w.group_switch = Weight(dice.one([0, 40, 90]));
        w.held_meeting = Weight(dice.one([0, 600]));
    }
}
