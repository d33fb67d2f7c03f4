//! Why a group does not meet, or not more often: every start and clinician that one more meeting of it could have, counted
//! once under the first code that forbids it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    clinician,
    code::Code,
    group::membership,
    participant::{self, Plan, Visit},
    room,
    standing::Standing,
    tally::{Place, Tally},
};
use crate::{
    calendar::Reason,
    instance::{ClinicianIx, GroupIx, Instance, OrderIx, RoomIx, Span},
    problem::{Id, Modality},
    rules::{
        h05_qualification::{has_credential, leads, licensed_at, licensed_for, speaks_for},
        h12_size::fewest,
        h13_series::in_hours,
        h15_apart::kept_from,
        names,
        unmet::missing,
        verdict::listed,
    },
};

/// What is told of a group: who could come, and what keeps it from meeting (more often).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// The group.
    pub group: Id,
    /// Its service.
    pub service: Id,
    /// Meetings that it has in the week.
    pub meetings: usize,
    /// Those that are held.
    pub held: usize,
    /// Fewest participants of a meeting.
    pub fewest: usize,
    /// Who lacks a session of its service and may join it.
    pub could_join: Vec<Id>,
    /// Starts and clinicians that one more meeting could have; none where all are held.
    pub places: u64,
    /// Each place counted once, under the first code that forbids it.
    pub reasons: Vec<Reason>,
    /// The reason in a few words.
    pub text: String,
}

/// What keeps a group from meeting, or from meeting more often.
pub(super) fn held(standing: &Standing, g: GroupIx) -> Held {
    let convening = Convening::new(standing, g);
    let (instance, data) = (standing.instance, &standing.instance.groups[g.i()]);
    let reason = |(code, count, example): (Code, u64, Option<Place>)| Reason {
        code: code.text(),
        count,
        detail: example.map_or(String::new(), |place| convening.sentence(code, place)),
        ids: convening.ids(code),
    };
    Held {
        group: names::group(instance, g).clone(),
        service: names::service(instance, data.service).clone(),
        meetings: data.meetings,
        held: convening.held,
        fewest: convening.fewest,
        could_join: convening.people().map(|p| names::participant(instance, p).clone()).collect(),
        places: convening.tally.places(),
        reasons: convening.tally.entries().map(reason).collect(),
        text: convening.words(),
    }
}

/// What keeps a group from meeting, in a few words.
pub(super) fn words(standing: &Standing, g: GroupIx) -> String {
    Convening::new(standing, g).words()
}

/// The places of one more meeting of a group, counted.
struct Convening<'s, 'a> {
    standing: &'s Standing<'a>,
    g: GroupIx,
    held: usize,
    fewest: usize,
    /// Orders that a meeting could serve.
    orders: Vec<OrderIx>,
    tally: Tally,
    /// The most of them who have time at once, as far as it was counted.
    at_once: usize,
    /// Local days of the site on which nothing forbids a meeting.
    days: BTreeSet<i32>,
}

impl<'s, 'a> Convening<'s, 'a> {
    fn new(standing: &'s Standing<'a>, g: GroupIx) -> Self {
        let instance = standing.instance;
        let held = standing.view.groups[g.i()].len();
        let mut convening = Convening {
            standing,
            g,
            held,
            fewest: fewest(instance, g),
            orders: could_join(standing, g),
            tally: Tally::new(),
            at_once: 0,
            days: BTreeSet::new(),
        };
        if held < instance.groups[g.i()].meetings {
            convening.count();
        }
        convening
    }

