//! Rooms dealt out anew among the meetings of one time, so that a room becomes free for one more: an augmenting path in the
//! matching of meetings with rooms.

use smallvec::SmallVec;

use super::{
    state::{Place, State},
    tables::SlotIx,
};
use crate::instance::{Owner, RoomIx, SiteIx, Span};

/// What is in the rooms of a site, room by room: each with the time for which it holds it, turnover included.
#[derive(Debug, Default)]
pub struct Stays(Vec<Vec<(Span, SlotIx)>>);

/// A room, and the meetings that have to move before it is free, in the order in which they can.
pub struct Freed {
    /// The room.
    pub room: RoomIx,
    /// Each with its new room.
    pub moves: SmallVec<[(SlotIx, RoomIx); 4]>,
}

/// A room on the way, what wants into it, and from which room that comes.
struct Step {
    room: RoomIx,
    span: Span,
    mover: Option<(SlotIx, usize)>,
}

impl Stays {
    /// What a calendar has at a site.
    pub fn of(state: &State<'_>, site: SiteIx) -> Stays {
        let mut stays = Stays(vec![Vec::new(); state.rooms.len()]);
        for (k, place) in state.placed.iter().enumerate() {
            if let Some(place) = place.as_ref().filter(|p| p.site == site) {
                stays.take(state, SlotIx(k as u32), place);
            }
        }
        stays
    }

    /// A session comes in.
    pub fn take(&mut self, state: &State<'_>, slot: SlotIx, place: &Place) {
        let Some(room) = place.room else { return };
        let (span, _) = state.span(state.service(slot), place.start);
        self.0[room.i()].push((wide(state, room, span), slot));
    }

    /// A session goes out.
    pub fn leave(&mut self, slot: SlotIx, place: &Place) {
        let Some(room) = place.room else { return };
        if let Some(at) = self.0[room.i()].iter().position(|s| s.1 == slot) {
            self.0[room.i()].swap_remove(at);
        }
    }

    /// The one session that is in the way of a session in a room; none where there is none, or more.
    pub fn one_in_the_way(&self, state: &State<'_>, room: RoomIx, span: Span) -> Option<SlotIx> {
        let wide = wide(state, room, span);
        let mut there = self.0[room.i()].iter().filter(|s| s.0.overlaps(wide));
        there.next().map(|s| s.1).filter(|_| there.next().is_none())
    }

    /// One of these rooms made free for `span` by moving other meetings to other rooms, at their times; the fewest moves.
    pub fn free_a_room(
        &self,
        state: &State<'_>,
        wanted: impl Iterator<Item = RoomIx>,
        span: Span,
        movable: impl Fn(SlotIx) -> bool,
    ) -> Option<Freed> {
        let mut steps: SmallVec<[Step; 16]> = wanted.map(|room| Step { room, span, mover: None }).collect();
        let mut k = 0;
        while let Some(step) = steps.get(k) {
            if state.room_can(step.room, step.span) {
                return Some(way_back(&steps, k));
            }
            if let Some(slot) = self.one_in_the_way(state, step.room, step.span)
                && movable(slot)
                && let Some((own, rooms)) = other_rooms(state, slot)
            {
                for room in rooms {
                    if steps.iter().all(|s| s.room != room) {
                        steps.push(Step { room, span: own, mover: Some((slot, k)) });
                    }
                }
            }
            k += 1;
        }
        None
    }
}

/// The time for which a room is held, turnover included.
fn wide(state: &State<'_>, room: RoomIx, span: Span) -> Span {
    Span::new(span.start, span.end + state.t.instance.rooms[room.i()].turnover)
}

/// When a meeting of a group with a fixed roster is, and the rooms in which it could be then.
fn other_rooms(state: &State<'_>, slot: SlotIx) -> Option<(Span, SmallVec<[RoomIx; 16]>)> {
    let t = state.t;
    let Owner::Group(g) = t.slots[slot.i()].owner else { return None };
    let roster = t.rosters[g.i()].as_ref()?;
    let start = state.placed[slot.i()].as_ref()?.start;
    let k = t.places.grids[t.places.groups[g.i()].grid].position(start)?;
    let rooms = roster.rooms.iter().filter(|(_, m)| t.places.masks[*m].has(k));
    Some((state.span(state.service(slot), start).0, rooms.map(|r| r.0).collect()))
}

/// The moves that end in step `k`, the last one first, as its room is free already.
fn way_back(steps: &[Step], mut k: usize) -> Freed {
    let mut moves = SmallVec::new();
    while let Some((slot, from)) = steps[k].mover {
        moves.push((slot, steps[k].room));
        k = from;
    }
    Freed { room: steps[k].room, moves }
}

impl State<'_> {
    /// Moves a meeting into another room, with everybody in it.
    pub fn rehouse(&mut self, slot: SlotIx, room: RoomIx) {
        let Some(place) = self.placed[slot.i()].clone() else { return };
        let people = self.seated[slot.i()].clone();
        self.remove_session(slot);
        self.book(slot, Place { room: Some(room), ..place });
        people.into_iter().for_each(|p| self.seat(slot, p));
    }
}
