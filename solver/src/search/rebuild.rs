//! Recreate: what a neighbourhood took out, or what nobody has yet, is put in again, greedily and with a little chance.

use super::{
    groups::Starts,
    individuals::Taste,
    random::Chance,
    state::{Place, State},
    tables::SlotIx,
};
use crate::instance::{GroupIx, OrderIx, Owner, ParticipantIx};

/// What is to be put in again.
#[derive(Debug, Default)]
pub struct Rebuild {
    /// Groups to open, where that pays.
    pub groups: Vec<GroupIx>,
    /// One of them that opens where this participant can come, if it can.
    pub host: Option<(GroupIx, ParticipantIx)>,
    /// Single sessions that return to where they were, if they can once the groups are open; their orders are tried too.
    pub standing: Vec<Standing>,
    /// Participants all of whose missing sessions are tried.
    pub people: Vec<ParticipantIx>,
    /// Single orders that are tried.
    pub orders: Vec<OrderIx>,
}

/// A single session taken out, and where it was.
#[derive(Debug)]
pub struct Standing {
    /// Its slot.
    pub slot: SlotIx,
    /// Its order.
    pub order: OrderIx,
    /// Its place.
    pub place: Place,
}

impl State<'_> {
    /// Puts in what it can of `rebuild`, then mends what was left below its minimum.
    pub fn rebuild(&mut self, rebuild: Rebuild, starts: Starts, tries: usize, taste: Taste, chance: &mut Chance) {
        let Rebuild { mut groups, host, mut standing, people, mut orders } = rebuild;
        chance.shuffle(&mut groups);
        if let Some((g, p)) = host
            && self.open_group(g, Some(p), tries, starts, taste, chance)
        {
            groups.retain(|x| *x != g);
        }
        for g in groups {
            self.open_group(g, None, tries, starts, taste, chance);
        }
        chance.shuffle(&mut standing);
        for session in standing {
            orders.push(session.order);
            self.put_back(session);
        }
        orders.extend(people.iter().flat_map(|p| self.t.instance.participants[p.i()].orders.iter().copied()));
        self.place_all(orders, taste, chance);
        self.mend(taste, chance);
    }

    /// Books a single session where it was, if that is still free.
    fn put_back(&mut self, session: Standing) {
        let Standing { slot, order, place } = session;
        let p = self.t.instance.orders[order.i()].participant;
        let service = self.service(slot);
        let seat = self.seat_for(p, slot, Some(order), place.start, place.modality, place.site);
        let (span, _) = self.span(service, place.start);
        let free = self.missing(order) > 0
            && self.placed[slot.i()].is_none()
            && self.person_can(p, &seat)
            && place.room.is_none_or(|r| self.room_can(r, span))
            && place.team.iter().all(|c| self.clinician_can(*c, service, place.start, place.modality, place.site));
        if free {
            self.book(slot, place);
            self.seat(slot, p);
        }
    }

    /// Places what is missing of these orders: groups first, then single sessions, in an order drawn each time.
    pub fn place_all(&mut self, mut orders: Vec<OrderIx>, taste: Taste, chance: &mut Chance) {
        orders.sort_unstable();
        orders.dedup();
        orders.retain(|o| self.missing(*o) > 0 && self.reaches(self.t.instance.orders[o.i()].participant));
        let by = chance.below(4);
        let mut keyed: Vec<(bool, f64, OrderIx)> = orders
            .into_iter()
            .map(|o| {
                let alone = self.t.joinable[o.i()].is_empty();
                let unmet = self.t.instance.orders[o.i()].unmet as f64;
                let key = match by {
                    0 => chance.unit(),
                    1 => self.t.freedom[o.i()] * (0.3 + chance.unit()),
                    2 => (0.5 + chance.unit()) / unmet.max(1.0),
                    _ => self.t.freedom[o.i()] * (0.3 + chance.unit()) / unmet.max(1.0),
                };
                (alone, key, o)
            })
            .collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for (_, _, o) in keyed {
            if self.t.joinable[o.i()].is_empty() {
                self.place_order(o, taste, chance);
            } else {
                self.join_groups(o, taste, chance);
            }
        }
    }

    /// Places every missing session that still has a place worth its cost, until there is none.
    pub fn fill_up(&mut self, chance: &mut Chance) {
        loop {
            let before = self.cost;
            self.place_all(self.unmet().collect(), Taste::EXACT, chance);
            self.commit();
            if self.cost >= before {
                return;
            }
        }
    }

    /// Closes what this move left below its minimum, and places the people whom that sets free.
    pub fn mend(&mut self, taste: Taste, chance: &mut Chance) {
        for _ in 0..3 {
            let mut slots: Vec<SlotIx> = self.touched().map(|x| x.0).collect();
            slots.sort_unstable();
            slots.dedup();
            let mut evicted: Vec<ParticipantIx> = Vec::new();
            for slot in slots {
                if let Owner::Group(g) = self.t.slots[slot.i()].owner {
                    let people = self.seated[slot.i()].clone();
                    if self.close_if_too_few(slot, g) {
                        evicted.extend(people);
                    }
                }
            }
            if evicted.is_empty() {
                return;
            }
            evicted.sort_unstable();
            evicted.dedup();
            let orders = evicted.iter().flat_map(|p| self.t.instance.participants[p.i()].orders.clone()).collect();
            self.place_all(orders, taste, chance);
        }
    }

    /// Takes a participant out of everything that may be left.
    pub fn clear_person(&mut self, p: ParticipantIx) {
        if !self.reaches(p) {
            return;
        }
        let slots: Vec<SlotIx> = self.people[p.i()].seats.iter().filter(|s| !s.fact).map(|s| s.slot).collect();
        for slot in slots {
            match self.t.slots[slot.i()].owner {
                Owner::Group(g) if self.may_leave(slot, g, p) => self.unseat(slot, p),
                Owner::Order(_) if self.loose_order(slot).is_some() => self.remove_session(slot),
                _ => {}
            }
        }
    }

    /// Takes each single session of a participant that may be left out with a probability.
    pub fn loosen(&mut self, p: ParticipantIx, share: f64, chance: &mut Chance) {
        let slots: Vec<SlotIx> = self.people[p.i()].seats.iter().filter(|s| !s.fact).map(|s| s.slot).collect();
        for slot in slots {
            if self.loose_order(slot).is_some() && chance.chance(share) {
                self.remove_session(slot);
            }
        }
    }
}
