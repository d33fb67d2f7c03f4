//! Places that become free where two other single sessions move: the first makes room for the order, the second for the
//! first, which has no other place.

use super::{
    individuals::{Offer, Taste},
    places::{CHAINED, Way, key},
    random::Chance,
    state::State,
    tables::SlotIx,
};
use crate::instance::{Booked, OrderIx};

/// Second sessions that are tried for one order, whatever is found: what it may take stays bounded.
const STEPS: usize = 1500;

/// The first link: what the order gets, and the session that goes for it.
struct Link {
    cost: i64,
    gained: Way,
    slot: SlotIx,
    order: OrderIx,
}

impl State<'_> {
    /// Ways that move two other sessions, one after the other; the search ends with `wanted` of them.
    pub(super) fn long_chains(&mut self, o: OrderIx, wanted: usize, chance: &mut Chance) -> Vec<Way> {
        let mut ways = Vec::new();
        let mut steps = STEPS;
        for link in self.links(o) {
            let (mark, before) = (self.mark(), self.cost);
            self.remove_session(link.slot);
            // What finds another place by itself is no chain of two.
            if self.take_way(o, &link.gained)
                && self.best_session(link.order, Taste::EXACT, chance, |_, _| true).is_none()
            {
                let own: Vec<SlotIx> = link.gained.gained.iter().map(|s| self.slot_of(s)).collect();
                for slot in (0..self.placed.len() as u32).map(SlotIx) {
                    let loose = self.loose_order(slot).filter(|_| !own.contains(&slot));
                    let Some(order) = loose.filter(|_| self.in_the_way(link.order, slot)) else { continue };
                    if ways.len() == wanted || steps == 0 {
                        break;
                    }
                    steps -= 1;
                    let inner = self.mark();
                    self.remove_session(slot);
                    let first = self.put_again(link.order, link.slot, chance);
                    let second = first.as_ref().and_then(|_| self.put_again(order, slot, chance));
                    if let (Some(first), Some(second)) = (first, second) {
                        let gained = link.gained.gained.clone();
                        ways.push(Way { cost: self.cost - before, gained, moved: vec![first, second] });
                    }
                    self.rollback_to(inner);
                }
            }
            self.rollback_to(mark);
            if ways.len() == wanted || steps == 0 {
                break;
            }
        }
        ways
    }

    /// The first links, cheapest first: places that become free for the order where one other session goes.
    fn links(&mut self, o: OrderIx) -> Vec<Link> {
        let direct: Vec<_> = self.offers(o).iter().filter_map(|w| w.gained.first().map(key)).collect();
        let mut links = Vec::new();
        for slot in (0..self.placed.len() as u32).map(SlotIx) {
            let Some(order) = self.loose_order(slot).filter(|&order| order != o) else { continue };
            if !self.in_the_way(o, slot) {
                continue;
            }
            let (mark, before) = (self.mark(), self.cost);
            self.remove_session(slot);
            let mut freed = self.offers(o);
            freed.retain(|w| w.gained.first().is_some_and(|g| !direct.contains(&key(g))));
            freed.sort_by_key(|w| w.cost);
            let went = self.cost - before;
            links.extend(freed.into_iter().take(CHAINED).map(|gained| Link {
                cost: went + gained.cost,
                gained,
                slot,
                order,
            }));
            self.rollback_to(mark);
        }
        links.sort_by_key(|link| link.cost);
        links
    }

    /// Puts a session that was taken out back at the best place that there is now, under its own id.
    pub(super) fn put_again(&mut self, o: OrderIx, slot: SlotIx, chance: &mut Chance) -> Option<Booked> {
        let offer = Offer { slot, ..self.best_session(o, Taste::EXACT, chance, |_, _| true)? };
        let people = vec![self.t.instance.orders[o.i()].participant];
        let booked = self.booking(slot, &offer.place, people);
        self.take(o, offer);
        booked
    }
}
