//! What a problem has to give and what is asked of it, summed over the week: minutes of clinicians, rooms and seats by the
//! services that they can serve. Where and when is left out, so what is short here is short in every calendar.

use std::collections::BTreeMap;

use crate::{
    instance::{Instance, Spans},
    problem::{Modality, Service},
};

/// Somebody or something that serves.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resource {
    /// Positions of the services that it can serve.
    pub serves: Vec<usize>,
    /// Minutes that it has.
    pub minutes: i64,
}

/// What a service asks and takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Ordered minutes, of all participants together.
    pub ordered: i64,
    /// Participants that one session serves at most.
    pub size: i64,
    /// Clinicians of a session.
    pub clinicians: i64,
    /// Minutes that a clinician spends for each minute of a session, in thousandths: with documentation.
    pub effort: i64,
    /// Whether every session needs a room.
    pub needs_room: bool,
    /// Whether its sessions are meetings of groups.
    pub meets: bool,
}

/// Everything summed.
#[derive(Debug, Clone, PartialEq)]
pub struct Capacity {
    /// By service, in the problem's order.
    pub asked: Vec<Asked>,
    /// By id.
    pub clinicians: BTreeMap<String, Resource>,
    /// By id.
    pub rooms: BTreeMap<String, Resource>,
    /// Seats of groups, in participant minutes, by id.
    pub groups: BTreeMap<String, Resource>,
}

impl Capacity {
    /// Sums an instance.
    pub fn of(instance: &Instance) -> Self {
        let problem = &instance.problem;
        let services = 0..problem.services.len();
        let largest = |k: usize| {
            let own = instance.groups.iter().filter(|g| g.service.i() == k).map(|g| g.max as i64).max();
            own.unwrap_or(1).max(1)
        };
        let asked = services.clone().map(|k| {
            let (wire, data) = (&problem.services[k], &instance.services[k]);
            let minutes = i64::from(data.minutes);
            let orders = instance.orders.iter().filter(|o| o.service.i() == k);
            Asked {
                ordered: orders.map(|o| o.sessions as i64 * minutes).sum(),
                size: if data.is_group { largest(k) } else { 1 },
                clinicians: data.clinicians as i64,
                effort: 1000 * (minutes + i64::from(data.documentation)) / minutes.max(1),
                needs_room: !wire.modalities.contains(&Modality::Telehealth),
                meets: data.is_group,
            }
        });
        let qualified = |service: &Service, has: &[String]| {
            service.credentials.is_empty() || service.credentials.iter().any(|c| has.contains(c))
        };
        let serving = |fits: &dyn Fn(usize) -> bool| services.clone().filter(|k| fits(*k)).collect::<Vec<_>>();
        let clinicians = problem.clinicians.iter().zip(&instance.clinicians).map(|(wire, data)| {
            let shifts = Spans::merged(data.shifts.iter().map(|s| s.span)).minus(&data.away);
            let serves = serving(&|k| qualified(&problem.services[k], &wire.credentials));
            (wire.id.to_string(), Resource { serves, minutes: total(&shifts) })
        });
        let rooms = problem.rooms.iter().zip(&instance.rooms).map(|(wire, data)| {
            let serves = serving(&|k| problem.services[k].room_features.iter().all(|f| wire.features.contains(f)));
            (wire.id.to_string(), Resource { serves, minutes: total(&data.open) })
        });
        let groups = problem.groups.iter().zip(&instance.groups).map(|(wire, data)| {
            let minutes = i64::from(instance.services[data.service.i()].minutes);
            let seats = data.max as i64 * data.meetings as i64 * minutes;
            (wire.id.to_string(), Resource { serves: vec![data.service.i()], minutes: seats })
        });
        Capacity {
            asked: asked.collect(),
            clinicians: clinicians.collect(),
            rooms: rooms.collect(),
            groups: groups.collect(),
        }
    }
}

/// Minutes in the week and a day on either side.
fn total(spans: &Spans) -> i64 {
    let day = crate::instance::DAY;
    spans.and(&Spans::merged([crate::instance::Span::new(-day, 8 * day)])).iter().map(|s| i64::from(s.minutes())).sum()
}
