//! What an hour is worth: the week solved with a little more of each resource at each time of day, in pairs with the week as
//! it is; the values with their error bars, the most valuable first.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;
use serde_json::json;

use super::{
    Scenario,
    edits::Edit,
    whatif::{Comparison, Observer, WhatIf, what_if},
};
use crate::{
    calendar::Calendar,
    instance::{Instance, Spans},
    problem::{Clinician, Id, Problem, Room},
    search::{SolveError, Stop},
};

/// Parts of the day: name, from, to.
const PARTS: [(&str, &str, &str); 3] =
    [("morning", "08:00", "12:00"), ("afternoon", "12:00", "17:00"), ("evening", "17:00", "21:00")];
/// Days on which more is given.
const DAYS: [&str; 5] = ["mon", "tue", "wed", "thu", "fri"];

/// What a little more of something is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worth {
    /// What it is called.
    pub id: String,
    /// In words.
    pub name: String,
    /// Hours that are added in the week; none for seats.
    pub hours: Option<f64>,
    /// By how much the objective falls: the mean of the paired solves.
    pub value: f64,
    /// The 95 % interval of it.
    pub interval: [f64; 2],
    /// How many pairs.
    pub n: usize,
    /// The value of one hour.
    pub per_hour: Option<f64>,
    /// Whether the value exceeds the spread of the pairs.
    pub clear: bool,
    /// The same as edits.
    pub edits: Vec<Edit>,
}

/// What hours and seats are worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Values {
    /// How the values were found.
    pub method: &'static str,
    /// Objective of the week as it is.
    pub objective: u64,
    /// Its calendar.
    pub calendar: Calendar,
    /// The values: by the hour where they have hours, the most valuable first.
    pub values: Vec<Worth>,
}

/// A little more of something.
struct More {
    scenario: Scenario,
    hours: Option<f64>,
}

/// What a little more of each resource is worth at each time of day. Where there was no time for pairs nothing is told of it.
pub fn worth(
    problem: &Arc<Problem>,
    options: &WhatIf,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Values, SolveError> {
    let candidates = candidates(problem);
    let scenarios: Vec<Scenario> = candidates.iter().map(|c| c.scenario.clone()).collect();
    let Comparison { base, scenarios } =
        what_if(problem, &scenarios, &WhatIf { pair_all: true, ..options.clone() }, observer, stop)?;
    let worth = candidates.iter().zip(&scenarios).filter_map(|(more, outcome)| {
        let paired = outcome.solved()?.verdict.as_ref()?.evidence.paired.as_ref()?;
        // Taken from 0, so that no value is −0.
        let value = 0.0 - paired.mean;
        Some(Worth {
            id: more.scenario.id.to_string(),
            name: more.scenario.name.clone(),
            hours: more.hours,
            value,
            interval: [0.0 - paired.interval[1], 0.0 - paired.interval[0]],
            n: paired.n,
            per_hour: more.hours.filter(|h| *h > 0.0).map(|hours| value / hours),
            clear: paired.sign().is_some(),
            edits: more.scenario.edits.clone(),
        })
    });
    let mut values: Vec<Worth> = worth.collect();
    let rank = |w: &Worth| w.per_hour.unwrap_or(w.value);
    values.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| a.id.cmp(&b.id)));
    Ok(Values {
        method: "paired solves with a little more",
        objective: base.objective,
        calendar: base.calendar,
        values,
    })
}

