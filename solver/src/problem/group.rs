//! Groups: series of meetings with a roster.

use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    faults::Faults,
    id::Id,
    service::Modality,
    text::{Count, maybe_count},
    time::Window,
};

/// Who attends the meetings of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserr, ToSchema, Default)]
#[deserr(error = Faults)]
#[serde(rename_all = "snake_case")]
pub enum Roster {
    /// All meetings have the same participants.
    #[deserr(rename = "closed")]
    #[default]
    Closed,
    /// Each meeting has its own participants.
    #[deserr(rename = "open")]
    Open,
}

/// A series of meetings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The group service it gives.
    pub service: Id,
    /// Where it belongs.
    pub site: Id,
    /// How it meets.
    #[deserr(default)]
    #[schema(required = false)]
    pub modality: Modality,
    /// How often it meets in the week.
    #[deserr(from(Count) = u32::from)]
    #[schema(value_type = Count)]
    pub meetings: u32,
    /// When it may meet; always by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<Window>>,
    /// Who may lead it; none listed: anyone.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clinicians: Vec<Id>,
    /// Whether all meetings have the same clinicians.
    #[deserr(default)]
    #[schema(required = false, default = false)]
    pub same_clinician: bool,
    /// Closed or open.
    #[deserr(default)]
    #[schema(required = false)]
    pub roster: Roster,
    /// Participants who attend every held meeting.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Id>,
    /// Attributes that a participant must have.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Attributes that a participant must not have.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<String>,
    /// Language of the meetings.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Fewest participants; the service's by default.
    #[deserr(default, from(Option<Count>) = maybe_count)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Count>)]
    pub min: Option<u32>,
    /// Most participants; the service's by default.
    #[deserr(default, from(Option<Count>) = maybe_count)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Count>)]
    pub max: Option<u32>,
}
