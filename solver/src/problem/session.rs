//! Sessions that are brought in: this week so far (`previous`), an earlier week (`reference`), a calendar to check or
//! to start from. Only `id, start, clinicians, participants`, and its `group` or `order`, are needed.

use std::collections::BTreeMap;

use deserr::{DeserializeError, Deserr, ErrorKind, IntoValue, Map, Value, ValueKind, ValuePointerRef, take_cf_content};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    faults::Faults,
    id::Id,
    service::Modality,
    time::{Instant, Minutes},
};

/// Whether somebody came to a frozen session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Came.
    #[deserr(rename = "attended")]
    Attended,
    /// Came late, or left early: got `minutes`.
    #[deserr(rename = "late")]
    Late,
    /// Did not come.
    #[deserr(rename = "no_show")]
    NoShow,
    /// Called it off.
    #[deserr(rename = "cancelled")]
    Cancelled,
}

/// What is known of one participant's attendance of one frozen session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Whether the participant came.
    pub status: Status,
    /// How many minutes of it the participant got; all of them by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
}

/// A session as somebody else wrote it: ids may be unknown, figures may be wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct GivenSession {
    /// `GROUP/k` or `ORDER/k`.
    pub id: String,
    /// The service; that of its group or order where absent.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The group of which it is a meeting.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The order that it serves.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// How it is held; derived where only one way is possible.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modality: Option<Modality>,
    /// Where it is booked; derived where only one site is possible.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Its room; none for telehealth.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Who gives it.
    pub clinicians: Vec<String>,
    /// Who attends it.
    pub participants: Vec<String>,
    /// When it starts.
    pub start: Instant,
    /// When it ends; `start` and the service's minutes where absent.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Instant>,
    /// The site's zone, as Careweave writes it.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Whether it must stay as it is (only of `previous`).
    #[deserr(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Who came (only of frozen sessions).
    #[deserr(default, from(Option<AttendanceList>) = unlisted)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attendance: Option<BTreeMap<Id, Attendance>>,
}

/// Attendance by participant, as it is written.
struct AttendanceList(BTreeMap<Id, Attendance>);

fn unlisted(list: Option<AttendanceList>) -> Option<BTreeMap<Id, Attendance>> {
    list.map(|list| list.0)
}

// deserr's own reading of maps gives up the faults inside them.
impl Deserr<Faults> for AttendanceList {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef) -> Result<Self, Faults> {
        let map = match value {
            Value::Map(map) => map,
            actual => {
                let kind = ErrorKind::IncorrectValueKind { actual, accepted: &[ValueKind::Map] };
                return Err(take_cf_content(Faults::error::<V>(None, kind, location)));
            }
        };
        let mut list = BTreeMap::new();
        let mut faults = Faults::default();
        for (key, value) in map.into_iter() {
            let place = location.push_key(&key);
            let id = Id::deserialize_from_value::<V>(Value::String(key.clone()), place);
            let attendance = Attendance::deserialize_from_value(value.into_value(), place);
            match (id, attendance) {
                (Ok(id), Ok(attendance)) => {
                    list.insert(id, attendance);
                }
                (id, attendance) => {
                    faults.extend(id.err().into_iter().chain(attendance.err()).flat_map(|more| more.0));
                }
            }
        }
        if faults.is_empty() { Ok(AttendanceList(list)) } else { Err(faults) }
    }
}
