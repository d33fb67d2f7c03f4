//! The problem compiled to integers: every window an interval of the minute axis, every id a position in a table, every
//! default filled in. What a rule or a model needs to know about the problem, it finds here.

mod axis;
mod bits;
mod given;
mod index;
mod placements;
mod spans;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

pub use self::{
    axis::{Axis, DAY, Zone},
    bits::Bits,
    given::{Booked, Owner, Previous},
    index::{ClinicianIx, GroupIx, OrderIx, ParticipantIx, RoomIx, ServiceIx, SiteIx},
    placements::{Eligible, Grid, GridIx, GroupPlaces, MaskIx, OrderOption, Placements},
    spans::{FAR, Minute, Span, Spans},
};
use crate::problem::{Flexibility, Id, Modality, Problem, Roster};

/// Position in the table of zones.
pub type ZoneIx = usize;

/// A site, compiled.
#[derive(Debug, Clone)]
pub struct SiteData {
    /// Its zone.
    pub zone: ZoneIx,
    /// When it is open.
    pub open: Spans,
}

/// A room, compiled.
#[derive(Debug, Clone)]
pub struct RoomData {
    /// Its site.
    pub site: SiteIx,
    /// When it and its site are open.
    pub open: Spans,
    /// Minutes it stays busy after a session.
    pub turnover: i32,
    /// How many people it holds.
    pub capacity: u32,
}

/// A service, compiled.
#[derive(Debug, Clone)]
pub struct ServiceData {
    /// Length of a session.
    pub minutes: i32,
    /// Minutes each clinician stays busy afterwards.
    pub documentation: i32,
    /// Starts are multiples of this past local midnight of the site.
    pub every: i32,
    /// Clinicians of a session.
    pub clinicians: usize,
    /// Whether it is a group service.
    pub is_group: bool,
}

/// One shift: one day of one line of a clinician's shifts.
#[derive(Debug, Clone)]
pub struct ShiftData {
    /// Day of the horizon on which it starts.
    pub day: i32,
    /// From when to when.
    pub span: Span,
    /// Sites at which it may be worked.
    pub sites: Vec<SiteIx>,
    /// Whether telehealth sessions fit into it.
    pub telehealth: bool,
}

/// The span of a break on one day on which the clinician gets one.
#[derive(Debug, Clone, Copy)]
pub struct BreakData {
    /// Where it must lie.
    pub span: Span,
    /// How long it is.
    pub minutes: i32,
}

/// A clinician, compiled.
#[derive(Debug, Clone)]
pub struct ClinicianData {
    /// Zone of shifts and days.
    pub zone: ZoneIx,
    /// Shifts by start.
    pub shifts: Vec<ShiftData>,
    /// Absences.
    pub away: Spans,
    /// Breaks, one for each day on which one shift covers the whole span.
    pub breaks: Vec<BreakData>,
    /// Most session minutes a day.
    pub max_day: Option<i32>,
    /// Most session minutes a week.
    pub max_week: Option<i32>,
}

/// A group, compiled.
#[derive(Debug, Clone)]
pub struct GroupData {
    /// Its service.
    pub service: ServiceIx,
    /// Its site.
    pub site: SiteIx,
    /// How it meets.
    pub modality: Modality,
    /// Meetings of the week.
    pub meetings: usize,
    /// When it may meet.
    pub hours: Spans,
    /// Whether its roster is closed.
    pub closed: bool,
    /// Fewest participants of a held meeting.
    pub min: usize,
    /// Most participants of a meeting: the group's `max`, and `participants_per_clinician` for each clinician.
    pub max: usize,
    /// Those who attend every held meeting.
    pub members: Vec<ParticipantIx>,
    /// Whether it has a frozen or pinned meeting.
    pub begun: bool,
    /// Who is in those meetings: all that a closed group may have from then on. Sorted.
    pub begun_roster: Vec<ParticipantIx>,
}

/// A commitment, compiled.
#[derive(Debug, Clone)]
pub struct CommitmentData {
    /// When.
    pub spans: Spans,
    /// The way to and from it, for in-person sessions.
    pub travel: i32,
    /// Whether it can give way.
    pub soft: bool,
}

/// The plan of care, compiled.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanData {
    /// Fewest counted minutes a week (0: none asked).
    pub min_week: i32,
    /// Most counted minutes a week.
    pub max_week: Option<i32>,
    /// Fewest days (0: none asked).
    pub min_days: i32,
    /// Most days.
    pub max_days: Option<i32>,
    /// Fewest counted minutes on an attended day (0: none asked).
    pub min_day: i32,
    /// Most session minutes a day.
    pub max_day: Option<i32>,
    /// Whether in-person minutes count.
    pub counts_in_person: bool,
    /// Whether telehealth minutes count.
    pub counts_telehealth: bool,
}

