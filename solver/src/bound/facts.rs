//! What this week's frozen sessions have already given and used, as far as it is certain.

use std::collections::BTreeSet;

use crate::instance::{Instance, Owner, ParticipantIx};

/// Sums over the frozen sessions.
pub struct Facts {
    /// For each order: sessions attended.
    pub served: Vec<usize>,
    /// For each participant: days attended.
    pub days: Vec<BTreeSet<i32>>,
    /// For each participant: counted minutes of the week.
    pub dose: Vec<i32>,
    /// For each group: meetings held.
    pub met: Vec<usize>,
    /// For each group: clinicians of these meetings.
    pub leaders: Vec<usize>,
}

impl Facts {
    /// The facts of an instance.
    pub fn new(instance: &Instance) -> Self {
        let mut facts = Facts {
            served: vec![0; instance.orders.len()],
            days: vec![BTreeSet::new(); instance.participants.len()],
            dose: vec![0; instance.participants.len()],
            met: vec![0; instance.groups.len()],
            leaders: vec![0; instance.groups.len()],
        };
        for old in instance.previous.iter().filter(|p| p.frozen) {
            let booked = &old.booked;
            if let Owner::Group(g) = booked.owner {
                facts.met[g.i()] += 1;
                facts.leaders[g.i()] += booked.clinicians.len();
            }
            let Some(service) = booked.service else { continue };
            for &p in booked.participants.iter().filter(|&&p| !old.missed(p)) {
                let order = match booked.owner {
                    Owner::Order(o) => Some(o),
                    Owner::Group(_) => order_for(instance, p, service),
                    Owner::Gone => None,
                };
                if let Some(o) = order {
                    facts.served[o.i()] += 1;
                }
                facts.days[p.i()].insert(instance.participant_day(p, booked.start));
                if instance.counts(p, service, booked.modality) {
                    facts.dose[p.i()] += old.minutes(p).unwrap_or(booked.end - booked.start);
                }
            }
        }
        facts
    }
}

/// The participant's order for a group service.
fn order_for(
    instance: &Instance,
    p: ParticipantIx,
    service: crate::instance::ServiceIx,
) -> Option<crate::instance::OrderIx> {
    instance.participants[p.i()].orders.iter().copied().find(|o| instance.orders[o.i()].service == service)
}
