//! The resources of FHIR R4 that are given out, with the elements that are filled.

use serde::Serialize;
use serde_json::Value;

/// A text that may have a code.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CodeableConcept {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coding: Vec<Coding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A code of a system.
#[derive(Debug, Clone, Serialize)]
pub struct Coding {
    pub system: &'static str,
    pub code: String,
}

/// What something is called elsewhere.
#[derive(Debug, Clone, Serialize)]
pub struct Identifier {
    pub system: &'static str,
    pub value: String,
}

/// A resource that is meant: `Patient/p1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    pub reference: String,
}

/// From when to when.
#[derive(Debug, Clone, Serialize)]
pub struct Period {
    pub start: String,
    pub end: String,
}

/// A text that is a name.
#[derive(Debug, Clone, Serialize)]
pub struct Text {
    pub text: String,
}

/// A qualification.
#[derive(Debug, Clone, Serialize)]
pub struct Qualification {
    pub code: CodeableConcept,
}

/// Somebody or something that takes part in an appointment.
#[derive(Debug, Clone, Serialize)]
pub struct Taking {
    pub actor: Reference,
    pub status: &'static str,
}

/// A resource.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "resourceType")]
pub enum Resource {
    Appointment(Appointment),
    HealthcareService(HealthcareService),
    Location(Location),
    Patient(Patient),
    Practitioner(Practitioner),
    Schedule(Schedule),
    Slot(Slot),
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    pub id: String,
    pub identifier: Vec<Identifier>,
    pub status: &'static str,
    pub service_type: Vec<CodeableConcept>,
    pub start: String,
    pub end: String,
    pub minutes_duration: i64,
    pub participant: Vec<Taking>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthcareService {
    pub id: String,
    pub identifier: Vec<Identifier>,
    pub active: bool,
    #[serde(rename = "type")]
    pub kind: Vec<CodeableConcept>,
    pub name: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    pub id: String,
    pub identifier: Vec<Identifier>,
    pub status: &'static str,
    pub name: String,
    pub mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Text>,
    pub physical_type: CodeableConcept,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<Reference>,
}

/// By id only: who it is, the client knows.
#[derive(Debug, Clone, Serialize)]
pub struct Patient {
    pub id: String,
    pub identifier: Vec<Identifier>,
    pub active: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Practitioner {
    pub id: String,
    pub identifier: Vec<Identifier>,
    pub active: bool,
    pub name: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub qualification: Vec<Qualification>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    pub id: String,
    pub active: bool,
    pub actor: Vec<Reference>,
    pub planning_horizon: Period,
}

#[derive(Debug, Clone, Serialize)]
pub struct Slot {
    pub id: String,
    pub schedule: Reference,
    pub status: &'static str,
    pub start: String,
    pub end: String,
}

impl Resource {
    /// Its type and id.
    pub fn key(&self) -> (&'static str, &str) {
        match self {
            Resource::Appointment(r) => ("Appointment", &r.id),
            Resource::HealthcareService(r) => ("HealthcareService", &r.id),
            Resource::Location(r) => ("Location", &r.id),
            Resource::Patient(r) => ("Patient", &r.id),
            Resource::Practitioner(r) => ("Practitioner", &r.id),
            Resource::Schedule(r) => ("Schedule", &r.id),
            Resource::Slot(r) => ("Slot", &r.id),
        }
    }

    /// When it starts and ends, where it does.
    pub fn times(&self) -> Option<(&str, &str)> {
        match self {
            Resource::Appointment(r) => Some((&r.start, &r.end)),
            Resource::Slot(r) => Some((&r.start, &r.end)),
            Resource::Schedule(r) => Some((&r.planning_horizon.start, &r.planning_horizon.end)),
            _ => None,
        }
    }

    /// Its status, where it has one.
    pub fn status(&self) -> Option<&'static str> {
        match self {
            Resource::Appointment(r) => Some(r.status),
            Resource::Slot(r) => Some(r.status),
            Resource::Location(r) => Some(r.status),
            _ => None,
        }
    }

    /// Whom or what it concerns.
    pub fn actors(&self) -> Vec<&str> {
        match self {
            Resource::Appointment(r) => r.participant.iter().map(|p| &*p.actor.reference).collect(),
            Resource::Schedule(r) => r.actor.iter().map(|a| &*a.reference).collect(),
            _ => Vec::new(),
        }
    }
}

/// An entry of a Bundle.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub full_url: String,
    pub resource: Resource,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<Value>,
}

/// A link of a Bundle.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    pub relation: &'static str,
    pub url: String,
}

/// Resources together.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    pub resource_type: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub link: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entry: Vec<Entry>,
}
