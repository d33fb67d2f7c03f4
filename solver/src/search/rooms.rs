//! Rooms dealt out anew among the meetings of one time, so that a room becomes free for one more: an augmenting path in the
//! matching of meetings with rooms.

use smallvec::SmallVec;

use super::{
    state::{Place, State},
    tables::SlotIx,
};
use crate::instance::{Owner, RoomIx, SiteIx, Span};

/// A meeting in a room, with the time for which it holds it, turnover included.
pub type Stay = (RoomIx, Span, SlotIx);

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

impl State<'_> {
    /// What the groups of a site have booked in rooms.
    pub fn stays(&self, site: SiteIx) -> Vec<Stay> {
        let t = self.t;
        let slots = t.site_groups[site.i()].iter().flat_map(|g| t.meetings(*g));
        let room_of = |slot: SlotIx| {
            let place = self.placed[slot.i()].as_ref()?;
            let room = place.room?;
            let (span, _) = self.span(self.service(slot), place.start);
            Some((room, Span::new(span.start, span.end + t.instance.rooms[room.i()].turnover), slot))
        };
        slots.filter_map(room_of).collect()
    }

    /// The meetings that are in the way of a session in a room.
    pub fn stays_in_the_way<'a>(
        &'a self,
        stays: &'a [Stay],
        room: RoomIx,
        span: Span,
    ) -> impl Iterator<Item = SlotIx> + 'a {
        let wide = Span::new(span.start, span.end + self.t.instance.rooms[room.i()].turnover);
        stays.iter().filter(move |s| s.0 == room && s.1.overlaps(wide)).map(|s| s.2)
    }

    /// One of these rooms made free for `span` by moving other meetings to other rooms, at their times; the fewest moves.
    pub fn free_a_room(
        &self,
        wanted: impl Iterator<Item = RoomIx>,
        span: Span,
        stays: &[Stay],
        movable: impl Fn(SlotIx) -> bool,
    ) -> Option<Freed> {
        let mut steps: Vec<Step> = wanted.map(|room| Step { room, span, mover: None }).collect();
        let mut k = 0;
        while let Some(step) = steps.get(k) {
            if self.room_can(step.room, step.span) {
                return Some(way_back(&steps, k));
            }
            let mut there = self.stays_in_the_way(stays, step.room, step.span);
            if let (Some(slot), None) = (there.next(), there.next())
                && movable(slot)
                && let Some((own, rooms)) = self.other_rooms(slot)
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

    /// When a meeting is, and the rooms in which it could be then.
    fn other_rooms(&self, slot: SlotIx) -> Option<(Span, SmallVec<[RoomIx; 16]>)> {
        let Owner::Group(g) = self.t.slots[slot.i()].owner else { return None };
        let start = self.placed[slot.i()].as_ref()?.start;
        let places = &self.t.places.groups[g.i()];
        let k = self.t.places.grids[places.grid].starts.binary_search(&start).ok()?;
        let holds = |r: RoomIx| self.seats_of(g, Some(r)) >= self.seated[slot.i()].len();
        let rooms = places.rooms.iter().filter(|(r, m)| self.t.places.masks[*m].has(k) && holds(*r));
        Some((self.span(self.service(slot), start).0, rooms.map(|r| r.0).collect()))
    }

    /// Moves a meeting into another room, with everybody in it.
    pub fn rehouse(&mut self, slot: SlotIx, room: RoomIx) {
        let Some(place) = self.placed[slot.i()].clone() else { return };
        let people = self.seated[slot.i()].clone();
        self.remove_session(slot);
        self.book(slot, Place { room: Some(room), ..place });
        people.into_iter().for_each(|p| self.seat(slot, p));
    }
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
