//! Openings: the starts at which a participant has the time and the right for one more session, as a mask over a grid of
//! starts. It says what [`Person::can_take`](super::person::Person::can_take) says of each start, at the price of one.

use super::{
    person::{DAYS, Seat, day_slot},
    state::State,
};
use crate::instance::{Bits, GridIx, Instance, ParticipantIx, Placements, ZoneIx};

/// The starts of a grid by local day in a zone.
#[derive(Debug)]
pub struct Days {
    /// The day of each start, as [`day_slot`] numbers it.
    pub of: Vec<u8>,
    /// The starts of each day.
    masks: [Bits; DAYS],
}

/// [`Days`] of each grid in each zone in which it is asked for.
#[derive(Debug)]
pub struct DayTable {
    /// Position in `days`, by grid and zone.
    at: Vec<Vec<u32>>,
    days: Vec<Days>,
}

impl DayTable {
    /// The table for everything that could be placed.
    pub fn new(instance: &Instance, places: &Placements) -> Self {
        let mut table =
            DayTable { at: vec![vec![u32::MAX; instance.zones.len()]; places.grids.len()], days: Vec::new() };
        for (options, order) in places.orders.iter().zip(&instance.orders) {
            let zone = instance.participants[order.participant.i()].zone;
            options.iter().for_each(|o| table.need(instance, places, o.grid, zone));
        }
        for group in &places.groups {
            for e in &group.eligible {
                table.need(instance, places, group.grid, instance.participants[e.participant.i()].zone);
            }
        }
        table
    }

    fn need(&mut self, instance: &Instance, places: &Placements, grid: GridIx, zone: ZoneIx) {
        if self.at[grid][zone] != u32::MAX {
            return;
        }
        let starts = &places.grids[grid].starts;
        let of: Vec<u8> = starts.iter().map(|&s| day_slot(instance.zones[zone].day(s)) as u8).collect();
        let masks = std::array::from_fn(|d| Bits::of(of.len(), |k| usize::from(of[k]) == d));
        self.at[grid][zone] = self.days.len() as u32;
        self.days.push(Days { of, masks });
    }

    /// The days of a grid in a zone.
    pub fn get(&self, grid: GridIx, zone: ZoneIx) -> &Days {
        &self.days[self.at[grid][zone] as usize]
    }
}

impl State<'_> {
    /// Which of `starts` a participant could take for a session like `seat`, whose own start and day don't count.
    pub fn openings(&self, p: ParticipantIx, seat: &Seat, grid: GridIx, starts: &Bits) -> Bits {
        let data = &self.t.instance.participants[p.i()];
        let person = &self.people[p.i()];
        if !person.tally.week_allows(seat.dose, &data.plan) {
            return Bits::none(self.t.places.grids[grid].starts.len());
        }
        let mut open = starts.clone();
        let length = seat.end - seat.start;
        let days = self.t.days.get(grid, data.zone);
        if data.plan.max_day.is_some() || data.plan.max_days.is_some() {
            for d in 0..DAYS {
                if !person.tally.day_allows(d, length, &data.plan) {
                    open.clear(&days.masks[d]);
                }
            }
        }
        let grid = &self.t.places.grids[grid];
        let one_per_day = seat.order.is_some_and(|o| self.t.instance.orders[o.i()].one_per_day);
        for s in &person.seats {
            let way = if s.telehealth == seat.telehealth { 0 } else { data.commute };
            open.clear_range(grid.at_or_after(s.start - length - way + 1), grid.at_or_after(s.end + way));
            let elsewhere = !s.telehealth && !seat.telehealth && s.site != seat.site;
            let again = one_per_day && s.order.is_some() && s.order == seat.order && !s.missed;
            if elsewhere || again {
                open.clear(&days.masks[s.day]);
            }
        }
        open
    }
}
