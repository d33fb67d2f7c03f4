//! Made-up programmes: drawn like real ones, any size, the same from the same seed on every platform.
//!
//! People have jobs by day, early and late shifts, school, children to fetch, dates in court; about a third are free
//! only in the evening, where clinicians are scarce. [`generate`] draws a week that is still empty; [`in_progress`]
//! makes of its calendar the week's Wednesday, with attendance, pins, an ill clinician and somebody new.

mod dice;
mod lives;
mod oddities;
mod people;
mod progress;
mod services;
mod sites;
mod staff;
mod tracks;

use chrono::{Datelike, Days, NaiveDate};

use self::dice::Dice;
pub use self::progress::in_progress;
use crate::problem::{Clock, Date, Id, Minutes, Problem, Stamp, Weekday, Weights, Window};

/// Where sites are: their zone, and who licenses there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// IANA zone.
    pub time_zone: String,
    /// Jurisdiction of the licences.
    pub jurisdiction: String,
}

impl Region {
    /// A region.
    pub fn new(time_zone: impl Into<String>, jurisdiction: impl Into<String>) -> Self {
        Region { time_zone: time_zone.into(), jurisdiction: jurisdiction.into() }
    }
}

/// What occurs in a drawn problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Features {
    /// What an everyday programme has.
    #[default]
    Everyday,
    /// Strewn over that, everything else that the contract knows: for tests.
    All,
}

/// What to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// How many sites.
    pub sites: usize,
    /// How many participants belong to each.
    pub per_site: usize,
    /// Seed of every choice.
    pub seed: u64,
    /// First day of the week.
    pub week_start: Date,
    /// Regions of the sites, in turn; none: the default's.
    pub regions: Vec<Region>,
    /// How many of 100 people have a job by day and are free only in the evening.
    pub day_jobs: u32,
    /// Therapists and offices, as a percentage of what such a programme usually has.
    pub staff: u32,
    /// Whether the programme also runs around the clock at the weekend, when DST changes.
    pub nights: bool,
    /// What occurs.
    pub features: Features,
}

impl Default for Draw {
    /// One site of 48 in the week of 30 November 2026; further sites lie on the two sides of a river that is the
    /// border of states and of time zones.
    fn default() -> Self {
        Draw {
            sites: 1,
            per_site: 48,
            seed: 1,
            week_start: Date(NaiveDate::from_ymd_opt(2026, 11, 30).unwrap_or_default()),
            regions: vec![Region::new("America/New_York", "US-GA"), Region::new("America/Chicago", "US-AL")],
            day_jobs: 35,
            staff: 100,
            nights: false,
            features: Features::Everyday,
        }
    }
}

impl Draw {
    /// A small problem of 1 to 3 sites and 3 to 12 people in which everything may occur, in a week that may have a
    /// DST change or start on a Wednesday: for property tests.
    pub fn small(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "small");
        let zones = [
            ("America/New_York", "US-GA"),
            ("America/Chicago", "US-AL"),
            ("Europe/London", "GB"),
            ("Australia/Sydney", "AU-NSW"),
            ("Australia/Lord_Howe", "AU-NSW"),
            ("Asia/Kathmandu", "NP"),
        ];
        let start = dice.one([
            (2026, 11, 30),
            (2026, 12, 2),
            (2026, 3, 2),
            (2026, 3, 4),
            (2026, 10, 26),
            (2026, 3, 23),
            (2026, 10, 19),
            (2026, 3, 30),
            (2026, 9, 28),
            (2026, 9, 30),
        ]);
        let sites = dice.one([1, 1, 1, 2, 2, 3]);
        let per_site = (3 + dice.below(10)).div_ceil(sites);
        let regions = (0..sites).map(|_| dice.one(zones)).map(|(zone, where_)| Region::new(zone, where_)).collect();
        Draw {
            sites,
            per_site,
            seed,
            week_start: Date(NaiveDate::from_ymd_opt(start.0, start.1, start.2).unwrap_or_default()),
            regions,
            features: Features::All,
            ..Draw::default()
        }
    }
}

