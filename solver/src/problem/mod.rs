//! The problem as it comes in: the wire contract in types, its validation, its schema.

mod clinician;
mod faults;
mod group;
mod id;
mod participant;
mod service;
mod session;
mod site;
mod text;
mod time;
mod weights;

use deserr::Deserr;
use serde::Serialize;

pub use self::{
    clinician::{Break, Clinician, Shift},
    faults::{Fault, Faults},
    group::{Group, Roster},
    id::Id,
    participant::{Commitment, CommitmentKind, FamilyMember, Flexibility, Order, Participant, Plan},
    service::{GroupSize, Modality, Service, ServiceKind},
    session::{Attendance, GivenSession, Status},
    site::{Room, Site, Travel, TravelPair},
    text::LARGEST,
    time::{Clock, Date, Instant, Minutes, Stamp, Weekday, Window},
    weights::{Weight, Weights},
};

/// One week of one programme: everything that is known, and everything that is ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Problem {
    /// Version of the contract: 1.
    pub version: u32,
    /// First of the seven local days of the horizon.
    pub week_start: Date,
    /// Starts are multiples of this past local midnight, where a service says nothing else.
    #[deserr(default = Minutes(15))]
    pub grid_minutes: Minutes,
    /// The sites.
    pub sites: Vec<Site>,
    /// How long it takes from site to site.
    #[deserr(default)]
    pub travel: Travel,
    /// The rooms.
    pub rooms: Vec<Room>,
    /// The services.
    pub services: Vec<Service>,
    /// The clinicians.
    pub clinicians: Vec<Clinician>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The participants.
    pub participants: Vec<Participant>,
    /// Pairs of attributes that never meet.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub separate: Vec<(String, String)>,
    /// This week's calendar as it stands.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<GivenSession>,
    /// Sessions of `previous` that start before this are facts.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freeze_until: Option<Instant>,
    /// An earlier week's calendar: the hours that people are used to.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reference: Vec<GivenSession>,
    /// Weights of the penalties.
    #[deserr(default)]
    pub weights: Weights,
}
