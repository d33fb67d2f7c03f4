//! The integer program of a purchase: the cheapest things with which, summed over the week, there are minutes enough. Each
//! set that was solved and did not serve is cut off, and with it all that is part of it.
//!
//! Sets: services s, resources r (clinicians, rooms, seats of groups), things i with units u. Variables: `bought[i][u]`
//! binary; `served[s]` participant minutes; `given[r][s]` minutes of r for s. Minimise Σ cost·bought.

use std::{collections::BTreeMap, sync::Arc};

use good_lp::{Expression, Variable, constraint};

use super::{
    capacity::{Asked, Capacity, Resource},
    given::Item,
};
use crate::{
    milp::{self, Limits, Method, Program, Status},
    search::Stop,
};

/// What one thing adds to what there is.
pub struct Gain {
    /// What there is with one of it.
    pub with: Capacity,
}

/// The program, to which cuts are added.
pub struct Model {
    program: Program,
    bought: Vec<Vec<Variable>>,
}

/// A kind of resource: where it is found, and how many of its minutes a participant's minute of a service takes, in
/// thousandths; none where it takes none.
type Of = (fn(&Capacity) -> &BTreeMap<String, Resource>, fn(&Asked) -> Option<f64>);

const KINDS: [Of; 3] = [
    (|c| &c.clinicians, |s| Some(s.effort as f64 * s.clinicians as f64 / (1000 * s.size) as f64)),
    (|c| &c.rooms, |s| s.needs_room.then_some(1.0 / s.size as f64)),
    (|c| &c.groups, |s| s.meets.then_some(1.0)),
];

impl Model {
    /// The program of these things for what is asked; `all` is what there is if everything is bought.
    pub fn new(items: &[Item], now: &Capacity, gains: &[Gain], all: &Capacity, share: f64) -> Self {
        let mut program = Program::default();
        let bought: Vec<Vec<Variable>> =
            items.iter().map(|item| (0..item.most).map(|_| program.binary(item.cost as i64)).collect()).collect();
        for units in &bought {
            for two in units.windows(2) {
                let (first, second) = (two[0], two[1]);
                program.hold(constraint!(second <= first));
            }
        }
        let served: Vec<Variable> = now.asked.iter().map(|s| program.real(s.ordered, 0)).collect();
        let ordered: i64 = now.asked.iter().map(|s| s.ordered).sum();
        let everything: Expression = served.iter().copied().sum();
        program.hold(constraint!(everything >= (share * ordered as f64).floor()));
        for (of, takes) in KINDS {
            resources(&mut program, &bought, &served, now, gains, all, of, takes);
        }
        Model { program, bought }
    }

    /// How many of each thing the cheapest set has, and what it costs; none where nothing is left.
    pub fn cheapest(&self, stop: &Stop) -> Option<(Vec<u64>, u64)> {
        let program = Arc::new(self.program.clone());
        let answer =
            milp::solve(&program, Method::Branch, &[], &Limits { nodes: Some(100_000), ..Limits::default() }, stop);
        if !matches!(answer.status, Status::Optimal | Status::Feasible) {
            return None;
        }
        let values = answer.values?;
        let is = |v: &Variable| self.program.column(*v).and_then(|k| values.get(k)).is_some_and(|x| *x > 0.5);
        let counts = self.bought.iter().map(|units| units.iter().filter(|u| is(u)).count() as u64).collect();
        Some((counts, answer.objective.round().max(0.0) as u64))
    }

    /// Cuts off a set that did not serve: something that it does not have must be bought.
    pub fn cut(&mut self, counts: &[u64]) {
        let more = self.bought.iter().zip(counts).filter_map(|(units, count)| units.get(*count as usize).copied());
        let more: Expression = more.sum();
        self.program.hold(constraint!(more >= 1));
    }
}

/// Nothing gives more minutes than it has.
#[allow(clippy::too_many_arguments, reason = "the sets and variables of the program")]
fn resources(
    program: &mut Program,
    bought: &[Vec<Variable>],
    served: &[Variable],
    now: &Capacity,
    gains: &[Gain],
    all: &Capacity,
    of: fn(&Capacity) -> &BTreeMap<String, Resource>,
    takes: fn(&Asked) -> Option<f64>,
) {
    let mut given: Vec<Expression> = vec![Expression::default(); served.len()];
    let mut supply = |program: &mut Program, serves: &[usize], minutes: Expression, most: i64| {
        let mut used = Expression::default();
        for &s in serves.iter().filter(|s| takes(&all.asked[**s]).is_some()) {
            let part = program.real(most, 0);
            given[s] += part;
            used += part;
        }
        program.hold(constraint!(used <= minutes));
    };
    for (id, resource) in of(now) {
        // A thing that gives more to somebody who is there already, by units.
        let mut minutes = Expression::from(resource.minutes as f64);
        let (mut most, mut serves) = (resource.minutes, resource.serves.clone());
        for (units, gain) in bought.iter().zip(gains) {
            let Some(with) = of(&gain.with).get(id) else { continue };
            let more = with.minutes - resource.minutes;
            serves.extend(with.serves.iter().filter(|s| !resource.serves.contains(s)));
            if more > 0 {
                minutes += units.iter().map(|u| more as f64 * *u).sum::<Expression>();
                most += more * units.len() as i64;
            }
        }
        serves.sort_unstable();
        serves.dedup();
        supply(program, &serves, minutes, most);
    }
    for (units, gain) in bought.iter().zip(gains) {
        let new: Vec<&Resource> =
            of(&gain.with).iter().filter(|(id, _)| !of(now).contains_key(*id)).map(|(_, r)| r).collect();
        for unit in units {
            for resource in &new {
                supply(program, &resource.serves, resource.minutes as f64 * *unit, resource.minutes);
            }
        }
    }
    for (s, given) in given.into_iter().enumerate() {
        if let Some(each) = takes(&all.asked[s]) {
            let asked = each * served[s];
            program.hold(constraint!(given >= asked));
        }
    }
}
