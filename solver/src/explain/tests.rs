//! The explanations against the rules: a place that nothing forbids can be taken, a place under a code breaks its rule.

use std::sync::Arc;

use super::{
    Asked,
    code::Code,
    group, individual, places,
    standing::Standing,
    tally::{Place, Tally},
    unmet,
};
use crate::{
    generate::{Draw, generate, in_progress},
    instance::{Booked, ClinicianIx, Instance, OrderIx, Owner, RoomIx},
    problem::{Modality, Problem},
    rules::{self, h01_identity::numbers, names},
    search::{Options, Stop, Unwatched, solve},
};

/// The rules that a place under this code may break.
fn broken_by(code: Code) -> &'static [&'static str] {
    match code {
        Code::NotAvailable | Code::Committed | Code::ParticipantBusy => &["H8"],
        Code::OutsideWindow => &["H8", "H1"],
        Code::FamilyNotAvailable => &["H9"],
        Code::NoCredential | Code::NoLicence | Code::NamedClinician => &["H5"],
        Code::NoLanguage => &["H5", "H14"],
        Code::NotWith | Code::Apart => &["H15"],
        Code::NotEligible => &["H3", "H10", "H11", "H13", "H14"],
        Code::SiteClosed | Code::NoRoomFeature | Code::RoomTooSmall => &["H6"],
        Code::OutOfHours => &["H7"],
        Code::GroupNotHeld => &["H1"],
        Code::GroupBelowMinimum | Code::GroupFull => &["H12"],
        Code::SiteOfDay | Code::Commute => &["H10"],
        Code::OnePerDay => &["H11"],
        Code::DayLimit => &["H19"],
        Code::MinutesLimit => &["H20"],
        Code::WeekLimit => &["H20", "H11"],
        Code::ClinicianBusy => &["H7", "H16"],
        Code::ClinicianLimit => &["H17", "H18"],
        Code::RoomBusy => &["H6", "H7"],
        Code::TradeOff => &[],
    }
}

fn broken(instance: &Instance, sessions: &[Booked]) -> Vec<&'static str> {
    rules::judge(instance, sessions).violations.iter().map(|v| v.rule).collect()
}

/// The calendar with a session of the order at this place.
fn with(
    instance: &Instance,
    sessions: &[Booked],
    order: OrderIx,
    place: Place,
    team: &[ClinicianIx],
    room: Option<RoomIx>,
) -> Vec<Booked> {
    let data = &instance.orders[order.i()];
    let name = names::order(instance, order);
    let free = (1..=numbers(instance, Owner::Order(order))).find(|k| {
        let id = format!("{name}/{k}");
        sessions.iter().all(|s| s.id != id)
    });
    let number = free.expect("a number is left") as u32;
    let session = Booked {
        id: format!("{name}/{number}"),
        owner: Owner::Order(order),
        number: Some(number),
        service: Some(data.service),
        modality: place.modality,
        site: Some(place.site),
        room,
        clinicians: team.to_vec(),
        participants: vec![data.participant],
        start: place.span.start,
        end: place.span.end,
        unknown: Vec::new(),
    };
    sessions.iter().cloned().chain([session]).collect()
}

/// The teams that might take the place: its clinician and every choice of colleagues (of two at most).
fn teams(instance: &Instance, order: OrderIx, place: Place) -> Vec<Vec<ClinicianIx>> {
    let size = instance.services[instance.orders[order.i()].service.i()].clinicians;
    let all = ClinicianIx::all(instance.clinicians.len());
    let first = place.clinician.or_else(|| all.clone().next());
    match (size, first) {
        (0, _) | (_, None) => vec![Vec::new()],
        (1, Some(first)) => vec![vec![first]],
        (_, Some(first)) => all.filter(|&c| c != first).map(|c| vec![first, c]).collect(),
    }
}

fn rooms(instance: &Instance, place: Place) -> Vec<Option<RoomIx>> {
    let all = RoomIx::all(instance.rooms.len()).filter(|r| instance.rooms[r.i()].site == place.site);
    match place.modality {
        Modality::Telehealth => vec![None],
        Modality::InPerson => all.map(Some).collect(),
    }
}

