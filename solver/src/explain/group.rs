//! The places of a group order: every meeting of every group of its service.

use super::{
    Asked,
    code::Code,
    participant::{self, Plan, Visit},
    standing::Standing,
    tally::{Place, Tally},
};
use crate::{
    instance::{GroupIx, Instance, OrderIx, ParticipantIx},
    problem::Modality,
    rules::{
        h05_qualification::licensed_for,
        h06_place::holds,
        h11_ordered::from_group,
        h12_size::{fewest, most},
        h14_membership::{refused, speaks},
        h15_apart::{apart, kept_from, separated},
        view::Seen,
    },
};

/// Counts the places of a group order, each under the first code that forbids it.
pub(super) fn count(standing: &Standing, order: OrderIx, missing: u32, asked: Asked, tally: &mut Tally) {
    let instance = standing.instance;
    let service = instance.orders[order.i()].service;
    for g in GroupIx::all(instance.groups.len()).filter(|g| instance.groups[g.i()].service == service) {
        for number in 1..=instance.groups[g.i()].meetings {
            let held = standing.view.groups[g.i()].iter().find(|s| s.number == Some(number as u32));
            let fits = |s: &Seen| asked.starts(s.start) && asked.clinician.is_none_or(|c| s.clinicians.contains(&c));
            if asked != Asked::default() && !held.is_some_and(fits) {
                continue;
            }
            let code = match held {
                None => not_held(instance, order, g),
                Some(meeting) => joins(standing, order, g, meeting, missing),
            };
            let place =
                held.and_then(|s| Some(Place { span: s.span(), modality: s.modality, site: s.site?, clinician: None }));
            tally.add_meeting(code, g, held.map(|s| s.id.clone()), place);
        }
    }
}

/// The meetings that the participant would join by joining this one: all of a closed group that are not kept.
pub(super) fn joined<'s, 'a>(standing: &'s Standing<'a>, g: GroupIx, meeting: &'s Seen<'a>) -> Vec<Seen<'a>> {
    if standing.instance.groups[g.i()].closed && !meeting.kept() {
        standing.view.groups[g.i()].iter().filter(|s| !s.kept()).copied().collect()
    } else {
        vec![*meeting]
    }
}

fn not_held(instance: &Instance, order: OrderIx, g: GroupIx) -> Code {
    membership(instance, order, g, &instance.groups[g.i()].members).unwrap_or(Code::GroupNotHeld)
}

fn joins(standing: &Standing, order: OrderIx, g: GroupIx, meeting: &Seen, missing: u32) -> Code {
    let instance = standing.instance;
    let meetings = joined(standing, g, meeting);
    let week = &standing.view.weeks[instance.orders[order.i()].participant.i()];
    let busy = |s: &Seen| {
        let others = meetings.iter().filter(|other| other.id != s.id);
        let week = others.fold(week.clone(), |week, other| week.with(instance, *other));
        let site = s.site.unwrap_or(instance.groups[g.i()].site);
        let service = instance.orders[order.i()].service;
        Plan::new(instance, &week, order).hinders(Visit { span: s.span(), modality: s.modality, site, service })
    };
    // What the participant's week forbids comes last in the list of codes, and takes longest to find.
    let barred = meetings.iter().filter_map(|s| hindered(instance, order, g, s)).min();
    let first = barred.or_else(|| meetings.iter().filter_map(busy).min());
    // A closed group that meets more often than there are sessions left would give more than is ordered.
    let too_many = (meetings.len() > missing as usize).then_some(Code::WeekLimit);
    first.into_iter().chain(too_many).min().unwrap_or(Code::TradeOff)
}

/// What forbids one more seat in this meeting for the participant, whatever else the week holds.
fn hindered(instance: &Instance, order: OrderIx, g: GroupIx, s: &Seen) -> Option<Code> {
    let p = instance.orders[order.i()].participant;
    let people = s.people() + 1;
    let time = participant::time(instance, order, s.span(), s.modality);
    let fact = || s.fact().then_some(Code::OutsideWindow);
    let licence = || {
        let telehealth = s.modality == Modality::Telehealth;
        (telehealth && !s.clinicians.iter().all(|&c| licensed_for(instance, c, p))).then_some(Code::NoLicence)
    };
    let language = || (!speaks(instance, p, g)).then_some(Code::NoLanguage);
    let not_with = || s.clinicians.iter().any(|&c| kept_from(instance, p, c)).then_some(Code::NotWith);
    let small = || s.room.filter(|&room| !holds(instance, room, people)).map(|_| Code::RoomTooSmall);
    let below = || (people < fewest(instance, g)).then_some(Code::GroupBelowMinimum);
    let full = || (people > most(instance, g, s.service, s.staff())).then_some(Code::GroupFull);
    time.or_else(fact)
        .or_else(licence)
        .or_else(language)
        .or_else(not_with)
        .or_else(|| membership(instance, order, g, &s.participants))
        .or_else(small)
        .or_else(below)
        .or_else(full)
}

/// Whether the participant may be of this group, among these people.
pub(super) fn membership(instance: &Instance, order: OrderIx, g: GroupIx, people: &[ParticipantIx]) -> Option<Code> {
    let p = instance.orders[order.i()].participant;
    if !speaks(instance, p, g) {
        Some(Code::NoLanguage)
    } else if refused(instance, p, g).is_some() || !from_group(instance, order, g) || too_late(instance, p, g) {
        Some(Code::NotEligible)
    } else if people.iter().any(|&q| apart(instance, p, q) || separated(instance, p, q)) {
        Some(Code::Apart)
    } else {
        None
    }
}

/// Why the participant may not join the group, in a few words about the group.
pub(super) fn ineligible(instance: &Instance, order: OrderIx, g: GroupIx) -> String {
    let p = instance.orders[order.i()].participant;
    let group = &instance.problem.groups[g.i()];
    let has = &instance.problem.participants[p.i()].attributes;
    let lacking: Vec<&str> = group.requires.iter().filter(|a| !has.contains(a)).map(String::as_str).collect();
    let unwanted: Vec<&str> = group.excludes.iter().filter(|a| has.contains(a)).map(String::as_str).collect();
    if !lacking.is_empty() {
        format!("only for: {}", lacking.join(", "))
    } else if !unwanted.is_empty() {
        format!("not for: {}", unwanted.join(", "))
    } else if refused(instance, p, g).is_some() {
        match group.modality {
            Modality::InPerson => "at another site".to_owned(),
            Modality::Telehealth => "by telehealth".to_owned(),
        }
    } else if !from_group(instance, order, g) {
        "not one of the order's groups".to_owned()
    } else {
        "closed, and has begun".to_owned()
    }
}

/// Whether the group is closed and has begun without the participant.
fn too_late(instance: &Instance, p: ParticipantIx, g: GroupIx) -> bool {
    let data = &instance.groups[g.i()];
    data.closed && data.begun && data.begun_roster.binary_search(&p).is_err()
}
