//! The unit of costs: the greatest number that divides what every calendar costs, as far as it is modelled here. Between two
//! multiples of it there is no calendar, so that bounds are rounded up to the next one.

use super::{gatherings::Gathering, person::Person};
use crate::instance::Instance;

/// The unit; at least 1.
pub fn unit(instance: &Instance, people: &[Person], groups: &[Gathering]) -> i64 {
    let each = people.iter().enumerate().map(|(p, person)| of_person(instance, p, person, groups));
    each.chain(groups.iter().map(|g| g.held)).fold(0, common).max(1)
}

/// What divides all that a participant's week may cost.
fn of_person(instance: &Instance, p: usize, person: &Person, groups: &[Gathering]) -> i64 {
    let places = || person.singles.iter().flat_map(|s| s.places.iter().flatten());
    let guests = || groups.iter().filter_map(|g| g.guests[p].as_ref());
    let costs = places().flat_map(|place| place.by.iter().map(|by| by.1).chain([place.cost]));
    let costs = costs.chain(guests().flat_map(|guest| guest.costs.iter().map(|c| c.1)));
    let unmet = instance.participants[person.ix.i()].orders.iter().map(|o| instance.orders[o.i()].unmet);

    // A wait is the difference of two starts less a length; what is short, that of what is asked for and sums of counted minutes.
    let starts = || places().map(|place| place.start).chain(guests().flat_map(|guest| guest.costs.iter().map(|c| c.0)));
    let first = starts().next().unwrap_or(0);
    let lengths = person.singles.iter().map(|s| s.minutes).chain(groups.iter().map(|g| g.minutes));
    let wait = starts().map(|start| start - first).chain(lengths).map(i64::from).fold(0, common);
    let counted = || person.singles.iter().map(|s| s.counted).chain(guests().map(|guest| guest.counted));
    let short_day = counted().chain([person.least_minutes]).fold(0, common);
    let short = counted().chain([person.dose]).fold(0, common);
    let prices = &person.prices;
    let by_minute = [prices.wait * wait, prices.short_day * short_day, prices.shortfall * short];
    let by_day = [prices.day, prices.missing_day];
    costs.chain(unmet).chain(by_minute).chain(by_day).fold(0, common)
}

/// The greatest common divisor; that with 0 is the other.
fn common(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { common(b, a % b) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        bound::exact::compile,
        generate::{Draw, generate},
        instance::Placements,
        search::{Options, Stop, Unwatched, solve},
    };

    #[test]
    fn every_calendar_costs_a_multiple_of_it() {
        let mut units = Vec::new();
        for seed in 1..7 {
            let problem = generate(&Draw { per_site: 3, seed, ..Draw::default() });
            let instance = Arc::new(Instance::new(Arc::new(problem)));
            let Some((people, groups)) = compile(&instance, &Placements::new(&instance)) else { continue };
            let unit = unit(&instance, &people, &groups);
            for rounds in 0..4 {
                let options = Options { seconds: None, rounds: Some(rounds), seed: rounds, ..Options::default() };
                let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
                assert_eq!(calendar.objective % unit as u64, 0, "{unit} {}", calendar.objective);
            }
            units.push(unit);
        }
        assert!(units.iter().any(|unit| *unit > 1), "{units:?}");
    }

    #[test]
    fn the_greatest_common_divisor() {
        let of = |numbers: &[i64]| numbers.iter().copied().fold(0, common);
        assert_eq!((of(&[]), of(&[0, 15, 10]), of(&[7, 0]), of(&[9, 4])), (0, 5, 7, 1));
    }
}
