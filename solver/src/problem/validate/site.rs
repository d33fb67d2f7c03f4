//! Sites, rooms and the way between sites.

use std::collections::HashMap;

use super::{Check, Place, limits};

impl Check<'_> {
    pub(super) fn sites(&mut self) {
        let list = Place::Root.field("sites");
        for (k, site) in self.problem.sites.iter().enumerate() {
            let place = list.entry(k, &site.id);
            self.zone_name(place.field("time_zone"), &site.time_zone);
            self.windows(place.field("hours"), &site.hours, Some(&site.time_zone));
            self.windows(place.field("closed"), &site.closed, Some(&site.time_zone));
        }
        self.travel();
    }

    fn travel(&mut self) {
        let travel = Place::Root.field("travel");
        let list = travel.field("pairs");
        let pairs = &self.problem.travel.pairs;
        self.at_most(list, pairs, limits::TRAVEL_PAIRS);
        let mut seen = HashMap::new();
        for (k, pair) in pairs.iter().enumerate() {
            let place = list.item(k);
            self.find_site(place.field("a"), &pair.a);
            self.find_site(place.field("b"), &pair.b);
            let ends = if pair.a <= pair.b { (&pair.a, &pair.b) } else { (&pair.b, &pair.a) };
            let first = *seen.entry(ends).or_insert(pair.minutes);
            if first != pair.minutes {
                let (a, b, is) = (&pair.a, &pair.b, pair.minutes.0);
                let detail = format!("From `{a}` to `{b}` it is {is} minutes here and {} above.", first.0);
                self.error(place, "contradiction", detail);
            }
        }
    }

    pub(super) fn rooms(&mut self) {
        let list = Place::Root.field("rooms");
        for (k, room) in self.problem.rooms.iter().enumerate() {
            let place = list.entry(k, &room.id);
            let zone = self.find_site(place.field("site"), &room.site).map(|site| site.time_zone.as_str());
            self.at_most(place.field("features"), &room.features, limits::WORDS);
            self.maybe_windows(place.field("hours"), &room.hours, zone);
            self.windows(place.field("closed"), &room.closed, zone);
        }
    }
}
