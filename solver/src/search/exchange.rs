//! What a calendar has room for where one of its single sessions is elsewhere, or is not. What the goals ask.

use super::{
    places::{Board, Way},
    tables::SlotIx,
};
use crate::instance::{Booked, OrderIx, ParticipantIx};

impl Board<'_> {
    /// The orders of a participant with missing sessions.
    pub fn lacking(&self, p: ParticipantIx) -> Vec<OrderIx> {
        let orders = self.state.t.instance.participants[p.i()].orders.iter().copied();
        orders.filter(|o| self.state.missing(*o) > 0).collect()
    }

    /// Other places of a single session that may move, cheapest first, under its own id.
    pub fn elsewhere(&mut self, session: &Booked) -> Vec<Booked> {
        self.without(session, |board, own| {
            let mut ways = board.state.offers(own);
            ways.sort_by_key(|way| way.cost);
            let places = ways.into_iter().flat_map(|way| way.gained);
            let places = places.map(|place| Booked { id: session.id.clone(), number: session.number, ..place });
            places.filter(|place| place != session).collect()
        })
    }

    /// Ways to give an order one more session where a single session of another order goes, cheapest first.
    pub fn instead_of(&mut self, order: OrderIx, other: &Booked) -> Vec<Way> {
        let slot = self.state.slot_of(other);
        if slot == SlotIx::NONE || !self.state.in_the_way(order, slot) {
            return Vec::new();
        }
        self.without(other, |board, own| {
            let mut ways = if own == order { Vec::new() } else { board.state.offers(order) };
            ways.sort_by_key(|way| way.cost);
            ways
        })
    }

    /// Asks with a single session that may move taken out; nothing where it may not.
    fn without<T>(&mut self, session: &Booked, ask: impl FnOnce(&mut Self, OrderIx) -> Vec<T>) -> Vec<T> {
        let slot = self.state.slot_of(session);
        let Some(order) = self.state.loose_order(slot) else { return Vec::new() };
        let mark = self.state.mark();
        self.state.remove_session(slot);
        let told = ask(self, order);
        self.state.rollback_to(mark);
        told
    }
}