    fn people(&self) -> impl Iterator<Item = crate::instance::ParticipantIx> + '_ {
        self.orders.iter().map(|o| self.standing.instance.orders[o.i()].participant)
    }

    fn count(&mut self) {
        let (standing, instance) = (self.standing, self.standing.instance);
        let data = &instance.groups[self.g.i()];
        let kind = &instance.services[data.service.i()];
        let in_person = data.modality == Modality::InPerson;
        let clinicians = clinician::able(instance, data.service);
        let qualified = |c: &Option<ClinicianIx>| c.and_then(|c| qualification(instance, self.g, c));
        let qualifications: Vec<Option<Code>> = clinicians.iter().map(qualified).collect();
        let hours: Vec<_> = clinicians
            .iter()
            .zip(&qualifications)
            .map(|(c, code)| {
                let c = c.filter(|_| code.is_none())?;
                Some(standing.hours(data.service, data.modality, data.site, c))
            })
            .collect();
        let rooms = match in_person {
            true => room::fitting(instance, data.site, data.service, self.fewest.max(1)),
            false => Ok(Vec::new()),
        };
        let plans: Vec<(OrderIx, Plan)> = self
            .orders
            .iter()
            .map(|&o| (o, Plan::new(instance, &standing.view.weeks[instance.orders[o.i()].participant.i()], o)))
            .collect();
        let days: BTreeSet<i32> =
            standing.view.groups[self.g.i()].iter().map(|s| instance.site_day(data.site, s.start)).collect();
        for (at, &start) in standing.starts(data.service, data.site).iter().enumerate() {
            let span = Span::new(start, start.saturating_add(kind.minutes));
            let day = instance.site_day(data.site, start);
            let other = self.whoever_leads(span, &rooms, days.contains(&day));
            // Who has time is only asked of hours at which the group could meet.
            let free: Vec<OrderIx> = match other {
                Some(code) if code < Code::GroupBelowMinimum => Vec::new(),
                _ => plans.iter().filter(|(o, plan)| self.has_time(*o, plan, span)).map(|x| x.0).collect(),
            };
            let own = |k: usize| qualifications[k].or_else(|| hours[k].as_ref().and_then(|hours| hours[at]));
            let codes: Vec<Code> = (0..clinicians.len()).map(|k| own(k).unwrap_or(Code::TradeOff)).collect();
            for (k, &c) in clinicians.iter().enumerate() {
                let come = free.iter().filter(|o| suits(instance, self.g, **o, c)).count();
                self.at_once = self.at_once.max(come);
                let few = (come < self.fewest).then_some(Code::GroupBelowMinimum);
                let code =
                    team(&codes, k, kind.clinicians).min(other.into_iter().chain(few).min().unwrap_or(Code::TradeOff));
                if code == Code::TradeOff {
                    self.days.insert(day);
                }
                self.tally.add(code, 1, Place { span, modality: data.modality, site: data.site, clinician: c });
            }
        }
    }

    /// What forbids the hour whoever leads the meeting.
    fn whoever_leads(&self, span: Span, rooms: &Result<Vec<RoomIx>, Code>, meets_already: bool) -> Option<Code> {
        let instance = self.standing.instance;
        let data = &instance.groups[self.g.i()];
        let in_person = data.modality == Modality::InPerson;
        let begun = (span.start < instance.freeze).then_some(Code::OutsideWindow);
        let closed = || (in_person && room::closed(instance, data.site, span)).then_some(Code::SiteClosed);
        let hours = || (!in_hours(instance, self.g, span)).then_some(Code::OutOfHours);
        let again = || meets_already.then_some(Code::OnePerDay);
        let full = || match rooms {
            Ok(rooms) => (in_person && room::free(self.standing, rooms, span).is_none()).then_some(Code::RoomBusy),
            Err(code) => Some(*code),
        };
        let settled = begun.or_else(closed).or_else(hours).or_else(|| rooms.as_ref().err().copied());
        settled.or_else(again).or_else(full)
    }

    fn has_time(&self, order: OrderIx, plan: &Plan, span: Span) -> bool {
        let instance = self.standing.instance;
        let data = &instance.groups[self.g.i()];
        let visit = Visit { span, modality: data.modality, site: data.site, service: data.service };
        participant::time(instance, order, span, data.modality).is_none() && plan.hinders(visit).is_none()
    }

    /// What is in its way most, of what is asked last: an hour at which enough people have time lacks only the rest.
    fn words(&self) -> String {
        let data = &self.standing.instance.groups[self.g.i()];
        let (could, least) = (self.orders.len(), self.fewest);
        if self.held >= data.meetings {
            return "all its meetings are held".to_owned();
        }
        if could < least {
            return format!("{could} could join, {least} are needed");
        }
        let wanted = if data.closed { data.meetings - self.held } else { 1 };
        match self.days.len() {
            0 => {}
            days if days >= wanted => return "it could be held, but that costs more than it brings".to_owned(),
            days => return format!("it has hours on {days} of the {wanted} days that it needs"),
        }
        let (last, rest): (Vec<_>, Vec<_>) = self
            .tally
            .entries()
            .map(|(code, count, _)| (code, count))
            .partition(|(code, _)| *code > Code::GroupBelowMinimum);
        let most = |list: Vec<(Code, u64)>| list.into_iter().max_by_key(|entry| entry.1).map(|entry| entry.0);
        let few = || rest.iter().any(|(code, _)| *code == Code::GroupBelowMinimum).then_some(Code::GroupBelowMinimum);
        match most(last).or_else(few).or_else(|| most(rest.clone())) {
            Some(Code::ClinicianBusy) => "its clinicians are busy when enough people have time".to_owned(),
            Some(Code::ClinicianLimit) => "its clinicians' limits leave no time when enough people have it".to_owned(),
            Some(Code::RoomBusy) => "no room is free when enough people have time".to_owned(),
            Some(Code::OnePerDay) => "enough people have time only on days on which it meets already".to_owned(),
            Some(Code::GroupBelowMinimum) if self.at_once == 0 => {
                format!("none of {could} who could join has time, {least} are needed")
            }
            Some(Code::GroupBelowMinimum) => {
                format!("at most {} of {could} who could join have time at once, {least} are needed", self.at_once)
            }
            Some(Code::NoCredential) => "too few clinicians hold the credential".to_owned(),
            Some(Code::NoLicence) => "its clinicians lack the licence".to_owned(),
            Some(Code::NoLanguage) => "no clinician speaks its language".to_owned(),
            Some(Code::NamedClinician) => "none of its clinicians is there in its hours".to_owned(),
            Some(Code::NoRoomFeature) => "no room has what it needs".to_owned(),
            Some(Code::RoomTooSmall) => "no room is large enough".to_owned(),
            _ => "no clinician is there in its hours".to_owned(),
        }
    }

    fn sentence(&self, code: Code, place: Place) -> String {
        let instance = self.standing.instance;
        let data = &instance.groups[self.g.i()];
        let wire = &instance.problem.services[data.service.i()];
        let (group, site) = (names::group(instance, self.g), names::site_called(instance, data.site));
        let service = names::service_called(instance, data.service);
        let at = names::hour_at(instance, data.site, place.span.start);
        let clinician = place.clinician.map_or("the clinician", |c| names::called(instance, c));
        let least = self.fewest;
        match code {
            Code::OutsideWindow => {
                let until = names::hour_at(instance, data.site, instance.freeze);
                format!("In the part of the week that is settled, up to {until}.")
            }
            Code::NoCredential => {
                format!("Too few clinicians hold a credential for {service} ({}).", wire.credentials.join(" or "))
            }
            Code::NoLicence => format!("Clinicians lack a licence for where {group} meets, for example {clinician}."),
            Code::NoLanguage => format!("Clinicians do not speak the language of {group}, for example {clinician}."),
            Code::NamedClinician => {
                let named = instance.problem.groups[self.g.i()].clinicians.iter();
                let known = |id| instance.clinician_named(id).map_or(id, |c| names::called(instance, c));
                format!("{group} is led by {} only.", listed(named.map(|id| known(id))))
            }
            Code::SiteClosed => format!("{site} is closed, for example on {at}."),
            Code::OutOfHours => {
                format!(
                    "{group} does not meet then, or the clinicians are not on shift, for example {clinician} on {at}."
                )
            }
            Code::NoRoomFeature => {
                format!("No room of {site} has all that {service} needs ({}).", wire.room_features.join(", "))
            }
            Code::RoomTooSmall => format!("No fitting room of {site} holds {least} people."),
            Code::GroupBelowMinimum => {
                let (could, most) = (self.orders.len(), self.at_once);
                format!(
                    "Too few who could join have time, for example on {at}: {least} are needed, and of {could} at most \
                     {most} have it at once."
                )
            }
            Code::OnePerDay => format!("{group} meets on that day already."),
            Code::ClinicianBusy => format!("The clinicians are busy, for example {clinician} on {at}."),
            Code::ClinicianLimit => {
                format!(
                    "The clinicians would work more than they may, or lose their break, for example {clinician} on {at}."
                )
            }
            Code::RoomBusy => format!("No fitting room of {site} is open and free, for example on {at}."),
            Code::TradeOff => {
                let days = self.days.len();
                let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
                format!("Nothing forbids a meeting, for example on {at}; there are such hours on {days}.")
            }
            _ => String::new(),
        }
    }

    /// Who or what stands in the way.
    fn ids(&self, code: Code) -> Vec<String> {
        let instance = self.standing.instance;
        let data = &instance.groups[self.g.i()];
        match code {
            Code::SiteClosed | Code::NoRoomFeature | Code::RoomTooSmall => {
                vec![names::site(instance, data.site).to_string()]
            }
            Code::GroupBelowMinimum => self.people().map(|p| names::participant(instance, p).to_string()).collect(),
            Code::OnePerDay => self.standing.view.groups[self.g.i()].iter().map(|s| s.id.clone()).collect(),
            Code::RoomBusy => {
                let rooms = room::fitting(instance, data.site, data.service, self.fewest.max(1)).unwrap_or_default();
                rooms.into_iter().map(|r| names::room(instance, r).to_string()).collect()
            }
            Code::OutsideWindow => Vec::new(),
            _ => self.tally.clinicians(code).iter().map(|&c| names::clinician(instance, c).to_string()).collect(),
        }
    }
}

