//! A code as a sentence about this participant, with the ids of who or what stands in the way.

use super::{
    code::Code,
    group::joined,
    standing::Standing,
    tally::{Place, Tally},
    trade_off,
};
use crate::{
    instance::{ClinicianIx, GroupIx, Instance, OrderIx, Owner},
    problem::Modality,
    rules::{
        h05_qualification::jurisdiction, h06_place::family, h08_participant_time::committed,
        h09_family::family_hindered, names, verdict::listed, view::set,
    },
};

/// How many ids a sentence lists at most.
const LISTED: usize = 6;

/// The sentence of a code.
pub(super) fn sentence(
    standing: &Standing,
    order: OrderIx,
    code: Code,
    tally: &Tally,
    example: Option<Place>,
) -> String {
    let instance = standing.instance;
    match (instance.services[instance.orders[order.i()].service.i()].is_group, example) {
        (true, _) => of_group(standing, order, code, tally),
        (false, Some(place)) => of_individual(standing, order, code, tally, place),
        (false, None) => String::new(),
    }
}

fn of_individual(standing: &Standing, order: OrderIx, code: Code, tally: &Tally, place: Place) -> String {
    let instance = standing.instance;
    let data = &instance.orders[order.i()];
    let p = names::participant(instance, data.participant);
    let id = names::order(instance, order);
    let service = names::service(instance, data.service);
    let site = names::site(instance, place.site);
    let at = instance.axis.instant(place.span.start, instance.site_zone(place.site));
    let clinician = place.clinician.map_or("the clinician", |c| names::clinician(instance, c));
    match code {
        Code::NotAvailable => format!("{p} is not available."),
        Code::Committed => {
            let kind = committed(instance, data.participant, place.span, place.modality).unwrap_or("commitment");
            format!("{p} is committed or on the way, for example at {at} ({kind}).")
        }
        Code::OutsideWindow => format!("Outside the windows of {id}, or before freeze_until."),
        Code::FamilyNotAvailable => {
            let member = family_hindered(instance, order, place.span).unwrap_or("A family member");
            format!("Family of {p} is not free, for example {member} at {at}.")
        }
        Code::NoCredential => {
            let wanted = instance.problem.services[data.service.i()].credentials.join(" or ");
            format!("Too few clinicians hold a credential for {service} ({wanted}).")
        }
        Code::NoLicence => {
            let place_of_care = match place.modality {
                Modality::InPerson => &instance.problem.sites[place.site.i()].jurisdiction,
                Modality::Telehealth => jurisdiction(instance, data.participant),
            };
            format!("Clinicians lack a licence for {place_of_care}, for example {clinician}.")
        }
        Code::NoLanguage => format!("Clinicians share no language with {p}, for example {clinician}."),
        Code::NamedClinician => match &instance.order_wire(order).clinician {
            Some(named) => format!("{id} must be with {named}."),
            None => format!("{id} must be with a clinician who is not there."),
        },
        Code::NotWith => format!("{p} is kept from {clinician}."),
        Code::NotEligible => {
            format!("{p} cannot have {service} {} at {site}.", names::modality(place.modality))
        }
        Code::SiteClosed => format!("{site} is closed, for example at {at}."),
        Code::OutOfHours => format!("Outside the clinicians' shifts there, for example those of {clinician} at {at}."),
        Code::NoRoomFeature => {
            let wanted = instance.problem.services[data.service.i()].room_features.join(", ");
            format!("No room of {site} has all that {service} needs ({wanted}).")
        }
        Code::RoomTooSmall => {
            let people = 1 + family(instance, Owner::Order(order));
            format!("No fitting room of {site} holds {people} people.")
        }
        Code::ParticipantBusy => {
            let week = &standing.view.weeks[data.participant.i()];
            let other = week.seats.iter().find(|s| s.span().overlaps(place.span)).map_or("another session", |s| &s.id);
            format!("{p} is in other sessions, for example {other}.")
        }
        Code::SiteOfDay => format!("{p} is at another site than {site} on that day, for example on {at}."),
        Code::Commute => {
            let minutes = instance.participants[data.participant.i()].commute;
            format!("{p} needs {minutes} minutes between a session in person and one by telehealth.")
        }
        Code::OnePerDay => format!("{id} is already met on that day."),
        Code::DayLimit => format!("{p} would attend too many days."),
        Code::MinutesLimit => format!("{p} would have too many session minutes on that day."),
        Code::WeekLimit => format!("{p} would have too many counted minutes in the week."),
        Code::ClinicianBusy => {
            let other = place.clinician.and_then(|c| busy_with(standing, c, order, place));
            let other = other.unwrap_or_else(|| "works at another site".to_owned());
            format!("The clinicians are busy, for example {clinician} at {at}: {other}.")
        }
        Code::ClinicianLimit => {
            format!("The clinicians' limits or breaks leave no time, for example those of {clinician} at {at}.")
        }
        Code::RoomBusy => format!("No fitting room of {site} is open and free, for example at {at}."),
        Code::TradeOff => {
            let weighed = tally.free.iter().map(|&place| (trade_off::individual(standing, order, place), place));
            match weighed.min_by_key(|w| w.0) {
                Some((rise, place)) => {
                    let at = instance.axis.instant(place.span.start, instance.site_zone(place.site));
                    let with =
                        place.clinician.map_or(String::new(), |c| format!(" with {}", names::clinician(instance, c)));
                    weigh(&format!("At {at}{with} it"), p, rise)
                }
                None => String::new(),
            }
        }
        Code::Apart | Code::GroupNotHeld | Code::GroupBelowMinimum | Code::GroupFull => String::new(),
    }
}

