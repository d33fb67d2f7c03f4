//! Charts of a comparison, each with its table in the summary above it.

use careweave_solver::scenario::Comparison;

use super::solved;
use crate::{
    failure::Failure,
    reports::page::{Bar, Colour, bars},
};

/// How much of the ordered care has a place.
pub fn care(comparison: &Comparison) -> Result<String, Failure> {
    let week = solved(comparison).map(|week| {
        let dose = &week.kpis.dose_met.minutes;
        Bar { name: week.name.clone(), from: 0.0, to: dose.share * 100.0 }
    });
    let week: Vec<Bar> = week.collect();
    bars("Ordered minutes that have a place, in per cent", &week, 100.0, Colour::Dark)
}

/// Where the least objective of each week lies.
pub fn objectives(comparison: &Comparison) -> Result<String, Failure> {
    let weeks = solved(comparison).map(|week| Bar {
        name: week.name.clone(),
        from: week.bound as f64,
        to: week.objective as f64,
    });
    let weeks: Vec<Bar> = weeks.collect();
    let most = weeks.iter().map(|b| b.to).fold(1.0, f64::max);
    bars("What is proven of the objective: from bound to objective", &weeks, most, Colour::Pale)
}
