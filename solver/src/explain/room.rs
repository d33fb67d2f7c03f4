//! What of the site and its rooms stands in the way of an in-person place.

use super::{code::Code, standing::Standing};
use crate::{
    instance::{Instance, RoomIx, ServiceIx, SiteIx, Span},
    rules::h06_place::{has_features, holds, room_open, site_open},
};

/// The rooms of a site that could take a session of so many people, or why there is none.
pub(super) fn fitting(
    instance: &Instance,
    site: SiteIx,
    service: ServiceIx,
    people: usize,
) -> Result<Vec<RoomIx>, Code> {
    let all = RoomIx::all(instance.rooms.len()).filter(|r| instance.rooms[r.i()].site == site);
    let equipped: Vec<RoomIx> = all.filter(|&r| has_features(instance, r, service)).collect();
    if equipped.is_empty() {
        return Err(Code::NoRoomFeature);
    }
    let large: Vec<RoomIx> = equipped.into_iter().filter(|&r| holds(instance, r, people)).collect();
    if large.is_empty() { Err(Code::RoomTooSmall) } else { Ok(large) }
}

/// Whether the site is closed at any minute of it.
pub(super) fn closed(instance: &Instance, site: SiteIx, span: Span) -> bool {
    !site_open(instance, site, span)
}

/// A room among these that is open and free.
pub(super) fn free(standing: &Standing, rooms: &[RoomIx], span: Span) -> Option<RoomIx> {
    let mut free = rooms.iter().filter(|&&r| room_open(standing.instance, r, span) && !standing.room_taken(r, span));
    free.next().copied()
}
