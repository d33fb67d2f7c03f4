//! A session with all that other calendars say of it, whether Careweave or a person made it.

use careweave_solver::{
    instance::{Instance, Owner},
    problem::{GivenSession, Service, Site},
};
use chrono::{DateTime, Utc};

/// A session, its service and site looked up.
#[derive(Debug, Clone)]
pub struct Appointment<'a> {
    pub session: &'a str,
    pub service: &'a Service,
    pub site: &'a Site,
    pub group: Option<&'a str>,
    pub room: Option<&'a str>,
    pub clinicians: Vec<&'a str>,
    pub participants: Vec<&'a str>,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

/// The appointments of sessions brought in: what is absent is derived. The error names sessions of groups, orders or
/// sites that the problem does not have.
pub fn of_given<'a>(instance: &'a Instance, sessions: &'a [GivenSession]) -> Result<Vec<Appointment<'a>>, Vec<String>> {
    let problem = &*instance.problem;
    let (mut appointments, mut unknown) = (Vec::new(), Vec::new());
    for given in sessions {
        let booked = instance.book(given);
        let (Some(service), Some(site)) = (booked.service, booked.site) else {
            unknown.push(given.id.clone());
            continue;
        };
        let zone = instance.site_zone(site);
        appointments.push(Appointment {
            session: &given.id,
            service: &problem.services[service.i()],
            site: &problem.sites[site.i()],
            group: match booked.owner {
                Owner::Group(g) => Some(&problem.groups[g.i()].id),
                _ => given.group.as_deref(),
            },
            room: given.room.as_deref(),
            clinicians: given.clinicians.iter().map(String::as_str).collect(),
            participants: given.participants.iter().map(String::as_str).collect(),
            start: instance.axis.instant(booked.start, zone).0.to_utc(),
            end: instance.axis.instant(booked.end, zone).0.to_utc(),
        });
    }
    if unknown.is_empty() { Ok(appointments) } else { Err(unknown) }
}
