//! Static places gathered into cells of time, such as a day or an hour: what a relaxation that forgets exact starts sees.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    instance::{Bits, ClinicianIx, GroupIx, Instance, Minute, OrderIx, ParticipantIx, Placements, RoomIx, Span},
    problem::Modality,
};

/// The places of an individual order in one cell.
#[derive(Default)]
pub struct OrderCell {
    /// Starts at any clinician, rising.
    pub starts: BTreeSet<Minute>,
    /// Starts and least cost by clinician.
    pub clinicians: BTreeMap<ClinicianIx, Choice>,
    /// Least cost of a place here, without the clinician's part.
    pub cost: i64,
    /// Rooms of the places, where all of them need one.
    pub rooms: Option<BTreeSet<RoomIx>>,
    /// Whether some place counts towards the dose.
    pub counts: bool,
}

/// Starts of one clinician in a cell, and what a session with that clinician costs at least.
#[derive(Default)]
pub struct Choice {
    /// Rising.
    pub starts: BTreeSet<Minute>,
    /// The clinician's part: not being preferred.
    pub cost: i64,
}

/// The meetings of a group in one cell.
pub struct GroupCell {
    /// The site's day.
    pub day: i32,
    /// Starts, rising.
    pub starts: Vec<Minute>,
    /// Starts by clinician.
    pub clinicians: Vec<(ClinicianIx, Vec<Minute>)>,
    /// Rooms that may be used; empty for telehealth.
    pub rooms: BTreeSet<RoomIx>,
    /// Most participants.
    pub capacity: usize,
    /// Who may come.
    pub guests: Vec<Guest>,
}

/// A participant who may come to a group's meeting in a cell.
pub struct Guest {
    /// Who.
    pub participant: ParticipantIx,
    /// The order served.
    pub order: OrderIx,
    /// Starts at which this is possible, rising.
    pub starts: Vec<Minute>,
    /// The participant's day, where all starts have the same.
    pub day: Option<i32>,
    /// Least cost of the attendance.
    pub cost: i64,
}

/// The cells of an individual order by (participant's day, cell of the day).
pub fn of_order(
    instance: &Instance,
    placements: &Placements,
    o: OrderIx,
    minutes: i32,
) -> BTreeMap<(i32, i32), OrderCell> {
    let order = &instance.orders[o.i()];
    let participant = &instance.participants[order.participant.i()];
    let weights = &instance.problem.weights;
    let zone = &instance.zones[participant.zone];
    let service = &instance.services[order.service.i()];
    let mut cells: BTreeMap<(i32, i32), OrderCell> = BTreeMap::new();
    for option in &placements.orders[o.i()] {
        let grid = &placements.grids[option.grid].starts;
        let in_person = option.modality == Modality::InPerson;
        let away = if in_person && option.site != participant.home { i64::from(weights.away_site.0) } else { 0 };
        for k in option.starts.iter() {
            let start = grid[k];
            let key = (zone.day(start), zone.clock(start) / minutes);
            let cost = away + soft_cost(instance, order.participant, start, service.minutes, option.modality);
            let rooms: Option<BTreeSet<RoomIx>> =
                in_person.then(|| option.rooms.iter().filter(|r| placements.masks[r.1].has(k)).map(|r| r.0).collect());
            let fresh = !cells.contains_key(&key);
            let cell = cells.entry(key).or_default();
            cell.cost = if fresh { cost } else { cell.cost.min(cost) };
            cell.rooms = match (cell.rooms.take(), rooms) {
                (_, rooms) if fresh => rooms,
                (Some(a), Some(b)) => Some(a.union(&b).copied().collect()),
                _ => None,
            };
            cell.starts.insert(start);
            cell.counts |= instance.counts(order.participant, order.service, option.modality);
            for &(c, _) in option.clinicians.iter().filter(|c| placements.masks[c.1].has(k)) {
                let preferred = order.prefer.is_empty() || service.clinicians != 1 || order.prefer.contains(&c);
                let choice = cell.clinicians.entry(c).or_default();
                choice.starts.insert(start);
                choice.cost = if preferred { 0 } else { weights.not_preferred_clinician.0.into() };
            }
        }
    }
    cells
}

/// What the soft commitments cost that a session falls on.
fn soft_cost(instance: &Instance, p: ParticipantIx, start: Minute, minutes: i32, modality: Modality) -> i64 {
    let participant = &instance.participants[p.i()];
    let soft = if modality == Modality::InPerson { &participant.soft_in_person } else { &participant.soft_telehealth };
    i64::from(instance.problem.weights.soft_commitment_minute.0)
        * i64::from(soft.overlap(Span::new(start, start + minutes)))
}

/// The cells of a group, rising.
pub fn of_group(instance: &Instance, placements: &Placements, g: GroupIx, minutes: i32) -> Vec<GroupCell> {
    let group = &instance.groups[g.i()];
    let places = &placements.groups[g.i()];
    let grid = &placements.grids[places.grid].starts;
    let zone = instance.site_zone(group.site);
    let service = &instance.services[group.service.i()];
    let in_person = group.modality == Modality::InPerson;
    let mut keys: BTreeMap<(i32, i32), Bits> = BTreeMap::new();
    for k in places.starts.iter() {
        let key = (zone.day(grid[k]), zone.clock(grid[k]) / minutes);
        keys.entry(key).or_insert_with(|| Bits::none(grid.len())).insert(k);
    }
    let list = |bits: &Bits| bits.iter().map(|k| grid[k]).collect::<Vec<Minute>>();
    let cell = |((day, _), inside): ((i32, i32), Bits)| {
        let met = |mask: usize| Some(placements.masks[mask].both(&inside)).filter(|b| !b.is_empty());
        let rooms: BTreeSet<RoomIx> = places.rooms.iter().filter(|r| met(r.1).is_some()).map(|r| r.0).collect();
        let largest = rooms.iter().map(|r| instance.rooms[r.i()].capacity as usize).max().unwrap_or(0);
        let guests = places.eligible.iter().filter_map(|e| {
            let bits = e.starts.both(&inside);
            let starts = list(&bits);
            let p = e.participant;
            let day = instance.participant_day(p, *starts.first()?);
            let same = starts.iter().all(|&s| instance.participant_day(p, s) == day);
            let away = in_person && instance.participants[p.i()].home != group.site;
            let soft = starts.iter().map(|&s| soft_cost(instance, p, s, service.minutes, group.modality)).min()?;
            let away = if away { i64::from(instance.problem.weights.away_site.0) } else { 0 };
            Some(Guest { participant: p, order: e.order, starts, day: same.then_some(day), cost: soft + away })
        });
        GroupCell {
            day,
            starts: list(&inside),
            clinicians: places.clinicians.iter().filter_map(|c| Some((c.0, list(&met(c.1)?)))).collect(),
            capacity: if in_person { group.max.min(largest) } else { group.max },
            rooms,
            guests: guests.collect(),
        }
    };
    keys.into_iter().map(cell).collect()
}
