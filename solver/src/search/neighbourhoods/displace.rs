//! A group with a fixed roster that does not meet takes the place where least is in the way; what is in the way (its
//! members' other sessions, the room's, the clinicians') is taken out and takes another place in the same way, in a chain.

use smallvec::SmallVec;

use super::Neighbourhood;
use crate::{
    instance::{GroupIx, Minute, OrderIx, Owner, ParticipantIx, RoomIx, Span},
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
    /// Meetings that change their room for it.
    moves: Moves,
    seen: f64,
}

type Blockers = SmallVec<[SlotIx; 8]>;
/// A room, what is pushed out of it, and what moves for it.
type Housing = (Option<RoomIx>, Option<SlotIx>, Moves);
type Moves = SmallVec<[(SlotIx, RoomIx); 4]>;

/// What is lost is seen between this much of it and as much above it: places that cost about the same take turns.
const LEAST: f64 = 0.9;
/// Most groups of a chain.
const CHAIN: usize = 1000;
/// Steps of a chain for which a group that has just taken its place cannot be pushed out of it again: at least, and how
/// many more at most.
const REST: (usize, usize) = (4, 12);

impl Neighbourhood for Displace {
    fn name(&self) -> &'static str {
        "displace"
    }

    /// A chain: what is pushed out takes a place in turn, and so on. Of all that the chain went through the cheapest is
    /// kept.
    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let first = (0..8).find_map(|_| idle_with_roster(state, chance))?;
        let mut rebuild = Rebuild::default();
        let mut waiting = vec![first];
        let mut resting: Vec<(GroupIx, usize)> = Vec::new();
        let mut best: Option<(i64, usize, Vec<GroupIx>, Vec<OrderIx>)> = None;
        for step in 0..CHAIN {
            if waiting.is_empty() {
                break;
            }
            let g = waiting.swap_remove(chance.below(waiting.len()));
            resting.retain(|r| r.1 > step);
            let mark = state.mark();
            let pushed = push_in(state, g, &resting, chance);
            match pushed {
                Some(pushed) => {
                    resting.push((g, step + REST.0 + chance.below(REST.1)));
                    rebuild.orders.extend(pushed.orders);
                    waiting.extend(pushed.fixed);
                    rebuild.people.extend(pushed.people);
                    rebuild.groups.extend(pushed.open);
                }
                None => {
                    state.rollback_to(mark);
                    waiting.push(g);
                }
            }
            if best.as_ref().is_none_or(|b| state.cost <= b.0) {
                let left = waiting.iter().chain(&rebuild.groups).copied().collect();
                best = Some((state.cost, state.mark(), left, rebuild.orders.clone()));
            }
        }
        let (_, mark, groups, orders) = best?;
        state.rollback_to(mark);
        let people = std::mem::take(&mut rebuild.people);
        rebuild = Rebuild { groups, people, orders, ..Rebuild::default() };
        rebuild.groups.sort_unstable();
        rebuild.groups.dedup();
        Some(rebuild)
    }
}

/// What was pushed out.
#[derive(Default)]
struct Pushed {
    /// Groups with a fixed roster, which take another place as they are.
    fixed: Vec<GroupIx>,
    /// Other groups, and who was in them.
    open: Vec<GroupIx>,
    people: Vec<ParticipantIx>,
    /// Single sessions.
    orders: Vec<OrderIx>,
}

