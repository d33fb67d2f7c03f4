//! A code as a sentence about this participant, with the ids of who or what stands in the way.

use super::{
    code::Code,
    group::{ineligible, joined},
    standing::Standing,
    tally::{Place, Tally},
    trade_off::{self, Rise},
};
use crate::{
    instance::{ClinicianIx, GroupIx, Instance, OrderIx, Owner, ParticipantIx},
    problem::Modality,
    rules::{
        h03_modality::offers, h05_qualification::jurisdiction, h06_place::family, h08_participant_time::committed,
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
    let service = names::service_called(instance, data.service);
    let site = names::site_called(instance, place.site);
    let at = names::hour_at(instance, place.site, place.span.start);
    let clinician = place.clinician.map_or("the clinician", |c| names::called(instance, c));
    match code {
        Code::NotAvailable => format!("{p} is not available, for example on {at}."),
        Code::Committed => {
            let kind = committed(instance, data.participant, place.span, place.modality).unwrap_or("commitment");
            format!("{p} has other commitments or is on the way, for example on {at} ({kind}).")
        }
        Code::OutsideWindow => format!("{}, for example on {at}.", outside(instance, order)),
        Code::FamilyNotAvailable => {
            let member = family_hindered(instance, order, place.span).unwrap_or("a family member");
            format!("The family of {p} is not free, for example {member} on {at}.")
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
        Code::NoLanguage => {
            let spoken = instance.problem.participants[data.participant.i()].languages.join(" or ");
            format!("Clinicians do not speak the language of {p} ({spoken}), for example {clinician}.")
        }
        Code::NamedClinician => match &instance.order_wire(order).clinician {
            Some(named) => {
                let named = instance.clinician_named(named).map_or(&**named, |c| names::called(instance, c));
                format!("{id} is for {named} and nobody else.")
            }
            None => format!("{id} is for a clinician who is not there."),
        },
        Code::NotWith => format!("{p} is kept from {clinician}."),
        Code::NotEligible => not_eligible(instance, order, place),
        Code::SiteClosed => format!("{site} is closed, for example on {at}."),
        Code::OutOfHours => format!("The clinicians are not on shift there, for example {clinician} on {at}."),
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
            let other = week.seats.iter().find(|s| s.span().overlaps(place.span));
            let other = other.map_or(String::new(), |s| format!(" in {}", s.id));
            format!("{p} is in other sessions, for example on {at}{other}.")
        }
        Code::SiteOfDay => {
            let day = names::weekday_at(instance, place.site, place.span.start);
            format!("{p} is at another site on the same day, for example on {day}, and cannot be at {site} too.")
        }
        Code::Commute => {
            let minutes = instance.participants[data.participant.i()].commute;
            format!("{p} needs {minutes} minutes for the way between a session in person and one by telehealth.")
        }
        Code::OnePerDay => {
            let day = names::weekday_at(instance, place.site, place.span.start);
            format!("{id} has a session on that day already, for example on {day}.")
        }
        Code::DayLimit | Code::MinutesLimit | Code::WeekLimit => {
            format!("{p} would {}.", beyond(instance, data.participant, code))
        }
        Code::ClinicianBusy => {
            let other = place.clinician.and_then(|c| busy_with(standing, c, order, place));
            let other = other.unwrap_or_else(|| ", who works at another site".to_owned());
            format!("The clinicians are busy, for example {clinician} on {at}{other}.")
        }
        Code::ClinicianLimit => {
            format!(
                "The clinicians would work more than they may, or lose their break, for example {clinician} on {at}."
            )
        }
        Code::RoomBusy => format!("No fitting room of {site} is open and free, for example on {at}."),
        Code::TradeOff => {
            let weighed = tally.free.iter().map(|&place| (trade_off::individual(standing, order, place), place));
            match weighed.min_by_key(|w| w.0.total()) {
                Some((rise, place)) => {
                    let at = names::hour_at(instance, place.site, place.span.start);
                    let with =
                        place.clinician.map_or(String::new(), |c| format!(" with {}", names::called(instance, c)));
                    weigh(&format!("A session on {at}{with}"), p, &rise)
                }
                None => String::new(),
            }
        }
        Code::Apart | Code::GroupNotHeld | Code::GroupBelowMinimum | Code::GroupFull => String::new(),
    }
}

/// What is outside of what the order allows, by its windows or by the part of the week that is settled.
fn outside(instance: &Instance, order: OrderIx) -> String {
    let id = names::order(instance, order);
    let hours = instance.order_wire(order).windows.as_ref().map(|_| format!("Outside the hours given for {id}"));
    let site = instance.participants[instance.orders[order.i()].participant.i()].home;
    let settled = instance.problem.freeze_until.map(|_| {
        let until = names::hour_at(instance, site, instance.freeze);
        format!("in the part of the week that is settled, up to {until}")
    });
    match (hours, settled) {
        (Some(hours), Some(settled)) => format!("{hours}, or {settled}"),
        (Some(hours), None) => hours,
        (None, Some(settled)) => settled.replacen("in", "In", 1),
        (None, None) => format!("Outside the hours of {id}"),
    }
}

/// Why the participant cannot have it so, or there.
fn not_eligible(instance: &Instance, order: OrderIx, place: Place) -> String {
    let data = &instance.orders[order.i()];
    let p = names::participant(instance, data.participant);
    let how = names::modality(place.modality);
    match place.modality {
        _ if !offers(instance, data.service, place.modality) => {
            format!("{} is not given {how}.", instance.problem.services[data.service.i()].name)
        }
        Modality::Telehealth => format!("{p} does not take part {how}."),
        Modality::InPerson => format!("{p} does not attend {}.", names::site_called(instance, place.site)),
    }
}

/// More than the plan of care allows.
fn beyond(instance: &Instance, p: ParticipantIx, code: Code) -> String {
    let plan = instance.problem.participants[p.i()].plan.as_ref();
    let allowed = |most: Option<u32>| most.map_or(String::new(), |most| format!(" ({most})"));
    let (what, most) = match code {
        Code::DayLimit => ("come on more days", plan.and_then(|plan| plan.max_days)),
        Code::MinutesLimit => {
            ("have more minutes on one day", plan.and_then(|plan| plan.max_minutes_per_day).map(|m| m.0))
        }
        _ => ("have more minutes in the week", plan.and_then(|plan| plan.max_minutes_per_week).map(|m| m.0)),
    };
    format!("{what} than the plan of care allows{}", allowed(most))
}

/// What keeps a clinician of the place busy.
fn busy_with(standing: &Standing, c: ClinicianIx, order: OrderIx, place: Place) -> Option<String> {
    let instance = standing.instance;
    let documentation = instance.services[instance.orders[order.i()].service.i()].documentation;
    let mut busy = place.span;
    busy.end = busy.end.saturating_add(documentation);
    let mut sessions = standing.view.clinicians[c.i()].iter();
    sessions.find(|s| s.busy().overlaps(busy)).map(|s| format!(" with {}", s.id))
}

fn of_group(standing: &Standing, order: OrderIx, code: Code, tally: &Tally) -> String {
    let instance = standing.instance;
    let participant = instance.orders[order.i()].participant;
    let (p, id) = (names::participant(instance, participant), names::order(instance, order));
    let which = which(instance, code, tally, "");
    // Of a closed group one meeting in the way is enough.
    let during = self::which(instance, code, tally, "meetings of ");
    match code {
        Code::NotAvailable => format!("{p} is not available during {during}."),
        Code::Committed => format!("{p} has other commitments, or is on the way, during {during}."),
        Code::OutsideWindow => format!("{}: {during}.", outside(instance, order)),
        Code::NoLicence => format!("A clinician of {which} lacks a licence for where {p} is."),
        Code::NoLanguage => format!("{p} does not speak the language of {which}."),
        Code::NotWith => format!("{p} is kept from a clinician of {which}."),
        Code::NotEligible => may_not_join(instance, order, tally),
        Code::Apart => format!("{p} is kept apart from somebody in {which}."),
        Code::RoomTooSmall => format!("The room has no seat left in {during}."),
        Code::GroupNotHeld => not_held(standing, tally),
        Code::GroupBelowMinimum => format!("Too few people would come to {which}, {p} included."),
        Code::GroupFull => format!("No place is left in {during}."),
        Code::ParticipantBusy => format!("{p} is in {during} already, or in another session at that time."),
        Code::SiteOfDay => format!("{p} is at another site on the day of {during}."),
        Code::Commute => format!("{p} has no time for the way to {during}."),
        Code::OnePerDay => format!("{id} has a session already on the day of {during}."),
        Code::DayLimit | Code::MinutesLimit => {
            format!("With {which}, {p} would {}.", beyond(instance, participant, code))
        }
        Code::WeekLimit => {
            format!("With {which}, {p} would {}, or than is ordered.", beyond(instance, participant, code))
        }
        Code::TradeOff => cheapest(standing, order, tally).unwrap_or_default(),
        _ => format!("{which}."),
    }
}

/// The groups that the participant may not join, each with the reason.
fn may_not_join(instance: &Instance, order: OrderIx, tally: &Tally) -> String {
    let p = names::participant(instance, instance.orders[order.i()].participant);
    let groups = set(tally.meetings.iter().filter(|m| m.code == Code::NotEligible).map(|m| m.group));
    let why = |&g: &GroupIx| format!("{} ({})", names::group(instance, g), ineligible(instance, order, g));
    format!("{p} may not join {}.", shortened(&groups.iter().map(why).collect::<Vec<_>>()))
}

/// The groups that are not held, each with what keeps it from meeting.
fn not_held(standing: &Standing, tally: &Tally) -> String {
    let groups = set(tally.meetings.iter().filter(|m| m.code == Code::GroupNotHeld).map(|m| m.group));
    let why = |&g: &GroupIx| format!("{} ({})", names::group(standing.instance, g), standing.why_not_held(g));
    format!("Not held: {}.", shortened(&groups.iter().map(why).collect::<Vec<_>>()))
}

/// The meetings under a code; groups of which all are under it by their own ids, after `prefix`.
fn which(instance: &Instance, code: Code, tally: &Tally, prefix: &str) -> String {
    let under = |g: GroupIx| tally.meetings.iter().filter(move |m| m.group == g);
    let groups = set(tally.meetings.iter().filter(|m| m.code == code).map(|m| m.group));
    let (whole, split): (Vec<GroupIx>, Vec<GroupIx>) =
        groups.into_iter().partition(|&g| under(g).count() > 1 && under(g).all(|m| m.code == code));
    let single = split.iter().flat_map(|&g| under(g).filter(|m| m.code == code));
    let mut told: Vec<String> =
        single.map(|m| m.session.clone().unwrap_or_else(|| names::group(instance, m.group).to_string())).collect();
    told.dedup();
    let of = |(k, &g): (usize, &GroupIx)| format!("{}{}", if k == 0 { prefix } else { "" }, names::group(instance, g));
    told.extend(whole.iter().enumerate().map(of));
    shortened(&told)
}

/// As a text, of many only the first.
fn shortened(all: &[String]) -> String {
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
    let cheapest = weighed.min_by(|a, b| (a.0.total(), &a.1).cmp(&(b.0.total(), &b.1)));
    cheapest.map(|(rise, id)| weigh(&format!("A seat in {id}"), p, &rise))
}

/// What taking a place would cost; nothing else moves, so all of it is borne by the participant.
fn weigh(what: &str, participant: &str, rise: &Rise) -> String {
    let total = rise.total();
    let (sum, parts) = (total.unsigned_abs(), rise.told());
    match total {
        1.. => format!(
            "Nothing forbids it, but it would cost {participant} more than it brings. {what} would cost {sum} more: {parts}."
        ),
        0 => format!("Nothing forbids it. {what} would cost {participant} as much as it brings."),
        _ => format!("Nothing forbids it. {what} would bring {participant} {sum} more than it costs: {parts}."),
    }
}
