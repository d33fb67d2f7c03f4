//! Why what is unmet is unmet: every place that an order could have had, counted once under the first code that forbids it
//! in the calendar at hand. The same predicates as the rules', so that the two can't disagree.

mod clinician;
mod code;
mod detail;
mod group;
mod held;
mod ids;
mod individual;
mod participant;
mod room;
mod standing;
mod tally;
#[cfg(test)]
mod tests;
mod trade_off;

pub use self::held::Held;
use self::{code::Code, standing::Standing, tally::Tally};
use crate::{
    calendar::{Reason, Unmet},
    instance::{Booked, ClinicianIx, GroupIx, Instance, Minute, OrderIx},
    rules::{judge, names},
};

/// The unmet orders of a calendar with their places and reasons, in the order given; with each the number of sessions
/// that are missing, as [`crate::rules::judge`] counts them.
pub fn unmet(instance: &Instance, sessions: &[Booked], missing: &[(OrderIx, u32)]) -> Vec<Unmet> {
    if missing.is_empty() {
        return Vec::new();
    }
    let standing = Standing::new(instance, sessions);
    missing.iter().map(|&(order, missing)| one(&standing, order, missing)).collect()
}

/// What is told of one order, met or not: its places in the calendar at hand, of one more session.
pub fn order(instance: &Instance, sessions: &[Booked], order: OrderIx) -> Unmet {
    let missing = judge(instance, sessions).missing.into_iter().find(|m| m.0 == order).map_or(0, |m| m.1);
    one(&Standing::new(instance, sessions), order, missing)
}

/// What keeps a group from meeting, or from meeting more often, in the calendar at hand.
pub fn group(instance: &Instance, sessions: &[Booked], group: GroupIx) -> Held {
    held::held(&Standing::new(instance, sessions), group)
}

/// Which places are asked about: all that fit what is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only those that begin then.
    pub start: Option<Minute>,
    /// Only those with this clinician; of sessions by teams, those that this clinician is in.
    pub clinician: Option<ClinicianIx>,
}

impl Asked {
    fn starts(&self, start: Minute) -> bool {
        self.start.is_none_or(|asked| asked == start)
    }
}

/// Why not then, or with her: what is told of some places of an order. Places that do not exist at all are none.
pub fn places(instance: &Instance, sessions: &[Booked], order: OrderIx, asked: Asked) -> Unmet {
    let missing = judge(instance, sessions).missing.into_iter().find(|m| m.0 == order).map_or(0, |m| m.1);
    some(&Standing::new(instance, sessions), order, missing, asked)
}

fn one(standing: &Standing, order: OrderIx, missing: u32) -> Unmet {
    some(standing, order, missing, Asked::default())
}

fn some(standing: &Standing, order: OrderIx, missing: u32, asked: Asked) -> Unmet {
    let instance = standing.instance;
    let data = &instance.orders[order.i()];
    let service = &instance.services[data.service.i()];
    let mut tally = Tally::new();
    if service.is_group {
        group::count(standing, order, missing, asked, &mut tally);
    } else {
        individual::count(standing, order, asked, &mut tally);
    }
    let reason = |(code, count, example): (Code, u64, _)| Reason {
        code: code.text(),
        count,
        detail: detail::sentence(standing, order, code, &tally, example),
        ids: ids::of(standing, order, code, &tally, example),
    };
    Unmet {
        participant: names::participant(instance, data.participant).clone(),
        order: names::order(instance, order).clone(),
        service: names::service(instance, data.service).clone(),
        missing_sessions: missing,
        missing_minutes: u64::from(missing) * service.minutes.unsigned_abs() as u64,
        places: tally.places(),
        reasons: tally.entries().map(reason).collect(),
    }
}