/// A participant, compiled.
#[derive(Debug, Clone)]
pub struct ParticipantData {
    /// Zone of days and windows.
    pub zone: ZoneIx,
    /// The home site.
    pub home: SiteIx,
    /// Sites attended in person.
    pub sites: Vec<SiteIx>,
    /// When available.
    pub available: Spans,
    /// Commitments.
    pub commitments: Vec<CommitmentData>,
    /// Soft commitments, merged; as in-person sessions see them (with travel).
    pub soft_in_person: Spans,
    /// Soft commitments, merged; as telehealth sessions see them.
    pub soft_telehealth: Spans,
    /// Minutes between an in-person and a telehealth session.
    pub commute: i32,
    /// Whether telehealth is possible.
    pub telehealth: bool,
    /// The plan of care.
    pub plan: PlanData,
    /// The orders.
    pub orders: Vec<OrderIx>,
    /// When each family member is available, in the problem's order.
    pub family: Vec<Spans>,
    /// Participants to be kept apart from, listed on either side.
    pub apart: Vec<ParticipantIx>,
    /// Clinicians to be kept from.
    pub not_with: Vec<ClinicianIx>,
}

/// An order, compiled.
#[derive(Debug, Clone)]
pub struct OrderData {
    /// Whose.
    pub participant: ParticipantIx,
    /// Position among the participant's orders.
    pub position: usize,
    /// The service.
    pub service: ServiceIx,
    /// Sessions ordered.
    pub sessions: usize,
    /// Frozen sessions that were missed (no show or cancelled).
    pub missed: usize,
    /// Cost of each missing session.
    pub unmet: i64,
    /// When it must lie.
    pub windows: Spans,
    /// Who must give it.
    pub clinician: Option<ClinicianIx>,
    /// Who should give it.
    pub prefer: Vec<ClinicianIx>,
    /// Groups that may serve it; empty: any of the service.
    pub groups: Vec<GroupIx>,
    /// How it must be held.
    pub modality: Option<Modality>,
    /// Family members who take part, as positions in the participant's family.
    pub family: Vec<usize>,
    /// At most one session a day.
    pub one_per_day: bool,
}

/// Whose hours: a participant and the group or order that serves.
pub type UsualKey = (ParticipantIx, Owner);

/// The problem in integers. Immutable; shared by the search, the rules and the explanations.
#[derive(Debug)]
pub struct Instance {
    /// What it was compiled from.
    pub problem: Arc<Problem>,
    /// The minute axis.
    pub axis: Axis,
    /// Zones in use.
    pub zones: Vec<Zone>,
    /// Sites, in the problem's order, like all tables.
    pub sites: Vec<SiteData>,
    /// Rooms.
    pub rooms: Vec<RoomData>,
    /// Services.
    pub services: Vec<ServiceData>,
    /// Clinicians.
    pub clinicians: Vec<ClinicianData>,
    /// Groups.
    pub groups: Vec<GroupData>,
    /// Participants.
    pub participants: Vec<ParticipantData>,
    /// Orders of all participants.
    pub orders: Vec<OrderData>,
    /// Nothing new starts before this; `-FAR` without `freeze_until`.
    pub freeze: Minute,
    /// This week so far, without what has no meaning any more.
    pub previous: Vec<Previous>,
    /// Wall times (day of the week 0 = Monday, minute of the day) that people are used to.
    pub usual: HashMap<UsualKey, Vec<(i32, Minute)>>,
    /// What the reader should know: pins that fell away.
    pub warnings: Vec<String>,
    index: Index,
}

/// Ids to positions.
#[derive(Debug, Default)]
struct Index {
    sites: HashMap<Id, SiteIx>,
    rooms: HashMap<Id, RoomIx>,
    services: HashMap<Id, ServiceIx>,
    clinicians: HashMap<Id, ClinicianIx>,
    groups: HashMap<Id, GroupIx>,
    participants: HashMap<Id, ParticipantIx>,
    orders: HashMap<Id, OrderIx>,
    previous: HashMap<String, usize>,
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident: $table:ident -> $ix:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub fn $name(&self, id: &str) -> Option<$ix> {
            self.index.$table.get(id).copied()
        }
    )*};
}

impl Instance {
    lookups!(
        /// The site with this id.
        site_named: sites -> SiteIx,
        /// The room with this id.
        room_named: rooms -> RoomIx,
        /// The service with this id.
        service_named: services -> ServiceIx,
        /// The clinician with this id.
        clinician_named: clinicians -> ClinicianIx,
        /// The group with this id.
        group_named: groups -> GroupIx,
        /// The participant with this id.
        participant_named: participants -> ParticipantIx,
        /// The order with this id.
        order_named: orders -> OrderIx,
    );

