//! What each penalty costs.

use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    faults::Faults,
    text::{number_schema, whole_number},
};

/// Weights of the penalties, by default those of the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Weight of `unmet_minute`; 100 by default.
    #[deserr(default = Weight(100))]
    #[schema(required = false, default = 100)]
    pub unmet_minute: Weight,
    /// Weight of `shortfall_minute`; 20 by default.
    #[deserr(default = Weight(20))]
    #[schema(required = false, default = 20)]
    pub shortfall_minute: Weight,
    /// Weight of `short_day_minute`; 20 by default.
    #[deserr(default = Weight(20))]
    #[schema(required = false, default = 20)]
    pub short_day_minute: Weight,
    /// Weight of `missing_day`; 600 by default.
    #[deserr(default = Weight(600))]
    #[schema(required = false, default = 600)]
    pub missing_day: Weight,
    /// Weight of `attended_day`; 30 by default.
    #[deserr(default = Weight(30))]
    #[schema(required = false, default = 30)]
    pub attended_day: Weight,
    /// Weight of `wait_minute`; 1 by default.
    #[deserr(default = Weight(1))]
    #[schema(required = false, default = 1)]
    pub wait_minute: Weight,
    /// Weight of `soft_commitment_minute`; 3 by default.
    #[deserr(default = Weight(3))]
    #[schema(required = false, default = 3)]
    pub soft_commitment_minute: Weight,
    /// Weight of `not_preferred_clinician`; 60 by default.
    #[deserr(default = Weight(60))]
    #[schema(required = false, default = 60)]
    pub not_preferred_clinician: Weight,
    /// Weight of `away_site`; 40 by default.
    #[deserr(default = Weight(40))]
    #[schema(required = false, default = 40)]
    pub away_site: Weight,
    /// Weight of `group_switch`; 40 by default.
    #[deserr(default = Weight(40))]
    #[schema(required = false, default = 40)]
    pub group_switch: Weight,
    /// Weight of `clinician_switch`; 40 by default.
    #[deserr(default = Weight(40))]
    #[schema(required = false, default = 40)]
    pub clinician_switch: Weight,
    /// Weight of `shifted`; 20 by default.
    #[deserr(default = Weight(20))]
    #[schema(required = false, default = 20)]
    pub shifted: Weight,
    /// Weight of `held_meeting`; 60 by default.
    #[deserr(default = Weight(60))]
    #[schema(required = false, default = 60)]
    pub held_meeting: Weight,
    /// Weight of `moved`; 50 by default.
    #[deserr(default = Weight(50))]
    #[schema(required = false, default = 50)]
    pub moved: Weight,
    /// Weight of `clinician_changed`; 40 by default.
    #[deserr(default = Weight(40))]
    #[schema(required = false, default = 40)]
    pub clinician_changed: Weight,
    /// Weight of `room_changed`; 5 by default.
    #[deserr(default = Weight(5))]
    #[schema(required = false, default = 5)]
    pub room_changed: Weight,
    /// Weight of `dropped`; 80 by default.
    #[deserr(default = Weight(80))]
    #[schema(required = false, default = 80)]
    pub dropped: Weight,
}

impl Default for Weights {
    fn default() -> Self {
        Weights {
            unmet_minute: Weight(100),
            shortfall_minute: Weight(20),
            short_day_minute: Weight(20),
            missing_day: Weight(600),
            attended_day: Weight(30),
            wait_minute: Weight(1),
            soft_commitment_minute: Weight(3),
            not_preferred_clinician: Weight(60),
            away_site: Weight(40),
            group_switch: Weight(40),
            clinician_switch: Weight(40),
            shifted: Weight(20),
            held_meeting: Weight(60),
            moved: Weight(50),
            clinician_changed: Weight(40),
            room_changed: Weight(5),
            dropped: Weight(80),
        }
    }
}

/// A weight: cost units for each unit of what it counts, 0 to 10⁹.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Weight(pub u32);

number_schema!(Weight, "Cost units for each unit of what is counted.");

impl<E: deserr::DeserializeError> Deserr<E> for Weight {
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        location: deserr::ValuePointerRef,
    ) -> Result<Self, E> {
        whole_number(value, location).map(Weight)
    }
}
