//! Where a session of a calendar could stand instead: each start of the week while its site is open, in its own room and
//! with its own clinicians where that breaks nothing, else with others that are free; or in one room, or with one
//! clinician, that somebody asks about. Each place is judged by the rules.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    calendar::Session,
    instance::{Booked, ClinicianIx, GridIx, Instance, MaskIx, Owner, Placements, RoomIx, Span},
    problem::Modality,
    rules::{self, Judgement, Part, Violation},
};

/// All places of a session.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moves {
    /// Id of the session.
    pub session: String,
    /// Its places, in the order of time.
    pub places: Vec<Place>,
}

/// A session as it would be at another time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Place {
    /// The session there.
    pub session: Session,
    /// By how much the objective changes; negative is better.
    pub cost_difference: i64,
    /// Hard rules that would be broken and are not broken now; none where the place is allowed.
    pub breaks: Vec<Violation>,
}

/// What is held while a session is tried at every start: a column of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is in this room, in person; or in none, by telehealth.
    Room(Option<RoomIx>),
    /// This clinician gives it, in the place of another: of the one that is named, or else of the first.
    Clinician {
        /// Who gives it.
        gives: ClinicianIx,
        /// Who gives it no longer.
        instead_of: Option<ClinicianIx>,
    },
}

/// Ways with other rooms or clinicians that are judged for one start.
const OTHERS: usize = 4;

/// The places of a session; none where the calendar does not have it.
pub fn moves(instance: &Instance, sessions: &[Booked], id: &str) -> Option<Moves> {
    let booked = sessions.iter().find(|s| s.id == id)?;
    let placements = Placements::new(instance);
    let places = places(instance, sessions, &placements, booked, None)?;
    Some(Moves { session: id.to_owned(), places })
}

/// The places of a session in each of these columns: what is held stays as it is; of the rest others that are free are
/// taken where its own are not. None where the calendar does not have the session.
pub fn columns(instance: &Instance, sessions: &[Booked], id: &str, held: &[Held]) -> Option<Vec<Vec<Place>>> {
    let booked = sessions.iter().find(|s| s.id == id)?;
    let placements = Placements::new(instance);
    held.iter().map(|held| places(instance, sessions, &placements, booked, Some(*held))).collect()
}

fn places(
    instance: &Instance,
    sessions: &[Booked],
    placements: &Placements,
    booked: &Booked,
    held: Option<Held>,
) -> Option<Vec<Place>> {
    let stands = held.map_or_else(|| booked.clone(), |held| held.by(booked));
    let candidates = candidates(placements, &stands);
    // When one may begin is told of the session as it is, where the problem does not have it in the other way.
    let grid = candidates.as_ref().map(|c| c.grid).or_else(|| self::candidates(placements, booked).map(|c| c.grid));
    let mut desk = Desk::new(instance, sessions, booked, &stands, candidates.as_ref(), held)?;
    let open = booked.site.map(|site| &instance.sites[site.i()].open);
    let length = booked.end - booked.start;
    let mut places = Vec::new();
    for (k, &start) in grid.iter().flat_map(|grid| placements.grids[*grid].starts.iter().enumerate()) {
        if !open.is_some_and(|open| open.contains(Span::new(start, start + length))) {
            continue;
        }
        let moved = Booked { start, end: start + length, ..stands.clone() };
        let mut best = desk.judged(moved.clone());
        if !best.breaks.is_empty() && best.breaks.iter().all(|v| mendable(held).contains(&v.rule)) {
            let others = candidates.iter().flat_map(|c| others(placements, c, &moved, k));
            let free = others.filter(|way| keeps(held, &moved, way) && desk.free(way)).take(OTHERS).collect::<Vec<_>>();
            if let Some(place) = free.into_iter().map(|way| desk.judged(way)).find(|place| place.breaks.is_empty()) {
                best = place;
            }
        }
        places.push(best);
    }
    Some(places)
}

/// Rules that another room or clinician may keep where the session's own don't, as far as they are not held.
fn mendable(held: Option<Held>) -> &'static [&'static str] {
    match held {
        None => &["H5", "H6", "H7", "H16", "H17", "H18"],
        Some(Held::Room(_)) => &["H5", "H7", "H16", "H17", "H18"],
        Some(Held::Clinician { .. }) => &["H6", "H7"],
    }
}

/// Whether another way leaves alone what is held.
fn keeps(held: Option<Held>, moved: &Booked, way: &Booked) -> bool {
    match held {
        None => true,
        Some(Held::Room(_)) => way.room == moved.room,
        Some(Held::Clinician { .. }) => way.clinicians == moved.clinicians,
    }
}

