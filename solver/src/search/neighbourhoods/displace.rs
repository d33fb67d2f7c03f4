//! A group with a fixed roster that does not meet takes the place where least is in the way; what is in the way (its
//! members' other sessions, the room's, the clinicians') is taken out and put in elsewhere.

use smallvec::SmallVec;

use super::Neighbourhood;
use crate::{
    instance::{GroupIx, OrderIx, Owner, RoomIx, Span},
    problem::Modality,
    search::{
        random::Chance,
        rebuild::Rebuild,
        state::{Place, State, Team},
        tables::SlotIx,
    },
};

/// See the module.
pub struct Displace;

/// A place with what is in its way.
struct Claim {
    place: Place,
    blockers: Blockers,
    seen: f64,
}

type Blockers = SmallVec<[SlotIx; 8]>;

impl Neighbourhood for Displace {
    fn name(&self) -> &'static str {
        "displace"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let g = (0..8).find_map(|_| idle_with_roster(state, chance))?;
        let t = state.t;
        let slots: SmallVec<[SlotIx; 8]> = t.meetings(g).filter(|s| state.placed[s.i()].is_none()).collect();
        let mut days: SmallVec<[i32; 8]> = SmallVec::new();
        let mut rebuild = Rebuild::default();
        for &slot in &slots {
            let Claim { place, blockers, .. } = claim(state, g, slot, &days, chance)?;
            days.push(t.instance.site_day(place.site, place.start));
            for b in blockers {
                match t.slots[b.i()].owner {
                    Owner::Group(other) => {
                        rebuild.people.extend(super::group::people_of(state, other));
                        state.close_group(other);
                        rebuild.groups.push(other);
                    }
                    Owner::Order(o) => {
                        state.remove_session(b);
                        rebuild.orders.push(o);
                    }
                    Owner::Gone => return None,
                }
            }
            if place.room.is_some_and(|r| !state.room_can(r, state.span(state.service(slot), place.start).0)) {
                return None;
            }
            let can = |c: &crate::instance::ClinicianIx| {
                state.clinician_can(*c, state.service(slot), place.start, place.modality, place.site)
            };
            if !place.team.iter().all(can) {
                return None;
            }
            state.book(slot, place);
        }
        if !state.seat_members(g, &slots) {
            return None;
        }
        rebuild.groups.sort_unstable();
        rebuild.groups.dedup();
        Some(rebuild)
    }
}

/// A group with members, none of whose meetings is booked.
fn idle_with_roster(state: &State<'_>, chance: &mut Chance) -> Option<GroupIx> {
    let o: OrderIx = state.some_unmet(chance)?;
    let fits = |g: GroupIx| {
        let group = &state.t.instance.groups[g.i()];
        state.held[g.i()] == 0 && group.closed && group.members.len() >= group.min.max(1)
    };
    super::group::joinable(state, o, chance).filter(|g| fits(*g))
}

/// The place for one meeting with the least in its way, with some chance.
fn claim(state: &State<'_>, g: GroupIx, slot: SlotIx, days: &[i32], chance: &mut Chance) -> Option<Claim> {
    let t = state.t;
    let places = &t.places.groups[g.i()];
    let group = &t.instance.groups[g.i()];
    let service = &t.instance.services[group.service.i()];
    let grid = &t.places.grids[places.grid].starts;
    let roster: SmallVec<[_; 32]> = places.eligible.iter().filter(|e| group.members.contains(&e.participant)).collect();
    if roster.len() < group.members.len() {
        return None;
    }
    let rooms = sessions_in_rooms(state, group.site);
    let sizes = |slots: &Blockers| slots.iter().map(|s| weight(state, *s)).sum::<f64>();
    state.tick(places.starts.count() * roster.len() / 4);
    let mut best: Option<Claim> = None;
    for k in places.starts.iter() {
        let start = grid[k];
        if days.contains(&t.instance.site_day(group.site, start)) || roster.iter().any(|e| !e.starts.has(k)) {
            continue;
        }
        let Some(mut blockers) = in_members_way(state, g, slot, &roster, start) else { continue };
        let span = Span::new(start, start + service.minutes);
        let Some(team) = team_at(state, g, k, start, &mut blockers, chance) else { continue };
        let mut options: SmallVec<[(Option<RoomIx>, Option<SlotIx>); 16]> = SmallVec::new();
        if group.modality == Modality::Telehealth {
            options.push((None, None));
        }
        for &(r, mask) in &places.rooms {
            if !t.places.masks[mask].has(k) || state.seats_of(g, Some(r)) < roster.len() {
                continue;
            }
            if state.room_can(r, span) {
                options.push((Some(r), None));
                continue;
            }
            let wide = Span::new(span.start, span.end + t.instance.rooms[r.i()].turnover);
            let there: SmallVec<[SlotIx; 2]> =
                rooms.iter().filter(|x| x.0 == r && x.1.overlaps(wide)).map(|x| x.2).collect();
            if let [one] = there.as_slice()
                && movable(state, *one)
            {
                options.push((Some(r), Some(*one)));
            }
        }
        let base = sizes(&blockers);
        for (room, occupant) in options {
            let more = occupant.filter(|o| !blockers.contains(o));
            let loss = base + more.map_or(0.0, |o| weight(state, o));
            let seen = loss * (0.5 + chance.unit()) + chance.unit();
            if best.as_ref().is_none_or(|b| seen < b.seen) {
                let mut blockers = blockers.clone();
                blockers.extend(more);
                let place = Place { start, modality: group.modality, site: group.site, room, team: team.clone() };
                best = Some(Claim { place, blockers, seen });
            }
        }
    }
    best
}

