//! Warnings: what is legal, but probably not what was meant.

use std::collections::{HashMap, HashSet};

use super::{Check, Place, limits};
use crate::problem::{Group, Minutes, Modality, Order, Participant, Plan, Service};

impl<'p> Check<'p> {
    pub(super) fn doubts(&mut self) {
        let problem = self.problem;
        let root = Place::Root;
        let sites = root.field("sites");
        for (k, site) in problem.sites.iter().enumerate().filter(|site| site.1.hours.is_empty()) {
            let place = sites.entry(k, &site.id);
            self.warn(place.field("hours"), "never-open", format!("Site `{}` is never open.", site.id));
        }
        let services = root.field("services");
        for (k, service) in problem.services.iter().enumerate() {
            self.service_doubts(services.entry(k, &service.id), service);
        }
        let clinicians = root.field("clinicians");
        for (k, clinician) in problem.clinicians.iter().enumerate() {
            if clinician.shifts.iter().all(|shift| shift.days.is_empty()) {
                let place = clinicians.entry(k, &clinician.id);
                self.warn(place.field("shifts"), "never-works", format!("`{}` has no shift.", clinician.id));
            }
        }
        let supply = Supply::new(self);
        let groups = root.field("groups");
        for (k, group) in problem.groups.iter().enumerate() {
            self.group_doubts(groups.entry(k, &group.id), group, &supply);
        }
        let participants = root.field("participants");
        for (k, person) in problem.participants.iter().enumerate() {
            let place = participants.entry(k, &person.id);
            if let Some(plan) = &person.plan {
                self.plan_doubts(place.field("plan"), plan);
            }
            let orders = place.field("orders");
            for (j, order) in person.orders.iter().enumerate() {
                self.order_doubts(orders.entry(j, &order.id), order, person, &supply);
            }
        }
    }

    fn service_doubts(&mut self, place: Place, service: &Service) {
        if service.minutes.0 > 1440 {
            let detail = format!("A session of `{}` lasts longer than a day.", service.id);
            self.warn(place.field("minutes"), "never-held", detail);
        }
        if service.modalities.is_empty() {
            let detail = format!("No session of `{}` can be held: it names no modality.", service.id);
            self.warn(place.field("modalities"), "never-held", detail);
        }
    }

    fn group_doubts(&mut self, place: Place, group: &Group, supply: &Supply) {
        let Some((service, size)) = self.entities.service(&group.service).and_then(|s| Some((s, s.group.as_ref()?)))
        else {
            return;
        };
        if group.meetings > 7 {
            let detail = format!("`{}` is to meet {} times on different days of one week.", group.id, group.meetings);
            self.warn(place.field("meetings"), "never-held", detail);
        }
        let (min, needed) = (group.min.unwrap_or(size.min), service.clinicians as usize);
        if !group.clinicians.is_empty() && group.clinicians.len() < needed {
            let detail = format!("`{}` needs {needed} clinicians and names {}.", group.id, group.clinicians.len());
            self.warn(place.field("clinicians"), "never-held", detail);
        }
        let allowed = size.participants_per_clinician.filter(|_| needed > 0);
        if let Some(most) = allowed.map(|per| per.saturating_mul(service.clinicians)).filter(|most| *most < min) {
            let detail = format!("`{}` needs {min} participants, but its clinicians may have {most}.", group.id);
            self.warn(place, "never-held", detail);
        }
        let ordered = supply.ordered.get(&*group.service).copied().unwrap_or(0);
        if ordered < min as usize {
            let detail =
                format!("`{}` needs {min} participants; `{}` is ordered for {ordered}.", group.id, group.service);
            self.warn(place, "never-held", detail);
        }
    }

