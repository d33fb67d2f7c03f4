//! Changes of the rooms: longer hours, one more seat, what a service needs, one more room.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    kind::{Case, Change, Kind, Look, Part, unless_empty},
    staff::copied,
};
use crate::{
    instance::{Booked, Instance, OrderIx, RoomIx, ServiceIx},
    problem::{Problem, Room},
    rules::{h06_place::family, names},
    scenario::edits::Edit,
};

/// Some more seats.
pub(super) const CAPACITY: Kind = Kind {
    name: "larger-room",
    tried: "a room with two more seats",
    helps: &["ROOM_TOO_SMALL", "GROUP_FULL", "ROOM_BUSY", "GROUP_NOT_HELD"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, _, _| problem.rooms.iter_mut().for_each(|room| room.capacity = room.capacity.saturating_add(2)),
    narrow: |case| {
        changed(case, |case, old, new| {
            let here = |s: &&Booked| s.room.is_some_and(|r| case.wide.problem.rooms[r.i()].id == old.id);
            let people = |s: &Booked| s.participants.len() + family(case.instance, s.owner);
            let people = u32::try_from(case.way.gained.iter().filter(here).map(people).max()?).ok()?;
            (new.capacity != old.capacity && people > old.capacity).then(|| {
                let edit = Edit::set(format!("/rooms/{}/capacity", old.id), people);
                Part::new(vec![edit], format!("{} holds {people} people instead of {}", old.id, old.capacity))
            })
        })
    },
};

/// Open as long as the site.
pub(super) const HOURS: Kind = Kind {
    name: "room-hours",
    tried: "rooms open as long as their site",
    helps: &["ROOM_BUSY", "GROUP_NOT_HELD", "SITE_CLOSED"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, _, _| {
        for room in &mut problem.rooms {
            room.hours = None;
            room.closed.clear();
        }
    },
    narrow: |case| {
        changed(case, |_, old, _| {
            let mut edits = Vec::new();
            if old.hours.is_some() {
                edits.push(Edit::set(format!("/rooms/{}/hours", old.id), json!(null)));
            }
            if !old.closed.is_empty() {
                edits.push(Edit::set(format!("/rooms/{}/closed", old.id), json!([])));
            }
            (!edits.is_empty()).then(|| Part::new(edits, format!("{} is open as long as its site", old.id)))
        })
    },
};

/// What the service needs of a room.
pub(super) const FEATURES: Kind = Kind {
    name: "room-features",
    tried: "another room made fit for the service",
    helps: &["NO_ROOM_FEATURE", "ROOM_BUSY", "GROUP_NOT_HELD"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        for feature in wanted(instance, orders) {
            for room in problem.rooms.iter_mut().filter(|r| !r.features.contains(&feature)) {
                room.features.push(feature.clone());
            }
        }
    },
    narrow: |case| {
        let service = case.instance.orders[case.order.i()].service;
        let needed = case.instance.problem.services[service.i()].room_features.clone();
        changed(case, move |_, old, _| {
            let lacking: Vec<&String> = needed.iter().filter(|f| !old.features.contains(f)).collect();
            let edits: Vec<Edit> =
                lacking.iter().map(|f| Edit::add(format!("/rooms/{}/features", old.id), json!(f))).collect();
            let words: Vec<&str> = lacking.iter().map(|f| f.as_str()).collect();
            (!edits.is_empty())
                .then(|| Part::new(edits, format!("{} is made fit for it ({})", old.id, words.join(", "))))
        })
    },
};

fn wanted(instance: &Instance, orders: &[OrderIx]) -> BTreeSet<String> {
    let services: BTreeSet<ServiceIx> = orders.iter().map(|o| instance.orders[o.i()].service).collect();
    services.iter().flat_map(|s| instance.problem.services[s.i()].room_features.iter().cloned()).collect()
}

/// The change of each room that the way uses; none where none of them needs one.
fn changed(case: &Case, change: impl Fn(&Case, &Room, &Room) -> Option<Part>) -> Option<Change> {
    let rooms: BTreeSet<RoomIx> = case.way.gained.iter().filter_map(|s| s.room).collect();
    let of = |r: RoomIx| change(case, &case.instance.problem.rooms[r.i()], &case.wide.problem.rooms[r.i()]);
    unless_empty(rooms.into_iter().filter(|r| r.i() < case.instance.rooms.len()).filter_map(of).collect())
}

/// One more like a room that there is.
pub(super) const NEW: Kind = Kind {
    name: "new-room",
    tried: "one more room",
    helps: &["ROOM_BUSY", "GROUP_NOT_HELD", "ROOM_TOO_SMALL", "NO_ROOM_FEATURE", "CLINICIAN_BUSY"],
    look: Look::Widened,
    last_resort: true,
    widen: |problem: &mut Problem, _, _| {
        let twins: Vec<Room> = problem.rooms.iter().map(|room| Room { id: copied(&room.id), ..room.clone() }).collect();
        problem.rooms.extend(twins);
    },
    narrow: |case| {
        let known = case.instance.rooms.len();
        let rooms: BTreeSet<RoomIx> =
            case.way.gained.iter().filter_map(|s| s.room).filter(|r| r.i() >= known).collect();
        let mut rooms = rooms.into_iter();
        let (twin, None) = (rooms.next()?, rooms.next()) else { return None };
        let id = names::room(case.wide, twin).to_string();
        let like = id.strip_suffix(".c1")?;
        let edit = Edit::Copy { copy: format!("/rooms/{like}"), count: 1 };
        Part::one(vec![edit], format!("there is one more room like {like}"))
    },
};
