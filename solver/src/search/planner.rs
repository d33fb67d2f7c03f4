//! Plans for the meetings of one group: who could come to each start, who could lead it there, and starts drawn so that
//! many can come to all of them.

use smallvec::SmallVec;

use super::{
    groups::Starts,
    individuals::near,
    random::Chance,
    state::{Place, State, Team},
    tables::SlotIx,
};
use crate::{
    instance::{Bits, ClinicianIx, GroupIx, MaskIx, Minute, ParticipantIx, RoomIx, Span},
    problem::Modality,
};

/// Meetings that a group could hold: slot and place of each.
pub type Meetings = SmallVec<[(SlotIx, Place); 4]>;

/// What is known while one group is planned: who could come to each start, who could lead it there.
pub struct Planner {
    g: GroupIx,
    /// Free slots to fill.
    slots: SmallVec<[SlotIx; 8]>,
    /// How many meetings.
    count: usize,
    /// Starts with some clinician, a room and enough people.
    starts: Vec<Candidate>,
    /// Those who want to come, as positions among the eligible, rising.
    wanting: Vec<usize>,
    /// Worth of one more session of each of them.
    worth: Vec<f64>,
    /// Clinicians who lead all meetings, where these must be the same; else empty.
    leads: Vec<ClinicianIx>,
    /// Most participants.
    seats: usize,
    /// Local days on which the group meets already.
    days: SmallVec<[i32; 8]>,
}

struct Candidate {
    /// Position in the grid.
    k: usize,
    start: Minute,
    day: i32,
    /// Positions in `wanting` of those who have the time.
    people: Bits,
    /// Clinicians who have the time.
    able: SmallVec<[ClinicianIx; 8]>,
    room: Option<RoomIx>,
    /// A meeting there leaves no gap beside it: some clinician is busy right before or right after.
    snug: bool,
}

impl Planner {
    /// What there is to plan with, where it is enough for so many meetings.
    pub fn new(state: &State<'_>, g: GroupIx, count: usize, starts: Starts, chance: &mut Chance) -> Option<Self> {
        let t = state.t;
        let group = &t.instance.groups[g.i()];
        let places = &t.places.groups[g.i()];
        let service = &t.instance.services[group.service.i()];
        let grid = &t.places.grids[places.grid].starts;
        let need = if group.closed { count } else { 1 };
        let (mut wanting, mut worth): (Vec<usize>, Vec<f64>) = Default::default();
        for (k, e) in places.eligible.iter().enumerate() {
            let member = group.members.contains(&e.participant);
            if !member && !state.in_focus(e.participant) {
                continue;
            }
            let may = !(group.closed && group.begun) || t.begun_roster[g.i()].contains(&e.participant);
            if (state.missing(e.order) >= need && may) || member {
                let scarce = 1.0 + 2.0 / t.joinable[e.order.i()].len().max(1) as f64;
                worth.push(t.instance.orders[e.order.i()].unmet as f64 * scarce);
                wanting.push(k);
            }
        }
        let least = if group.begun { 1 } else { group.min.max(1) };
        if wanting.len() < least {
            return None;
        }
        let kept: SmallVec<[SlotIx; 8]> = t.meetings(g).filter(|s| state.placed[s.i()].is_some()).collect();
        let starts_of = |s: &SlotIx| state.placed[s.i()].as_ref().map(|p| p.start);
        let days = kept.iter().filter_map(starts_of).map(|m| t.instance.site_day(group.site, m)).collect();
        let slots: SmallVec<[SlotIx; 8]> =
            t.meetings(g).filter(|s| state.placed[s.i()].is_none() && !t.slots[s.i()].kept).collect();
        let first_slot = *slots.first()?;
        let step = (service.minutes + service.documentation).max(1);
        let offset = match (starts, places.starts.iter().next()) {
            (Starts::Lattice, Some(k)) => Some(t.instance.site_zone(group.site).clock(grid[k]).rem_euclid(step)),
            _ => None,
        };
        let seats = group
            .max
            .min(places.rooms.iter().map(|r| t.instance.rooms[r.0.i()].capacity as usize).max().unwrap_or(usize::MAX));
        let leads = team_fixed(state, g);
        let clinicians: SmallVec<[&(ClinicianIx, MaskIx); 24]> = match leads {
            Some(_) => places.clinicians.iter().collect(),
            None => near(&places.clinicians, chance).collect(),
        };
        let mut candidates = Vec::new();
        state.tick(places.starts.count() * 4 + wanting.len() * 4);
        let some_start = places.starts.iter().next().map(|k| grid[k])?;
        let open: Vec<Bits> = wanting
            .iter()
            .map(|&e| {
                let eligible = &places.eligible[e];
                let p = eligible.participant;
                let like = state.seat_for(p, first_slot, Some(eligible.order), some_start, group.modality, group.site);
                state.openings(p, &like, places.grid, &eligible.starts)
            })
            .collect();
        for k in places.starts.iter() {
            let start = grid[k];
            let zone = t.instance.site_zone(group.site);
            if offset.is_some_and(|o| zone.clock(start).rem_euclid(step) != o) {
                continue;
            }
            let day = zone.day(start);
            if days_has(&days, day) {
                continue;
            }
            let people = Bits::of(open.len(), |e| open[e].has(k));
            if people.count() < least {
                continue;
            }
            let able: SmallVec<[ClinicianIx; 8]> = clinicians
                .iter()
                .filter(|(c, m)| {
                    t.places.masks[*m].has(k)
                        && leads.as_ref().is_none_or(|l| l.contains(c))
                        && state.clinician_can(*c, group.service, start, group.modality, group.site)
                })
                .map(|x| x.0)
                .collect();
            if able.len() < service.clinicians {
                continue;
            }
            let span = Span::new(start, start + service.minutes);
            let Some(room) = best_room(state, g, &places.rooms, k, span, group.modality, wanting.len()) else {
                continue;
            };
            let snug = is_snug(state, &able, start, service.minutes + service.documentation);
            candidates.push(Candidate { k, start, day, people, able, room, snug });
        }
        if candidates.len() < count {
            return None;
        }
        let leads = leads.unwrap_or_default();
        Some(Planner { g, slots, count, starts: candidates, wanting, worth, leads, seats, days })
    }

