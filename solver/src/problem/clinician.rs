//! Clinicians, their shifts and breaks.

use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    faults::Faults,
    id::Id,
    time::{Clock, Minutes, Weekday, Window},
};

/// The same hours on some days; each day of it is one shift, worked at one of its sites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// On which days.
    pub days: Vec<Weekday>,
    /// From.
    pub start: Clock,
    /// To.
    pub end: Clock,
    /// Sites it may be worked at; the home site by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sites: Option<Vec<Id>>,
    /// Whether telehealth sessions fit into it.
    #[deserr(default)]
    #[schema(required = false, default = false)]
    pub telehealth: bool,
}

/// A break that a clinician gets on each day on which one shift covers the whole span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// Its length, in a row.
    pub minutes: Minutes,
    /// Earliest start.
    pub start: Clock,
    /// Latest end.
    pub end: Clock,
}

/// Somebody who gives care.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Clinician {
    /// Its id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The site where the clinician belongs.
    pub home_site: Id,
    /// Zone of shifts and days; the home site's by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Credentials held.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<String>,
    /// Jurisdictions of the licences.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub licensed_in: Vec<String>,
    /// Languages spoken.
    #[deserr(default = vec!["en".to_owned()])]
    #[schema(required = false, default = json!(["en"]))]
    pub languages: Vec<String>,
    /// Working hours.
    pub shifts: Vec<Shift>,
    /// Absences.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub away: Vec<Window>,
    /// Most session minutes a day.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minutes_per_day: Option<Minutes>,
    /// Most session minutes a week.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minutes_per_week: Option<Minutes>,
    /// The break.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "break")]
    #[deserr(rename = "break")]
    pub break_: Option<Break>,
}
