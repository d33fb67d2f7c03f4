//! Participants, their plan of care and what is ordered for them.

use super::{
    Dice, Draw, EVENINGS, WEEKEND, WORKDAYS, adolescents, clock, id, lives, staff::languages, tracks::stepped_down,
    weekly,
};
use crate::problem::{FamilyMember, Id, Minutes, Order, Participant, Plan, Problem, Weekday};

/// Who somebody is to the programme.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Person {
    Adult,
    Adolescent,
    SteppedDown,
}

/// The participants of the site at this position; `problem` has the sites, clinicians and groups.
pub(super) fn of_site(draw: &Draw, problem: &Problem, at: usize) -> Vec<Participant> {
    let Some(site) = problem.sites.get(at) else { return Vec::new() };
    let mut dice = Dice::new(draw.seed, &format!("people {at}"));
    let therapists: Vec<Id> = problem
        .clinicians
        .iter()
        .filter(|c| c.home_site == site.id && c.id.contains("-t"))
        .map(|c| c.id.clone())
        .collect();
    let mut people: Vec<Participant> = Vec::new();
    for k in 0..draw.per_site {
        let name = format!("{}-p{}", site.id, k + 1);
        let person = if k < adolescents(draw) {
            Person::Adolescent
        } else if dice.percent(stepped_down(draw)) {
            Person::SteppedDown
        } else {
            Person::Adult
        };
        let mut attributes = vec![if person == Person::Adolescent { "adolescent" } else { "adult" }];
        attributes.extend(dice.percent(42).then_some("women"));
        attributes.push(if dice.percent(40) { "mh" } else { "sud" });
        attributes.extend((person == Person::SteppedDown).then_some("step-down"));
        let spoken = match dice.below(100) {
            0..3 => vec!["es".to_owned()],
            3..8 => languages(true),
            _ => languages(false),
        };
        let second = (problem.sites.len() > 1 && dice.percent(14))
            .then(|| problem.sites.get((at + 1) % problem.sites.len()))
            .flatten();
        let sites = second.map(|s| vec![site.id.clone(), s.id.clone()]);
        let (mut orders, family) = orders(&name, person, &therapists, &mut dice);
        for order in orders.iter_mut().filter(|o| o.service == id("individual") && draw.nights && dice.percent(40)) {
            order.windows = Some(vec![weekly(WEEKEND, clock(0, 0), clock(24, 0))]);
        }
        people.push(Participant {
            id: id(name),
            home_site: site.id.clone(),
            sites,
            time_zone: None,
            jurisdiction: None,
            telehealth: dice.percent(55),
            commute_minutes: Minutes(dice.one([15, 15, 20, 30, 30, 45])),
            attributes: attributes.into_iter().map(str::to_owned).collect(),
            languages: spoken,
            not_with: if dice.percent(4) { dice.some(&therapists, 1) } else { Vec::new() },
            available: None,
            family,
            apart_from: Vec::new(),
            commitments: match person {
                Person::Adolescent => vec![lives::school()],
                _ => lives::of_adult(draw, &mut dice),
            },
            plan: Some(plan(person)),
            orders,
        });
    }
    // Somebody does not meet somebody else's eye.
    for _ in 0..people.len() / 24 {
        let (a, b) = (dice.below(people.len()), dice.below(people.len()));
        let other = people.get(b).map(|p| p.id.clone());
        if let (true, Some(one), Some(other)) = (a != b, people.get_mut(a), other) {
            one.apart_from = vec![other];
        }
    }
    for p in &mut people {
        // Nobody is to have only the therapist whom they must not meet.
        let kept_from = p.not_with.clone();
        for o in &mut p.orders {
            o.prefer.retain(|c| !kept_from.contains(c));
            o.clinician = o.clinician.take().filter(|c| !kept_from.contains(c));
        }
    }
    people
}

/// The dose: nine hours a week in three or four visits, six for adolescents, two where somebody has stepped down.
fn plan(person: Person) -> Plan {
    let minutes = |m| Some(Minutes(m));
    match person {
        Person::Adult => Plan {
            level_of_care: Some("2.1".to_owned()),
            min_minutes_per_week: minutes(540),
            max_minutes_per_week: minutes(1140),
            min_days: Some(3),
            max_days: Some(4),
            min_minutes_per_day: minutes(180),
            max_minutes_per_day: minutes(300),
            ..Plan::default()
        },
        Person::Adolescent => Plan {
            level_of_care: Some("2.1".to_owned()),
            min_minutes_per_week: minutes(360),
            max_minutes_per_week: minutes(1140),
            min_days: Some(3),
            max_days: Some(4),
            min_minutes_per_day: minutes(120),
            max_minutes_per_day: minutes(240),
            ..Plan::default()
        },
        Person::SteppedDown => Plan {
            level_of_care: Some("1".to_owned()),
            min_minutes_per_week: minutes(110),
            min_days: Some(1),
            max_days: Some(2),
            max_minutes_per_day: minutes(180),
            ..Plan::default()
        },
    }
}

fn order(person: &str, service: &str, sessions: u32, priority: u32) -> Order {
    Order {
        id: id(format!("{person}-{service}")),
        service: id(service),
        sessions,
        priority,
        clinician: None,
        prefer: Vec::new(),
        groups: Vec::new(),
        modality: None,
        family: Vec::new(),
        windows: None,
        one_per_day: true,
    }
}

fn orders(name: &str, person: Person, therapists: &[Id], dice: &mut Dice) -> (Vec<Order>, Vec<FamilyMember>) {
    let groups: &[(&str, u32)] = match person {
        Person::Adult => &[("process", 3), ("psychoed", 3), ("skills", 3)],
        Person::Adolescent => &[("process", 3), ("psychoed", 2), ("skills", 2)],
        Person::SteppedDown => &[("process", 1)],
    };
    let mut orders: Vec<Order> = groups.iter().map(|(service, n)| order(name, service, *n, 2)).collect();
    let new = person == Person::Adult && dice.percent(5);
    let mut individual = order(name, "individual", if dice.percent(12) { 2 } else { 1 }, 2);
    match dice.below(100) {
        0..5 => individual.clinician = dice.pick(therapists).cloned(),
        5..75 => individual.prefer = dice.some(therapists, 1),
        _ => {}
    }
    orders.push(individual);
    let mut family = Vec::new();
    if dice.percent(if person == Person::Adolescent { 60 } else { 33 }) {
        let relative = id(format!("{name}-f1"));
        let after_work =
            || vec![weekly(EVENINGS, clock(16, 0), clock(21, 0)), weekly([Weekday::Fri], clock(12, 0), clock(18, 0))];
        orders.push(Order { family: vec![relative.clone()], ..order(name, "family", 1, 1) });
        family.push(FamilyMember { id: relative, available: dice.percent(50).then(after_work) });
    }
    if dice.percent(44) {
        orders.push(order(name, "medication", 1, 3));
    }
    if dice.percent(55) {
        orders.push(order(name, "case", 1, 1));
    }
    let days = |range: std::ops::Range<usize>| {
        let days: Vec<Weekday> = WORKDAYS.into_iter().skip(range.start).take(range.len()).collect();
        Some(vec![weekly(days, clock(8, 0), clock(21, 0))])
    };
    if new {
        // An assessment comes first.
        orders.push(Order { windows: days(0..2), ..order(name, "assessment", 1, 4) });
    } else if dice.percent(27) {
        let half = if dice.percent(50) { days(0..3) } else { days(2..5) };
        orders.push(Order { windows: half, ..order(name, "review", 1, 2) });
    }
    (orders, family)
}