    /// A plan drawn at random, better ones more often, and what it is worth.
    pub fn draw(&self, state: &State<'_>, host: Option<ParticipantIx>, chance: &mut Chance) -> Option<(f64, Meetings)> {
        let t = state.t;
        let group = &t.instance.groups[self.g.i()];
        let service = &t.instance.services[group.service.i()];
        let same = t.instance.problem.groups[self.g.i()].same_clinician && service.clinicians > 0;
        let team: Option<Team> = if same { Some(self.draw_leads(state, chance)?) } else { None };
        let may = |c: &Candidate| team.as_ref().is_none_or(|t| t.iter().all(|x| c.able.contains(x)));
        let mut people = Bits::of(self.worth.len(), |k| self.worth[k] > 0.0);
        // Starts that a member can't attend are of no use.
        let position = |m: &ParticipantIx| self.wanting.binary_search(&t.position(self.g, *m)?).ok();
        let must: Option<SmallVec<[usize; 16]>> = group.members.iter().chain(&host).map(position).collect();
        let must = must?;
        let mut used: SmallVec<[i32; 8]> = self.days.clone();
        let mut chosen: SmallVec<[usize; 4]> = SmallVec::new();
        let mut value = 0.0;
        for step in 0..self.count {
            let mut best: Option<(f64, usize)> = None;
            for (k, c) in self.starts.iter().enumerate() {
                if used.contains(&c.day) || !may(c) || must.iter().any(|m| !c.people.has(*m)) {
                    continue;
                }
                let count = people.count_both(&c.people);
                if count < group.min.max(1) && !group.begun {
                    continue;
                }
                let sum: f64 = people.common(&c.people).map(|k| self.worth[k]).sum();
                let held = if count > self.seats { sum * self.seats as f64 / count as f64 } else { sum };
                let spread = if step == 0 { 0.5 } else { 0.15 };
                let snug = if c.snug { 1.03 } else { 1.0 };
                let seen = held
                    * snug
                    * (1.0 + 0.02 * (count.min(2 * self.seats) as f64 / self.seats as f64))
                    * (1.0 - spread * chance.unit());
                if best.is_none_or(|b| seen > b.0) {
                    best = Some((seen, k));
                    value = held;
                }
            }
            let (_, k) = best?;
            used.push(self.starts[k].day);
            if group.closed {
                people.keep(&self.starts[k].people);
            }
            chosen.push(k);
        }
        chosen.sort_unstable();
        let mut meetings = Meetings::new();
        let mut slots: SmallVec<[SlotIx; 8]> = self.slots.clone();
        for k in chosen {
            let c = &self.starts[k];
            let team = match &team {
                Some(team) => team.clone(),
                None => draw_team(state, &c.able, service.clinicians, chance),
            };
            let at = slots
                .iter()
                .enumerate()
                .min_by_key(|(_, s)| state.change_cost(**s, c.start, c.room, &team) - returning(state, **s))
                .map(|x| x.0)?;
            let slot = slots.remove(at);
            debug_assert_eq!(t.places.grids[t.places.groups[self.g.i()].grid].starts[c.k], c.start);
            let place = Place { start: c.start, modality: group.modality, site: group.site, room: c.room, team };
            meetings.push((slot, place));
        }
        Some((value, meetings))
    }

