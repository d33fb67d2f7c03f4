//! Groups.

use super::{Check, Place, limits};
use crate::problem::{Group, Service};

impl Check<'_> {
    pub(super) fn groups(&mut self) {
        let list = Place::Root.field("groups");
        for (k, group) in self.problem.groups.iter().enumerate() {
            let place = list.entry(k, &group.id);
            let service = self.find_service(place.field("service"), &group.service);
            let zone = self.find_site(place.field("site"), &group.site).map(|site| site.time_zone.as_str());
            self.maybe_windows(place.field("hours"), &group.hours, zone);
            self.up_to(place.field("meetings"), group.meetings, limits::SESSIONS);
            let clinicians = place.field("clinicians");
            self.at_most(clinicians, &group.clinicians, limits::CLINICIANS);
            for (j, clinician) in group.clinicians.iter().enumerate() {
                self.find_clinician(clinicians.item(j), clinician);
            }
            let members = place.field("members");
            self.at_most(members, &group.members, limits::PARTICIPANTS);
            for (j, member) in group.members.iter().enumerate() {
                self.find_participant(members.item(j), member);
            }
            self.at_most(place.field("requires"), &group.requires, limits::WORDS);
            self.at_most(place.field("excludes"), &group.excludes, limits::WORDS);
            if let Some(service) = service {
                self.group_of_service(place, group, service);
            }
        }
    }

    fn group_of_service(&mut self, place: Place, group: &Group, service: &Service) {
        let Some(size) = &service.group else {
            let detail = format!("`{}` is not a group service, so `{}` cannot give it.", service.id, group.id);
            let hint = format!("Give service `{}` its `group`, or name another service.", service.id);
            self.error_with_hint(place.field("service"), "not-a-group-service", detail, hint);
            return;
        };
        let (min, max) = (group.min.unwrap_or(size.min), group.max.unwrap_or(size.max));
        if max < min && (group.min.is_some() || group.max.is_some()) {
            let field = if group.max.is_some() { "max" } else { "min" };
            let detail = format!("At most {max} participants, but at least {min}.");
            self.error(place.field(field), "max-below-min", detail);
        }
        if !service.modalities.contains(&group.modality) {
            let detail = format!("`{}` does not offer the modality of `{}`.", service.id, group.id);
            self.error(place.field("service"), "modality-not-offered", detail);
        }
    }
}
