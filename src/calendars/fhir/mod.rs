//! FHIR R4: appointments and what they refer to, as plain structs. A crate with all of FHIR takes minutes to build; of the
//! seven resources that are given out, `fhir.resources` in Python checks each in the tests.

mod build;
mod read;
mod resources;

use std::collections::BTreeSet;

use careweave_solver::problem::Problem;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

pub use self::{
    build::{appointment, directory, schedules, slots},
    read::{Element, Order, read},
    resources::{Bundle, Entry, Link, Resource},
};
use super::{Appointment, Format, Part};

/// A Bundle of a week's appointments, for whose part.
#[derive(Debug, Clone)]
pub struct Fhir {
    pub part: Part,
}

/// What `fullUrl`s of a Bundle without a server are made in.
const NAMESPACE: Uuid = Uuid::from_u128(0x8a4f_2f8e_6f0d_4c53_8e0b_6a1d_4bb0_92c7);

impl Format for Fhir {
    fn media_type(&self) -> &'static str {
        "application/fhir+json"
    }

    fn write(&self, problem: &Problem, appointments: &[Appointment], made: DateTime<Utc>) -> String {
        let week = problem.week_start.to_string();
        let mut resources = Vec::new();
        for a in appointments {
            let mut own = a.clone();
            // A participant's Bundle names nobody else in treatment.
            if let Part::Participant(id) = &self.part {
                own.participants.retain(|p| *p == id.as_str());
            }
            resources.push(Resource::Appointment(appointment(problem, &week, &own, "booked")));
        }
        let named: BTreeSet<String> = resources.iter().flat_map(Resource::actors).map(str::to_owned).collect();
        let mut others = directory(problem);
        // With a room its site, of which it is a part.
        let sites: BTreeSet<String> = others.iter().filter(|r| named.contains(&name(r))).filter_map(site_of).collect();
        others.retain(|r| named.contains(&name(r)) || sites.contains(&name(r)));
        resources.extend(others);
        let entry = |resource: Resource| {
            let url = Uuid::new_v5(&NAMESPACE, name(&resource).as_bytes());
            Entry { full_url: format!("urn:uuid:{url}"), resource, search: None }
        };
        let bundle = Bundle {
            resource_type: "Bundle",
            kind: "collection",
            timestamp: made.to_rfc3339_opts(SecondsFormat::Secs, true),
            total: None,
            link: Vec::new(),
            entry: resources.into_iter().map(entry).collect(),
        };
        // Plain structs can't fail to be written.
        serde_json::to_string_pretty(&bundle).unwrap_or_default() + "\n"
    }
}

fn name(resource: &Resource) -> String {
    let (kind, id) = resource.key();
    format!("{kind}/{id}")
}

fn site_of(resource: &Resource) -> Option<String> {
    match resource {
        Resource::Location(l) => l.part_of.as_ref().map(|r| r.reference.clone()),
        _ => None,
    }
}
