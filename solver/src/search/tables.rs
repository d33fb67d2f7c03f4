//! What the search looks up and never changes: the slots that sessions can fill, and who goes together with whom.

use std::{collections::HashMap, ops::Range, sync::Arc};

use super::{Stop, hours, openings::DayTable, own_cost::OwnCost, rosters};

use crate::{
    instance::{
        ClinicianIx, GroupIx, Instance, Minute, OrderIx, Owner, ParticipantIx, Placements, ServiceIx, SiteIx, Span,
    },
    problem::Modality,
};

/// A slot: one session id that a calendar may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotIx(pub u32);

impl SlotIx {
    /// No slot: a fact whose id the problem does not have.
    pub const NONE: SlotIx = SlotIx(u32::MAX);

    /// Position in the table of slots.
    pub fn i(self) -> usize {
        self.0 as usize
    }
}

/// What a slot is.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its group or order.
    pub owner: Owner,
    /// The k of its id.
    pub number: u32,
    /// Its session in `previous`, as a position in the instance's list.
    pub previous: Option<usize>,
    /// Whether that session is frozen or pinned: the slot is filled and stays so.
    pub kept: bool,
}

/// Weights as the search adds them up.
#[derive(Debug, Clone, Copy)]
pub struct Costs {
    /// Per counted minute below the week's minimum.
    pub shortfall: i64,
    /// Per counted minute below a day's minimum.
    pub short_day: i64,
    /// Per day below the minimum.
    pub missing_day: i64,
    /// Per attended day.
    pub attended_day: i64,
    /// Per minute between first start and last end without a session.
    pub wait: i64,
    /// Per minute on a soft commitment.
    pub soft: i64,
    /// Per session without a preferred clinician.
    pub not_preferred: i64,
    /// Per in-person attendance away from home.
    pub away_site: i64,
    /// Per further group of an order.
    pub group_switch: i64,
    /// Per further set of clinicians of an order.
    pub clinician_switch: i64,
    /// Per attendance at an unusual hour.
    pub shifted: i64,
    /// Per clinician of a held meeting.
    pub held_meeting: i64,
    /// Per session of `previous` at another start.
    pub moved: i64,
    /// Per session of `previous` with other clinicians.
    pub clinician_changed: i64,
    /// Per session of `previous` in another room.
    pub room_changed: i64,
    /// Per participant of `previous` no longer in the session.
    pub dropped: i64,
}

/// Static tables of one instance.
#[derive(Debug)]
pub struct Tables<'a> {
    /// The instance.
    pub instance: &'a Arc<Instance>,
    /// Stops sub-models under way.
    pub stop: &'a Stop,
    /// Its static candidates.
    pub places: &'a Placements,
    /// Starts by local day.
    pub days: DayTable,
    /// Weights.
    pub costs: Costs,
    /// All slots: those of groups first, then those of individual orders.
    pub slots: Vec<Slot>,
    /// Slots of each group.
    pub group_slots: Vec<Range<u32>>,
    /// Slots of each order; empty for orders of group services.
    pub order_slots: Vec<Range<u32>>,
    /// For each participant: the group service of each group order.
    pub group_orders: Vec<Vec<(ServiceIx, OrderIx)>>,
    /// For each order of a group service: groups that the participant may join, with the position among `eligible`.
    pub joinable: Vec<Vec<(GroupIx, usize)>>,
    /// For each group: who may be in its roster where it is closed and has begun.
    pub begun_roster: Vec<Vec<ParticipantIx>>,
    /// For each participant: sides of `separate` pairs, as words of bits.
    sides: Vec<[Vec<u64>; 2]>,
    /// For each participant: whether apart from anyone, or on a side of a pair.
    has_enemies: Vec<bool>,
    /// For each clinician: how many kinds of work ask for them; the fewer, the sooner to be used.
    pub versatility: Vec<u32>,
    /// For each order: how many (start, clinician) pairs, or group meetings, it could have.
    pub freedom: Vec<f64>,
    /// For each participant: starts of group meetings that could be attended, on average over the groups.
    pub person_freedom: Vec<f64>,
    /// Participants of each home site.
    pub site_people: Vec<Vec<ParticipantIx>>,
    /// Groups of each site.
    pub site_groups: Vec<Vec<GroupIx>>,
    /// The home site of each clinician.
    pub clinician_homes: Vec<SiteIx>,
    /// For each group the hours in which it may meet.
    pub hours: Vec<Vec<Span>>,
    /// For each group those of its site with hours in common.
    pub blocks: Vec<Vec<GroupIx>>,
    /// For each group its roster, where that is fixed.
    pub rosters: Vec<Option<rosters::Roster>>,
}

