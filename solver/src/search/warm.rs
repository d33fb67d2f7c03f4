//! Warm starts: a calendar that was brought in is taken over as far as the rules allow; the rest is left to the search.

use smallvec::SmallVec;

use super::{
    individuals::Taste,
    random::Chance,
    state::{Place, State, Team},
    tables::SlotIx,
};
use crate::{
    instance::{Booked, ClinicianIx, GroupIx, Instance, MaskIx, Owner, ParticipantIx, RoomIx, Span},
    problem::{GivenSession, Instant},
};

impl State<'_> {
    /// Takes over what of these sessions breaks no rule, next to what is there already.
    pub fn adopt(&mut self, sessions: &[Booked], chance: &mut Chance) {
        self.take_over(sessions, Faith::Near);
        // Only what the calendar itself left too small is closed: nothing is placed anew here.
        self.mend(Taste::EXACT, chance);
        self.commit();
    }

    /// Takes over those of these sessions that can stay as they are, clinicians and room too.
    pub fn adopt_exactly(&mut self, sessions: &[Booked]) {
        self.take_over(sessions, Faith::Exact);
        for g in GroupIx::all(self.t.instance.groups.len()) {
            let meetings: SmallVec<[SlotIx; 8]> = self.free_meetings(g).collect();
            for slot in meetings {
                self.close_if_too_few(slot, g);
            }
        }
        self.commit();
    }

    /// Puts a single session back as it was, if it can be.
    pub(super) fn restore(&mut self, slot: SlotIx, was: &Booked) {
        if self.placed[slot.i()].is_none() {
            self.adopt_single(slot, was, Faith::Exact);
        }
    }

    fn take_over(&mut self, sessions: &[Booked], faith: Faith) {
        let mut meetings: Vec<(GroupIx, SlotIx, &Booked)> = Vec::new();
        let mut singles: Vec<(SlotIx, &Booked)> = Vec::new();
        for s in sessions {
            let slot = self.slot_of(s);
            if slot == SlotIx::NONE || self.t.slots[slot.i()].kept || self.placed[slot.i()].is_some() {
                continue;
            }
            match s.owner {
                Owner::Group(g) => meetings.push((g, slot, s)),
                Owner::Order(_) => singles.push((slot, s)),
                Owner::Gone => {}
            }
        }
        meetings.sort_by_key(|m| (m.0, m.1));
        for of_group in meetings.chunk_by(|a, b| a.0 == b.0) {
            self.adopt_group(of_group[0].0, of_group, faith);
        }
        for (slot, s) in singles {
            self.adopt_single(slot, s, faith);
        }
    }

    fn adopt_group(&mut self, g: GroupIx, meetings: &[(GroupIx, SlotIx, &Booked)], faith: Faith) {
        let t = self.t;
        let group = &t.instance.groups[g.i()];
        let places = &t.places.groups[g.i()];
        let grid = &t.places.grids[places.grid].starts;
        let mark = self.mark();
        let mut taken: SmallVec<[(SlotIx, &Booked); 8]> = SmallVec::new();
        for &(_, slot, s) in meetings {
            let Some(k) = grid.binary_search(&s.start).ok().filter(|k| places.starts.has(*k)) else { continue };
            let day = t.instance.site_day(group.site, s.start);
            let same_day = |other: SlotIx| {
                self.placed[other.i()].as_ref().is_some_and(|p| t.instance.site_day(group.site, p.start) == day)
            };
            if t.meetings(g).any(same_day) {
                continue;
            }
            let same = t.instance.problem.groups[g.i()].same_clinician;
            let Some(team) = self.adopt_team(s, k, &places.clinicians, faith) else { continue };
            if same && t.meetings(g).filter_map(|m| self.placed[m.i()].as_ref()).any(|p| p.team != team) {
                continue;
            }
            let people = s.participants.len();
            let Some(room) =
                self.adopt_room(s, k, &places.rooms, faith, |r| self.seats_of(g, Some(r)) >= people.min(group.max))
            else {
                continue;
            };
            self.book(slot, Place { start: s.start, modality: group.modality, site: group.site, room, team });
            taken.push((slot, s));
        }
        if group.closed && !group.begun && taken.len() < group.meetings {
            self.rollback_to(mark);
            return;
        }
        let slots: SmallVec<[SlotIx; 8]> = taken.iter().map(|x| x.0).collect();
        let mut everybody: Vec<ParticipantIx> =
            group.members.iter().copied().chain(taken.iter().flat_map(|x| x.1.participants.iter().copied())).collect();
        let mut seen = std::collections::HashSet::new();
        everybody.retain(|p| seen.insert(*p));
        for p in everybody {
            let closed_to = group.closed && group.begun && !t.begun_roster[g.i()].contains(&p);
            let Some(position) = t.position(g, p).filter(|_| !closed_to) else {
                continue;
            };
            let order = places.eligible[position].order;
            if group.closed || group.members.contains(&p) {
                if self.join_cost(g, order, position, &slots).is_some() {
                    slots.iter().for_each(|s| self.seat(*s, p));
                }
                continue;
            }
            for (slot, _) in taken.iter().filter(|x| x.1.participants.contains(&p)) {
                if self.join_cost(g, order, position, &[*slot]).is_some() {
                    self.seat(*slot, p);
                }
            }
        }
        if slots.iter().any(|s| group.members.iter().any(|m| !self.seated[s.i()].contains(m))) {
            self.rollback_to(mark);
        }
    }

    fn adopt_single(&mut self, slot: SlotIx, s: &Booked, faith: Faith) {
        let Owner::Order(o) = s.owner else { return };
        let t = self.t;
        let data = &t.instance.orders[o.i()];
        let options = &t.places.orders[o.i()];
        let Some(option) = options.iter().find(|x| x.modality == s.modality && Some(x.site) == s.site) else { return };
        let grid = &t.places.grids[option.grid].starts;
        let Some(k) = grid.binary_search(&s.start).ok().filter(|k| option.starts.has(*k)) else { return };
        if self.missing(o) == 0 || !s.participants.contains(&data.participant) {
            return;
        }
        let seat = self.seat_for(data.participant, slot, Some(o), s.start, option.modality, option.site);
        if !self.person_can(data.participant, &seat) {
            return;
        }
        let Some(team) = self.adopt_team(s, k, &option.clinicians, faith) else { return };
        if data.clinician.is_some_and(|c| !team.contains(&c)) {
            return;
        }
        let Some(room) = self.adopt_room(s, k, &option.rooms, faith, |_| true) else { return };
        self.book(slot, Place { start: s.start, modality: s.modality, site: option.site, room, team });
        self.seat(slot, data.participant);
    }

    /// The team that was brought in, where each of it can work then; else, near to it, as many others who can.
    fn adopt_team(&self, s: &Booked, k: usize, clinicians: &[(ClinicianIx, MaskIx)], faith: Faith) -> Option<Team> {
        let (service, site) = (s.service?, s.site?);
        let wanted = self.t.instance.services[service.i()].clinicians;
        let able = |c: &&(ClinicianIx, MaskIx)| {
            self.t.places.masks[c.1].has(k) && self.clinician_can(c.0, service, s.start, s.modality, site)
        };
        let given = clinicians.iter().filter(|c| s.clinicians.contains(&c.0)).filter(able);
        let others = clinicians.iter().filter(|c| faith == Faith::Near && !s.clinicians.contains(&c.0)).filter(able);
        let mut team: Team = given.chain(others).take(wanted).map(|c| c.0).collect();
        team.sort_unstable();
        (team.len() == wanted).then_some(team)
    }

    fn adopt_room(
        &self,
        s: &Booked,
        k: usize,
        rooms: &[(RoomIx, MaskIx)],
        faith: Faith,
        fits: impl Fn(RoomIx) -> bool,
    ) -> Option<Option<RoomIx>> {
        let span = Span::new(s.start, s.end);
        self.free_room(s.modality, rooms, k, span, |r| Some(r) == s.room && fits(r))
            .or_else(|| self.free_room(s.modality, rooms, k, span, fits).filter(|_| faith == Faith::Near))
    }
}