/// How much is lost for now where a session is taken out.
fn weight(state: &State<'_>, slot: SlotIx) -> f64 {
    match state.t.slots[slot.i()].owner {
        Owner::Group(g) => 1.0 + (state.seated[slot.i()].len() * state.held[g.i()]) as f64,
        _ => 1.0,
    }
}

/// Whether a session may be taken out.
fn movable(state: &State<'_>, slot: SlotIx) -> bool {
    match state.t.slots.get(slot.i()).map(|s| s.owner) {
        Some(Owner::Group(g)) => state.free_meetings(g).count() == state.held[g.i()],
        Some(Owner::Order(_)) => state.loose_order(slot).is_some(),
        _ => false,
    }
}

/// Sessions of the roster that a start clashes with; none where one of them must stay.
fn in_members_way(
    state: &State<'_>,
    g: GroupIx,
    slot: SlotIx,
    roster: &[&crate::instance::Eligible],
    start: i32,
) -> Option<Blockers> {
    let group = &state.t.instance.groups[g.i()];
    let mut blockers = Blockers::new();
    for e in roster {
        let p = e.participant;
        let commute = state.t.instance.participants[p.i()].commute;
        let one = state.t.instance.orders[e.order.i()].one_per_day;
        let seat = state.seat_for(p, slot, Some(e.order), start, group.modality, group.site);
        for other in state.people[p.i()].seats.iter().filter(|s| s.clashes(&seat, commute, one)) {
            if other.fact || !movable(state, other.slot) {
                return None;
            }
            if !blockers.contains(&other.slot) {
                blockers.push(other.slot);
            }
        }
    }
    Some(blockers)
}

/// Clinicians for a start: free ones, else such as could be freed, whose sessions are then in the way too.
fn team_at(
    state: &State<'_>,
    g: GroupIx,
    k: usize,
    start: i32,
    blockers: &mut Blockers,
    chance: &mut Chance,
) -> Option<Team> {
    let t = state.t;
    let group = &t.instance.groups[g.i()];
    let service = &t.instance.services[group.service.i()];
    if service.clinicians == 0 {
        return Some(Team::new());
    }
    let busy = Span::new(start, start + service.minutes + service.documentation);
    let mut able: SmallVec<[(usize, usize, Blockers, crate::instance::ClinicianIx); 8]> = SmallVec::new();
    for &(c, mask) in &t.places.groups[g.i()].clinicians {
        if !t.places.masks[mask].has(k) {
            continue;
        }
        let there: Blockers = if state.clinician_can(c, group.service, start, group.modality, group.site) {
            Blockers::new()
        } else {
            state.desks[c.i()].sessions.iter().filter(|s| s.0.overlaps(busy)).map(|s| s.1).collect()
        };
        let new = there.iter().filter(|s| !blockers.contains(s)).count();
        if there.iter().all(|s| movable(state, *s)) {
            able.push((new, chance.below(1000), there, c));
        }
    }
    able.sort_by_key(|a| (a.0, a.1));
    if able.len() < service.clinicians {
        return None;
    }
    let mut team = Team::new();
    for (_, _, there, c) in able.into_iter().take(service.clinicians) {
        for s in there {
            if !blockers.contains(&s) {
                blockers.push(s);
            }
        }
        team.push(c);
    }
    team.sort_unstable();
    Some(team)
}

/// What is booked in the rooms of a site by its groups, with the time it holds them.
fn sessions_in_rooms(state: &State<'_>, site: crate::instance::SiteIx) -> Vec<(RoomIx, Span, SlotIx)> {
    let t = state.t;
    let slots = t.site_groups[site.i()].iter().flat_map(|g| t.meetings(*g));
    let room_of = |slot: SlotIx| {
        let place = state.placed[slot.i()].as_ref()?;
        let room = place.room?;
        let (span, _) = state.span(state.service(slot), place.start);
        Some((room, Span::new(span.start, span.end + t.instance.rooms[room.i()].turnover), slot))
    };
    slots.filter_map(room_of).collect()
}
