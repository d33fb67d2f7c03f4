//! What the enumeration found as sessions, for the search to take over: all but the rooms, and whatever is not modelled here.

use std::collections::HashMap;

use super::{
    Proof,
    conflicts::{Node, Stint},
    meetings::Starts,
};
use crate::{
    instance::{Booked, ClinicianIx, Minute, Owner, ParticipantIx, ServiceIx, SiteIx},
    problem::Modality,
};

/// A session without what all of them have alike.
struct Found {
    owner: Owner,
    id: String,
    service: ServiceIx,
    in_person: bool,
    site: SiteIx,
    clinician: Option<ClinicianIx>,
    participants: Vec<ParticipantIx>,
    start: Minute,
}

impl Proof<'_> {
    /// The meetings at these starts, all of which are settled, and the single sessions around them.
    pub(super) fn sessions(&self, starts: Starts, node: &Node, stints: &[Stint]) -> Vec<Booked> {
        let mut sessions = self.meetings(starts, node, stints);
        sessions.extend(stints.iter().filter_map(|s| self.single(s)));
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut next = |id: &String| {
            let last = numbers.entry(id.clone()).or_default();
            *last += 1;
            *last
        };
        let numbered = sessions.into_iter().map(|found| (next(&found.id), found));
        numbered.map(|(number, found)| self.booked(found, number)).collect()
    }

    fn meetings(&self, starts: Starts, node: &Node, stints: &[Stint]) -> Vec<Found> {
        let mut meetings = Vec::new();
        for (k, (busy, timing)) in starts.settled().enumerate() {
            let settled = node.led[k].and_then(|way| timing.ways.get(way));
            let free = || timing.ways.iter().find(|way| self.is_free(&busy.meetings, way, stints));
            let Some((starts, leaders)) = settled.or_else(free) else { continue };
            for ((m, &start), &clinician) in busy.meetings.iter().zip(starts).zip(leaders) {
                let group = &self.groups[m.group];
                let there = self.people.iter().enumerate().filter(|p| m.people >> p.0 & 1 == 1);
                meetings.push(Found {
                    owner: Owner::Group(group.ix),
                    id: self.instance.problem.groups[group.ix.i()].id.to_string(),
                    service: self.instance.groups[group.ix.i()].service,
                    in_person: group.in_person,
                    site: group.site,
                    clinician,
                    participants: there.map(|p| p.1.ix).collect(),
                    start,
                });
            }
        }
        meetings
    }

    fn single(&self, s: &Stint) -> Option<Found> {
        let person = &self.people[s.person];
        let single = person.singles.iter().find(|x| x.order == s.order)?;
        let place = single.places.iter().flatten().find(|place| {
            place.start == s.span.start && place.rooms == s.rooms && place.by.iter().any(|by| by.0 == s.clinician)
        })?;
        Some(Found {
            owner: Owner::Order(s.order),
            id: self.instance.order_wire(s.order).id.to_string(),
            service: self.instance.orders[s.order.i()].service,
            in_person: place.in_person,
            site: place.site,
            clinician: s.clinician,
            participants: vec![person.ix],
            start: place.start,
        })
    }

    fn booked(&self, found: Found, number: u32) -> Booked {
        Booked {
            id: format!("{}/{number}", found.id),
            owner: found.owner,
            number: Some(number),
            service: Some(found.service),
            modality: if found.in_person { Modality::InPerson } else { Modality::Telehealth },
            site: Some(found.site),
            room: None,
            clinicians: found.clinician.into_iter().collect(),
            participants: found.participants,
            start: found.start,
            end: found.start + self.instance.services[found.service.i()].minutes,
            unknown: Vec::new(),
        }
    }
}
