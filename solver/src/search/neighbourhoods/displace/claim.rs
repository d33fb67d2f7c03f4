//! Where one meeting of a group with a fixed roster may go, and what is in its way there.

use std::ops::Range;

use smallvec::SmallVec;

use super::chain::Chain;
use crate::{
    instance::{ClinicianIx, GroupIx, Minute, RoomIx, Span},
    problem::Modality,
    search::{
        random::Chance,
        rosters::{Apart, Roster},
        state::{Place, Team},
        tables::SlotIx,
    },
};

/// What is lost is seen between this much of it and as much above it: places that cost about the same take turns.
const LEAST: f64 = 0.9;

/// A place with what is in its way.
pub struct Claim {
    pub place: Place,
    pub blockers: Blockers,
    /// Meetings that change their room for it.
    pub moves: Moves,
    seen: f64,
}

type Blockers = SmallVec<[SlotIx; 8]>;
type Moves = SmallVec<[(SlotIx, RoomIx); 4]>;
/// A room, what is pushed out of it, and what moves for it.
type Housing = (Option<RoomIx>, Option<SlotIx>, Moves);
/// A clinician who may lead a group at a start, and which sessions of theirs are in the way.
type Hand = (ClinicianIx, Blockers);

impl Chain<'_, '_> {
    /// The place for one meeting with the least in its way, with some chance, on none of these days, led by these
    /// clinicians where that is settled.
    pub fn claim(&self, g: GroupIx, days: &[i32], leads: Option<&Team>, chance: &mut Chance) -> Option<Claim> {
        let t = self.state.t;
        let roster = t.rosters[g.i()].as_ref()?;
        let group = &t.instance.groups[g.i()];
        let service = &t.instance.services[group.service.i()];
        let grid = &t.places.grids[t.places.groups[g.i()].grid].starts;
        self.state.tick(roster.starts.count() + roster.rivals.len() / 4);
        let losses = self.losses(g, roster);
        let free_day = |k: &usize| days.is_empty() || !days.contains(&t.instance.site_day(group.site, grid[*k]));
        let mut starts: SmallVec<[(f64, usize); 64]> =
            roster.starts.iter().filter(|k| losses[*k].is_finite()).filter(free_day).map(|k| (losses[k], k)).collect();
        starts.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut best: Option<Claim> = None;
        let beaten = |loss: f64, best: &Option<Claim>| best.as_ref().is_some_and(|b| loss * LEAST > b.seen);
        for (base, k) in starts {
            if beaten(base, &best) {
                break;
            }
            let start = grid[k];
            let in_the_way = self.in_the_way(g, roster, start);
            let mut hands: Option<SmallVec<[Hand; 8]>> = None;
            for (room, occupant, moves) in self.housings(group.modality, roster, k, start, service.minutes) {
                let more = occupant.filter(|o| !in_the_way.contains(o));
                let loss = base + more.map_or(0.0, |o| self.weight(o));
                if beaten(loss, &best) {
                    continue;
                }
                let mut blockers = in_the_way.clone();
                blockers.extend(more);
                let housed = blockers.len();
                let hands = hands.get_or_insert_with(|| self.hands(g, roster, leads, k, start));
                let Some(team) = self.team(hands, service.clinicians, &mut blockers, chance) else { continue };
                let loss = loss + blockers[housed..].iter().map(|s| self.weight(*s)).sum::<f64>();
                let seen = loss * (LEAST + 2.0 * (1.0 - LEAST) * chance.unit()) + chance.unit() * 0.1;
                if best.as_ref().is_none_or(|b| seen < b.seen) {
                    let place = Place { start, modality: group.modality, site: group.site, room, team };
                    best = Some(Claim { place, blockers, moves, seen });
                }
            }
        }
        best
    }

    /// What would be lost at each start of a group, rooms and clinicians aside.
    fn losses(&self, g: GroupIx, roster: &Roster) -> Vec<f64> {
        let t = self.state.t;
        let mut losses = vec![0.0; t.places.grids[t.places.groups[g.i()].grid].starts.len()];
        for rival in &roster.rivals {
            let weighs = if self.rests(rival.group) { f64::INFINITY } else { self.weights[rival.group.i()] };
            for span in t.meetings(rival.group).filter_map(|s| self.spans[s.i()]) {
                losses[self.near(g, span, rival.apart)].iter_mut().for_each(|l| *l += weighs);
            }
        }
        for other in self.others(g) {
            let weighs = self.weight(other.slot);
            losses[self.near(g, other.span, other.apart)].iter_mut().for_each(|l| *l += weighs);
        }
        losses
    }

