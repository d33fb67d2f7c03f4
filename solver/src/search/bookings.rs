//! The calendar in the making as bookings, in the form that is judged and written.

use super::{state::State, tables::SlotIx};
use crate::instance::{Booked, Owner};

impl State<'_> {
    /// The sessions as bookings, facts without a slot aside.
    pub fn bookings(&self) -> Vec<Booked> {
        let instance = self.t.instance;
        let mut out: Vec<Booked> = instance.previous.iter().filter(|p| p.frozen).map(|p| p.booked.clone()).collect();
        for (k, place) in self.placed.iter().enumerate() {
            let Some(place) = place else { continue };
            let slot = &self.t.slots[k];
            if slot.previous.is_some_and(|k| instance.previous[k].frozen) {
                continue;
            }
            let service = self.t.service(SlotIx(k as u32));
            let owner = match slot.owner {
                Owner::Group(g) => instance.problem.groups[g.i()].id.to_string(),
                Owner::Order(o) => instance.order_wire(o).id.to_string(),
                Owner::Gone => continue,
            };
            let mut participants = self.seated[k].clone();
            participants.sort_unstable();
            out.push(Booked {
                id: format!("{owner}/{}", slot.number),
                owner: slot.owner,
                number: Some(slot.number),
                service: Some(service),
                modality: place.modality,
                site: Some(place.site),
                room: place.room,
                clinicians: place.team.to_vec(),
                participants,
                start: place.start,
                end: place.start + instance.services[service.i()].minutes,
                unknown: Vec::new(),
            });
        }
        out
    }
}
