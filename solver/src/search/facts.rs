//! What is there before the search begins: frozen sessions, which are facts and may break any rule, and pins.

use super::{
    person::{Seat, day_slot},
    state::{Place, State, Team},
    tables::SlotIx,
};
use crate::{
    instance::{Owner, Previous, SiteIx, Span},
    problem::Modality,
};

impl State<'_> {
    pub(super) fn add_fact(&mut self, old: &Previous) {
        let (t, b) = (self.t, &old.booked);
        let slot = self.slot_of(b);
        let service = b.service.map(|s| &t.instance.services[s.i()]);
        let site = b.site.unwrap_or(SiteIx(u32::MAX));
        let until = b.end + service.map_or(0, |s| s.documentation);
        for &c in &b.clinicians {
            let data = &t.instance.clinicians[c.i()];
            let day = t.instance.clinician_day(c, b.start);
            let at = (b.modality == Modality::InPerson).then_some(site);
            self.desks[c.i()].add(data, slot, b.span(), until, day, at);
        }
        if let Some(r) = b.room {
            self.rooms[r.i()].take(Span::new(b.start, b.end + t.instance.rooms[r.i()].turnover));
        }
        // The place first: what serves an order is told by it.
        if slot != SlotIx::NONE {
            let mut team: Team = b.clinicians.iter().copied().collect();
            team.sort_unstable();
            self.placed[slot.i()] = Some(Place { start: b.start, modality: b.modality, site, room: b.room, team });
            self.seated[slot.i()] = b.participants.clone();
        }
        for &p in &b.participants {
            let order = match b.owner {
                Owner::Order(o) if t.instance.orders[o.i()].participant == p => Some(o),
                Owner::Group(g) => t.group_order(p, b.service.unwrap_or(t.instance.groups[g.i()].service)),
                _ => None,
            };
            let missed = old.missed(p);
            let counted = b.service.is_some_and(|s| t.instance.counts(p, s, b.modality));
            let minutes = old.minutes(p).unwrap_or(b.end - b.start);
            let own_cost = match b.site {
                Some(site) if !missed => t.own_cost(p, b.owner, b.start, b.end, b.modality, site),
                _ => 0,
            };
            let prefers = order.is_some_and(|o| self.misses_preferred(o, &b.clinicians));
            let seat = Seat {
                start: b.start,
                end: b.end,
                slot,
                order,
                day: day_slot(t.instance.participant_day(p, b.start)),
                telehealth: b.modality == Modality::Telehealth,
                site,
                dose: if counted && !missed { minutes } else { 0 },
                own_cost: own_cost + if prefers && !missed { t.costs.not_preferred } else { 0 },
                missed,
                fact: true,
            };
            self.take_seat(p, seat);
        }
        if let Owner::Group(g) = b.owner {
            self.held[g.i()] += 1;
            self.cost += t.costs.held_meeting * t.instance.problem.previous[old.position].clinicians.len() as i64;
        }
    }

    /// What facts use already is the limit, where it is more.
    pub(super) fn settle_facts(&mut self) {
        for (desk, data) in self.desks.iter_mut().zip(&self.t.instance.clinicians) {
            for d in 0..desk.day_limits.len() {
                desk.day_limits[d] = desk.day_limits[d].max(desk.day_minutes[d]);
            }
            desk.week_limit = desk.week_limit.max(desk.week_minutes);
            desk.lose_broken_breaks(data);
        }
    }

    pub(super) fn add_pin(&mut self, old: &Previous) {
        let slot = self.slot_of(&old.booked);
        let Some(site) = old.booked.site.filter(|_| slot != SlotIx::NONE && self.placed[slot.i()].is_none()) else {
            return;
        };
        let mut team: Team = old.booked.clinicians.iter().copied().collect();
        team.sort_unstable();
        let b = &old.booked;
        self.book(slot, Place { start: b.start, modality: b.modality, site, room: b.room, team });
        for &p in &old.booked.participants {
            self.seat(slot, p);
        }
    }
}