/// Orders that lack a session and may be served by the group.
fn could_join(standing: &Standing, g: GroupIx) -> Vec<OrderIx> {
    let instance = standing.instance;
    let service = instance.groups[g.i()].service;
    let lacks = |o: OrderIx| {
        let data = &instance.orders[o.i()];
        data.service == service && missing(instance, &standing.view.weeks[data.participant.i()], o) > 0
    };
    OrderIx::all(instance.orders.len()).filter(|&o| lacks(o) && membership(instance, o, g, &[]).is_none()).collect()
}

/// Whether who ordered it may be with this clinician.
fn suits(instance: &Instance, g: GroupIx, order: OrderIx, c: Option<ClinicianIx>) -> bool {
    let p = instance.orders[order.i()].participant;
    let telehealth = instance.groups[g.i()].modality == Modality::Telehealth;
    c.is_none_or(|c| !kept_from(instance, p, c) && (!telehealth || licensed_for(instance, c, p)))
}

/// Qualification: the same at every hour.
fn qualification(instance: &Instance, g: GroupIx, c: ClinicianIx) -> Option<Code> {
    let data = &instance.groups[g.i()];
    if !has_credential(instance, c, data.service) {
        Some(Code::NoCredential)
    } else if data.modality == Modality::InPerson && !licensed_at(instance, c, data.site) {
        Some(Code::NoLicence)
    } else if !speaks_for(instance, c, g) {
        Some(Code::NoLanguage)
    } else if !leads(instance, c, g) {
        Some(Code::NamedClinician)
    } else {
        None
    }
}