/// Remembers what does not hold.
fn note(wrong: &mut Vec<String>, holds: bool, what: impl Fn() -> String) {
    if !holds {
        wrong.push(what());
    }
}

/// Takes some of the places of an order one by one and asks the rules.
fn individual_places(
    instance: &Instance,
    sessions: &[Booked],
    order: OrderIx,
    step: usize,
    wrong: &mut Vec<String>,
) -> usize {
    let standing = Standing::new(instance, sessions);
    let mut tally = Tally::new();
    individual::count(&standing, order, Asked::default(), &mut tally);
    let mut seen = std::collections::HashMap::new();
    let mut tried = 0;
    for &(code, place) in &tally.log {
        // Every so many-th of each code, so that the rare ones are tried too.
        let k = seen.entry(code).or_insert(0_usize);
        *k += 1;
        if (*k - 1) % step != 0 || *k > 12 * step {
            continue;
        }
        tried += 1;
        let (id, name) = (names::order(instance, order), code.text());
        let mut fits = false;
        for team in teams(instance, order, place) {
            for room in rooms(instance, place) {
                let broken = broken(instance, &with(instance, sessions, order, place, &team, room));
                fits |= broken.is_empty();
                let told = code == Code::TradeOff
                    || team.len() > 1
                    || broken.iter().any(|rule| broken_by(code).contains(rule));
                note(wrong, told, || {
                    format!("{id} at {place:?} with {team:?} in {room:?} counts as {name} but breaks {broken:?}")
                });
            }
        }
        let free = code == Code::TradeOff;
        note(wrong, fits == free, || format!("{id} at {place:?} counts as {name}"));
    }
    tried
}

/// Joins every held meeting and asks the rules.
fn group_places(
    instance: &Instance,
    sessions: &[Booked],
    order: OrderIx,
    missing: u32,
    wrong: &mut Vec<String>,
) -> usize {
    let standing = Standing::new(instance, sessions);
    let mut tally = Tally::new();
    group::count(&standing, order, missing, Asked::default(), &mut tally);
    let p = instance.orders[order.i()].participant;
    let mut tried = 0;
    for meeting in &tally.meetings {
        let Some(held) = meeting.session.as_deref().and_then(|id| standing.view.named(id)) else { continue };
        if held.participants.contains(&p) {
            continue; // sits in it already, perhaps in vain
        }
        tried += 1;
        let joined: Vec<String> = group::joined(&standing, meeting.group, held).iter().map(|s| s.id.clone()).collect();
        let mut with = sessions.to_vec();
        for s in with.iter_mut().filter(|s| joined.contains(&s.id)) {
            s.participants.push(p);
        }
        let broken = broken(instance, &with);
        let (id, name) = (names::order(instance, order), meeting.code.text());
        let told = match meeting.code {
            Code::TradeOff => broken.is_empty(),
            _ if held.fact() => broken.contains(&"H1"), // all of it, whatever else is in the way
            code => broken.iter().any(|rule| broken_by(code).contains(rule)),
        };
        note(wrong, told, || format!("{id} in {} counts as {name} but breaks {broken:?}", held.id));
    }
    tried
}

fn solved(problem: &Problem, seed: u64, rounds: u64) -> Option<(Arc<Instance>, crate::calendar::Calendar)> {
    let instance = Arc::new(Instance::new(Arc::new(problem.clone())));
    let options = Options { seconds: Some(5.0), rounds: Some(rounds), seed, ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).ok()?;
    Some((instance, calendar))
}

fn bookings(instance: &Instance, calendar: &crate::calendar::Calendar) -> Vec<Booked> {
    let text = serde_json::to_vec(&serde_json::json!({ "sessions": calendar.sessions })).expect("JSON");
    let given = crate::problem::read_calendar(&text).expect("a calendar");
    given.sessions.iter().map(|s| instance.book(s)).collect()
}

