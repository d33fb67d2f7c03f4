//! Therapists with day and evening shifts, case managers, prescribers for part of the week.

use super::{Dice, Draw, EVENINGS, WORKDAYS, clock, dated, id, services::THERAPISTS};
use crate::problem::{Break, Clinician, Clock, Id, Minutes, Shift, Site, Weekday};

const FIRST: [&str; 20] = [
    "Ana", "Marcus", "Priya", "Daniel", "Leila", "Tom", "Grace", "Samuel", "Ingrid", "Rosa", "Kofi", "Helen", "Mateo",
    "Yuki", "Nadia", "Owen", "Teresa", "Jamal", "Clara", "Victor",
];
const LAST: [&str; 19] = [
    "Ruiz",
    "Bennett",
    "Sharma",
    "Okafor",
    "Haddad",
    "Whitfield",
    "Kim",
    "Castillo",
    "Larsen",
    "Moreno",
    "Mensah",
    "Brooks",
    "Vega",
    "Tanaka",
    "Petrov",
    "Gallagher",
    "Silva",
    "Carter",
    "Novak",
];

fn shift(days: Vec<Weekday>, start: Clock, end: Clock, sites: &[Id]) -> Shift {
    Shift { days, start, end, sites: Some(sites.to_vec()), telehealth: true }
}

fn pause(start: Clock, end: Clock) -> Option<Break> {
    Some(Break { minutes: Minutes(30), start, end })
}

/// The clinicians of the site at this position.
pub(super) fn of_site(draw: &Draw, sites: &[Site], at: usize) -> Vec<Clinician> {
    let Some(site) = sites.get(at) else { return Vec::new() };
    let mut dice = Dice::new(draw.seed, &format!("staff {at}"));
    let mut everywhere: Vec<String> = sites.iter().map(|s| s.jurisdiction.clone()).collect();
    everywhere.sort();
    everywhere.dedup();
    let name = |k: usize| {
        let n = at * 7 + k;
        format!("{} {}", FIRST[n % FIRST.len()], LAST[(n + n / FIRST.len()) % LAST.len()])
    };
    // One of the two neighbours, with the last site beside the first.
    let near = |dice: &mut Dice| {
        let step = dice.one([1, sites.len().saturating_sub(1)]);
        sites.get((at + step) % sites.len()).filter(|s| s.id != site.id)
    };
    let home = std::slice::from_ref(&site.id);
    let usual = if draw.per_site <= 6 { 2 } else { draw.per_site.div_ceil(10).max(3) };
    let therapists = (usual * draw.staff as usize).div_ceil(100).max(1);
    let mut staff: Vec<Clinician> = Vec::new();
    for k in 0..therapists {
        // Some work three evenings a week, most one.
        let evenings = dice.some(&EVENINGS, if k % 3 == 0 { 3 } else { 1 });
        let days = WORKDAYS.into_iter().filter(|d| !evenings.contains(d)).collect();
        let both = dice.percent(35);
        let neighbour = near(&mut dice).filter(|n| dice.percent(30) && (both || n.jurisdiction == site.jurisdiction));
        let by_day: Vec<Id> = home.iter().cloned().chain(neighbour.map(|n| n.id.clone())).collect();
        let away = dice.percent(25).then(|| dated(draw.week_start, dice.one(WORKDAYS), clock(0, 0), clock(23, 59)));
        let spanish = dice.percent(30);
        let mut shifts =
            vec![shift(days, clock(8, 30), clock(17, 0), &by_day), shift(evenings, clock(12, 30), clock(21, 0), home)];
        if draw.nights && k % 2 == 0 {
            shifts.push(shift(vec![Weekday::Sat], clock(18, 0), clock(24, 0), home));
            shifts.push(shift(vec![Weekday::Sun], clock(0, 0), clock(8, 0), home));
        }
        staff.push(Clinician {
            id: id(format!("{}-t{}", site.id, k + 1)),
            name: name(k),
            home_site: site.id.clone(),
            time_zone: None,
            credentials: vec![THERAPISTS[k % THERAPISTS.len()].to_owned()],
            licensed_in: if both { everywhere.clone() } else { vec![site.jurisdiction.clone()] },
            languages: languages(spanish),
            shifts,
            away: away.into_iter().collect(),
            max_minutes_per_day: Some(Minutes(360)),
            max_minutes_per_week: Some(Minutes(1500)),
            break_: pause(clock(11, 30), clock(14, 0)),
        });
    }
    // Where people speak Spanish, somebody who treats them does.
    if let (true, Some(last)) = (staff.iter().all(|t| t.languages.len() == 1), staff.last_mut()) {
        last.languages = languages(true);
    }
    let others = (draw.per_site.div_ceil(50).max(1), draw.per_site.div_ceil(60).max(1));
    for k in 0..others.0 {
        staff.push(Clinician {
            id: id(format!("{}-c{}", site.id, k + 1)),
            name: name(therapists + k),
            home_site: site.id.clone(),
            time_zone: None,
            credentials: vec!["CM".to_owned()],
            licensed_in: everywhere.clone(),
            languages: languages(true),
            shifts: vec![
                shift(vec![Weekday::Mon, Weekday::Wed, Weekday::Fri], clock(8, 30), clock(17, 0), home),
                shift(vec![Weekday::Tue, Weekday::Thu], clock(11, 30), clock(20, 0), home),
            ],
            away: Vec::new(),
            max_minutes_per_day: Some(Minutes(390)),
            max_minutes_per_week: Some(Minutes(1680)),
            break_: pause(clock(12, 0), clock(14, 0)),
        });
    }
    for k in 0..others.1 {
        let around: Vec<Id> = home.iter().cloned().chain(near(&mut dice).map(|n| n.id.clone())).collect();
        staff.push(Clinician {
            id: id(format!("{}-rx{}", site.id, k + 1)),
            name: name(therapists + others.0 + k),
            home_site: site.id.clone(),
            time_zone: None,
            credentials: vec![dice.one(["MD", "NP"]).to_owned()],
            licensed_in: everywhere.clone(),
            languages: languages(false),
            shifts: vec![shift(dice.some(&WORKDAYS, 3), clock(9, 0), clock(19, 0), &around)],
            away: Vec::new(),
            max_minutes_per_day: Some(Minutes(420)),
            max_minutes_per_week: None,
            break_: pause(clock(12, 0), clock(13, 30)),
        });
    }
    staff
}

/// English, and Spanish too.
pub(super) fn languages(spanish: bool) -> Vec<String> {
    let all = ["en", "es"];
    all.into_iter().take(1 + usize::from(spanish)).map(str::to_owned).collect()
}