    /// The positions of starts of a group's grid at which it would be too near to a session.
    fn near(&self, g: GroupIx, span: Span, apart: Apart) -> Range<usize> {
        let t = self.state.t;
        let group = &t.instance.groups[g.i()];
        let grid = &t.places.grids[t.places.groups[g.i()].grid];
        let minutes = t.instance.services[group.service.i()].minutes;
        let (mut from, mut to) = (span.start - minutes - apart.minutes + 1, span.end + apart.minutes);
        if apart.days {
            let zone = t.instance.site_zone(group.site);
            let day = i64::from(t.instance.site_day(group.site, span.start));
            from = from.min(t.instance.axis.local(zone, day, 0));
            to = to.max(t.instance.axis.local(zone, day + 1, 0));
        }
        // Sessions of no length, one after the other, have nothing between them.
        grid.at_or_after(from)..grid.at_or_after(to.max(from))
    }

    /// What is in the way of a group at a start, rooms and clinicians aside.
    fn in_the_way(&self, g: GroupIx, roster: &Roster, start: Minute) -> Blockers {
        let t = self.state.t;
        let group = &t.instance.groups[g.i()];
        let span = Span::new(start, start + t.instance.services[group.service.i()].minutes);
        let day = |m: Minute| t.instance.site_day(group.site, m);
        let clashes = |s: Span, apart: Apart| {
            (span.start < s.end + apart.minutes && s.start < span.end + apart.minutes)
                || (apart.days && day(start) == day(s.start))
        };
        let mut blockers = Blockers::new();
        for rival in &roster.rivals {
            let there = |s: &SlotIx| self.spans[s.i()].is_some_and(|s| clashes(s, rival.apart));
            blockers.extend(t.meetings(rival.group).filter(there));
        }
        for other in self.others(g) {
            if clashes(other.span, other.apart) && !blockers.contains(&other.slot) {
                blockers.push(other.slot);
            }
        }
        blockers
    }

    /// Rooms for a start: one that is free or can be made so by moving others to other rooms, else all with one session
    /// that can be pushed out.
    fn housings(
        &self,
        modality: Modality,
        roster: &Roster,
        k: usize,
        start: Minute,
        minutes: i32,
    ) -> SmallVec<[Housing; 8]> {
        if modality == Modality::Telehealth {
            return SmallVec::from_iter([(None, None, Moves::new())]);
        }
        let span = Span::new(start, start + minutes);
        let rooms = || roster.rooms.iter().filter(|r| self.state.t.places.masks[r.1].has(k)).map(|r| r.0);
        let movable = |slot: SlotIx| self.weight(slot).is_finite();
        if let Some(freed) = self.stays.free_a_room(self.state, rooms(), span, movable) {
            return SmallVec::from_iter([(Some(freed.room), None, freed.moves)]);
        }
        let pushed = |r: RoomIx| self.stays.one_in_the_way(self.state, r, span).filter(|s| movable(*s)).map(|s| (r, s));
        rooms().filter_map(pushed).map(|(r, s)| (Some(r), Some(s), Moves::new())).collect()
    }

    /// Clinicians for a start who are free, or whose sessions there may be taken out.
    fn hands(&self, g: GroupIx, roster: &Roster, leads: Option<&Team>, k: usize, start: Minute) -> SmallVec<[Hand; 8]> {
        let t = self.state.t;
        let group = &t.instance.groups[g.i()];
        let service = &t.instance.services[group.service.i()];
        let busy = Span::new(start, start + service.minutes + service.documentation);
        let able = roster.clinicians.iter().filter(|c| t.places.masks[c.1].has(k)).map(|c| c.0);
        able.filter(|c| self.state.reaches_clinician(*c) && leads.is_none_or(|l| l.contains(c)))
            .filter_map(|c| {
                if self.state.clinician_can(c, group.service, start, group.modality, group.site) {
                    return Some((c, Blockers::new()));
                }
                let sessions = self.state.desks[c.i()].sessions.iter();
                let there: Blockers = sessions.filter(|s| s.0.overlaps(busy)).map(|s| s.1).collect();
                (!there.is_empty() && there.iter().all(|s| self.weight(*s).is_finite())).then_some((c, there))
            })
            .collect()
    }

    /// The team that takes least out beside what is taken out anyway, to which it adds that.
    fn team(&self, hands: &[Hand], count: usize, blockers: &mut Blockers, chance: &mut Chance) -> Option<Team> {
        let mut team = Team::new();
        let (before, after) = hands.split_at(chance.below(hands.len()));
        for _ in 0..count {
            let mut least: Option<(f64, &Hand)> = None;
            for hand in after.iter().chain(before).filter(|h| !team.contains(&h.0)) {
                let new = hand.1.iter().filter(|s| !blockers.contains(s)).map(|s| self.weight(*s)).sum::<f64>();
                if least.is_none_or(|l| new < l.0) {
                    least = Some((new, hand));
                }
                if new == 0.0 {
                    break;
                }
            }
            let (_, (c, there)) = least?;
            team.push(*c);
            for s in there {
                if !blockers.contains(s) {
                    blockers.push(*s);
                }
            }
        }
        team.sort_unstable();
        Some(team)
    }
}
