//! Services.

use super::{Check, Place, limits};

impl Check<'_> {
    pub(super) fn services(&mut self) {
        let list = Place::Root.field("services");
        for (k, service) in self.problem.services.iter().enumerate() {
            let place = list.entry(k, &service.id);
            self.positive(place.field("minutes"), service.minutes.0);
            if let Some(every) = service.start_every {
                self.positive(place.field("start_every"), every.0);
            }
            self.up_to(place.field("clinicians"), service.clinicians, limits::CLINICIANS_OF_SESSION);
            self.at_most(place.field("credentials"), &service.credentials, limits::WORDS);
            self.at_most(place.field("room_features"), &service.room_features, limits::WORDS);
            self.at_most(place.field("modalities"), &service.modalities, limits::WORDS);
            if let Some(size) = &service.group
                && size.max < size.min
            {
                let group = place.field("group");
                let detail = format!("At most {} participants, but at least {}.", size.max, size.min);
                self.error(group.field("max"), "max-below-min", detail);
            }
        }
    }
}