/// Gives each meeting of a group the place with the least in its way, and takes that out. Where there is none, what was
/// begun is left to be undone.
fn push_in(state: &mut State<'_>, g: GroupIx, resting: &[(GroupIx, usize)], chance: &mut Chance) -> Option<Pushed> {
    let t = state.t;
    let slots: SmallVec<[SlotIx; 8]> = t.meetings(g).filter(|s| state.placed[s.i()].is_none()).collect();
    let mut days: SmallVec<[i32; 8]> = SmallVec::new();
    let mut pushed = Pushed::default();
    for &slot in &slots {
        let Claim { place, blockers, moves, .. } = claim(state, g, slot, &days, resting, chance)?;
        days.push(t.instance.site_day(place.site, place.start));
        for b in blockers {
            match t.slots[b.i()].owner {
                Owner::Group(other) => {
                    if has_roster(state, other) {
                        pushed.fixed.push(other);
                    } else {
                        pushed.open.push(other);
                        pushed.people.extend(super::group::people_of(state, other));
                    }
                    state.close_group(other);
                }
                Owner::Order(o) => {
                    state.remove_session(b);
                    pushed.orders.push(o);
                }
                Owner::Gone => return None,
            }
        }
        for (moved, room) in moves {
            let Some(start) = state.placed[moved.i()].as_ref().map(|p| p.start) else { continue };
            if !state.room_can(room, state.span(state.service(moved), start).0) {
                return None;
            }
            state.rehouse(moved, room);
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
    state.seat_members(g, &slots).then_some(pushed)
}

/// Whether who attends a group is given.
fn has_roster(state: &State<'_>, g: GroupIx) -> bool {
    let group = &state.t.instance.groups[g.i()];
    group.closed && group.members.len() >= group.min.max(1)
}

/// A group with members, none of whose meetings is booked.
fn idle_with_roster(state: &State<'_>, chance: &mut Chance) -> Option<GroupIx> {
    let o: OrderIx = state.some_unmet(chance)?;
    super::group::joinable(state, o, chance).filter(|g| state.held[g.i()] == 0 && has_roster(state, *g))
}

/// The place for one meeting with the least in its way, with some chance, and none of `resting`.
fn claim(
    state: &State<'_>,
    g: GroupIx,
    slot: SlotIx,
    days: &[i32],
    resting: &[(GroupIx, usize)],
    chance: &mut Chance,
) -> Option<Claim> {
    let t = state.t;
    let places = &t.places.groups[g.i()];
    let group = &t.instance.groups[g.i()];
    let service = &t.instance.services[group.service.i()];
    let grid = &t.places.grids[places.grid].starts;
    let roster: SmallVec<[_; 32]> = places.eligible.iter().filter(|e| group.members.contains(&e.participant)).collect();
    if roster.len() < group.members.len() {
        return None;
    }
    let stays = state.stays(group.site);
    let sizes = |slots: &Blockers| slots.iter().map(|s| weight(state, *s)).sum::<f64>();
    let rests = |slot: &SlotIx| match t.slots[slot.i()].owner {
        Owner::Group(other) => resting.iter().any(|r| r.0 == other),
        _ => false,
    };
    state.tick(places.starts.count() * roster.len() / 4);
    let ways = in_members_way(state, g, slot, &roster, grid);
    let mut best: Option<Claim> = None;
    for k in places.starts.iter() {
        let start = grid[k];
        if days.contains(&t.instance.site_day(group.site, start)) || roster.iter().any(|e| !e.starts.has(k)) {
            continue;
        }
        let Some(mut blockers) = ways[k].clone() else { continue };
        if blockers.iter().any(rests) {
            continue;
        }
        let span = Span::new(start, start + service.minutes);
        let Some(team) = team_at(state, g, k, start, &mut blockers, chance) else { continue };
        if blockers.iter().any(rests) {
            continue;
        }
        let base = sizes(&blockers);
        if best.as_ref().is_some_and(|b| base * LEAST > b.seen) {
            continue;
        }
        let mut options: SmallVec<[Housing; 4]> = SmallVec::new();
        if group.modality == Modality::Telehealth {
            options.push((None, None, Moves::new()));
        }
        let fitting = |r: &&(RoomIx, usize)| t.places.masks[r.1].has(k) && state.seats_of(g, Some(r.0)) >= roster.len();
        let rooms = || places.rooms.iter().filter(fitting).map(|r| r.0);
        let can = |slot: SlotIx| movable(state, slot);
        if let Some(freed) = state.free_a_room(rooms(), span, &stays, can) {
            options.push((Some(freed.room), None, freed.moves));
        } else {
            for r in rooms() {
                let there: SmallVec<[SlotIx; 2]> = state.stays_in_the_way(&stays, r, span).collect();
                if let [one] = there.as_slice()
                    && can(*one)
                    && !rests(one)
                {
                    options.push((Some(r), Some(*one), Moves::new()));
                }
            }
        }
        for (room, occupant, moves) in options {
            let more = occupant.filter(|o| !blockers.contains(o));
            let loss = base + more.map_or(0.0, |o| weight(state, o));
            let seen = loss * (LEAST + 2.0 * (1.0 - LEAST) * chance.unit()) + chance.unit();
            if best.as_ref().is_none_or(|b| seen < b.seen) {
                let mut blockers = blockers.clone();
                blockers.extend(more);
                let place = Place { start, modality: group.modality, site: group.site, room, team: team.clone() };
                best = Some(Claim { place, blockers, moves, seen });
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

/// For each start of the grid the sessions of the roster that it clashes with; none where one of them must stay.
fn in_members_way(
    state: &State<'_>,
    g: GroupIx,
    slot: SlotIx,
    roster: &[&crate::instance::Eligible],
    grid: &[Minute],
) -> Vec<Option<Blockers>> {
    let (t, group) = (state.t, &state.t.instance.groups[g.i()]);
    let mut ways: Vec<Option<Blockers>> = vec![Some(Blockers::new()); grid.len()];
    for e in roster {
        let p = e.participant;
        let commute = t.instance.participants[p.i()].commute;
        let one = t.instance.orders[e.order.i()].one_per_day;
        let seat_at = |start| state.seat_for(p, slot, Some(e.order), start, group.modality, group.site);
        let minutes = t.instance.services[group.service.i()].minutes;
        for other in &state.people[p.i()].seats {
            // Two sites on one day, or two sessions of an order, clash however far they are apart.
            let near = other.site == group.site && !(one && other.order == Some(e.order));
            let (from, to) = if near {
                let from = grid.partition_point(|&s| s + minutes + commute <= other.start);
                (from, grid.partition_point(|&s| s < other.end + commute))
            } else {
                (0, grid.len())
            };
            for k in (from..to).filter(|k| e.starts.has(*k)) {
                if !other.clashes(&seat_at(grid[k]), commute, one) {
                    continue;
                }
                if other.fact || !movable(state, other.slot) {
                    ways[k] = None;
                } else if let Some(blockers) = &mut ways[k]
                    && !blockers.contains(&other.slot)
                {
                    blockers.push(other.slot);
                }
            }
        }
    }
    ways
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
