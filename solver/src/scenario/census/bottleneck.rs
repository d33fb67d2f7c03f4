//! What stops the next one: what forbids the places of what is unmet, and which single thing more would help, tried.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Counting, Taken};
use crate::{
    calendar::Unmet,
    instance::{Instance, ServiceIx},
    problem::Id,
    scenario::{edits::Edit, level::Reached},
};

/// Codes that speak of what a programme could have more of, not of a person's life.
const OURS: [&str; 11] = [
    "NO_CREDENTIAL",
    "SITE_CLOSED",
    "OUT_OF_HOURS",
    "NO_ROOM_FEATURE",
    "ROOM_TOO_SMALL",
    "GROUP_NOT_HELD",
    "GROUP_BELOW_MINIMUM",
    "GROUP_FULL",
    "CLINICIAN_BUSY",
    "CLINICIAN_LIMIT",
    "ROOM_BUSY",
];
/// Ids that a cause names at most.
const NAMED: usize = 8;

/// Why places are forbidden, over all unmet orders.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CapacityCause)]
pub struct Cause {
    /// Code of the contract, such as `ROOM_BUSY`.
    pub code: &'static str,
    /// Unmet orders of which it forbids a place.
    pub orders: u64,
    /// Places that it forbids.
    pub places: u64,
    /// What stands in the way most often.
    pub ids: Vec<String>,
}

/// One thing more, tried.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CapacityRemedy)]
pub struct Remedy {
    /// What, in words.
    pub text: String,
    /// The same as edits.
    pub edits: Vec<Edit>,
    /// What is reached with it.
    pub reached: Reached,
}

/// What is missing for the participants of a site.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AtSite {
    /// Their home site.
    pub site: String,
    /// Ordered minutes that have no place.
    pub missing_minutes: u64,
    /// The service of which most are missing.
    pub service: Option<String>,
    /// Why places are forbidden, as for the whole.
    pub causes: Vec<Cause>,
}

/// What stops the next one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Bottleneck {
    /// In one sentence.
    pub text: String,
    /// The service of which most minutes are missing.
    pub service: Option<String>,
    /// Why places are forbidden, by what a programme could have more of; most orders first.
    pub causes: Vec<Cause>,
    /// The same site by site: those where something is missing, the most first.
    pub sites: Vec<AtSite>,
    /// Single things more, each tried by solving; those that help most first.
    pub remedies: Vec<Remedy>,
}

/// Looks at the week in which one more does not fit, and tries single things more.
pub fn find(counting: &Counting, people: &[Edit], failed: &Taken) -> Bottleneck {
    let unmet: Vec<&Unmet> = failed.calendar.unmet.iter().collect();
    let service = scarcest(&unmet).and_then(|id| failed.instance.service_named(id));
    let named = service.map(|s| failed.instance.problem.services[s.i()].id.to_string());
    let mut remedies: Vec<Remedy> = Vec::new();
    for (text, edit) in service.map(|s| candidates(&failed.instance, s)).unwrap_or_default() {
        if counting.stop.stopped() {
            break;
        }
        let edits = vec![edit];
        let instance = counting.with(&[people, &edits].concat());
        if let Ok(taken) = counting.solve(instance, Some(&failed.calendar), 0) {
            remedies.push(Remedy { text, edits, reached: taken.reached });
        }
    }
    remedies.sort_by(|a, b| b.reached.holds.cmp(&a.reached.holds).then(met(b).cmp(&met(a))));
    let best = remedies.first().filter(|r| r.reached.holds || met(r) > failed.reached.minutes.met);
    let text = match (best, &named) {
        (Some(best), Some(service)) => format!(
            "Of {service} most is missing; with {} {} of {} ordered minutes have a place instead of {}{}.",
            best.text,
            best.reached.minutes.met,
            best.reached.minutes.of,
            failed.reached.minutes.met,
            if best.reached.holds { ", and the level holds" } else { "" }
        ),
        (None, Some(service)) => format!("Of {service} most is missing, and no single thing that was tried helps."),
        (_, None) => "Every order is met, but somebody stays below the weekly minimum.".to_owned(),
    };
    Bottleneck { text, service: named, causes: causes(&unmet), sites: sites(failed), remedies }
}

