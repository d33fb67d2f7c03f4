//! A session that has no free place takes one from others, which then look for places of their own.

use super::Neighbourhood;
use crate::{
    instance::{ClinicianIx, OrderIx, Span},
    problem::Modality,
    search::{individuals::near, random::Chance, rebuild::Rebuild, state::State, tables::SlotIx},
};

/// See the module.
pub struct Eject;

impl Neighbourhood for Eject {
    fn name(&self) -> &'static str {
        "eject"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let mut orders: Vec<OrderIx> = Vec::new();
        for _ in 0..1 + chance.below(2) {
            let single = (0..8).filter_map(|_| state.some_unmet(chance));
            let Some(o) = single.into_iter().find(|o| !state.t.places.orders[o.i()].is_empty()) else { continue };
            if let Some(pushed) = push_in(state, o, chance) {
                orders.extend(pushed);
            }
            orders.push(o);
        }
        (!orders.is_empty()).then_some(Rebuild { orders, ..Rebuild::default() })
    }
}

/// Takes out what stands in the way of `o` at a place drawn among those where that is little, and places it there.
fn push_in(state: &mut State<'_>, o: OrderIx, chance: &mut Chance) -> Option<Vec<OrderIx>> {
    let t = state.t;
    let data = &t.instance.orders[o.i()];
    let service = &t.instance.services[data.service.i()];
    let p = data.participant;
    let mut best: Option<(f64, Vec<SlotIx>)> = None;
    for option in &t.places.orders[o.i()] {
        let grid = &t.places.grids[option.grid].starts;
        state.tick(option.starts.count());
        for k in option.starts.iter() {
            if chance.chance(0.5) {
                continue;
            }
            let span = Span::new(grid[k], grid[k] + service.minutes);
            let commute = t.instance.participants[p.i()].commute;
            // The participant's own single sessions may give way; groups may not.
            let mut own: Vec<SlotIx> = Vec::new();
            let probe = state.seat_for(p, t.sessions(o).next()?, Some(o), span.start, option.modality, option.site);
            let mut blocked = false;
            for s in state.people[p.i()].seats.iter().filter(|s| s.clashes(&probe, commute, data.one_per_day)) {
                if s.fact || state.loose_order(s.slot).is_none() {
                    blocked = true;
                    break;
                }
                own.push(s.slot);
            }
            if blocked {
                continue;
            }
            for &(c, mask) in near(&option.clinicians, chance) {
                if !t.places.masks[mask].has(k) {
                    continue;
                }
                let busy = Span::new(span.start, span.end + service.documentation);
                let mut pushed = own.clone();
                let mut ok = true;
                if !state.desks[c.i()].timeline.is_free(busy) {
                    let found = blockers(state, c, busy);
                    ok = found.is_some();
                    pushed.extend(found.unwrap_or_default());
                }
                if option.modality == Modality::InPerson
                    && !option.rooms.iter().any(|(r, m)| t.places.masks[*m].has(k) && state.room_can(*r, span))
                {
                    ok = false;
                }
                if !ok || pushed.is_empty() || pushed.len() > 3 {
                    continue;
                }
                let loss: f64 = pushed.iter().map(|s| order_cost(state, *s)).sum();
                let seen = loss * (0.2 + chance.unit()) + 3000.0 * chance.unit();
                if best.as_ref().is_none_or(|b| seen < b.0) {
                    best = Some((seen, pushed));
                }
            }
        }
    }
    let (_, pushed) = best?;
    let mut orders = Vec::new();
    for slot in pushed {
        orders.extend(state.loose_order(slot));
        state.remove_session(slot);
    }
    if let Some(offer) =
        state.best_session(o, crate::search::individuals::Taste { noise: 500, blink: 0.05 }, chance, |_, _| true)
    {
        state.take(o, offer);
    }
    Some(orders)
}

fn order_cost(state: &State<'_>, slot: SlotIx) -> f64 {
    state.loose_order(slot).map_or(f64::INFINITY, |o| state.t.instance.orders[o.i()].unmet as f64)
}

/// Single sessions of a clinician that overlap a span; none where something else does.
fn blockers(state: &State<'_>, c: ClinicianIx, busy: Span) -> Option<Vec<SlotIx>> {
    let overlapping = state.desks[c.i()].sessions.iter().filter(|s| s.0.overlaps(busy)).map(|s| s.1);
    overlapping.map(|slot| state.loose_order(slot).map(|_| slot)).collect()
}
