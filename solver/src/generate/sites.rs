//! Sites, the way between them, and their rooms.

use super::{Draw, EVENINGS, WEEKEND, clock, id, weekly};
use crate::problem::{Minutes, Room, Site, Travel, TravelPair, Weekday};

const NAMES: [(&str, &str); 12] = [
    ("Riverside", "12 Front Avenue"),
    ("Broad Street", "480 Broad Street"),
    ("Oak Hill", "9 Oak Hill Road"),
    ("Mill Pond", "231 Mill Pond Lane"),
    ("Linden Court", "77 Linden Court"),
    ("Harbor House", "5 Harbor Way"),
    ("Northgate", "1600 Northgate Parkway"),
    ("Garden District", "34 Camellia Street"),
    ("Station Square", "2 Station Square"),
    ("Maple Terrace", "818 Maple Terrace"),
    ("Westbrook", "145 Westbrook Drive"),
    ("Cedar Grove", "60 Cedar Grove Road"),
];

/// The sites.
pub(super) fn sites(draw: &Draw) -> Vec<Site> {
    (0..draw.sites)
        .map(|k| {
            let (name, address) = NAMES[k % NAMES.len()];
            let again = k / NAMES.len() + 1;
            let region = &draw.regions[k % draw.regions.len()];
            let mut hours =
                vec![weekly(EVENINGS, clock(8, 0), clock(21, 0)), weekly([Weekday::Fri], clock(8, 0), clock(18, 0))];
            if draw.nights {
                hours.push(weekly(WEEKEND, clock(0, 0), clock(24, 0)));
            }
            Site {
                id: id(format!("s{}", k + 1)),
                name: if again == 1 { name.to_owned() } else { format!("{name} {again}") },
                address: Some(address.to_owned()),
                time_zone: region.time_zone.clone(),
                jurisdiction: region.jurisdiction.clone(),
                hours,
                closed: Vec::new(),
            }
        })
        .collect()
}

/// Neighbouring sites are near.
pub(super) fn travel(draw: &Draw) -> Travel {
    let pairs = (1..draw.sites)
        .map(|k| TravelPair { a: id(format!("s{k}")), b: id(format!("s{}", k + 1)), minutes: Minutes(25) })
        .collect();
    Travel { default_minutes: Minutes(40), pairs }
}

/// Rooms for groups, offices, and a room to examine people in.
pub(super) fn rooms(draw: &Draw) -> Vec<Room> {
    let halls = 2.max(draw.per_site.div_ceil(30));
    let offices = 2.max((draw.per_site / 12 * draw.staff as usize).div_ceil(100));
    let examination = draw.per_site.div_ceil(100).max(1);
    (1..=draw.sites)
        .flat_map(|s| {
            let room = move |name: String, capacity: u32, features: &[&str]| Room {
                id: id(format!("s{s}-{name}")),
                site: id(format!("s{s}")),
                capacity,
                features: features.iter().map(|f| (*f).to_owned()).collect(),
                hours: None,
                closed: Vec::new(),
                turnover_minutes: Minutes(0),
            };
            let halls = (1..=halls).map(move |k| room(format!("g{k}"), if k % 2 == 1 { 14 } else { 12 }, &["group"]));
            let offices = (1..=offices).map(move |k| room(format!("o{k}"), 4, &["private"]));
            let exam = (1..=examination).map(move |k| room(format!("x{k}"), 3, &["private", "exam"]));
            halls.chain(offices).chain(exam)
        })
        .collect()
}