impl<'a> Tables<'a> {
    /// The tables of an instance.
    pub fn new(instance: &'a Arc<Instance>, places: &'a Placements, stop: &'a Stop) -> Self {
        let w = &instance.problem.weights;
        let costs = Costs {
            shortfall: w.shortfall_minute.0.into(),
            short_day: w.short_day_minute.0.into(),
            missing_day: w.missing_day.0.into(),
            attended_day: w.attended_day.0.into(),
            wait: w.wait_minute.0.into(),
            soft: w.soft_commitment_minute.0.into(),
            not_preferred: w.not_preferred_clinician.0.into(),
            away_site: w.away_site.0.into(),
            group_switch: w.group_switch.0.into(),
            clinician_switch: w.clinician_switch.0.into(),
            shifted: w.shifted.0.into(),
            held_meeting: w.held_meeting.0.into(),
            moved: w.moved.0.into(),
            clinician_changed: w.clinician_changed.0.into(),
            room_changed: w.room_changed.0.into(),
            dropped: w.dropped.0.into(),
        };
        let by_id: HashMap<(Owner, u32), usize> = instance
            .previous
            .iter()
            .enumerate()
            .filter_map(|(k, p)| Some(((p.booked.owner, p.booked.number?), k)))
            .collect();
        let mut slots = Vec::new();
        let mut add = |owner: Owner, count: usize| -> Range<u32> {
            let first = slots.len() as u32;
            slots.extend((1..=count as u32).map(|number| {
                let previous = by_id.get(&(owner, number)).copied();
                Slot { owner, number, previous, kept: previous.is_some_and(|k| instance.previous[k].kept()) }
            }));
            first..slots.len() as u32
        };
        let group_slots: Vec<_> = GroupIx::all(instance.groups.len())
            .map(|g| add(Owner::Group(g), instance.groups[g.i()].meetings))
            .collect();
        let order_slots: Vec<_> = OrderIx::all(instance.orders.len())
            .map(|o| {
                let order = &instance.orders[o.i()];
                let individual = !instance.services[order.service.i()].is_group;
                add(Owner::Order(o), if individual { order.sessions + order.missed } else { 0 })
            })
            .collect();
        let group_orders = instance
            .participants
            .iter()
            .map(|p| {
                let grouped = p.orders.iter().map(|&o| (instance.orders[o.i()].service, o));
                grouped.filter(|(s, _)| instance.services[s.i()].is_group).collect()
            })
            .collect();
        let mut joinable = vec![Vec::new(); instance.orders.len()];
        for g in GroupIx::all(instance.groups.len()) {
            for (k, e) in places.groups[g.i()].eligible.iter().enumerate() {
                joinable[e.order.i()].push((g, k));
            }
        }
        let mut begun_roster = vec![Vec::new(); instance.groups.len()];
        for p in instance.previous.iter().filter(|p| p.kept()) {
            if let Owner::Group(g) = p.booked.owner {
                begun_roster[g.i()].extend(p.booked.participants.iter().copied());
            }
        }
        let separate = &instance.problem.separate;
        let sides: Vec<[Vec<u64>; 2]> = instance
            .problem
            .participants
            .iter()
            .map(|p| {
                let mut sides = [vec![0u64; separate.len().div_ceil(64)], vec![0u64; separate.len().div_ceil(64)]];
                for (k, (x, y)) in separate.iter().enumerate() {
                    for (side, name) in sides.iter_mut().zip([x, y]) {
                        if p.attributes.contains(name) {
                            side[k / 64] |= 1 << (k % 64);
                        }
                    }
                }
                sides
            })
            .collect();
        let has_enemies = sides
            .iter()
            .zip(&instance.participants)
            .map(|(s, p)| !p.apart.is_empty() || s.iter().flatten().any(|&w| w != 0))
            .collect();
        let mut versatility = vec![0u32; instance.clinicians.len()];
        for g in &places.groups {
            g.clinicians.iter().for_each(|c| versatility[c.0.i()] += 3);
        }
        for option in places.orders.iter().flatten() {
            option.clinicians.iter().for_each(|c| versatility[c.0.i()] += 1);
        }
        let mut freedom: Vec<f64> = places
            .orders
            .iter()
            .map(|options| {
                let pairs = |o: &crate::instance::OrderOption| {
                    o.clinicians.iter().map(|c| places.masks[c.1].count_both(&o.starts)).sum::<usize>()
                };
                options.iter().map(pairs).sum::<usize>() as f64
            })
            .collect();
        let mut person_freedom = vec![0.0; instance.participants.len()];
        for e in places.groups.iter().flat_map(|g| &g.eligible) {
            freedom[e.order.i()] += e.starts.count() as f64;
            person_freedom[e.participant.i()] += e.starts.count() as f64;
        }
        let mut site_people = vec![Vec::new(); instance.sites.len()];
        for p in ParticipantIx::all(instance.participants.len()) {
            site_people[instance.participants[p.i()].home.i()].push(p);
        }
        let mut site_groups = vec![Vec::new(); instance.sites.len()];
        for g in GroupIx::all(instance.groups.len()) {
            site_groups[instance.groups[g.i()].site.i()].push(g);
        }
        let home = |c: &crate::problem::Clinician| instance.site_named(&c.home_site).unwrap_or(SiteIx(0));
        let clinician_homes = instance.problem.clinicians.iter().map(home).collect();
        let hours = hours::of_groups(instance, places);
        let blocks = hours::blocks(instance, &hours, &site_groups);
        Tables {
            instance,
            stop,
            places,
            days: DayTable::new(instance, places),
            costs,
            slots,
            group_slots,
            order_slots,
            group_orders,
            joinable,
            begun_roster,
            sides,
            has_enemies,
            versatility,
            freedom,
            person_freedom,
            site_people,
            site_groups,
            clinician_homes,
            hours,
            blocks,
            rosters: rosters::of_groups(instance, places),
        }
    }

