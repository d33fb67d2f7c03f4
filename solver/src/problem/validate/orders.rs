//! Orders.

use std::collections::HashMap;

use super::{Check, Place, limits};
use crate::problem::{Order, Participant, Service};

impl Check<'_> {
    pub(super) fn orders(&mut self, participant: Place, person: &Participant, zone: Option<&str>) {
        let list = participant.field("orders");
        self.at_most(list, &person.orders, limits::ORDERS);
        let mut of_service: HashMap<&str, &Order> = HashMap::new();
        for (k, order) in person.orders.iter().enumerate() {
            let place = list.entry(k, &order.id);
            let service = self.find_service(place.field("service"), &order.service);
            self.up_to(place.field("sessions"), order.sessions, limits::SESSIONS);
            self.maybe_windows(place.field("windows"), &order.windows, zone);
            self.order_people(place, order, person);
            self.order_groups(place, order);
            let Some(service) = service else { continue };
            if service.group.is_some() {
                if let Some(first) = of_service.insert(&service.id, order) {
                    let detail =
                        format!("`{}` orders group service `{}` already; one order is enough.", first.id, service.id);
                    let hint = format!("Add its sessions to `{}`.", first.id);
                    self.error_with_hint(place.field("service"), "second-group-order", detail, hint);
                }
                self.order_of_group_service(place, order, service);
            }
        }
    }

    fn order_people(&mut self, place: Place, order: &Order, person: &Participant) {
        if let Some(clinician) = &order.clinician {
            self.find_clinician(place.field("clinician"), clinician);
        }
        let prefer = place.field("prefer");
        self.at_most(prefer, &order.prefer, limits::CLINICIANS);
        for (j, clinician) in order.prefer.iter().enumerate() {
            self.find_clinician(prefer.item(j), clinician);
        }
        let family = place.field("family");
        self.at_most(family, &order.family, limits::FAMILY);
        for (j, member) in order.family.iter().enumerate() {
            if !person.family.iter().any(|known| &known.id == member) {
                let detail = format!("`{}` has no family member `{member}`.", person.id);
                let hint = self.did_you_mean(member, person.family.iter().map(|known| &*known.id));
                self.error_with_hint(family.item(j), "unknown-id", detail, hint);
            }
        }
    }

    fn order_groups(&mut self, place: Place, order: &Order) {
        let groups = place.field("groups");
        self.at_most(groups, &order.groups, limits::GROUPS);
        for (j, id) in order.groups.iter().enumerate() {
            if let Some(group) = self.find_group(groups.item(j), id)
                && group.service != order.service
                && self.entities.service(&group.service).is_some()
                && self.entities.service(&order.service).is_some()
            {
                let detail = format!("`{id}` gives `{}`, not `{}`.", group.service, order.service);
                self.error(groups.item(j), "wrong-service", detail);
            }
        }
    }

    fn order_of_group_service(&mut self, place: Place, order: &Order, service: &Service) {
        for (field, named) in [
            ("clinician", order.clinician.is_some()),
            ("modality", order.modality.is_some()),
            ("family", !order.family.is_empty()),
        ] {
            if named {
                let detail = format!("`{}` is a group service: its orders name no `{field}`.", service.id);
                let hint = "Name the `groups` that may serve it instead.".to_owned();
                self.error_with_hint(place.field(field), "not-for-groups", detail, hint);
            }
        }
    }
}
