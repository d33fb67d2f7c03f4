//! A programme and its sessions as FHIR R4 resources. Participants appear by id alone, as references that the EHR knows.

use careweave_solver::{
    instance::{Instance, Span, Spans},
    problem::{self, Problem},
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::resources::{
    Appointment, CodeableConcept, Coding, HealthcareService, Identifier, Location, Patient, Period, Practitioner,
    Qualification, Reference, Resource, Schedule, Slot, Taking, Text,
};

/// What ids are made in (UUID version 5) that FHIR would not take as they are.
const NAMESPACE: Uuid = Uuid::from_u128(0x2d0c_7f5a_1f4e_4a58_9a63_70c1_55c0_6b1e);

/// An id that FHIR takes: the same, where it is one already.
pub fn id_of(id: &str) -> String {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if !id.is_empty() && id.len() <= 64 && id.bytes().all(fits) {
        return id.to_owned();
    }
    Uuid::new_v5(&NAMESPACE, id.as_bytes()).to_string()
}

/// A reference to a resource of this id.
pub fn reference(kind: &str, id: &str) -> Reference {
    Reference { reference: format!("{kind}/{}", id_of(id)) }
}

/// The id of a room's Location; sites are Locations too, and may have the same id.
fn room_id(problem: &Problem, room: &str) -> String {
    if problem.sites.iter().any(|s| *s.id == *room) { id_of(&format!("room/{room}")) } else { id_of(room) }
}

fn identified(system: &'static str, value: &str) -> Vec<Identifier> {
    vec![Identifier { system, value: value.to_owned() }]
}

fn concept(system: &'static str, code: &str, text: &str) -> CodeableConcept {
    CodeableConcept { coding: vec![Coding { system, code: code.to_owned() }], text: Some(text.to_owned()) }
}

fn written(at: DateTime<Utc>, zone: &str) -> String {
    at.with_timezone(&zone.parse().unwrap_or(Tz::UTC)).to_rfc3339()
}

/// What a service is, without what it says of who comes: its public name, and its billing code.
fn service_type(service: &problem::Service) -> CodeableConcept {
    let mut concept = concept("urn:careweave:service", &service.id, &service.public_name);
    concept.coding.extend(
        service.billing_code.iter().map(|code| Coding { system: "http://www.ama-assn.org/go/cpt", code: code.clone() }),
    );
    concept
}

/// A session of the week that begins on `week`.
pub fn appointment(problem: &Problem, week: &str, of: &super::super::Appointment, status: &'static str) -> Appointment {
    let place = of.room.map(|room| Reference { reference: format!("Location/{}", room_id(problem, room)) });
    let people = of.participants.iter().map(|id| reference("Patient", id));
    let clinicians = of.clinicians.iter().map(|id| reference("Practitioner", id));
    let service = reference("HealthcareService", &of.service.id);
    let actors = people.chain(clinicians).chain(place).chain([service]);
    Appointment {
        id: id_of(&format!("{week}/{}", of.session)),
        identifier: identified("urn:careweave:session", &format!("{week}/{}", of.session)),
        status,
        service_type: vec![service_type(of.service)],
        start: written(of.start, &of.site.time_zone),
        end: written(of.end, &of.site.time_zone),
        minutes_duration: (of.end - of.start).num_minutes(),
        participant: actors.map(|actor| Taking { actor, status: "accepted" }).collect(),
    }
}

/// Everybody and everything that appointments refer to.
pub fn directory(problem: &Problem) -> Vec<Resource> {
    let mut all = Vec::new();
    all.extend(problem.sites.iter().map(|s| {
        Resource::Location(Location {
            id: id_of(&s.id),
            identifier: identified("urn:careweave:site", &s.id),
            status: "active",
            name: s.name.clone(),
            mode: "instance",
            address: s.address.clone().map(|text| Text { text }),
            physical_type: concept(PHYSICAL, "si", "Site"),
            part_of: None,
        })
    }));
    all.extend(problem.rooms.iter().map(|r| {
        Resource::Location(Location {
            id: room_id(problem, &r.id),
            identifier: identified("urn:careweave:room", &r.id),
            status: "active",
            name: r.id.to_string(),
            mode: "instance",
            address: None,
            physical_type: concept(PHYSICAL, "ro", "Room"),
            part_of: Some(reference("Location", &r.site)),
        })
    }));
    all.extend(problem.services.iter().map(|s| {
        Resource::HealthcareService(HealthcareService {
            id: id_of(&s.id),
            identifier: identified("urn:careweave:service", &s.id),
            active: true,
            kind: vec![service_type(s)],
            name: s.name.clone(),
        })
    }));
    all.extend(problem.clinicians.iter().map(|c| {
        let held =
            |code: &String| Qualification { code: CodeableConcept { text: Some(code.clone()), ..Default::default() } };
        Resource::Practitioner(Practitioner {
            id: id_of(&c.id),
            identifier: identified("urn:careweave:clinician", &c.id),
            active: true,
            name: vec![Text { text: c.name.clone() }],
            qualification: c.credentials.iter().map(held).collect(),
        })
    }));
    all.extend(problem.participants.iter().map(|p| Resource::Patient(patient(&p.id))));
    all
}

const PHYSICAL: &str = "http://terminology.hl7.org/CodeSystem/location-physical-type";

/// A participant.
pub fn patient(id: &str) -> Patient {
    Patient { id: id_of(id), identifier: identified("urn:careweave:participant", id), active: true }
}

fn schedule_id(clinician: &str) -> String {
    id_of(clinician)
}

/// A Schedule for each clinician, over the weeks from one day up to another.
pub fn schedules(problem: &Problem, from: &str, to: &str) -> Vec<Resource> {
    let schedule = |c: &problem::Clinician| {
        Resource::Schedule(Schedule {
            id: schedule_id(&c.id),
            active: true,
            actor: vec![reference("Practitioner", &c.id)],
            planning_horizon: Period { start: from.to_owned(), end: to.to_owned() },
        })
    };
    problem.clinicians.iter().map(schedule).collect()
}

/// The Slots of a week: a clinician's sessions with their documentation are busy, what is left of the shifts is free.
pub fn slots(instance: &Instance, sessions: &[super::super::Appointment]) -> Vec<Resource> {
    let problem = &instance.problem;
    let mut all = Vec::new();
    for (clinician, data) in problem.clinicians.iter().zip(&instance.clinicians) {
        let minute = |at: DateTime<Utc>| instance.axis.floor(problem::Instant(at.fixed_offset()));
        let own = sessions.iter().filter(|s| s.clinicians.contains(&&*clinician.id));
        let busy =
            Spans::merged(own.map(|s| Span {
                start: minute(s.start),
                end: minute(s.end) + s.service.documentation_minutes.0 as i32,
            }));
        let shifts = Spans::merged(data.shifts.iter().map(|s| s.span)).minus(&data.away);
        let zone = &instance.zones[data.zone];
        let mut slots: Vec<(Span, &'static str)> = busy.iter().map(|span| (span, "busy")).collect();
        slots.extend(shifts.minus(&busy).iter().map(|span| (span, "free")));
        slots.sort_by_key(|(span, _)| span.start);
        all.extend(slots.into_iter().map(|(span, status)| {
            let at = |minute| instance.axis.instant(minute, zone).to_string();
            Resource::Slot(Slot {
                id: id_of(&format!("{}/{}/{status}", clinician.id, at(span.start))),
                schedule: Reference { reference: format!("Schedule/{}", schedule_id(&clinician.id)) },
                status,
                start: at(span.start),
                end: at(span.end),
            })
        }));
    }
    all
}