    /// Slots of a group.
    pub fn meetings(&self, g: GroupIx) -> impl DoubleEndedIterator<Item = SlotIx> + Clone + use<> {
        self.group_slots[g.i()].clone().map(SlotIx)
    }

    /// Slots of an individual order.
    pub fn sessions(&self, o: OrderIx) -> impl DoubleEndedIterator<Item = SlotIx> + Clone + use<> {
        self.order_slots[o.i()].clone().map(SlotIx)
    }

    /// The service of a slot.
    pub fn service(&self, slot: SlotIx) -> ServiceIx {
        match self.slots[slot.i()].owner {
            Owner::Group(g) => self.instance.groups[g.i()].service,
            Owner::Order(o) => self.instance.orders[o.i()].service,
            Owner::Gone => ServiceIx(0),
        }
    }

    /// Whether two participants must not share a session (H15).
    pub fn apart(&self, a: ParticipantIx, b: ParticipantIx) -> bool {
        if !(self.has_enemies[a.i()] && self.has_enemies[b.i()]) {
            return false;
        }
        let ([ax, ay], [bx, by]) = (&self.sides[a.i()], &self.sides[b.i()]);
        let meets = |x: &[u64], y: &[u64]| x.iter().zip(y).any(|(x, y)| x & y != 0);
        self.instance.participants[a.i()].apart.contains(&b) || meets(ax, by) || meets(ay, bx)
    }

    /// Where a participant stands among those eligible for a group.
    pub fn position(&self, g: GroupIx, p: ParticipantIx) -> Option<usize> {
        let o = self.group_order(p, self.instance.groups[g.i()].service)?;
        let groups = &self.joinable[o.i()];
        groups.binary_search_by_key(&g, |x| x.0).ok().map(|at| groups[at].1)
    }

    /// The group order of a participant for a service.
    pub fn group_order(&self, p: ParticipantIx, service: ServiceIx) -> Option<OrderIx> {
        self.group_orders[p.i()].iter().find(|x| x.0 == service).map(|x| x.1)
    }

    /// Cost of an attendance that depends on nothing but itself: soft commitments, the site, the usual hour.
    pub fn own_cost(
        &self,
        p: ParticipantIx,
        owner: Owner,
        start: Minute,
        end: Minute,
        modality: Modality,
        site: SiteIx,
    ) -> i64 {
        OwnCost::new(self, p, owner, modality, site).at(start, end)
    }

    /// Whether a clinician may meet this participant in a session of this kind (H5 by telehealth, H15).
    pub fn may_meet(&self, c: ClinicianIx, p: ParticipantIx, modality: Modality) -> bool {
        let data = &self.instance.participants[p.i()];
        (data.not_with.is_empty() || !data.not_with.contains(&c))
            && (modality == Modality::InPerson || self.instance.licensed(c, modality, data.home, p))
    }
}
