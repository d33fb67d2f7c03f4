//! Participants: their lives and their plans.

use std::collections::HashSet;

use super::{Check, Place, limits};
use crate::problem::Participant;

impl Check<'_> {
    pub(super) fn participants(&mut self) {
        let list = Place::Root.field("participants");
        for (k, person) in self.problem.participants.iter().enumerate() {
            let place = list.entry(k, &person.id);
            let home = self.find_site(place.field("home_site"), &person.home_site);
            let zone = person.time_zone.as_deref().or(home.map(|site| site.time_zone.as_str()));
            if let Some(zone) = &person.time_zone {
                self.zone_name(place.field("time_zone"), zone);
            }
            let sites = place.field("sites");
            for (j, site) in person.sites.iter().flatten().enumerate() {
                self.find_site(sites.item(j), site);
            }
            self.people_to_avoid(place, person);
            self.maybe_windows(place.field("available"), &person.available, zone);
            self.family(place, person, zone);
            self.commitments(place, person, zone);
            self.at_most(place.field("languages"), &person.languages, limits::WORDS);
            self.attributes(place, person);
            self.orders(place, person, zone);
        }
    }

    fn people_to_avoid(&mut self, place: Place, person: &Participant) {
        let not_with = place.field("not_with");
        self.at_most(not_with, &person.not_with, limits::CLINICIANS);
        for (j, clinician) in person.not_with.iter().enumerate() {
            self.find_clinician(not_with.item(j), clinician);
        }
        let apart = place.field("apart_from");
        self.at_most(apart, &person.apart_from, limits::PARTICIPANTS);
        for (j, other) in person.apart_from.iter().enumerate() {
            self.find_participant(apart.item(j), other);
            if other == &person.id {
                let detail = format!("`{other}` cannot be kept apart from `{other}`.");
                self.error(apart.item(j), "contradiction", detail);
            }
        }
    }

    fn family(&mut self, place: Place, person: &Participant, zone: Option<&str>) {
        let list = place.field("family");
        self.at_most(list, &person.family, limits::FAMILY);
        self.unique(list, person.family.iter().map(|member| &member.id), "family member");
        for (j, member) in person.family.iter().enumerate() {
            let entry = list.entry(j, &member.id);
            self.maybe_windows(entry.field("available"), &member.available, zone);
        }
    }

    fn commitments(&mut self, place: Place, person: &Participant, zone: Option<&str>) {
        let list = place.field("commitments");
        self.at_most(list, &person.commitments, limits::COMMITMENTS);
        for (j, commitment) in person.commitments.iter().enumerate() {
            let entry = list.item(j);
            self.windows(entry.field("windows"), &commitment.windows, zone);
        }
    }

    fn attributes(&mut self, place: Place, person: &Participant) {
        let list = place.field("attributes");
        self.at_most(list, &person.attributes, limits::WORDS);
        if person.attributes.is_empty() {
            return;
        }
        let has: HashSet<&str> = person.attributes.iter().map(String::as_str).collect();
        for (one, other) in &self.problem.separate {
            if has.contains(one.as_str()) && has.contains(other.as_str()) {
                let detail = format!("`{}` has both `{one}` and `{other}`, which `separate` keeps apart.", person.id);
                self.error(list, "separated-attributes", detail);
            }
        }
    }
}