    /// Compiles a problem. It must be valid: [`crate::problem::validate`] sees to it. References that do not resolve
    /// (they can't, in a valid problem) are left out.
    pub fn new(problem: Arc<Problem>) -> Self {
        compile(problem)
    }

    /// The problem's wire data of an order.
    pub fn order_wire(&self, order: OrderIx) -> &crate::problem::Order {
        let data = &self.orders[order.i()];
        &self.problem.participants[data.participant.i()].orders[data.position]
    }

    /// The zone of a site.
    pub fn site_zone(&self, site: SiteIx) -> &Zone {
        &self.zones[self.sites[site.i()].zone]
    }

    /// The participant's local day of a minute.
    pub fn participant_day(&self, participant: ParticipantIx, minute: Minute) -> i32 {
        self.zones[self.participants[participant.i()].zone].day(minute)
    }

    /// The clinician's local day of a minute.
    pub fn clinician_day(&self, clinician: ClinicianIx, minute: Minute) -> i32 {
        self.zones[self.clinicians[clinician.i()].zone].day(minute)
    }

    /// The site's local day of a minute.
    pub fn site_day(&self, site: SiteIx, minute: Minute) -> i32 {
        self.site_zone(site).day(minute)
    }

    /// Travel minutes from site to site.
    pub fn travel(&self, a: SiteIx, b: SiteIx) -> i32 {
        if a == b {
            return 0;
        }
        let (ida, idb) = (&self.problem.sites[a.i()].id, &self.problem.sites[b.i()].id);
        let travel = &self.problem.travel;
        let pair = travel.pairs.iter().rev().find(|p| (&p.a == ida && &p.b == idb) || (&p.a == idb && &p.b == ida));
        pair.map_or(travel.default_minutes, |p| p.minutes).0 as i32
    }

    /// Whether a session of this service and modality counts towards the participant's dose.
    pub fn counts(&self, participant: ParticipantIx, service: ServiceIx, modality: Modality) -> bool {
        let plan = &self.participants[participant.i()].plan;
        self.problem.services[service.i()].counts
            && match modality {
                Modality::InPerson => plan.counts_in_person,
                Modality::Telehealth => plan.counts_telehealth,
            }
    }
}

impl Instance {
    /// Whether the clinician's licences cover a session with this participant (H5): the site's jurisdiction in person,
    /// the participant's by telehealth.
    pub fn licensed(&self, c: ClinicianIx, modality: Modality, site: SiteIx, participant: ParticipantIx) -> bool {
        let wanted = match modality {
            Modality::InPerson => &self.problem.sites[site.i()].jurisdiction,
            Modality::Telehealth => self.jurisdiction(participant),
        };
        self.problem.clinicians[c.i()].licensed_in.contains(wanted)
    }

    /// Where telehealth finds the participant.
    pub fn jurisdiction(&self, participant: ParticipantIx) -> &String {
        let wire = &self.problem.participants[participant.i()];
        let home = self.participants[participant.i()].home;
        wire.jurisdiction.as_ref().unwrap_or(&self.problem.sites[home.i()].jurisdiction)
    }

    /// Whether the participant may join the group (H14): attributes, language, site or telehealth.
    pub fn may_join(&self, participant: ParticipantIx, group: GroupIx) -> bool {
        let p = &self.problem.participants[participant.i()];
        let g = &self.problem.groups[group.i()];
        let data = &self.participants[participant.i()];
        g.requires.iter().all(|a| p.attributes.contains(a))
            && !g.excludes.iter().any(|a| p.attributes.contains(a))
            && g.language.as_ref().is_none_or(|l| p.languages.contains(l))
            && match g.modality {
                Modality::InPerson => data.sites.contains(&self.groups[group.i()].site),
                Modality::Telehealth => data.telehealth,
            }
    }
}

impl ClinicianData {
    /// The first shift that covers `span` (with documentation) at `site`, or that allows telehealth where it is none.
    pub fn shift_for(&self, span: Span, site: Option<SiteIx>) -> Option<usize> {
        self.shifts
            .iter()
            .position(|s| s.span.covers(span) && site.map_or(s.telehealth, |site| s.sites.contains(&site)))
    }
}

impl ParticipantData {
    /// Whether the participant is available throughout `span` and off every hard commitment (H8).
    pub fn free_of_commitments(&self, span: Span, modality: Modality) -> bool {
        self.available.contains(span)
            && self
                .commitments
                .iter()
                .filter(|c| !c.soft)
                .all(|c| !c.spans.touches(if modality == Modality::InPerson { span.widened(c.travel) } else { span }))
    }
}

fn compile(problem: Arc<Problem>) -> Instance {
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
