//! Sessions as bookings of the instance's things, and how those that are brought in become such: what is absent and
//! leaves no choice is derived, what is unknown is listed.

use std::collections::BTreeMap;

use super::{ClinicianIx, GroupIx, Instance, Minute, OrderIx, ParticipantIx, RoomIx, ServiceIx, SiteIx, Span};
use crate::problem::{Attendance, GivenSession, Modality, Status};

/// What a session belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A meeting of a group.
    Group(GroupIx),
    /// A session of an individual order.
    Order(OrderIx),
    /// A group or order that the problem does not have.
    Gone,
}

/// A session in terms of the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// `GROUP/k` or `ORDER/k`.
    pub id: String,
    /// Its group or order.
    pub owner: Owner,
    /// The k of its id, where the id is that of its owner and k a plain number from 1.
    pub number: Option<u32>,
    /// Its service, as given or else its owner's.
    pub service: Option<ServiceIx>,
    /// How it is held.
    pub modality: Modality,
    /// Where it is booked.
    pub site: Option<SiteIx>,
    /// Its room.
    pub room: Option<RoomIx>,
    /// Who gives it.
    pub clinicians: Vec<ClinicianIx>,
    /// Who attends it.
    pub participants: Vec<ParticipantIx>,
    /// From when to when.
    pub start: Minute,
    /// First minute behind it.
    pub end: Minute,
    /// What it names and the problem does not have: field and id.
    pub unknown: Vec<(&'static str, String)>,
}

impl Booked {
    /// From when to when.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// A session of this week so far.
#[derive(Debug, Clone)]
pub struct Previous {
    /// Position in the problem's `previous`.
    pub position: usize,
    /// The session, without people who have left.
    pub booked: Booked,
    /// It starts before `freeze_until`: a fact.
    pub frozen: bool,
    /// It was pinned.
    pub pinned: bool,
    /// Who came (of a frozen session): only people in it.
    pub attendance: BTreeMap<ParticipantIx, Attendance>,
}

impl Previous {
    /// Whether it must stay as it is.
    pub fn kept(&self) -> bool {
        self.frozen || self.pinned
    }

    /// Whether this participant of a frozen session got nothing from it.
    pub fn missed(&self, participant: ParticipantIx) -> bool {
        self.frozen
            && self.attendance.get(&participant).is_some_and(|a| matches!(a.status, Status::NoShow | Status::Cancelled))
    }

    /// Minutes that this participant got from it, where attendance says so.
    pub fn minutes(&self, participant: ParticipantIx) -> Option<i32> {
        let a = self.attendance.get(&participant).filter(|_| self.frozen)?;
        a.minutes.map(|m| m.0 as i32)
    }
}

impl Instance {
    /// A session that was brought in, in terms of this instance.
    pub fn book(&self, given: &GivenSession) -> Booked {
        let mut unknown = Vec::new();
        let owner = match (&given.group, &given.order) {
            (Some(g), _) => self.group_named(g).map(Owner::Group).unwrap_or_else(|| {
                unknown.push(("group", g.clone()));
                Owner::Gone
            }),
            (None, Some(o)) => self.order_named(o).map(Owner::Order).unwrap_or_else(|| {
                unknown.push(("order", o.clone()));
                Owner::Gone
            }),
            (None, None) => Owner::Gone,
        };
        let mut find = |field: &'static str, id: &String| unknown.push((field, id.clone()));
        let own_service = match owner {
            Owner::Group(g) => Some(self.groups[g.i()].service),
            Owner::Order(o) => Some(self.orders[o.i()].service),
            Owner::Gone => None,
        };
        let service = match &given.service {
            None => own_service,
            Some(id) => self.service_named(id).or_else(|| {
                find("service", id);
                None
            }),
        };
        let room = given.room.as_ref().and_then(|id| {
            let room = self.room_named(id);
            if room.is_none() {
                find("room", id);
            }
            room
        });
        let clinicians = given.clinicians.iter().filter_map(|id| {
            let clinician = self.clinician_named(id);
            if clinician.is_none() {
                find("clinician", id);
            }
            clinician
        });
        let clinicians: Vec<ClinicianIx> = clinicians.collect();
        let participants = given.participants.iter().filter_map(|id| {
            let participant = self.participant_named(id);
            if participant.is_none() {
                find("participant", id);
            }
            participant
        });
        let participants: Vec<ParticipantIx> = participants.collect();
        let modality = given.modality.unwrap_or_else(|| self.only_modality(owner, given.room.is_some()));
        let site = match &given.site {
            Some(id) => self.site_named(id).or_else(|| {
                find("site", id);
                None
            }),
            None => self.only_site(owner, modality, room),
        };
        let start = self.axis.ceil(given.start);
        let minutes = service.or(own_service).map_or(0, |s| self.services[s.i()].minutes);
        let owner_id = given.group.as_deref().or(given.order.as_deref()).unwrap_or_default();
        let number = given.id.strip_prefix(owner_id).and_then(|k| k.strip_prefix('/'));
        let number = number.and_then(|k| k.parse::<u32>().ok().filter(|n| *n > 0 && n.to_string() == k));
        Booked {
            id: given.id.clone(),
            owner,
            number,
            service,
            modality,
            site,
            room,
            clinicians,
            participants,
            start,
            end: given.end.map_or(start + minutes, |end| self.axis.ceil(end)),
            unknown,
        }
    }