/// How faithfully a calendar is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Faith {
    /// Each session as it is, or not at all.
    Exact,
    /// At the same time; with another clinician or room where it must be.
    Near,
}

/// A calendar that was brought in as bookings, and what of it means nothing here.
pub fn brought_in(instance: &Instance, given: &[GivenSession]) -> (Vec<Booked>, Vec<String>) {
    let mut notes = Vec::new();
    let mut sessions = Vec::new();
    for g in given {
        let booked = instance.book(g);
        if let Some((field, id)) = booked.unknown.first() {
            notes.push(format!("Session {} of the start was left out: the problem has no {field} {id}.", g.id));
        } else {
            sessions.push(booked);
        }
    }
    (sessions, notes)
}

/// An earlier week's calendar at the same wall times of this week.
pub fn this_week(instance: &Instance, reference: &[GivenSession]) -> Vec<Booked> {
    use chrono::{Datelike, Duration, TimeZone};
    let first = instance.axis.first;
    let shifted = reference.iter().filter_map(|g| {
        let mut given = g.clone();
        let booked = instance.book(g);
        let zone = &instance.site_zone(booked.site?).tz;
        let wall = g.start.0.with_timezone(zone).naive_local();
        let day = (wall.date().weekday().num_days_from_monday() + 7 - first.weekday().num_days_from_monday()) % 7;
        let wall = (first + Duration::days(day.into())).and_time(wall.time());
        given.start = Instant(zone.from_local_datetime(&wall).earliest()?.fixed_offset());
        given.end = None;
        Some(instance.book(&given))
    });
    shifted.filter(|b| b.unknown.is_empty()).collect()
}