impl Held {
    /// A session with what is held, when it is now.
    fn by(self, session: &Booked) -> Booked {
        let session = session.clone();
        match self {
            Held::Room(Some(room)) => Booked { room: Some(room), modality: Modality::InPerson, ..session },
            Held::Room(None) => Booked { room: None, modality: Modality::Telehealth, ..session },
            Held::Clinician { gives, .. } if session.clinicians.contains(&gives) => session,
            Held::Clinician { gives, instead_of } => {
                let mut clinicians = session.clinicians;
                let at = instead_of.and_then(|c| clinicians.iter().position(|own| *own == c)).unwrap_or(0);
                match clinicians.get_mut(at) {
                    Some(place) => *place = gives,
                    None => clinicians.push(gives),
                }
                Booked { clinicians, ..session }
            }
        }
    }
}

/// What may hold a session and who may give it.
struct Candidates<'a> {
    grid: GridIx,
    rooms: &'a [(RoomIx, MaskIx)],
    clinicians: &'a [(ClinicianIx, MaskIx)],
}

fn candidates<'a>(placements: &'a Placements, booked: &Booked) -> Option<Candidates<'a>> {
    match booked.owner {
        Owner::Group(g) => {
            let group = placements.groups.get(g.i())?;
            Some(Candidates { grid: group.grid, rooms: &group.rooms, clinicians: &group.clinicians })
        }
        Owner::Order(o) => {
            let mut options = placements.orders.get(o.i())?.iter();
            let option = options.find(|o| o.modality == booked.modality && Some(o.site) == booked.site)?;
            Some(Candidates { grid: option.grid, rooms: &option.rooms, clinicians: &option.clinicians })
        }
        Owner::Gone => None,
    }
}

/// The same session in other rooms, then with others who may give it at this start.
fn others<'a>(
    placements: &'a Placements,
    candidates: &'a Candidates,
    moved: &'a Booked,
    k: usize,
) -> impl Iterator<Item = Booked> + 'a {
    let may = move |mask: MaskIx| placements.masks[mask].has(k);
    let rooms = move || {
        let fitting = candidates.rooms.iter().filter(move |r| may(r.1)).map(|r| Some(r.0));
        let none = (moved.room.is_none()).then_some(None);
        let own = moved.room.map(Some);
        own.into_iter().chain(fitting.filter(move |r| *r != moved.room)).chain(none)
    };
    let elsewhere = rooms().map(|room| Booked { room, ..moved.clone() });
    let by_others = candidates.clinicians.iter().filter(move |c| moved.clinicians.len() == 1 && may(c.1));
    let by_others =
        by_others.flat_map(move |c| rooms().map(move |room| Booked { room, clinicians: vec![c.0], ..moved.clone() }));
    elsewhere.chain(by_others)
}

/// The part of a calendar that a session can concern, wherever it is tried.
struct Desk<'a> {
    instance: &'a Instance,
    before: Judgement,
    sessions: Vec<Booked>,
    own: usize,
}

