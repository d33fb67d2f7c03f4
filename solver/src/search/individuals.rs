//! Sessions of individual orders: the cheapest free place, and taking it.

use std::{cmp::Reverse, collections::BinaryHeap, ops::ControlFlow};

use smallvec::{SmallVec, smallvec};

use super::{
    own_cost::OwnCost,
    random::Chance,
    state::{Place, State, Team},
    switches::Kind,
    tables::SlotIx,
};
use crate::{
    instance::{ClinicianIx, MaskIx, Minute, OrderIx, OrderOption, Owner, RoomIx, Span},
    problem::Modality,
};

/// How greedily places are compared.
#[derive(Debug, Clone, Copy)]
pub struct Taste {
    /// Each place's cost is taken for up to this much more.
    pub noise: usize,
    /// Each place is overlooked with this probability.
    pub blink: f64,
}

impl Taste {
    /// The cheapest place, always.
    pub const EXACT: Taste = Taste { noise: 0, blink: 0.0 };
}

/// Clinicians looked at for one start, where there are many: the first of the list (those of the site) and as many drawn.
const NEAR: usize = 12;

/// Clinicians to look at for one start: all, or where there are many the first of the list and some drawn.
pub(super) fn near<'l>(
    all: &'l [(ClinicianIx, MaskIx)],
    chance: &mut Chance,
) -> impl Iterator<Item = &'l (ClinicianIx, MaskIx)> + use<'l> {
    let (near, far) = all.split_at(if all.len() > 2 * NEAR { NEAR } else { all.len() });
    let drawn = if far.is_empty() { 0 } else { chance.below(far.len()) };
    near.iter().chain(far[drawn..].iter().chain(&far[..drawn]).take(NEAR))
}

/// A free place of an order and what taking it adds to the cost (usually a negative number).
#[derive(Debug, Clone)]
pub struct Offer {
    /// Added cost.
    pub cost: i64,
    /// The slot to fill.
    pub slot: SlotIx,
    /// Where.
    pub place: Place,
}

