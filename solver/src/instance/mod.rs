//! The problem compiled to integers: every window an interval of the minute axis, every id a position in a table, every
//! default filled in. What a rule or a model needs to know about the problem, it finds here.

mod axis;
mod bits;
mod compile;
mod data;
mod given;
mod index;
mod placements;
mod spans;

use std::{collections::HashMap, sync::Arc};

pub use self::{
    axis::{Axis, DAY, Zone},
    bits::{Bits, Members},
    data::{
        BreakData, ClinicianData, CommitmentData, GroupData, OrderData, ParticipantData, PlanData, RoomData,
        ServiceData, ShiftData, SiteData, ZoneIx,
    },
    given::{Booked, Owner, Previous},
    index::{ClinicianIx, GroupIx, OrderIx, ParticipantIx, RoomIx, ServiceIx, SiteIx},
    placements::{Eligible, Grid, GridIx, GroupPlaces, MaskIx, OrderOption, Placements},
    spans::{FAR, Minute, Span, Spans},
};
use crate::problem::{Id, Modality, Problem};

/// Whose hours: a participant and the group or order that serves.
pub type UsualKey = (ParticipantIx, Owner);

/// The problem in integers. Immutable; shared by the search, the rules and the explanations.
#[derive(Debug)]
pub struct Instance {
    /// What it was compiled from.
    pub problem: Arc<Problem>,
    /// The minute axis.
    pub axis: Axis,
    /// Zones in use.
    pub zones: Vec<Zone>,
    /// Sites, in the problem's order, like all tables.
    pub sites: Vec<SiteData>,
    /// Rooms.
    pub rooms: Vec<RoomData>,
    /// Services.
    pub services: Vec<ServiceData>,
    /// Clinicians.
    pub clinicians: Vec<ClinicianData>,
    /// Groups.
    pub groups: Vec<GroupData>,
    /// Participants.
    pub participants: Vec<ParticipantData>,
    /// Orders of all participants.
    pub orders: Vec<OrderData>,
    /// Nothing new starts before this; `-FAR` without `freeze_until`.
    pub freeze: Minute,
    /// This week so far, without what has no meaning any more.
    pub previous: Vec<Previous>,
    /// Wall times (day of the week 0 = Monday, minute of the day) that people are used to.
    pub usual: HashMap<UsualKey, Vec<(i32, Minute)>>,
    /// What the reader should know: pins that fell away.
    pub warnings: Vec<String>,
    index: Index,
}

/// Ids to positions.
#[derive(Debug, Default)]
struct Index {
    sites: HashMap<Id, SiteIx>,
    rooms: HashMap<Id, RoomIx>,
    services: HashMap<Id, ServiceIx>,
    clinicians: HashMap<Id, ClinicianIx>,
    groups: HashMap<Id, GroupIx>,
    participants: HashMap<Id, ParticipantIx>,
    orders: HashMap<Id, OrderIx>,
    previous: HashMap<String, usize>,
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident: $table:ident -> $ix:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub fn $name(&self, id: &str) -> Option<$ix> {
            self.index.$table.get(id).copied()
        }
    )*};
}

impl Instance {
    lookups!(
        /// The site with this id.
        site_named: sites -> SiteIx,
        /// The room with this id.
        room_named: rooms -> RoomIx,
        /// The service with this id.
        service_named: services -> ServiceIx,
        /// The clinician with this id.
        clinician_named: clinicians -> ClinicianIx,
        /// The group with this id.
        group_named: groups -> GroupIx,
        /// The participant with this id.
        participant_named: participants -> ParticipantIx,
        /// The order with this id.
        order_named: orders -> OrderIx,
    );

    /// Compiles a problem. It must be valid: [`crate::problem::validate`] sees to it. References that do not resolve
    /// (they can't, in a valid problem) are left out.
    pub fn new(problem: Arc<Problem>) -> Self {
        compile::compile(problem)
    }

    /// The problem's wire data of an order.
    pub fn order_wire(&self, order: OrderIx) -> &crate::problem::Order {
        let data = &self.orders[order.i()];
        &self.problem.participants[data.participant.i()].orders[data.position]
    }

    /// The zone of a site.
    pub fn site_zone(&self, site: SiteIx) -> &Zone {
        &self.zones[self.sites[site.i()].zone]
    }

    /// The participant's local day of a minute.
    pub fn participant_day(&self, participant: ParticipantIx, minute: Minute) -> i32 {
        self.zones[self.participants[participant.i()].zone].day(minute)
    }

    /// The clinician's local day of a minute.
    pub fn clinician_day(&self, clinician: ClinicianIx, minute: Minute) -> i32 {
        self.zones[self.clinicians[clinician.i()].zone].day(minute)
    }

    /// The site's local day of a minute.
    pub fn site_day(&self, site: SiteIx, minute: Minute) -> i32 {
        self.site_zone(site).day(minute)
    }

    /// Travel minutes from site to site.
    pub fn travel(&self, a: SiteIx, b: SiteIx) -> i32 {
        if a == b {
            return 0;
        }
        let (ida, idb) = (&self.problem.sites[a.i()].id, &self.problem.sites[b.i()].id);
        let travel = &self.problem.travel;
        let pair = travel.pairs.iter().rev().find(|p| (&p.a == ida && &p.b == idb) || (&p.a == idb && &p.b == ida));
        pair.map_or(travel.default_minutes, |p| p.minutes).0 as i32
    }

    /// Whether a session of this service and modality counts towards the participant's dose.
    pub fn counts(&self, participant: ParticipantIx, service: ServiceIx, modality: Modality) -> bool {
        let plan = &self.participants[participant.i()].plan;
        self.problem.services[service.i()].counts
            && match modality {
                Modality::InPerson => plan.counts_in_person,
                Modality::Telehealth => plan.counts_telehealth,
            }
    }
}

impl Instance {
    /// Whether the clinician's licences cover a session with this participant (H5): the site's jurisdiction in person,
    /// the participant's by telehealth.
    pub fn licensed(&self, c: ClinicianIx, modality: Modality, site: SiteIx, participant: ParticipantIx) -> bool {
        let wanted = match modality {
            Modality::InPerson => &self.problem.sites[site.i()].jurisdiction,
            Modality::Telehealth => self.jurisdiction(participant),
        };
        self.problem.clinicians[c.i()].licensed_in.contains(wanted)
    }

    /// Where telehealth finds the participant.
    pub fn jurisdiction(&self, participant: ParticipantIx) -> &String {
        let wire = &self.problem.participants[participant.i()];
        let home = self.participants[participant.i()].home;
        wire.jurisdiction.as_ref().unwrap_or(&self.problem.sites[home.i()].jurisdiction)
    }

    /// Whether the participant may join the group (H14): attributes, language, site or telehealth.
    pub fn may_join(&self, participant: ParticipantIx, group: GroupIx) -> bool {
        let p = &self.problem.participants[participant.i()];
        let g = &self.problem.groups[group.i()];
        let data = &self.participants[participant.i()];
        g.requires.iter().all(|a| p.attributes.contains(a))
            && !g.excludes.iter().any(|a| p.attributes.contains(a))
            && g.language.as_ref().is_none_or(|l| p.languages.contains(l))
            && match g.modality {
                Modality::InPerson => data.sites.contains(&self.groups[group.i()].site),
                Modality::Telehealth => data.telehealth,
            }
    }
}
