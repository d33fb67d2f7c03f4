//! The ids that new sessions of an order or group can take: those of `previous` one by one, as each has its own session to
//! be compared with, and the others all alike.

use std::collections::BTreeSet;

use super::fixed::Fixed;
use crate::instance::{Booked, Instance, Owner, Previous, RoomIx};

/// What a session would be compared with.
#[derive(Clone, Copy)]
pub struct Slot<'a> {
    /// The session of `previous` with this id, or none: any id without one.
    pub previous: Option<&'a Previous>,
    /// The number of its id, or of the first of them.
    pub number: u32,
    /// How many sessions it can take.
    pub most: usize,
}

/// The room of a session of `previous`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldRoom {
    /// It had this one, or none.
    Known(Option<RoomIx>),
    /// It had one that is gone: every room is another.
    Gone,
}

impl Slot<'_> {
    /// The room that was.
    pub fn old_room(&self) -> Option<OldRoom> {
        let old = &self.previous?.booked;
        let gone = old.room.is_none() && old.unknown.iter().any(|u| u.0 == "room");
        Some(if gone { OldRoom::Gone } else { OldRoom::Known(old.room) })
    }
}

/// The slots of an owner with ids up to `most`, and the numbers of the last of them, which has no session to be compared with.
pub fn of<'a>(instance: &'a Instance, fixed: &Fixed, owner: Owner, most: usize) -> (Vec<Slot<'a>>, Vec<u32>) {
    let mut taken = BTreeSet::new();
    let mut slots = Vec::new();
    for old in instance.previous.iter().filter(|p| p.booked.owner == owner) {
        let Some(number) = old.booked.number.filter(|&n| n as usize <= most) else { continue };
        if taken.insert(number) && !fixed.kept.contains_key(&old.booked.id) {
            slots.push(Slot { previous: Some(old), number, most: 1 });
        }
    }
    let rest: Vec<u32> = (1..=most as u32).filter(|n| !taken.contains(n)).collect();
    if let Some(&number) = rest.first() {
        slots.push(Slot { previous: None, number, most: rest.len() });
    }
    (slots, rest)
}

/// The slot that a session of the incumbent takes.
pub fn taken_by(slots: &[Slot], session: &Booked) -> Option<usize> {
    let named = slots.iter().position(|s| s.previous.is_some_and(|p| p.booked.id == session.id));
    named.or_else(|| slots.iter().position(|s| s.previous.is_none()))
}