/// More of each kind of clinician and room in each part of the day, and a seat more in the groups of each service.
fn candidates(problem: &Problem) -> Vec<More> {
    let mut all = Vec::new();
    for clinician in kinds(&problem.clinicians, |c: &Clinician| (&c.home_site, &c.credentials)) {
        let title = if clinician.credentials.is_empty() { "clinician".into() } else { clinician.credentials.join(" ") };
        let copy = copy_of("clinicians", &clinician.id, problem.clinicians.iter().map(|c| &c.id));
        let sites: BTreeSet<&Id> = clinician.shifts.iter().flat_map(|s| s.sites.iter().flatten()).collect();
        let sites: Vec<&Id> = if sites.is_empty() { vec![&clinician.home_site] } else { sites.into_iter().collect() };
        let telehealth = clinician.shifts.iter().any(|s| s.telehealth);
        for (part, start, end) in PARTS {
            let shift = json!({ "days": DAYS, "start": start, "end": end, "sites": sites, "telehealth": telehealth });
            let edits = vec![
                Edit::Copy { copy: format!("/clinicians/{}", clinician.id), count: 1 },
                Edit::set(format!("{copy}/shifts"), json!([shift])),
                Edit::set(format!("{copy}/break"), json!(null)),
            ];
            let name = format!("A {title} like {}, every {part}", clinician.id);
            all.push(more(&format!("{}-{part}", clinician.id), name, edits, problem, &copy));
        }
    }
    for room in kinds(&problem.rooms, |r: &Room| (&r.site, &r.features)) {
        let copy = copy_of("rooms", &room.id, problem.rooms.iter().map(|r| &r.id));
        for (part, start, end) in PARTS {
            let edits = vec![
                Edit::Copy { copy: format!("/rooms/{}", room.id), count: 1 },
                Edit::set(format!("{copy}/hours"), json!([{ "days": DAYS, "start": start, "end": end }])),
            ];
            let name = format!("A room like {}, every {part}", room.id);
            all.push(more(&format!("{}-{part}", room.id), name, edits, problem, &copy));
        }
    }
    let instance = Instance::new(Arc::new(problem.clone()));
    for service in problem.services.iter().filter(|s| s.group.is_some()) {
        let groups = problem.groups.iter().zip(&instance.groups).filter(|(wire, _)| wire.service == service.id);
        let edits: Vec<Edit> =
            groups.map(|(wire, data)| Edit::set(format!("/groups/{}/max", wire.id), data.max as u64 + 1)).collect();
        if !edits.is_empty() {
            let name = format!("A seat more in each group of {}", service.id);
            let id = Id::made(format!("{}-seat", service.id));
            all.push(More { scenario: Scenario { id, name, edits }, hours: None });
        }
    }
    all
}

/// The first of each kind.
fn kinds<'a, T, K: Ord>(all: &'a [T], kind: impl Fn(&'a T) -> K) -> impl Iterator<Item = &'a T> {
    let mut first: BTreeMap<K, usize> = BTreeMap::new();
    for (k, one) in all.iter().enumerate() {
        first.entry(kind(one)).or_insert(k);
    }
    let mut positions: Vec<usize> = first.into_values().collect();
    positions.sort_unstable();
    positions.into_iter().filter_map(|k| all.get(k))
}

/// The path of the copy that an edit makes of an entity: the next free number.
fn copy_of<'i>(list: &str, id: &Id, taken: impl Iterator<Item = &'i Id> + Clone) -> String {
    let mut number = 1;
    while taken.clone().any(|other| **other == *format!("{id}.c{number}")) {
        number += 1;
    }
    format!("/{list}/{id}.c{number}")
}

fn more(id: &str, name: String, edits: Vec<Edit>, problem: &Problem, copy: &str) -> More {
    let scenario = Scenario { id: Id::made(id.to_owned()), name, edits };
    let hours = super::edits::apply(problem, &scenario.edits).ok().and_then(|edited| hours_of(edited, copy));
    More { scenario, hours }
}

/// Hours in which a copy is there: a clinician's shifts, or a room's hours while its site is open.
fn hours_of(edited: Problem, copy: &str) -> Option<f64> {
    let instance = Instance::new(Arc::new(edited));
    let id = copy.rsplit('/').next()?;
    let spans = match (instance.clinician_named(id), instance.room_named(id)) {
        (Some(c), _) => Spans::merged(instance.clinicians[c.i()].shifts.iter().map(|s| s.span)),
        (None, Some(r)) => instance.rooms[r.i()].open.clone(),
        (None, None) => return None,
    };
    let minutes: i32 = spans.iter().map(|s| s.minutes()).sum();
    Some(f64::from(minutes) / 60.0)
}
