//! From the problem's ids, windows and defaults to the instance's positions, intervals and numbers.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::*;
use crate::problem::{Flexibility, Id, Problem, Roster};

/// See [`Instance::new`].
pub(super) fn compile(problem: Arc<Problem>) -> Instance {
    let axis = Axis { first: problem.week_start.0 };
    let mut zones: Vec<Zone> = Vec::new();
    let mut zone = |name: &str| -> ZoneIx {
        let tz = name.parse().unwrap_or(chrono_tz::UTC);
        zones.iter().position(|z| z.tz == tz).unwrap_or_else(|| {
            zones.push(Zone::new(tz, axis));
            zones.len() - 1
        })
    };
    macro_rules! index {
        ($table:ident, $ix:ident) => {
            problem.$table.iter().zip($ix::all(problem.$table.len())).map(|(x, k)| (x.id.clone(), k)).collect()
        };
    }
    let mut index = Index {
        sites: index!(sites, SiteIx),
        rooms: index!(rooms, RoomIx),
        services: index!(services, ServiceIx),
        clinicians: index!(clinicians, ClinicianIx),
        groups: index!(groups, GroupIx),
        participants: index!(participants, ParticipantIx),
        orders: HashMap::new(),
        previous: HashMap::new(),
    };
    let site_zones: Vec<ZoneIx> = problem.sites.iter().map(|s| zone(&s.time_zone)).collect();
    let home_zone = |home: &Id| index.sites.get(home).map_or(0, |s| site_zones[s.i()]);
    let clinician_zones: Vec<ZoneIx> = problem
        .clinicians
        .iter()
        .map(|c| c.time_zone.as_deref().map_or_else(|| home_zone(&c.home_site), &mut zone))
        .collect();
    let participant_zones: Vec<ZoneIx> = problem
        .participants
        .iter()
        .map(|p| p.time_zone.as_deref().map_or_else(|| home_zone(&p.home_site), &mut zone))
        .collect();
    let windows = |w: &[crate::problem::Window], z: ZoneIx| axis.windows(w, &zones[z]);
    let maybe =
        |w: &Option<Vec<crate::problem::Window>>, z: ZoneIx| w.as_ref().map_or_else(Spans::always, |w| windows(w, z));

    let sites: Vec<SiteData> = problem
        .sites
        .iter()
        .zip(&site_zones)
        .map(|(s, &z)| SiteData { zone: z, open: windows(&s.hours, z).minus(&windows(&s.closed, z)) })
        .collect();
    let rooms = problem
        .rooms
        .iter()
        .map(|r| {
            let site = index.sites.get(&r.site).copied().unwrap_or(SiteIx(0));
            let open = &sites[site.i()].open;
            let z = sites[site.i()].zone;
            let hours = r.hours.as_ref().map_or_else(|| open.clone(), |h| windows(h, z).and(open));
            RoomData {
                site,
                open: hours.minus(&windows(&r.closed, z)),
                turnover: r.turnover_minutes.0 as i32,
                capacity: r.capacity,
            }
        })
        .collect();
    let services: Vec<ServiceData> = problem
        .services
        .iter()
        .map(|s| ServiceData {
            minutes: s.minutes.0 as i32,
            documentation: s.documentation_minutes.0 as i32,
            every: s.start_every.unwrap_or(problem.grid_minutes).0.max(1) as i32,
            clinicians: s.clinicians as usize,
            is_group: s.group.is_some(),
        })
        .collect();
    let site_list = |ids: &Option<Vec<Id>>, home: &Id| -> Vec<SiteIx> {
        ids.as_deref()
            .unwrap_or(std::slice::from_ref(home))
            .iter()
            .filter_map(|s| index.sites.get(s).copied())
            .collect()
    };
    let clinicians = problem
        .clinicians
        .iter()
        .zip(&clinician_zones)
        .map(|(c, &z)| {
            let mut shifts: Vec<ShiftData> = c
                .shifts
                .iter()
                .flat_map(|w| {
                    let sites = site_list(&w.sites, &c.home_site);
                    let zone = &zones[z];
                    w.days.iter().map(move |&d| ShiftData {
                        day: axis.day_named(d),
                        span: axis.weekly(zone, d, w.start, w.end),
                        sites: sites.clone(),
                        telehealth: w.telehealth,
                    })
                })
                .collect();
            shifts.sort_by_key(|s| s.span);
            let breaks = c.break_.iter().flat_map(|b| {
                (0..7).map(|d| {
                    let at = |clock: crate::problem::Clock| axis.local(&zones[z], d, clock.0.into());
                    BreakData { span: Span::new(at(b.start), at(b.end)), minutes: b.minutes.0 as i32 }
                })
            });
            let breaks = breaks.filter(|b| shifts.iter().any(|s| s.span.covers(b.span))).collect();
            ClinicianData {
                zone: z,
                away: windows(&c.away, z),
                breaks,
                shifts,
                max_day: c.max_minutes_per_day.map(|m| m.0 as i32),
                max_week: c.max_minutes_per_week.map(|m| m.0 as i32),
            }
        })
        .collect();
    let groups = problem
        .groups
        .iter()
        .map(|g| {
            let service = index.services.get(&g.service).copied().unwrap_or(ServiceIx(0));
            let site = index.sites.get(&g.site).copied().unwrap_or(SiteIx(0));
            let wire = &problem.services[service.i()];
            let size = wire.group.as_ref();
            let per = size.and_then(|s| s.participants_per_clinician).filter(|_| wire.clinicians > 0);
            let max = g.max.or(size.map(|s| s.max)).unwrap_or(0);
            GroupData {
                service,
                site,
                modality: g.modality,
                meetings: g.meetings as usize,
                hours: maybe(&g.hours, sites[site.i()].zone),
                closed: g.roster == Roster::Closed,
                min: g.min.or(size.map(|s| s.min)).unwrap_or(1) as usize,
                max: per.map_or(max, |per| max.min(per.saturating_mul(wire.clinicians))) as usize,
                members: {
                    let members = g.members.iter().filter_map(|m| index.participants.get(m).copied());
                    // Naming somebody twice seats nobody twice.
                    members.collect::<BTreeSet<_>>().into_iter().collect()
                },
                begun: false,
                begun_roster: Vec::new(),
            }
        })
        .collect();
    let mut participants: Vec<ParticipantData> = Vec::with_capacity(problem.participants.len());
    let mut orders: Vec<OrderData> = Vec::new();
    for (k, (p, &z)) in problem.participants.iter().zip(&participant_zones).enumerate() {
        let commitments: Vec<CommitmentData> = p
            .commitments
            .iter()
            .map(|c| CommitmentData {
                spans: windows(&c.windows, z),
                travel: c.travel_minutes.0 as i32,
                soft: c.flexibility == Flexibility::Soft,
            })
            .collect();
        let soft = |travelling: bool| {
            let soft = commitments.iter().filter(|c| c.soft);
            Spans::merged(soft.flat_map(|c| {
                let by = if travelling { c.travel } else { 0 };
                c.spans.iter().map(move |s| s.widened(by))
            }))
        };
        let plan = p.plan.clone().unwrap_or_default();
        let limit = |m: Option<crate::problem::Minutes>| m.map(|m| m.0 as i32);
        let first = orders.len();
        for (position, o) in p.orders.iter().enumerate() {
            let ix = OrderIx(orders.len() as u32);
            index.orders.insert(o.id.clone(), ix);
            let service = index.services.get(&o.service).copied().unwrap_or(ServiceIx(0));
            orders.push(OrderData {
                participant: ParticipantIx(k as u32),
                position,
                service,
                sessions: o.sessions as usize,
                missed: 0,
                unmet: i64::from(problem.weights.unmet_minute.0)
                    .saturating_mul(o.priority.into())
                    .saturating_mul(problem.services[service.i()].minutes.0.into()),
                windows: maybe(&o.windows, z),
                clinician: o.clinician.as_ref().and_then(|c| index.clinicians.get(c).copied()),
                prefer: o.prefer.iter().filter_map(|c| index.clinicians.get(c).copied()).collect(),
                groups: o.groups.iter().filter_map(|g| index.groups.get(g).copied()).collect(),
                modality: o.modality,
                family: o.family.iter().filter_map(|f| p.family.iter().position(|m| &m.id == f)).collect(),
                one_per_day: o.one_per_day,
            });
        }
        participants.push(ParticipantData {
            zone: z,
            home: index.sites.get(&p.home_site).copied().unwrap_or(SiteIx(0)),
            sites: site_list(&p.sites, &p.home_site),
            available: maybe(&p.available, z),
            soft_in_person: soft(true),
            soft_telehealth: soft(false),
            commitments,
            commute: p.commute_minutes.0 as i32,
            telehealth: p.telehealth,
            plan: PlanData {
                min_week: limit(plan.min_minutes_per_week).unwrap_or(0),
                max_week: limit(plan.max_minutes_per_week),
                min_days: plan.min_days.unwrap_or(0) as i32,
                max_days: plan.max_days.map(|d| d as i32),
                min_day: limit(plan.min_minutes_per_day).unwrap_or(0),
                max_day: limit(plan.max_minutes_per_day),
                counts_in_person: plan.counts_modalities.contains(&Modality::InPerson),
                counts_telehealth: plan.counts_modalities.contains(&Modality::Telehealth),
            },
            orders: (first..orders.len()).map(|o| OrderIx(o as u32)).collect(),
            family: p.family.iter().map(|f| maybe(&f.available, z)).collect(),
            apart: Vec::new(),
            not_with: p.not_with.iter().filter_map(|c| index.clinicians.get(c).copied()).collect(),
        });
    }
    for (k, p) in problem.participants.iter().enumerate() {
        for other in p.apart_from.iter().filter_map(|o| index.participants.get(o).copied()) {
            participants[k].apart.push(other);
            participants[other.i()].apart.push(ParticipantIx(k as u32));
        }
    }
    for p in &mut participants {
        p.apart.sort_unstable();
        p.apart.dedup();
    }
    let freeze = problem.freeze_until.map_or(-FAR, |at| axis.ceil(at));
    let mut instance = Instance {
        axis,
        zones,
        sites,
        rooms,
        services,
        clinicians,
        groups,
        participants,
        orders,
        freeze,
        previous: Vec::new(),
        usual: HashMap::new(),
        warnings: Vec::new(),
        index,
        problem,
    };
    given::take_in(&mut instance);
    for k in 0..instance.previous.len() {
        let old = &instance.previous[k];
        if let (true, Owner::Group(g)) = (old.kept(), old.booked.owner) {
            let group = &mut instance.groups[g.i()];
            group.begun = true;
            group.begun_roster.extend_from_slice(&old.booked.participants);
            group.begun_roster.sort_unstable();
            group.begun_roster.dedup();
        }
        if let (true, Owner::Order(o)) = (old.frozen, old.booked.owner)
            && old.missed(instance.orders[o.i()].participant)
        {
            instance.orders[o.i()].missed += 1;
        }
    }
    instance
}
