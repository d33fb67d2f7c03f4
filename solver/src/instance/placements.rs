//! Where sessions could lie if there were nothing else: for each individual order and each group the starts, clinicians
//! and rooms that no rule forbids by itself. What other sessions forbid is not looked at here.

use std::collections::HashMap;

use super::{
    Bits, ClinicianIx, GroupIx, Instance, Minute, OrderIx, ParticipantIx, RoomIx, ServiceIx, SiteIx, Span, ZoneIx,
};
use crate::problem::Modality;

/// Position in the table of start grids.
pub type GridIx = usize;
/// Position in the table of masks over a grid.
pub type MaskIx = usize;

/// All starts of a zone that are a multiple of some minutes past local midnight and inside the horizon, in order.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The starts.
    pub starts: Vec<Minute>,
    /// Minutes between two of them, but for changes of the clock.
    pub every: Minute,
}

impl Grid {
    /// Position of a start; none where it is not on the grid.
    pub fn position(&self, start: Minute) -> Option<usize> {
        let k = self.at_or_after(start);
        (self.starts.get(k) == Some(&start)).then_some(k)
    }

    /// Position of the first start not before a minute; the number of starts where there is none.
    pub fn at_or_after(&self, minute: Minute) -> usize {
        let Some(&first) = self.starts.first() else { return 0 };
        let guess = (minute - first).div_euclid(self.every).clamp(0, self.starts.len() as i32) as usize;
        // A change of the clock may shift positions by a few.
        let mut k = guess;
        while k < self.starts.len() && self.starts[k] < minute {
            k += 1;
        }
        while k > 0 && self.starts[k - 1] >= minute {
            k -= 1;
        }
        k
    }
}

/// One way to serve an individual order: a modality at a site.
#[derive(Debug, Clone)]
pub struct OrderOption {
    /// How.
    pub modality: Modality,
    /// Where it is booked.
    pub site: SiteIx,
    /// Which grid `starts` and all masks are subsets of.
    pub grid: GridIx,
    /// Starts that the participant, the family, the order's windows, the site and the freeze allow.
    pub starts: Bits,
    /// Clinicians who may give it, with the starts that their shifts and absences allow.
    pub clinicians: Vec<(ClinicianIx, MaskIx)>,
    /// Rooms that fit, smallest first, with the starts at which they are open. Empty for telehealth.
    pub rooms: Vec<(RoomIx, MaskIx)>,
}

/// A participant who may join a group.
#[derive(Debug, Clone)]
pub struct Eligible {
    /// Who.
    pub participant: ParticipantIx,
    /// The order that the group would serve.
    pub order: OrderIx,
    /// Starts that the participant and the order's windows allow.
    pub starts: Bits,
}

/// Where a group could meet.
#[derive(Debug, Clone)]
pub struct GroupPlaces {
    /// Which grid `starts` and all masks are subsets of.
    pub grid: GridIx,
    /// Starts that the group's hours, the site and the freeze allow (some room is open, for in-person groups).
    pub starts: Bits,
    /// Clinicians who may lead it, with the starts that their shifts and absences allow.
    pub clinicians: Vec<(ClinicianIx, MaskIx)>,
    /// Rooms that fit its minimum, smallest first, with the starts at which they are open. Empty for telehealth.
    pub rooms: Vec<(RoomIx, MaskIx)>,
    /// Who may join.
    pub eligible: Vec<Eligible>,
}

/// Static candidates of everything that can be placed.
#[derive(Debug)]
pub struct Placements {
    /// Start grids.
    pub grids: Vec<Grid>,
    /// Masks over grids.
    pub masks: Vec<Bits>,
    /// For each order: its options; none for orders of group services.
    pub orders: Vec<Vec<OrderOption>>,
    /// For each group.
    pub groups: Vec<GroupPlaces>,
}

impl Placements {
    /// The candidates of an instance.
    pub fn new(instance: &Instance) -> Self {
        let mut builder = Builder { instance, grids: HashMap::new(), masks: HashMap::new(), out: Placements::empty() };
        for k in OrderIx::all(instance.orders.len()) {
            let options = builder.order(k);
            builder.out.orders.push(options);
        }
        let mut wanting: HashMap<ServiceIx, Vec<OrderIx>> = HashMap::new();
        for k in OrderIx::all(instance.orders.len()) {
            wanting.entry(instance.orders[k.i()].service).or_default().push(k);
        }
        for g in GroupIx::all(instance.groups.len()) {
            let orders = wanting.get(&instance.groups[g.i()].service).map_or(&[][..], Vec::as_slice);
            let places = builder.group(g, orders);
            builder.out.groups.push(places);
        }
        builder.out
    }

