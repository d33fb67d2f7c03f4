//! Sites, the rooms in them, and the way between them.

use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    faults::Faults,
    id::Id,
    text::Count,
    time::{Minutes, Window},
};

/// A place where care is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Where it is, for calendars.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its IANA zone.
    pub time_zone: String,
    /// Where clinicians must be licensed to treat here in person.
    pub jurisdiction: String,
    /// When it is open.
    pub hours: Vec<Window>,
    /// When it is closed all the same.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Window>,
}

/// A room of a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Its id.
    pub id: Id,
    /// The site it belongs to.
    pub site: Id,
    /// How many participants and family members it holds (clinicians are not counted).
    #[deserr(from(Count) = u32::from)]
    #[schema(value_type = Count)]
    pub capacity: u32,
    /// What it offers, such as `private`.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// When it is open; the site's hours by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<Window>>,
    /// When it is closed all the same.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Window>,
    /// How long it stays busy after a session.
    #[deserr(default)]
    #[schema(required = false)]
    pub turnover_minutes: Minutes,
}

/// How long it takes from site to site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Travel {
    /// Between two different sites without a pair of their own.
    #[deserr(default = Minutes(30))]
    #[schema(required = false, default = 30)]
    pub default_minutes: Minutes,
    /// Pairs of sites with a time of their own; symmetric.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<TravelPair>,
}

impl Default for Travel {
    fn default() -> Self {
        Travel { default_minutes: Minutes(30), pairs: Vec::new() }
    }
}

/// The way between two sites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct TravelPair {
    /// One site.
    pub a: Id,
    /// The other.
    pub b: Id,
    /// The time it takes, either way.
    pub minutes: Minutes,
}
