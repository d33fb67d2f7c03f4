//! Places that become free where other single sessions of the same participant move.

use super::{places::Way, random::Chance, state::State, tables::SlotIx};
use crate::instance::{Booked, OrderIx};

/// Places that are tried for one order.
const TRIED: usize = 120;
/// Most own sessions that move for one.
const MOVED: usize = 3;

impl State<'_> {
    /// Ways that move other single sessions of the order's participant: each of these goes back where it was, or else to the
    /// best place that is left.
    pub(super) fn rearranged(&mut self, o: OrderIx, chance: &mut Chance) -> Vec<Way> {
        let own = self.own_sessions(o);
        if own.is_empty() || self.missing(o) == 0 {
            return Vec::new();
        }
        let (mark, before) = (self.mark(), self.cost);
        own.iter().for_each(|(slot, ..)| self.remove_session(*slot));
        let mut freed = self.offers(o);
        freed.extend(self.convened(o, chance));
        freed.sort_by_key(|way| way.cost);
        let mut ways = Vec::new();
        for way in freed.into_iter().take(TRIED) {
            let inner = self.mark();
            self.apply(&way);
            own.iter().for_each(|(slot, _, was)| self.restore(*slot, was));
            let homeless: Vec<_> = own.iter().filter(|(slot, ..)| self.placed[slot.i()].is_none()).collect();
            // Where all could stay nothing has to move.
            if (1..=MOVED).contains(&homeless.len()) {
                let again = homeless.iter().map(|(slot, order, _)| self.put_again(*order, *slot, chance));
                if let Some(moved) = again.collect::<Option<Vec<Booked>>>() {
                    ways.push(Way { cost: self.cost - before, gained: way.gained, moved });
                }
            }
            self.rollback_to(inner);
        }
        self.rollback_to(mark);
        ways
    }

    /// Single sessions of other orders of the same participant that may move.
    fn own_sessions(&self, o: OrderIx) -> Vec<(SlotIx, OrderIx, Booked)> {
        let p = self.t.instance.orders[o.i()].participant;
        let slots = (0..self.placed.len() as u32).map(SlotIx);
        let own = slots.filter_map(|slot| {
            let other = self.loose_order(slot).filter(|&other| other != o)?;
            let theirs = self.t.instance.orders[other.i()].participant == p;
            Some((slot, other, self.booking(slot, self.placed[slot.i()].as_ref().filter(|_| theirs)?, vec![p])?))
        });
        own.collect()
    }
}