    fn empty() -> Self {
        Placements { grids: Vec::new(), masks: Vec::new(), orders: Vec::new(), groups: Vec::new() }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum MaskKey {
    Clinician(ClinicianIx, ServiceIx, Option<SiteIx>, GridIx),
    Room(RoomIx, i32, GridIx),
}

struct Builder<'a> {
    instance: &'a Instance,
    grids: HashMap<(ZoneIx, i32), GridIx>,
    masks: HashMap<MaskKey, MaskIx>,
    out: Placements,
}

impl Builder<'_> {
    fn grid(&mut self, zone: ZoneIx, every: i32) -> GridIx {
        let instance = self.instance;
        *self.grids.entry((zone, every)).or_insert_with(|| {
            let z = &instance.zones[zone];
            let (from, to) = (instance.axis.local(z, 0, 0) - 60, instance.axis.local(z, 7, 0) + 60);
            let starts = (from..to).filter(|&m| z.clock(m) % every == 0 && (0..7).contains(&z.day(m))).collect();
            self.out.grids.push(Grid { starts, every: every.max(1) });
            self.out.grids.len() - 1
        })
    }

    fn mask(&mut self, key: MaskKey, grid: GridIx, holds: impl Fn(Minute) -> bool) -> MaskIx {
        *self.masks.entry(key).or_insert_with(|| {
            let starts = &self.out.grids[grid].starts;
            self.out.masks.push(Bits::of(starts.len(), |k| holds(starts[k])));
            self.out.masks.len() - 1
        })
    }

    /// Starts at which the clinician's shifts and absences allow the service; `site` is none for telehealth.
    fn clinician_mask(&mut self, c: ClinicianIx, service: ServiceIx, site: Option<SiteIx>, grid: GridIx) -> MaskIx {
        let data = &self.instance.clinicians[c.i()];
        let s = &self.instance.services[service.i()];
        self.mask(MaskKey::Clinician(c, service, site, grid), grid, |m| {
            let span = Span::new(m, m + s.minutes + s.documentation);
            !data.away.touches(span) && data.shift_for(span, site).is_some()
        })
    }

    fn room_mask(&mut self, r: RoomIx, minutes: i32, grid: GridIx) -> MaskIx {
        let open = &self.instance.rooms[r.i()].open;
        self.mask(MaskKey::Room(r, minutes, grid), grid, |m| open.contains(Span::new(m, m + minutes)))
    }

    /// Rooms of a site for a service and so many people, smallest and plainest first.
    fn rooms(&mut self, site: SiteIx, service: ServiceIx, people: u32, grid: GridIx) -> Vec<(RoomIx, MaskIx)> {
        let (problem, rooms) = (&self.instance.problem, &self.instance.rooms);
        let wanted = &problem.services[service.i()].room_features;
        let mut fitting: Vec<RoomIx> = RoomIx::all(rooms.len())
            .filter(|r| rooms[r.i()].site == site && rooms[r.i()].capacity >= people)
            .filter(|r| wanted.iter().all(|f| problem.rooms[r.i()].features.contains(f)))
            .collect();
        fitting.sort_by_key(|r| (problem.rooms[r.i()].features.len(), rooms[r.i()].capacity, *r));
        let minutes = self.instance.services[service.i()].minutes;
        fitting.into_iter().map(|r| (r, self.room_mask(r, minutes, grid))).collect()
    }