impl<'a> Desk<'a> {
    fn new(
        instance: &'a Instance,
        sessions: &[Booked],
        booked: &Booked,
        stands: &Booked,
        candidates: Option<&Candidates<'_>>,
        held: Option<Held>,
    ) -> Option<Desk<'a>> {
        let mut part = Part::new(instance);
        part.session(booked);
        part.session(stands);
        if let Some(candidates) = candidates {
            if !matches!(held, Some(Held::Room(_))) {
                candidates.rooms.iter().for_each(|r| part.room(r.0));
            }
            if !matches!(held, Some(Held::Clinician { .. })) {
                candidates.clinicians.iter().for_each(|c| part.clinician(c.0));
            }
        }
        let sessions: Vec<Booked> = sessions.iter().filter(|s| part.concerns(s)).cloned().collect();
        let own = sessions.iter().position(|s| s.id == booked.id)?;
        Some(Desk { instance, before: rules::judge(instance, &sessions), sessions, own })
    }

    /// Whether no other session is at the same time in the same room or by the same people.
    fn free(&self, way: &Booked) -> bool {
        let rest = self.sessions.iter().enumerate().filter(|&(k, _)| k != self.own).map(|(_, s)| s);
        rest.filter(|s| s.start < way.end && way.start < s.end).all(|s| {
            let room = way.room.is_some() && s.room == way.room;
            !room && !s.clinicians.iter().any(|c| way.clinicians.contains(c))
        })
    }

    fn judged(&mut self, way: Booked) -> Place {
        let session = Session::write(self.instance, &way);
        let stood = std::mem::replace(&mut self.sessions[self.own], way);
        let after = rules::judge(self.instance, &self.sessions);
        self.sessions[self.own] = stood;
        Place {
            session,
            cost_difference: after.cost.saturating_sub(self.before.cost),
            breaks: after.violations.into_iter().filter(|v| !self.before.violations.contains(v)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        generate::{Draw, generate},
        problem::GivenSession,
        search::{Options, Stop, Unwatched, solve},
    };

    #[test]
    fn every_place_costs_and_breaks_what_it_says() {
        let (mut allowed, mut forbidden, mut elsewhere) = (0, 0, 0);
        for seed in 1..=4 {
            let instance = Arc::new(Instance::new(Arc::new(generate(&Draw::small(seed)))));
            let options = Options { seconds: Some(5.0), rounds: Some(1), ..Options::default() };
            let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
            let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
            let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
            for session in sessions.iter().step_by(7) {
                let found = moves(&instance, &sessions, &session.id).unwrap();
                let here = found
                    .places
                    .iter()
                    .find(|p| GivenSession::from(&p.session).start == given_start(&given, &session.id));
                assert!(here.is_none_or(|p| p.cost_difference == 0 && p.breaks.is_empty()));
                for place in found.places.iter().step_by(5) {
                    let moved = instance.book(&(&place.session).into());
                    elsewhere += usize::from(moved.room != session.room || moved.clinicians != session.clinicians);
                    let with: Vec<Booked> =
                        sessions.iter().map(|s| if s.id == moved.id { moved.clone() } else { s.clone() }).collect();
                    let judged = rules::judge(&instance, &with);
                    assert_eq!(judged.objective as i64 - calendar.objective as i64, place.cost_difference);
                    assert_eq!(judged.violations, place.breaks);
                    *(if place.breaks.is_empty() { &mut allowed } else { &mut forbidden }) += 1;
                }
            }
            assert!(moves(&instance, &sessions, "nothing/1").is_none());
        }
        assert!(allowed > 0 && forbidden > 0 && elsewhere > 0, "{allowed} {forbidden} {elsewhere}");
    }

    /// What is held is held; each place costs and breaks what it says; a column has places that the session's own does not.
    #[test]
    fn every_place_of_a_column_holds_what_is_asked_and_costs_and_breaks_what_it_says() {
        let (mut allowed, mut forbidden, mut online) = (0, 0, 0);
        for seed in 1..=3 {
            let instance = Arc::new(Instance::new(Arc::new(generate(&Draw::small(seed)))));
            let options = Options { seconds: Some(5.0), rounds: Some(1), ..Options::default() };
            let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).unwrap();
            let given: Vec<GivenSession> = calendar.sessions.iter().map(Into::into).collect();
            let sessions: Vec<Booked> = given.iter().map(|s| instance.book(s)).collect();
            for session in sessions.iter().step_by(9) {
                let rooms = RoomIx::all(instance.rooms.len()).map(|r| Held::Room(Some(r)));
                let gives = ClinicianIx::all(instance.clinicians.len());
                let last = session.clinicians.last().copied();
                let clinicians = gives.map(|gives| Held::Clinician { gives, instead_of: last });
                let held: Vec<Held> = rooms.chain([Held::Room(None)]).chain(clinicians).collect();
                let found = columns(&instance, &sessions, &session.id, &held).unwrap();
                assert_eq!(found.len(), held.len());
                for (held, places) in held.iter().zip(&found) {
                    for place in places.iter().step_by(7) {
                        let moved = instance.book(&(&place.session).into());
                        match *held {
                            Held::Room(room) => {
                                assert_eq!(moved.room, room);
                                assert_eq!(moved.modality == Modality::Telehealth, room.is_none());
                                online += usize::from(room.is_none() && place.breaks.is_empty());
                            }
                            Held::Clinician { gives, .. } => {
                                assert!(moved.clinicians.contains(&gives));
                                assert_eq!(moved.clinicians.len(), session.clinicians.len());
                                let stay = session.clinicians.iter().filter(|c| Some(**c) != last);
                                assert!(stay.into_iter().all(|c| moved.clinicians.contains(c)));
                            }
                        }
                        let with: Vec<Booked> =
                            sessions.iter().map(|s| if s.id == moved.id { moved.clone() } else { s.clone() }).collect();
                        let judged = rules::judge(&instance, &with);
                        assert_eq!(judged.objective as i64 - calendar.objective as i64, place.cost_difference);
                        assert_eq!(judged.violations, place.breaks);
                        *(if place.breaks.is_empty() { &mut allowed } else { &mut forbidden }) += 1;
                    }
                }
            }
            assert!(columns(&instance, &sessions, "nothing/1", &[Held::Room(None)]).is_none());
        }
        assert!(allowed > 0 && forbidden > 0 && online > 0, "{allowed} {forbidden} {online}");
    }

    fn given_start(given: &[GivenSession], id: &str) -> crate::problem::Instant {
        given.iter().find(|s| s.id == id).unwrap().start
    }
}