    fn draw_leads(&self, state: &State<'_>, chance: &mut Chance) -> Option<Team> {
        let group = &state.t.instance.groups[self.g.i()];
        let wanted = state.t.instance.services[group.service.i()].clinicians;
        if !self.leads.is_empty() {
            return Some(self.leads.iter().copied().collect());
        }
        let mut able: Vec<(f64, ClinicianIx)> = Vec::new();
        for &(c, _) in &state.t.places.groups[self.g.i()].clinicians {
            let mut days: SmallVec<[i32; 8]> = SmallVec::new();
            let mut sum = 0.0;
            for s in self.starts.iter().filter(|s| s.able.contains(&c)) {
                if !days.contains(&s.day) {
                    days.push(s.day);
                }
                sum += s.people.count() as f64;
            }
            if days.len() >= self.count {
                able.push((sum.sqrt() * chance.unit(), c));
            }
        }
        able.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut team: Team = able.iter().take(wanted).map(|x| x.1).collect();
        team.sort_unstable();
        (team.len() == wanted).then_some(team)
    }
}

/// Whether some clinician is busy right before or right after.
fn is_snug(state: &State<'_>, able: &[ClinicianIx], start: Minute, length: i32) -> bool {
    let beside = |s: &Span| s.end == start || s.start == start + length;
    able.iter().any(|c| state.desks[c.i()].sessions.iter().any(|(s, _)| beside(s)))
}

fn days_has(days: &SmallVec<[i32; 8]>, day: i32) -> bool {
    days.contains(&day)
}

/// What is won where people of `previous` are kept: slots with a history go first.
fn returning(state: &State<'_>, slot: SlotIx) -> i64 {
    match state.t.slots[slot.i()].previous {
        Some(k) => state.t.costs.dropped * state.t.instance.previous[k].booked.participants.len() as i64,
        None => 0,
    }
}

/// The clinicians that a group with the same clinicians throughout must keep, because booked meetings have them.
fn team_fixed(state: &State<'_>, g: GroupIx) -> Option<Vec<ClinicianIx>> {
    if !state.t.instance.problem.groups[g.i()].same_clinician {
        return None;
    }
    let teams: Vec<&Team> = state.t.meetings(g).filter_map(|s| state.placed[s.i()].as_ref()).map(|p| &p.team).collect();
    let first = teams.first()?;
    // Facts that disagree among themselves bind nobody; a pinned team binds.
    let pinned = state.t.meetings(g).find(|s| {
        state.t.slots[s.i()].previous.is_some_and(|k| state.t.instance.previous[k].pinned)
            && state.placed[s.i()].is_some()
    });
    match pinned.and_then(|s| state.placed[s.i()].as_ref()) {
        Some(place) => Some(place.team.to_vec()),
        None if teams.iter().all(|t| t == first) => Some(first.to_vec()),
        None => None,
    }
}

fn draw_team(state: &State<'_>, able: &[ClinicianIx], wanted: usize, chance: &mut Chance) -> Team {
    let mut able: SmallVec<[(u32, ClinicianIx); 8]> = able
        .iter()
        .map(|c| {
            let v = state.t.versatility[c.i()];
            (if chance.chance(0.3) { chance.below(2 * v as usize + 1) as u32 } else { v + chance.below(4) as u32 }, *c)
        })
        .collect();
    able.sort_unstable();
    let mut team: Team = able.into_iter().take(wanted).map(|x| x.1).collect();
    team.sort_unstable();
    team
}

/// The room that holds most of those who want, the smallest of these; `Some(None)` for telehealth.
fn best_room(
    state: &State<'_>,
    g: GroupIx,
    rooms: &[(RoomIx, MaskIx)],
    k: usize,
    span: Span,
    modality: Modality,
    wanting: usize,
) -> Option<Option<RoomIx>> {
    if modality == Modality::Telehealth {
        return Some(None);
    }
    let enough = state.seats_of(g, None).min(wanting);
    rooms
        .iter()
        .filter(|(r, m)| state.t.places.masks[*m].has(k) && state.room_can(*r, span))
        .min_by_key(|(r, _)| {
            let capacity = state.t.instance.rooms[r.i()].capacity as usize;
            (enough.saturating_sub(capacity), capacity)
        })
        .map(|(r, _)| Some(*r))
}
