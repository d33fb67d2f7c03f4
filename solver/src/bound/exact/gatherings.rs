//! The groups that could be held at all: when, by whom, with whom.

use super::{
    person::{WEEK, attendance_cost, rooms},
    sittings::Seat,
};
use crate::{
    instance::{ClinicianIx, GroupIx, Instance, Minute, OrderIx, Placements, RoomIx, SiteIx},
    problem::Modality,
};

/// A start of a group and who could lead and come.
pub struct Start {
    /// When.
    pub at: Minute,
    /// Clinicians who could lead.
    pub leaders: Vec<ClinicianIx>,
    /// Participants who could come, as a set.
    pub guests: usize,
    /// The rooms that it could use, as a set, see [`rooms`].
    pub rooms: u64,
}

/// What a guest brings.
#[derive(Clone)]
pub struct Guest {
    /// The order served.
    pub order: OrderIx,
    /// At most one session a day.
    pub one_per_day: bool,
    /// Minutes that count.
    pub counted: i64,
    /// Cost of attending, by start.
    pub costs: Vec<(Minute, i64)>,
}

/// A group.
pub struct Gathering {
    /// Which.
    pub ix: GroupIx,
    /// Length of a meeting.
    pub minutes: i32,
    /// How long its clinicians are busy.
    pub busy: i32,
    /// Clinicians of a meeting.
    pub clinicians: usize,
    /// Cost of a held meeting.
    pub held: i64,
    /// In person or by telehealth.
    pub in_person: bool,
    /// Where.
    pub site: SiteIx,
    /// The only room that it could use, where there is only one.
    pub room: Option<RoomIx>,
    /// Whether its roster is closed.
    pub closed: bool,
    /// Whether all meetings have the same clinician.
    pub same_clinician: bool,
    /// Meetings of the week.
    pub meetings: usize,
    /// Fewest and most participants.
    pub size: (usize, usize),
    /// Starts by day.
    pub starts: [Vec<Start>; WEEK],
    /// By participant.
    pub guests: Vec<Option<Guest>>,
}

impl Gathering {
    /// The participant's seat in a meeting.
    pub fn seat(&self, p: usize, start: Minute) -> Seat {
        let guest = self.guests[p].as_ref();
        let cost = guest.and_then(|g| g.costs.iter().find(|c| c.0 == start)).map_or(0, |c| c.1);
        Seat {
            start,
            minutes: self.minutes,
            in_person: self.in_person,
            site: self.site,
            cost,
            counted: guest.map_or(0, |g| g.counted),
        }
    }

    /// The rooms of a meeting, as a set.
    pub fn rooms(&self, d: usize, start: Minute) -> u64 {
        self.starts[d].iter().find(|s| s.at == start).map_or(0, |s| s.rooms)
    }

    /// Who could lead it at some start.
    pub fn leaders(&self) -> impl Iterator<Item = ClinicianIx> {
        self.starts.iter().flatten().flat_map(|s| s.leaders.iter().copied())
    }

    /// Starts of a day at which all of a set of participants could come.
    pub fn starts_for(&self, d: usize, people: usize) -> impl Iterator<Item = &Start> {
        self.starts[d].iter().filter(move |s| s.guests & people == people)
    }
}

/// The groups that could be held, those with an open roster first.
pub fn gatherings(instance: &Instance, placements: &Placements) -> Vec<Gathering> {
    let all = GroupIx::all(instance.groups.len()).map(|g| gathering(instance, placements, g));
    let mut able: Vec<Gathering> = all.filter(can_be_held).collect();
    able.sort_by_key(|g| g.closed);
    able
}

/// Whether enough people could come on enough days.
fn can_be_held(group: &Gathering) -> bool {
    let days = group.starts.iter().filter(|s| s.iter().any(|s| s.guests.count_ones() as usize >= group.size.0)).count();
    group.meetings > 0 && days >= if group.closed { group.meetings } else { 1 }
}

fn gathering(instance: &Instance, placements: &Placements, g: GroupIx) -> Gathering {
    let group = &instance.groups[g.i()];
    let places = &placements.groups[g.i()];
    let service = &instance.services[group.service.i()];
    let grid = &placements.grids[places.grid].starts;
    let in_person = group.modality == Modality::InPerson;
    let eligible: Vec<_> = places
        .eligible
        .iter()
        .filter(|e| !group.closed || instance.orders[e.order.i()].sessions >= group.meetings)
        .collect();
    let mut starts: [Vec<Start>; WEEK] = Default::default();
    for k in places.starts.iter() {
        let at = grid[k];
        let guests = eligible.iter().filter(|e| e.starts.has(k)).fold(0, |set, e| set | 1 << e.participant.i());
        let leaders: Vec<ClinicianIx> =
            places.clinicians.iter().filter(|c| placements.masks[c.1].has(k)).map(|c| c.0).collect();
        let day = usize::try_from(instance.site_day(group.site, at)).ok().filter(|&d| d < WEEK);
        if let Some(day) = day.filter(|_| guests != 0) {
            starts[day].push(Start { at, leaders, guests, rooms: rooms(instance, placements, &places.rooms, k) });
        }
    }
    let mut guests: Vec<Option<Guest>> = vec![None; instance.participants.len()];
    for e in &eligible {
        let order = &instance.orders[e.order.i()];
        let p = e.participant;
        let cost = |at| attendance_cost(instance, p, at, service.minutes, group.modality, group.site);
        let counts = instance.counts(p, group.service, group.modality);
        guests[p.i()] = Some(Guest {
            order: e.order,
            one_per_day: order.one_per_day,
            counted: if counts { service.minutes.into() } else { 0 },
            costs: e.starts.iter().map(|k| (grid[k], cost(grid[k]))).collect(),
        });
    }
    let held = i64::from(instance.problem.weights.held_meeting.0) * service.clinicians as i64;
    Gathering {
        ix: g,
        minutes: service.minutes,
        busy: service.minutes + service.documentation,
        clinicians: service.clinicians,
        held,
        in_person,
        site: group.site,
        room: places.rooms.first().filter(|_| places.rooms.len() == 1).map(|r| r.0),
        closed: group.closed,
        same_clinician: instance.problem.groups[g.i()].same_clinician,
        meetings: group.meetings,
        size: (group.min.max(1), group.max),
        starts,
        guests,
    }
}
