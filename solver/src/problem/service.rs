//! Services: the kinds of session that can be ordered.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    faults::Faults,
    id::Id,
    text::{Count, maybe_count},
    time::Minutes,
};

/// What a service is, clinically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Deserr, ToSchema)]
#[deserr(error = Faults)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Group therapy.
    #[deserr(rename = "group_therapy")]
    GroupTherapy,
    /// Individual therapy.
    #[deserr(rename = "individual_therapy")]
    IndividualTherapy,
    /// Psychoeducation.
    #[deserr(rename = "psychoeducation")]
    Psychoeducation,
    /// Family therapy.
    #[deserr(rename = "family_therapy")]
    FamilyTherapy,
    /// Skills building.
    #[deserr(rename = "skills_building")]
    SkillsBuilding,
    /// Case management and aftercare planning.
    #[deserr(rename = "case_management")]
    CaseManagement,
    /// Medication management.
    #[deserr(rename = "medication_management")]
    MedicationManagement,
    /// Initial assessment.
    #[deserr(rename = "assessment")]
    Assessment,
    /// Progress review.
    #[deserr(rename = "progress_review")]
    ProgressReview,
}

/// How a session is held.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Deserr, ToSchema, Default,
)]
#[deserr(error = Faults)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// At a site, in a room.
    #[deserr(rename = "in_person")]
    #[default]
    InPerson,
    /// By video or telephone.
    #[deserr(rename = "telehealth")]
    Telehealth,
}

/// What makes a service a group service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct GroupSize {
    /// Fewest participants of a held meeting.
    #[deserr(default = 1u32, from(Count) = u32::from)]
    #[schema(required = false, default = 1, value_type = Count)]
    pub min: u32,
    /// Most participants of a meeting.
    #[deserr(from(Count) = u32::from)]
    #[schema(value_type = Count)]
    pub max: u32,
    /// Most participants for each clinician.
    #[deserr(default, from(Option<Count>) = maybe_count)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Count>)]
    pub participants_per_clinician: Option<u32>,
}

/// A kind of session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ServiceKind,
    /// How long a session lasts.
    pub minutes: Minutes,
    /// How long each clinician stays busy afterwards.
    #[deserr(default)]
    #[schema(required = false)]
    pub documentation_minutes: Minutes,
    /// Starts are multiples of this past local midnight; the grid by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_every: Option<Minutes>,
    /// How many clinicians a session has.
    #[deserr(default = 1u32, from(Count) = u32::from)]
    #[schema(required = false, default = 1, value_type = Count)]
    pub clinicians: u32,
    /// Any one of these is needed; none listed: anyone.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<String>,
    /// All of these are needed.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub room_features: Vec<String>,
    /// How it may be held.
    #[deserr(default = vec![Modality::InPerson])]
    #[schema(required = false, default = json!(["in_person"]))]
    pub modalities: Vec<Modality>,
    /// For billing.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_code: Option<String>,
    /// What calendars outside the programme say.
    #[deserr(default = "Appointment".to_owned())]
    #[schema(required = false, default = "Appointment")]
    pub public_name: String,
    /// Present: a group service.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupSize>,
    /// Whether its minutes count towards the dose.
    #[deserr(default = true)]
    #[schema(required = false, default = true)]
    pub counts: bool,
}
