//! Sites, rooms and services of one problem beside those of another.

use super::{Pair, allowed_within, inside, no_lower, within};
use crate::problem::{GroupSize, Room, Service, Site};

/// Whether what the narrow problem has, the wide one has as well or better.
pub fn covered(pair: &Pair) -> bool {
    sites(pair) && rooms(pair) && services(pair)
}

fn sites(pair: &Pair) -> bool {
    let (n, w) = pair.problems();
    let more = w.sites.iter().map(|s| &s.id).filter(|id| pair.narrow.site_named(id).is_none());
    pair.unnamed(more)
        && n.sites.iter().zip(&pair.narrow.sites).all(|(site, data)| {
            let Some(k) = pair.wide.site_named(&site.id) else { return false };
            let other = &w.sites[k.i()];
            let same = Site {
                name: site.name.clone(),
                address: site.address.clone(),
                hours: site.hours.clone(),
                closed: site.closed.clone(),
                ..other.clone()
            };
            same == *site && inside(&data.open, &pair.wide.sites[k.i()].open)
        })
}

fn rooms(pair: &Pair) -> bool {
    let (n, w) = pair.problems();
    let more = w.rooms.iter().map(|r| &r.id).filter(|id| pair.narrow.room_named(id).is_none());
    pair.unnamed(more)
        && n.rooms.iter().zip(&pair.narrow.rooms).all(|(room, data)| {
            let Some(k) = pair.wide.room_named(&room.id) else { return false };
            let other = &w.rooms[k.i()];
            let same = Room {
                capacity: room.capacity,
                features: room.features.clone(),
                hours: room.hours.clone(),
                closed: room.closed.clone(),
                turnover_minutes: room.turnover_minutes,
                ..other.clone()
            };
            same == *room
                && other.capacity >= room.capacity
                && within(&room.features, &other.features)
                && other.turnover_minutes <= room.turnover_minutes
                && inside(&data.open, &pair.wide.rooms[k.i()].open)
        })
}

fn services(pair: &Pair) -> bool {
    let (n, w) = pair.problems();
    let more = w.services.iter().map(|s| &s.id).filter(|id| pair.narrow.service_named(id).is_none());
    pair.unnamed(more)
        && n.services.iter().all(|service| {
            let Some(k) = pair.wide.service_named(&service.id) else { return false };
            let other = &w.services[k.i()];
            let same = Service {
                name: service.name.clone(),
                kind: service.kind,
                billing_code: service.billing_code.clone(),
                public_name: service.public_name.clone(),
                documentation_minutes: service.documentation_minutes,
                credentials: service.credentials.clone(),
                room_features: service.room_features.clone(),
                modalities: service.modalities.clone(),
                group: service.group.clone(),
                ..other.clone()
            };
            same == *service
                && other.documentation_minutes <= service.documentation_minutes
                && allowed_within(&service.credentials, &other.credentials)
                && within(&other.room_features, &service.room_features)
                && within(&service.modalities, &other.modalities)
                && sizes(service.group.as_ref(), other.group.as_ref())
        })
}

fn sizes(narrow: Option<&GroupSize>, wide: Option<&GroupSize>) -> bool {
    match (narrow, wide) {
        (None, None) => true,
        (Some(n), Some(w)) => {
            w.min <= n.min && w.max >= n.max && no_lower(n.participants_per_clinician, w.participants_per_clinician)
        }
        _ => false,
    }
}