/// What keeps a clinician of the place busy.
fn busy_with(standing: &Standing, c: ClinicianIx, order: OrderIx, place: Place) -> Option<String> {
    let instance = standing.instance;
    let documentation = instance.services[instance.orders[order.i()].service.i()].documentation;
    let mut busy = place.span;
    busy.end = busy.end.saturating_add(documentation);
    let mut sessions = standing.view.clinicians[c.i()].iter();
    sessions.find(|s| s.busy().overlaps(busy)).map(|s| format!("in {}", s.id))
}

fn of_group(standing: &Standing, order: OrderIx, code: Code, tally: &Tally) -> String {
    let instance = standing.instance;
    let p = names::participant(instance, instance.orders[order.i()].participant);
    let which = which(instance, code, tally);
    match code {
        Code::NotAvailable => format!("{p} is not available for all of {which}."),
        Code::Committed => format!("{p} is committed or on the way during {which}, or meetings that belong to it."),
        Code::OutsideWindow => {
            format!("{which}: outside the windows of {}, or before freeze_until.", names::order(instance, order))
        }
        Code::NoLicence => format!("{which}: a clinician lacks a licence for where {p} is."),
        Code::NoLanguage => format!("{p} does not speak the language of {which}."),
        Code::NotWith => format!("{p} is kept from a clinician of {which}."),
        Code::NotEligible => format!("{p} may not join {which}."),
        Code::Apart => format!("{p} is kept apart from somebody in {which}."),
        Code::RoomTooSmall => format!("The room of {which} holds no one more."),
        Code::GroupNotHeld => not_held(standing, tally),
        Code::GroupBelowMinimum => format!("{which} would still be below the minimum."),
        Code::GroupFull => format!("Full: {which}."),
        Code::ParticipantBusy => format!("{p} is in a session during {which}, or in it already."),
        Code::SiteOfDay => format!("{p} is at another site on the day of {which}."),
        Code::Commute => format!("{p} has no time for the way to {which}."),
        Code::OnePerDay => format!("{} is already met on the day of {which}.", names::order(instance, order)),
        Code::DayLimit => format!("{p} would attend too many days with {which}."),
        Code::MinutesLimit => format!("{p} would have too many session minutes on the day of {which}."),
        Code::WeekLimit => format!("{p} would get more than the week allows, or is ordered, with {which}."),
        Code::TradeOff => cheapest(standing, order, tally).unwrap_or_default(),
        _ => format!("{which}."),
    }
}

/// The groups that are not held, each with what keeps it from meeting.
fn not_held(standing: &Standing, tally: &Tally) -> String {
    let groups = set(tally.meetings.iter().filter(|m| m.code == Code::GroupNotHeld).map(|m| m.group));
    let why = |&g: &GroupIx| format!("{} ({})", names::group(standing.instance, g), standing.why_not_held(g));
    let told: Vec<String> = groups.iter().take(LISTED).map(why).collect();
    match groups.len().checked_sub(LISTED) {
        Some(more @ 1..) => format!("Not held: {}, and {more} more.", told.join(", ")),
        _ => format!("Not held: {}.", listed(told.iter().map(String::as_str))),
    }
}

/// The meetings, or the groups of those not held, under a code.
fn which(instance: &Instance, code: Code, tally: &Tally) -> String {
    let all = meetings(instance, code, tally);
    match all.len().checked_sub(LISTED) {
        Some(more @ 1..) => format!("{} and {more} more", all[..LISTED].join(", ")),
        _ => listed(all.iter().map(String::as_str)),
    }
}

/// Ids of the meetings, or of the groups of those not held, under a code.
pub(super) fn meetings(instance: &Instance, code: Code, tally: &Tally) -> Vec<String> {
    let under: Vec<_> = tally.meetings.iter().filter(|m| m.code == code).collect();
    let held = under.iter().filter_map(|m| m.session.clone());
    let rest = set(under.iter().filter(|m| m.session.is_none()).map(|m| m.group));
    held.chain(rest.iter().map(|&g| names::group(instance, g).to_string())).collect()
}

fn cheapest(standing: &Standing, order: OrderIx, tally: &Tally) -> Option<String> {
    let free = tally.meetings.iter().filter(|m| m.code == Code::TradeOff);
    let weighed = free.filter_map(|m| {
        let meeting = standing.view.named(m.session.as_deref()?)?;
        Some((trade_off::meetings(standing, order, &joined(standing, m.group, meeting)), m.session.clone()?))
    });
    let p = names::participant(standing.instance, standing.instance.orders[order.i()].participant);
    weighed.min().map(|(rise, id)| weigh(&format!("Joining {id}"), p, rise))
}

/// What taking a place would cost; nothing else moves, so all of it is borne by the participant.
fn weigh(what: &str, participant: &str, rise: i64) -> String {
    match rise {
        1.. => format!(
            "Nothing forbids it, but it costs {participant} more than it brings. {what} would cost {rise} more."
        ),
        0 => format!("Nothing forbids it. {what} would cost as much as it brings."),
        _ => format!("Nothing forbids it. {what} would bring {} more than it costs.", rise.unsigned_abs()),
    }
}