fn hold_against_the_rules(seeds: std::ops::Range<u64>, step: usize) -> usize {
    let (mut tried, mut wrong) = (0, Vec::new());
    for seed in seeds {
        let problem = generate(&Draw::small(seed));
        let Some((instance, calendar)) = solved(&problem, seed, 1) else { continue };
        let later = in_progress(&problem, &calendar.sessions.iter().map(Into::into).collect::<Vec<_>>(), seed);
        let weeks = [Some((instance, calendar)), solved(&later, seed, 1)];
        for (instance, calendar) in weeks.into_iter().flatten() {
            let sessions = bookings(&instance, &calendar);
            // Without some of its sessions there are free places too.
            let thinned: Vec<Booked> = sessions
                .iter()
                .enumerate()
                .filter(|(k, s)| {
                    k % 3 != 0
                        || matches!(s.owner, Owner::Group(_))
                        || instance.previous_named(&s.id).is_some_and(|p| p.kept())
                })
                .map(|(_, s)| s.clone())
                .collect();
            for sessions in [&sessions, &thinned] {
                let missing = rules::judge(&instance, sessions).missing;
                for &(order, missing) in &missing {
                    let is_group = instance.services[instance.orders[order.i()].service.i()].is_group;
                    tried += match is_group {
                        true => group_places(&instance, sessions, order, missing, &mut wrong),
                        false => individual_places(&instance, sessions, order, step, &mut wrong),
                    };
                }
                for u in unmet(&instance, sessions, &missing) {
                    assert_eq!(u.reasons.iter().map(|r| r.count).sum::<u64>(), u.places, "{}", u.order);
                    assert!(u.reasons.iter().all(|r| r.count > 0 && r.detail.ends_with('.')), "{:?}", u.reasons);
                }
            }
        }
    }
    let first: Vec<&String> = wrong.iter().take(12).collect();
    assert!(wrong.is_empty(), "{} of {tried} are wrong: {first:#?}", wrong.len());
    tried
}

#[test]
fn a_place_under_a_code_breaks_its_rule_and_one_that_nothing_forbids_breaks_none() {
    let tried = hold_against_the_rules(0..8, 40);
    assert!(tried > 500, "only {tried} places were tried");
}

#[test]
#[ignore = "minutes"]
fn many_places_keep_what_their_codes_say() {
    hold_against_the_rules(100..200, 9);
}

#[test]
fn the_places_of_one_hour_or_one_clinician_are_told_as_they_are_told_among_all() {
    let mut asked_about = 0;
    for seed in 0..4 {
        let instance = Arc::new(Instance::new(Arc::new(generate(&Draw::small(seed)))));
        let options = Options { seconds: None, rounds: Some(1), seed, prove: false, ..Options::default() };
        let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).expect("a calendar");
        let sessions: Vec<Booked> = calendar.sessions.iter().map(|s| instance.book(&s.into())).collect();
        let standing = Standing::new(&instance, &sessions);
        for order in OrderIx::all(instance.orders.len()).filter(|o| {
            let service = instance.orders[o.i()].service;
            !instance.services[service.i()].is_group && instance.services[service.i()].clinicians == 1
        }) {
            let mut all = Tally::new();
            individual::count(&standing, order, Asked::default(), &mut all);
            let whole = places(&instance, &sessions, order, Asked::default());
            // Every clinician's places together are all places, code by code.
            let mut sum: std::collections::BTreeMap<&str, u64> = Default::default();
            let able = rules::h05_qualification::has_credential;
            let service = instance.orders[order.i()].service;
            let staff: Vec<ClinicianIx> = ClinicianIx::all(instance.clinicians.len()).collect();
            let with_credential: Vec<ClinicianIx> =
                staff.iter().copied().filter(|c| able(&instance, *c, service)).collect();
            for &c in if with_credential.is_empty() { &staff } else { &with_credential } {
                let told = places(&instance, &sessions, order, Asked { clinician: Some(c), start: None });
                told.reasons.iter().for_each(|r| *sum.entry(r.code).or_default() += r.count);
            }
            let expected: std::collections::BTreeMap<&str, u64> =
                whole.reasons.iter().map(|r| (r.code, r.count)).collect();
            assert_eq!(sum, expected, "{}", whole.order);
            // And so are those of every hour.
            if let Some((code, place)) = all.log.get(all.log.len() / 2) {
                let one = Asked { start: Some(place.span.start), clinician: place.clinician };
                let told = places(&instance, &sessions, order, one);
                assert!(told.reasons.iter().any(|r| r.code == code.text()), "{told:?}");
                asked_about += 1;
            }
        }
    }
    assert!(asked_about > 10, "{asked_about}");
}