    fn credentialed(&self, service: ServiceIx) -> impl Iterator<Item = ClinicianIx> + use<'_> {
        let problem = &self.instance.problem;
        let wanted = &problem.services[service.i()].credentials;
        ClinicianIx::all(problem.clinicians.len()).filter(move |c| {
            wanted.is_empty() || problem.clinicians[c.i()].credentials.iter().any(|x| wanted.contains(x))
        })
    }

    fn order(&mut self, o: OrderIx) -> Vec<OrderOption> {
        let instance = self.instance;
        let order = &instance.orders[o.i()];
        let service = &instance.services[order.service.i()];
        if service.is_group {
            return Vec::new();
        }
        let participant = &instance.participants[order.participant.i()];
        let wire = &instance.problem.participants[order.participant.i()];
        let mut options = Vec::new();
        for &modality in &instance.problem.services[order.service.i()].modalities {
            if order.modality.is_some_and(|m| m != modality)
                || (modality == Modality::Telehealth && !participant.telehealth)
            {
                continue;
            }
            let home = [participant.home];
            let sites = if modality == Modality::InPerson { participant.sites.as_slice() } else { &home };
            for &site in sites {
                let grid = self.grid(instance.sites[site.i()].zone, service.every);
                let in_person = modality == Modality::InPerson;
                let people = 1 + order.family.len() as u32;
                let rooms = if in_person { self.rooms(site, order.service, people, grid) } else { Vec::new() };
                let eligible: Vec<ClinicianIx> = self
                    .credentialed(order.service)
                    .filter(|c| {
                        let clinician = &instance.problem.clinicians[c.i()];
                        instance.licensed(*c, modality, site, order.participant)
                            && clinician.languages.iter().any(|l| wire.languages.contains(l))
                            && !participant.not_with.contains(c)
                            && (order.clinician.is_none_or(|named| named == *c) || service.clinicians > 1)
                    })
                    .collect();
                let clinicians = self.who_can(eligible, order.service, site, in_person, grid);
                let starts = &self.out.grids[grid].starts;
                let mut allowed = Bits::of(starts.len(), |k| {
                    let span = Span::new(starts[k], starts[k] + service.minutes);
                    span.start >= instance.freeze
                        && participant.free_of_commitments(span, modality)
                        && order.windows.contains(span)
                        && order.family.iter().all(|&f| participant.family[f].contains(span))
                });
                if in_person {
                    let mut open = Bits::none(starts.len());
                    rooms.iter().for_each(|r| open.add(&self.out.masks[r.1]));
                    allowed.keep(&open);
                }
                if service.clinicians > 0 {
                    let mut staffed = Bits::none(starts.len());
                    clinicians.iter().for_each(|c| staffed.add(&self.out.masks[c.1]));
                    allowed.keep(&staffed);
                }
                if !allowed.is_empty() {
                    options.push(OrderOption { modality, site, grid, starts: allowed, clinicians, rooms });
                }
            }
        }
        options
    }

    /// Those of `eligible` who could give a session of a service at some start, with their starts; those at home at the
    /// site come first.
    fn who_can(
        &mut self,
        eligible: Vec<ClinicianIx>,
        service: ServiceIx,
        site: SiteIx,
        in_person: bool,
        grid: GridIx,
    ) -> Vec<(ClinicianIx, MaskIx)> {
        let instance = self.instance;
        let masked = |c| (c, self.clinician_mask(c, service, in_person.then_some(site), grid));
        let mut clinicians: Vec<(ClinicianIx, MaskIx)> = eligible.into_iter().map(masked).collect();
        clinicians.retain(|c| !self.out.masks[c.1].is_empty());
        clinicians
            .sort_by_key(|c| instance.problem.clinicians[c.0.i()].home_site != instance.problem.sites[site.i()].id);
        clinicians
    }

    fn group(&mut self, g: GroupIx, orders: &[OrderIx]) -> GroupPlaces {
        let instance = self.instance;
        let group = &instance.groups[g.i()];
        let wire = &instance.problem.groups[g.i()];
        let service = &instance.services[group.service.i()];
        let in_person = group.modality == Modality::InPerson;
        let grid = self.grid(instance.sites[group.site.i()].zone, service.every);
        let least = if group.begun { 1 } else { group.min.max(1) } as u32;
        let rooms = if in_person { self.rooms(group.site, group.service, least, grid) } else { Vec::new() };
        let language = wire.language.as_deref().unwrap_or("en");
        let jurisdiction = &instance.problem.sites[group.site.i()].jurisdiction;
        let eligible: Vec<ClinicianIx> = self
            .credentialed(group.service)
            .filter(|c| {
                let clinician = &instance.problem.clinicians[c.i()];
                (!in_person || clinician.licensed_in.contains(jurisdiction))
                    && clinician.languages.iter().any(|l| l == language)
                    && (wire.clinicians.is_empty() || wire.clinicians.contains(&clinician.id))
            })
            .collect();
        let clinicians = self.who_can(eligible, group.service, group.site, in_person, grid);
        let starts = &self.out.grids[grid].starts;
        let offered = instance.problem.services[group.service.i()].modalities.contains(&group.modality);
        let mut allowed = Bits::of(starts.len(), |k| {
            let span = Span::new(starts[k], starts[k] + service.minutes);
            offered && span.start >= instance.freeze && group.hours.contains(span)
        });
        if in_person {
            let mut open = Bits::none(starts.len());
            rooms.iter().for_each(|r| open.add(&self.out.masks[r.1]));
            allowed.keep(&open);
        }
        if service.clinicians > 0 {
            let mut staffed = Bits::none(starts.len());
            clinicians.iter().for_each(|c| staffed.add(&self.out.masks[c.1]));
            allowed.keep(&staffed);
        }
        let eligible = orders
            .iter()
            .filter(|o| {
                let order = &instance.orders[o.i()];
                (order.groups.is_empty() || order.groups.contains(&g)) && instance.may_join(order.participant, g)
            })
            .map(|&o| {
                let order = &instance.orders[o.i()];
                let participant = &instance.participants[order.participant.i()];
                let mut fits = Bits::none(starts.len());
                for k in allowed.iter() {
                    let span = Span::new(starts[k], starts[k] + service.minutes);
                    if participant.free_of_commitments(span, group.modality) && order.windows.contains(span) {
                        fits.insert(k);
                    }
                }
                Eligible { participant: order.participant, order: o, starts: fits }
            })
            .collect();
        GroupPlaces { grid, starts: allowed, clinicians, rooms, eligible }
    }
}
