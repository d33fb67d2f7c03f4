//! Reads a solution back as a calendar: the whole one, with what was fixed.

use std::collections::BTreeMap;

use good_lp::Variable;

use super::{Place, SubModel, rooms::ClassIx, slots};
use crate::{
    instance::{Booked, ClinicianIx, Owner, ParticipantIx, ServiceIx, SiteIx},
    problem::{Id, Modality},
};

/// A new session without its id.
struct New {
    owner: Owner,
    slot: Option<u32>,
    service: ServiceIx,
    modality: Modality,
    site: SiteIx,
    clinicians: Vec<ClinicianIx>,
    participants: Vec<ParticipantIx>,
    start: i32,
    class: Option<ClassIx>,
}

impl SubModel {
    /// The calendar of a solution; none where its rooms cannot be settled.
    pub(super) fn write(&self, values: &[f64]) -> Option<Vec<Booked>> {
        let chosen = |v: Variable| self.program.column(v).and_then(|k| values.get(k)).is_some_and(|&x| x > 0.5);
        let mut calendar: Vec<Booked> = Vec::new();
        for (k, session) in self.incumbent.iter().enumerate().filter(|s| self.fixed.sessions[s.0]) {
            let mut session = session.clone();
            if let Owner::Group(_) = session.owner {
                session.participants = self.fixed.attendees[k].clone();
                let joined = self.joinings.iter().filter(|j| j.session == k && chosen(j.attends));
                session.participants.extend(joined.map(|j| j.participant));
                session.participants.sort_unstable();
            }
            calendar.push(session);
        }
        let new = self.new_sessions(&chosen);
        let mut wanted = BTreeMap::new();
        let mut numbers: BTreeMap<Owner, Vec<u32>> = BTreeMap::new();
        for new in new {
            let rest = numbers.entry(new.owner).or_insert_with(|| self.numbers(new.owner));
            let number = match new.slot {
                Some(number) => number,
                None => rest.pop()?,
            };
            if let Some(class) = new.class {
                wanted.insert(calendar.len(), class);
            }
            calendar.push(self.booked(new, number)?);
        }
        self.rooms.settle(&mut calendar, &wanted).then_some(calendar)
    }

    fn new_sessions(&self, chosen: &impl Fn(Variable) -> bool) -> Vec<New> {
        let instance = &self.instance;
        let class = |rooms: &[(ClassIx, Variable)]| rooms.iter().find(|r| chosen(r.1)).map(|r| r.0);
        let of_place = |place: &Place| New {
            owner: Owner::Order(place.order),
            slot: place.slot,
            service: instance.orders[place.order.i()].service,
            modality: place.modality,
            site: place.site,
            clinicians: place.teams.iter().find(|t| chosen(t.1)).map(|t| t.0.clone()).unwrap_or_default(),
            participants: vec![instance.orders[place.order.i()].participant],
            start: place.start,
            class: class(&place.rooms),
        };
        let mut new: Vec<New> = self.places.iter().filter(|p| chosen(p.chosen)).map(of_place).collect();
        for meeting in self.meetings.iter().filter(|m| chosen(m.held)) {
            let group = &instance.groups[meeting.group.i()];
            new.push(New {
                owner: Owner::Group(meeting.group),
                slot: meeting.slot,
                service: group.service,
                modality: group.modality,
                site: group.site,
                clinicians: meeting.leaders.iter().filter(|l| chosen(l.1)).map(|l| l.0).collect(),
                participants: meeting.guests.iter().filter(|g| chosen(g.1)).map(|g| g.0).collect(),
                start: meeting.start,
                class: class(&meeting.rooms),
            });
        }
        new.sort_by_key(|n| (n.owner, n.start));
        new
    }

    /// Numbers of ids that stand for no session of `previous`, the smallest last.
    fn numbers(&self, owner: Owner) -> Vec<u32> {
        let most = match owner {
            Owner::Group(g) => self.instance.groups[g.i()].meetings,
            Owner::Order(o) => self.instance.orders[o.i()].sessions + self.instance.orders[o.i()].missed,
            Owner::Gone => 0,
        };
        let mut rest = slots::of(&self.instance, &self.fixed, owner, most).1;
        rest.reverse();
        rest
    }

    fn booked(&self, new: New, number: u32) -> Option<Booked> {
        let instance = &self.instance;
        let id: &Id = match new.owner {
            Owner::Group(g) => &instance.problem.groups[g.i()].id,
            Owner::Order(o) => &instance.order_wire(o).id,
            Owner::Gone => return None,
        };
        Some(Booked {
            id: format!("{id}/{number}"),
            owner: new.owner,
            number: Some(number),
            service: Some(new.service),
            modality: new.modality,
            site: Some(new.site),
            room: None,
            clinicians: new.clinicians,
            participants: new.participants,
            start: new.start,
            end: new.start + instance.services[new.service.i()].minutes,
            unknown: Vec::new(),
        })
    }
}