    /// The modality of a session that names none.
    fn only_modality(&self, owner: Owner, has_room: bool) -> Modality {
        match owner {
            Owner::Group(g) => self.groups[g.i()].modality,
            _ if has_room => Modality::InPerson,
            Owner::Order(o) => {
                let order = &self.orders[o.i()];
                let offered = &self.problem.services[order.service.i()].modalities;
                let telehealth = self.participants[order.participant.i()].telehealth;
                order.modality.unwrap_or(match offered.as_slice() {
                    [one] => *one,
                    _ if telehealth && offered.contains(&Modality::Telehealth) => Modality::Telehealth,
                    _ => Modality::InPerson,
                })
            }
            Owner::Gone => Modality::Telehealth,
        }
    }

    /// The site of a session that names none.
    fn only_site(&self, owner: Owner, modality: Modality, room: Option<RoomIx>) -> Option<SiteIx> {
        match owner {
            Owner::Group(g) => Some(self.groups[g.i()].site),
            Owner::Order(o) => {
                let participant = &self.participants[self.orders[o.i()].participant.i()];
                match (modality, room, participant.sites.as_slice()) {
                    (Modality::InPerson, Some(room), _) => Some(self.rooms[room.i()].site),
                    (Modality::InPerson, None, [one]) => Some(*one),
                    _ => Some(participant.home),
                }
            }
            Owner::Gone => room.map(|r| self.rooms[r.i()].site),
        }
    }

    /// The `previous` session with this id, if it still means something.
    pub fn previous_named(&self, id: &str) -> Option<&Previous> {
        self.index.previous.get(id).map(|&k| &self.previous[k])
    }
}

/// Takes in `previous` and `reference` of the problem.
pub(super) fn take_in(instance: &mut Instance) {
    let problem = instance.problem.clone();
    let mut previous = Vec::new();
    let mut warnings = Vec::new();
    for (position, given) in problem.previous.iter().enumerate() {
        let booked = instance.book(given);
        let frozen = booked.start < instance.freeze;
        // An order's session without its participant means as little as one of an order that is gone.
        let orphan = match booked.owner {
            Owner::Order(o) => !booked.participants.contains(&instance.orders[o.i()].participant),
            Owner::Group(_) => false,
            Owner::Gone => true,
        };
        if booked.participants.is_empty() || (orphan && !frozen) {
            if given.pinned && !frozen {
                warnings.push(format!("The pin on {} fell away: its group, order or people are gone.", given.id));
            }
            continue;
        }
        let gone: Vec<&str> = booked.unknown.iter().filter(|u| u.0 != "participant").map(|u| u.1.as_str()).collect();
        let mut pinned = given.pinned && !frozen;
        if pinned && !gone.is_empty() {
            warnings.push(format!("The pin on {} fell away: the problem no longer has {}.", given.id, gone.join(", ")));
            pinned = false;
        }
        let attendance = given.attendance.iter().flatten().filter(|_| frozen);
        let attendance = attendance.filter_map(|(id, a)| Some((instance.participant_named(id)?, a.clone()))).collect();
        previous.push(Previous { position, booked, frozen, pinned, attendance });
    }
    instance.index.previous = previous.iter().enumerate().map(|(k, p)| (p.booked.id.clone(), k)).collect();
    instance.previous = previous;
    instance.warnings = warnings;
    for given in &problem.reference {
        let booked = instance.book(given);
        if booked.owner == Owner::Gone {
            continue;
        }
        // Wall time as written, unless the session names a site that gives it a zone.
        let wall = match given.site.as_deref().and_then(|s| instance.site_named(s)) {
            Some(site) => given.start.0.with_timezone(&instance.site_zone(site).tz).naive_local(),
            None => given.start.0.naive_local(),
        };
        use chrono::{Datelike, Timelike};
        let at = (wall.weekday().num_days_from_monday() as i32, (wall.hour() * 60 + wall.minute()) as Minute);
        for &p in &booked.participants {
            let usual = instance.usual.entry((p, booked.owner)).or_default();
            if !usual.contains(&at) {
                usual.push(at);
            }
        }
    }
}
