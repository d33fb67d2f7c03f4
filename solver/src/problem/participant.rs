//! Participants: their lives, their plan of care, what is ordered for them.

use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    faults::Faults,
    id::Id,
    service::Modality,
    text::{Count, maybe_count},
    time::{Minutes, Window},
};

/// What a commitment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentKind {
    /// Work.
    #[deserr(rename = "work")]
    Work,
    /// School.
    #[deserr(rename = "school")]
    School,
    /// Childcare.
    #[deserr(rename = "childcare")]
    Childcare,
    /// Court.
    #[deserr(rename = "court")]
    Court,
    /// Medical.
    #[deserr(rename = "medical")]
    Medical,
    /// Anything else.
    #[deserr(rename = "other")]
    Other,
}

/// Whether a commitment can give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserr, ToSchema, Default)]
#[deserr(error = Faults)]
#[serde(rename_all = "snake_case")]
pub enum Flexibility {
    /// It cannot.
    #[deserr(rename = "hard")]
    #[default]
    Hard,
    /// It can, at a cost.
    #[deserr(rename = "soft")]
    Soft,
}

/// Something else the participant has to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// What it is.
    pub kind: CommitmentKind,
    /// When.
    pub windows: Vec<Window>,
    /// The way to and from it, for in-person sessions.
    #[deserr(default)]
    #[schema(required = false)]
    pub travel_minutes: Minutes,
    /// Whether it can give way.
    #[deserr(default)]
    #[schema(required = false)]
    pub flexibility: Flexibility,
}

/// Somebody who takes part in family sessions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct FamilyMember {
    /// Its id, unique among the participant's family.
    pub id: Id,
    /// When; always by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<Vec<Window>>,
}

/// The plan of care: the dose and its limits. Every limit is none by default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// ASAM level, such as `2.1`.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_of_care: Option<String>,
    /// Fewest counted minutes a week.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_minutes_per_week: Option<Minutes>,
    /// Most counted minutes a week.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minutes_per_week: Option<Minutes>,
    /// Fewest days attended.
    #[deserr(default, from(Option<Count>) = maybe_count)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Count>)]
    pub min_days: Option<u32>,
    /// Most days attended.
    #[deserr(default, from(Option<Count>) = maybe_count)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Count>)]
    pub max_days: Option<u32>,
    /// Fewest counted minutes on an attended day.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_minutes_per_day: Option<Minutes>,
    /// Most session minutes a day.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minutes_per_day: Option<Minutes>,
    /// Modalities whose minutes count.
    #[deserr(default = vec![Modality::InPerson, Modality::Telehealth])]
    #[schema(required = false, default = json!(["in_person", "telehealth"]))]
    pub counts_modalities: Vec<Modality>,
}

impl Default for Plan {
    fn default() -> Self {
        Plan {
            level_of_care: None,
            min_minutes_per_week: None,
            max_minutes_per_week: None,
            min_days: None,
            max_days: None,
            min_minutes_per_day: None,
            max_minutes_per_day: None,
            counts_modalities: vec![Modality::InPerson, Modality::Telehealth],
        }
    }
}

/// Sessions of a service that are ordered for a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its id, unique over the whole problem.
    pub id: Id,
    /// The service.
    pub service: Id,
    /// How many.
    #[deserr(from(Count) = u32::from)]
    #[schema(value_type = Count)]
    pub sessions: u32,
    /// Larger matters more.
    #[deserr(default = 1u32, from(Count) = u32::from)]
    #[schema(required = false, default = 1, value_type = Count)]
    pub priority: u32,
    /// Who must give it (one of the clinicians).
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<Id>,
    /// Who should give it.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prefer: Vec<Id>,
    /// Groups that may serve it; none listed: any of the service.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Id>,
    /// How it must be held.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modality: Option<Modality>,
    /// Family members who take part.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub family: Vec<Id>,
    /// When it must lie; any time by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows: Option<Vec<Window>>,
    /// At most one session a day.
    #[deserr(default = true)]
    #[schema(required = false, default = true)]
    pub one_per_day: bool,
}

/// Somebody in treatment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// Its id.
    pub id: Id,
    /// The site where the participant belongs.
    pub home_site: Id,
    /// Sites attended in person; the home site by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sites: Option<Vec<Id>>,
    /// The home site's by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Where telehealth finds the participant; the home site's by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Whether telehealth is possible.
    #[deserr(default)]
    #[schema(required = false, default = false)]
    pub telehealth: bool,
    /// The way between an in-person and a telehealth session.
    #[deserr(default)]
    #[schema(required = false)]
    pub commute_minutes: Minutes,
    /// For groups that require or exclude.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Languages spoken.
    #[deserr(default = vec!["en".to_owned()])]
    #[schema(required = false, default = json!(["en"]))]
    pub languages: Vec<String>,
    /// Clinicians to be kept from.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_with: Vec<Id>,
    /// When; always by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<Vec<Window>>,
    /// Family members.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub family: Vec<FamilyMember>,
    /// Participants to be kept apart from.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart_from: Vec<Id>,
    /// Everything else there is to do.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
    /// The plan of care.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// What is ordered.
    pub orders: Vec<Order>,
}
