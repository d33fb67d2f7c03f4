//! Groups with a fixed roster, as course timetables have them: who attends is given, so that whether two of them clash
//! depends on where they are alone, and a chain of moves can leave the people out until it ends.

use std::collections::BTreeMap;

use crate::{
    instance::{
        Bits, ClinicianIx, Eligible, GroupData, GroupIx, Instance, MaskIx, Minute, OrderIx, ParticipantIx, Placements,
        RoomIx, ServiceIx, SiteIx,
    },
    problem::Modality,
};

/// A group with a fixed roster.
#[derive(Debug)]
pub struct Roster {
    /// Starts at which the group may meet and all of its members can come.
    pub starts: Bits,
    /// Rooms that hold all of them, smallest first, with the starts at which they are open.
    pub rooms: Vec<(RoomIx, MaskIx)>,
    /// Clinicians who may lead it, with the starts that their shifts and absences allow.
    pub clinicians: Vec<(ClinicianIx, MaskIx)>,
    /// Others with members in common.
    pub rivals: Vec<Rival>,
    /// What its members miss without it, as cost.
    pub worth: i64,
}

/// A group with members in common.
#[derive(Debug, Clone, Copy)]
pub struct Rival {
    /// Which.
    pub group: GroupIx,
    /// How far apart they have to be.
    pub apart: Apart,
}

/// How far apart two sessions of one person have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Apart {
    /// On different days.
    pub days: bool,
    /// Minutes between them.
    pub minutes: Minute,
}

impl Apart {
    /// Of two sessions, each with whether it is by telehealth and its site, of somebody with this commute; `one` where both
    /// serve an order that wants one a day.
    pub fn between(a: (bool, SiteIx), b: (bool, SiteIx), commute: Minute, one: bool) -> Apart {
        let elsewhere = !a.0 && !b.0 && a.1 != b.1;
        Apart { days: one || elsewhere, minutes: if a.0 == b.0 { 0 } else { commute } }
    }
}

/// The fixed roster of each group that has one.
pub fn of_groups(instance: &Instance, places: &Placements) -> Vec<Option<Roster>> {
    let mut rosters: Vec<Option<Roster>> =
        GroupIx::all(instance.groups.len()).map(|g| roster(instance, places, g)).collect();
    let mut of_person: Vec<Vec<GroupIx>> = vec![Vec::new(); instance.participants.len()];
    for g in GroupIx::all(rosters.len()).filter(|g| rosters[g.i()].is_some()) {
        instance.groups[g.i()].members.iter().for_each(|p| of_person[p.i()].push(g));
    }
    let kind = |g: &GroupData| (g.modality == Modality::Telehealth, g.site);
    for g in GroupIx::all(rosters.len()) {
        let group = &instance.groups[g.i()];
        let mut rivals: BTreeMap<GroupIx, Apart> = BTreeMap::new();
        if rosters[g.i()].is_none() {
            continue;
        }
        for p in &group.members {
            for other in of_person[p.i()].iter().filter(|other| **other != g) {
                let beside = &instance.groups[other.i()];
                let one = group.service == beside.service
                    && of_service(instance, *p, group.service).is_some_and(|o| instance.orders[o.i()].one_per_day);
                let commute = instance.participants[p.i()].commute;
                let apart = Apart::between(kind(group), kind(beside), commute, one);
                let most = rivals.entry(*other).or_insert(apart);
                *most = Apart { days: most.days || apart.days, minutes: most.minutes.max(apart.minutes) };
            }
        }
        if let Some(roster) = &mut rosters[g.i()] {
            roster.rivals = rivals.into_iter().map(|(group, apart)| Rival { group, apart }).collect();
        }
    }
    rosters
}

fn roster(instance: &Instance, places: &Placements, g: GroupIx) -> Option<Roster> {
    let (group, of) = (&instance.groups[g.i()], &places.groups[g.i()]);
    if !group.closed || group.members.len() < group.min.max(1) {
        return None;
    }
    let members: Vec<&Eligible> = of.eligible.iter().filter(|e| group.members.contains(&e.participant)).collect();
    if members.len() < group.members.len() {
        return None;
    }
    let mut starts = of.starts.clone();
    members.iter().for_each(|e| starts.keep(&e.starts));
    let holds = |r: &&(RoomIx, MaskIx)| instance.rooms[r.0.i()].capacity as usize >= members.len();
    let may_meet = |c: ClinicianIx, p: ParticipantIx| {
        let data = &instance.participants[p.i()];
        !data.not_with.contains(&c) && instance.licensed(c, group.modality, group.site, p)
    };
    Some(Roster {
        starts,
        rooms: of.rooms.iter().filter(holds).copied().collect(),
        clinicians: of
            .clinicians
            .iter()
            .filter(|c| members.iter().all(|e| may_meet(c.0, e.participant)))
            .copied()
            .collect(),
        rivals: Vec::new(),
        worth: members
            .iter()
            .map(|e| instance.orders[e.order.i()].unmet.saturating_mul(group.meetings as i64))
            .fold(0, i64::saturating_add),
    })
}

/// A participant's order of a service.
fn of_service(instance: &Instance, p: ParticipantIx, service: ServiceIx) -> Option<OrderIx> {
    instance.participants[p.i()].orders.iter().copied().find(|o| instance.orders[o.i()].service == service)
}