/// What forbids the `k`-th clinician in a team of `size`: its own code, or that of the best colleagues there are.
fn team(codes: &[Code], k: usize, size: usize) -> Code {
    let Some(last) = size.checked_sub(2) else { return codes[k] };
    let mut others: Vec<Code> = codes.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, code)| *code).collect();
    others.sort_unstable_by(|a, b| b.cmp(a));
    codes[k].min(others.get(last).copied().unwrap_or(Code::NoCredential))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        generate::{Draw, generate},
        instance::{Booked, Owner},
        problem::GivenSession,
        rules,
        search::{Options, Stop, Unwatched, solve},
    };

    /// The calendar with one more meeting at a place, in a room or none, with these people.
    fn with(
        standing: &Standing,
        g: GroupIx,
        place: Place,
        room: Option<RoomIx>,
        people: Vec<crate::instance::ParticipantIx>,
    ) -> Vec<Booked> {
        let instance = standing.instance;
        let sessions = standing.view.sessions.iter().map(|s| s.booking().clone());
        let number = (1..).find(|k| standing.view.groups[g.i()].iter().all(|s| s.number != Some(*k))).unwrap_or(1);
        let meeting = Booked {
            id: format!("{}/{number}", names::group(instance, g)),
            owner: Owner::Group(g),
            number: Some(number),
            service: Some(instance.groups[g.i()].service),
            modality: place.modality,
            site: Some(place.site),
            room,
            clinicians: place.clinician.into_iter().collect(),
            participants: people,
            start: place.span.start,
            end: place.span.end,
            unknown: Vec::new(),
        };
        sessions.chain([meeting]).collect()
    }

    #[test]
    fn a_group_can_meet_where_nothing_forbids_it_and_nowhere_else() {
        let (mut asked, mut free, mut barred) = (0, 0, 0);
        for seed in 0..6 {
            let instance = Instance::new(Arc::new(generate(&Draw::small(seed))));
            let options = Options { seconds: None, rounds: Some(0), seed, prove: false, ..Options::default() };
            let instance = Arc::new(instance);
            let Ok(calendar) = solve(&instance, &options, &Unwatched, &Stop::default()) else { continue };
            let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
            let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
            let standing = Standing::new(&instance, &sessions);
            for g in GroupIx::all(instance.groups.len()) {
                let convening = Convening::new(&standing, g);
                let data = &instance.groups[g.i()];
                let told = held(&standing, g);
                assert_eq!(told.reasons.iter().map(|r| r.count).sum::<u64>(), told.places);
                assert_eq!(told.places == 0, told.held == told.meetings);
                if told.places == 0 || instance.services[data.service.i()].clinicians != 1 || !data.members.is_empty() {
                    continue;
                }
                asked += 1;
                for (k, &(code, place)) in convening.tally.log.iter().enumerate() {
                    if k % 7 != 0 && code != Code::TradeOff {
                        continue;
                    }
                    let comes = |o: &OrderIx| {
                        let plan =
                            Plan::new(&instance, &standing.view.weeks[instance.orders[o.i()].participant.i()], *o);
                        convening.has_time(*o, &plan, place.span) && suits(&instance, g, *o, place.clinician)
                    };
                    let people: Vec<_> = convening
                        .orders
                        .iter()
                        .filter(|o| comes(o))
                        .map(|o| instance.orders[o.i()].participant)
                        .take(convening.fewest)
                        .collect();
                    assert!(code != Code::GroupBelowMinimum || people.len() < convening.fewest);
                    if people.len() < convening.fewest {
                        continue;
                    }
                    let rooms: Vec<Option<RoomIx>> = match place.modality {
                        Modality::Telehealth => vec![None],
                        Modality::InPerson => RoomIx::all(instance.rooms.len())
                            .filter(|r| instance.rooms[r.i()].site == place.site)
                            .map(Some)
                            .collect(),
                    };
                    // That a closed group holds all or none, and who is kept from whom, is asked of the whole group.
                    let fits = rooms.into_iter().any(|room| {
                        let broken =
                            rules::judge(&instance, &with(&standing, g, place, room, people.clone())).violations;
                        broken.iter().all(|v| {
                            matches!(v.rule, "H13" | "H15") && code != Code::OnePerDay && code != Code::OutOfHours
                        })
                    });
                    assert_eq!(
                        fits,
                        code == Code::TradeOff,
                        "{} at {place:?} counts as {}",
                        names::group(&instance, g),
                        code.text()
                    );
                    *(if fits { &mut free } else { &mut barred }) += 1;
                }
            }
        }
        assert!(asked > 2 && barred > 20, "{asked} groups, {free} free places, {barred} others");
    }
}
