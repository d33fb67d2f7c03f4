//! What a week prescribes: of each participant the plan and the orders, and the services that these are of. It is kept with
//! each publication, so that what a record says later changes nothing of weeks that were published.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use careweave_solver::problem::{self, Date, Modality, Problem, ServiceKind};
use chrono::Days;
use serde::{Deserialize, Serialize};

use super::Origin;
use crate::{clock, failure::Failure};

/// What a week prescribes.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prescribed<'a> {
    /// By id.
    pub services: BTreeMap<String, Service>,
    /// By id.
    pub groups: BTreeMap<String, Group>,
    /// Everybody who is in treatment in the week.
    #[serde(borrow)]
    pub people: Vec<Person<'a>>,
}

/// Whether a week that was published takes in those whom its publication does not know: while it is not over, wherever its
/// sites are. What is prescribed to them is then what the records say; of a week that is over, nothing.
pub fn takes_newcomers(date: Date) -> bool {
    date.0.checked_add_days(Days::new(7)).is_none_or(|end| clock::now().date_naive() <= end)
}

/// What of a service a dose is made of.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    pub kind: ServiceKind,
    pub minutes: u32,
    /// Whether they count.
    pub counts: bool,
    pub modalities: Vec<Modality>,
}

/// What a group's meetings are where they do not say so.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub service: String,
    pub modality: Modality,
}

/// A participant's week.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Person<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// IANA name of the zone that days are of.
    #[serde(borrow)]
    pub zone: Cow<'a, str>,
    /// The least minutes of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
    /// The most minutes of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// The least minutes of a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_of_day: Option<u32>,
    /// Modalities that count.
    pub counted: Vec<Modality>,
    #[serde(borrow)]
    pub orders: Vec<Order<'a>>,
}

/// What of an order the week has.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Order<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub service: Cow<'a, str>,
    pub sessions: u32,
    /// How many of them are made up.
    #[serde(default, skip_serializing_if = "nothing")]
    pub made_up: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modality: Option<Modality>,
}

fn nothing(n: &u32) -> bool {
    *n == 0
}

impl<'a> Prescribed<'a> {
    /// What the problem of a week prescribes; `origins` say what of it is made up.
    pub fn of(problem: &'a Problem, origins: &[Origin]) -> Self {
        let service = |s: &problem::Service| Service {
            kind: s.kind,
            minutes: s.minutes.0,
            counts: s.counts,
            modalities: s.modalities.clone(),
        };
        let group = |g: &problem::Group| Group { service: g.service.to_string(), modality: g.modality };
        let zones: BTreeMap<&str, &str> = problem.sites.iter().map(|s| (&*s.id, &*s.time_zone)).collect();
        let made_up: BTreeMap<&str, u32> =
            origins.iter().filter(|o| o.made_up > 0).map(|o| (&*o.order, o.made_up)).collect();
        let order = |o: &'a problem::Order| Order {
            id: Cow::Borrowed(&o.id),
            service: Cow::Borrowed(&o.service),
            sessions: o.sessions,
            made_up: made_up.get(&*o.id).copied().unwrap_or(0),
            modality: o.modality,
        };
        let person = |p: &'a problem::Participant| {
            let plan = p.plan.clone().unwrap_or_default();
            let zone = p.time_zone.as_deref().or_else(|| zones.get(&*p.home_site).copied()).unwrap_or_default();
            Person {
                id: Cow::Borrowed(&p.id),
                zone: Cow::Borrowed(zone),
                least: plan.min_minutes_per_week.map(|m| m.0),
                most: plan.max_minutes_per_week.map(|m| m.0),
                least_of_day: plan.min_minutes_per_day.map(|m| m.0),
                counted: plan.counts_modalities,
                orders: p.orders.iter().map(order).collect(),
            }
        };
        Prescribed {
            services: problem.services.iter().map(|s| (s.id.to_string(), service(s))).collect(),
            groups: problem.groups.iter().map(|g| (g.id.to_string(), group(g))).collect(),
            people: problem.participants.iter().map(person).collect(),
        }
    }

    /// With those people of another time who are not among these.
    pub fn and(mut self, other: Self) -> Self {
        let here: BTreeSet<String> = self.people.iter().map(|p| p.id.to_string()).collect();
        self.people.extend(other.people.into_iter().filter(|p| !here.contains(&*p.id)));
        for (id, service) in other.services {
            self.services.entry(id).or_insert(service);
        }
        for (id, group) in other.groups {
            self.groups.entry(id).or_insert(group);
        }
        self
    }

    /// Reads what is kept with a publication.
    pub fn read(stored: &'a [u8]) -> Result<Self, Failure> {
        serde_json::from_slice(stored)
            .map_err(|e| Failure::Internal(format!("What was prescribed can't be read: {e}.")))
    }

    /// As it is kept.
    pub fn stored(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec(self).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))
    }
}
