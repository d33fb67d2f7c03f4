//! Sessions that are brought in: this week so far (`previous`), an earlier week (`reference`), a calendar to check or
//! to start from. Only `id, start, clinicians, participants`, and its `group` or `order`, are needed.

use std::collections::BTreeMap;

use deserr::Deserr;
use serde::Serialize;

use super::{
    faults::Faults,
    id::Id,
    service::Modality,
    time::{Instant, Minutes},
};

/// Whether somebody came to a frozen session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserr)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserr)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Attendance {
    /// Whether the participant came.
    pub status: Status,
    /// How many minutes of it the participant got; all of them by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
}

/// A session as somebody else wrote it: ids may be unknown, figures may be wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr)]
#[deserr(error = Faults, deny_unknown_fields)]
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
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attendance: Option<BTreeMap<Id, Attendance>>,
}
