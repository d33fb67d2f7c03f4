//! The problem as it comes in: the wire contract in types, its validation, its schema.

mod clinician;
mod codes;
mod faults;
mod given;
mod group;
mod id;
pub mod limits;
mod mend;
mod node;
mod participant;
mod place;
mod read;
mod schema;
mod service;
mod session;
mod shape;
mod site;
mod text;
mod time;
mod validate;
mod weights;

use self::text::Count;
use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

pub use self::{
    clinician::{Break, Clinician, Shift},
    codes::CODES,
    faults::{Fault, Faults},
    given::{GivenCalendar, read_calendar},
    group::{Group, Roster},
    id::Id,
    participant::{Commitment, CommitmentKind, FamilyMember, Flexibility, Order, Participant, Plan},
    read::{ReadError, read},
    schema::{calendar_schema, schema},
    service::{GroupSize, Modality, Service, ServiceKind},
    session::{Attendance, GivenSession, Status},
    site::{Room, Site, Travel, TravelPair},
    text::LARGEST,
    time::{Clock, Date, Instant, Minutes, Stamp, Weekday, Window},
    validate::{Validation, validate},
    weights::{Weight, Weights},
};
pub(crate) use self::{
    node::Node,
    place::{Place, pointer},
    read::{read_checked, read_document},
    schema::of as schema_of,
    text::nearest,
};

/// One week of one programme: everything that is known, and everything that is ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Version of the contract: 1.
    #[deserr(from(Count) = u32::from)]
    #[schema(value_type = Count)]
    pub version: u32,
    /// First of the seven local days of the horizon.
    pub week_start: Date,
    /// Starts are multiples of this past local midnight, where a service says nothing else.
    #[deserr(default = Minutes(15))]
    #[schema(required = false, default = 15)]
    pub grid_minutes: Minutes,
    /// The sites.
    pub sites: Vec<Site>,
    /// How long it takes from site to site.
    #[deserr(default)]
    #[schema(required = false)]
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
    #[schema(schema_with = schema::pairs)]
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
    #[schema(required = false)]
    pub weights: Weights,
}