fn met(remedy: &Remedy) -> u64 {
    remedy.reached.minutes.met
}

/// The service of which most minutes are missing.
fn scarcest<'u>(unmet: &[&'u Unmet]) -> Option<&'u Id> {
    let mut missing: BTreeMap<&Id, u64> = BTreeMap::new();
    for order in unmet {
        *missing.entry(&order.service).or_default() += order.missing_minutes;
    }
    missing.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|most| most.0)
}

/// What is missing at each site.
fn sites(taken: &Taken) -> Vec<AtSite> {
    let people = &taken.instance.problem.participants;
    let home: BTreeMap<&Id, &Id> = people.iter().map(|p| (&p.id, &p.home_site)).collect();
    let mut by: BTreeMap<&Id, Vec<&Unmet>> = BTreeMap::new();
    for order in &taken.calendar.unmet {
        if let Some(site) = home.get(&order.participant) {
            by.entry(site).or_default().push(order);
        }
    }
    let at = |(site, unmet): (&Id, Vec<&Unmet>)| AtSite {
        site: site.to_string(),
        missing_minutes: unmet.iter().map(|u| u.missing_minutes).sum(),
        service: scarcest(&unmet).map(Id::to_string),
        causes: causes(&unmet),
    };
    let mut sites: Vec<AtSite> = by.into_iter().map(at).collect();
    sites.sort_by(|a, b| b.missing_minutes.cmp(&a.missing_minutes).then(a.site.cmp(&b.site)));
    sites
}

fn causes(unmet: &[&Unmet]) -> Vec<Cause> {
    let mut by: BTreeMap<&'static str, (u64, u64, BTreeMap<&str, u64>)> = BTreeMap::new();
    for reason in unmet.iter().flat_map(|u| &u.reasons).filter(|r| OURS.contains(&r.code)) {
        let cause = by.entry(reason.code).or_default();
        cause.0 += 1;
        cause.1 += reason.count;
        for id in &reason.ids {
            *cause.2.entry(id).or_default() += 1;
        }
    }
    let mut causes: Vec<Cause> = by
        .into_iter()
        .map(|(code, (orders, places, ids))| {
            let mut ids: Vec<(&str, u64)> = ids.into_iter().collect();
            ids.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            Cause { code, orders, places, ids: ids.into_iter().take(NAMED).map(|(id, _)| id.to_owned()).collect() }
        })
        .collect();
    causes.sort_by(|a, b| b.orders.cmp(&a.orders).then(b.places.cmp(&a.places)).then(a.code.cmp(b.code)));
    causes
}

/// Single things more that could help a service: a clinician, a room, a group like one that is there.
fn candidates(instance: &Instance, service: ServiceIx) -> Vec<(String, Edit)> {
    let problem = &instance.problem;
    let wire = &problem.services[service.i()];
    let copy = |list: &str, id: &Id| Edit::Copy { copy: format!("/{list}/{id}"), count: 1 };
    let clinician = problem.clinicians.iter().find(|c| {
        !c.shifts.is_empty()
            && (wire.credentials.is_empty() || c.credentials.iter().any(|has| wire.credentials.contains(has)))
    });
    let room = problem.rooms.iter().find(|r| wire.room_features.iter().all(|f| r.features.contains(f)));
    let group = problem.groups.iter().find(|g| g.service == wire.id);
    [
        clinician.map(|c| (format!("one more clinician like {}", c.id), copy("clinicians", &c.id))),
        room.map(|r| (format!("one more room like {}", r.id), copy("rooms", &r.id))),
        group.map(|g| (format!("one more group like {}", g.id), copy("groups", &g.id))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
