//! The level of service that must hold: which share of the ordered minutes, which share of the people with a weekly
//! minimum.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    form::Form,
    kpis::{DoseMet, Share},
};

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ServiceLevel {
    /// Least share of the ordered minutes that have a place.
    pub minutes_share: f64,
    /// Least share of the participants with a weekly minimum who reach it.
    pub minimum_share: f64,
}

impl Default for ServiceLevel {
    fn default() -> Self {
        ServiceLevel { minutes_share: 0.95, minimum_share: 1.0 }
    }
}

/// What is reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Reached {
    /// Ordered minutes that have a place.
    pub minutes: Share,
    /// Participants with a weekly minimum who reach it.
    pub minimum: Share,
    /// Whether that is enough.
    pub holds: bool,
}

impl ServiceLevel {
    /// What a calendar reaches of it.
    pub fn of(&self, dose: &DoseMet) -> Reached {
        let enough = |share: Share, least: f64| share.share >= least - 1e-9;
        let holds = enough(dose.minutes, self.minutes_share) && enough(dose.minimum, self.minimum_share);
        Reached { minutes: dose.minutes, minimum: dose.minimum, holds }
    }

    /// Reads `service_level` of a document.
    pub(super) fn read(form: &mut Form, value: Option<&Value>, at: &str) -> Self {
        let mut level = ServiceLevel::default();
        let Some(value) = value else { return level };
        let Some(fields) = form.object(value, at, "a service level", &["minutes_share", "minimum_share"]) else {
            return level;
        };
        for (name, target) in [("minutes_share", &mut level.minutes_share), ("minimum_share", &mut level.minimum_share)]
        {
            let Some(given) = fields.get(name).filter(|v| !v.is_null()) else { continue };
            match given.as_f64().filter(|share| (0.0..=1.0).contains(share)) {
                Some(share) => *target = share,
                None => {
                    form.fault(
                        &format!("{at}/{name}"),
                        "out-of-range",
                        format!("`{name}` must be a number of 0 to 1."),
                    );
                }
            }
        }
        level
    }
}
