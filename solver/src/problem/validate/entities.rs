//! Who is called what: unique ids, and references that lead somewhere.

use std::collections::HashMap;

use super::{Check, Place, limits};
use crate::problem::{Clinician, Group, Id, Participant, Problem, Room, Service, Site};

/// The things of a problem by id; of equal ids, the first.
pub(super) struct Entities<'p> {
    sites: HashMap<&'p str, &'p Site>,
    rooms: HashMap<&'p str, &'p Room>,
    services: HashMap<&'p str, &'p Service>,
    clinicians: HashMap<&'p str, &'p Clinician>,
    groups: HashMap<&'p str, &'p Group>,
    participants: HashMap<&'p str, &'p Participant>,
    /// Each order's participant and service.
    orders: HashMap<&'p str, (&'p Participant, &'p Id)>,
}

macro_rules! by_id {
    ($list:expr) => {
        $list.iter().rev().map(|x| (&*x.id, x)).collect()
    };
}

impl<'p> Entities<'p> {
    pub fn new(problem: &'p Problem) -> Self {
        let orders = problem.participants.iter().rev().flat_map(|p| p.orders.iter().rev().map(move |o| (p, o)));
        Entities {
            sites: by_id!(problem.sites),
            rooms: by_id!(problem.rooms),
            services: by_id!(problem.services),
            clinicians: by_id!(problem.clinicians),
            groups: by_id!(problem.groups),
            participants: by_id!(problem.participants),
            orders: orders.map(|(p, o)| (&*o.id, (p, &o.service))).collect(),
        }
    }

    pub fn service(&self, id: &str) -> Option<&'p Service> {
        self.services.get(id).copied()
    }

    pub fn group(&self, id: &str) -> Option<&'p Group> {
        self.groups.get(id).copied()
    }

    pub fn participant(&self, id: &str) -> Option<&'p Participant> {
        self.participants.get(id).copied()
    }

    pub fn order(&self, id: &str) -> Option<(&'p Participant, &'p Id)> {
        self.orders.get(id).copied()
    }

    /// The other list, if any, that has this id: a reference into the wrong list is a common slip.
    fn elsewhere(&self, id: &str) -> Option<&'static str> {
        let lists = [
            ("a site", self.sites.contains_key(id)),
            ("a room", self.rooms.contains_key(id)),
            ("a service", self.services.contains_key(id)),
            ("a clinician", self.clinicians.contains_key(id)),
            ("a group", self.groups.contains_key(id)),
            ("a participant", self.participants.contains_key(id)),
            ("an order", self.orders.contains_key(id)),
        ];
        lists.into_iter().find(|list| list.1).map(|list| list.0)
    }
}

macro_rules! references {
    ($($name:ident: $list:ident -> $type:ty, $what:literal);* $(;)?) => {
        impl<'p> Check<'p> {$(
            /// What a reference leads to; a fault where it leads nowhere.
            pub(super) fn $name(&mut self, place: Place, id: &Id) -> Option<&'p $type> {
                let found = self.entities.$list.get(&**id).copied();
                if found.is_none() {
                    let hint = match self.entities.elsewhere(id) {
                        Some(other) => Some(format!("`{id}` is {other}.")),
                        None => self.did_you_mean(id, self.entities.$list.keys().copied()),
                    };
                    self.error_with_hint(place, "unknown-id", format!("There is no {} `{id}`.", $what), hint);
                }
                found
            }
        )*}
    };
}

references! {
    find_site: sites -> Site, "site";
    find_service: services -> Service, "service";
    find_clinician: clinicians -> Clinician, "clinician";
    find_group: groups -> Group, "group";
    find_participant: participants -> Participant, "participant";
}

impl<'p> Check<'p> {
    /// Sizes of the lists, and ids that stand twice.
    pub(super) fn ids(&mut self) {
        let problem = self.problem;
        let root = Place::Root;
        macro_rules! list {
            ($name:ident, $most:expr, $what:literal) => {
                let place = root.field(stringify!($name));
                self.at_most(place, &problem.$name, $most);
                self.unique(place, problem.$name.iter().map(|x| &x.id), $what);
            };
        }
        list!(sites, limits::SITES, "site");
        list!(rooms, limits::ROOMS, "room");
        list!(services, limits::SERVICES, "service");
        list!(clinicians, limits::CLINICIANS, "clinician");
        list!(groups, limits::GROUPS, "group");
        list!(participants, limits::PARTICIPANTS, "participant");
        let people = root.field("participants");
        let mut seen: HashMap<&str, &Participant> = HashMap::new();
        for (k, person) in problem.participants.iter().enumerate() {
            let place = people.entry(k, &person.id);
            let orders = place.field("orders");
            for (j, order) in person.orders.iter().enumerate() {
                let place = orders.entry(j, &order.id);
                let place = place.field("id");
                if self.entities.groups.contains_key(&*order.id) {
                    let detail = format!("`{}` is the id of a group too: sessions are named after either.", order.id);
                    self.error(place, "duplicate-id", detail);
                }
                if let Some(first) = seen.insert(&order.id, person) {
                    let detail = format!("`{}` is the id of another order, of `{}`, too.", order.id, first.id);
                    self.error(place, "duplicate-id", detail);
                }
            }
        }
    }

    /// Ids of one list that stand twice.
    pub(super) fn unique<'i>(&mut self, list: Place, ids: impl Iterator<Item = &'i Id>, what: &str) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (k, id) in ids.enumerate() {
            if let Some(first) = seen.get(&**id) {
                let (entry, detail) = (list.entry(k, id), format!("`{id}` is the id of the {what} at {first} too."));
                self.error(entry.field("id"), "duplicate-id", detail);
            } else {
                seen.insert(id, k);
            }
        }
    }
}
