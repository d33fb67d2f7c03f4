//! Who or what stands in the way of the places under a code, by id.

use super::{
    code::Code,
    detail, room,
    standing::Standing,
    tally::{Place, Tally},
};
use crate::{
    instance::{OrderIx, Owner},
    problem::Modality,
    rules::{
        h06_place::family,
        h09_family::family_hindered,
        h15_apart::{apart, separated},
        names,
    },
};

/// How many are told at most.
const MOST: usize = 50;

/// The ids of a code.
pub(super) fn of(
    standing: &Standing,
    order: OrderIx,
    code: Code,
    tally: &Tally,
    example: Option<Place>,
) -> Vec<String> {
    let instance = standing.instance;
    let is_group = instance.services[instance.orders[order.i()].service.i()].is_group;
    let mut ids = match (is_group, example) {
        (true, _) => of_group(standing, order, code, tally),
        (false, Some(place)) => of_individual(standing, order, code, tally, place),
        (false, None) => Vec::new(),
    };
    ids.truncate(MOST);
    ids
}

fn of_individual(standing: &Standing, order: OrderIx, code: Code, tally: &Tally, place: Place) -> Vec<String> {
    let instance = standing.instance;
    let data = &instance.orders[order.i()];
    let site = || vec![names::site(instance, place.site).to_string()];
    let week = || &standing.view.weeks[data.participant.i()];
    match code {
        Code::NoCredential
        | Code::NoLicence
        | Code::NoLanguage
        | Code::NamedClinician
        | Code::NotWith
        | Code::OutOfHours
        | Code::ClinicianBusy
        | Code::ClinicianLimit => {
            tally.clinicians(code).iter().map(|&c| names::clinician(instance, c).to_string()).collect()
        }
        Code::FamilyNotAvailable => {
            family_hindered(instance, order, place.span).map(str::to_owned).into_iter().collect()
        }
        Code::SiteClosed | Code::NoRoomFeature | Code::RoomTooSmall => site(),
        Code::RoomBusy if place.modality == Modality::InPerson => {
            let people = 1 + family(instance, Owner::Order(order));
            let rooms = room::fitting(instance, place.site, data.service, people).unwrap_or_default();
            rooms.into_iter().map(|r| names::room(instance, r).to_string()).collect()
        }
        Code::ParticipantBusy | Code::SiteOfDay | Code::Commute | Code::DayLimit | Code::MinutesLimit => {
            week().seats.iter().map(|s| s.id.clone()).collect()
        }
        Code::OnePerDay | Code::WeekLimit => {
            let own = week().seats.iter().filter(|s| s.owner == Owner::Order(order));
            own.map(|s| s.id.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// The meetings held, or the groups of those not held; of a code about people, who they are.
fn of_group(standing: &Standing, order: OrderIx, code: Code, tally: &Tally) -> Vec<String> {
    let instance = standing.instance;
    let mut ids = detail::meetings(instance, code, tally);
    if code == Code::Apart {
        let p = instance.orders[order.i()].participant;
        let held = tally.meetings.iter().filter(|m| m.code == code).filter_map(|m| m.session.as_deref());
        let mut kept: Vec<String> = held
            .filter_map(|id| standing.view.named(id))
            .flat_map(|s| s.participants.iter().copied())
            .filter(|&q| apart(instance, p, q) || separated(instance, p, q))
            .map(|q| names::participant(instance, q).to_string())
            .collect();
        kept.sort_unstable();
        kept.dedup();
        ids.extend(kept);
    }
    ids
}