impl State<'_> {
    /// Slots of an order that may still be filled: one without history, and all with.
    pub(super) fn open_slots(&self, o: OrderIx) -> SmallVec<[SlotIx; 4]> {
        let mut out: SmallVec<[SlotIx; 4]> = smallvec![];
        let mut plain = false;
        for slot in self.t.sessions(o).filter(|s| self.placed[s.i()].is_none() && !self.t.slots[s.i()].kept) {
            let known = self.t.slots[slot.i()].previous.is_some();
            if known || !plain {
                out.push(slot);
            }
            plain |= !known;
        }
        out
    }

    /// The cheapest place for one more session of an individual order among those that `allows`.
    pub fn best_session(
        &self,
        o: OrderIx,
        taste: Taste,
        chance: &mut Chance,
        allows: impl Fn(Minute, &[ClinicianIx]) -> bool,
    ) -> Option<Offer> {
        if self.missing(o) == 0 {
            return None;
        }
        let slots = self.open_slots(o);
        let first = *slots.first()?;
        let data = &self.t.instance.orders[o.i()];
        let p = data.participant;
        let wanted = self.t.instance.services[data.service.i()].clinicians;
        // What a slot with history may take off, at most.
        let history = slots.iter().any(|s| self.t.slots[s.i()].previous.is_some());
        let least = if history { -self.t.costs.dropped } else { 0 };
        let mut best: Option<(i64, Offer)> = None;
        for option in &self.t.places.orders[o.i()] {
            let Some(mut starts) = self.priced_starts(o, first, option, taste, chance) else { continue };
            while let Some(Reverse((base, k, start))) = starts.pop() {
                // With noise, what costs the same may still be preferred.
                if best.as_ref().is_some_and(|b| base + least > b.0 - i64::from(taste.noise == 0)) {
                    break;
                }
                let (span, _) = self.span(data.service, start);
                let Some(room) = self.free_room(option.modality, &option.rooms, k, span, |_| true) else { continue };
                self.each_team(o, option, k, start, wanted, chance, |team, chance| {
                    if !allows(start, &team) {
                        return ControlFlow::Continue(());
                    }
                    let mut cost = base + self.switch_cost_of(p, o, Kind::Team(team.clone()));
                    if self.misses_preferred(o, &team) {
                        cost += self.t.costs.not_preferred;
                    }
                    let (slot, change) = self.best_slot(&slots, p, start, room, &team);
                    cost += change;
                    let seen = cost + chance.below(taste.noise + 1) as i64;
                    if best.as_ref().is_none_or(|b| seen < b.0) {
                        let (modality, site) = (option.modality, option.site);
                        let place = Place { start, modality, site, room, team };
                        best = Some((seen, Offer { cost, slot, place }));
                    }
                    // No other team is cheaper.
                    if cost <= base + least && taste.noise == 0 {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
            }
        }
        best.map(|b| b.1)
    }

    /// The starts of an option that the participant could take, cheapest first, with what each adds to the cost: dose, days,
    /// waits, what the hour costs by itself, less what the order is worth.
    fn priced_starts(
        &self,
        o: OrderIx,
        slot: SlotIx,
        option: &OrderOption,
        taste: Taste,
        chance: &mut Chance,
    ) -> Option<BinaryHeap<Reverse<(i64, usize, Minute)>>> {
        let t = self.t;
        let p = t.instance.orders[o.i()].participant;
        let data = &t.instance.participants[p.i()];
        let grid = &t.places.grids[option.grid].starts;
        let some_start = grid[option.starts.iter().next()?];
        let like = self.seat_for(p, slot, Some(o), some_start, option.modality, option.site);
        let open = self.openings(p, &like, option.grid, &option.starts);
        self.tick(option.starts.count() / 8 + open.count() / 2);
        let length = like.end - like.start;
        let own = OwnCost::new(t, p, Owner::Order(o), option.modality, option.site);
        let days = &t.days.get(option.grid, data.zone).of;
        let tally = &self.people[p.i()].tally;
        let by_day = tally.day_costs(&like, &data.plan, &t.costs);
        let worth = self.worth_of_next(o);
        let priced = open.iter().filter(|_| taste.blink == 0.0 || !chance.chance(taste.blink)).map(|k| {
            let (start, end, day) = (grid[k], grid[k] + length, usize::from(days[k]));
            let cost = by_day[day] + tally.wait_of(day, start, end, &t.costs) + own.at(start, end) - worth;
            Reverse((cost, k, start))
        });
        Some(priced.collect())
    }

    pub(super) fn best_slot(
        &self,
        slots: &[SlotIx],
        p: crate::instance::ParticipantIx,
        start: Minute,
        room: Option<RoomIx>,
        team: &[ClinicianIx],
    ) -> (SlotIx, i64) {
        let cost = |slot: SlotIx| match self.t.slots[slot.i()].previous {
            None => 0,
            Some(k) => {
                let was_in = self.t.instance.previous[k].booked.participants.contains(&p);
                self.change_cost(slot, start, room, team) - if was_in { self.t.costs.dropped } else { 0 }
            }
        };
        slots.iter().map(|&s| (s, cost(s))).min_by_key(|x| x.1).unwrap_or((SlotIx::NONE, 0))
    }

    /// The first room that is open and free; `Some(None)` for telehealth, which needs none.
    pub fn free_room(
        &self,
        modality: Modality,
        rooms: &[(RoomIx, MaskIx)],
        k: usize,
        span: Span,
        fits: impl Fn(RoomIx) -> bool,
    ) -> Option<Option<RoomIx>> {
        if modality == Modality::Telehealth {
            return Some(None);
        }
        let masks = &self.t.places.masks;
        rooms.iter().find(|(r, m)| fits(*r) && masks[*m].has(k) && self.room_can(*r, span)).map(|(r, _)| Some(*r))
    }

    /// Calls `f` with each team that could give a session of an order at a start, until it has seen enough.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn each_team(
        &self,
        o: OrderIx,
        option: &OrderOption,
        k: usize,
        start: Minute,
        wanted: usize,
        chance: &mut Chance,
        mut f: impl FnMut(Team, &mut Chance) -> ControlFlow<()>,
    ) {
        let data = &self.t.instance.orders[o.i()];
        let free = |c: ClinicianIx, mask: MaskIx| {
            self.t.places.masks[mask].has(k) && self.clinician_can(c, data.service, start, option.modality, option.site)
        };
        if wanted == 1 {
            for &(c, mask) in near(&option.clinicians, chance) {
                if free(c, mask) && f(smallvec![c], chance).is_break() {
                    return;
                }
            }
            return;
        }
        let mut able: Vec<ClinicianIx> =
            option.clinicians.iter().filter(|(c, mask)| free(*c, *mask)).map(|x| x.0).collect();
        chance.shuffle(&mut able);
        able.sort_by_key(|c| (Some(*c) != data.clinician, !data.prefer.contains(c)));
        let named = data.clinician.is_none_or(|c| able.first() == Some(&c));
        if able.len() >= wanted && (wanted == 0 || named) {
            let mut team: Team = able.into_iter().take(wanted).collect();
            team.sort_unstable();
            let _ = f(team, chance);
        }
    }

    /// Takes an offer.
    pub fn take(&mut self, o: OrderIx, offer: Offer) {
        let p = self.t.instance.orders[o.i()].participant;
        self.book(offer.slot, offer.place);
        self.seat(offer.slot, p);
    }

    /// Places as many sessions of an individual order as bring more than they cost.
    pub fn place_order(&mut self, o: OrderIx, taste: Taste, chance: &mut Chance) -> usize {
        let mut placed = 0;
        while let Some(offer) = self.best_session(o, taste, chance, |_, _| true).filter(|offer| offer.cost < 0) {
            self.take(o, offer);
            placed += 1;
        }
        placed
    }

    /// Takes a session of an individual order out.
    pub fn remove_session(&mut self, slot: SlotIx) {
        for p in self.seated[slot.i()].clone() {
            self.unseat(slot, p);
        }
        self.unbook(slot);
    }
}