/// Draws a problem.
pub fn generate(draw: &Draw) -> Problem {
    let default = Draw::default();
    let draw = if draw.regions.is_empty() { &Draw { regions: default.regions, ..draw.clone() } } else { draw };
    let mut problem = Problem {
        version: 1,
        week_start: draw.week_start,
        grid_minutes: Minutes(15),
        sites: sites::sites(draw),
        travel: sites::travel(draw),
        rooms: sites::rooms(draw),
        services: services::services(draw),
        clinicians: Vec::new(),
        groups: Vec::new(),
        participants: Vec::new(),
        separate: Vec::new(),
        previous: Vec::new(),
        freeze_until: None,
        reference: Vec::new(),
        weights: Weights::default(),
    };
    for site in 0..draw.sites {
        problem.clinicians.extend(staff::of_site(draw, &problem.sites, site));
        problem.groups.extend(tracks::of_site(draw, &problem.sites, site));
    }
    for site in 0..draw.sites {
        let people = people::of_site(draw, &problem, site);
        problem.participants.extend(people);
    }
    if adolescents(draw) > 0 {
        problem.separate.push(("adolescent".into(), "adult".into()));
    }
    if draw.features == Features::All {
        oddities::strew(&mut problem, &mut Dice::new(draw.seed, "oddities"));
    }
    problem
}

/// How many adolescents each site has: a track of their own needs a few, and where everybody works there are none.
fn adolescents(draw: &Draw) -> usize {
    if draw.per_site < 20 || draw.day_jobs >= 100 { 0 } else { draw.per_site * 13 / 100 }
}

/// Monday to Friday.
const WORKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

/// The days on which programmes rest, but for those that run at night.
const WEEKEND: [Weekday; 2] = [Weekday::Sat, Weekday::Sun];

/// The evenings on which a programme meets.
const EVENINGS: [Weekday; 4] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu];

fn id(text: impl Into<String>) -> Id {
    Id::made(text.into())
}

/// A time of day.
fn clock(hour: u16, minute: u16) -> Clock {
    Clock(hour * 60 + minute)
}

/// A weekly window.
fn weekly(days: impl Into<Vec<Weekday>>, start: Clock, end: Clock) -> Window {
    Window::weekly(days.into(), start, end)
}

/// The window of one day of the week that starts on `first`.
fn dated(first: Date, day: Weekday, start: Clock, end: Clock) -> Window {
    let ahead = (day as u32 + 7 - first.0.weekday().num_days_from_monday()) % 7;
    let date = first.0 + Days::new(ahead.into());
    let at = |clock: Clock| {
        let midnight = date.and_time(chrono::NaiveTime::MIN);
        Stamp::Local(midnight + chrono::Duration::minutes(clock.0.into()))
    };
    Window::dated(at(start), at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_problem_and_another_seed_another() {
        let draw = Draw { sites: 2, per_site: 30, ..Draw::default() };
        assert_eq!(generate(&draw), generate(&draw));
        assert_ne!(generate(&draw).participants, generate(&Draw { seed: 2, ..draw }).participants);
    }

    #[test]
    fn a_draw_has_the_people_and_the_staff_of_its_size() {
        let problem = generate(&Draw::default());
        assert_eq!(problem.participants.len(), 48);
        let with = |credential: &str| problem.clinicians.iter().filter(|c| c.credentials == [credential]).count();
        assert_eq!(problem.clinicians.len(), 7);
        assert_eq!((with("CM"), with("NP") + with("MD")), (1, 1));
    }

    #[test]
    fn about_a_third_is_free_only_in_the_evening() {
        let problem = generate(&Draw { per_site: 1000, ..Draw::default() });
        let by_day = |p: &&crate::problem::Participant| {
            p.commitments.iter().any(|c| {
                c.windows.iter().any(|w| {
                    w.days.as_ref().is_some_and(|d| d.len() == 5)
                        && w.end >= Some(clock(16, 0))
                        && w.start < Some(clock(10, 0))
                })
            })
        };
        let share = problem.participants.iter().filter(by_day).count();
        assert!((250..400).contains(&share), "{share}");
    }
}
