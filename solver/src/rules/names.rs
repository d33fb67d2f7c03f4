//! What things and times are called in sentences that people read.

use chrono_tz::Tz;

use crate::{
    instance::{ClinicianIx, GroupIx, Instance, Minute, OrderIx, ParticipantIx, RoomIx, ServiceIx, SiteIx},
    problem::{Id, Instant, Modality},
};

macro_rules! names {
    ($($name:ident: $ix:ident in $table:ident),* $(,)?) => {$(
        #[doc = concat!("The id, from `", stringify!($table), "` of the problem.")]
        pub(crate) fn $name(instance: &Instance, ix: $ix) -> &Id {
            &instance.problem.$table[ix.i()].id
        }
    )*};
}

names!(
    site: SiteIx in sites,
    room: RoomIx in rooms,
    service: ServiceIx in services,
    clinician: ClinicianIx in clinicians,
    group: GroupIx in groups,
    participant: ParticipantIx in participants,
);

/// The id of an order.
pub(crate) fn order(instance: &Instance, ix: OrderIx) -> &Id {
    &instance.order_wire(ix).id
}

/// A modality in a sentence.
pub(crate) fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::InPerson => "in person",
        Modality::Telehealth => "by telehealth",
    }
}

/// The name of a clinician.
pub(crate) fn called(instance: &Instance, c: ClinicianIx) -> &str {
    &instance.problem.clinicians[c.i()].name
}

/// The name of a site.
pub(crate) fn site_called(instance: &Instance, site: SiteIx) -> &str {
    &instance.problem.sites[site.i()].name
}

/// The name of a service inside a sentence.
pub(crate) fn service_called(instance: &Instance, service: ServiceIx) -> String {
    lower(&instance.problem.services[service.i()].name)
}

/// With a small first letter, unless it begins an abbreviation.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

/// Weekday and clock of a zone, which name an hour of the week: `Monday at 07:00 EST`.
pub(crate) fn hour(at: Instant, zone: Tz) -> String {
    at.0.with_timezone(&zone).format("%A at %H:%M %Z").to_string()
}

/// The same with its date: `Monday 30 November at 07:00 EST`.
pub(crate) fn date_and_hour(at: Instant, zone: Tz) -> String {
    at.0.with_timezone(&zone).format("%A %-d %B at %H:%M %Z").to_string()
}

/// Weekday and clock of a minute, as its site says it.
pub(crate) fn hour_at(instance: &Instance, site: SiteIx, minute: Minute) -> String {
    let zone = instance.site_zone(site);
    hour(instance.axis.instant(minute, zone), zone.tz)
}

/// The weekday of a minute, as its site says it.
pub(crate) fn weekday_at(instance: &Instance, site: SiteIx, minute: Minute) -> String {
    let zone = instance.site_zone(site);
    instance.axis.instant(minute, zone).0.format("%A").to_string()
}