    fn plan_doubts(&mut self, place: Place, plan: &Plan) {
        let minutes = |limit: Option<Minutes>| limit.map(|m| m.0);
        for (field, min, max) in [
            ("min_minutes_per_week", minutes(plan.min_minutes_per_week), minutes(plan.max_minutes_per_week)),
            ("min_days", plan.min_days, plan.max_days),
            ("min_minutes_per_day", minutes(plan.min_minutes_per_day), minutes(plan.max_minutes_per_day)),
        ] {
            if let Some((min, max)) = min.zip(max).filter(|(min, max)| min > max) {
                let detail = format!("The plan asks for at least {min} and allows {max} at most.");
                self.warn(place.field(field), "min-above-max", detail);
            }
        }
    }

    fn order_doubts(&mut self, place: Place, order: &Order, person: &Participant, supply: &Supply) {
        let Some(service) = self.entities.service(&order.service) else { return };
        let missing = supply.lacking.get(&*service.id);
        if let Some(there) = missing.filter(|_| order.sessions > 0) {
            let (id, needed) = (&service.id, service.clinicians);
            let detail = match service.credentials.is_empty() {
                true => format!("`{id}` needs {needed} clinicians at once; there are {there}."),
                false => {
                    let of = service.credentials.join(", ");
                    format!("`{id}` needs {needed} with one of the credentials {of}; there are {there}.")
                }
            };
            self.warn(place.field("service"), "no-credential", detail);
        }
        if service.group.is_some() {
            let of_service = || supply.meetings.get(&*service.id).copied().unwrap_or(0);
            let named =
                || order.groups.iter().filter_map(|id| self.entities.group(id)).map(|g| u64::from(g.meetings)).sum();
            let offered: u64 = if order.groups.is_empty() { of_service() } else { named() };
            if offered < u64::from(order.sessions) {
                let detail = format!("{} sessions are ordered; the groups offer {offered}.", order.sessions);
                self.warn(place.field("sessions"), "more-than-offered", detail);
            }
        } else if order.modality.is_some_and(|modality| !service.modalities.contains(&modality)) {
            let detail = format!("`{}` does not offer the modality that `{}` names.", service.id, order.id);
            self.warn(place.field("modality"), "never-met", detail);
        } else if order.modality == Some(Modality::Telehealth) && !person.telehealth {
            let detail = format!("The order is for telehealth, which `{}` does not have.", person.id);
            self.warn(place.field("modality"), "never-met", detail);
        }
        if order.one_per_day && (8..=limits::SESSIONS).contains(&order.sessions) {
            let detail = format!("{} sessions at one a day are more than a week has days.", order.sessions);
            self.warn(place.field("sessions"), "more-than-offered", detail);
        }
    }
}

/// What the problem offers and asks for, by service.
struct Supply<'p> {
    /// Participants with an order.
    ordered: HashMap<&'p str, usize>,
    /// Meetings of all groups.
    meetings: HashMap<&'p str, u64>,
    /// Clinicians with a credential, where these are fewer than a session needs.
    lacking: HashMap<&'p str, usize>,
}

impl<'p> Supply<'p> {
    fn new(check: &Check<'p>) -> Self {
        let problem = check.problem;
        let mut ordered = HashMap::new();
        for order in problem.participants.iter().flat_map(|person| &person.orders) {
            *ordered.entry(&*order.service).or_insert(0) += 1;
        }
        let mut meetings = HashMap::new();
        for group in &problem.groups {
            *meetings.entry(&*group.service).or_insert(0) += u64::from(group.meetings);
        }
        let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
        for (k, clinician) in problem.clinicians.iter().enumerate() {
            for credential in &clinician.credentials {
                holders.entry(credential).or_default().push(k);
            }
        }
        let mut lacking = HashMap::new();
        for service in problem.services.iter().filter(|service| service.clinicians <= limits::CLINICIANS_OF_SESSION) {
            let needed = service.clinicians as usize;
            // More than are needed are not counted.
            let few = |credential: &String| holders.get(&**credential).into_iter().flatten().take(2 * needed);
            let there: HashSet<usize> = service.credentials.iter().flat_map(few).copied().collect();
            let there = if service.credentials.is_empty() { problem.clinicians.len() } else { there.len() };
            if there < needed {
                lacking.insert(&*service.id, there);
            }
        }
        Supply { ordered, meetings, lacking }
    }
}
